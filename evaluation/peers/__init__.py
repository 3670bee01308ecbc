"""Peers we are measured against, each in its own recommended set-up; imported only when they are measured."""
