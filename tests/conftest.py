"""Settings of all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# Where nobody is there to look at a new counter-example, the same examples are drawn each time; at a desk new ones are.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
