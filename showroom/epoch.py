"""When MediaTime 0 was, across restarts of the host: the clock goes on while nobody counts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Protocol


class Memory(Protocol):
    """showroom.store.Store."""

    def put(self, key: str, value: Any) -> None: ...
    def get(self, key: str, default: Any = None) -> Any: ...


def boot_id() -> str:
    """Changes with each boot, when the monotonic clock begins anew; "" where the system doesn't say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def show_epoch_s(memory: Memory, monotonic_s: float, wall_s: float, boot: str) -> float:
    """Monotonic instant of MediaTime 0: the saved one within a boot; after a reboot the wall clock bridges the gap."""
    saved = memory.get("epoch")
    if isinstance(saved, dict):
        if saved.get("boot") == boot and boot and saved["monotonic_s"] <= monotonic_s:
            return float(saved["monotonic_s"])
        if saved.get("wall_s", wall_s + 1) <= wall_s:
            epoch = monotonic_s - (wall_s - float(saved["wall_s"]))
            memory.put("epoch", {"boot": boot, "monotonic_s": epoch, "wall_s": saved["wall_s"]})
            return epoch
    # A second ahead of now would make the first frames late: the show begins now.
    memory.put("epoch", {"boot": boot, "monotonic_s": monotonic_s, "wall_s": wall_s})
    return monotonic_s


def current_epoch_s(memory: Memory) -> float:
    """show_epoch_s with this machine's clocks."""
    return show_epoch_s(memory, time.monotonic(), time.time(), boot_id())
