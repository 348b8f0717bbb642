"""Children that end, hang or swell are replaced: supervision by silence, the same path for a crash and a planned restart."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import psutil
import structlog

log = structlog.get_logger("supervisor")


class Link(Protocol):
    """A child process as the supervisor sees it (render.link.ProcessLink, or a fake)."""

    @property
    def pid(self) -> int: ...
    async def start(self) -> None: ...
    def send(self, message: object) -> bool: ...
    async def wait(self) -> int: ...
    def kill(self, number: int = 9) -> None: ...
    async def close(self, grace_s: float = 2.0) -> None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """beat_s: silence after which a child that has spoken is killed; start_s: the same before its first word;
    memory_mb: resident set; backoff_s: first and largest wait before the next start; window_s: failures are counted
    in it; recycle_s: planned restart after that long, 0 never."""

    beat_s: float = 5.0
    start_s: float = 60.0
    memory_mb: float = 2000.0
    backoff_s: tuple[float, float] = (0.5, 30.0)
    window_s: float = 120.0
    recycle_s: float = 0.0


@dataclass(slots=True)
class Health:
    """What the operator page shows of one child."""

    name: str
    state: str = "stopped"
    pid: int = 0
    restarts: int = 0
    last_end: str = ""
    cpu_percent: float = 0.0
    rss_mb: float = 0.0
    detail: dict[str, Any] = field(default_factory=dict)


class Child:
    """Keeps one child running until close()."""

    def __init__(self, name: str, make: Callable[[Callable[[Any], None]], Link], *, limits: Limits | None = None,
                 on_message: Callable[[Any], None] = lambda m: None, on_up: Callable[[], None] = lambda: None,
                 on_down: Callable[[str], None] = lambda why: None, monotonic: Callable[[], float] = time.monotonic,
                 sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, seed: int | None = None) -> None:
        self.health = Health(name)
        self._make, self._limits = make, limits or Limits()
        self._on_message, self._on_up, self._on_down = on_message, on_up, on_down
        self._monotonic, self._sleep = monotonic, sleep
        self._random = random.Random(seed)
        self._failures: deque[float] = deque()
        self._link: Link | None = None
        self._heard: float | None = None
        self._closing = asyncio.Event()
        self._why = ""
        self._usage: psutil.Process | None = None

    def send(self, message: object) -> bool:
        """Pass a message to the running child; False when there is none."""
        return self._link is not None and self._link.send(message)

    def restart(self, why: str) -> None:
        """End the child now; run() starts the next."""
        if self._link is not None:
            self._why = why
            self._link.kill()

    async def run(self) -> None:
        """Start, watch, start again, until close()."""
        while not self._closing.is_set():
            await self._run_once()
            if self._closing.is_set():
                return
            wait = self._backoff()
            self.health.state = "waiting"
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._closing.wait()

    async def _run_once(self) -> None:
        self._heard, self._why = None, ""
        self._link = link = self._make(self._message)
        started = self._monotonic()
        try:
            await link.start()
        except OSError as error:
            self._link = None
            self._ended(f"could not start: {error}")
            return
        self.health.state, self.health.pid = "starting", link.pid
        with contextlib.suppress(psutil.Error):
            self._usage = psutil.Process(link.pid) if link.pid > 0 else None
        watch = asyncio.create_task(self._watch(link, started), name=f"watch {self.health.name}")
        try:
            code = await link.wait()
        except asyncio.CancelledError:
            await link.close(0.5)
            raise
        finally:
            watch.cancel()
            self._link = None
        if not self._closing.is_set():
            self._ended(self._why or (f"signal {-code}" if code < 0 else f"exit {code}"))
        await link.close(0.1)

    def _ended(self, why: str) -> None:
        self.health.state, self.health.pid, self.health.last_end = "down", 0, why
        self.health.restarts += 1
        self._failures.append(self._monotonic())
        log.warning("child ended", child=self.health.name, why=why, restarts=self.health.restarts)
        self._on_down(why)

    def _message(self, message: Any) -> None:
        first, self._heard = self._heard is None, self._monotonic()
        if first:
            self.health.state = "up"
            self._on_up()
        self._on_message(message)

    def _backoff(self) -> float:
        now = self._monotonic()
        while self._failures and now - self._failures[0] > self._limits.window_s:
            self._failures.popleft()
        first, most = self._limits.backoff_s
        # The first failure in a window restarts at once: the feed is on its slate meanwhile.
        count = len(self._failures)
        return 0.0 if count <= 1 else min(most, first * 2 ** (count - 2)) * self._random.uniform(0.8, 1.2)

    async def _watch(self, link: Link, started: float) -> None:
        limits = self._limits
        while True:
            await self._sleep(0.5)
            now = self._monotonic()
            if self._heard is None and now - started > limits.start_s:
                self._why = f"no word for {limits.start_s:.0f} s after the start"
            elif self._heard is not None and now - self._heard > limits.beat_s:
                self._why = f"silent for {limits.beat_s:.0f} s"
            elif limits.recycle_s and now - started > limits.recycle_s:
                self._why = "planned restart"
            elif self.measure() > limits.memory_mb:
                self._why = f"memory {self.health.rss_mb:.0f} MB over {limits.memory_mb:.0f} MB"
            if self._why:
                link.kill()
                return

    def measure(self) -> float:
        """Refresh CPU and memory of the child; resident MB (0 when unknown)."""
        if self._usage is None:
            return 0.0
        try:
            with self._usage.oneshot():
                self.health.cpu_percent = self._usage.cpu_percent()
                self.health.rss_mb = self._usage.memory_info().rss / 2**20
        except psutil.Error:
            self.health.cpu_percent = self.health.rss_mb = 0.0
        return self.health.rss_mb

    async def close(self) -> None:
        """End the child for good."""
        self._closing.set()
        if self._link is not None:
            await self._link.close()
        self.health.state = "stopped"
