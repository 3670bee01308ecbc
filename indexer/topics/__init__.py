"""Topics of our own, for collections whose sources name none: clusters of papers, labelled by their titles."""

from indexer.topics.clusters import MAX_TOPICS, Clusters, fit_clusters, topic_count
from indexer.topics.labels import label_clusters
from indexer.topics.make import Topics, make_topics
from indexer.topics.texts import PaperTexts, TextVectors, opening

__all__ = [
    "MAX_TOPICS",
    "Clusters",
    "PaperTexts",
    "TextVectors",
    "Topics",
    "fit_clusters",
    "label_clusters",
    "make_topics",
    "opening",
    "topic_count",
]
