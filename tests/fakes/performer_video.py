"""A person before a camera, made here: a rendered head that rests, then speaks, then is gone; with the sound of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import soundfile
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from avatar.face import INDEX
from avatar.pose import rest_pose
from render.puppet_sheet import Booth

FPS, RATE_HZ, SIZE_PX = 25, 48_000, 320


@dataclass(frozen=True)
class Take:
    """video, sound: files; jaw: (n,) 0..1 at FPS, what the jaw does; gone_s: when nobody is there any more."""

    video: Path
    sound: Path
    jaw: NDArray
    speaks_s: float
    gone_s: float


def record(model: AvatarModel, folder: Path, rng: np.random.Generator, rest_s: float = 5.0, speak_s: float = 6.0,
           empty_s: float = 3.5) -> Take:
    """Jaw and sound follow the same random syllables; the picture is empty at the end, the sound goes on."""
    total = int((rest_s + speak_s + empty_s) * FPS)
    syllables = np.cumsum(rng.uniform(0.22, 0.5, int((speak_s + empty_s) / 0.2)))
    loud = rng.uniform(0.3, 1.0, len(syllables))
    times = np.arange(total) / FPS
    jaw = _envelope(times - rest_s, syllables, loud)
    ticks = np.arange(int((rest_s + speak_s + empty_s) * RATE_HZ)) / RATE_HZ
    envelope = _envelope(ticks - rest_s, syllables, loud)
    tone = sum(np.sin(2 * np.pi * f * ticks + p) / n for n, (f, p) in
               enumerate(zip(rng.uniform(110, 900, 6), rng.uniform(0, 6, 6), strict=True), 1))
    pcm = (tone / np.abs(tone).max() * envelope * 14_000 + rng.normal(0, 4, len(ticks))).astype(np.int16)
    folder.mkdir(parents=True, exist_ok=True)
    take = Take(folder / "face.mp4", folder / "voice.wav", jaw, rest_s, rest_s + speak_s)
    soundfile.write(take.sound, pcm, RATE_HZ)
    eyes_m = float(model.joint_positions_m[model.joint_names.index("leftEye"), 1])
    shot = ((0.0, eyes_m, 1.1), (0.0, eyes_m - 0.02, 0.05), 26.0)
    booth, writer = Booth(model, SIZE_PX, SIZE_PX), cv2.VideoWriter(
        str(take.video), cv2.VideoWriter_fourcc(*"mp4v"), FPS, (SIZE_PX, SIZE_PX))
    try:
        pose, empty, drawn = rest_pose(), np.full((SIZE_PX, SIZE_PX, 3), 90, np.uint8), -1.0
        for n in range(total):
            if times[n] < take.gone_s and jaw[n] != drawn:  # a face at rest is drawn once
                weights = pose.weights.copy()
                weights[INDEX["jawOpen"]] = drawn = jaw[n]
                picture = booth.shoot(replace(pose, weights=weights), shot)[:, :, ::-1].copy()
            writer.write(picture if times[n] < take.gone_s else empty)
    finally:
        writer.release()
        booth.close()
    return take


def _envelope(t: NDArray, ends: NDArray, loud: NDArray) -> NDArray:
    """0..1, a hump for each syllable, nothing before 0."""
    which = np.minimum(np.searchsorted(ends, np.maximum(t, 0.0), side="right"), len(ends) - 1)
    begin = np.where(which > 0, ends[which - 1], 0.0)
    part = np.clip((t - begin) / (ends[which] - begin), 0, 1)
    return np.where(t > 0, loud[which] * np.sin(np.pi * part) ** 2, 0.0)
