"""Answers for the program that sends chat lines by webhook: a signed JSON body to an address of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import httpx

from dialogue.chat.line import ChatLine, FeedError
from dialogue.chat.webhook import SIGNATURE, TIMESTAMP, signature

TIMEOUT_S = 10.0


class WebhookReplies:
    """address: https://… that takes the answers; secret: the one that lines are signed with."""

    most_characters = 500

    def __init__(self, address: str, secret: str, wall_s: Callable[[], float] = time.time) -> None:
        self._address, self._secret, self._wall_s = address, secret, wall_s

    async def reply(self, line: ChatLine, text: str) -> None:
        """See ChatReplies."""
        body = json.dumps({"feed": line.feed, "id": line.id, "author": line.author, "text": text}, ensure_ascii=False).encode()
        stamp = str(int(self._wall_s()))
        headers = {"Content-Type": "application/json", TIMESTAMP: stamp, SIGNATURE: signature(self._secret, stamp, body)}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                answer = await client.post(self._address, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise FeedError(f"{line.feed}: the address for answers gives none ({type(error).__name__})") from None
        if answer.status_code in (401, 403, 404, 410):
            raise FeedError(f"{line.feed}: the address for answers refuses them ({answer.status_code})", final=True)
        if answer.status_code >= 300:
            raise FeedError(f"{line.feed}: the address for answers gives {answer.status_code}")
