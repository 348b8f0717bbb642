"""Whether a sentence really claims what its words look like: negation, questions, what it only reports. Pure."""

from __future__ import annotations

import functools
import itertools
import re

from assets.policy_file import context_tables

_QUESTION_END = "?？؟"
_SENTENCE_END = re.compile(r"[.!?。！？؟।]\s*")


@functools.cache
def _pattern(kind: str, language: str) -> re.Pattern[str] | None:
    text = context_tables().get(kind, {}).get(language)
    return re.compile(text, re.IGNORECASE) if isinstance(text, str) else None


def claimed(text: str, span: tuple[int, int], language: str, negation_inside: bool) -> bool:
    """Whether `text` states what stands at `span`, or denies it, asks it, or tells that somebody asked it.

    negation_inside: a "not" within the span takes the claim out too; without it only one before the span does.
    """
    start, end = sentence_at(text, span)
    sentence, at, to = text[start:end], span[0] - start, span[1] - start
    if _reported(sentence, at, language) or _asked(sentence, language):
        return False
    return not _denied(sentence, at, to, language, negation_inside)


def stated(sentence: str, language: str) -> bool:
    """Whether a whole sentence states something itself: it is no plain question and reports none."""
    return not _reported(sentence, len(sentence), language) and not _asked(sentence, language)


def about_own(kind: str, sentence: str, language: str) -> bool:
    """Whether a sentence speaks of the shop's own and of nobody else's: "own", it compares goods of the shop with each other
    ("the heaviest of our four pans"); "unreduced", its price is the usual one ("no discount today")."""
    own, wide = _pattern(kind, language), _pattern("wide", language)
    return own is not None and own.search(sentence) is not None and (wide is None or wide.search(sentence) is None)


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order."""
    found, at = [], 0
    while at < len(text):
        _, end = sentence_at(text, (at, at + 1))
        end = max(end, at + 1)
        found.append(text[at:end].strip())
        at = end
    return [one for one in found if one]


def spans_of_meaning(text: str, language: str) -> list[str]:
    """What has to be judged of a text by its meaning: each sentence that states something, and each plain question together
    with the sentence that answers it ("Migraine? Put it on and it's over.")."""
    parts = sentences(text)
    answered = [f"{first} {second}" for first, second in itertools.pairwise(parts)
                if _asked(first, language) and stated(second, language)]
    return [one for one in parts if stated(one, language)] + answered


def sentence_at(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The bounds of the sentence that holds `span`."""
    start, end = 0, len(text)
    for match in _SENTENCE_END.finditer(text):
        if _inside_number(text, match.start()) or _goes_on(text, match.start(), match.end()):
            continue
        if match.end() <= span[0]:
            start = match.end()
        elif match.start() >= span[1] - 1:
            end = match.end()
            break
    return start, end


def clause_at(text: str, span: tuple[int, int], language: str) -> tuple[int, int]:
    """The bounds of the clause that holds `span`: the sentence's where the language's breaks are not known."""
    start, end = sentence_at(text, span)
    begin, stop = _clause(text[start:end], span[0] - start, span[1] - start, language)
    return start + begin, start + stop


def _clause(sentence: str, at: int, to: int, language: str) -> tuple[int, int]:
    breaks, begin, stop = _pattern("breaks", language), 0, len(sentence)
    for match in breaks.finditer(sentence) if breaks is not None else ():
        if match.end() <= at:
            begin = match.end()
        elif match.start() >= to:
            return begin, match.start()
    return begin, stop


def _inside_number(text: str, at: int) -> bool:
    return text[at] == "." and at + 1 < len(text) and text[at + 1].isdigit()


def _goes_on(text: str, at: int, end: int) -> bool:
    """Whether a stop is one of several dots behind which the sentence goes on: "four, three ... they go while I talk"."""
    dots = text[at] == "." and (text[at + 1 : at + 2] == "." or text[max(at - 1, 0) : at] == ".")
    rest = text[end:].lstrip(". ")
    return dots and rest[:1].islower()


def _reported(sentence: str, at: int, language: str) -> bool:
    report = _pattern("report", language)
    found = report.search(sentence) if report else None
    return found is not None and (found.start() <= at or language in ("ja", "hi", "th", "ru"))


def _asked(sentence: str, language: str) -> bool:
    """A plain question claims nothing; "want to lose weight?" does."""
    if not sentence.rstrip().endswith(tuple(_QUESTION_END)):
        return False
    pitch = _pattern("pitch", language)
    return pitch is None or not pitch.search(sentence)


def _denied(sentence: str, at: int, to: int, language: str, inside: bool) -> bool:
    negation = _pattern("negation", language)
    if negation is None:
        return False
    begin, stop = _clause(sentence, at, to, language)
    anywhere = language in context_tables()["negation_anywhere"]
    places = [sentence[begin:at]]
    if inside:
        places.append(sentence[at:to])
    if anywhere:
        places.append(sentence[to:stop])
    if inside or anywhere:  # a cue may begin before the claim and reach into it
        return any(negation.search(p) for p in places) or bool(inside and negation.search(sentence[begin:to]))
    return bool(negation.search(sentence[begin:at]))
