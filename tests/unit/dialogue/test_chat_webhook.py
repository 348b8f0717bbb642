"""Signed bodies: taken when they are fresh and whole, refused in one sentence otherwise."""

from __future__ import annotations

import json
import random
import secrets
import time

import pytest

from dialogue.chat.webhook import FRESH_S, MAX_LINES, SIGNATURE, TIMESTAMP, WebhookError, read, signature

pytestmark = pytest.mark.unit


def body(*rows: dict[str, object]) -> bytes:
    return json.dumps({"lines": rows}, ensure_ascii=False).encode()


def signed(data: bytes, secret: str, at_s: float) -> dict[str, str]:
    stamp = str(int(at_s))
    return {SIGNATURE: signature(secret, stamp, data), TIMESTAMP: stamp}


def test_signed_lines_are_read() -> None:
    secret, now = secrets.token_hex(16), time.time()
    words = f"многие {random.randrange(1000)} 防水?"
    data = body({"id": "1", "author": "u", "name": "Ana", "text": words, "language": "pt-BR", "paid": True},
                {"id": "2", "author": "u", "text": "x", "sent_at": "2026-01-01T10:00:00Z"})
    first, second = read("tiktok", data, signed(data, secret, now), secret, now + 5)
    assert (first.feed, first.text, first.name, first.paid, first.language) == ("tiktok", words, "Ana", True, "pt-BR")
    assert second.sent_at.year == 2026 and abs(first.sent_at.timestamp() - now) < 10


@pytest.mark.parametrize(("spoil", "status"), [
    (lambda d, h, s, n: (d + b" ", h, s, n), 401), (lambda d, h, s, n: (d, h, s + "x", n), 401),
    (lambda d, h, s, n: (d, h, s, n + FRESH_S + 2), 401), (lambda d, h, s, n: (d, h, s, n - FRESH_S - 2), 401),
    (lambda d, h, s, n: (d, {**h, TIMESTAMP: str(int(n) + 1)}, s, n), 401), (lambda d, h, s, n: (d, {}, s, n), 401),
    (lambda d, h, s, n: (d, {**h, SIGNATURE: "sha256="}, s, n), 401)])
def test_what_is_not_signed_is_not_read(spoil, status: int) -> None:
    secret, now = secrets.token_hex(16), time.time()
    data = body({"id": "1", "author": "u", "text": "hi"})
    with pytest.raises(WebhookError) as caught:
        data, headers, key, at = spoil(data, signed(data, secret, now), secret, now)
        read("tiktok", data, headers, key, at)
    assert caught.value.status == status and "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [
    b"", b"[]", b"{}", b'{"lines": 3}', b"\xff\xfe", b'{"lines": [{"id": "1"}]}', body({"id": "", "author": "u", "text": "x"}),
    body({"id": "1", "author": "u", "text": "x" * 3000}), body({"id": "1", "author": "u", "text": "x", "evil": 1}),
    body({"id": "1", "author": "u", "text": "x", "sent_at": "2026-01-01T10:00:00"}),
    body({"id": "1", "author": "u", "text": "x", "language": "<script>"}),
    body(*[{"id": str(n), "author": "u", "text": "x"} for n in range(MAX_LINES + 1)])])
def test_a_signed_body_that_is_wrong_gets_one_sentence(data: bytes) -> None:
    secret, now = secrets.token_hex(16), time.time()
    with pytest.raises(WebhookError) as caught:
        read("tiktok", data, signed(data, secret, now), secret, now)
    assert caught.value.status == 400 and "\n" not in str(caught.value)
    for name in ("", "A", "../x", "x" * 50, "1a"):
        with pytest.raises(WebhookError):
            read(name, data, {}, secret, now)
