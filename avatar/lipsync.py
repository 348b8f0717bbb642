"""Timed phones become mouth curves.

The sentence: phones become shapes; shapes become plateaus on four tracks (lips, rounding, jaw, tongue); each track
glides from plateau to plateau; loudness scales the opening; closures are kept shut; the mouth comes to rest.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar import listener
from avatar.aligner import align
from avatar.face import ARKIT, INDEX
from avatar.pose import HZ
from avatar.sound_frames import is_silent, mono
from avatar.speech import RATE_HZ, Phone, Speech
from avatar.visemes import OCULUS, ROW, visemes_of

CLOSURE_S = 0.06  # lips stay shut at least this long: one 24 fps frame is 42 ms, rows are 10 ms apart
GLIDE_S = 0.07  # fastest way between two shapes; less is a jump of more than 0.35 a frame at 30 fps
ROUND_LEAD_S = 0.09  # rounding is seen well before it is heard (>= 60 ms)
ROUND_LAG_S = 0.03
REST_S = 0.12  # from the last phone to a resting mouth; 150 ms is where it starts to look like chewing
FULL_S = 0.13  # a vowel shorter than this undershoots its shape in proportion
LEAVE_JAW_S = 0.10  # shorter tongue consonants leave the jaw where the vowels hold it
JAW_LEAVERS = frozenset({"DD", "kk", "nn", "TH", "RR"})
ROUNDED = frozenset({"O", "U", "CH", "RR"})
UNROUNDED = frozenset({"aa", "E", "I", "FF", "SS", "TH"})
TONGUE_ONLY = frozenset({"DD", "kk", "nn"})  # made behind the teeth: the lips keep the neighbours' shape
VOWELS = frozenset({"aa", "E", "I", "O", "U"})
SIBILANTS = frozenset({"SS", "CH"})
SIBILANT_JAW = 0.12  # teeth nearly meet
ROUND_IN_CLOSURE = 0.35  # a rounded vowel shows through a closure, but must not open it

Phonemise = Callable[[str, str], Sequence[Sequence[str]]]  # text, language -> IPA phones of each word
# Where text becomes phones when the caller brings nothing: looked up by name at call time, because espeak must not be
# loaded in this process and the layer above this one owns the process that may (decision 0007).
PHONEMISER = "dialogue.adapters.phonemes"

_JAW = [INDEX["jawOpen"], INDEX["jawForward"]]
_ROUND = [INDEX["mouthFunnel"], INDEX["mouthPucker"]]
_TONGUE = [INDEX["tongueOut"]]
_LIPS = [i for i, name in enumerate(ARKIT) if name.startswith("mouth") and i not in _ROUND]
_OPENERS = [INDEX[n] for n in ("jawOpen", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft",
                               "mouthUpperUpRight")]
_CLOSERS = [INDEX[n] for n in ("mouthRollLower", "mouthRollUpper", "mouthPressLeft", "mouthPressRight")]


@dataclass(frozen=True, slots=True)
class Shape:
    """One viseme that is being spoken. level: 0..1, how fully a short vowel reaches its shape."""

    name: str
    start_s: float
    end_s: float
    level: float = 1.0


@dataclass(frozen=True, slots=True)
class Plateau:
    """A track holds `value` (channels,) from start_s to end_s. firm: may be moved by no neighbour."""

    start_s: float
    end_s: float
    value: NDArray
    firm: bool = False


@dataclass(frozen=True, slots=True)
class LipSync:
    """phones: IPA with times that fill the sound, silence as Phone(""); visemes: (name of avatar.visemes.OCULUS, start_s,
    end_s) in order that fill it, too; curves: (n, 15) float32 0..1 at 100 Hz in OCULUS order, with a text see viseme_curves,
    without one how likely each shape is; openness: (n,) float32 0..1 at 100 Hz: how far the jaw is down, 1 in a full "aa",
    without a text also heard by itself (avatar.listener.openness_heard)."""

    phones: tuple[Phone, ...]
    visemes: tuple[tuple[str, float, float], ...]
    curves: NDArray
    openness: NDArray


def analyse(pcm: NDArray, rate_hz: int, text: str | None = None, language: str = "en",
            phonemise: Phonemise | None = None) -> LipSync:
    """Phones and mouth shapes of any recording. pcm: (n,), (n, channels) or (channels, n), int16 or float -1..1;
    rate_hz: 8000 and more; text: what is said, None when nobody knows (less exact: see avatar.listener); language: BCP 47.

    Raises ValueError for a sound that is none, and what `phonemise` raises. Text without a word is heard as None;
    in a sound without any nothing is said, whatever the text.
    """
    words: Sequence[Sequence[str]] = ()
    pcm = mono(pcm)
    if text is not None and text.strip() and not is_silent(pcm):
        find: Phonemise = phonemise or importlib.import_module(PHONEMISER).phonemise
        words = find(text, language)
    if any(words):
        phones = align(pcm, rate_hz, [ipa for word in words for ipa in ("", *word)])
    else:
        chances = listener.hear_whole(pcm, rate_hz)
        phones = listener.heard(chances, len(pcm) / rate_hz)
    segments = tuple((s.name, s.start_s, s.end_s) for s in shapes_of(phones))
    curves = viseme_curves(phones, len(pcm) / rate_hz) if any(words) else listener.shapes_heard(chances, len(pcm) / rate_hz)
    openness = np.asarray(curves @ listener.OPENNESS, np.float32)
    return LipSync(phones, segments, curves, openness if any(words) else listener.openness_heard(pcm, rate_hz, openness))


def viseme_curves(phones: Sequence[Phone], duration_s: float) -> NDArray:
    """(n, 15) float32 0..1 at 100 Hz, rows of a mouth that has the Oculus shapes and no ARKit ones: the shape of the moment
    leads, its neighbours glide in and out around the border; "sil" is what is left to 1."""
    n = max(1, int(np.ceil(duration_s * HZ)))
    plateaus = []
    for shape in shapes_of(phones):
        value = np.zeros(len(OCULUS), np.float32)
        if shape.name != "sil":
            value[ROW[shape.name]] = 1.0
        edge = min(GLIDE_S / 2, 0.3 * (shape.end_s - shape.start_s))
        plateaus.append(Plateau(shape.start_s + edge, shape.end_s - edge, value))
    out = np.clip(_sampled(plateaus, n), 0.0, 1.0)
    out[:, ROW["sil"]] = np.clip(1.0 - out[:, 1:].sum(axis=1), 0.0, 1.0)
    return out


def mouth_curves(speech: Speech, visemes: NDArray) -> NDArray:
    """Mouth, jaw and tongue of a sentence. visemes: (15, 52) float32, rows in OCULUS order.

    Returns (n, 52) float32 0..1 at 100 Hz from the first sample to REST_S after the sound; other channels are 0.
    """
    shapes = shapes_of(speech.phones)
    n = int(np.ceil((speech.duration_s + REST_S) * HZ)) + 2
    out = np.zeros((n, len(ARKIT)), np.float32)
    for channels, plateaus in (
        (_LIPS, lip_plateaus(shapes, visemes[:, _LIPS])),
        (_ROUND, round_plateaus(shapes, visemes[:, _ROUND])),
        (_JAW, jaw_plateaus(shapes, visemes[:, _JAW])),
        (_TONGUE, tongue_plateaus(shapes, visemes[:, _TONGUE])),
    ):
        out[:, channels] = glide(plateaus, n, len(channels))
    out[:, _OPENERS] *= loudness(speech.pcm, n)[:, None]
    close_lips(out, shapes, visemes[ROW["PP"]])
    return np.clip(out, 0.0, 1.0)


def shapes_of(phones: Sequence[Phone]) -> list[Shape]:
    """Phones to shapes in order of time: diphthongs are split, equal neighbours merge, silence becomes "sil"."""
    shapes: list[Shape] = []
    for phone in phones:
        names = visemes_of(phone.ipa) or ("sil",)
        step = (phone.end_s - phone.start_s) / len(names)
        for i, name in enumerate(names):
            start = phone.start_s + i * step
            end = phone.start_s + (i + 1) * step if i + 1 < len(names) else phone.end_s  # to the last bit
            if shapes and shapes[-1].name == name and start - shapes[-1].end_s < 0.02:
                shapes[-1] = Shape(name, shapes[-1].start_s, end)
            else:
                shapes.append(Shape(name, start, end))
    return [Shape(s.name, s.start_s, s.end_s, min(1.0, 0.35 + 0.65 * (s.end_s - s.start_s) / FULL_S))
            if s.name in VOWELS else s for s in shapes]


def _plateau(shape: Shape, value: NDArray, lead_s: float = 0.0, lag_s: float = 0.0) -> Plateau:
    """The middle of a shape: reached shortly after its start (the apex is early), left before its end."""
    length = shape.end_s - shape.start_s
    start = shape.start_s + min(0.02, 0.2 * length) - lead_s
    end = shape.end_s - min(0.04, 0.4 * length) + lag_s
    return Plateau(start, max(start, end), value * shape.level)


def closure_span(shape: Shape) -> tuple[float, float]:
    """When the lips of a p, b or m are shut: the whole phone less its edges, at least CLOSURE_S, not before 0."""
    middle, length = (shape.start_s + shape.end_s) / 2, shape.end_s - shape.start_s
    half = max(CLOSURE_S / 2, length / 2 - 0.02)
    start = max(0.0, middle - half)
    return start, max(middle + half, start + CLOSURE_S)


def lip_plateaus(shapes: Sequence[Shape], rows: NDArray) -> list[Plateau]:
    """Lip shapes; tongue-only consonants are passed over, closures are firm."""
    out = []
    for s in shapes:
        if s.name == "PP":
            out.append(Plateau(*closure_span(s), rows[ROW["PP"]], firm=True))
        elif s.name not in TONGUE_ONLY:
            out.append(_plateau(s, rows[ROW[s.name]]))
    return out


def round_plateaus(shapes: Sequence[Shape], rows: NDArray) -> list[Plateau]:
    """Funnel and pucker: early and late around rounded shapes, 0 in spread ones; the rest is carried across."""
    out = []
    for s in shapes:
        if s.name in ROUNDED:
            out.append(_plateau(s, rows[ROW[s.name]], ROUND_LEAD_S, ROUND_LAG_S))
        elif s.name in UNROUNDED or s.name == "sil":
            out.append(_plateau(s, rows[ROW[s.name]]))
    return out


def jaw_plateaus(shapes: Sequence[Shape], rows: NDArray) -> list[Plateau]:
    """The jaw follows vowels, rises for sibilants and closures; short tongue consonants leave it alone."""
    out = []
    for s in shapes:
        value = rows[ROW[s.name]]
        if s.name == "PP":
            out.append(Plateau(*closure_span(s), value * 0.0, firm=True))
        elif s.name in SIBILANTS:
            out.append(_plateau(s, np.minimum(value, SIBILANT_JAW)))
        elif s.name not in JAW_LEAVERS or s.end_s - s.start_s >= LEAVE_JAW_S:
            out.append(_plateau(s, value))
    return out


def tongue_plateaus(shapes: Sequence[Shape], rows: NDArray) -> list[Plateau]:
    """The tongue tip shows in TH only."""
    return [_plateau(s, rows[ROW[s.name]]) for s in shapes]


def glide(plateaus: Sequence[Plateau], n: int, channels: int) -> NDArray:
    """One track sampled at 100 Hz: holds plateaus, eases between them, starts and ends at rest. (n, channels)."""
    if not plateaus:
        return np.zeros((n, channels), np.float32)
    zero = np.zeros(channels, np.float32)
    first, last = plateaus[0], plateaus[-1]
    rest = last.end_s if not last.value.any() else min(n / HZ - 0.01, last.end_s + REST_S)
    kept = _make_room([Plateau(first.start_s - 0.12, first.start_s - 0.12, zero), *plateaus, Plateau(rest, rest, zero)])
    return _sampled(kept, n)


def _sampled(kept: Sequence[Plateau], n: int) -> NDArray:
    """Plateaus in order and apart, with eased ways between them, at 100 Hz; the first and last hold on."""
    if not kept:
        return np.zeros((n, len(OCULUS)), np.float32)
    times = np.array([t for p in kept for t in (p.start_s, p.end_s)])
    values = np.array([v for p in kept for v in (p.value, p.value)], np.float32)
    t = np.arange(n) / HZ
    left = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
    x = np.clip((t - times[left]) / np.maximum(times[left + 1] - times[left], 1e-6), 0.0, 1.0)
    x = (x * x * (3.0 - 2.0 * x))[:, None]
    return (values[left] * (1.0 - x) + values[left + 1] * x).astype(np.float32)


def _make_room(plateaus: list[Plateau]) -> list[Plateau]:
    """Order plateaus and shrink them so that GLIDE_S lies between neighbours where there is room for it."""
    spans = [[p.start_s, p.end_s] for p in plateaus]
    for i in range(len(spans) - 1):
        (a, b), (c, d) = spans[i], spans[i + 1]
        lack = GLIDE_S - (c - b)
        if lack <= 0:
            continue
        take = 0.0 if plateaus[i].firm else min(lack, b - a)  # first shorten the end of the one before
        spans[i][1] = b - take
        if not plateaus[i + 1].firm:
            spans[i + 1][0] = min(c + lack - take, d)
    for i in range(1, len(spans)):  # whatever still overlaps keeps its order
        spans[i][0] = max(spans[i][0], spans[i - 1][1])
        spans[i][1] = max(spans[i])
    return [Plateau(a, b, p.value, p.firm) for (a, b), p in zip(spans, plateaus, strict=True)]


def loudness(pcm: NDArray, n: int) -> NDArray:
    """How wide to open, from the sound: (n,) 0.55 (quiet) .. 1.1 (loud), 1 where there is no sound."""
    hop = RATE_HZ // HZ
    padded = np.zeros(n * hop, np.float32)
    used = min(len(pcm), len(padded))
    padded[:used] = pcm[:used].astype(np.float32) / 32768.0
    rms = np.sqrt((padded.reshape(n, hop) ** 2).mean(1))
    voiced = rms[rms > 0.003]  # about -50 dB: below is room noise
    if len(voiced) < 5:
        return np.ones(n, np.float32)
    level = np.convolve(rms, np.hanning(11) / np.hanning(11).sum(), mode="same") / np.percentile(voiced, 85)
    return np.clip(0.55 + 0.5 * level, 0.55, 1.1).astype(np.float32)


def close_lips(curves: NDArray, shapes: Sequence[Shape], closed: NDArray) -> None:
    """In place: every row that touches a p, b or m is fully closed, however crowded its neighbours are."""
    for s in shapes:
        if s.name != "PP":
            continue
        start, end = closure_span(s)
        rows = slice(int(np.floor(start * HZ)), int(np.ceil(end * HZ)) + 1)
        curves[rows, _LIPS] = closed[_LIPS]
        curves[rows, _JAW] = 0.0
        curves[rows, _TONGUE] = 0.0
        curves[rows, _ROUND] = np.minimum(curves[rows, _ROUND], ROUND_IN_CLOSURE)


def opening(weights: NDArray) -> NDArray:
    """How far the lips are apart, from (..., 52) weights: about 0 closed, 1 wide; the measure that tests use."""
    w = np.asarray(weights)
    apart = w[..., INDEX["jawOpen"]] * (1.0 - w[..., INDEX["mouthClose"]]) + 0.25 * w[..., _OPENERS[1:]].mean(-1)
    return np.maximum(apart - 0.3 * w[..., _CLOSERS].mean(-1), 0.0)


