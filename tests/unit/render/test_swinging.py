"""A brought figure's hair on the stage: it lags behind a head that turns, and hangs still in a picture without a time."""

from __future__ import annotations

import numpy as np
import pytest

from avatar.springs import Springs
from render.puppet import Puppet
from tests.unit.avatar.test_springs import BONE_M, BONES, DOWN, figure_with_braid, turned_head

pytestmark = pytest.mark.unit


def test_the_stage_moves_what_swings() -> None:
    model = figure_with_braid()
    first = model.joint_names.index("swing0")
    joints = np.arange(first, first + BONES)
    ends = model.joint_positions_m[joints + 1]
    springs = Springs(joints, model.joint_parents[joints], ends, np.full(BONES, 0.5), np.full(BONES, 0.3), np.zeros(BONES),
                      np.tile(DOWN * 0.2, (BONES, 1)), np.full(BONES, -1), np.zeros(0), np.zeros((0, 2, 3)), np.zeros(0),
                      np.zeros((BONES, 0)))
    swinging, stiff = Puppet(model, shaders=False, springs=springs), Puppet(model, shaders=False)

    def off_m() -> float:
        rows = joints[-1]
        here, there = (p.skinner.last_matrices[rows][:, :3] @ ends[-1] + p.skinner.last_matrices[rows][:, 3]
                       for p in (swinging, stiff))
        return float(np.linalg.norm(here - there))

    lag = []
    for n in range(60):
        pose = turned_head(20.0 * min(n / 6, 1.0))
        swinging.apply(pose, at_s=n / 25)
        stiff.apply(pose, at_s=n / 25)
        lag.append(off_m())
    assert lag[0] < 0.01 and max(lag[3:15]) > 0.01 and max(lag) < 2 * BONE_M * BONES
    assert abs(lag[-1] - lag[-2]) < 5e-4
