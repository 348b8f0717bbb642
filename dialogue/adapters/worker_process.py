"""Host side of a voice that lives in its own process: started when needed, killed when it hangs, started again."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import sys
from typing import Any

import numpy as np

from avatar.speech import Phone, Speech, Word
from dialogue.adapters.worker_messages import LENGTHS, lengths, packed
from dialogue.ports import VoiceError

START_S = 20.0  # importing numpy and scipy on a loaded machine
REST_S = 1.0  # for what an ended process has left in its pipe


class WorkerProcess:
    """One worker and its pipe. Requests are served one after another.

    A request that is cancelled is still answered inside (nobody reads it), so that the pipe stays in step; the worker is
    told at once, and one that can stop (see worker_messages.serve) does.
    """

    def __init__(self, name: str, module: str, limit_s: float = 3.0, env: dict[str, str] | None = None,
                 start_s: float = START_S) -> None:
        """module: run with `python -m`; limit_s: longest wait for one reply; env: added to the environment;
        start_s: longest wait for the first word of a new process."""
        self.name, self._module, self._limit_s, self._env = name, module, limit_s, env or {}
        self._start_s = start_s
        self._numbers = itertools.count(1)
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._background: set[asyncio.Task[Any]] = set()
        self._started = False
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """Process id of the running worker, None when there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    @property
    def ready(self) -> bool:
        """Whether it runs and has loaded what it needs."""
        return self._started and self.pid is not None

    async def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The worker's reply to `request`. Raises VoiceError after a hang, a crash or an error in the worker."""
        number = next(self._numbers)
        task = asyncio.ensure_future(self._exchange({**request, "id": number}))
        self._background.add(task)
        task.add_done_callback(self._forget)
        try:
            reply, body = await asyncio.shield(task)
        except asyncio.CancelledError:
            mine = asyncio.current_task()
            if task.cancelled() and not (mine and mine.cancelling()):  # `close` ended it
                raise VoiceError(f"The {self.name} voice was closed while it was asked.") from None
            self._give_up(number)
            raise
        if "error" in reply:
            raise VoiceError(f"The {self.name} voice failed: {reply['error']}.")
        return reply, body

    async def close(self) -> None:
        """End the worker and every request to it: one that still waited for its turn would start it anew."""
        asked = [task for task in self._background if task is not asyncio.current_task()]
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        process, self._process = self._process, None
        if process is not None:
            await _end(process)

    def _give_up(self, number: int) -> None:
        process = self._process
        if process is not None and process.returncode is None and process.stdin is not None and not process.stdin.is_closing():
            with contextlib.suppress(OSError):
                process.stdin.write(packed({"cancel": number}))

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._background.discard(task)
        if not task.cancelled():
            task.exception()  # read it, so that asyncio does not report an answer that nobody waited for

    async def _exchange(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        async with self._turn:
            process = await self._running()
            assert process.stdin is not None
            try:
                async with asyncio.timeout(self._limit_s):
                    process.stdin.write(packed(request))
                    await process.stdin.drain()
                    return await _reply(process)
            except TimeoutError:
                await self._drop(process)
                raise VoiceError(
                    f"The {self.name} voice did not answer in {self._limit_s:g} s; its process was ended and will be "
                    "started anew."
                ) from None
            except (OSError, asyncio.IncompleteReadError, ValueError):
                await self._drop(process)
                raise VoiceError(
                    f"The {self.name} voice's process ended (code {process.returncode}); it will be started anew."
                ) from None
            except asyncio.CancelledError:
                await self._drop(process)
                raise

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        self.starts, self._started = self.starts + 1, False
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self._module,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **self._env},
        )
        self._process = process
        try:
            async with asyncio.timeout(self._start_s):
                await _reply(process)
            self._started = True
        except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError):
            await self._drop(process)
            raise VoiceError(
                f"The {self.name} voice's process did not start (code {process.returncode}); run "
                f"'python -m {self._module} </dev/null' to see why."
            ) from None
        return process

    async def _drop(self, process: asyncio.subprocess.Process) -> None:
        if self._process is process:
            self._process = None
        await _end(process)


async def _reply(process: asyncio.subprocess.Process) -> tuple[dict[str, Any], bytes]:
    assert process.stdout is not None
    header_length, body_length = lengths(await process.stdout.readexactly(LENGTHS.size))
    header = json.loads(await process.stdout.readexactly(header_length))
    return header, await process.stdout.readexactly(body_length) if body_length else b""


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)  # process.kill() would reap one that has just ended, and its code be lost
    if process.stdin is not None:
        process.stdin.close()
    if process.stdout is not None:  # asyncio waits for its pipe, too, and does not read what nobody asks for
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(REST_S):
                await process.stdout.read()
    await process.wait()


def speech_from(reply: dict[str, Any], body: bytes, engine: str) -> Speech:
    """The Speech in a worker's reply: {"phones": [[ipa, start_s, end_s]..], "words": [[text, start_s, end_s]..]}."""
    return Speech(
        np.frombuffer(body, np.int16),
        tuple(Phone(ipa, start_s, end_s) for ipa, start_s, end_s in reply["phones"]),
        tuple(Word(text, start_s, end_s) for text, start_s, end_s in reply["words"]),
        engine,
    )
