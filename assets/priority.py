"""Before other programs, where this machine allows it: the threads of the host that keep the show's time, and the studio."""

from __future__ import annotations

import contextlib
import os
import threading

FIRST = -5  # of nice, as far as deploy/nightwindow.service allows it


def come_first(behind: int = 0) -> None:
    """The calling thread before other programs; threads and processes that it starts are as usual. Every thread of a process
    has to call it: one that other programs keep from running holds the interpreter for all of them meanwhile.

    behind: steps of nice behind the first; without the right to be first, behind where the thread was."""
    with contextlib.suppress(OSError, AttributeError):  # Linux gives each thread a priority of its own
        os.sched_setscheduler(0, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK, os.sched_param(0))
        thread = threading.get_native_id()
        now = os.getpriority(os.PRIO_PROCESS, thread)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, min(now, FIRST))
        if behind:
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + behind)
