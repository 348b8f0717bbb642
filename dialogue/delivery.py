"""What a line's tags ask for, clause by clause: words said otherwise, stress, breaks. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assets.ssml import Delivery
from avatar.speech import Speech
from dialogue.clauses import clauses
from dialogue.prosody import EMPHASIS, PLAIN, Break, Manner, Span, delivered
from dialogue.respelling import respelled
from dialogue.spoken import Fixed, spoken_text
from dialogue.spoken_words import number_words


@dataclass(frozen=True, slots=True)
class Part:
    """A clause as written, its tags with places of its own, and the mood it is said in; answer: to a viewer; goes_on: cut
    without a sign, the sentence goes on."""

    text: str
    delivery: tuple[Delivery, ...] = ()
    mood: str = "warm"
    answer: bool = False
    goes_on: bool = False

    def fixed(self, language: str, allowed: Callable[[str], bool]) -> tuple[Fixed, ...]:
        """What say-as and phoneme make of stretches. allowed: whether such words may be said."""
        out = []
        for d in sorted(self.delivery, key=lambda d: d.start):
            said = ""
            if d.kind == "say-as":
                said = said_as(self.text[d.start : d.end], d.value, language)
            elif d.kind == "phoneme":
                said = respelled(d.value, language)
            if said and allowed(said):
                out.append((d.start, d.end, said))
        return tuple(out)


def parts_of(text: str, language: str, delivery: Sequence[Delivery], mood: str, answer: bool = False) -> list[Part]:
    """The clauses of a text that leave something to say. A break before the first word of a clause follows the one before."""
    out: list[Part] = []
    start = 0
    for clause in clauses(text, language):
        lead, end = len(clause) - len(clause.lstrip()), start + len(clause)
        first, words = start + lead, clause.strip()
        if spoken_text(words, language):
            mine = [d for d in delivery if _owns(d, start, end, not out)]
            moved = tuple(Delivery(d.kind, min(max(0, d.start - first), len(words)), min(max(0, d.end - first), len(words)),
                                   d.value) for d in mine)
            out.append(Part(words, moved, mood, answer))
        start = end
    return out


def _owns(one: Delivery, start: int, end: int, first: bool) -> bool:
    """Whether it belongs to the clause of those characters; a break at its first one does where nothing was said before."""
    if one.kind != "break":
        return one.start < end and one.end > start
    return start < one.start <= end or (first and one.start == start)


def said_as(written: str, interpretation: str, language: str) -> str:
    """Words for a stretch; "" where the interpretation does not fit what is written."""
    base = language.split("-")[0].lower()
    if interpretation in ("characters", "spell-out"):
        return " ".join(number_words(c, base) if c.isdigit() else c.upper() for c in written if c.isalnum())
    if interpretation in ("digits", "telephone"):
        return " ".join(number_words(c, base) for c in written if c.isdigit())
    if interpretation == "cardinal":
        digits = "".join(c for c in written if c.isdigit() or c in ".,")
        return number_words(digits.strip(".,"), base) if digits.strip(".,") else ""
    if interpretation == "ordinal":
        return _ordinal(written, base)
    return spoken_text(written, language)  # date, time, currency: what is written so is read so


def _ordinal(written: str, base: str) -> str:
    from num2words import num2words

    digits = "".join(c for c in written if c.isdigit())
    if not digits:
        return ""
    if base in ("zh", "ja"):
        return f"第{number_words(digits, base)}"
    try:
        return str(num2words(int(digits), to="ordinal", lang={"pt": "pt_BR"}.get(base, base)))
    except (NotImplementedError, KeyError, ValueError, OverflowError):
        return ""


def shaped(speech: Speech, part: Part, manner: Manner) -> Speech:
    """The clause's speech, whose words are as written, in that manner and with the stress and breaks of its tags.
    What a person recorded keeps its own manner."""
    spans, breaks = [], []
    places = _places(speech, part.text)
    for d in part.delivery:
        if d.kind == "emphasis":
            times = [(w.start_s, w.end_s) for w, a, b in places if a < d.end and b > d.start]
            if times:
                spans.append(Span(times[0][0], times[-1][1], EMPHASIS[d.value]))
        elif d.kind == "break" and (length_s := float(d.value)) > 0:
            before = [w.end_s for w, _, b in places if b <= d.start]
            at_s = speech.duration_s if d.start >= len(part.text) else before[-1] if before else 0.0
            breaks.append(Break(at_s, length_s))
    return delivered(speech, PLAIN if speech.is_human else manner, () if speech.is_human else spans, breaks)


def _places(speech: Speech, text: str) -> list[tuple]:  # type: ignore[type-arg]
    """Each word of a speech with its first and last character in the text."""
    out, at = [], 0
    for word in speech.words:
        found = text.find(word.text, at)
        if found >= 0:
            at = found + len(word.text)
            out.append((word, found, at))
    return out
