"""The ``scholarcore`` command: parse, call, print."""
