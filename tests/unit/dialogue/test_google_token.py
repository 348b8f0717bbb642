"""An access token that has run out is renewed once, and a refresh token that is not taken ends the writing."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime

import pytest

from dialogue.adapters.google_token import GoogleToken
from dialogue.adapters.youtube_chat import YouTubeChat
from dialogue.chat.line import ChatLine, FeedError
from tests.fakes.chat_platforms import KEY, VIDEO, YouTubeDouble, rows

pytestmark = pytest.mark.unit
LINE = ChatLine("youtube", "m1", "u1", "Ana", "how heavy?", datetime.now(UTC))


async def _written(feed: YouTubeChat, times: int) -> None:
    async for item in feed.lines():
        if item is None:
            break
    for _ in range(times):
        await feed.reply(LINE, "It weighs 1.2 kg.")


@pytest.mark.parametrize("token", ["", "an-old-one"])
def test_a_token_is_renewed_when_it_has_run_out(token: str) -> None:
    good = f"fresh-{random.randrange(10**9)}"
    double = YouTubeDouble([[*rows(["hello"], random.Random())]], accepts=good)
    with double.running() as api:
        renewal = GoogleToken("an-id", "a-secret", "a-refresh", address=api + "/token")
        asyncio.run(_written(YouTubeChat(VIDEO, KEY, poll_s=0.01, api=api, token=token, renewal=renewal), 3))
    assert len(double.renewed) == 1, "once, and kept"
    assert double.renewed[0]["refresh_token"] == ["a-refresh"] and double.renewed[0]["grant_type"] == ["refresh_token"]
    assert [bearer for bearer, _ in double.posted].count(f"Bearer {good}") == 3


def test_without_a_renewal_it_ends() -> None:
    double = YouTubeDouble([[*rows(["hello"], random.Random())]], accepts="another")
    with double.running() as api, pytest.raises(FeedError) as refused:
        asyncio.run(_written(YouTubeChat(VIDEO, KEY, poll_s=0.01, api=api, token="an-old-one"), 1))
    assert refused.value.final


def test_all_three_values_are_needed() -> None:
    names = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
    given = {f"NIGHTWINDOW_YOUTUBE_{name}": "x" for name in names}
    assert GoogleToken.from_environment(given) == GoogleToken("x", "x", "x")
    for name in given:
        assert GoogleToken.from_environment({k: v for k, v in given.items() if k != name}) is None
