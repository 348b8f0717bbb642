"""Questions from every side: answered in writing at once, queued to be said, noted for the team when nobody knows."""

from __future__ import annotations

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from assets.rundown_file import Rundown, parse_text
from avatar.speech import Utterance
from dialogue import wording
from dialogue.analyser import normal
from dialogue.chat.addressing import lead
from dialogue.chat.intent import doubt_of, intent_of
from dialogue.desk import AnswerDesk
from dialogue.language import detect
from dialogue.lexicon import table
from dialogue.openings import OPENINGS
from dialogue.policy import Policy
from dialogue.question import Answer, Question
from dialogue.wording import base_of
from showroom.demand import Demand
from showroom.handover import Asker, Handover
from showroom.questions import Questions, clean_text
from showroom.rundown import worded
from showroom.store import Store

MAX_PROOFS = 2  # facts against a doubt; more is a lecture
MAX_KEPT = 500  # answers by the words of their question: in a busy chat many write the same


@dataclass(frozen=True, slots=True)
class Show:
    """What the running show tells those who answer. knowledge(): number of its state, another after every change;
    source(passage id): where a passage comes from; bring(sku): have a product come next; evidence(**fields): into the
    sidecar of the recording."""

    session: str
    language: str
    on_show: Callable[[], str | None]
    rundown: Callable[[], Rundown]
    knowledge: Callable[[], int]
    source: Callable[[str], str]
    bring: Callable[[str], bool]
    evidence: Callable[..., None]


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. viewer: pseudonym; name: shown by the platform, never stored; feed: "page" or the chat's name;
    paid: paid to be seen."""

    viewer: str
    name: str = ""
    feed: str = "page"
    paid: bool = False


class Inquiries:
    """One answer for a question, whoever asks it and wherever."""

    def __init__(self, show: Show, desk: AnswerDesk, questions: Questions, handover: Handover, store: Store, policy: Policy,
                 demand: Demand) -> None:
        self._show, self._desk, self._questions, self._handover = show, desk, questions, handover
        self._store, self._policy, self._demand = store, policy, demand
        self._ids = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept: OrderedDict[tuple[str, str, str | None, int], Answer] = OrderedDict()

    async def answer(self, person: Person, words: str, language: str, page_id: str) -> dict[str, Any]:
        """Answer in writing now and queue the spoken answer; the fields of an "answer" message.

        language: BCP 47, the viewer's last or the page's; the words themselves decide."""
        words = clean_text(words)
        language = detect(words, language) if words else language
        question_id = f"q{self._show.session}-{next(self._ids)}"
        question = Question(question_id, person.viewer, words, language, datetime.now(UTC), person.name)
        on_show = self._show.on_show()
        found = await self._answered(question, on_show)
        await asyncio.to_thread(self._read_ahead, question, found)
        answer = self._lawful(question, found)
        state = "refused" if answer.refusal else "answered"
        self._store.question(question_id, person.viewer, words, language, state, answer.text, answer.citations)
        if answer.refusal:
            self._handover.noted(Asker(person.viewer, page_id, words, language), on_show)
        queued = self.queue(question, answer, person)
        if queued and self._desk.rewords:  # the written answer does not wait for a language model
            self._later(self._reword(answer))
        self._show.evidence(event="question", id=question_id, feed=person.feed, citations=answer.citations,
                            refusal=answer.refusal)
        return {"id": page_id, "question_id": question_id, "question": words, "text": answer.text,
                "language": answer.language, "refusal": answer.refusal, "queued": queued,
                "citations": [{"id": c, "source": self._show.source(c)} for c in answer.citations]}

    def withdraw(self, question_id: str) -> None:
        """A question was taken back where it was asked: it is not answered aloud, and its words are forgotten."""
        self._questions.withdraw(question_id)
        self._store.forget_question(question_id)
        self._show.evidence(event="question withdrawn", id=question_id)

    def _read_ahead(self, question: Question, answer: Answer) -> None:
        """What will be checked before it is written and before it is said, openings too: the model looks at it here and not in
        the loop, which would hold up the show by 20 ms, on a busy machine by 0.2 s."""
        self._policy.read_ahead([answer.text], answer.language)
        if answer.refusal or not answer.utterances:
            return
        first = answer.utterances[0]
        names = (question.name,) if question.name else ()
        words = lead(first.language, answer.topic, names, 1, question.id)
        texts = [lead(self._show.language, "", names, 1, ""), words + first.text, *(u.text for u in answer.utterances[1:])]
        self._policy.read_ahead([*texts, *OPENINGS.get(base_of(first.language), ())], first.language)

    def _lawful(self, question: Question, answer: Answer) -> Answer:
        """The written answer as the policy lets it stand, with what the law wants beside it; a refusal where it does not."""
        if answer.refusal:
            return answer
        written = Utterance(f"{question.id}:written", answer.text, answer.language, citations=answer.citations)
        verdict = self._policy.check(written)
        if not verdict.allowed:
            declined = wording.sentence("decline", question.language)
            return Answer(question.id, declined, base_of(question.language), (), (), 0.0, True)
        return replace(answer, text=" ".join((verdict.text, *(n for n in verdict.shown if n not in verdict.text))))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reword(self, answer: Answer) -> None:
        self._questions.reword(await self._desk.reworded(answer))

    def queue(self, question: Question, answer: Answer, person: Person) -> bool:
        """Queue an answer to be said; a product that enough viewers ask for comes on next."""
        if answer.refusal or not answer.utterances:
            return False
        if question.name and not self._may_be_named(question.name):
            question = replace(question, name="")  # the answer is said all the same
        wanted = self._demand.asked(person.viewer, answer.utterances[-1].product, self._show.on_show())
        if wanted is not None and self._show.bring(wanted):
            self._store.event("brought on", sku=wanted)
        buys = intent_of(question.text, question.language).buys
        return self._questions.offer(question, answer, buys=buys, paid=person.paid).state != "refused"

    def _may_be_named(self, name: str) -> bool:
        """Whether the words that say the name pass the policy as they are: one that it stops would take the answer with it."""
        said = lead(self._show.language, "", (name,), 1, "")
        verdict = self._policy.check(Utterance("name", said, self._show.language)) if said else None
        return verdict is not None and verdict.allowed and not (verdict.rewritten or verdict.shown)

    async def _answered(self, question: Question, on_show: str | None) -> Answer:
        """The answer, or that to the same words of somebody else while nothing has changed."""
        key = (question.language, normal(question.text), on_show, self._show.knowledge())
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            said = tuple(replace(u, id=f"{question.id}:{n}", question_id=question.id) for n, u in enumerate(kept.utterances))
            return replace(kept, question_id=question.id, utterances=said)
        doubt = doubt_of(question.text, question.language)
        answer = await (self._met(question, doubt, on_show) if doubt else self._desk.answer(question, on_show=on_show))
        self._kept[key] = answer
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return answer

    async def _met(self, question: Question, doubt: str, on_show: str | None) -> Answer:
        """A doubt is met in three steps: heard, answered with what is known, and the script's own offer.

        Nothing known: the plain answer, which may be that nobody knows."""
        own = await self._desk.answer(question, on_show=on_show)
        row = table("doubts")[doubt]
        asked, told = base_of(question.language), base_of(self._show.language)
        proofs = [] if own.refusal else [own]
        for n, probe in enumerate(row["probes"].get(asked, row["probes"]["en"])):
            if len(proofs) >= MAX_PROOFS:
                break
            found = await self._desk.answer(
                Question(f"{question.id}-{n}", question.viewer, probe, question.language, question.asked_at), on_show=on_show)
            if not found.refusal and not {*found.citations} & {c for p in proofs for c in p.citations}:
                proofs.append(found)
        if not proofs:
            return own
        sku = next((u.product for p in proofs for u in p.utterances if u.product), on_show)
        heard = Utterance(f"{question.id}:heard", row["heard"].get(told, row["heard"]["en"]), self._show.language, product=sku,
                          question_id=question.id)
        offer = self._offer(question, sku)
        said = [heard, *(u for p in proofs for u in p.utterances), *([offer] if offer is not None else [])]
        texts = [row["heard"].get(asked, row["heard"]["en"]), *(p.text for p in proofs)]
        if offer is not None and base_of(offer.language) == asked:
            texts.append(offer.text)
        citations = [c for p in proofs for c in p.citations] + list(offer.citations if offer is not None else ())
        text = ("" if asked in ("zh", "ja") else " ").join(texts)
        return Answer(question.id, text, proofs[0].language, tuple(said), tuple(dict.fromkeys(citations)),
                      min(p.confidence for p in proofs), False)

    def _offer(self, question: Question, sku: str | None) -> Utterance | None:
        """The first sentence of the product's offer in the script, where the policy passes it."""
        sections = [s for item in self._show.rundown().items if item.product == sku for s in item.sections if s.kind == "offer"]
        if not sections:
            return None
        line = sections[0].variants[0][0]
        text, _, _ = parse_text(worded(line.marked, 0))
        offer = Utterance(f"{question.id}:offer", text, self._show.language, mood=line.mood, product=sku,
                          citations=tuple(line.cites), question_id=question.id)
        return offer if self._policy.check(offer).allowed else None

    async def teach(self, question: str, words: str, sku: str | None, changed: Callable[[], None],
                    tell: Callable[[str, dict[str, Any]], bool]) -> dict[str, Any]:
        """The team answers what nobody knew: it becomes knowledge (`changed` is called), and those who asked are told
        through tell(viewer, fields of an "answer"). Raises HandoverError, StoreError."""
        passage, askers = self._handover.teach(question, words, sku)
        changed()
        told = 0
        for asker in askers:
            reply = await self.answer(Person(asker.viewer), asker.words, asker.language, asker.page_id)
            if passage.id in (c["id"] for c in reply["citations"]):
                told += tell(asker.viewer, {"later": True, **reply})
        return {"id": passage.id, "askers": len(askers), "told": told}
