"""The chat of a Twitch channel, read over its IRC websocket; no account is needed to read.

https://dev.twitch.tv/docs/chat/irc/ (IRCv3 tags, RECONNECT, PING)
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from assets.checked import FieldError
from dialogue.chat.line import MAX_TEXT, ChatLine, FeedError, Removed

ADDRESS = "wss://irc-ws.chat.twitch.tv:443"
PING_S = 60.0  # Twitch asks about every five minutes; we ask more often, to see a dead line sooner
_CHANNEL = re.compile(r"[a-z0-9_]{2,25}")
_ESCAPES = {":": ";", "s": " ", "\\": "\\", "r": "\r", "n": "\n"}


@dataclass(frozen=True, slots=True)
class Message:
    """One IRC message. tags: unescaped; nick: of the prefix; parameters: the trailing one last."""

    tags: dict[str, str]
    nick: str
    command: str
    parameters: tuple[str, ...]


class TwitchChat:
    """channel: its name, as in the address; token: an OAuth token with chat:read (and chat:edit to write answers) of `user`,
    the channel's own where that is ""; without a token it is read without an account."""

    name = "twitch"
    most_characters = 450
    silence_s = 2.5 * PING_S

    def __init__(self, channel: str, token: str = "", *, address: str = ADDRESS, ping_s: float = PING_S,
                 user: str = "") -> None:
        self._user = user.lower()
        self._socket: ClientConnection | None = None
        self._channel = channel.lower().lstrip("#")
        if not _CHANNEL.fullmatch(self._channel):
            raise ValueError(f"{channel!r} is no Twitch channel: 2 to 25 of a-z, 0-9 and _")
        self._token, self._address, self._ping_s = token.removeprefix("oauth:"), address, ping_s

    async def lines(self) -> AsyncIterator[ChatLine | Removed | None]:
        """See ChatFeed; None for every message that is no line."""
        try:
            async with connect(self._address, open_timeout=15, max_size=64 * 1024) as socket:
                await self._greet(socket)
                asking = asyncio.create_task(self._ask(socket))
                self._socket = socket
                try:
                    async for frame in socket:
                        text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
                        for written in text.split("\r\n"):
                            message = parse(written)
                            if message is None:
                                continue
                            if message.command == "PING":
                                await socket.send(f"PONG :{message.parameters[-1] if message.parameters else ''}")
                            _stop_on(message, self._channel)
                            yield _line(message)
                finally:
                    self._socket = None
                    asking.cancel()
        except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
            raise FeedError(f"Twitch: no connection ({type(error).__name__})") from None
        except ConnectionClosed as error:
            raise FeedError(f"Twitch: the connection broke ({error.code if error.rcvd else 'no word'})") from None
        raise FeedError("Twitch: the connection was closed")

    async def reply(self, line: ChatLine, text: str) -> None:
        """See ChatReplies. Under the line, as Twitch shows answers."""
        if not self._token:
            raise FeedError("Twitch: writing needs a token with chat:edit in NIGHTWINDOW_TWITCH_TOKEN", final=True)
        if self._socket is None:
            raise FeedError("Twitch: no connection to write over now")
        words = " ".join(text.split())[: self.most_characters]  # no line break: it would begin a command
        try:
            await self._socket.send(f"@reply-parent-msg-id={_tag(line.id)} PRIVMSG #{self._channel} :{words}")
        except ConnectionClosed:
            raise FeedError("Twitch: the connection broke") from None

    async def _greet(self, socket: ClientConnection) -> None:
        nick = f"justinfan{random.randrange(10_000, 99_999)}"  # Twitch's own convention for readers without an account
        await socket.send("CAP REQ :twitch.tv/tags twitch.tv/commands")
        await socket.send(f"PASS oauth:{self._token}" if self._token else "PASS anonymous")
        await socket.send(f"NICK {(self._user or self._channel) if self._token else nick}")
        await socket.send(f"JOIN #{self._channel}")

    async def _ask(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(self._ping_s)
            try:
                await socket.send("PING :nightwindow")
            except ConnectionClosed:
                return


def parse(written: str) -> Message | None:
    """An IRC message with IRCv3 tags; None for an empty or broken line."""
    rest, tags, nick = written.strip("\r\n"), {}, ""
    if rest.startswith("@"):
        head, _, rest = rest[1:].partition(" ")
        for pair in head.split(";"):
            key, _, value = pair.partition("=")
            tags[key] = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), value)
    rest = rest.lstrip(" ")
    if rest.startswith(":"):
        prefix, _, rest = rest[1:].partition(" ")
        nick = prefix.partition("!")[0]
    middle, colon, trailing = rest.partition(" :")
    words = middle.split()
    if not words:
        return None
    return Message(tags, nick, words[0].upper(), (*words[1:], *((trailing,) if colon else ())))


def _stop_on(message: Message, channel: str) -> None:
    said = message.parameters[-1] if message.parameters else ""
    if message.command == "RECONNECT":
        raise FeedError("Twitch: asks to connect again")
    if message.command == "NOTICE" and ("authentication failed" in said or "Improperly formatted auth" in said):
        raise FeedError("Twitch: the token is not accepted; read without one, or make a new one", final=True)
    if message.command == "NOTICE" and message.tags.get("msg-id") in ("msg_channel_suspended", "msg_banned"):
        raise FeedError(f"Twitch: {channel} cannot be read ({message.tags['msg-id']})", final=True)


def _tag(value: str) -> str:
    """A value for an IRCv3 tag: nothing in it ends the tag or the line."""
    return re.sub(r"[^\w-]", "", value)


def _line(message: Message) -> ChatLine | Removed | None:
    if message.command == "CLEARMSG" and message.tags.get("target-msg-id"):
        return Removed("twitch", message.tags["target-msg-id"])
    if message.command == "CLEARCHAT" and message.tags.get("target-user-id"):
        return Removed("twitch", author=message.tags["target-user-id"])
    if message.command != "PRIVMSG" or len(message.parameters) < 2:
        return None
    tags, text = message.tags, message.parameters[-1]
    if text.startswith("\x01ACTION "):
        text = text[8:].rstrip("\x01")
    try:
        sent_at = datetime.fromtimestamp(int(tags["tmi-sent-ts"]) / 1000, UTC)
        return ChatLine("twitch", tags["id"], tags.get("user-id") or message.nick, tags.get("display-name") or message.nick,
                        text[:MAX_TEXT], sent_at, paid=tags.get("bits", "0") != "0")
    except (KeyError, ValueError, OverflowError, OSError, FieldError):
        return None
