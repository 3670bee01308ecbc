"""A real Elasticsearch server for tests, without Docker: fetched by Maven, shared by all test processes."""

from tests.elasticsearch_server.distribution import VERSION, cache_folder, distribution
from tests.elasticsearch_server.node import Node, start_together
from tests.elasticsearch_server.shared import SharedServer, use_server

__all__ = ["VERSION", "Node", "SharedServer", "cache_folder", "distribution", "start_together", "use_server"]
