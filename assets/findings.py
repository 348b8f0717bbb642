"""Mistakes in authored files: each with its file, its place and one sentence; reported all at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mistake:
    """file: path as given; line: 1-based, 0 when the whole file is meant; sentence: what is wrong and how to mend it."""

    file: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}" if self.line else f"{self.file}: {self.sentence}"


class AuthoringError(ValueError):
    """One or more mistakes in authored files; str() has one line per mistake, "file:line: sentence"."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(m) for m in self.mistakes))


def suggestion(wrong: str, known: list[str]) -> str:
    """'; did you mean "x"?', or the keys that there are."""
    close = difflib.get_close_matches(wrong, known, 1, 0.6)
    return f"; did you mean '{close[0]}'?" if close else f"; known here: {', '.join(known)}" if known else ""
