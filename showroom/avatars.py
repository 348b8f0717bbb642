"""The anchor's files: fetched and built once, cached by content; a simple built-in bust where that can't be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from assets.cache import cache_dir
from assets.findings import AuthoringError
from assets.gate.findings import Finding
from assets.parts import PartError, part
from avatar.build import ensure
from avatar.build.compress import for_web
from avatar.build.look import MIRA, PRESENTERS, Look, read_look
from avatar.imported.importing import SUFFIXES, Imported, import_avatar
from avatar.pose import JOINTS
from avatar.skeleton import REST_M
from showroom.config import ConfigError, ShowConfig
from showroom.parts import fetch


@dataclass(frozen=True, slots=True)
class AvatarFiles:
    """npz: for the stage; glb, phone_glb: for browsers; visemes: (15, 52) float32; rest_m: (16, 3) joints at rest, metres;
    note: why it is the bust, or ""; findings: of a seller's own file, refusals first; guests: of those who share the stage, by
    anchor_id."""

    npz: Path
    glb: Path
    phone_glb: Path
    visemes: NDArray[np.float32]
    note: str = ""
    rest_m: NDArray[np.float32] = field(default_factory=lambda: REST_M)
    findings: tuple[Finding, ...] = ()
    guests: Mapping[str, AvatarFiles] = field(default_factory=dict)

    def of(self, anchor_id: str) -> AvatarFiles:
        """The files of one anchor; these of the show's first one for a name that has none of its own."""
        return self.guests.get(anchor_id, self)


def chosen_look(choice: str, folder: Path) -> Look | Path:
    """show.toml's `show.avatar`: a presenter's name, an avatar.toml beside it, or the path of a .vrm or .glb of the seller's
    own. Raises ConfigError, AuthoringError."""
    if choice in PRESENTERS:
        return PRESENTERS[choice]
    path = folder / choice
    if not path.is_file():
        raise ConfigError([f"show.avatar = {choice!r}: neither a presenter ({', '.join(PRESENTERS)}) nor a file in {folder}."])
    if path.suffix.lower() in SUFFIXES:
        return path
    try:
        return read_look(path)
    except AuthoringError as error:
        raise ConfigError([str(m) for m in error.mistakes]) from None


def avatar_findings(choice: Look | Path, permission: str = "") -> tuple[Finding, ...]:
    """What `nightwindow check` says of a seller's own file, refusals first; () for the presenters that we build."""
    return _imported(choice, permission).findings if isinstance(choice, Path) else ()


def said_of(config: ShowConfig, findings: Iterable[Finding], language: str, tiers: tuple[str, ...] = ("warned",)) -> list[str]:
    """Findings of some tiers as lines, in Chinese where the market speaks it."""
    zh = language.startswith("zh")
    lines = [" ".join(filter(None, ((f.message_zh, f.mend_zh) if zh else (f.message_en, f.mend_en))))
             for f in findings if f.tier in tiers]
    return [f"{config.show.avatar}: {line}" for line in lines]


def prepare_avatar(progress: Callable[[float, str], None], look: Look | Path = MIRA, permission: str = "",
                   on_air: bool = False) -> AvatarFiles:
    """Build or convert a presenter if it is not in the cache. progress: (0..1, what is being done); permission:
    show.avatar_permission; on_air: a file whose licence forbids it is refused. Raises ConfigError."""
    if isinstance(look, Path):
        return _own_file(progress, look, permission, on_air)
    note = ""
    try:
        files = fetch(part("body"), lambda done, what: progress(done * 0.2, what))
        folder = ensure(files, cache_dir("avatars"), lambda done, what: progress(0.2 + done * 0.8, what), look)
    except PartError as error:
        note = f"{error} The show runs with the built-in bust."
        folder = ensure(None, cache_dir("avatars"))
    return _files(folder, note)


def prepare_presenters(progress: Callable[[float, str], None], config: ShowConfig, on_air: bool = False) -> AvatarFiles:
    """The show's anchor and those who share the stage. Raises ConfigError."""
    show, whole = config.show, 1 + len(config.show.anchors)

    def prepared(choice: str, number: int) -> AvatarFiles:
        return prepare_avatar(lambda done, what: progress((number + done) / whole, what), chosen_look(choice, config.folder),
                              show.avatar_permission, on_air)

    first = prepared(show.avatar, 0)
    guests = {name: prepared(choice, k) for k, (name, choice) in enumerate(show.anchors.items(), start=1)}
    return replace(first, guests=guests)


def _files(folder: Path, note: str = "", findings: tuple[Finding, ...] = ()) -> AvatarFiles:
    model = AvatarModel.load(folder / "avatar.npz")
    rest_m = model.joint_positions_m[[model.joint_names.index(name) for name in JOINTS]]
    desktop, phone = for_web(folder / "avatar.glb"), for_web(folder / "phone.glb")
    return AvatarFiles(folder / "avatar.npz", desktop, phone, model.visemes, note, rest_m, findings)


def _imported(path: Path, permission: str, progress: Callable[[float, str], None] = lambda share, what: None) -> Imported:
    try:
        return import_avatar(path, cache_dir("avatars"), permission, progress)
    except OSError as error:
        raise ConfigError([f"show.avatar = {path.name!r}: cannot be read ({error.strerror or error})."]) from None


def _own_file(progress: Callable[[float, str], None], path: Path, permission: str, on_air: bool) -> AvatarFiles:
    made = _imported(path, permission, progress)
    if made.folder is None or (on_air and made.refused):
        raise ConfigError([f"show.avatar = {path.name!r}: {' '.join(filter(None, (f.message_en, f.mend_en)))}"
                           for f in made.refused])
    return _files(made.folder, findings=made.findings)
