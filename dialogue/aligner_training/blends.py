"""People who do not exist: Kokoro's voices mixed with each other, and SVOX Pico's. The more mouths are heard, the less a net
leans on any of them."""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.phone_classes import classes_of
from avatar.speech import Phone
from avatar.training.lessons import Sentence
from dialogue.adapters.kokoro_model import KokoroModel
from dialogue.adapters.timeline import SpokenWord

TIMBRE = 128  # of the 256 numbers of a style, the first are how a voice sounds, the others how it speaks
BEYOND = 0.35  # a mixture may lie so far outside the two that it is mixed of
PICO_HZ = 16_000
PICO = {"en-US": ("en", "en-us"), "en-GB": ("en", "en"), "es-ES": ("es", "es-419"), "fr-FR": ("fr", "fr"),
        "it-IT": ("it", "it"), "de-DE": ("de", "de")}


def blend(model: KokoroModel, name: str, voices: Sequence[Path], natives: Sequence[Path], rng: random.Random) -> None:
    """`model` has a voice `name` from now on: the sound of two `voices`, speaking as two `natives` do."""
    a, b = (model.style(path.stem) for path in rng.sample(list(voices), 2))
    c, d = (model.style(path.stem) for path in rng.choices(list(natives), k=2))
    sound, manner = rng.uniform(-BEYOND, 1.0 + BEYOND), rng.random()
    model.keep_style(name, np.concatenate([(sound * a + (1.0 - sound) * b)[:, :TIMBRE],
                                           (manner * c + (1.0 - manner) * d)[:, TIMBRE:]], axis=1))


def by_pico(sayings: Iterator[tuple[str, str, list[SpokenWord]]], rng: random.Random) -> Iterator[Sentence]:
    """sayings: Pico's voice, text, its words. Needs `pip install py-nanotts` (Apache-2.0); raises ImportError without it."""
    engine: Any = importlib.import_module("py_nanotts").NanoTTS()
    for voice, text, words in sayings:
        raw = engine.speak(text, voice=voice, speed=rng.uniform(0.85, 1.15), pitch=rng.uniform(0.75, 1.3))
        sound = np.frombuffer(raw, np.int16) / 32768.0
        if len(sound):
            yield Sentence(sound, PICO_HZ, guessed(words, sound), exact=False, language=PICO[voice][0])


def guessed(words: Sequence[SpokenWord], sound: NDArray) -> tuple[Phone, ...]:
    """Phones evenly over what is loud: alignment mends it. sound: (n,) at PICO_HZ."""
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    start_s, end_s = (float(t) / PICO_HZ for t in (loud[0], loud[-1] + 1)) if len(loud) else (0.0, len(sound) / PICO_HZ)
    sounds = [[ipa for ipa in ipas if classes_of(ipa)] for _, ipas in words]
    edges = [float(t) for t in np.linspace(start_s, end_s, sum(map(len, sounds)) + 1)]
    out, at = [], 0
    for word in sounds:
        out.append(Phone("", edges[at], edges[at]))
        for ipa in word:
            out.append(Phone(ipa, edges[at], edges[at + 1]))
            at += 1
    return (*out, Phone("", edges[-1], max(edges[-1], len(sound) / PICO_HZ)))
