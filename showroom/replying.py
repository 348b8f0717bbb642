"""Written answers back into the chats that they were asked in: through the policy, within what a platform takes, not too many.

Beyond PER_MINUTE for a chat an answer is not written (it is still said); what we write is known again when it comes back.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Mapping

import structlog

from avatar.speech import Utterance
from dialogue.chat.line import ChatLine, ChatReplies, FeedError
from dialogue.policy import Policy

log = structlog.get_logger("replies")

PER_MINUTE = 10  # Twitch lets 20 in 30 s through; more would drown the viewers' own words
MAX_WAITING = 20
MAX_OWN = 500  # texts of ours that are known again
_ENDS = ".!?。！？।"


class Replying:
    """writers: by name of the chat; alarm: a sentence for the operator. Bounded; never waits for a platform."""

    def __init__(self, writers: Mapping[str, ChatReplies], policy: Policy, monotonic: Callable[[], float],
                 alarm: Callable[[str], None], per_minute: int = PER_MINUTE, other: ChatReplies | None = None) -> None:
        """other: writes for every chat that `writers` does not have (those of the webhook)."""
        self._writers, self._policy, self._monotonic, self._alarm = dict(writers), policy, monotonic, alarm
        self._per_minute, self._other = per_minute, other
        self._sent_s: dict[str, deque[float]] = {}
        self._waiting: asyncio.Queue[tuple[ChatLine, str]] = asyncio.Queue(MAX_WAITING)
        self._own: OrderedDict[tuple[str, str], None] = OrderedDict()
        self.outcomes: Counter[str] = Counter()  # "sent", "too many", "forbidden", "failed", "withdrawn"

    async def run(self) -> None:
        """Send what waits, until cancelled."""
        while True:
            line, text = await self._waiting.get()
            try:
                if (writer := self._writer(line.feed)) is None:
                    continue
                await writer.reply(line, text)
            except FeedError as error:
                self.outcomes["failed"] += 1
                if error.final:
                    if self._writers.pop(line.feed, None) is None:
                        self._other = None
                    self._alarm(f"chat {error}; answers are not written there any more")
                else:
                    log.warning("not written", feed=line.feed, why=str(error))
                continue
            self.outcomes["sent"] += 1

    def offer(self, line: ChatLine, text: str, language: str, citations: tuple[str, ...]) -> str:
        """Have an answer written under a line; what became of it: "queued", "too many", "forbidden" or "" (no such chat)."""
        if (writer := self._writer(line.feed)) is None:
            return ""
        verdict = self._policy.check(Utterance("reply", text, language, citations=citations))
        if not verdict.allowed:
            self.outcomes["forbidden"] += 1
            return "forbidden"
        now, sent = self._monotonic(), self._sent_s.setdefault(line.feed, deque())
        while sent and now - sent[0] >= 60.0:
            sent.popleft()
        if len(sent) >= self._per_minute or self._waiting.full():
            self.outcomes["too many"] += 1
            return "too many"
        sent.append(now)
        notes = [note for note in verdict.shown if note not in verdict.text]
        words = shortened(" ".join((verdict.text, *notes)), writer.most_characters)
        self._own[line.feed, _plain(words)] = None
        while len(self._own) > MAX_OWN:
            self._own.popitem(last=False)
        self._waiting.put_nowait((line, words))
        return "queued"

    def _writer(self, feed: str) -> ChatReplies | None:
        return self._writers.get(feed, self._other)

    def is_own(self, line: ChatLine) -> bool:
        """Whether we wrote this line ourselves."""
        return any(feed == line.feed and text in _plain(line.text) for feed, text in self._own)

    def withdraw(self, feed: str, line_id: str) -> None:
        """The line was deleted: what waits to be written under it is not written."""
        kept = []
        while not self._waiting.empty():
            line, text = self._waiting.get_nowait()
            if (line.feed, line.id) == (feed, line_id):
                self.outcomes["withdrawn"] += 1
            else:
                kept.append((line, text))
        for item in kept:
            self._waiting.put_nowait(item)


def shortened(text: str, most: int) -> str:
    """At most `most` characters, cut behind a sentence where there is one, else behind a word with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = max((text.rfind(end, 0, most) for end in _ENDS), default=-1)
    if cut >= most // 3:
        return text[: cut + 1]
    head = text[: most - 1]
    return (head[: head.rfind(" ")] if head.rfind(" ") > most // 2 else head) + "…"


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
