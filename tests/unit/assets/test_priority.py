"""Threads that keep the show's time come before other programs; what they start does not."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from assets.priority import FIRST, come_first

pytestmark = [pytest.mark.unit, pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities on Linux only")]


@pytest.mark.parametrize("behind", [0, 3])
def test_a_thread_comes_first_and_its_children_as_usual(behind: int) -> None:
    seen: list[int] = []

    def work() -> None:
        me = threading.get_native_id()
        seen.append(os.getpriority(os.PRIO_PROCESS, me))
        come_first(behind)
        seen.append(os.getpriority(os.PRIO_PROCESS, me))
        seen.append(int(subprocess.run(["nice"], capture_output=True, text=True, check=True).stdout))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    before, after, child = seen
    assert after in (min(before, FIRST) + behind, before + behind), "where it may, else behind where it was"
    assert child == max(after, 0), "never before other programs"
    assert os.getpriority(os.PRIO_PROCESS, 0) == before, "of that thread alone"
