"""One way in which something is written, and how it is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Say = Callable[[re.Match[str], str], str | None]


@dataclass(frozen=True, slots=True)
class Form:
    """languages: primary tags, () for all; pattern; say: the words for a match in a language, None leaves it as it is."""

    languages: tuple[str, ...]
    pattern: re.Pattern[str]
    say: Say


def form(languages: str, pattern: str, say: Say | str) -> Form:
    """languages: tags with blanks between them, "" for all; say: also the words themselves."""
    told = say
    return Form(tuple(languages.split()), re.compile(pattern), told if callable(told) else lambda match, base: told)
