"""Our sentences as speech whose phones are known: espeak-ng to the sample, Kokoro from the lengths inside the model."""

from __future__ import annotations

import os
import random
import tomllib
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.cache import cache_dir
from avatar.speech import Phone
from avatar.training.lessons import Sentence
from dialogue.adapters.espeak import VOICES
from dialogue.adapters.espeak_events import phones_from, words_from
from dialogue.adapters.espeak_library import RATE_HZ as ESPEAK_HZ
from dialogue.adapters.espeak_library import EspeakLibrary, Tone
from dialogue.adapters.kokoro_mandarin import mandarin_words
from dialogue.adapters.kokoro_model import RATE_HZ as KOKORO_HZ
from dialogue.adapters.kokoro_model import KokoroModel
from dialogue.adapters.kokoro_symbols import Sign, signs_of
from dialogue.adapters.timeline import SpokenWord, spoken_words
from dialogue.aligner_training.blends import PICO, blend, by_pico
from dialogue.aligner_training.invented import Inventor, reordered

Report = Callable[[str], None]
VARIANTS = ("m1", "m3", "m7", "f1", "f2", "f4", "f5", "Annie", "Andy", "Gene", "Denis", "Linda")
KOKORO_TAKES = {"en": 12, "es": 8, "fr": 12, "it": 8, "pt": 8, "hi": 6, "zh": 4}  # sentences of each voice
ACCENTS = {"a": ("en", "en-us"), "b": ("en", "en"), "e": ("es", "es-419"), "f": ("fr", "fr"), "h": ("hi", "hi"),
           "i": ("it", "it"), "p": ("pt", "pt-br"), "z": ("zh", "")}
SHUFFLED_TAKES = {"en": 26, "es": 12, "fr": 16, "it": 12, "pt": 12, "hi": 6, "zh": 0}  # more of each voice: words in any order
INVENTED_TAKES = 12  # of each voice: words of no language
BLENDS = 140  # voices of nobody; each says three sentences
BLEND_LETTERS = ("abefhipz", (36, 24, 8, 6, 6, 8, 8, 4))  # accents and how often each is drawn
KEPT_BACK = frozenset({"af_nova", "am_puck", "bf_emma", "bm_george", "em_alex", "im_nicola"})  # voices for the bench only


def sentences() -> dict[str, list[str]]:
    """Our sentences by language."""
    return tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))


def corpus(parts: Mapping[str, Path], seed: int, report: Report) -> list[Sentence]:
    """All of it. Takes minutes the first time: what Kokoro says is kept in the cache."""
    library = EspeakLibrary()
    out = [*by_espeak(library, seed)]
    report(f"espeak: {len(out)} sentences, {_minutes(out):.1f} minutes")
    load = lru_cache(maxsize=1)(lambda: KokoroModel(parts))  # not at all when everything is in the cache
    spoken = list(by_kokoro(load, library, parts["kokoro-voices"], seed, report))
    report(f"Kokoro: {len(spoken)} sentences, {_minutes(spoken):.1f} minutes")
    more = list(invented(load, library, parts["kokoro-voices"], seed))
    report(f"Kokoro, words of no language: {len(more)} sentences, {_minutes(more):.1f} minutes")
    nobody = list(by_blends(load, library, parts["kokoro-voices"], seed))
    report(f"Kokoro, voices of nobody: {len(nobody)} sentences, {_minutes(nobody):.1f} minutes")
    pico = list(by_pico(_for_pico(library, seed), random.Random(seed)))
    report(f"Pico: {len(pico)} sentences, {_minutes(pico):.1f} minutes")
    return [*out, *spoken, *more, *nobody, *pico]


def _minutes(spoken: list[Sentence]) -> float:
    return sum(len(s.sound) / s.rate_hz for s in spoken) / 60


def by_espeak(library: EspeakLibrary, seed: int) -> Iterator[Sentence]:
    """Each sentence in two voices at different pace and pitch."""
    rng = random.Random(seed)
    for language, texts in sentences().items():
        for text in texts:
            for _ in range(2):
                tone = Tone(f"{VOICES[language][0]}+{rng.choice(VARIANTS)}", rng.randint(125, 215), rng.randint(25, 75),
                            rng.randint(30, 80))
                yield replace(espeak_sentence(library, text, tone), language=language)


def espeak_sentence(library: EspeakLibrary, text: str, tone: Tone) -> Sentence:
    """One sentence, its phones to the sample."""
    raw, events = library.synthesise(text, tone)
    return Sentence(raw / 32768.0, ESPEAK_HZ, phones_from(events, len(raw)), exact=True)


def by_kokoro(model: Callable[[], KokoroModel], library: EspeakLibrary, voices: Path, seed: int,
              report: Report) -> Iterator[Sentence]:
    """Some sentences in each voice; what was said once is read from the cache."""
    rng = random.Random(seed + 1)
    store, texts = cache_dir("aligner-corpus"), sentences()
    for path in sorted(voices.rglob("*.bin")):
        entry = ACCENTS.get(path.stem[0])
        if entry is None or path.stem in KEPT_BACK:
            continue
        language, accent = entry
        chosen = rng.sample(texts[language], min(KOKORO_TAKES[language], len(texts[language])))
        drawn = [(text, rng.choice((0.85, 1.0, 1.0, 1.15))) for text in chosen]
        own = random.Random(f"{seed} {path.stem}")  # so that more takes leave the draws of the first ones alone
        drawn += [(shuffled(texts[language], own), own.choice((0.9, 1.0, 1.1))) for _ in range(SHUFFLED_TAKES[language])]
        for text, speed in drawn:
            kept = store / f"{path.stem}-{speed}-{hash_of(text):08x}.npz"
            yield replace(_kept(kept, lambda: kokoro_sentence(
                model(), words_of(library, text, language, accent), accent, path.stem, speed)), language=language)  # noqa: B023
        report(f"Kokoro {path.stem} has spoken")


def invented(model: Callable[[], KokoroModel], library: EspeakLibrary, voices: Path, seed: int,
             takes: int = INVENTED_TAKES) -> Iterator[Sentence]:
    """`takes` sentences of words of no language in each voice, all voices in turn; kept in the cache."""
    store, texts = cache_dir("aligner-corpus"), sentences()
    known = {accent: [w for text in texts[language] for w in words_of(library, text, language, accent)]
             for language, accent in ACCENTS.values()}
    makers = {accent: Inventor(words) for accent, words in known.items()}
    paths = [p for p in sorted(voices.rglob("*.bin")) if p.stem[0] in ACCENTS and p.stem not in KEPT_BACK]
    for take in range(takes):
        for path in paths:
            language, accent = ACCENTS[path.stem[0]]
            rng = random.Random(f"{seed} {path.stem} {take}")
            words = reordered(known[accent], rng) if language == "zh" else makers[accent].sentence(rng)
            speed = rng.choice((0.8, 0.9, 1.0, 1.1, 1.2))
            spoken = _kept(store / f"{path.stem}-{speed}-invented-{seed}-{take}.npz",
                           lambda: kokoro_sentence(model(), words, accent, path.stem, speed))  # noqa: B023 - called at once
            yield replace(spoken, language=language)


def by_blends(model: Callable[[], KokoroModel], library: EspeakLibrary, voices: Path, seed: int) -> Iterator[Sentence]:
    """Each blend says one of our sentences, words of no language, and words in any order; kept in the cache."""
    store, texts = cache_dir("aligner-corpus"), sentences()
    known = {accent: [w for text in texts[language] for w in words_of(library, text, language, accent)]
             for language, accent in ACCENTS.values()}
    paths = [p for p in sorted(voices.rglob("*.bin")) if p.stem[0] in ACCENTS and p.stem not in KEPT_BACK]
    for number in range(BLENDS):
        rng = random.Random(f"{seed} blend {number}")
        letter = rng.choices(BLEND_LETTERS[0], BLEND_LETTERS[1])[0]
        language, accent = ACCENTS[letter]
        natives, name, words = [p for p in paths if p.stem[0] == letter], f"blend-{seed}-{number}", known[accent]
        drawn = [words_of(library, rng.choice(texts[language]), language, accent)]
        if language == "zh":
            drawn += [reordered(words, rng), reordered(words, rng)]
        else:
            drawn += [Inventor(words).sentence(rng), words_of(library, shuffled(texts[language], rng), language, accent)]
        speeds = [rng.choice((0.8, 0.9, 1.0, 1.1, 1.25)) for _ in drawn]
        mixed = rng.getrandbits(32)

        def say(said: list[SpokenWord], speed: float) -> tuple[NDArray, tuple[Phone, ...]]:
            blend(model(), name, paths, natives, random.Random(mixed))  # noqa: B023 - called at once
            return kokoro_sentence(model(), said, accent, name, speed)  # noqa: B023

        for take, (said, speed) in enumerate(zip(drawn, speeds, strict=True)):
            yield replace(_kept(store / f"{name}-{take}.npz", lambda: say(said, speed)), language=language)  # noqa: B023


def _for_pico(library: EspeakLibrary, seed: int) -> Iterator[tuple[str, str, list[SpokenWord]]]:
    """Every sentence of its languages, and as many of their words in any order."""
    rng, texts = random.Random(seed + 2), sentences()
    for voice, (language, accent) in PICO.items():
        for text in [*texts[language], *(shuffled(texts[language], rng) for _ in texts[language])]:
            yield voice, text, words_of(library, text, language, accent)


def _kept(path: Path, make: Callable[[], tuple[NDArray, tuple[Phone, ...]]]) -> Sentence:
    """What was said once, from the cache."""
    if not path.exists():
        sound, phones = make()
        pcm = (sound * 32767).clip(-32768, 32767).astype(np.int16)
        half = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(half, sound=pcm, ipa=np.array([p.ipa for p in phones]), times=np.array([(p.start_s, p.end_s) for p in phones]))
        half.replace(path)
    with np.load(path) as file:
        phones = tuple(Phone(str(i), float(a), float(b)) for i, (a, b) in zip(file["ipa"], file["times"], strict=True))
        return Sentence(file["sound"] / 32768.0, KOKORO_HZ, phones, exact=False)


def shuffled(texts: list[str], rng: random.Random) -> str:
    """Four to eight words of different sentences in a row: sounds meet that no sentence brings together."""
    words = [word.strip(".,!?;:¿¡«»\"").lower() for text in texts for word in text.split()]
    picked = rng.sample([w for w in words if w], rng.randint(4, 8))
    return f"{' '.join(picked).capitalize()}."


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return zlib.crc32(text.encode())


def words_of(library: EspeakLibrary, text: str, language: str, accent: str) -> list[SpokenWord]:
    """Words of a sentence with espeak's phones in their context; Mandarin with Kokoro's own."""
    if language == "zh":
        return mandarin_words(text)
    raw, events = library.synthesise(text, Tone(accent))
    phones = phones_from(events, len(raw))
    return spoken_words(phones, words_from(events, text, language, phones))


def kokoro_sentence(model: KokoroModel, words: list[SpokenWord], accent: str, voice: str,
                    speed: float) -> tuple[NDArray, tuple[Phone, ...]]:
    """(n,) float32 at KOKORO_HZ and the phones by the model's own lengths; "" between words, where a pause may be."""
    signs = signs_of(words, [accent] * len(words), model.signs)
    sound, ends = model.say("".join(s.text for s in signs), voice, speed)
    return sound, phones_by_signs(words, signs, ends, len(sound) / KOKORO_HZ)


def phones_by_signs(words: list[SpokenWord], signs: list[Sign], ends: NDArray, duration_s: float) -> tuple[Phone, ...]:
    """Phones from the ends of the signs that stand for them; the space between words is a pause."""
    spans: dict[tuple[int, int], tuple[float, float]] = {}
    starts = np.concatenate([[ends[0] - 0.05 if len(ends) else 0.0], ends[:-1]]).clip(0.0)
    for sign, start, end in zip(signs, starts, ends, strict=True):
        if sign.word >= 0:
            key = (sign.word, sign.phone)
            spans[key] = (spans.get(key, (float(start), 0.0))[0], float(end))
    out: list[Phone] = []
    at = 0.0
    for (word, phone), (start, end) in sorted(spans.items()):
        start, end = max(start, at), max(end, at)
        if phone == 0 or start > at:
            out.append(Phone("", at, start))
        out.append(Phone(words[word][1][phone], start, end))
        at = end
    out.append(Phone("", at, max(at, duration_s)))
    return tuple(out)
