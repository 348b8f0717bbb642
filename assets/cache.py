"""Where things that are built once are kept. Content-addressed by the makers; may be deleted at any time."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def cache_dir(*parts: str) -> Path:
    """A folder below the cache root ($NIGHTWINDOW_CACHE, else the user's cache folder), made if missing."""
    root = os.environ.get("NIGHTWINDOW_CACHE") or platformdirs.user_cache_dir("nightwindow", appauthor=False)
    path = Path(root).joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path
