"""A package of the npm registry as a peer to compare with, kept in the cache between runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from assets.cache import cache_dir


def npm_package(spec: str) -> Path:
    """The folder of `name@version`; the test is skipped, visibly, where it cannot be had."""
    if not shutil.which("npm"):
        pytest.skip(f"npm is not installed; {spec} cannot be asked")
    home = cache_dir("peers", spec.replace("@", "-"))
    folder = home / "node_modules" / spec.rpartition("@")[0]
    if not (folder / "package.json").exists():
        run = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home), spec],
                             capture_output=True, text=True, timeout=60, check=False)
        if run.returncode:
            pytest.skip(f"npm could not fetch {spec}: {run.stderr[-200:]}")
    return folder
