"""Whether somebody's own wording of an answer says what the answer says: a language model's, before it is spoken. Pure.

The basis is the sentence that was worded from what is cited and has passed `grounding.check`. The new wording may leave
things out and add manners; it may state no number, unit, sum, date, code, name or yes and no that the basis does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from assets.policy_file import context_tables
from dialogue.analyser import content_terms, normal
from dialogue.dates import without_dates
from dialogue.grounding import Ungrounded, check
from dialogue.wording import base_of
from dialogue.wording import table as wording_table

MAX_LENGTH = 3.0  # times the basis: more is a speech of the model's own
_MIN_CHARS = 240  # a short basis may become two sentences
_LATIN_NAMES = ("en", "es", "fr", "pt", "it", "id", "vi")  # languages in which a capital inside a sentence is a name
_NAME = re.compile(r"(?<=[\w,;:] )[A-ZÀ-Þ][\w'’-]+")
_LINK = re.compile(r"https?:|www\.|@\w|\b\w+\.(?:com|net|org|shop|io)\b|#\w", re.IGNORECASE)
_HAN_NUMBER = re.compile(r"[二两三四五六七八九十百千万亿零半]+|第?一百|一千|一万")
_SAID_BY_MACHINES = re.compile(r"\b(?:ignore|system prompt|instructions?|as an ai language|assistant)\b|指令|提示词",
                               re.IGNORECASE)


def check_wording(text: str, language: str, basis: str, evidence: Iterable[str], names: Sequence[str]) -> None:
    """Raise Ungrounded when `text` says what its basis does not. names: all names on sale."""
    sources = [basis, *evidence]
    if not text.strip() or len(text) > max(_MIN_CHARS, MAX_LENGTH * len(basis)):
        raise Ungrounded("its length", text)
    check(text, sources)
    if _LINK.search(text) or _SAID_BY_MACHINES.search(text):
        raise Ungrounded("a link, an address or talk about instructions", text)
    base = base_of(language)
    _same_companions(text, sources)
    _same_truth(text, basis, base)
    _known_number_words(text, sources, base)
    _known_names(text, sources, base, names)
    _known_matters(text, sources, base)


_COUNTED = re.compile(r"(\d[\d.,]*)[\s\u00a0\u202f-]?([^\W\d_\u0e00-\u9fff]+|[%°])?")


def _same_companions(text: str, sources: Sequence[str]) -> None:
    """A number keeps the word behind it, be it a unit that nobody listed ("290 kW" is not "290 W")."""
    held = {(n.strip(".,"), word) for source in sources for n, word in _COUNTED.findall(normal(source))}
    for number, word in _COUNTED.findall(without_dates(normal(text))):
        if word and (number.strip(".,"), word) not in held:
            raise Ungrounded(f"{number} {word}", text)


def _known_matters(text: str, sources: Sequence[str], language: str) -> None:
    """Every clause speaks of something that the sources speak of: "and it cures everything" is a claim of the model's own."""
    held = {term for source in sources for term in content_terms(source, language)}
    for clause in _CLAUSE.split(normal(text)):
        told = content_terms(clause, language)
        if len(told) >= (1 if language in ("zh", "ja") else _A_CLAIM) and not held.intersection(told):
            raise Ungrounded(clause.strip(), text)


# Where one thing said ends and another begins: a mark, or a word for "and", "but", "so", "because", "which", "while".
_CLAUSE = re.compile(r"[.,;:!?…—–()（）।。，；：！？、]+(?!\d)|(?<!\w)(?:and|but|so|because|since|which|while|plus|und|aber|"
                     r"weil|denn|y|e|pero|porque|et|mais|car|mas|ma|perch[éeè]|и|но|потому|а|dan|tapi|karena|và|nhưng|vì|और|"
                     r"लेकिन|क्योंकि|لكن|لأن)(?!\w)")
_A_CLAIM = 2  # words that carry meaning, from which a clause may claim something: "mind you" and "honestly" do not;
# of Chinese and Japanese a pair of signs is enough, little words leave none


def truth_of(text: str, language: str) -> bool | None:
    """Whether a sentence opens with yes or no; None when it does neither."""
    first = re.split(r"[\s,.:;!?，。！？、：]+", normal(text).strip(), maxsplit=1)[0]
    words = wording_table("wording")["truth"]
    for value, key in ((True, "yes"), (False, "no")):
        said = words[key].split()
        if first in said and not first.isdigit():
            return value
    dense = {"zh": (("是的", "有的", "可以"), ("不", "没有", "否")), "ja": (("はい",), ("いいえ",)),
             "th": (("ใช่", "ได้ค่ะ"), ("ไม่",))}.get(language)
    if dense is not None:
        opening = normal(text).strip()
        return True if opening.startswith(dense[0]) else False if opening.startswith(dense[1]) else None
    return None


def _same_truth(text: str, basis: str, language: str) -> None:
    """Yes stays yes, no stays no, and what is denied is what was denied."""
    if truth_of(text, language) is not (wanted := truth_of(basis, language)):
        raise Ungrounded("yes" if wanted is False else "another yes or no", text)
    if _denials(text, language) != _denials(basis, language):
        raise Ungrounded("a denial", text)
    for name in ("yes_word", "no_word"):
        word = normal(wording_table("wording")[name].get(language, "-"))
        if _times(word, text) != _times(word, basis):
            raise Ungrounded(word, text)


def _times(word: str, text: str) -> int:
    dense = ord(word[0]) > 0x0DFF  # Thai, Han, kana: no blanks between words
    return normal(text).count(word) if dense else len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", normal(text)))


def _denials(text: str, language: str) -> int:
    pattern = context_tables()["negation"].get(language)
    return len(re.findall(pattern, normal(text))) if isinstance(pattern, str) else 0


def _known_number_words(text: str, sources: Sequence[str], language: str) -> None:
    held = " ".join(normal(s) for s in sources)
    if language in ("zh", "ja"):
        said: Iterable[str] = _HAN_NUMBER.findall(normal(text))
        for number in said:
            if number not in held:
                raise Ungrounded(number, text)
        return
    words = set(re.findall(r"\w+", held))
    for word in re.findall(r"\w+", normal(text)):
        if word in number_words(language) and word not in words:
            raise Ungrounded(word, text)


@cache
def number_words(language: str) -> frozenset[str]:
    """Words that a language counts with, from two upwards: one is an article in many."""
    from num2words import num2words

    numbers = (*range(2, 32), 40, 50, 60, 70, 80, 90, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 2000, 1_000_000)
    try:
        told = " ".join(str(num2words(n, lang=language)) for n in numbers)
    except NotImplementedError:
        return _UNCOUNTED.get(language, frozenset())
    ones = set(re.findall(r"\w+", normal(str(num2words(1, lang=language)))))
    return frozenset(w for w in re.findall(r"\w+", normal(told)) if len(w) > 2 and w not in ones) | _HALVES


_HALVES = frozenset({"half", "double", "twice", "dozen", "halb", "doppelt", "medio", "doble", "moitié", "metade",
                     "dobro", "metà", "doppio", "половина", "вдвое", "setengah", "نصف", "ضعف", "आधा", "दोगुना"})
_UNCOUNTED = {"hi": frozenset(["दो"])}


def _known_names(text: str, sources: Sequence[str], language: str, names: Sequence[str]) -> None:
    """No other product of the shop, and no name that stands nowhere."""
    held = " ".join(normal(s) for s in sources)
    for name in names:
        if normal(name) in normal(text) and normal(name) not in held:
            raise Ungrounded(name, text)
    if language in _LATIN_NAMES:
        for name in _NAME.findall(text):
            if normal(name).removesuffix("'s") not in held and name not in ("I", "It", "AI"):
                raise Ungrounded(name, text)
