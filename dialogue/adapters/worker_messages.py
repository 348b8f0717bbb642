"""The words between a voice's host side and its worker process: one JSON header and one block of bytes a message.

Layout: two big-endian uint32 (length of header, length of body), header (UTF-8 JSON object), body (raw bytes).
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import struct
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

LENGTHS = struct.Struct(">II")
MAX_BYTES = 64 << 20  # ten minutes of sound; more is a broken stream
MAX_WAITING = 64  # requests; the host sends one at a time


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


def serve(handler: Handler, cancel: Callable[[], None] | None = None, nice: int = 3,
          begin: Callable[[], None] = lambda: None) -> None:
    """Worker side: answer requests from stdin until it closes. What libraries print goes to stderr.

    An exception of the handler becomes {"error": sentence}; the worker lives on. cancel: called from another thread when
    the request under way is given up ({"cancel": its "id"}); the handler then raises, and that is the answer. Requests
    that were given up before their turn are answered with an error at once. nice: studio and host come first; below 0
    where this machine allows it. begin: called before each request, when nothing is under way that could be given up.
    """
    with contextlib.suppress(OSError):
        os.nice(nice)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _send(out, {"ready": True})
    inbox = _Inbox(cancel)
    threading.Thread(target=inbox.read, args=(sys.stdin.buffer,), daemon=True, name="requests").start()
    while (request := inbox.take()) is not None:
        begin()
        try:
            if inbox.given_up(request):
                raise RuntimeError("given up before its turn")
            reply, body = handler(request)
        except Exception as error:  # any failure of a foreign library is an answer, not the end
            name = "" if type(error) is RuntimeError else f"{type(error).__name__}: "  # what is raised here is a sentence
            reply, body = {"error": f"{name}{error}"}, b""
        inbox.answered()
        _send(out, reply, body)


class _Inbox:
    """Requests read by a thread, so that a cancellation is seen while the handler works."""

    def __init__(self, cancel: Callable[[], None] | None) -> None:
        self._cancel = cancel
        self._requests: queue.Queue[dict[str, Any] | None] = queue.Queue(MAX_WAITING)
        self._lock = threading.Lock()
        self._now = self._done = 0  # numbers of requests, which rise
        self._given_up: set[int] = set()

    def read(self, stdin: BinaryIO) -> None:
        """Until the stream closes."""
        while len(prefix := stdin.read(LENGTHS.size)) == LENGTHS.size:
            header_length, body_length = lengths(prefix)
            request = json.loads(stdin.read(header_length))
            stdin.read(body_length)
            if "cancel" in request:
                self._give_up(int(request["cancel"]))
            else:
                self._requests.put(request)
        self._requests.put(None)

    def take(self) -> dict[str, Any] | None:
        """The next request, None at the end."""
        return self._requests.get()

    def given_up(self, request: dict[str, Any]) -> bool:
        """Whether nobody waits for it any more; from here on it is the one under way."""
        with self._lock:
            self._now = int(request.get("id", self._done))
            return self._now in self._given_up

    def answered(self) -> None:
        """Nothing is under way."""
        with self._lock:
            self._given_up.discard(self._now)
            self._done, self._now = self._now, 0

    def _give_up(self, number: int) -> None:
        with self._lock:
            if number <= self._done:
                return  # too late: it has been answered
            self._given_up.add(number)
            if number == self._now and self._cancel is not None:
                self._cancel()


def _send(out: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    out.write(packed(header, body))
    out.flush()
