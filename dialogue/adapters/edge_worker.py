"""The process that speaks with Microsoft's read-aloud service through edge-tts. Started by dialogue.adapters.edge.

The service may hang, refuse or send nothing; the first sound must come within the request's limit, and one retry follows.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import io
from typing import Any

from dialogue.adapters.worker_messages import serve

TICKS_PER_S = 10_000_000  # of the service's word times
# A headerless LAME stream decodes late by the encoder's 576 and the decoder's 529 samples: 46.0 ms at 24 kHz (measured).
MP3_DELAY_SAMPLES = 576 + 529
ATTEMPTS = 2
WHOLE = 0.7  # of the letters must be among the words it reports; the rest may be signs that it says otherwise


class EdgeHandler:
    """Requests: {"text", "voice", "rate", "pitch", "first_sound_s", "address"}."""

    def __init__(self) -> None:
        """What a request needs is loaded before the first one: its time is the service's."""
        for name in ("edge_tts.communicate", "soundfile", "dialogue.polish"):
            importlib.import_module(name)
        self._under_way: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None

    def __call__(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """{"words": [[text, start_s, end_s]..]} and the sound as int16 at 48 kHz."""
        try:
            mp3, words = asyncio.run(self._watched(request))
        except asyncio.CancelledError:
            raise RuntimeError("given up") from None
        raw, rate_hz = _decoded(mp3)
        if words and len(raw) / rate_hz < words[-1][1]:
            raise RuntimeError("the sound ends before its last word")
        from dialogue.polish import finished

        sound = finished(raw, rate_hz, warm=False)
        return {"words": words}, sound.tobytes()

    def cancel(self) -> None:
        """From another thread: the connection under way is closed, so that the next sentence need not wait for the service."""
        if (under_way := self._under_way) is not None:
            loop, task = under_way
            with contextlib.suppress(RuntimeError):  # it has just ended
                loop.call_soon_threadsafe(task.cancel)

    async def _watched(self, request: dict[str, Any]) -> tuple[bytes, list[list[Any]]]:
        task = asyncio.current_task()
        assert task is not None
        self._under_way = asyncio.get_running_loop(), task
        try:
            return await _fetched(request)
        finally:
            self._under_way = None


async def _fetched(request: dict[str, Any]) -> tuple[bytes, list[list[Any]]]:
    import edge_tts
    import edge_tts.communicate

    if request.get("address"):  # a stand-in for the service
        edge_tts.communicate.WSS_URL = request["address"]
    last: Exception | None = None
    for _ in range(ATTEMPTS):
        try:
            return await _once(edge_tts.Communicate(
                request["text"], request["voice"], rate=request["rate"], pitch=request["pitch"],
                boundary="WordBoundary",  # the default since 7.2.0 reports sentences only
            ), request["text"], request["first_sound_s"])
        except Exception as error:  # whatever the network does; the second time it is the answer
            last = error
    raise RuntimeError(f"no sound after {ATTEMPTS} attempts ({_why(last, request['first_sound_s'])})")


def _why(error: Exception | None, limit_s: float) -> str:
    """What an operator can do something with: libraries name their sockets."""
    if isinstance(error, TimeoutError):
        return f"no sound within {limit_s:g} s"
    if status := getattr(error, "status", 0):
        return f"the service answered {status}"
    if isinstance(error, OSError) or type(error).__name__ in ("ServerDisconnectedError", "ClientPayloadError"):
        return "the service cannot be reached"
    if type(error).__name__ == "NoAudioReceived":
        return "the service sent no sound"
    return str(error) if isinstance(error, RuntimeError) else f"{type(error).__name__}: {error}"


async def _once(talk: Any, request_text: str, first_sound_s: float) -> tuple[bytes, list[list[Any]]]:
    mp3, words = bytearray(), []
    stream = talk.stream()
    try:
        async with asyncio.timeout(first_sound_s) as limit:
            async for chunk in stream:
                if chunk["type"] == "audio":
                    mp3 += chunk["data"]
                    limit.reschedule(asyncio.get_running_loop().time() + first_sound_s)  # it may not stall later either
                elif chunk["type"] == "WordBoundary":
                    start_s = chunk["offset"] / TICKS_PER_S
                    words.append([chunk["text"], start_s, start_s + chunk["duration"] / TICKS_PER_S])
    finally:
        await stream.aclose()
    if words and _letters("".join(w[0] for w in words)) < WHOLE * _letters(request_text):
        raise RuntimeError("the service broke off in the middle of the text")
    return bytes(mp3), words


def _letters(text: str) -> int:
    return sum(c.isalnum() for c in text)


def _decoded(mp3: bytes) -> tuple[Any, int]:
    """The samples without the codec's delay; a stream with a LAME header is decoded without it already."""
    import soundfile

    raw, rate_hz = soundfile.read(io.BytesIO(mp3), dtype="int16")
    if not any(mark in mp3[:512] for mark in (b"Xing", b"Info", b"LAME")):
        raw = raw[MP3_DELAY_SAMPLES:]
    if not len(raw):
        raise RuntimeError("the service sent no sound")
    return raw, rate_hz


if __name__ == "__main__":
    edge = EdgeHandler()
    serve(edge, cancel=edge.cancel)
