"""The chats of a show with everything that belongs to them, as show.toml asks."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Callable, Sequence

from dialogue.adapters.google_token import GoogleToken
from dialogue.adapters.webhook_replies import WebhookReplies
from dialogue.chat.line import ChatFeed, ChatReplies
from dialogue.policy import Policy
from showroom.chat import ChatRoom
from showroom.config import ShowConfig
from showroom.inquiries import Inquiries
from showroom.replying import Replying
from showroom.store import Store
from showroom.wiring import chat_secret


def make_chat_room(config: ShowConfig, feeds: Sequence[ChatFeed], inquiries: Inquiries, language: str, policy: Policy,
                   store: Store, alarm: Callable[[str], None], forget: Callable[[str], None]) -> ChatRoom:
    """language: of the show; forget(question id): ends what is being said for it."""
    return ChatRoom(feeds, inquiries, language, say_names=config.chat.say_names, monotonic=time.monotonic, wall_s=time.time,
                    sleep=asyncio.sleep, alarm=alarm, keep=store.chat_lines, salt=secrets.token_hex(16),
                    replying=make_replying(config, feeds, policy, alarm), forget=forget)


def make_replying(config: ShowConfig, feeds: Sequence[ChatFeed], policy: Policy,
                  alarm: Callable[[str], None]) -> Replying | None:
    """Who writes answers back, where show.toml wants it."""
    if not config.chat.reply:
        return None
    writers: dict[str, ChatReplies] = {feed.name: feed for feed in feeds if isinstance(feed, ChatReplies)}
    other = WebhookReplies(config.chat.reply_url, chat_secret()) if config.chat.reply_url else None
    return Replying(writers, policy, time.monotonic, alarm, config.chat.replies_per_minute, other)


def reply_mistakes(config: ShowConfig) -> list[str]:
    """What is missing to write answers back."""
    chat, found = config.chat, []
    if not chat.reply:
        return []
    if chat.youtube and not os.environ.get("NIGHTWINDOW_YOUTUBE_TOKEN") and GoogleToken.from_environment() is None:
        found.append("chat.reply: writing into the chat of YouTube needs the channel's OAuth token in "
                     "NIGHTWINDOW_YOUTUBE_TOKEN, or what renews it (docs/CHAT.md)")
    if chat.twitch and not os.environ.get("NIGHTWINDOW_TWITCH_TOKEN"):
        found.append("chat.reply: writing into the chat of Twitch needs a token with chat:edit in NIGHTWINDOW_TWITCH_TOKEN")
    if chat.webhook and not chat.reply_url.startswith(("https://", "http://")):
        found.append(f"chat.reply_url = {chat.reply_url!r}: give the address that takes the answers, with https://")
    return found
