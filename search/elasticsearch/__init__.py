"""The Elasticsearch engine: a cluster, for what one machine cannot hold."""
