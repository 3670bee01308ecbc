"""Papers in, a generation out: sources, catalog, identity, embedding, build."""
