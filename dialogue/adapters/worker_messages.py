"""The words between a voice's host side and its worker process: one JSON header and one block of bytes a message.

Layout: two big-endian uint32 (length of header, length of body), header (UTF-8 JSON object), body (raw bytes).
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

LENGTHS = struct.Struct(">II")
MAX_BYTES = 64 << 20  # ten minutes of sound; more is a broken stream


def packed(header: dict[str, Any], body: bytes = b"") -> bytes:
    """One message as bytes."""
    text = json.dumps(header, ensure_ascii=False).encode()
    return LENGTHS.pack(len(text), len(body)) + text + body


def lengths(prefix: bytes) -> tuple[int, int]:
    """Header and body length from the eight first bytes. Raises ValueError when the stream is out of step."""
    header, body = LENGTHS.unpack(prefix)
    if header > MAX_BYTES or body > MAX_BYTES:
        raise ValueError("a message is longer than any voice could send")
    return header, body


Handler = Callable[[dict[str, Any]], tuple[dict[str, Any], bytes]]


def serve(handler: Handler) -> None:
    """Worker side: answer requests from stdin until it closes. What libraries print goes to stderr.

    An exception of the handler becomes {"error": sentence}; the worker lives on.
    """
    os.nice(3)  # studio and host come first
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    stdin = sys.stdin.buffer
    _send(out, {"ready": True})
    while True:
        prefix = stdin.read(LENGTHS.size)
        if len(prefix) < LENGTHS.size:
            return
        header_length, body_length = lengths(prefix)
        request = json.loads(stdin.read(header_length))
        stdin.read(body_length)
        try:
            reply, body = handler(request)
        except Exception as error:  # any failure of a foreign library is an answer, not the end
            reply, body = {"error": f"{type(error).__name__}: {error}"}, b""
        _send(out, reply, body)


def _send(out: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    out.write(packed(header, body))
    out.flush()
