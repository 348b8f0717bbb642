"""The host's end of a child process: start it, talk to it, notice its end. asyncio; knows neither engine nor codec."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

import structlog

from render.framing import pack, read_frame

log = structlog.get_logger("link")

# Two spinning BLAS threads would take both cores from the picture; our matrices are small.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
SEND_LIMIT_BYTES = 16 * 2**20  # a child that doesn't read for long gets nothing more; it is about to be replaced


class ProcessLink:
    """One run of `python -m module`. on_message is called in the loop for each message."""

    def __init__(self, module: str, hello: object, on_message: Callable[[Any], None], *, nice: int = 0,
                 env: dict[str, str] | None = None) -> None:
        self._module, self._hello, self._on_message = module, hello, on_message
        self._nice, self._env = nice, env
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self.refused = 0  # messages not sent because the child did not read

    @property
    def pid(self) -> int:
        """Process id, 0 before start."""
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """Spawn and say hello. Raises OSError when no process can be had."""
        ours, theirs = socket.socketpair()
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, str(theirs.fileno()), pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL, env=self._env or {**os.environ, **ONE_THREAD},
            )
        finally:
            theirs.close()
        if self._nice:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, self._nice)
        reader, self._writer = await asyncio.open_connection(sock=ours, limit=2**22)
        self._writer.write(pack(self._hello))
        self._reading = asyncio.create_task(self._read(reader), name=f"{self._module} reader")

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                message = await read_frame(reader)
                try:
                    self._on_message(message)
                except Exception:  # one bad message must not make us deaf to the child
                    log.exception("message not handled", module=self._module, kind=type(message).__name__)

    def send(self, message: object) -> bool:
        """Queue a message; False (and counted) when the child's buffer is full or it has gone."""
        writer = self._writer
        if writer is None or writer.is_closing() or writer.transport.get_write_buffer_size() > SEND_LIMIT_BYTES:
            self.refused += 1
            return False
        writer.write(pack(message))
        return True

    async def wait(self) -> int:
        """Exit status of the child (negative: signal), after its last message was read."""
        assert self._process is not None
        code = await self._process.wait()
        if self._reading:
            # A grandchild may hold the socket open: the dead process' words are enough.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._reading), 0.2)
        return code

    async def close(self, grace_s: float = 2.0) -> None:
        """Hang up, then end the child if it does not go by itself."""
        if self._writer is not None:
            self._writer.close()
        if self._process is None:
            return
        if self._process.returncode is None:
            try:
                await asyncio.wait_for(self._process.wait(), grace_s)
            except TimeoutError:
                self.kill()
                await self._process.wait()
        if self._reading:
            self._reading.cancel()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal; nothing when it has gone."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)
