"""What goes over the wire: pydantic models of answers and query parameters."""
