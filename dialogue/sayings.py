"""How a seller wants names said: written words replaced by words that a voice reads right.

A file of tables by language ("any" for all): `[en]` then `"Zoë" = "zoh ee"`. Captions keep what is written.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from assets.findings import AuthoringError, Mistake
from assets.toml_file import Place, key_lines, line_of
from dialogue.ports import LANGUAGES

ANY = "any"
_LETTER = r"[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]"  # of a script that puts blanks between words
MAX_SAID = 80  # letters; a name, no sentence


@dataclass(frozen=True)
class Sayings:
    """entries: language or ANY -> written word or words -> how it is said."""

    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def split(self, text: str, language: str) -> list[tuple[str, str | None]]:
        """`text` in stretches, each with how it is said, or None where it is as written. Whole words, any case, the longest
        of several that fit; a language's own entry goes before one for all."""
        pattern, said = _table(self, language.split("-")[0].lower())
        if pattern is None:
            return [(text, None)]
        out: list[tuple[str, str | None]] = []
        at = 0
        for match in pattern.finditer(text):
            if match.start() > at:
                out.append((text[at : match.start()], None))
            out.append((match.group(), said[match.group().casefold()]))
            at = match.end()
        return [*out, (text[at:], None)] if at < len(text) else out

    def passing(self, allowed: Callable[[str, str], bool]) -> Sayings:
        """Only those whose spoken form is allowed; allowed: (words, language) -> bool."""
        return Sayings({language: {w: said for w, said in words.items() if allowed(said, "en" if language == ANY else language)}
                        for language, words in self.entries.items()})

    def __hash__(self) -> int:
        return hash(tuple((language, tuple(words.items())) for language, words in self.entries.items()))


@lru_cache(maxsize=64)
def _table(sayings: Sayings, base: str) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    said = {w.casefold(): s for key in (ANY, base) for w, s in sayings.entries.get(key, {}).items()}
    words = sorted({w for key in (ANY, base) for w in sayings.entries.get(key, {})}, key=len, reverse=True)
    if not words:
        return None, {}
    return re.compile(rf"(?<!{_LETTER})(?:{'|'.join(map(re.escape, words))})(?!{_LETTER})", re.IGNORECASE), said


def _is_name(said: str) -> bool:
    letters = [c for c in said if c not in " -'’"]
    return bool(letters) and len(said) <= MAX_SAID and all(unicodedata.category(c)[0] in "LM" for c in letters)


def load_sayings(path: Path) -> Sayings:
    """Read the file. Raises AuthoringError with every mistake and its line, OSError when it cannot be read."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise AuthoringError([Mistake(Path(path), int(line[1]) if line else 0, f"not valid TOML: {error}")]) from None
    lines = key_lines(text)
    mistakes = [Mistake(Path(path), line_of(lines, place), sentence) for place, sentence in _mistakes(raw)]
    if mistakes:
        raise AuthoringError(mistakes)
    return Sayings(raw)


def _mistakes(raw: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    for language, words in raw.items():
        if not isinstance(words, dict):
            yield (language,), f"{language!r} stands in no table of a language; write [en] or [{ANY}] above it"
            continue
        if language != ANY and language not in LANGUAGES:
            yield (language,), f"[{language}] is no language of a show; known are {ANY}, {', '.join(LANGUAGES)}"
        for written, said in words.items():
            if not isinstance(said, str) or not written.strip() or not _is_name(said):
                yield (language, written), (f"[{language}] {written!r} = {said!r}: wanted are at most {MAX_SAID} letters, "
                                            "blanks, hyphens and apostrophes in quotes; numbers and signs are said anyway")
