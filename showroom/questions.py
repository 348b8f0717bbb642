"""What viewers ask, waiting for their turn on air: bounded, merged, ranked, polite when full. The clock is given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from dialogue.question import Answer, Question

MIN_INTERVAL_S = 5.0  # one question per viewer
MAX_WAITING = 200
MAX_CHARS = 400
MAX_WAIT_S = 20 * 60  # after that the spoken answer is of no use to anyone; the written one was given at once
_FORGET_VIEWERS = 5000


@dataclass(frozen=True, slots=True)
class Admission:
    """state: "accepted", "merged" or "refused"; reason: a code for the page: "too_fast", "full", "too_long", "empty"."""

    state: str
    reason: str = ""


@dataclass(slots=True)
class Waiting:
    """An answered question that waits to be spoken. askers: (viewer, question id) of all who asked it."""

    question: Question
    answer: Answer
    since_s: float
    askers: list[tuple[str, str]] = field(default_factory=list)


class Questions:
    """The queue between viewers and director. monotonic: seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._waiting: dict[str, Waiting] = {}
        self._last: dict[str, float] = {}
        self.refused = self.merged = self.expired = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def admit(self, viewer: str, text: str) -> Admission:
        """May this viewer ask this now? Counts the refusal when not."""
        clean = clean_text(text)
        now = self._monotonic()
        reason = ""
        if not clean:
            reason = "empty"
        elif len(clean) > MAX_CHARS:
            reason = "too_long"
        elif now - self._last.get(viewer, -MIN_INTERVAL_S) < MIN_INTERVAL_S:
            reason = "too_fast"
        if reason:
            self.refused += 1
            return Admission("refused", reason)
        if len(self._last) > _FORGET_VIEWERS:
            self._last = {v: t for v, t in self._last.items() if now - t < MIN_INTERVAL_S}
        self._last[viewer] = now
        return Admission("accepted")

    def offer(self, question: Question, answer: Answer) -> Admission:
        """Queue an answer to be spoken; the same question again joins the first."""
        key = merge_key(question.text, answer)
        found = self._waiting.get(key)
        if found is not None:
            found.askers.append((question.viewer, question.id))
            self.merged += 1
            return Admission("merged")
        self._expire()
        if len(self._waiting) >= MAX_WAITING:
            self.refused += 1
            return Admission("refused", "full")
        self._waiting[key] = Waiting(question, answer, self._monotonic(), [(question.viewer, question.id)])
        return Admission("accepted")

    def take(self, on_show: str | None) -> Waiting | None:
        """The most valuable one: asked by many, about the product on show, waiting long."""
        self._expire()
        if not self._waiting:
            return None
        now = self._monotonic()

        def value(item: tuple[str, Waiting]) -> float:
            waiting = item[1]
            about = any(u.product == on_show and on_show for u in waiting.answer.utterances)
            return len(waiting.askers) * 30.0 + (45.0 if about else 0.0) + (now - waiting.since_s)

        key, best = max(self._waiting.items(), key=value)
        del self._waiting[key]
        return best

    def put_back(self, waiting: Waiting) -> None:
        """An interrupted answer waits again, first in line by its age, for those too who asked the same meanwhile."""
        key = merge_key(waiting.question.text, waiting.answer)
        if (newer := self._waiting.get(key)) is not None:
            waiting.askers.extend(newer.askers)
        self._waiting[key] = waiting

    def list(self, limit: int = 50) -> list[Waiting]:
        """What waits, oldest first, for the operator page."""
        return sorted(self._waiting.values(), key=lambda w: w.since_s)[:limit]

    def _expire(self) -> None:
        limit = self._monotonic() - MAX_WAIT_S
        old = [k for k, w in self._waiting.items() if w.since_s < limit]
        for key in old:
            del self._waiting[key]
        self.expired += len(old)


def clean_text(text: str) -> str:
    """Viewers' words without control characters, runs of blanks and invisible direction marks."""
    plain = "".join(c if unicodedata.category(c)[0] != "C" or c in "\u200c\u200d" else " " for c in text)
    return " ".join(plain.split())


def merge_key(text: str, answer: Answer) -> str:
    """Equal for questions that get the same answer from the same passages."""
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return "|".join(sorted(answer.citations)) + "#" + answer.text if answer.citations else words
