"""What is old is deleted, with the reason on record: questions, events and logs of the state file, recordings and sidecars.

How old is `state.keep_days`, unless the policy profile says that it must be kept longer, or may not be.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from assets.policy import Retention
from showroom.store import Store

LOOK_S = 3600.0
SIDECARS = (".jsonl", ".vtt")


def kept_days(keep_days: int, retention: Retention) -> int:
    """Days that questions and events are kept: the seller's, held within what the profile asks."""
    days = min(keep_days, retention.max_days) if retention.max_days is not None else keep_days
    return max(days, retention.min_days or 0)


class Keeper:
    """record: where recordings are written that may be deleted, None for none; alarm: a sentence for the operator."""

    def __init__(self, store: Store, retention: Retention, keep_days: int, record: Path | None,
                 alarm: Callable[[str], None], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._store, self._retention, self._record, self._alarm, self._sleep = store, retention, record, alarm, sleep
        self.days = kept_days(keep_days, retention)

    async def run(self) -> None:
        """Look at once and every hour, until cancelled."""
        while True:
            self.sweep()
            await self._sleep(LOOK_S)

    def sweep(self) -> list[Path]:
        """Delete what is too old; the files that are gone. Recordings go only where the profile has a last day for them,
        and the seller has said that they may."""
        because = self._retention.source or "state.keep_days"
        for what, count in self._store.forget(self.days * 86400.0).items():
            self._store.event("deleted", what=what, count=count, older_than_days=self.days, because=because)
        if self._record is None or self._retention.max_days is None or self._retention.min_days is not None:
            return []
        gone = []
        for path in recordings(self._record):
            try:
                if self._store.wall_s() - path.stat().st_mtime <= self._retention.max_days * 86400.0:
                    continue
                path.unlink()
            except OSError as error:
                self._alarm(f"{path}: should be deleted after {self._retention.max_days} days ({because}) and cannot be: "
                            f"{error.strerror}")
                continue
            gone.append(path)
            self._store.event("deleted", what=str(path), count=1, older_than_days=self._retention.max_days, because=because)
        return gone


def recordings(record: Path) -> list[Path]:
    """Every recording of a show, with its sidecar and captions: "night.mp4", "night-002.mp4", "night.jsonl"."""
    name = re.compile(rf"{re.escape(record.stem)}(?:-\d{{3,}})?(?:{'|'.join(map(re.escape, (record.suffix, *SIDECARS)))})")
    try:
        return sorted(p for p in record.parent.iterdir() if name.fullmatch(p.name) and p.is_file())
    except OSError:
        return []
