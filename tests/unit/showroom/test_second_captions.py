"""Captions in two languages: translated ahead, through the gate; what is doubtful is not shown, a lost server is no fault."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from types import SimpleNamespace

import pytest

from assets.policy_file import load_policy
from avatar.speech import Utterance
from dialogue.policy import Policy
from dialogue.ports import WriterError
from dialogue.translating import Translator, numbers_of
from render.cue import CaptionCue, MuteCue
from showroom.config import CaptionsSection, ConfigError, LlmSection, ShowConfig
from showroom.second_captions import SecondCaptions
from showroom.wiring import lacks_model, make_captions

pytestmark = pytest.mark.unit
POLICY = Policy(load_policy("own-site"))
LINE = "Good evening, and welcome to the window that never closes."
GOOD = "Guten Abend und willkommen am Schaufenster, das niemals schließt."


class FakeWriter:
    """Writes what it is told to; None: hangs; an exception: raises it."""

    def __init__(self, *answers: str | Exception | None) -> None:
        self.answers, self.asked, self.closed = list(answers), [], 0

    async def write(self, instructions: str, facts: str) -> AsyncGenerator[str, None]:
        self.asked.append(facts)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            await asyncio.sleep(3600)
        half = len(answer or "") // 2
        for piece in ((answer or "")[:half], (answer or "")[half:]):
            yield piece

    async def close(self) -> None:
        self.closed += 1


def translator(*answers: str | Exception | None, timeout_s: float = 5.0) -> Translator:
    def allowed(said: Utterance) -> bool:
        verdict = POLICY.check(said)
        return verdict.allowed and not verdict.rewritten

    return Translator(FakeWriter(*answers), allowed, timeout_s)


def captions(port: Translator | None, lines: list[str]) -> tuple[SecondCaptions, list[str]]:
    told: list[str] = []
    cursor = SimpleNamespace(peek=lambda count: [SimpleNamespace(text=t, sku="lamp", cites=()) for t in lines[:count]])
    return SecondCaptions(port, cursor, "en", "de", asyncio.sleep, told.append), told  # type: ignore[arg-type]


@pytest.mark.parametrize(("answer", "outcome"), [
    (GOOD, "kept"), (f"“{GOOD}”", "kept"), ("", "length"), (GOOD * 9, "length"), (f"{GOOD} www.shop.example", "length"),
    (GOOD + " Nur 49 Euro!", "numbers"), ("Good evening, and welcome to the window that never closes.", "language"),
    ("Das ist die beste Lampe der Welt, und sie heilt Rückenschmerzen.", "forbidden"), (None, "late")])
async def test_only_what_surely_says_the_same_is_shown(answer: str | None, outcome: str) -> None:
    port = translator(answer, timeout_s=0.05 if answer is None else 5.0)
    text = await port.translate(Utterance("u", LINE, "en"), "de")
    assert dict(port.outcomes) == {outcome: 1} and text == (GOOD if outcome == "kept" else "")


def test_numbers_are_the_same_in_every_way_of_writing() -> None:
    for _ in range(200):
        value = random.randint(1000, 10**6)
        cents = random.randint(1, 99)
        english, german = f"{value:,}.{cents:02}", f"{value:,}".replace(",", ".") + f",{cents:02}"
        assert numbers_of(f"only {english} now", "en") == numbers_of(f"nur {german} jetzt", "de")
        assert numbers_of(f"only {english}", "en") != numbers_of(f"nur {german}1", "de")


async def test_lines_are_translated_ahead_once_and_shown_with_their_caption() -> None:
    port = translator(GOOD)
    both, _ = captions(port, [LINE, "And good night.", LINE])
    assert await both.once() and await both.once() and not await both.once()
    cue = both.shown(CaptionCue(0, 48_000, LINE, "en"))
    assert isinstance(cue, CaptionCue) and (cue.second, cue.second_language) == (GOOD, "de")
    own = CaptionCue(0, 48_000, LINE, "en", second="Guten Tag", second_language="de")
    mute, other = MuteCue(0, True), CaptionCue(0, 1, "Not in the script.", "en")
    assert [both.shown(c) for c in (own, mute, other)] == [own, mute, other]


async def test_a_lost_server_is_told_once_and_the_show_has_one_line() -> None:
    both, told = captions(translator(WriterError("gone")), [LINE])
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 4:
            raise asyncio.CancelledError

    both.sleep = sleep
    with pytest.raises(asyncio.CancelledError):
        await both.run()
    assert len(told) == 1 and "gone" in told[0] and min(naps) >= 30
    cue = CaptionCue(0, 1, LINE, "en")
    assert both.shown(cue) is cue


async def test_without_a_model_there_is_no_second_line_and_asking_for_one_is_a_mistake() -> None:
    none, _ = captions(None, [LINE])
    await none.run()
    config = ShowConfig(captions=CaptionsSection(second="de"))
    assert "needs a language model" in lacks_model(config)[0]
    market = SimpleNamespace(language="en-GB")
    with pytest.raises(ConfigError):
        make_captions(config, market, POLICY, none.cursor, print)  # type: ignore[arg-type]
    asked = config.model_copy(update={"llm": LlmSection(base_url="http://127.0.0.1:9/v1")})
    made = make_captions(asked, market, POLICY, none.cursor, print)  # type: ignore[arg-type]
    assert made.translator is not None and not lacks_model(asked)
    await made.close()
