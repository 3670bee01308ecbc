"""The query language: text to the typed query and back, and the filter grammar. ``docs/search.md`` describes both."""

from search.query.filters import parse_filter, quote_value
from search.query.parser import parse
from search.query.unparse import unparse

__all__ = ["parse", "parse_filter", "quote_value", "unparse"]
