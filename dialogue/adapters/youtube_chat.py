"""The live chat of a YouTube broadcast, read by polling the Data API v3 (liveChatMessages.list).

One poll costs 5 units of a quota of 10,000 a day unless Google grants more: POLL_S keeps a night of 13 hours inside it.
https://developers.google.com/youtube/v3/live/docs/liveChatMessages/list
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx

from assets.checked import FieldError
from dialogue.adapters.google_token import GoogleToken
from dialogue.chat.line import MAX_TEXT, ChatLine, FeedError, Removed

API = "https://www.googleapis.com/youtube/v3"
POLL_S = 25.0
TIMEOUT_S = 15.0
NOT_LIVE_S = 60.0  # how long to leave a broadcast alone that has no chat yet
RATE_WAIT_S, QUOTA_WAIT_S = 60.0, 3600.0
_PAID = ("superChatEvent", "superStickerEvent")
_FINAL = {"liveChatEnded": "the live chat has ended", "liveChatDisabled": "the live chat is switched off",
          "keyInvalid": "the API key is not accepted", "forbidden": "the API key may not read this chat",
          "accessNotConfigured": "the API key's project has not switched on the YouTube Data API v3"}


class YouTubeChat:
    """video: id of the broadcast (what stands after v= in its address); key: an API key; token: an OAuth token of the channel
    (scope youtube.force-ssl), only to write answers: 50 units of the quota each; renewal: gives another when it has run out."""

    name = "youtube"
    most_characters = 200

    def __init__(self, video: str, key: str, *, poll_s: float = POLL_S, api: str = API,
                 sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, token: str = "",
                 renewal: GoogleToken | None = None) -> None:
        self._token, self._renewal = token, renewal
        self._video, self._key, self._poll_s, self._api, self._sleep = video, key, poll_s, api, sleep
        self.silence_s = 4 * poll_s + 3 * TIMEOUT_S
        self._chat = self._page = ""

    async def lines(self) -> AsyncIterator[ChatLine | Removed | None]:
        """See ChatFeed; None after each poll."""
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            if not self._chat:
                self._chat, self._page = await self._find(client), ""
            while True:
                given = {"liveChatId": self._chat, "part": "snippet,authorDetails", "maxResults": "2000"}
                found = await self._get(client, "liveChat/messages", given | ({"pageToken": self._page} if self._page else {}))
                for item in found.get("items") or ():
                    if (line := _line(item)) is not None:
                        yield line
                yield None
                self._page = str(found.get("nextPageToken") or self._page)
                if found.get("offlineAt"):
                    self._chat = ""
                    raise FeedError("YouTube: the broadcast went offline", wait_s=NOT_LIVE_S)
                asked_s = float(found.get("pollingIntervalMillis") or 0) / 1000
                await self._sleep(max(self._poll_s, asked_s))

    async def reply(self, line: ChatLine, text: str) -> None:
        """See ChatReplies."""
        if not self._chat:
            raise FeedError("YouTube: there is no chat to write into now")
        named = f"@{line.name} " if line.name else ""
        body = {"snippet": {"liveChatId": self._chat, "type": "textMessageEvent",
                            "textMessageDetails": {"messageText": f"{named}{text}"[: self.most_characters]}}}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                if self._renewal is not None and not self._token:
                    self._token = await self._renewal.fresh(client)
                answer = await self._written(client, body)
                if answer.status_code == 401 and self._renewal is not None:  # an hour is over
                    self._token = await self._renewal.fresh(client)
                    answer = await self._written(client, body)
        except httpx.HTTPError as error:
            raise FeedError(f"YouTube: no answer ({type(error).__name__})") from None
        if answer.status_code in (401, 403):
            reason = _reason(_json(answer))
            limited = reason in ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded")
            raise FeedError(f"YouTube: the answer was not taken ({reason or answer.status_code})", final=not limited)
        if answer.status_code >= 300:
            raise FeedError(f"YouTube: the answer was not taken ({answer.status_code})")

    async def _written(self, client: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
        return await client.post(f"{self._api}/liveChat/messages", params={"part": "snippet"}, json=body,
                                 headers={"Authorization": f"Bearer {self._token}"})

    async def _find(self, client: httpx.AsyncClient) -> str:
        found = await self._get(client, "videos", {"part": "liveStreamingDetails", "id": self._video})
        items = found.get("items") or ()
        if not items:
            raise FeedError(f"YouTube: there is no video {self._video!r}; give the id that stands after v= in its address",
                            final=True)
        chat = items[0].get("liveStreamingDetails", {}).get("activeLiveChatId")
        if not chat:
            raise FeedError(f"YouTube: {self._video} has no live chat now", wait_s=NOT_LIVE_S)
        return str(chat)

    async def _get(self, client: httpx.AsyncClient, path: str, query: dict[str, str]) -> dict[str, Any]:
        try:
            # The key goes in a header: addresses end up in logs.
            reply = await client.get(f"{self._api}/{path}", params=query, headers={"X-Goog-Api-Key": self._key})
        except httpx.HTTPError as error:
            raise FeedError(f"YouTube: no answer ({type(error).__name__})") from None
        value = _json(reply)
        if reply.status_code == 200 and isinstance(value, dict):
            return value
        reason = _reason(value)
        if reason in _FINAL:
            raise FeedError(f"YouTube: {_FINAL[reason]}", final=True)
        if reason in ("quotaExceeded", "dailyLimitExceeded"):
            raise FeedError("YouTube: today's quota is used up; ask Google for more or poll less often", wait_s=QUOTA_WAIT_S)
        if reason in ("rateLimitExceeded", "userRateLimitExceeded") or reply.status_code == 429:
            raise FeedError("YouTube: asked too often", wait_s=RATE_WAIT_S)
        if reason in ("liveChatNotFound", "pageTokenInvalid", "invalidPageToken"):
            self._chat = self._page = ""
        raise FeedError(f"YouTube: answer {reply.status_code}{f' ({reason})' if reason else ''}")


def _json(reply: httpx.Response) -> Any:
    try:
        return reply.json()
    except ValueError:
        return None


def _reason(value: Any) -> str:
    try:
        error = value["error"]
        reasons = [str(e["reason"]) for e in error.get("errors", ())]
        details = [str(d["reason"]) for d in error.get("details", ()) if "reason" in d]
    except (TypeError, KeyError, AttributeError):
        return ""
    return "keyInvalid" if "API_KEY_INVALID" in details else next(iter(reasons), "")


def _line(item: Any) -> ChatLine | Removed | None:
    """A message as a line, or what a moderator took back; None for what is neither (joins, polls) or cannot be read."""
    try:
        snippet = item["snippet"]
        kind = snippet["type"]
        if kind == "tombstone":
            return Removed("youtube", str(item["id"]))
        if kind == "messageDeletedEvent":
            return Removed("youtube", str(snippet["messageDeletedDetails"]["deletedMessageId"]))
        if kind == "userBannedEvent":
            return Removed("youtube", author=str(snippet["userBannedDetails"]["bannedUserDetails"]["channelId"]))
        author = item["authorDetails"]
        if kind != "textMessageEvent" and kind not in _PAID:
            return None
        text = str(snippet.get("superChatDetails", {}).get("userComment") or snippet.get("displayMessage") or "")
        return ChatLine("youtube", str(item["id"]), str(author["channelId"]), str(author.get("displayName") or "").lstrip("@"),
                        text[:MAX_TEXT], datetime.fromisoformat(str(snippet["publishedAt"])), paid=kind in _PAID)
    except (KeyError, TypeError, AttributeError, ValueError, FieldError):
        return None
