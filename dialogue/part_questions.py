"""One line that asks two things, "how heavy is it and what does it cost?": each is answered, or the line as a whole. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from dialogue.analyser import content_terms, normal
from dialogue.attributes import asked_attributes
from dialogue.evidence import wants
from dialogue.question import Answer, Question
from dialogue.shipping import asks_cost
from dialogue.wording import base_of

MOST = 3  # parts of one line; more is an essay
SURE = 0.6  # of a part, below which the line is answered as a whole
ALONE = 0.8  # of a part that is answered though another is not known: better than a blur of both
_AND = {"en": "and|n|&", "es": "y|e", "fr": "et", "de": "und", "pt": "e", "it": "e|ed", "hi": "और", "ru": "и", "id": "dan",
        "th": "และ", "vi": "và", "zh": "和|还有|以及", "ja": "と|それと|あと|それから"}
_DENSE = ("zh", "ja", "th")


def parts_of(text: str, language: str) -> list[str]:
    """The parts of a line that each ask something of their own; [] when it asks one thing."""
    base = base_of(language)
    word = _AND.get(base, "")
    between = rf"|\s*(?:{word})\s*" if base in _DENSE else rf"|,?\s+(?:{word})\s+" if word else "|،?\\s+و(?=\\w{3,})"
    blank = r"|(?<=[^\W\d_])\s+(?=[^\W_])" if base in ("zh", "ja") else ""  # there a blank stands where others write a comma
    parts = [part.strip(" ,，、;") for part in re.split(rf"[?？؟;；]\s*{between}|[，、]{blank}", text)]
    parts = [part for part in parts if part]
    if not 2 <= len(parts) <= MOST or not all(_asks(normal(part), language) for part in parts):
        return []
    if any(wants("sends_back", normal(part), language) for part in parts) and any(asks_cost(part, language) for part in parts):
        return []  # "can I return it, who pays the postage": one matter
    return parts


def _asks(folded: str, language: str) -> bool:
    if wants("price", folded, language) or wants("stock", folded, language):
        return True
    alone = " " not in folded and base_of(language) not in _DENSE  # "steel and glass" is one matter
    ruled = any(term.startswith("©") for term in content_terms(folded, language))  # returns, delivery, payment
    return not alone and (ruled or bool(asked_attributes(folded, language, ())))


def answered_by_parts(one: Callable[[Question], Answer], question: Question) -> Answer | None:
    """The answers to all parts as one; None where the line is no such line, or a part is not known for sure. Where others
    are plainly known, one that is not is left open."""
    parts = parts_of(question.text, question.language)
    if not parts:
        return None
    found: list[Answer] = []
    missing = False
    for part in parts:
        answer = one(replace(question, text=part + ("？" if base_of(question.language) in ("zh", "ja") else "?")))
        if answer.refusal or answer.confidence < SURE:
            missing = True
            continue
        if any(answer.citations == other.citations and answer.text == other.text for other in found):
            return None  # one thing, said in two words
        found.append(answer)
    if not found or (missing and min(answer.confidence for answer in found) < ALONE):
        return None
    said = tuple(replace(utterance, id=f"{question.id}:answer{n or ''}")
                 for n, utterance in enumerate(u for answer in found for u in answer.utterances))
    gap = "" if found[0].language in ("zh", "ja") and found[-1].language in ("zh", "ja") else " "
    cited = tuple(dict.fromkeys(c for answer in found for c in answer.citations))
    languages = [answer.language for answer in found]  # what is in another says so itself
    language = base if (base := base_of(question.language)) in languages else languages[0]
    return Answer(question.id, gap.join(answer.text for answer in found), language, said, cited,
                  min(answer.confidence for answer in found), False)
