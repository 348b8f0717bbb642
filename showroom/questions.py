"""What viewers ask, waiting for their turn on air: bounded, merged, ranked, polite when full. The clock is given."""

from __future__ import annotations

import unicodedata
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from avatar.speech import Utterance
from dialogue.analyser import normal
from dialogue.chat.addressing import lead
from dialogue.question import Answer, Question
from dialogue.wording import base_of

MIN_INTERVAL_S = 5.0  # one question per viewer
MAX_WAITING = 200
MAX_CHARS = 400
MAX_WAIT_S = 20 * 60  # after that the spoken answer is of no use to anyone; the written one was given at once
_FORGET_VIEWERS = 5000
# What an answer is worth, in seconds of waiting: of two that wait equally long, the one worth more is said first.
WORTH_ASKER_S = 30.0  # each person who asked
WORTH_ON_SHOW_S = 45.0  # about the product that stands there
WORTH_BUYS_S = 60.0  # somebody wants to have it now
WORTH_PAID_S = 60.0  # somebody paid to be seen
WORTH_LANGUAGE_S = 20.0  # times the share of that language among those who ask
_LANGUAGES_SEEN = 200  # questions by which that share is known


@dataclass(frozen=True, slots=True)
class Admission:
    """state: "accepted", "merged" or "refused"; reason: a code for the page: "too_fast", "full", "too_long", "empty"."""

    state: str
    reason: str = ""


@dataclass(slots=True)
class Waiting:
    """An answered question that waits to be spoken. askers: (viewer, question id) of all who asked it; named: question id ->
    name, as their platforms show them; worth_s: what is said for it beside age and askers."""

    question: Question
    answer: Answer
    since_s: float
    askers: list[tuple[str, str]] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    worth_s: float = 0.0

    @property
    def persons(self) -> int:
        """Distinct viewers who asked."""
        return len({viewer for viewer, _ in self.askers})

    def goes_on_without(self, question_id: str) -> bool:
        """Take one who asked, and the name, out; whether what is being said stays as it is for others."""
        left = [(viewer, id_) for viewer, id_ in self.askers if id_ != question_id]
        unchanged = len(left) == len(self.askers) or (bool(left) and question_id not in self.named)
        self.askers = left
        self.named.pop(question_id, None)
        return unchanged

    def spoken(self) -> tuple[Utterance, ...]:
        """The answer with the words that say who asked; () for an answer that is only written."""
        first, *others = self.answer.utterances or (None,)
        if first is None:
            return ()
        names = tuple(dict.fromkeys(self.named.values()))
        words = lead(first.language, self.answer.topic, names, self.persons, self.question.id)
        return (replace(first, text=words + first.text), *others)


class Questions:
    """The queue between viewers and director. monotonic: seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._waiting: dict[str, Waiting] = {}
        self._last: dict[str, float] = {}
        self._languages: deque[str] = deque(maxlen=_LANGUAGES_SEEN)
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

    def offer(self, question: Question, answer: Answer, *, buys: bool = False, paid: bool = False) -> Admission:
        """Queue an answer to be spoken; who gets the same answer joins, in whatever words and language they asked.

        buys: the words say that they want to have it; paid: they paid to be seen."""
        self._languages.append(base_of(question.language))
        key = merge_key(answer)
        worth_s = buys * WORTH_BUYS_S + paid * WORTH_PAID_S
        found = self._waiting.get(key)
        if found is not None:
            found.askers.append((question.viewer, question.id))
            found.named |= {question.id: question.name} if question.name else {}
            found.worth_s = max(found.worth_s, worth_s)
            self.merged += 1
            return Admission("merged")
        self._expire()
        if len(self._waiting) >= MAX_WAITING:
            self.refused += 1
            return Admission("refused", "full")
        self._waiting[key] = Waiting(question, answer, self._monotonic(), [(question.viewer, question.id)],
                                     {question.id: question.name} if question.name else {}, worth_s)
        return Admission("accepted")

    def take(self, on_show: str | None) -> Waiting | None:
        """The most valuable one (WORTH_…): asked by many, by buyers, about the product on show, waiting long."""
        best = self._best(on_show)
        return None if best is None else self._waiting.pop(best)

    def next(self, on_show: str | None) -> Waiting | None:
        """What `take` would give now; it stays."""
        best = self._best(on_show)
        return None if best is None else self._waiting[best]

    def _best(self, on_show: str | None) -> str | None:
        self._expire()
        if not self._waiting:
            return None
        now, shares = self._monotonic(), Counter(self._languages)

        def value(item: tuple[str, Waiting]) -> float:
            waiting = item[1]
            about = any(u.product == on_show and on_show for u in waiting.answer.utterances)
            share = shares[base_of(waiting.question.language)] / max(1, len(self._languages))
            return (waiting.persons * WORTH_ASKER_S + about * WORTH_ON_SHOW_S + share * WORTH_LANGUAGE_S
                    + waiting.worth_s + now - waiting.since_s)

        return max(self._waiting.items(), key=value)[0]

    def withdraw(self, question_id: str) -> bool:
        """A question was taken back: whoever else asked the same is still answered. Whether it waited."""
        for key, waiting in self._waiting.items():
            if any(id_ == question_id for _, id_ in waiting.askers):
                waiting.goes_on_without(question_id)
                if not waiting.askers:
                    del self._waiting[key]
                return True
        return False

    def rest_on(self, stands: Callable[[tuple[str, ...]], bool]) -> None:
        """The knowledge base is another: answers that rest on nothing any more are not said."""
        for key in [k for k, w in self._waiting.items() if not all(stands(u.citations) for u in w.answer.utterances)]:
            del self._waiting[key]

    def reword(self, answer: Answer) -> None:
        """Other words for an answer that waits: the first one's to have asked."""
        for waiting in self._waiting.values():
            if waiting.question.id == answer.question_id:
                waiting.answer = answer

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


def merge_key(answer: Answer) -> str:
    """Equal for questions that get the same answer from the same passages: what is said decides, "yes" is not "no", and not
    which language's passage the written answer came from."""
    said = normal(" ".join(u.text for u in answer.utterances) or answer.text)
    cited = {c for u in answer.utterances for c in u.citations} or set(answer.citations)
    return "|".join(sorted(cited)) + "#" + said
