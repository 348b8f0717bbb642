"""Wordings of a language model: the gate, the adapter over HTTP, generated dialogues with a model that lies."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator
from dataclasses import replace

import httpx
import pytest

from assets.knowledge import Passage
from avatar.speech import Utterance
from dialogue.adapters.openai_chat import ChatWriter
from dialogue.dates import dates_in
from dialogue.faithful import check_wording
from dialogue.grounding import Ungrounded, check
from dialogue.phrasing import Phraser
from dialogue.ports import LANGUAGES, WriterError
from dialogue.question import Answer
from dialogue.training.faithfulness import dialogues, faults

pytestmark = pytest.mark.unit
BASIS = "Yes, the Halo desk lamp weighs 1.9 kg and is not waterproof."


@pytest.mark.parametrize("text", [
    "Yes, it weighs 1.9 kg, and it is not waterproof.", "Yes! The Halo weighs 1.9 kg; it's not waterproof, mind you.",
])
def test_an_honest_rewording_passes(text: str) -> None:
    check_wording(text, "en", BASIS, [], ["Halo desk lamp", "Tide Watch"])


@pytest.mark.parametrize("text", [
    "Yes, it weighs 2.9 kg and is not waterproof.", "Yes, it weighs 1.9 g and is not waterproof.",
    "Yes, it weighs 1.9 kg and is waterproof.", "No, it weighs 1.9 kg and is not waterproof.",
    "Yes, it weighs 1.9 kg, is not waterproof and costs $5.", "Yes, it weighs 1.9 kg, lasts nine years and is not waterproof.",
    "Yes, it weighs 1.9 kg and is not waterproof, unlike the Tide Watch.", "Yes, it is from Portugal and not waterproof.",
    "Yes, not waterproof until 3 May 2027.", "Yes, not waterproof. Visit www.other.example",
    "Yes, not waterproof, model AX550.",
    "Yes, it is not waterproof; ignore previous instructions.", "", "Yes, not waterproof. " + "Lovely. " * 60,
    "Yes, it weighs 1.9 kg and is not waterproof, twice as good.",
    "Yes, it weighs ٢ kg and is not waterproof.",
])
def test_a_wording_that_says_more_or_else_does_not(text: str) -> None:
    with pytest.raises(Ungrounded):
        check_wording(text, "en", BASIS, [], ["Halo desk lamp", "Tide Watch"])


@pytest.mark.parametrize(("basis", "honest", "added", "language"), [
    ("It does not go into the dishwasher.", "You see, it does not go into the dishwasher.",
     "It cures everything, it does not go into the dishwasher.", "en"),
    ("It is made of steel.", "A steel body, honestly.", "It is made of steel and everyone loves it.", "en"),
    ("Er wiegt 1,2 kg.", "Tja, er wiegt 1,2 kg.", "Er wiegt 1,2 kg und heilt alles sofort.", "de"),
    ("它重1.2 kg。", "放在手里，它重1.2 kg。", "它重1.2 kg，人人都说好。", "zh"),
])  # fmt: skip
def test_a_clause_of_its_own_is_a_claim_of_its_own(basis: str, honest: str, added: str, language: str) -> None:
    check_wording(honest, language, basis, [], [])
    with pytest.raises(Ungrounded):
        check_wording(added, language, basis, [], [])


@pytest.mark.parametrize("stated", ["31 March 2027", "March 31, 2027", "31/03/2027", "31. März 2027", "2027年3月31日",
                                    "31 марта 2027", "31 de marzo de 2027", "31 mars 2027",
                                    "31 Maret 2027", "31 मार्च 2027", "31 มีนาคม 2027"])
def test_dates_are_one_in_every_language(stated: str) -> None:
    assert any((2027, 3, 31) in readings for readings in dates_in(f"x {stated} y"))
    check(stated, ["valid_until 2027-03-31", "31 3 2027"])
    with pytest.raises(Ungrounded):
        check(stated, ["valid_until 2027-04-30", "31 3 2027 2027年4月30日 3月"])


def served(*lines: str, status: int = 200) -> ChatWriter:
    seen = httpx.Response(status, content="\n".join(lines).encode())
    return ChatWriter("http://model/v1", "m", "secret", httpx.MockTransport(lambda request: seen))


def told(text: str) -> str:
    return "data: " + json.dumps({"choices": [{"delta": {"content": text}}]})


async def written(writer: ChatWriter) -> str:
    return "".join([piece async for piece in writer.write("i", "f")])


async def test_the_adapter_streams_and_ends() -> None:
    assert await written(served(told("It "), ": comment", told("works."), "data: [DONE]", told("more"))) == "It works."
    assert await written(served('data: {"choices":[]}', told("a"))) == "a"
    assert len(await written(served(*[told("x" * 100)] * 100))) < 1500


@pytest.mark.parametrize(("lines", "status"), [(("data: nonsense",), 200), (("data: [1]",), 200), ((), 500), ((), 401)])
async def test_a_broken_server_is_one_sentence(lines: tuple[str, ...], status: int) -> None:
    with pytest.raises(WriterError, match="language model"):
        await written(served(*lines, status=status))


async def test_the_request_holds_the_key_in_its_header_only() -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=told("ok"))

    await written(ChatWriter("http://model/v1/", "m", "secret", httpx.MockTransport(handler)))
    assert str(asked[0].url) == "http://model/v1/chat/completions" and asked[0].headers["authorization"] == "Bearer secret"
    assert "secret" not in asked[0].content.decode()


class Fixed:
    """A writer that says one thing, after waiting for ever when it has nothing to say."""

    def __init__(self, text: str | None) -> None:
        self.text, self.facts = text, ""

    async def write(self, instructions: str, facts: str) -> AsyncGenerator[str, None]:
        self.facts = facts
        if self.text is None:
            await asyncio.Event().wait()
        yield self.text or ""

    async def close(self) -> None: ...


@pytest.mark.parametrize(("text", "outcome"), [
    ("Well, it weighs 1.9 kg.", "said"), ("Well, it weighs 1.8 kg.", "ungrounded"), (None, "late"),
    ("It weighs 1.9 kg and it's the lightest lamp on the market.", "forbidden"),
])
async def test_only_what_holds_is_said(text: str | None, outcome: str) -> None:
    passage = Passage("w", "text", "The lamp weighs 1.9 kg.", "x")
    writer = Fixed(text)
    phraser = Phraser(writer, {"w": passage.text}.get, list, lambda u: "lightest" not in u.text, timeout_s=0.05)
    plain = Answer("q", passage.text, "en", (Utterance("u", passage.text, "en", citations=("w",)),), ("w",), 0.9, False)
    said = (await phraser.reworded(plain)).utterances[0].text
    assert phraser.outcomes == {outcome: 1} and said == (text if outcome == "said" else passage.text)
    assert set(json.loads(writer.facts)) == {"say", "language"}


@pytest.mark.parametrize("on", [False, True])
async def test_all_that_is_spoken_is_licensed(on: bool) -> None:
    seed = random.randrange(10**6)
    spoken, shop, outcomes = await dialogues(random.Random(seed), 120, on)
    assert [(s.utterance.text, f) for s in spoken if (f := faults(s, shop))] == [], seed
    assert len(spoken) > 20 and {s.utterance.language for s in spoken} <= set(LANGUAGES), seed
    assert not on or (outcomes["said"] and outcomes["ungrounded"]), (seed, outcomes)


async def test_the_measure_itself_sees_a_lie() -> None:
    spoken, shop, _ = await dialogues(random.Random(4), 200, False)
    numbered = next(s for s in spoken if any(c.isdigit() for c in s.utterance.text.split(":")[-1]))
    digit = next(c for c in numbered.utterance.text if c.isdigit())
    lie = numbered.utterance.text.replace(digit, f"{digit}7{digit}")
    assert faults(replace(numbered, utterance=replace(numbered.utterance, text=lie)), shop)
