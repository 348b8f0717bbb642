"""Arabic as it is read: the short vowels that nobody writes are put in before espeak-ng reads a text.

They are guessed from the sentence by dengjen-tashkeel's network (MIT or Apache-2.0, in its package); a few words in a hundred
get a wrong one, which moves a vowel, not the consonants. Loaded when the first Arabic text comes, in the voices' own processes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dialogue.adapters.japanese import Reading

LONGEST = 2000  # letters at a time; clauses are shorter


@lru_cache(maxsize=1)
def _tashkeel() -> Any:
    try:
        from dengjen_tashkeel_py import tashkeel
    except (ImportError, RuntimeError):  # an architecture that has no wheel: espeak's own rules
        return None
    return tashkeel


def vocalised(text: str) -> list[Reading]:
    """Each word as written and with its vowels; [] where they can't be had. What is written with vowels keeps them."""
    find, words = _tashkeel(), text.split()
    if find is None or not words:
        return []
    said: list[str] = []
    at = 0
    while at < len(words):
        size, count = 0, 0
        while at + count < len(words) and (not count or size + len(words[at + count]) < LONGEST):
            size, count = size + len(words[at + count]) + 1, count + 1
        part = words[at : at + count]
        try:
            found = str(find(" ".join(part))).split()
        except (ValueError, RuntimeError):
            found = part
        said += found if len(found) == len(part) else part
        at += count
    return list(zip(words, said, strict=True))
