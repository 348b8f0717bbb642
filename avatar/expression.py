"""The face beside the mouth: a mood with a course over the sentence, brows on stress, a question's raised brows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avatar.face import INDEX
from avatar.noise import uniform, wanders
from avatar.pose import HZ
from avatar.prosody import Phrase
from avatar.speech import Word

SMILES = {"neutral": 0.40, "warm": 0.60, "happy": 0.75, "serious": 0.0}
ONSET_S = 0.45  # a smile spreads that long (Schmidt, Cohn 2003: 0.4 to 0.7 s)
MIDDLE = 0.82  # of the mood, while there is something to say
SWELL = 1.10  # of the mood, on the last phrase and after it
FLASH_S = (0.12, 0.08, 0.22)  # brows: up, stay, down
ASKING_BROWS, ASKING_S = 0.30, 0.35
SHAPED = [INDEX["mouthFunnel"], INDEX["mouthPucker"], INDEX["mouthRollLower"], INDEX["mouthRollUpper"]]


def minimum_jerk(x: NDArray) -> NDArray:
    """0 to 1 as bodies move: no speed or acceleration at either end."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * x * (x * (6.0 * x - 15.0) + 10.0)


def course(n: int, phrases: Sequence[Phrase]) -> NDArray:
    """(n,) how strongly the mood shows: it comes at once, steps back behind the words, and swells with the last phrase."""
    t = np.arange(n) / HZ
    out = minimum_jerk(t / ONSET_S)
    if phrases:
        first, last = phrases[0], phrases[-1]
        if len(phrases) > 1 or last.end_s - last.start_s > 2.0:
            out -= (1.0 - MIDDLE) * minimum_jerk((t - max(ONSET_S, first.start_s + 0.3)) / 0.8)
            swell = last.start_s if len(phrases) > 1 else last.end_s - 1.0
            out += (SWELL - MIDDLE) * minimum_jerk((t - swell) / 0.7)
    return out.astype(np.float32)


def add_mood(weights: NDArray, mood: str, phrases: Sequence[Phrase] = (), end: str = ".") -> None:
    """In place on (n, 52): the smile that goes with the words, less where the lips are busy; a serious face lowers its brows;
    an exclamation opens the eyes. end: of avatar.prosody.ending."""
    shown = course(len(weights), phrases)
    smile = SMILES.get(mood, SMILES["neutral"]) * shown
    busy = np.clip(weights[:, SHAPED].max(1), 0.0, 1.0)
    amount = smile * (1.0 - 0.7 * busy)
    weights[:, INDEX["mouthSmileLeft"]] += amount
    weights[:, INDEX["mouthSmileRight"]] += amount * 0.94
    wide = (0.06 if end == "!" and mood != "serious" else 0.0) * shown
    for side in ("Left", "Right"):
        weights[:, INDEX["cheekSquint" + side]] += smile * 0.6
        weights[:, INDEX["eyeSquint" + side]] += 0.02 + smile * 0.12
        weights[:, INDEX["eyeWide" + side]] += wide
        if mood == "serious":
            weights[:, INDEX["browDown" + side]] += 0.15 * shown
        weights[:, INDEX["browOuterUp" + side]] += smile * (0.20 if mood == "happy" else 0.10)
    weights[:, INDEX["browInnerUp"]] += smile * 0.15  # a friendly face is an open one


def add_brows(weights: NDArray, stressed: Sequence[Word], phrases: Sequence[Phrase], end: str, seed: int) -> None:
    """In place: a brow flash on stressed words, raised brows over a question's last phrase and after it, a slow wander."""
    t = np.arange(len(weights)) / HZ
    up, stay, down = FLASH_S
    lift = np.zeros(len(weights), np.float32)
    for i, word in enumerate(stressed):
        size = 0.18 + 0.2 * uniform(seed, 7003, i)
        start = word.start_s - 0.05
        rise = minimum_jerk((t - start) / up)
        fall = minimum_jerk((t - start - up - stay) / down)
        lift = np.maximum(lift, size * rise * (1.0 - fall)).astype(np.float32)
    if end == "?" and phrases:
        start = max(phrases[-1].start_s, phrases[-1].end_s - 1.0)
        lift = np.maximum(lift, ASKING_BROWS * minimum_jerk((t - start) / ASKING_S)).astype(np.float32)
    lift += (np.maximum(0.0, wanders(seed, 7004, t, 1.7)) * 0.08).astype(np.float32)
    weights[:, INDEX["browInnerUp"]] += lift * 0.6
    weights[:, INDEX["browOuterUpLeft"]] += lift
    weights[:, INDEX["browOuterUpRight"]] += lift * 0.85
