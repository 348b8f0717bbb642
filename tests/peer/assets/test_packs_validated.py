"""Packs before Khronos' own validator: no error in any of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from assets.glb_container import open_document
from assets.packs.build import packs
from tests.fakes.npm_package import npm_package
from tests.fakes.products import realistic, with_variants

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]


def test_khronos_finds_no_error_in_packs(tmp_path: Path) -> None:
    folder, seed = npm_package("gltf-validator@2.0.0-dev.3.10"), int(np.random.default_rng().integers(1 << 30))
    rng, files = np.random.default_rng(seed), []
    for k in range(4):
        glb, _ = realistic(rng, triangles=int(rng.integers(500, 9000)), parts=int(rng.integers(1, 6)), side=128, plain=k * 3)
        for name, data in packs(open_document(with_variants(glb) if k % 2 else glb)).items():
            files.append(tmp_path / f"{k}.{name}.glb")
            files[-1].write_bytes(data)
    run = subprocess.run(["node", str(Path(__file__).with_name("khronos.js")), str(folder)], input="\n".join(map(str, files)),
                         capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.splitlines() == ["[]"] * len(files), f"seed {seed}"
