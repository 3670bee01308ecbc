"""The Elasticsearch engine: a cluster, for what one machine cannot hold."""

from search.elasticsearch.connection import Connection, Layout
from search.elasticsearch.opening import open_store
from search.elasticsearch.reader import ElasticsearchEngine
from search.elasticsearch.store import ElasticsearchStore
from search.elasticsearch.writer import ElasticsearchWriter

__all__ = ["Connection", "ElasticsearchEngine", "ElasticsearchStore", "ElasticsearchWriter", "Layout", "open_store"]
