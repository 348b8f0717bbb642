"""Chat lines that another program sends: a signed JSON body. Pure.

The sender signs "<timestamp>.<body>" with HMAC-SHA256 and the shared secret; a body is good for FRESH_S and only once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from dialogue.chat.line import MAX_TEXT, ChatLine, Removed

FRESH_S = 300.0
MAX_BODY = 256 * 1024
MAX_LINES = 500
SIGNATURE, TIMESTAMP = "X-Nightwindow-Signature", "X-Nightwindow-Timestamp"
_FEED = re.compile(r"[a-z][a-z0-9-]{1,30}")


class WebhookError(ValueError):
    """A body that is not taken; one sentence. status: HTTP."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: Annotated[str, Field(min_length=1, max_length=200)]
    author: Annotated[str, Field(min_length=1, max_length=200)]
    name: Annotated[str, Field(max_length=100)] = ""
    text: Annotated[str, Field(max_length=MAX_TEXT)]
    sent_at: AwareDatetime | None = None
    language: Annotated[str, Field(max_length=20, pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")] = ""
    paid: bool = False


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    lines: Annotated[list[_Row], Field(max_length=MAX_LINES)] = []
    removed: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=MAX_LINES)] = []

    @model_validator(mode="after")
    def _something(self) -> _Body:
        if not self.model_fields_set:
            raise ValueError("give lines, or removed")
        return self


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """"sha256=<hex>" of a body. timestamp: seconds since 1970, in digits."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def read(feed: str, body: bytes, headers: Mapping[str, str], secret: str, wall_s: float) -> list[ChatLine | Removed]:
    """The lines of a signed body, then what it takes back. feed: from the address; wall_s: seconds since 1970.

    Raises WebhookError."""
    if not _FEED.fullmatch(feed):
        raise WebhookError("The name of the chat is 2 to 31 of a-z, 0-9 and -, beginning with a letter.", 404)
    timestamp = headers.get(TIMESTAMP) or ""
    expected = signature(secret, timestamp, body)
    if not hmac.compare_digest(expected.encode(), (headers.get(SIGNATURE) or "").encode()):
        raise WebhookError(f"{SIGNATURE} must be sha256=<HMAC-SHA256 of timestamp, a full stop and the body>, in hex.", 401)
    if not re.fullmatch(r"\d{1,12}", timestamp) or abs(wall_s - int(timestamp)) > FRESH_S:
        raise WebhookError(f"{TIMESTAMP} must be the time now, in seconds since 1970.", 401)
    try:
        given = _Body.model_validate_json(body)
    except ValidationError as error:
        first: Any = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the body"
        raise WebhookError(f"{where}: {first['msg']}; {len(error.errors())} mistakes in all.") from None
    now = datetime.fromtimestamp(wall_s, UTC)
    lines = [ChatLine(feed, r.id, r.author, r.name, r.text, r.sent_at or now, r.language, r.paid) for r in given.lines]
    return [*lines, *(Removed(feed, id_) for id_ in given.removed)]
