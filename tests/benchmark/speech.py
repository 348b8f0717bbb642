"""Speech rows of `make bench`: borders of the aligner on fresh synthetic speech, its speed, the curve layer on exact phones,
and other lip-sync programs on the same sound where they are installed."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.aligner import align
from avatar.face import INDEX
from avatar.lipsync import closure_span, mouth_curves, shapes_of, viseme_curves
from avatar.listener import hear, phones_heard
from avatar.phone_classes import classes_of
from avatar.pose import HZ
from avatar.speech import RATE_HZ, Phone, Speech
from avatar.visemes import ROW, VISEME_WEIGHTS
from dialogue.adapters.espeak import EspeakStyle, EspeakVoice

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "zh", "hi")
VARIANTS = ("f3", "m5", "belinda", "m2", "anika")  # espeak's voices that the training never uses
WORDS = {  # sentences of them are drawn anew in each run
    "en": "garden window paper summer bright coffee travel seven thought village measure joyful number happy people orange",
    "es": "casa perro jardín mañana llave queso fuego verde bueno ciudad amigo pequeño zapato guitarra noche",
    "fr": "maison jardin lune fromage chemin voyage petit rouge heureux matin montagne simple feuille oiseau",
    "de": "Garten Fenster Schule Wasser schön Kirche Zeit freundlich Brücke Vogel jung Straße Apfel",
    "it": "giardino finestra acqua amico bello notte cielo zucchero famiglia strada pane giorno",
    "pt": "jardim janela água amigo manhã coração pequeno chuva lição gente caminho noite",
    "zh": "花园 窗户 朋友 今天 漂亮 水果 学校 高兴 时间 音乐 中国 早上",
    "hi": "बगीचा खिड़की पानी दोस्त सुबह बाज़ार छोटा कहानी समय चाय सुंदर",
}


def fresh_sentences(count: int, seed: int) -> list[Speech]:
    """espeak-ng's speech, whose phones are exact, in eight languages and voices that the aligner was not trained on."""
    rng = random.Random(seed)

    async def spoken() -> list[Speech]:
        out = []
        voices = [EspeakVoice(EspeakStyle(variant, rng.uniform(0.85, 1.25), rng.randint(30, 70), rng.randint(35, 75)))
                  for variant in VARIANTS]
        try:
            for i in range(count):
                language = LANGUAGES[i % len(LANGUAGES)]
                words = rng.sample(WORDS[language].split(), rng.randint(4, 8))
                text = ("" if language == "zh" else " ").join(words)
                voice = voices[i // len(LANGUAGES) % len(voices)]  # each of them in each language
                out.append(await voice.speak(text, language))
        finally:
            for voice in voices:
                await voice.close()
        return out

    return asyncio.run(spoken())


def border_errors_s(speech: Speech) -> NDArray:
    """Start of each phone as aligned, less where it is. NaN for all when the aligner lost one."""
    truth = [p for p in speech.phones if classes_of(p.ipa)]
    found = [p for p in align(speech.pcm, RATE_HZ, [p.ipa for p in speech.phones]) if p.ipa]
    if [p.ipa for p in truth] != [p.ipa for p in found]:
        return np.full(len(truth), np.nan)
    return np.array([a.start_s - b.start_s for a, b in zip(found, truth, strict=True)])


def visemes_at(phones: tuple[Phone, ...], n: int) -> NDArray:
    """(n,) row of avatar.visemes.OCULUS for each 10 ms."""
    out, t = np.zeros(n, np.int64), (np.arange(n) + 0.5) / HZ
    for shape in shapes_of(phones):
        out[(t >= shape.start_s) & (t < shape.end_s)] = ROW[shape.name]
    return out


def alignment(count: int = 500) -> dict[str, float]:
    """Borders of `count` sentences, and how fast."""
    said = fresh_sentences(count, seed=int(time.time()))
    start = time.process_time()
    errors = [border_errors_s(s) for s in said]
    took = time.process_time() - start
    all_ms = 1000 * np.abs(np.concatenate(errors))
    length = sum(s.duration_s for s in said)
    part = said[:: max(1, len(said) // 80)]
    heard = [np.mean(visemes_at(phones_heard(hear(s.pcm, RATE_HZ)), int(s.duration_s * HZ))
                     == visemes_at(s.phones, int(s.duration_s * HZ))) for s in part]
    return {"align_border_median_ms": float(np.nanmedian(all_ms)), "align_within_20ms": float(np.nanmean(all_ms <= 20)),
            "align_within_50ms": float(np.nanmean(all_ms <= 50)),
            "align_failures": float(sum(np.isnan(e).any() for e in errors)),
            "align_x_real_time": length / took, "listen_viseme_share": float(np.mean(heard))}


def curves(count: int = 40) -> dict[str, float]:
    """The curve layer on exact phones: frames whose leading viseme is right, closures made and false ones."""
    said = fresh_sentences(count, seed=int(time.time()) + 1)
    right, closures, made, false, speech_rows = [], 0, 0, 0, 0
    for s in said:
        truth = visemes_at(s.phones, int(s.duration_s * HZ))
        found = viseme_curves(s.phones, s.duration_s)[: len(truth)].argmax(axis=1)
        right.append(np.mean(found == truth))
        shut = is_shut(mouth_curves(s, VISEME_WEIGHTS))
        near = np.zeros(len(shut), bool)
        for shape in shapes_of(s.phones):
            if shape.name == "PP":
                a, b = (int(edge * HZ) for edge in closure_span(shape))
                closures, made = closures + 1, made + bool(shut[a : b + 1].any())
            if shape.name in ("PP", "sil"):
                near[max(0, int((shape.start_s - 0.04) * HZ)) : int((shape.end_s + 0.04) * HZ) + 1] = True  # a frame
        false += int((shut & ~near).sum())
        speech_rows += int((truth > 0).sum())
    return {"curves_viseme_share": float(np.mean(right)), "curves_closures_share": made / max(closures, 1),
            "curves_false_closed_share": false / max(speech_rows, 1)}


def is_shut(rows: NDArray) -> NDArray:
    """(n,) whether the lips are pressed together, from (n, 52) weights."""
    pressing = [INDEX["mouthPressLeft"], INDEX["mouthRollLower"], INDEX["mouthRollUpper"]]
    press, full = rows[:, pressing], VISEME_WEIGHTS[ROW["PP"]][pressing]
    return np.asarray((press >= full * 0.95).all(1) & (rows[:, INDEX["jawOpen"]] < 0.02))


def peers(count: int = 12) -> dict[str, float]:
    """What people use instead, on the same sound; what is not installed is left out and named."""
    said = [s for s in fresh_sentences(count * len(LANGUAGES), seed=int(time.time()) + 2)][:: len(LANGUAGES)]
    figures: dict[str, float] = {}
    try:
        figures["peer_pocketsphinx_viseme_share"] = float(np.mean([_pocketsphinx(s) for s in said]))
    except ImportError:
        print("peer pocketsphinx: not installed, left out (pip install pocketsphinx)")
    ours = [np.mean(visemes_at(align(s.pcm, RATE_HZ, [p.ipa for p in s.phones]), int(s.duration_s * HZ))
                    == visemes_at(s.phones, int(s.duration_s * HZ))) for s in said]
    figures["align_viseme_share_en"] = float(np.mean(ours))
    return figures


_SPHINX = {  # phones of the CMU dictionary in IPA
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð", "EH": "ɛ",
    "ER": "ɚ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "dʒ", "K": "k", "L": "l", "M": "m",
    "N": "n", "NG": "ŋ", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ", "UH": "ʊ",
    "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip


def _pocketsphinx(speech: Speech) -> float:
    n = int(speech.duration_s * HZ)
    phones = pocketsphinx_phones(speech)
    return float(np.mean(visemes_at(phones, n) == visemes_at(speech.phones, n))) if phones else 0.0


def pocketsphinx_phones(speech: Speech) -> tuple[Phone, ...]:
    """Forced alignment with its own dictionary and model; () for a sentence that it gives up."""
    from pocketsphinx import Decoder  # type: ignore[import-not-found]

    pcm = _at_16k(speech.pcm).tobytes()
    decoder: Any = Decoder(loglevel="FATAL", lm=None)
    try:
        decoder.set_align_text(" ".join(w.text.lower() for w in speech.words))
        for turn in range(2):
            if turn:
                decoder.set_alignment()
            decoder.start_utt()
            decoder.process_raw(pcm, full_utt=True)
            decoder.end_utt()
        return tuple(Phone(_SPHINX.get(p.name, ""), p.start / 100, (p.start + p.duration) / 100)
                     for word in decoder.get_alignment() for p in word)
    except RuntimeError:
        return ()


def _at_16k(pcm: NDArray) -> NDArray:
    import soxr

    return np.asarray(soxr.resample(pcm, RATE_HZ, 16_000))

