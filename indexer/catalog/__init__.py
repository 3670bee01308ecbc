"""The system of record: one DuckDB file."""
