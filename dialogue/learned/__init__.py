"""Small tables of numbers that we trained (each below 1 MB, the nets of claims 4), beside the scripts in `dialogue/training`
that make them."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray


@cache
def learned(name: str) -> dict[str, NDArray[np.float32]]:
    """The arrays of dialogue/learned/<name>.npz as float32. Do not change what you get: it is shared."""
    with as_file(files("dialogue.learned") / f"{name}.npz") as path, np.load(path, allow_pickle=False) as stored:
        return {key: stored[key].astype(np.float32) for key in stored.files}
