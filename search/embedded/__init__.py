"""The embedded engine: tantivy text, flat vectors and metric arrays in a generation folder; no server."""
