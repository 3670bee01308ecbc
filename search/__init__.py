"""Answers: engines behind one protocol, the query language, and what is built on them."""
