"""Where packs lie: in the cache, under the hash of the model that they were made of. They may be deleted at any time."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from assets.cache import cache_dir

NAMES = ("broadcast", "tour", "first", "ar")  # as assets.packs.build makes them
COARSER = "broadcast.npz"  # beside them, for the stage: assets.packs.coarser
USDZ = "usdz"  # made when a product is on air: nobody can open it before
VERSION = "6"  # counted up when equal models give other packs
WALL_S = 120.0


class PackError(RuntimeError):
    """The packs could not be made; the message is one sentence."""


def kept_packs(model: Path) -> dict[str, Path]:
    """Packs of this GLB by name, {} when there are none yet; "usdz" is there once it was made. Raises OSError when the
    model cannot be read."""
    folder = _folder(model)
    if not (folder / "made.json").exists():
        return {}
    usdz = folder / "product.usdz"
    return {name: folder / f"{name}.glb" for name in NAMES} | ({USDZ: usdz} if usdz.exists() else {})


def make_packs(model: Path, nice: int = 0) -> dict[str, Path]:
    """As `kept_packs`, and makes them in a locked process of their own where they are missing. nice: 10 beside a show on
    air. Raises PackError, OSError."""
    if found := kept_packs(model):
        return found
    folder = _folder(model)
    work = Path(tempfile.mkdtemp(prefix="making-", dir=cache_dir("packs")))
    try:
        sizes = _ask(Path(model).resolve(), work, nice)
        (work / "made.json").write_text(json.dumps(sizes))
        try:
            work.rename(folder)
        except OSError:  # another process was quicker
            if not kept_packs(model):
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return kept_packs(model)


def make_usdz(model: Path, nice: int = 0) -> Path:
    """The product for iPhones, in the folder of its packs; made there where it is missing. Raises PackError, OSError."""
    out = _folder(model) / "product.usdz"
    if not out.exists():
        make_packs(model, nice)
        with tempfile.TemporaryDirectory(prefix="making-", dir=cache_dir("packs")) as work:
            _ask(Path(model).resolve(), Path(work), nice, usdz=True)
            (Path(work) / out.name).replace(out)
    return out


def _ask(model: Path, folder: Path, nice: int, usdz: bool = False) -> dict[str, int]:
    environment = {"PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
                   "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [sys.executable, "-P", "-m", "assets.packs.worker"]
    if nice and (found := shutil.which("nice")):
        command = [found, "-n", str(nice), *command]
    try:
        run = subprocess.run(command, input=json.dumps({"path": str(model), "folder": str(folder), "usdz": usdz}),
                             capture_output=True, text=True, timeout=WALL_S, env=environment, cwd=os.sep, check=False)
    except subprocess.TimeoutExpired:
        raise PackError(f"{model.name}: making its packs took more than {WALL_S:.0f} s.") from None
    if run.returncode:
        last = run.stderr.strip().splitlines()[-1:] or [f"exit code {run.returncode}"]
        raise PackError(f"{model.name}: making its packs broke the limits of memory or time ({last[0][:100]}).")
    answer = json.loads(run.stdout)
    if "error" in answer:
        raise PackError(f"{model.name}: its packs could not be made ({answer['error']}).")
    return dict(answer["sizes"])


def _folder(model: Path) -> Path:
    stat = Path(model).stat()
    return cache_dir("packs") / _digest(Path(model), stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=512)
def _digest(model: Path, written_ns: int, size: int) -> str:
    """Content, not place: two products of one file share their packs."""
    digest = hashlib.sha256(VERSION.encode())
    with model.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:24]
