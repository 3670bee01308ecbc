"""Who is who: authorships into people, by what sources curate, ids, judgements and, provisionally, names."""
