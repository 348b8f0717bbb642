"""The page's springs (showroom/web/src/springs.js, in node) hang where the stage's do: ticks, colliders, gaps, jumps."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from avatar.springs import SpringMotion, Springs, for_page
from tests.unit.avatar.test_springs import BONES, braid, placed

pytestmark = pytest.mark.peer

SCRIPT = """
import { readFileSync } from "node:fs";
const { Springs, applied } = await import(process.argv[1]);
const { spec, frames } = JSON.parse(readFileSync(0, "utf8"));
const springs = new Springs(spec);
console.log(JSON.stringify(frames.map(([at, m]) => {
  const placed = springs.move(new Map([["j0", m]]), at);
  return spec.bones.map((b) => applied(placed.get(b.name), b.tail));
})));
"""


@pytest.mark.parametrize("centre", [-1, 0])
def test_the_page_swings_as_the_stage_does(centre: int) -> None:
    seed = int(np.random.default_rng().integers(1 << 31))
    print("seed", seed)
    rng = np.random.default_rng(seed)
    springs, rest = braid(stiffness=0.4, gravity=0.8, radius=0.01, ball=0.05, centre=centre)
    names = [f"j{k}" for k in range(BONES + 1)]
    way, at, frames, ends = rng.uniform(2, 6, (2, 3)), 0.0, [], []
    motion = SpringMotion(springs, rest)
    for n in range(90):
        at += float(rng.uniform(0.01, 0.05)) if n != 60 else 2.0  # a gap among uneven pictures
        matrices = placed(0.04 * np.sin(way[0] * at), tuple(15 * np.sin(way[1] * at)))
        if n >= 75:
            matrices[:, 0, 3] += 1.0  # a jump
        frames.append((at, matrices[0].astype(float).ravel().tolist()))
        motion.move(matrices, at)
        rows = matrices[springs.joints].astype(float)
        ends.append(np.einsum("kab,kb->ka", rows[:, :, :3], springs.tails_m) + rows[:, :, 3])
    theirs = _in_node(springs, names, rest, frames)
    swing = float(np.linalg.norm(np.diff(np.array(ends), axis=0), axis=2).max())
    assert swing > 0.005 and np.abs(theirs - np.array(ends)).max() < 2e-4


def _in_node(springs: Springs, names: list[str], rest: np.ndarray, frames: list[tuple[float, list[float]]]) -> np.ndarray:
    module = Path(__file__).parents[3] / "showroom" / "web" / "src" / "springs.js"
    request = json.dumps({"spec": for_page(springs, names, rest), "frames": frames})
    run = subprocess.run(["node", "--input-type=module", "-e", SCRIPT, str(module)], input=request, capture_output=True,
                         text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    return np.array(json.loads(run.stdout))
