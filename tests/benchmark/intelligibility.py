"""Words that an offline recogniser (Moonshine tiny-en, MIT) loses of fifty shop sentences with prices and sizes, by voice.

Needs `pip install moonshine-voice==0.0.55 filelock --no-deps`: the last version that carries its model. Skipped where it
is not there.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from pathlib import Path

import numpy as np
import soxr

from avatar.speech import RATE_HZ
from dialogue.adapters import kokoro
from dialogue.adapters.espeak import EspeakVoice
from dialogue.ports import Voice
from dialogue.spoken import spoken_text

FRAMES = (
    "This {thing} costs {price} dollars, and it ships in {days} days.",
    "The {thing} is {size} centimeters wide and weighs {weight} kilograms.",
    "We have {count} of the {colour} {thing} left in stock.",
    "You can return the {thing} within {days} days of delivery.",
    "The {colour} one is {price} dollars, and the {other} one is {price2}.",
    "It holds {count} liters, and the lid closes with one hand.",
    "How about the {thing} in {colour}, in a size of {size} inches?",
    "Good evening, and welcome, tonight we look at a {colour} {thing}.",
    "Its battery lasts {count} hours, and it charges in {days}.",
    "If you buy two, the second {thing} is {price} dollars.",
)
THINGS = ("lamp", "backpack", "kettle", "jacket", "blanket", "notebook", "bottle", "speaker", "chair", "watch")
COLOURS = ("red", "blue", "green", "black", "white", "brown", "yellow", "orange")
SAME = {"centimetres": "centimeters", "litres": "liters", "kilogrammes": "kilograms", "grey": "gray", "ok": "okay",
        "it's": "its", "by": "buy"}  # what sounds the same is the same: the judge spells, the ear does not
COUNT = 50


def sentences(rng: random.Random) -> list[str]:
    """Fifty of them, drawn anew."""
    out = []
    for i in range(COUNT):
        colour, other = rng.sample(COLOURS, 2)
        out.append(FRAMES[i % len(FRAMES)].format(
            thing=rng.choice(THINGS), colour=colour, other=other, price=rng.randint(12, 399), price2=rng.randint(12, 399),
            days=rng.randint(2, 30), count=rng.randint(2, 40), size=rng.randint(10, 60),
            weight=f"{rng.randint(1, 9)}.{rng.randint(1, 9)}"))
    return out


def words_of(text: str) -> list[str]:
    """As they are compared: numbers in words, one spelling."""
    said = spoken_text(text.replace("$", " dollars ") if not re.search(r"\$\d", text) else text, "en")
    words = re.sub(r"[^a-z' ]", " ", said.lower().replace("-", " ")).replace("to night", "tonight").split()
    return [SAME.get(w, w) for w in words if w != "and"]  # "hundred and five" or "hundred five"


def lost_words(wanted: list[str], heard: list[str]) -> int:
    """Words to be changed, left out or put in (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(wanted, 1):
        before, row = row, [i]
        for j, other in enumerate(heard, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (word != other)))
    return row[-1]


def intelligibility() -> dict[str, float]:
    """Share of words lost, by voice; nothing where the recogniser is not installed."""
    try:
        import moonshine_voice  # type: ignore[import-not-found]
    except ImportError:
        print("recogniser moonshine-voice: not installed, left out (pip install moonshine-voice==0.0.55 filelock --no-deps)")
        return {}
    folder = Path(moonshine_voice.__file__).parent / "assets/tiny-en"
    judge = moonshine_voice.Transcriber(str(folder), moonshine_voice.ModelArch.TINY)
    voices: dict[str, Voice] = {"espeak": EspeakVoice()}
    if kokoro.is_here():
        voices["kokoro"] = kokoro.KokoroVoice()
    texts = sentences(random.Random(int(time.time())))
    return {f"lost_words_{name}": asyncio.run(_lost(voice, texts, judge)) for name, voice in voices.items()}


async def _lost(voice: Voice, texts: list[str], judge: object) -> float:
    lost = total = 0
    try:
        for text in texts:
            speech = await voice.speak(spoken_text(text, "en"), "en")
            sound = soxr.resample(speech.pcm / 32768.0, RATE_HZ, 16_000)
            sound = np.concatenate([np.zeros(4000), sound, np.zeros(8000)])
            lines = judge.transcribe_without_streaming(sound.tolist(), 16_000).lines  # type: ignore[attr-defined]
            wanted, heard = words_of(text), words_of(" ".join(line.text for line in lines))
            wrong = lost_words(wanted, heard)
            lost, total = lost + wrong, total + len(wanted)
            if wrong:
                print(f"  {voice.name}: {wrong} in {' '.join(wanted)!r}: {' '.join(heard)!r}")
    finally:
        await voice.close()
    return lost / total


if __name__ == "__main__":
    print(intelligibility())
