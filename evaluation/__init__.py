"""Relevance and speed, against peers."""
