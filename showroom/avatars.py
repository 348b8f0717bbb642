"""The anchor's files: fetched and built once, cached by content; a simple built-in bust where that can't be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.parts import PartError, part
from avatar.build import ensure
from showroom.parts import fetch


@dataclass(frozen=True, slots=True)
class AvatarFiles:
    """npz: for the stage; glb, phone_glb: for browsers; visemes: (15, 52) float32; note: why it is the bust, or ""."""

    npz: Path
    glb: Path
    phone_glb: Path
    visemes: NDArray[np.float32]
    note: str = ""


def prepare_avatar(progress: Callable[[float, str], None]) -> AvatarFiles:
    """Build the default presenter if it is not in the cache. progress: (0..1, what is being done)."""
    note = ""
    try:
        files = fetch(part("body"), lambda done, what: progress(done * 0.2, what))
        folder = ensure(files, cache_dir("avatars"), lambda done, what: progress(0.2 + done * 0.8, what))
    except PartError as error:
        note = f"{error} The show runs with the built-in bust."
        folder = ensure(None, cache_dir("avatars"))
    model = AvatarModel.load(folder / "avatar.npz")
    return AvatarFiles(folder / "avatar.npz", folder / "avatar.glb", folder / "phone.glb", model.visemes, note)
