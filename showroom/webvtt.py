"""Captions of a recording as WebVTT, from its sidecar: word by word, broken by phrase, a second language where there was one.

W3C WebVTT: cues with inner timestamps, `<lang>` spans, no "-->" and no "<" or "&" inside words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.phrases import lines_of

DENSE = ("zh", "ja", "th")
LINE_CHARS, DENSE_CHARS = 42, 18  # of a line, as broadcasters set them
LINES = 2


class SidecarError(ValueError):
    """The file is no sidecar; one sentence."""


@dataclass(frozen=True, slots=True)
class _Word:
    """text: with the signs that follow it; seconds of the recording."""

    text: str
    start_s: float
    end_s: float


def read_sidecar(path: Path) -> list[dict[str, Any]]:
    """The lines of a sidecar; a last line that was cut off is left out. Raises SidecarError, OSError."""
    out: list[dict[str, Any]] = []
    rows = path.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, row in enumerate(rows, 1):
        try:
            value = json.loads(row)
            float(value["file_s"]), str(value["event"])
        except (ValueError, KeyError, TypeError):
            if number == len(rows) and out:
                break
            raise SidecarError(f"{path}:{number}: no line of a recording's .jsonl sidecar") from None
        out.append(value)
    return out


def webvtt(events: Iterable[dict[str, Any]]) -> str:
    """The .vtt of a recording's events (dicts of its sidecar, in order)."""
    spoken = [e for e in events if e["event"] in ("utterance", "caption", "stop")]
    cues: list[tuple[float, float, str]] = []
    seconds: dict[str, list[float]] = {}
    others: dict[str, tuple[str, str]] = {}
    at: dict[str, tuple[str, int]] = {}
    other: tuple[str, str] | None = None
    for event, stop_s in zip(spoken, _stops(spoken), strict=True):
        if event["event"] == "caption":
            other = (str(event["text"]), str(event["language"]))
        if event["event"] != "utterance":
            continue
        start_s = float(event["file_s"])
        name, said = str(event["id"]), str(event["text"])
        before, position = at.get(name, ("", 0))
        # An answer and its opening, which has words of its own, share an id.
        words, position = _words(event, start_s, stop_s, position if said.startswith(before) else 0)
        at[name] = said, position
        if not words:
            continue
        cues += [_cue(group, str(event["language"])) for group in _phrases(words, str(event["language"]))]
        span = seconds.setdefault(name, [words[0].start_s, 0.0])
        span[1] = words[-1].end_s
        if other is not None:
            if name not in others:
                span[0] = words[0].start_s
            others[name], other = other, None
    for name, (text, language) in others.items():
        cues.append((*map(float, seconds[name]), f"<lang {language}>{_safe(text)}</lang>"))  # type: ignore[arg-type]
    body = [f"{_time(a)} --> {_time(b)}\n{text}\n" for a, b, text in sorted(cues) if b > a]
    return "WEBVTT\n\n" + "\n".join(body)


def _stops(events: list[dict[str, Any]]) -> list[float]:
    """When what an event began was cut short: at the next stop that was ordered after it, s; also what had not begun then."""
    stop_s, out = float("inf"), []
    for event in reversed(events):
        out.append(stop_s)
        if event["event"] == "stop":
            stop_s = float(event["file_s"])
    return out[::-1]


def _words(event: dict[str, Any], start_s: float, stop_s: float, position: int) -> tuple[list[_Word], int]:
    """The words that sounded, each with the signs up to the next; and how far in the utterance's text they reach."""
    text, out, spots = str(event["text"]), [], []
    for word, begin_s, end_s in event.get("words", ()):
        found = text.find(word, position)
        if found < 0:
            continue
        spots.append((found, begin_s, end_s))
        position = found + len(word)
    rest = position
    while rest < len(text) and not text[rest].isalnum() and text[rest] not in "([{«“「":
        rest += 1
    for n, (found, begin_s, end_s) in enumerate(spots):
        if start_s + begin_s >= stop_s:
            break
        following = spots[n + 1][0] if n + 1 < len(spots) else rest
        out.append(_Word(text[found:following], start_s + begin_s, min(start_s + end_s, stop_s)))
    return out, position


def _phrases(words: list[_Word], language: str) -> list[list[list[_Word]]]:
    """Cues of at most LINES lines, each a list of words; lines end where a phrase does."""
    limit = DENSE_CHARS if language.split("-")[0] in DENSE else LINE_CHARS
    lines: list[list[_Word]] = []
    at = 0
    for count in lines_of([word.text for word in words], language, limit, LINES):
        lines.append(words[at : at + count])
        at += count
    return [lines[i : i + LINES] for i in range(0, len(lines), LINES)]


def _cue(lines: list[list[_Word]], language: str) -> tuple[float, float, str]:
    first, last = lines[0][0], lines[-1][-1]
    written = []
    for line in lines:
        parts = [("" if word is first else f"<{_time(word.start_s)}>") + _safe(word.text) for word in line]
        written.append("".join(parts).strip())
    return first.start_s, last.end_s, "\n".join(written)


def _safe(text: str) -> str:
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split("\n")).replace("  ", " ")


def _time(at_s: float) -> str:
    ms = round(max(0.0, at_s) * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"
