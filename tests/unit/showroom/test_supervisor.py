"""Children that hang, never speak, swell or die are replaced; virtual time, a link that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from showroom.supervisor import Child, Limits
from tests.fakes.virtual_loop import run_virtual

pytestmark = pytest.mark.unit


@dataclass
class Behaviour:
    """beats_s: from when to when it beats; dies_s: when it ends by itself; fails: start raises."""

    beats_s: tuple[float, float] = (1.0, 1e9)
    dies_s: float = 1e9
    fails: bool = False


class Link:
    def __init__(self, act: Behaviour, on_message: Callable[[Any], None]) -> None:
        self._act, self._on_message = act, on_message
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self.pid, self.killed, self.closed = -1, False, False

    async def start(self) -> None:
        if self._act.fails:
            raise OSError("no more processes")
        self._loop.call_later(self._act.beats_s[0], self._beat, self._loop.time())
        self._loop.call_later(self._act.dies_s, self._end, 1)

    def _beat(self, started: float) -> None:
        if not self._ended.done() and self._loop.time() - started <= self._act.beats_s[1]:
            self._on_message("beat")
            self._loop.call_later(1.0, self._beat, started)

    def _end(self, code: int) -> None:
        if not self._ended.done():
            self._ended.set_result(code)

    def send(self, message: object) -> bool:
        return not self._ended.done()

    async def wait(self) -> int:
        return await self._ended

    def kill(self, number: int = 9) -> None:
        self.killed = True
        self._end(-number)

    async def close(self, grace_s: float = 2.0) -> None:
        self.closed = True
        self._end(0)


class Watched:
    """A child over so many (virtual) seconds."""

    def __init__(self, behave: Callable[[int], Behaviour], run_s: float, limits: Limits,
                 rss_mb: Callable[[float], float] | None = None, during: Callable[[Child], None] | None = None) -> None:
        self.starts: list[float] = []
        self.downs: list[tuple[float, str]] = []
        self.ups = 0
        self.links: list[Link] = []

        async def main() -> None:
            loop = asyncio.get_running_loop()

            def make(on_message: Callable[[Any], None]) -> Link:
                self.starts.append(loop.time())
                self.links.append(Link(behave(len(self.starts) - 1), on_message))
                return self.links[-1]

            def up() -> None:
                self.ups += 1

            self.child = Child("it", make, limits=limits, on_up=up, on_down=lambda why: self.downs.append((loop.time(), why)),
                               monotonic=loop.time, seed=3)
            if rss_mb:
                self.child.measure = lambda: rss_mb(loop.time())  # type: ignore[method-assign]
            task = asyncio.create_task(self.child.run())
            await asyncio.sleep(run_s / 2)
            if during:
                during(self.child)
            await asyncio.sleep(run_s / 2)
            await self.child.close()
            await asyncio.wait_for(task, 40)

        run_virtual(main())


def test_a_healthy_child_is_left_alone() -> None:
    watched = Watched(lambda n: Behaviour(), 10_000, Limits())
    assert len(watched.starts) == 1 and not watched.downs and watched.ups == 1
    assert watched.links[0].closed and watched.child.health.state == "stopped"


def test_a_child_that_goes_silent_is_killed_within_its_limit() -> None:
    watched = Watched(lambda n: Behaviour((1, 60)) if n == 0 else Behaviour(), 300, Limits(beat_s=5))
    (at, why), = watched.downs
    assert 64 <= at <= 67 and why == "silent for 5 s" and watched.links[0].killed
    assert watched.starts[1] - at < 0.3, "the first failure restarts at once"
    assert watched.child.health.restarts == 1


def test_a_child_that_never_speaks_is_killed_too() -> None:
    watched = Watched(lambda n: Behaviour((1e9, 1e9)) if n == 0 else Behaviour(), 300, Limits(start_s=60))
    assert watched.downs[0][1] == "no word for 60 s after the start" and 60 <= watched.downs[0][0] <= 61.5


def test_a_child_that_swells_is_replaced() -> None:
    watched = Watched(lambda n: Behaviour(), 400, Limits(memory_mb=500), rss_mb=lambda t: 501.0 if 100 < t < 101 else 90.0)
    assert (len(watched.downs) == 1 and "memory" in watched.downs[0][1].lower()) or "MB" in watched.downs[0][1]


def test_backoff_grows_to_its_limit_and_starts_over_after_a_quiet_window() -> None:
    limits = Limits(backoff_s=(0.5, 30), window_s=120)

    def behave(n: int) -> Behaviour:
        return Behaviour(dies_s=0.1 if n < 14 or n == 15 else 500 if n == 14 else 1e9)

    watched = Watched(behave, 4000, limits)
    gaps = [b - a for (a, _), b in zip(watched.downs, watched.starts[1:], strict=False)]
    assert gaps[0] < 0.01 and gaps[1] == pytest.approx(0.5, rel=0.21) and gaps[2] == pytest.approx(1.0, rel=0.21)
    assert max(gaps) <= 30 * 1.2 + 0.1 and max(gaps) > 15
    assert gaps[14] < 0.01, "after eight quiet minutes a failure is a first one again"


def test_errors_over_a_lifetime_do_not_add_up() -> None:
    """A child that dies every five minutes is started at once each time, however often."""
    watched = Watched(lambda n: Behaviour(dies_s=300), 80 * 300, Limits())
    assert watched.child.health.restarts > 75
    assert all(b - a < 0.01 for (a, _), b in zip(watched.downs, watched.starts[1:], strict=False))


def test_a_planned_restart_comes_by_the_same_path() -> None:
    watched = Watched(lambda n: Behaviour(), 3.5 * 3600, Limits(recycle_s=3600))
    assert [why for _, why in watched.downs] == ["planned restart"] * 3
    assert all(link.killed for link in watched.links[:3])


def test_no_process_to_be_had_is_waited_out() -> None:
    watched = Watched(lambda n: Behaviour(fails=n < 3), 300, Limits())
    assert len(watched.starts) == 4 and watched.downs[0][1] == "could not start: no more processes"
    assert watched.ups == 1


def test_asked_to_restart() -> None:
    watched = Watched(lambda n: Behaviour(), 100, Limits(), during=lambda child: child.restart("asked by the operator"))
    assert [why for _, why in watched.downs] == ["asked by the operator"] and len(watched.starts) == 2


def test_closing_while_waiting_to_start_again_starts_nothing() -> None:
    watched = Watched(lambda n: Behaviour(dies_s=0.01), 20.3, Limits(backoff_s=(30, 30)))
    assert len(watched.starts) <= 3 and watched.child.health.state == "stopped"


def test_messages_to_a_child_that_is_not_there() -> None:
    child = Child("it", lambda m: None)  # type: ignore[arg-type,return-value]
    assert child.send("x") is False
    child.restart("nothing to restart")
