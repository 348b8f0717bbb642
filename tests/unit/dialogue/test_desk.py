"""The desk answers off the loop, in order, and goes by words when the model fails."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialogue.answering import Answerer
from dialogue.desk import AnswerDesk
from dialogue.ports import Embedder
from dialogue.question import Question
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.shop import MARKET, passages, products

pytestmark = pytest.mark.unit
QUESTION = Question("q", "viewer", "how heavy is it?", "en", datetime(2026, 11, 21, tzinfo=UTC))


async def test_a_change_is_known_to_the_next_answer() -> None:
    desk = AnswerDesk(Answerer(passages(), products(), MARKET))
    assert "0.9" in (await desk.answer(QUESTION, on_show="backpack")).text
    changed = [replace(p, value="3.3", text="It weighs 3.3 kg.") if p.attribute == "weight" else p for p in passages()]
    desk.replace(changed, products())
    assert "3.3" in (await desk.answer(QUESTION, on_show="backpack")).text
    desk.close()
    desk.close()


async def test_of_many_changes_only_the_newest_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    answerer, begun, go, read = Answerer(passages(), products(), MARKET), threading.Event(), threading.Event(), list[str]()
    whole = answerer.replace

    def slow(known, sold):
        begun.set()
        assert go.wait(20)
        read.append(next(p.value for p in known if p.attribute == "weight"))
        whole(known, sold)

    monkeypatch.setattr(answerer, "replace", slow)
    desk = AnswerDesk(answerer)
    for n in range(10):
        desk.replace([replace(p, value=f"{n}.3", text=f"It weighs {n}.3 kg.") if p.attribute == "weight" else p
                      for p in passages()], products())
        assert n or begun.wait(20), "the first one is being read while the others come"
    asked = asyncio.ensure_future(desk.answer(QUESTION, on_show="backpack"))
    await asyncio.sleep(0)
    go.set()
    assert "9.3" in (await asked).text and read == ["0.3", "9.3"]
    desk.close()


async def test_the_loop_runs_while_the_model_thinks() -> None:
    gate = threading.Event()

    class Slow(FakeEmbedder):
        def embed(self, texts, *, question):
            if question and self.calls and gate is not None:
                gate.wait(20)
            return super().embed(texts, question=question)

    answerer = Answerer(passages(), products(), MARKET)
    desk = AnswerDesk(answerer)
    gate.set()
    answerer.use(answerer.read(Slow()))
    gate.clear()
    asked = asyncio.ensure_future(desk.answer(replace(QUESTION, text="quanto dura tudo isso afinal"), on_show="backpack"))
    await asyncio.sleep(0)
    assert not asked.done()
    gate.set()
    assert (await asked).question_id == "q"
    desk.close()


async def test_a_model_that_fails_leaves_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path))

    def broken() -> Embedder:
        raise RuntimeError("no such file")

    for load, learned in ((broken, False), (FakeEmbedder, True), (None, False)):
        desk = AnswerDesk(Answerer(passages(), products(), MARKET), load)
        assert await asyncio.wrap_future(desk.by_meaning) is learned
        assert "0.9" in (await desk.answer(QUESTION, on_show="backpack")).text
        desk.close()
