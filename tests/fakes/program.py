"""`nightwindow` as somebody types it: one command to its end."""

from __future__ import annotations

import subprocess
import sys


def program(*args: object, env: dict[str, str] | None = None, limit_s: float = 150) -> subprocess.CompletedProcess:
    """Its end, within limit_s; whatever it met, no traceback."""
    done = subprocess.run([sys.executable, "-m", "showroom.cli", *map(str, args)], capture_output=True, text=True,
                          timeout=limit_s, check=False, env=env)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def sentences(done: subprocess.CompletedProcess) -> list[str]:
    """What it said, without progress lines."""
    return [row for row in done.stderr.splitlines() if row and not row.endswith("…") and not row.startswith("{")]
