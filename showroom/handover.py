"""What the knowledge base could not answer goes to the team; its answer becomes knowledge, and the askers are told."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assets.checked import FieldError
from assets.knowledge import Passage
from avatar.speech import Utterance
from dialogue.gaps import gathered
from dialogue.policy import Policy
from dialogue.question import Question
from showroom.questions import clean_text
from showroom.store import Store

MAX_ANSWER = 600  # characters: longer ones are not spoken in one breath, and belong in the knowledge files
MAX_QUESTIONS, MAX_ASKERS = 200, 50  # remembered askers; the oldest question is forgotten first


class HandoverError(ValueError):
    """The answer cannot become knowledge; one sentence."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is to be told: pseudonym, the page's id of the question, the question as asked."""

    viewer: str
    page_id: str
    words: str
    language: str


class Handover:
    """Between the questions of a night and the person who reads them in the morning, or in between."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store, self._policy = store, policy
        self._askers: OrderedDict[str, list[Asker]] = OrderedDict()
        self._rows: list[dict[str, Any]] = []
        self._groups: list[dict[str, Any]] = []

    def noted(self, asker: Asker, product: str | None) -> None:
        """A question was declined. Pseudonyms are kept in memory only: nobody consented to more."""
        self._store.note_unanswered(asker.words, asker.language, product)
        askers = self._askers.setdefault(asker.words, [])
        if len(askers) < MAX_ASKERS and all(a.viewer != asker.viewer for a in askers):
            askers.append(asker)
        while len(self._askers) > MAX_QUESTIONS:
            self._askers.popitem(last=False)

    def groups(self, limit: int = 20) -> list[dict[str, Any]]:
        """Questions that wait for the team, those that ask the same as one, most asked first."""
        rows = self._store.unanswered(limit * 5)
        if rows != self._rows:  # the board asks every second
            self._rows, self._groups = rows, _gathered(rows)
        return self._groups[:limit]

    def teach(self, question: str, answer: str, sku: str | None) -> tuple[Passage, list[Asker]]:
        """The team's answer as a passage, and who waits for it. Raises HandoverError, StoreError."""
        question, answer = clean_text(question), clean_text(answer)
        group = next((g for g in self.groups(200) if question in (g["text"], *g["also"])), None)
        if group is None:
            raise HandoverError("Nobody has asked that, or it is answered already; reload the page.")
        if not answer or len(answer) > MAX_ANSWER:
            raise HandoverError(f"Write an answer of 1 to {MAX_ANSWER} characters; longer ones belong in the knowledge files.")
        asked_for = sku or group["product"]
        verdict = self._policy.check(Utterance("handover", answer, group["language"], product=asked_for, citations=("team",)))
        if not verdict.allowed:
            raise HandoverError(f"The policy forbids that answer: rule {verdict.rule}: {verdict.reason}")
        texts = (group["text"], *group["also"])
        with self._store.changing() as db:
            row = (group["text"], verdict.text, group["language"], asked_for, self._store.wall_s())
            id_ = db.execute("INSERT INTO taught(question, answer, language, sku, at_s) VALUES(?,?,?,?,?)", row).lastrowid
            db.executemany("DELETE FROM unanswered WHERE text=?", [(t,) for t in texts])
        self._store.event("taught", id=f"team:{id_}", question=group["text"])
        return self._passage((id_, *row)), [a for t in texts for a in self._askers.pop(t, [])]

    def passages(self) -> tuple[Passage, ...]:
        """Everything the team has written so far; a row that no longer makes a passage is left out."""
        out = []
        for row in self._store.rows("SELECT id, question, answer, language, sku, at_s FROM taught ORDER BY id"):
            try:
                out.append(self._passage(row))
            except FieldError:
                continue
        return tuple(out)

    @staticmethod
    def _passage(row: tuple[Any, ...]) -> Passage:
        id_, question, answer, language, sku, at_s = row
        day = datetime.fromtimestamp(at_s, UTC).date().isoformat()
        return Passage(f"team:{id_}", "faq", answer, f"the team, {day}", language, sku, question)


def _gathered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    asked = [(Question(str(i), "team", row["text"], row["language"], now), row["product"]) for i, row in enumerate(rows)]
    out = []
    for gap in gathered(asked, None):
        held = [rows[int(question.id)] for question in gap.questions]
        first = max(held, key=lambda row: int(row["asked"]))
        out.append({**first, "product": gap.sku, "asked": sum(int(row["asked"]) for row in held),
                    "also": [row["text"] for row in held if row is not first]})
    return sorted(out, key=lambda group: -int(group["asked"]))
