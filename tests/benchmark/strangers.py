"""`python -m tests.benchmark.strangers`: lips from the sound of voices that no net of ours was taught with.

Debian's flite speaks (`apt install flite`, or $NIGHTWINDOW_FLITE): two voices cut from recordings and two modelled after them;
it says itself where its phones lie. They stand in for people, whose recordings are not used here. Clean, with white noise 15 dB
below, and in a room. Skipped where flite is not there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from avatar.aligner import align
from avatar.face import INDEX
from avatar.lipsync import analyse, viseme_curves
from avatar.listener import hear, hear_openness, phones_heard
from avatar.phone_classes import classes_of
from avatar.pose import HZ
from avatar.speech import Phone
from avatar.training.augment import in_a_room
from avatar.visemes import OCULUS, VISEME_WEIGHTS
from dialogue.adapters import phonemes
from tests.benchmark.lip_peers import SIX, SMILE, bilabial_f1, rows_of, segments_of
from tests.benchmark.speech import _SPHINX

VOICES = ("slt", "rms", "awb", "kal16")
SENTENCES = (
    "Please pack my bag with butter, bread, milk and a bottle of beer.",
    "Mum bought a purple lamp from a popular shop by the bay.", "Maybe people prefer simple shapes and bright material.",
    "The pump became warm, so Bob moved it to the bottom of the cabin.",
    "Five photographs of the old village were found in a velvet box.",
    "They thought that the weather would be rather cold this month.",
    "A huge yellow truck drove quickly over the narrow wooden bridge.", "Every autumn the wolves return to the valley to hunt.",
    "His voice was low and calm, yet nobody could ignore it.", "She always enjoys chewing fresh orange peel after lunch.",
    "Use the long nose pliers to twist the thin copper wires together.", "Why were you away for a year, Roy?",
    "Our schedule allows a short visit to the museum on Thursday.", "The judge found a huge jar of jam in the garage.",
    "We measured the water level twice, but it had not changed.", "Put the shoes outside; they smell of smoke and mud.",
)
_JAW = VISEME_WEIGHTS[:, INDEX["jawOpen"]] / VISEME_WEIGHTS[:, INDEX["jawOpen"]].max()
_SIX = np.array([SIX.get(name, SMILE) for name in OCULUS])
_IPA = {name.lower(): ipa for name, ipa in _SPHINX.items()} | {"ax": "ə", "pau": ""}


@dataclass(frozen=True, slots=True)
class Said:
    """sound: (n,) float -1..1; phones: as flite made them, by its own dictionary."""

    text: str
    sound: NDArray
    rate_hz: int
    phones: tuple[Phone, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """phones; openness: (n,) at 100 Hz."""

    phones: tuple[Phone, ...]
    openness: NDArray


def said_by_flite(program: str) -> list[Said]:
    """Every sentence by every voice."""
    out = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        for voice in VOICES:
            for text in SENTENCES:
                done = subprocess.run([program, "-voice", voice, "-psdur", "-t", text, "-o", str(file)], capture_output=True,
                                      text=True, check=True)
                sound, rate_hz = soundfile.read(file)
                edges = [item.split(":") for item in done.stdout.split()]
                starts = [0.0, *(float(end) for _, end in edges)]
                phones = tuple(Phone(_IPA[name], a, float(end)) for (name, end), a in zip(edges, starts, strict=False))
                out.append(Said(text, sound, rate_hz, phones))
    return out


def elsewhere(said: list[Said], seed: int) -> dict[str, list[Said]]:
    """The same clean, with noise and in a room."""
    rng = np.random.default_rng(seed)

    def noisy(one: Said) -> NDArray:
        level = np.sqrt(np.mean(one.sound**2)) * 10 ** (-15 / 20)
        return np.asarray(one.sound + rng.normal(size=len(one.sound)) * level)

    return {"": said, "noise_": [replace(s, sound=noisy(s)) for s in said],
            "room_": [replace(s, sound=in_a_room(s.sound, s.rate_hz, rng)) for s in said]}


def _with_text(one: Said) -> Found:
    done = analyse(one.sound, one.rate_hz, one.text, "en")  # phones by espeak-ng: another pronunciation now and then
    return Found(done.phones, done.openness)


def _with_phones(one: Said) -> Found:
    phones = align(one.sound, one.rate_hz, [p.ipa for p in one.phones])
    return Found(phones, viseme_curves(phones, len(one.sound) / one.rate_hz) @ _JAW)


def _alone(one: Said) -> Found:
    done = analyse(one.sound, one.rate_hz)
    return Found(done.phones, done.openness)


def _live(one: Said) -> Found:
    chances = hear(one.sound, one.rate_hz)
    opened = hear_openness(one.sound, one.rate_hz)
    n = int(np.ceil(len(one.sound) / one.rate_hz * HZ))
    return Found(phones_heard(chances), opened[np.arange(n).clip(0, len(opened) - 1)])


def _figures(said: list[Said], find: Callable[[Said], Found]) -> dict[str, float]:
    right, alike, counts, rows = [], [], np.zeros(3), []
    for one in said:
        found, duration_s = find(one), len(one.sound) / one.rate_hz
        n = int(duration_s * HZ)
        a, b = rows_of(segments_of(one.phones), n), rows_of(segments_of(found.phones), n)
        right.append(np.mean(a == b))
        rows.append((_SIX[a], _SIX[b]))
        open_s = viseme_curves(one.phones, duration_s) @ _JAW
        alike.append(np.corrcoef(open_s[:n], found.openness[:n])[0, 1])
        counts += bilabial_f1(segments_of(one.phones), segments_of(found.phones))
    a, b = (np.concatenate(part) for part in zip(*rows, strict=True))
    return {"acc15": float(np.mean(right)), "balanced6": float(np.mean([np.mean(b[a == k] == k) for k in range(6)])),
            "openness_r": float(np.mean(alike)), "bilabial_f1": float(2 * counts[0] / (counts[1] + counts[2]))}


def _borders(said: list[Said]) -> dict[str, float]:
    errors, failures = [], 0
    for one in said:
        truth = [p for p in one.phones if classes_of(p.ipa)]
        found = [p for p in align(one.sound, one.rate_hz, [p.ipa for p in one.phones]) if p.ipa]
        failures += len(truth) != len(found)
        errors += [abs(a.start_s - b.start_s) * 1000 for a, b in zip(truth, found, strict=False)]
    every = np.array(errors)
    return {"border_median_ms": float(np.median(every)), "within_20ms": float(np.mean(every <= 20)),
            "within_50ms": float(np.mean(every <= 50)), "failures": float(failures)}


def strangers(seed: int = 1) -> dict[str, float]:
    """Figures by place and by what is known: the text; its phones as they were said; nothing; nothing, and live."""
    program = os.environ.get("NIGHTWINDOW_FLITE") or shutil.which("flite")
    if not program:
        print("flite: not installed, left out (apt install flite)")
        return {}
    out = {}
    for place, said in elsewhere(said_by_flite(program), seed).items():
        out |= {f"stranger_{place}text_{k}": v for k, v in _figures(said, _with_text).items()}
        out |= {f"stranger_{place}phones_{k}": v for k, v in (_figures(said, _with_phones) | _borders(said)).items()}
        out |= {f"stranger_{place}sound_{k}": v for k, v in _figures(said, _alone).items()}
        out |= {f"stranger_{place}live_{k}": v for k, v in _figures(said, _live).items()}
    phonemes._shared().close()
    return out


if __name__ == "__main__":
    for key, value in strangers().items():
        print(f"{key}: {value:.3f}")
