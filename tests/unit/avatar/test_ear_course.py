"""The listener's small net is taught by the script that is committed."""

from __future__ import annotations

import random

import numpy as np
import pytest

from avatar.sound_frames import BANDS
from avatar.speech import Phone
from avatar.training.lessons import Lesson, Sentence

pytestmark = pytest.mark.unit


def test_the_ear_learns_two_sounds_apart() -> None:
    pytest.importorskip("torch", reason="PyTorch teaches the nets and is not needed to run them")
    from avatar.training.ear_course import AHEAD, Ear, running, teach_ear

    seed = random.randrange(1 << 20)
    rng = np.random.default_rng(seed)
    nothing = Sentence(np.zeros(1), 16000, (Phone("", 0.0, 0.1),), exact=True)

    def lesson() -> Lesson:
        targets = np.repeat(rng.permutation([0, 40, 80]), 20)
        tilt = np.select([targets == 40, targets == 80], [1.0, -1.0], 0.0)[:, None] * np.linspace(-3.0, 3.0, BANDS)
        frames = tilt - np.where(targets == 0, 4.0, 0.0)[:, None] + rng.normal(size=(60, BANDS)) * 0.3
        return Lesson(nothing, frames, targets, [(frames.astype(np.float32), np.arange(60))])

    known = (np.full(BANDS, -2.0), np.full(BANDS, 2.0))
    net = teach_ear(Ear(6, 48), [lesson() for _ in range(20)], known, steps=400, seed=seed, report=lambda line: None)
    one = lesson()
    heard = net.log_posteriors(running(*known, one.variants[0][0])).argmax(axis=1)
    assert (heard == one.targets).mean() > 0.7, f"seed {seed}"
    assert (net.before, net.after) == (6, AHEAD)
