"""Lines that a person has recorded: said by her where the script says them, by the next voice where it does not.

A table (CSV) of text, file and language. A recording of several clauses is cut between them, where its phones say so, so
that it is said clause by clause like any voice.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from assets.findings import AuthoringError, Mistake
from avatar.aligner import align_words
from avatar.speech import RATE_HZ, Phone, Speech
from dialogue.adapters.espeak import EspeakVoice
from dialogue.adapters.timeline import SpokenWord
from dialogue.analyser import normal
from dialogue.polish import finished
from dialogue.ports import LANGUAGES, NotInTime
from dialogue.sayings import Sayings
from dialogue.speaking import said_clauses

COLUMNS = ("text", "file", "language")
EDGE_S = (0.06, 0.12)  # kept before the first and after the last sound of a clause
PHONE_S = (0.03, 0.5)  # of a recording, on the whole: faster or slower is another text
MAX_S = 120.0


@dataclass(frozen=True, slots=True)
class Recording:
    """One line of the table. language: primary tag."""

    text: str
    path: Path
    language: str


def load_recordings(path: Path, language: str) -> tuple[Recording, ...]:
    """Read the table; language: where a row names none. Raises AuthoringError with all mistakes, OSError."""
    mistakes: list[Mistake] = []
    out: list[Recording] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
            names = tuple(rows[0]) if rows else COLUMNS
    except (UnicodeDecodeError, csv.Error) as error:
        raise AuthoringError([Mistake(path, 0, f"not a CSV file in UTF-8: {error}")]) from None
    if not {"text", "file"} <= set(names):
        told = f"the columns are {', '.join(map(str, names))}; wanted are {', '.join(COLUMNS)}"
        raise AuthoringError([Mistake(path, 1, told)])
    for line, row in enumerate(rows, 2):
        text, name = (row["text"] or "").strip(), (row["file"] or "").strip()
        tag = ((row.get("language") or "").strip() or language).split("-")[0].lower()
        sound = (path.parent / name).resolve()
        if not text or not name:
            mistakes.append(Mistake(path, line, "a text and a file are wanted"))
        elif tag not in LANGUAGES:
            mistakes.append(Mistake(path, line, f"{tag!r} is no language of a show; known are {', '.join(LANGUAGES)}"))
        elif not sound.is_relative_to(path.parent.resolve()):
            mistakes.append(Mistake(path, line, f"{name!r} lies outside the folder of the table; put it beside or below it"))
        elif why := _unusable(sound):
            mistakes.append(Mistake(path, line, f"{name!r} {why}"))
        else:
            out.append(Recording(text, sound, tag))
    if mistakes:
        raise AuthoringError(mistakes)
    return tuple(out)


class RecordedVoice:
    """Says what was recorded; NotInTime for everything else, so that the next voice says it."""

    name = "recorded"

    def __init__(self, recordings: Sequence[Recording], sayings: Sayings, phonemes: EspeakVoice | None = None) -> None:
        """phonemes: the voice asked for the phones of a text."""
        self._phonemes = phonemes or EspeakVoice(name="espeak for recordings")
        self._clauses = {recording: said_clauses(recording.text, recording.language, sayings) for recording in recordings}
        self._where = {(recording.language, normal(said)): (recording, number)
                       for recording, clauses in self._clauses.items() for number, said in enumerate(clauses)}
        self._cut: dict[Recording, list[Speech]] = {}
        self._turn = asyncio.Lock()

    def has(self, text: str, language: str) -> bool:
        """Whether there is a recording of that clause."""
        return (language.split("-")[0].lower(), normal(text)) in self._where

    async def speak(self, text: str, language: str) -> Speech:
        """See dialogue.ports.Voice; text: as spoken, a clause of one of the recordings."""
        found = self._where.get((language.split("-")[0].lower(), normal(text)))
        if found is None:
            raise NotInTime(f"The {self.name} voice has no recording of {text[:60]!r}.")
        recording, number = found
        async with self._turn:
            if recording not in self._cut:
                parts = [await self._phonemes.spoken_words(said, recording.language) for said in self._clauses[recording]]
                self._cut[recording] = await asyncio.to_thread(_cut, recording, parts)
        pieces = self._cut[recording]
        if not pieces:
            raise NotInTime(f"The {self.name} voice: {recording.path.name} is not a recording of its text.")
        return pieces[number]

    async def close(self) -> None:
        """See dialogue.ports.Voice."""
        await self._phonemes.close()


def _unusable(path: Path) -> str:
    try:
        info = soundfile.info(str(path))
    except (soundfile.SoundFileError, RuntimeError, OSError):
        return "is no sound that can be read (WAV, FLAC, OGG and MP3 can)" if path.is_file() else "is not there"
    if not 0.1 <= info.duration <= MAX_S:
        return f"lasts {info.duration:.1f} s; 0.1 to {MAX_S:.0f} s are wanted"
    return "" if info.samplerate >= 16_000 else f"has {info.samplerate} Hz; 16,000 or more are wanted"


def _cut(recording: Recording, parts: list[list[SpokenWord]]) -> list[Speech]:
    """The recording as one Speech a clause; none when it cannot be the text."""
    try:
        sound, rate_hz = soundfile.read(str(recording.path), dtype="float64", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, OSError):
        return []
    pcm = finished(sound.mean(axis=1), int(rate_hz), warm=False)
    phones, _ = align_words(pcm, RATE_HZ, [word for part in parts for word in part])
    counts = [sum(len(ipas) for _, ipas in part) for part in parts]
    heard = [p for p in phones if p.ipa]
    if not all(counts) or len(heard) < sum(counts) or not _plausible(heard):
        return []
    ends = np.cumsum([0, *counts])
    groups = [heard[a:b] for a, b in pairwise(ends)]
    return [_piece(pcm, groups, n, parts[n]) for n in range(len(parts))]


def _plausible(heard: list[Phone]) -> bool:
    mean_s = (heard[-1].end_s - heard[0].start_s) / len(heard)
    return PHONE_S[0] <= mean_s <= PHONE_S[1]


def _piece(pcm: NDArray, groups: list[list[Phone]], n: int, words: list[SpokenWord]) -> Speech:
    first_s, last_s = groups[n][0].start_s - EDGE_S[0], groups[n][-1].end_s + EDGE_S[1]
    if n:
        first_s = max(first_s, (groups[n - 1][-1].end_s + groups[n][0].start_s) / 2)
    if n + 1 < len(groups):
        last_s = min(last_s, (groups[n][-1].end_s + groups[n + 1][0].start_s) / 2)
    piece = pcm[max(0, round(first_s * RATE_HZ)) : round(last_s * RATE_HZ)].copy()
    fade = min(RATE_HZ // 200, len(piece) // 2)  # 5 ms: no click where it was cut
    ramp = np.linspace(0, 1, fade)
    piece[:fade] = (piece[:fade] * ramp).astype(np.int16)
    piece[len(piece) - fade :] = (piece[len(piece) - fade :] * ramp[::-1]).astype(np.int16)
    phones, said = align_words(piece, RATE_HZ, words)
    return Speech(piece, phones, said, RecordedVoice.name, is_human=True)
