"""``python -m tests.elasticsearch_server [--port N]``: a server for a session of work; Ctrl-C ends it.

All test runs of this user find it and leave it running, so they need not start one each.
"""

from __future__ import annotations

import argparse
import signal
import sys

from tests.elasticsearch_server.distribution import distribution
from tests.elasticsearch_server.shared import hold, keep


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.elasticsearch_server", description=__doc__)
    parser.add_argument("--port", type=int, default=None)
    parser.add_argument("--keep", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    distribution()
    if given.keep:
        keep(given.port)
        return
    with hold(given.port) as url:
        sys.stderr.write(f"Elasticsearch answers at {url} until Ctrl-C\n")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


main()
