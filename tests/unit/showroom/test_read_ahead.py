"""The loop that keeps the show's time never waits for the model that judges claims by their meaning."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from avatar.speech import Utterance
from dialogue.answering import Answerer
from dialogue.desk import AnswerDesk
from dialogue.openings import OPENINGS
from dialogue.policy import Policy
from dialogue.ports import Embedded
from dialogue.sense import ClaimSense
from showroom.demand import Demand
from showroom.handover import Handover
from showroom.inquiries import Inquiries, Person, Show
from showroom.questions import Questions
from showroom.store import Store
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit


class ListeningEmbedder:
    """One vector for all, under the name of the model that the nets know; remembers which thread asked what."""

    name, dimension = "multilingual-e5-small/listening", 384

    def __init__(self) -> None:
        self.asked: list[tuple[int, str]] = []

    def embed(self, texts: Sequence[str], *, question: bool) -> list[Embedded]:
        self.asked += [(threading.get_ident(), text) for text in texts]
        return [Embedded(np.full(384, 384**-0.5, np.float32), np.ones((3, 768), np.float32), np.ones(3, np.float32))
                for _ in texts]


def inquiries_of(folder: Path, questions: Questions, policy: Policy, desk: AnswerDesk) -> Inquiries:
    content = demo_content()
    store = Store(folder / "show.sqlite")
    show = Show("s", "en", lambda: "backpack", lambda: content.rundown, lambda: 1, lambda id_: "file", lambda sku: False,
                lambda **fields: None)
    return Inquiries(show, desk, questions, Handover(store, policy), store, policy, Demand(time.monotonic))


@pytest.mark.parametrize("name", ["", "Ana"])
def test_answer_name_and_opening_were_read_before_the_loop_checks_them(tmp_path: Path, name: str) -> None:
    content, embedder, questions = demo_content(), ListeningEmbedder(), Questions(time.monotonic)
    policy = Policy(content.policy, sense=ClaimSense(embedder))
    desk = AnswerDesk(Answerer(content.passages, content.products, content.market))
    inquiries = inquiries_of(tmp_path, questions, policy, desk)

    async def body() -> list[str]:
        for n, asked in enumerate(("How do I return something?", "How heavy is the backpack?", "How can I pay?")):
            assert (await inquiries.answer(Person(f"v{n}", name), asked, "en", "p"))["queued"]
        said = []
        while (waiting := questions.take("backpack")) is not None:
            said += [u.text for u in waiting.spoken()]
        for text in (*said, *OPENINGS["en"]):
            policy.check(Utterance("u", text, "en", citations=("faq",)))
        return said

    said = asyncio.run(body())
    assert len(said) >= 3 and len(embedder.asked) >= 3
    assert [text for thread, text in embedder.asked if thread == threading.get_ident()] == []

