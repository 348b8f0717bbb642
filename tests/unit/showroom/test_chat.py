"""The chat room with the real readers on real sockets, real screening, answers and queue: no line without its fate."""

from __future__ import annotations

import asyncio
import random
import re
import string
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dialogue.adapters.twitch_chat import TwitchChat, parse
from dialogue.adapters.youtube_chat import YouTubeChat
from dialogue.chat.line import ChatFeed, ChatLine, FeedError
from dialogue.chat.screening import REASONS
from showroom import chat as chat_module
from showroom.chat import FATES, MAX_INBOX, STALE_S
from showroom.demand import ENOUGH
from tests.fakes.chat_platforms import KEY, VIDEO, TwitchDouble, YouTubeDouble, rows
from tests.fakes.chat_room import Room, line, make_room, running

pytestmark = pytest.mark.unit
WEIGHT = ("how heavy is the lamp?", "what does the lamp weigh?", "lamp weight??", "how much does the lamp weigh")


@pytest.fixture
def room(tmp_path: Path) -> Callable[..., Room]:
    made: list[Room] = []

    def make(*feeds: ChatFeed, say_names: bool = True) -> Room:
        made.append(make_room(tmp_path, *feeds, say_names=say_names))
        return made[-1]

    yield make
    for one in made:
        one.desk.close()
        one.store.close()




def test_a_youtube_night_with_faults_and_repeated_pages(room: Callable[..., Room]) -> None:
    rng = random.Random()
    told = rows([*WEIGHT, "hello all", "is the backpack waterproof?"], rng)
    rng.shuffle(told)
    double = YouTubeDouble([told[:2], (403, "rateLimitExceeded"), told[1:4], None, (500, "backendError"), told[3:],
                            (403, "quotaExceeded")])

    async def night() -> None:
        with double.running() as api:
            made = room(YouTubeChat(VIDEO, KEY, poll_s=0.001, api=api, sleep=lambda s: asyncio.sleep(0.001)))
            await running(made, lambda: made.until(lambda: sum(made.chat.fates.values()) == len(told) + 2))
            fates = made.fates()
        assert {id_ for id_ in fates} == {row.id for row in told}
        final = {row.id: [f for f in fates[row.id] if f != "duplicate"] for row in told}
        assert all(final[row.id] == (["chatter"] if row.text == "hello all" else ["answered"]) for row in told), final
        assert sum(f.count("duplicate") for f in fates.values()) == 2
        assert made.chat.health["youtube"].reconnects >= 3 and set(double.keys) == {KEY}
        assert all("key" not in poll for poll in double.polls), "the key is in no address"

    asyncio.run(night())


@pytest.mark.parametrize(("setup", "words"), [
    ({"video": "nope"}, "no video"), ({"page": (403, "liveChatEnded")}, "has ended"), ({"page": (400, "keyInvalid")}, "key")])
def test_a_youtube_chat_that_is_over_is_left_alone(room: Callable[..., Room], setup: dict, words: str) -> None:
    double = YouTubeDouble([setup.get("page", [])])

    async def night() -> None:
        with double.running() as api:
            feed = YouTubeChat(setup.get("video", VIDEO), KEY, poll_s=0.001, api=api, sleep=lambda s: asyncio.sleep(0.001))
            made = room(feed)
            await running(made, lambda: made.until(lambda: made.chat.health["youtube"].state == "ended"))
            asked = len(double.polls)
            await asyncio.sleep(0.05)
            assert len(double.polls) == asked and any(words in alarm for alarm in made.alarms)

    asyncio.run(night())


def test_a_twitch_night_with_a_torn_line_and_a_planned_move(room: Callable[..., Room]) -> None:
    rng = random.Random()
    told = rows([*WEIGHT, "what does the mug weigh?", "gg"], rng)
    double = TwitchDouble([told[:3], told[2:5], told[5:]], ["abort", "RECONNECT", "stay"])

    async def night() -> None:
        made = room(TwitchChat("Window_Shop", address=await double.start()))
        try:
            await running(made, lambda: made.until(lambda: sum(made.chat.fates.values()) == len(told) + 1))
        finally:
            await double.close()
        fates = made.fates()
        assert {k: [f for f in v if f != "duplicate"] for k, v in fates.items()} == {
            row.id: ["chatter" if row.text == "gg" else "answered"] for row in told}
        assert made.chat.health["twitch"].reconnects == 2 and double.heard.count("JOIN #window_shop") == 3
        assert double.heard.count("PONG :tmi.twitch.tv") >= 2 and not any(h.startswith("PASS oauth") for h in double.heard)

    asyncio.run(night())


def test_irc_messages_are_unescaped() -> None:
    message = parse("@display-name=Ana\\sB;x=a\\:b :ana!a@b PRIVMSG #shop :is it: red? :)\r\n")
    assert message is not None and message.tags == {"display-name": "Ana B", "x": "a;b"}
    assert (message.nick, message.command, message.parameters) == ("ana", "PRIVMSG", ("#shop", "is it: red? :)"))
    assert parse("") is None and parse("@only=tags") is None


class Silent:
    """Says something once and then nothing, or breaks in its own way."""

    name, silence_s = "silent", 0.05

    def __init__(self, then: Exception | None = None) -> None:
        self.opened, self.then = 0, then

    async def lines(self) -> AsyncIterator[ChatLine | None]:
        self.opened += 1
        yield None
        if self.then is not None:
            raise self.then
        await asyncio.sleep(3600)


@pytest.mark.parametrize("then", [None, FeedError("silent: hung up"), ValueError("a bug")])
def test_a_silent_or_broken_feed_is_connected_again(room: Callable[..., Room], then: Exception | None) -> None:
    async def night() -> None:
        feed = Silent(then)
        made = room(feed)
        await running(made, lambda: made.until(lambda: feed.opened >= 4))
        assert made.alarms and all("\n" not in alarm for alarm in made.alarms)
        assert made.chat.fields()["feeds"][0]["reconnects"] >= 3

    asyncio.run(night())


def test_a_busy_chat_that_falls_quiet_is_taken_for_dead(room: Callable[..., Room]) -> None:
    class Stuck:
        name, silence_s, opened, said = "stuck", 60.0, 0, False

        async def lines(self) -> AsyncIterator[ChatLine | None]:
            self.opened += 1
            for n in range(25 if self.opened == 1 else 0):
                yield line("hello", n, feed="stuck")
            self.said = True
            while True:
                await asyncio.sleep(0.01)
                yield None

    async def night() -> None:
        feed = Stuck()
        made = room(feed)
        made.chat._monotonic = lambda: time.monotonic() + (chat_module.QUIET_S + 1 if feed.said else 0)
        await running(made, lambda: made.until(lambda: feed.opened == 2))
        assert any("no line for" in alarm for alarm in made.alarms)

    asyncio.run(night())


def test_many_languages_one_answer_names_and_numbers(room: Callable[..., Room]) -> None:
    async def night() -> None:
        made = room()

        async def body() -> None:
            made.chat.take(line("how heavy is the lamp?", 1))
            await made.until(lambda: len(made.questions) == 1)
            assert made.questions.list()[0].spoken()[0].text.startswith("Ana")
            for n, words in enumerate(("台灯多重？", "wie schwer ist die Lampe?", "how heavy is the lamp?"), 2):
                made.chat.take(line(words, n))
            await made.until(lambda: made.chat.fates["answered"] == 4)

        await running(made, body)
        assert len(made.questions) == 1
        said = made.questions.take("backpack").spoken()[0].text
        assert said.startswith("4 of you") and "kg" in said

    asyncio.run(night())


def test_hostile_names_are_not_said_and_none_when_not_wanted(room: Callable[..., Room]) -> None:
    async def night(name: str, say: bool) -> str:
        made = room(say_names=say)
        await running(made, lambda: _one(made, name))
        return made.questions.take(None).spoken()[0].text

    async def _one(made: Room, name: str) -> None:
        made.chat.take(line("how heavy is the lamp?", 1, name=name))
        await made.until(lambda: len(made.questions) == 1)

    assert "evil" not in asyncio.run(night("visit evil.com", True)) and "Ana" not in asyncio.run(night("Ana", False))
    said = asyncio.run(night("FDA Approved", True))
    assert "FDA" not in said and "kg" in said, "a name that the policy stops does not take the answer with it"


def test_a_doubt_is_heard_answered_and_offered(room: Callable[..., Room]) -> None:
    async def night() -> None:
        made = room()
        made.on_show[0] = "lamp"

        async def body() -> None:
            made.chat.take(line("das ist mir viel zu teuer", 1))
            await made.until(lambda: len(made.questions) == 1)

        await running(made, body)
        waiting = made.questions.take("lamp")
        said = [u.text for u in waiting.answer.utterances]
        assert "a lot of money" in said[0] and 2 <= len(said) <= 4
        assert waiting.answer.citations and all(u.citations for u in waiting.answer.utterances[1:])
        assert waiting.answer.text.startswith("Das ist Geld")

    asyncio.run(night())


def test_what_enough_people_ask_for_comes_next(room: Callable[..., Room]) -> None:
    async def night() -> None:
        made = room()

        async def body() -> None:
            for n in range(ENOUGH - 1):
                made.chat.take(line("what does the mug weigh?", n))
            made.chat.take(line("the mug, what does it weigh?", 0, id="again"))  # the same person twice is one
            await made.until(lambda: made.chat.fates["answered"] == ENOUGH)
            assert not made.brought
            made.chat.take(line("mug weight?", 99))
            await made.until(lambda: made.chat.fates["answered"] == ENOUGH + 1)

        await running(made, body)
        assert made.brought == ["mug"]

    asyncio.run(night())


def test_a_storm_keeps_the_buyers_and_tells_every_fate(room: Callable[..., Room]) -> None:
    """More lines than can be answered: the least valuable go first, each with its reason, none twice."""
    async def night() -> None:
        made = room()
        rng = random.Random()
        lines = [line(f"what about thing {n} {rng.choice(string.ascii_letters)}?", n) for n in range(MAX_INBOX * 3)]
        lines += [line("I want to buy the lamp, how?", 10_000 + n) for n in range(20)]
        lines += [line("old news?", 20_000, sent_at=datetime.now(UTC) - timedelta(seconds=STALE_S + 5))]
        rng.shuffle(lines)
        for one in lines:
            made.chat.take(one)
        assert len(made.chat._inbox) == MAX_INBOX
        buyers = {one.id for one in lines if one.id.startswith("m10") and len(one.id) == 6}
        assert buyers <= {held.line.id for held in made.chat._inbox}
        await running(made, lambda: made.until(lambda: sum(made.chat.fates.values()) == len(lines)))
        fates = made.fates()
        assert set(fates) == {one.id for one in lines} and all(len(f) == 1 for f in fates.values())
        count = Counter(f[0] for f in fates.values())
        assert count["busy"] == len(lines) - 1 - MAX_INBOX and count["stale"] == 1

    asyncio.run(night())


def test_every_fate_has_words_on_the_board_in_both_languages() -> None:
    page = (Path(chat_module.__file__).parent / "web/src/operator.js").read_text(encoding="utf-8")
    for fate in (*FATES, *REASONS):
        assert re.search(rf'fate_{fate}: \["[^"]+", "[^"]+"\]', page), fate


def test_the_chat_ends_when_it_is_told_to_whatever_its_feeds_do(room: Callable[..., Room]) -> None:
    """Cancelled at every moment of a feed that breaks again and again: it ends each time."""
    async def night() -> None:
        made = room(Silent(ValueError("a bug")))
        for moment in range(60):
            task = asyncio.create_task(made.chat.run())
            for _ in range(moment):
                await asyncio.sleep(0)
            task.cancel()
            done, _ = await asyncio.wait([task], timeout=5)
            assert done, f"still running after {moment} turns"

    asyncio.run(night())
