"""The viewers: one websocket each, one bounded buffer each, every broadcast message serialised once for all.

Poses are replaceable and are dropped first; sound and cues are not: a viewer that cannot keep up with them is closed
with "too slow" and may come back. Video falls back to the next key frame.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State

from render.wire import decode_chunk, encode_chunk, encode_still, encode_video
from showroom.viewer_protocol import MAX_TEXT_BYTES, Ask, Hello, Mode, Ping, ProtocolError, parse, text

log = structlog.get_logger("audience")

TOUR_LIMIT_BYTES = 64 * 1024
WATCH_LIMIT_BYTES = 512 * 1024
HARD_FACTOR = 3  # sound and cues may overshoot a limit this much before the viewer is closed
DROPS_PER_MINUTE = 3
MESSAGES_PER_S = 20
TCP_NOTSENT_LOWAT = 25  # Linux: keep unsent data in our buffer, where we can see it
NOTSENT_BYTES = 16 * 1024
TOO_SLOW = 1013


@dataclass(slots=True, eq=False)
class Viewer:
    """One connection. id: pseudonym; needs_key: video resumes at a key frame."""

    id: str
    connection: ServerConnection
    mode: str
    language: str
    needs_key: bool = True
    drops: list[float] = field(default_factory=list)
    received: list[float] = field(default_factory=list)

    @property
    def backlog(self) -> int:
        """Bytes that wait in our process."""
        return self.connection.transport.get_write_buffer_size()


class Audience:
    """snapshot(): JSON fields of the hello message and the cues of now; on_ask(viewer, ask): a question."""

    def __init__(self, *, snapshot: Callable[[], dict[str, Any]], on_ask: Callable[[Viewer, Ask], None],
                 now: Callable[[], int], new_id: Callable[[], str], max_viewers: int,
                 allowed_origins: tuple[str, ...] = (), monotonic: Callable[[], float] = time.monotonic) -> None:
        self._snapshot, self._on_ask, self._now, self._new_id = snapshot, on_ask, now, new_id
        self._max_viewers, self._origins, self._monotonic = max_viewers, allowed_origins, monotonic
        self._viewers: set[Viewer] = set()
        self._server: Server | None = None
        self._last_still: bytes | None = None
        self.poses_dropped = self.video_drops = self.closed_slow = 0

    @property
    def count(self) -> dict[str, int]:
        """Viewers by mode."""
        modes = [v.mode for v in self._viewers]
        return {mode: modes.count(mode) for mode in ("tour", "watch", "listen")}

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._server = await serve(self._handle, host, port, compression=None, max_size=MAX_TEXT_BYTES,
                                   process_request=self._check_origin, ping_interval=20, ping_timeout=20,
                                   write_limit=TOUR_LIMIT_BYTES, server_header=None)

    async def close(self) -> None:
        """Say goodbye (1001) and stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _check_origin(self, connection: ServerConnection, request: Request) -> Response | None:
        """Only our own page may open a socket from a browser."""
        origin = request.headers.get("Origin")
        host = (request.headers.get("Host") or "").rsplit(":", 1)[0]
        if origin is None or origin in self._origins or urlsplit(origin).hostname == host.strip("[]"):
            return None
        return connection.respond(403, f"Pages of {origin} may not open the show; name it in server.allowed_origins.\n")

    async def _handle(self, connection: ServerConnection) -> None:
        sock = connection.transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            with contextlib.suppress(OSError):  # not Linux: the viewer's backlog is then seen later
                sock.setsockopt(socket.IPPROTO_TCP, TCP_NOTSENT_LOWAT, NOTSENT_BYTES)
        viewer: Viewer | None = None
        try:
            if len(self._viewers) >= self._max_viewers:
                await connection.close(TOO_SLOW, "the showroom is full, try again in a minute")
                return
            hello = parse(await asyncio.wait_for(connection.recv(), 10))
            if not isinstance(hello, Hello):
                raise ProtocolError("the first message must be hello")
            viewer = Viewer(hello.viewer or self._new_id(), connection, hello.mode, hello.language)
            self._welcome(viewer)
            async for message in connection:
                self._take(viewer, parse(message))
        except ProtocolError as error:
            await connection.close(1008, str(error)[:120])
        except TimeoutError:
            await connection.close(1008, "no hello within 10 s")
        except ConnectionClosed:
            pass
        finally:
            if viewer is not None:
                self._viewers.discard(viewer)

    def _welcome(self, viewer: Viewer) -> None:
        self.send(viewer, text("hello", viewer=viewer.id, mode=viewer.mode, now=self._now(), **self._snapshot()))
        if self._last_still is not None and viewer.mode == "watch":
            self._write(viewer, self._last_still)
        self._viewers.add(viewer)

    def _take(self, viewer: Viewer, message: Hello | Ask | Mode | Ping) -> None:
        now = self._monotonic()
        viewer.received = [t for t in viewer.received if now - t < 1.0] + [now]
        if len(viewer.received) > MESSAGES_PER_S:
            raise ProtocolError("too many messages a second")
        if isinstance(message, Ping):
            self.send(viewer, text("pong", t=message.t, now=self._now()))
        elif isinstance(message, Mode):
            viewer.mode, viewer.needs_key = message.mode, True
            if message.mode == "watch" and self._last_still is not None:
                self._write(viewer, self._last_still)
        elif isinstance(message, Ask):
            self._on_ask(viewer, message)

    def send(self, viewer: Viewer, message: str) -> None:
        """One control message to one viewer."""
        self._write(viewer, _text_frame(message))
        self._close_if_slow(viewer)

    def send_to(self, viewer_id: str, message: str) -> bool:
        """One control message to every page of a pseudonym; False when none is here."""
        found = [v for v in self._viewers if v.id == viewer_id]
        for viewer in found:
            self.send(viewer, message)
        return bool(found)

    def broadcast(self, message: str) -> None:
        """One control message to all."""
        frame = _text_frame(message)
        for viewer in list(self._viewers):
            self._write(viewer, frame)
            self._close_if_slow(viewer)

    def broadcast_chunk(self, data: bytes) -> None:
        """0.1 s of poses and sound to all; sound only to those that are behind."""
        full = _binary_frame(data)
        sound: bytes | None = None
        for viewer in list(self._viewers):
            if viewer.mode == "tour" and viewer.backlog <= TOUR_LIMIT_BYTES:
                self._write(viewer, full)
                continue
            if sound is None:
                at, _poses, opus = decode_chunk(data)
                sound = _binary_frame(encode_chunk(at, (), opus))
            if viewer.mode == "tour":
                self.poses_dropped += 1
            self._write(viewer, sound)
            self._close_if_slow(viewer)

    def broadcast_video(self, at: int, key: bool, data: bytes) -> None:
        """One access unit to those who watch."""
        frame: bytes | None = None
        for viewer in list(self._viewers):
            if viewer.mode != "watch" or (viewer.needs_key and not key):
                continue
            if viewer.backlog > WATCH_LIMIT_BYTES:
                self._drop_video(viewer)
                continue
            viewer.needs_key = False
            frame = frame or _binary_frame(encode_video(at, key, data))
            self._write(viewer, frame)

    def keep_still(self, at: int, jpeg: bytes) -> None:
        """The newest picture, for the first second of those who come."""
        self._last_still = _binary_frame(encode_still(at, jpeg))

    @property
    def wants_key(self) -> bool:
        """Somebody waits for a key frame."""
        return any(v.mode == "watch" and v.needs_key for v in self._viewers)

    def _drop_video(self, viewer: Viewer) -> None:
        now = self._monotonic()
        viewer.needs_key = True
        self.video_drops += 1
        viewer.drops = [t for t in viewer.drops if now - t < 60] + [now]
        if len(viewer.drops) >= DROPS_PER_MINUTE:
            self._close(viewer)

    def _close_if_slow(self, viewer: Viewer) -> None:
        limit = WATCH_LIMIT_BYTES if viewer.mode == "watch" else TOUR_LIMIT_BYTES
        if viewer.backlog > limit * HARD_FACTOR:
            self._close(viewer)

    def _close(self, viewer: Viewer) -> None:
        self.closed_slow += 1
        self._viewers.discard(viewer)
        viewer.connection.transport.abort()
        log.info("viewer closed", reason="too slow", mode=viewer.mode)

    @staticmethod
    def _write(viewer: Viewer, frame: bytes) -> None:
        connection = viewer.connection
        if connection.state is not State.OPEN or connection.transport.is_closing():
            return
        try:
            connection.transport.write(frame)
        except (RuntimeError, OSError):  # it left in this very moment; its handler takes it off the list
            connection.transport.abort()


def _binary_frame(data: bytes) -> bytes:
    return Frame(Opcode.BINARY, data).serialize(mask=False)


def _text_frame(message: str) -> bytes:
    return Frame(Opcode.TEXT, message.encode()).serialize(mask=False)
