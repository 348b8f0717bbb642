"""A viewer without a browser: the socket protocol, spoken by hand."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from render.wire import CHUNK, STILL, VIDEO, decode_chunk


class Viewer:
    """Connects, says hello, keeps everything that comes with its time of arrival (monotonic s)."""

    def __init__(self, port: int, mode: str = "tour", language: str = "en") -> None:
        self._stack = contextlib.ExitStack()
        self._socket = self._stack.enter_context(
            connect(f"ws://127.0.0.1:{port}/", compression=None, max_size=None, open_timeout=10))
        self.texts: list[tuple[float, dict[str, Any]]] = []
        self.chunks: list[tuple[float, int, list[bytes], list[bytes]]] = []
        self.video: list[tuple[float, int, bool]] = []
        self.stills = 0
        self.closed = ""
        self._count = 0
        self.say({"type": "hello", "mode": mode, "language": language})
        threading.Thread(target=self._listen, daemon=True).start()

    def say(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self._socket.send(json.dumps(message))

    def _listen(self) -> None:
        try:
            for message in self._socket:
                now = time.monotonic()
                if isinstance(message, str):
                    self.texts.append((now, json.loads(message)))
                elif message[0] == CHUNK:
                    self.chunks.append((now, *decode_chunk(message)))
                elif message[0] == VIDEO:
                    self.video.append((now, int.from_bytes(message[4:12], "little"), message[2] == 1))
                elif message[0] == STILL:
                    self.stills += 1
        except ConnectionClosed as error:
            self.closed = str(error)

    def ask(self, text: str, language: str = "en", limit_s: float = 5.0) -> dict[str, Any]:
        """Ask and wait for the written answer (or refusal)."""
        self._count += 1
        page_id = f"t{self._count}"
        self.say({"type": "ask", "id": page_id, "text": text, "language": language})
        return self.wait(lambda m: m["type"] in ("answer", "refused") and m["id"] == page_id, limit_s)

    def wait(self, match: Any, limit_s: float) -> dict[str, Any]:
        """The first message (of those that came or will come) for which match is true."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            for _, message in list(self.texts):
                if match(message):
                    return message
            time.sleep(0.02)
        raise AssertionError(f"no such message within {limit_s:g} s; had {[m['type'] for _, m in self.texts][-20:]}")

    def cues(self, kind: str) -> list[dict[str, Any]]:
        """Cues of a kind that came, those of the hello included."""
        hello = [c for _, m in self.texts if m["type"] == "hello" for c in m["cues"]]
        return [c for c in [*hello, *(m for _, m in self.texts if m["type"] == "cue")] if c["cue"] == kind]

    def close(self) -> None:
        """Leave."""
        self._stack.close()
