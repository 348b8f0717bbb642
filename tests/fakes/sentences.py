"""Sentences with phones, words and a sound of random loudness, as a voice would give them."""

from __future__ import annotations

import numpy as np

from avatar.speech import RATE_HZ, GestureMark, Phone, Speech, Utterance, Word

_IPA = ["p", "ɑː", "s", "iː", "m", "oʊ", "t", "ɛ", "b", "uː", "n", "æ"]


def sentence(seed: int, text: str, marks: tuple[GestureMark, ...] = (), pause_s: float = 0.03,
             **more: str) -> tuple[Speech, Utterance]:
    """`text` spoken at 0.32 s a word; a comma makes a pause of 0.3 s. more: fields of the Utterance."""
    rng = np.random.default_rng(seed)
    at, phones, words = 0.1, [], []
    for word in text.split():
        start = at
        for ipa in rng.choice(_IPA, 4):
            phones.append(Phone(str(ipa), at, at + 0.08))
            at += 0.08
        words.append(Word(word, start, at))
        at += 0.3 if word.endswith(",") else pause_s
    loud = np.repeat(rng.uniform(500, 6000, len(words) + 1), int(at * RATE_HZ) // len(words) + 1)[: int(at * RATE_HZ)]
    pcm = (rng.normal(size=len(loud)) * loud).astype(np.int16)
    return Speech(pcm, tuple(phones), tuple(words), "test"), Utterance("u", text, "en", marks=marks, **more)
