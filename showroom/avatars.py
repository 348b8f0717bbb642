"""The anchor's files: fetched and built once, cached by content; a simple built-in bust where that can't be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.findings import AuthoringError
from assets.parts import PartError, part
from avatar.build import ensure
from avatar.build.look import MIRA, PRESENTERS, Look, read_look
from showroom.config import ConfigError
from showroom.parts import fetch


@dataclass(frozen=True, slots=True)
class AvatarFiles:
    """npz: for the stage; glb, phone_glb: for browsers; visemes: (15, 52) float32; note: why it is the bust, or ""."""

    npz: Path
    glb: Path
    phone_glb: Path
    visemes: NDArray[np.float32]
    note: str = ""


def chosen_look(choice: str, folder: Path) -> Look:
    """show.toml's `show.avatar`: a presenter's name, or an avatar.toml beside it. Raises ConfigError, AuthoringError."""
    if choice in PRESENTERS:
        return PRESENTERS[choice]
    path = folder / choice
    if not path.is_file():
        raise ConfigError([f"show.avatar = {choice!r}: neither a presenter ({', '.join(PRESENTERS)}) nor a file in {folder}."])
    try:
        return read_look(path)
    except AuthoringError as error:
        raise ConfigError([str(m) for m in error.mistakes]) from None


def prepare_avatar(progress: Callable[[float, str], None], look: Look = MIRA) -> AvatarFiles:
    """Build a presenter if it is not in the cache. progress: (0..1, what is being done)."""
    note = ""
    try:
        files = fetch(part("body"), lambda done, what: progress(done * 0.2, what))
        folder = ensure(files, cache_dir("avatars"), lambda done, what: progress(0.2 + done * 0.8, what), look)
    except PartError as error:
        note = f"{error} The show runs with the built-in bust."
        folder = ensure(None, cache_dir("avatars"))
    model = AvatarModel.load(folder / "avatar.npz")
    return AvatarFiles(folder / "avatar.npz", folder / "avatar.glb", folder / "phone.glb", model.visemes, note)
