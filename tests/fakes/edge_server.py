"""A stand-in for the read-aloud service that edge-tts speaks to: the same frames, its own sound (a tone for each word)."""

from __future__ import annotations

import io
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from xml.sax.saxutils import unescape

import numpy as np
import soundfile
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

RATE_HZ = 24_000
LEAD_S, WORD_S, GAP_S = 0.2, 0.25, 0.1


class EdgeServer:
    """requests: texts asked for; refuse_next: so many turns end without sound; hang: turns never answer; fault: "403" (no
    handshake), "half" (the line breaks in mid-sentence), "silence", "nothing" (no sound), "hang" or ""."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.refuse_next = 0
        self.hang = False
        self.fault = ""
        self.address = ""

    def admit(self, socket: ServerConnection, request: Request) -> Response | None:
        return socket.respond(403, "no\n") if self.fault == "403" else None

    async def handle(self, socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):  # the worker was ended in the middle of it
            await self._answer(socket)

    async def _answer(self, socket: ServerConnection) -> None:
        config = await socket.recv()
        assert "speech.config" in config and '"wordBoundaryEnabled":"true"' in config
        ssml = str(await socket.recv())
        text = unescape(re.search(r"<prosody[^>]*>(.*)</prosody>", ssml, re.DOTALL)[1])
        self.requests.append(text)
        if self.hang or self.fault == "hang":
            await socket.wait_closed()
            return
        await socket.send(_frame("turn.start", "{}"))
        if self.refuse_next:
            self.refuse_next -= 1
            await socket.send(_frame("turn.end", "{}"))
            return
        mp3, words = spoken(text, level=0.0 if self.fault == "silence" else 0.4)
        if self.fault == "nothing":
            mp3, words = b"", []
        if self.fault == "half":
            words, mp3 = words[: len(words) // 2], mp3[: len(mp3) // 2]
        for word, start_s in words:
            data = {
                "Offset": int(start_s * 1e7),
                "Duration": int(WORD_S * 1e7),
                "text": {"Text": word, "Length": len(word), "BoundaryType": "WordBoundary"},
            }
            await socket.send(_frame("audio.metadata", json.dumps({"Metadata": [{"Type": "WordBoundary", "Data": data}]})))
        for at in range(0, len(mp3), 720):
            await socket.send(_binary(mp3[at : at + 720]))
        if self.fault == "half":
            await socket.close()
            return
        await socket.send(_frame("turn.end", "{}"))


@asynccontextmanager
async def edge_server() -> AsyncIterator[EdgeServer]:
    """A running stand-in; `address` is what EdgeVoice takes."""
    state = EdgeServer()
    async with serve(state.handle, "127.0.0.1", 0, process_request=state.admit) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        state.address = f"ws://127.0.0.1:{port}/edge/v1?TrustedClientToken=none"
        yield state


def spoken(text: str, level: float = 0.4) -> tuple[bytes, list[tuple[str, float]]]:
    """A headerless mp3 as the service sends it, and each word with the second at which its tone begins."""
    words = [w for w in re.findall(r"\w+", text)]
    sound = np.zeros(int((LEAD_S + len(words) * (WORD_S + GAP_S) + 0.3) * RATE_HZ))
    times = []
    for i, word in enumerate(words):
        start_s = LEAD_S + i * (WORD_S + GAP_S)
        at = np.arange(int(WORD_S * RATE_HZ))
        sound[int(start_s * RATE_HZ) : int(start_s * RATE_HZ) + len(at)] = level * np.sin(2 * np.pi * 440 * at / RATE_HZ)
        times.append((word, start_s))
    file = io.BytesIO()
    soundfile.write(file, sound, RATE_HZ, format="MP3", subtype="MPEG_LAYER_III")
    return _without_info_frame(file.getvalue()), times


def _without_info_frame(mp3: bytes) -> bytes:
    """Drop the frame in which LAME notes its delay: the service's stream has none."""
    starts = [m.start() for m in re.finditer(rb"\xff[\xf2\xf3\xfa\xfb]", mp3[:4096])]
    return mp3[starts[1] :] if len(starts) > 1 and (b"Xing" in mp3[:512] or b"Info" in mp3[:512]) else mp3


def _frame(path: str, body: str) -> str:
    return f"X-RequestId:0\r\nContent-Type:application/json\r\nPath:{path}\r\n\r\n{body}"


def _binary(data: bytes) -> bytes:
    head = b"X-RequestId:0\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
    return len(head).to_bytes(2, "big") + head + data
