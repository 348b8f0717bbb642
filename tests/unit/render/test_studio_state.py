"""What a new studio takes over from the one that was lost."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import pytest

from render.clock import RATE_HZ
from render.cue import MuteCue, Play, SlateCue, StageState
from render.framing import Channel
from render.messages import PictureSettings, StudioSettings
from render.studio import Studio
from tests.fakes.show_parts import STILL, demo_content

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("cues", "heard"), [
    ((), True), ((MuteCue(0, True),), False), ((MuteCue(0, True), MuteCue(1, False)), True),
    ((SlateCue(0, True),), False), ((SlateCue(0, True), MuteCue(0, False)), False),
])
def test_a_muted_show_stays_muted_over_a_restart(cues: tuple, heard: bool) -> None:
    sound = Play(0, "anchor", "u", STILL, np.full(RATE_HZ, 9000, np.int16), "x", "en")
    settings = StudioSettings(
        0.0, PictureSettings(driver="off"), demo_content().spec, Path("none"), {}, (), Path("none"), "", "", "", "en",
        state=StageState((*cues, sound)))
    ours, theirs = socket.socketpair()
    with ours:
        studio = Studio(settings, Channel(theirs.detach()))
        studio._mixer.read(0, RATE_HZ // 10)
        assert bool(studio._mixer.read(RATE_HZ // 10, 960).any()) == heard
