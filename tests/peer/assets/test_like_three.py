"""The stage's picture of a product beside three.js' of the seller's own file, same camera: alike enough to be the product."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assets.glb import read_glb
from assets.glb_container import open_document
from assets.packs.build import packs
from assets.packs.usdz import write_usdz
from render.engine import Engine
from render.product_pictures import Table
from tests.fakes.products import realistic
from tests.fakes.three_peer import ThreePeer, ssim

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]
SIDE_PX, LEAST = 256, 0.7  # Khronos 3D Commerce certification flags pictures below 0.7


def test_broadcast_tour_and_usdz_packs_look_like_the_file_in_three(tmp_path: Path) -> None:
    seed = int(np.random.default_rng().integers(1 << 30))
    rng, engine = np.random.default_rng(seed), Engine("auto")
    with ThreePeer() as peer:
        for k in range(2):
            glb, _ = realistic(rng, triangles=int(rng.integers(2000, 9000)), parts=2 + k, side=256, plain=3 * (k % 2))
            made, turn = packs(open_document(glb)), float(rng.uniform(0, 360))
            wanted = peer.picture(glb, SIDE_PX, turn)
            table = Table(engine, read_glb(made["broadcast"]), SIDE_PX, SIDE_PX)
            ours = np.asarray(table.view(turn))
            table.close()
            assert ssim(ours, wanted) >= LEAST, f"stage, seed {seed}, file {k}"
            page = peer.picture(made["tour"], SIDE_PX, turn)
            assert ssim(page, wanted) >= 0.85, f"tour pack in three itself, seed {seed}, file {k}"
            usdz = write_usdz(open_document(glb), tmp_path, f"p{k}").read_bytes()
            assert ssim(peer.picture(usdz, SIDE_PX, turn), wanted) >= 0.9, f"USDZ as three reads it, seed {seed}, file {k}"
            blank = np.full_like(wanted, wanted[0, 0])
            assert ssim(blank, wanted) < ssim(ours, wanted), "more than the background is alike"
