"""Models through the gate and into a tour pack beside gltf-transform and gltfpack, in one run: CPU, size, picture."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from tests.fakes.npm_package import npm_package
from tests.fakes.products import realistic
from tests.fakes.show_parts import DEMO
from tests.fakes.three_peer import ssim_map

SIDE_PX, TURNS_DEG = 384, (-28.0, 62.0, 152.0)
TRIANGLES = (3_000, 12_000, 40_000, 90_000)


def packs() -> dict[str, float]:
    """Models a minute of CPU time, kB of all packs together, the least and the mean SSIM of their pictures.

    The rivals make a pack only; ours is checked, repaired and made into four packs in the same time.
    """
    with tempfile.TemporaryDirectory(prefix="nightwindow-bench-") as name, \
            mock.patch.dict(os.environ, {"NIGHTWINDOW_CACHE": str(Path(name) / "cache")}):
        folder = Path(name)
        models = _models(folder)
        out: dict[str, float] = {"packs_models": len(models)}
        pictures = {m: _pictures(m) for m in models}
        makers: dict[str, Callable[[Path, Path], Path]] = {"packs_ours": _ours}
        with mock.patch.dict(os.environ):
            os.environ.pop("NIGHTWINDOW_CACHE")  # peers are kept between runs
            transform, pack = npm_package("@gltf-transform/cli@4.5.1"), npm_package("gltfpack@1.3.0")
        makers["packs_gltf_transform"] = lambda model, to: _run(
            to, ["node", str(transform / "bin/cli.js"), "optimize", str(model), str(to), "--compress", "meshopt",
                 "--texture-compress", "webp", "--texture-size", "1024"])
        makers["packs_gltfpack"] = lambda model, to: _run(
            to, ["node", str(pack / "cli.js"), "-i", str(model), "-o", str(to), "-cc", "-si", "0.5", "-kn"])
        for maker, make in makers.items():
            before = _children_s()
            made = [make(model, folder / f"{model.stem}.{maker}.glb") for model in models]
            spent = _children_s() - before
            likeness = [_ssim(a, b) for model, done in zip(models, made, strict=True)
                        for a, b in zip(pictures[model], _pictures(done), strict=True)]
            out |= {f"{maker}_per_cpu_minute": 60 * len(models) / spent,
                    f"{maker}_kb": sum(p.stat().st_size for p in made) / 1000,
                    f"{maker}_ssim_mean": float(np.mean(likeness)), f"{maker}_ssim_least": float(np.min(likeness))}
        return out


def _models(folder: Path) -> list[Path]:
    """The demo's, and larger ones with three maps each; the same ones in every run."""
    made = sorted((DEMO.parent / "models").glob("*.glb"))
    for k, triangles in enumerate(TRIANGLES):
        path = folder / f"made{k}.glb"
        path.write_bytes(realistic(np.random.default_rng(k), triangles, parts=3 + k, side=1024)[0])
        made.append(path)
    return made


def _ours(model: Path, to: Path) -> Path:
    from assets.gate.inspection import repair
    from assets.packs.kept import make_packs

    mended = to.with_suffix(".mended.glb")
    assert not repair(model, mended).refused
    return make_packs(mended)["tour"]


def _run(to: Path, command: list[str]) -> Path:
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return to


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


_ENGINE: list[Any] = []


def _pictures(path: Path) -> list[NDArray[np.uint8]]:
    """The model from three sides, drawn by the stage's renderer."""
    from assets.glb import read_glb
    from render.engine import Engine
    from render.product_pictures import Table

    if not _ENGINE:
        _ENGINE.append(Engine("auto"))
    table = Table(_ENGINE[0], read_glb(path), SIDE_PX, SIDE_PX)
    try:
        return [np.asarray(table.view(turn)) for turn in TURNS_DEG]
    finally:
        table.close()


def _ssim(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Structural similarity of the grey pictures where the product is (Wang et al. 2004: 11 px Gaussian of 1.5)."""
    values = ssim_map(a, b)
    drawn = (np.abs(a.astype(int) - a[0, 0]).max(2) > 4) | (np.abs(b.astype(int) - b[0, 0]).max(2) > 4)
    return float(values[drawn].mean()) if drawn.any() else 1.0
