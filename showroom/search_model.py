"""The model that finds answers by meaning: its part fetched, its graph built once; words only where that can't be done."""

from __future__ import annotations

from collections.abc import Callable

from assets.parts import PartError, part
from dialogue.adapters import e5
from showroom.parts import fetch


def prepare_search(progress: Callable[[float, str], None]) -> str:
    """Fetch and build what dialogue.adapters.e5 needs (72 MB, then about ten seconds). "" or why answers go by words only."""
    try:
        fetch(part("embedder"), lambda done, what: progress(done * 0.5, what))
        e5.build(lambda done, what: progress(0.5 + done * 0.5, what))
    except PartError as error:
        return f"{error} Questions are answered by words only."
    return ""
