"""The default digital human, built from the CC0 body part: `ensure` builds once and keeps the result."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from avatar.build.look import MIRA, Look

Progress = Callable[[float, str], None]


def build_default(part_folder: Path, out: Path, progress: Progress = lambda share, what: None, look: Look = MIRA) -> None:
    """Write avatar.npz, full.npz, avatar.glb and phone.glb of a look from the fetched body part. progress: 0..1 and a line."""
    from avatar.build.default import build_default as build  # the builder's libraries are not needed to play

    build(part_folder, out, progress, look)


def build_bust(out: Path) -> None:
    """Write out/avatar.npz, out/avatar.glb and out/phone.glb of the plain built-in figure that needs no part."""
    from avatar.build.bust import bust
    from avatar.build.export_glb import write_glb

    out.mkdir(parents=True, exist_ok=True)
    model = bust()
    model.save(out / "avatar.npz")
    model.save(out / "full.npz")
    write_glb(model, out / "avatar.glb")
    write_glb(model, out / "phone.glb", True)


def ensure(part_folder: Path | None, cache_root: Path, progress: Progress = lambda share, what: None,
           look: Look = MIRA) -> Path:
    """The folder with avatar.npz, full.npz, avatar.glb and phone.glb, built when look, part or builder have changed.

    part_folder: as `showroom.parts.fetch` gives it, or None for the built-in bust. Two processes may call it at once:
    one builds, the other waits for it; both get a whole folder.
    """
    folder = cache_root / f"avatar-{_key(part_folder, look)}"
    if _whole(folder):
        return folder
    cache_root.mkdir(parents=True, exist_ok=True)
    with _alone(cache_root / f"{folder.name}.lock"):
        if _whole(folder):
            return folder
        scratch = cache_root / f"{folder.name}.part-{os.getpid()}"
        try:
            if part_folder is None:
                build_bust(scratch)
            else:
                build_default(part_folder, scratch, progress, look)
            try:
                scratch.rename(folder)
            except OSError:
                if not _whole(folder):
                    raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return folder


def _whole(folder: Path) -> bool:
    return (folder / "avatar.npz").is_file() and (folder / "avatar.glb").is_file()


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One builder of one look; the lock dies with its process, however that dies. Where a file system knows no locks (some
    shared ones), two may build at once: the first to finish wins."""
    import fcntl

    with path.open("a") as lock:
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    path.unlink(missing_ok=True)


def _key(part_folder: Path | None, look: Look) -> str:
    """16 hexadecimal digits of the look, the part's name and the source of everything that shapes the result."""
    digest = hashlib.sha256((part_folder.name if part_folder else "bust").encode())
    if part_folder:
        digest.update(look.model_dump_json().encode())
    here = Path(__file__).parent
    others = [here.parent / name for name in ("face.py", "pose.py", "quaternions.py", "skeleton.py", "skinning.py",
                                           "visemes.py")]
    for source in sorted(here.glob("*.py")) + others + [here.parent.parent / "assets" / "avatar_model.py"]:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
