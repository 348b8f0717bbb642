"""Drawn sentences full of p, b and m, said by the built-in voice, and what is seen between the lips while they are said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assets.avatar_model import AvatarModel
from assets.scene import Mark
from avatar.idle import IdleLife
from avatar.lipsync import closure_span, shapes_of
from avatar.perform import perform
from avatar.pose import JOINTS, Pose
from avatar.sampling import pose_at
from avatar.speech import Speech, Utterance
from dialogue.adapters.espeak import EspeakStyle, EspeakVoice
from render.lips_seen import CLOSED, Marks, between_lips

WORDS = {
    "en": "maybe bamboo lamp people open cup number simple family bottle mother happy remember zip problem warm",
    "de": "Apfel bitte Lampe Mutter immer Baum lieben sieben Papier warm Becher Kamm oben Suppe",
    "fr": "pomme lampe beaucoup petit ma jambe simple boîte mère plume robe temps",
    "es": "bombilla mesa pequeño también hombre tiempo sombra papel abrir mapa bueno",
    "it": "bambino tempo mamma lampada bello campo prima subito sempre",
    "pt": "bom tempo lâmpada pequeno mesa sempre abraço também pombo",
    "zh": "苹果 面包 妈妈 便宜 漂亮 名字 朋友 明白 部分",
    "ja": "帽子 豆 番組 かばん 水 散歩 テーブル 夢",
    "hi": "बाज़ार पानी मेरा बड़ा आम कमरा सपना",
    "ru": "мама лампа большой память бумага время спасибо рыба",
    "id": "bambu lampu pembeli murah empat sabun minum",
}
MOODS = ("neutral", "warm", "happy", "serious")
RATES_HZ = (24, 25, 30)  # of pictures, as shows have them
OPEN_S = 0.1  # from there on a vowel opens the mouth so far that a picture must show it
Shoot = Callable[[Pose], NDArray]  # of a face, (h, w, 3) uint8 RGB


@dataclass
class Seen:
    """Counts of p, b and m: those seen, closed in a picture at least, closed in all pictures of the closure, and those whose
    pictures show no face to the reader (turned aside by 50 degrees and more); gaps: of each picture in a closure; vowels: what
    is seen in the middle of each long open vowel."""

    closures: int = 0
    closed: int = 0
    all_closed: int = 0
    aside: int = 0
    gaps: list[float] = field(default_factory=list)
    vowels: list[float] = field(default_factory=list)

    def add(self, other: Seen) -> None:
        """In place."""
        self.closures, self.closed = self.closures + other.closures, self.closed + other.closed
        self.all_closed, self.aside = self.all_closed + other.all_closed, self.aside + other.aside
        self.gaps += other.gaps
        self.vowels += other.vowels


def said(rng: np.random.Generator, count: int, words: int = 5) -> list[tuple[Speech, Utterance]]:
    """Sentences of so many drawn words, each language in turn, in drawn voices and moods."""
    order = list(rng.permutation(list(WORDS)))

    async def speak() -> list[tuple[Speech, Utterance]]:
        voice, out = EspeakVoice(limit_s=30.0), []
        try:
            for i in range(count):
                language = str(order[i % len(order)])
                text = ("" if language in ("zh", "ja") else " ").join(rng.choice(WORDS[language].split(), words))
                style = EspeakStyle(str(rng.choice(["f2", "m3"])), rng.uniform(0.85, 1.25))
                out.append((await voice.in_style(style).speak(text, language),
                            Utterance(f"u{i}", text, language, mood=str(rng.choice(MOODS)))))
        finally:
            await voice.close()
        return out

    return asyncio.run(speak())


def lips_of(model: AvatarModel, spoken: Sequence[tuple[Speech, Utterance]], shoot: Shoot,
            look: Callable[[NDArray], Marks | None], rng: np.random.Generator, mark: Mark) -> Seen:
    """What pictures of these sentences show, at drawn rates and moments, where p, b, m and open vowels are."""
    rest_m = model.joint_positions_m[[model.joint_names.index(name) for name in JOINTS]]
    idle, seen = IdleLife(int(rng.integers(1 << 31)), mark=mark, rest_m=rest_m), Seen()
    for speech, utterance in spoken:
        performance = perform(speech, utterance, visemes=model.visemes, targets={}, mark=mark,
                              seed=int(rng.integers(1 << 31)), rest_m=rest_m)
        start, rate_hz = float(rng.uniform(5, 3000)), int(rng.choice(RATES_HZ))

        def gaps(moments_s: Iterable[float], playing=((start, performance),)) -> list[float]:  # type: ignore[no-untyped-def]
            pictures = [shoot(pose_at(t, idle, playing)) for t in moments_s]
            return [between_lips(p, marks) for p in pictures if (marks := look(p)) is not None]

        for shape in shapes_of(speech.phones):
            if shape.name == "PP":
                found = gaps(_pictures(*(start + t for t in closure_span(shape)), rate_hz))
                shut = [g < CLOSED for g in found]
                seen.add(Seen(1, any(shut), all(shut), 0, found) if found else Seen(aside=1))
            elif shape.name == "aa" and shape.end_s - shape.start_s >= OPEN_S:
                seen.vowels += gaps([start + (shape.start_s + shape.end_s) / 2])
    return seen


def _pictures(from_s: float, to_s: float, rate_hz: int) -> Iterator[float]:
    """The moments of a show at which it has a picture."""
    for n in range(int(np.ceil(from_s * rate_hz - 1e-6)), int(np.floor(to_s * rate_hz + 1e-6)) + 1):
        yield n / rate_hz
