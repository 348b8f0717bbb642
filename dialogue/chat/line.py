"""A line of a live chat, and the port through which lines come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from assets.checked import require

MAX_TEXT = 2000  # characters; platforms allow 200 (YouTube) to 500 (Twitch)


@dataclass(frozen=True, slots=True)
class ChatLine:
    """feed: name of the feed ("youtube", "twitch", a webhook's own); id: the platform's, unique in the feed; author: the
    platform's id of the writer; name: shown beside the line, "" for none; text: as written; sent_at: with a time zone;
    language: BCP 47 where the platform knows it, else ""; paid: the writer paid to be seen."""

    feed: str
    id: str
    author: str
    name: str
    text: str
    sent_at: datetime
    language: str = ""
    paid: bool = False

    def __post_init__(self) -> None:
        for field in ("feed", "id", "author"):
            value = getattr(self, field)
            require(0 < len(value) <= 200, "ChatLine", field, value[:40], "1 to 200 characters")
        require(len(self.text) <= MAX_TEXT, "ChatLine", "text", f"{len(self.text)} characters", f"at most {MAX_TEXT}")
        require(self.sent_at.tzinfo is not None, "ChatLine", "sent_at", self.sent_at, "a time with its time zone")


@dataclass(frozen=True, slots=True)
class Removed:
    """A moderator took something back. feed: as of the lines; id: of the line, "" for all of `author`'s."""

    feed: str
    id: str = ""
    author: str = ""


class FeedError(RuntimeError):
    """A feed broke off; one sentence. final: trying again is of no use (wrong key, chat over); wait_s: the platform asks
    to be left alone that long, 0 for no wish."""

    def __init__(self, message: str, *, final: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.final, self.wait_s = final, wait_s


class ChatFeed(Protocol):
    """One chat of one platform. Iterated again after it ended: goes on where it was, some lines may come twice."""

    name: str
    silence_s: float  # without a line or a sign of life for that long, the connection is dead

    def lines(self) -> AsyncIterator[ChatLine | Removed | None]:
        """Lines as they come, and what moderators took back; None is a sign of life without one. Raises FeedError; ends when
        the peer ends it."""
        ...


@runtime_checkable
class ChatReplies(Protocol):
    """Writes answers into a chat. most_characters: that the platform takes."""

    most_characters: int

    async def reply(self, line: ChatLine, text: str) -> None:
        """Write under (or to the writer of) a line. Raises FeedError, final where trying again is of no use."""
        ...
