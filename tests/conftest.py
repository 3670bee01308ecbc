"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# Continuous integration tries the same examples each time, so a red run is about the change at hand; everywhere else
# the search for counterexamples goes on with new ones.
settings.register_profile("ci", derandomize=True, print_blob=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
