"""The chats of the platforms: read for ever, screened, the best lines answered first, each line's fate on record.

Bounds: MAX_INBOX lines wait for an answer; when it is full the least valuable one goes ("busy"). A feed that breaks off
or falls silent is connected again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from dialogue.chat.intent import Intent, intent_of
from dialogue.chat.line import ChatFeed, ChatLine, FeedError, Removed
from dialogue.chat.matter import Matter, is_our_business, matter_of
from dialogue.chat.screening import Screening
from dialogue.language import detect
from showroom.inquiries import Inquiries, Person
from showroom.questions import clean_text
from showroom.replying import Replying

log = structlog.get_logger("chat")

MAX_INBOX = 200
STALE_S = 180.0  # written so long ago: history, or a backlog after a lost connection
LATE_S = 60.0  # waited so long for an answer: the chat has moved on
MAX_SEEN = 20_000  # ids of lines, against those that come twice
MAX_PRIORS = 5000  # writers whose language is remembered
BACKOFF_S = (1.0, 60.0)
BUSY_LINES, QUIET_S = 20, 600.0  # a feed that brought so many lines within so long, and then none for as long, is dead
LOG_S = 1.0
MAX_REST_S = 0.1
WORTH_SAME, MOST_SAME = 0.25, 1.0  # each other person's line that says the same, and at most
WORTH_BUSINESS = 0.5  # asks for a price, stock, an attribute, a rule of the shop
# Beside dialogue.chat.screening.REASONS: why a line was not answered.
FATES = ("duplicate", "stale", "own", "chatter", "busy", "late", "answered", "declined", "failed", "removed")


@dataclass(slots=True)
class FeedHealth:
    """What the board shows of one chat. state: "connecting", "up", "waiting", "ended"."""

    name: str
    state: str = "connecting"
    lines: int = 0
    reconnects: int = 0
    last_line_s: float | None = None  # monotonic
    error: str = ""
    times: deque[float] = field(default_factory=lambda: deque(maxlen=BUSY_LINES))


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    line: ChatLine
    text: str
    language: str
    worth: float
    since_s: float
    matter: Matter


class ChatRoom:
    """Lines in, questions out. monotonic, wall_s: seconds; keep(rows): (feed, line id, unix seconds, fate) to be kept."""

    def __init__(self, feeds: Sequence[ChatFeed], inquiries: Inquiries, language: str, *, say_names: bool,
                 monotonic: Callable[[], float], wall_s: Callable[[], float], sleep: Callable[[float], Awaitable[None]],
                 alarm: Callable[[str], None], keep: Callable[[list[tuple[str, str, float, str]]], None], salt: str,
                 replying: Replying | None = None, forget: Callable[[str], None] = lambda question_id: None) -> None:
        """replying: writes answers back; forget(question id): what is being said for a line that was taken back ends."""
        self._replying, self._forget = replying, forget
        self._asked: OrderedDict[tuple[str, str], tuple[str, str]] = OrderedDict()
        self._feeds, self._inquiries, self._language, self._say_names = tuple(feeds), inquiries, language, say_names
        self._monotonic, self._wall_s, self._sleep, self._alarm, self._keep = monotonic, wall_s, sleep, alarm, keep
        self._salt = salt.encode()
        self._screening = Screening(monotonic)
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._priors: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._inbox: list[_Held] = []
        self._matters: Counter[Matter] = Counter()  # of what waits
        self._rows: list[tuple[str, str, float, str]] = []
        self._some = asyncio.Event()
        self.health = {feed.name: FeedHealth(feed.name) for feed in feeds}
        self.fates: Counter[str] = Counter()

    async def run(self) -> None:
        """Read, answer, log, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for feed in self._feeds:
                group.create_task(self._read(feed), name=f"chat {feed.name}")
            group.create_task(self._work(), name="chat answers")
            group.create_task(self._log(), name="chat log")
            if self._replying is not None:
                group.create_task(self._replying.run(), name="chat replies")

    def take(self, line: ChatLine) -> str:
        """Let a line in; why not, or "" when it waits for its answer."""
        health = self.health.setdefault(line.feed, FeedHealth(line.feed, "up"))
        now = self._monotonic()
        health.lines += 1
        health.last_line_s = now
        health.times.append(now)
        text = clean_text(line.text)
        fate, language, intent = self._judged(line, text)
        if not fate:
            worth = _worth(intent, line.paid) + WORTH_BUSINESS * is_our_business(text, language)
            held = _Held(line, text, language, worth, now, matter_of(text, language))
            self._inbox.append(held)
            self._matters[held.matter] += 1
            if len(self._inbox) > MAX_INBOX:
                least = min(self._inbox, key=lambda h: (self._value(h), h.since_s))
                self._drop(least)
                self._settle(least.line, "busy")
                fate = "busy" if least is held else ""
            self._some.set()
            return fate
        self._settle(line, fate)
        return fate

    def remove(self, removed: Removed) -> None:
        """A moderator took a line back, or all of a writer's: it is not answered, not said, not written under."""
        def meant(feed: str, id_: str, author: str) -> bool:
            return feed == removed.feed and (id_ == removed.id if removed.id else author == removed.author)

        for held in [h for h in self._inbox if meant(h.line.feed, h.line.id, h.line.author)]:
            self._drop(held)
            self._settle(held.line, "removed")
        for (feed, id_), (author, question_id) in list(self._asked.items()):
            if meant(feed, id_, author):
                del self._asked[feed, id_]
                self.fates["removed"] += 1
                self._rows.append((feed, id_, self._wall_s(), "removed"))
                if question_id:
                    self._inquiries.withdraw(question_id)
                    self._forget(question_id)
                if self._replying is not None:
                    self._replying.withdraw(feed, id_)

    def fields(self) -> dict[str, Any]:
        """JSON values for the operator's board."""
        now = self._monotonic()
        rows = []
        for health in self.health.values():
            row = {k: v for k, v in asdict(health).items() if k not in ("last_line_s", "times")}
            row["quiet_s"] = None if health.last_line_s is None else round(now - health.last_line_s)
            rows.append(row)
        replies = dict(self._replying.outcomes) if self._replying is not None else {}
        return {"feeds": rows, "waiting": len(self._inbox), "fates": dict(self.fates), "replies": replies}

    def _judged(self, line: ChatLine, text: str) -> tuple[str, str, Intent]:
        nothing = Intent(False, False)
        key = (line.feed, line.id)
        if key in self._seen:
            return "duplicate", "", nothing
        self._seen[key] = None
        if len(self._seen) > MAX_SEEN:
            self._seen.popitem(last=False)
        if (datetime.fromtimestamp(self._wall_s(), UTC) - line.sent_at).total_seconds() > STALE_S:
            return "stale", "", nothing
        if self._replying is not None and self._replying.is_own(line):
            return "own", "", nothing
        writer = (line.feed, line.author)
        language = detect(text, self._priors.get(writer) or line.language or self._language) if text else self._language
        self._priors[writer] = language
        self._priors.move_to_end(writer)
        if len(self._priors) > MAX_PRIORS:
            self._priors.popitem(last=False)
        if reason := self._screening.reason(line, text, language):
            return reason, language, nothing
        intent = intent_of(text, language)
        return "" if intent.matters else "chatter", language, intent

    def _value(self, held: _Held) -> float:
        """What a line that waits is worth, with those that say the same."""
        return held.worth + min(MOST_SAME, WORTH_SAME * (self._matters[held.matter] - 1))

    def _drop(self, held: _Held) -> None:
        self._inbox.remove(held)
        self._matters[held.matter] -= 1
        if not self._matters[held.matter]:
            del self._matters[held.matter]

    def _settle(self, line: ChatLine, fate: str) -> None:
        self.fates[fate] += 1
        self._rows.append((line.feed, line.id, self._wall_s(), fate))

    async def _work(self) -> None:
        while True:
            await self._some.wait()
            if not self._inbox:
                self._some.clear()
                continue
            held = max(self._inbox, key=lambda h: (self._value(h), -h.since_s))
            self._drop(held)
            if self._monotonic() - held.since_s > LATE_S:
                self._settle(held.line, "late")
                continue
            line, began = held.line, self._monotonic()
            person = Person(self._pseudonym(line), line.name if self._say_names else "", line.feed, line.paid)
            self._remember(line, "")
            try:
                reply = await self._inquiries.answer(person, held.text, held.language, line.id[:64])
            except Exception as error:  # one line must not end the chat
                log.warning("not answered", feed=line.feed, line=line.id, why=f"{type(error).__name__}: {error}")
                self._settle(line, "failed")
                continue
            self._answered(line, reply)
            await self._sleep(min(self._monotonic() - began, MAX_REST_S))  # half a core at most: the picture needs the rest

    def _answered(self, line: ChatLine, reply: dict[str, Any]) -> None:
        question_id = str(reply["question_id"])
        if (line.feed, line.id) not in self._asked:  # taken back while it was being answered
            self._inquiries.withdraw(question_id)
            return
        self._remember(line, question_id)
        self._settle(line, "declined" if reply["refusal"] else "answered")
        if self._replying is not None and not reply["refusal"]:
            self._replying.offer(line, str(reply["text"]), str(reply["language"]), tuple(c["id"] for c in reply["citations"]))

    def _remember(self, line: ChatLine, question_id: str) -> None:
        """Which question a line became, for when it is taken back."""
        self._asked[line.feed, line.id] = (line.author, question_id)
        while len(self._asked) > MAX_SEEN:
            self._asked.popitem(last=False)

    def _pseudonym(self, line: ChatLine) -> str:
        """The same for the same writer while the show runs, of no use afterwards."""
        return "c" + hmac.new(self._salt, f"{line.feed}\0{line.author}".encode(), hashlib.sha256).hexdigest()[:20]

    async def _log(self) -> None:
        while True:
            await self._sleep(LOG_S)
            if self._rows:
                rows, self._rows = self._rows, []
                self._keep(rows)

    async def _read(self, feed: ChatFeed) -> None:
        health, wait_s = self.health[feed.name], BACKOFF_S[0]
        while True:
            health.state, error, lived = "connecting", FeedError(f"{feed.name}: the chat ended"), False
            try:
                async with aclosing(feed.lines()) as lines:  # type: ignore[type-var]
                    while True:
                        try:
                            # Not wait_for: where both happen at once, it loses the cancellation (Python 3.11).
                            async with asyncio.timeout(feed.silence_s):
                                line = await anext(lines)
                        except StopAsyncIteration:
                            break
                        lived, health.state, health.error = True, "up", ""
                        if isinstance(line, Removed):
                            self.remove(line)
                        elif line is not None:
                            self.take(line)
                        elif self._fell_quiet(health):
                            error = FeedError(f"{feed.name}: no line for {QUIET_S / 60:.0f} min in a chat that was busy")
                            break
            except TimeoutError:
                error = FeedError(f"{feed.name}: silent for {feed.silence_s:.0f} s")
            except FeedError as told:
                error = told
            except Exception as bug:  # whatever an adapter does, the show and the other chats go on
                error = FeedError(f"{feed.name}: {type(bug).__name__}: {bug}")
            health.error = str(error)
            if error.final:
                health.state = "ended"
                self._alarm(f"chat {error}; it is not read any more")
                return
            if lived:
                wait_s = BACKOFF_S[0]
            if lived or not health.reconnects:
                self._alarm(f"chat {error}; connecting again")
            health.state, health.reconnects = "waiting", health.reconnects + 1
            await self._sleep(max(error.wait_s, wait_s) * random.uniform(0.8, 1.2))
            wait_s = min(2 * wait_s, BACKOFF_S[1])

    def _fell_quiet(self, health: FeedHealth) -> bool:
        times = health.times
        if len(times) < BUSY_LINES or times[-1] - times[0] > QUIET_S or self._monotonic() - times[-1] < QUIET_S:
            return False
        times.clear()
        return True


def _worth(intent: Intent, paid: bool) -> float:
    """Which line is answered first when more come than can be answered."""
    return 4.0 * paid + 3.0 * intent.buys + 2.0 * intent.asks + 1.0 * bool(intent.doubt)
