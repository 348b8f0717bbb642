"""The chosen voice's parts come while the rest of a show is made ready; the show never waits long for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from showroom.parts import Progress
from showroom.wiring import voice_ready

PATIENCE_S = 20.0  # after all else is ready; on a new machine the anchor is built meanwhile, which takes longer
AGAIN_S = 300.0  # between tries where a registry cannot be reached
UNTIL = "until it is here, the show speaks with espeak."


class Arrival:
    """Fetches in a thread of its own, again and again until it succeeds; ends with the program."""

    def __init__(self, engine: str, ready: Callable[[str, Callable[[float, str], None]], str] = voice_ready,
                 again_s: float = AGAIN_S) -> None:
        """ready: fetches the parts of a voice, "" or why it can't (showroom.wiring.voice_ready)."""
        self._engine, self._ready, self._again_s = engine, ready, again_s
        self._why, self._told = "", threading.Event()
        self.here = threading.Event()
        threading.Thread(target=self._fetch, daemon=True, name="voice parts").start()

    def wait(self, limit_s: float = PATIENCE_S, progress: Progress = lambda share, what: None) -> str:
        """"" when all parts are here; after limit_s, or when they can't be had, one sentence for screen and board."""
        start_s = time.monotonic()
        while not self._told.wait(0.2) and (waited_s := time.monotonic() - start_s) < limit_s:
            progress(waited_s / limit_s, f"fetching the voice {self._engine!r}")
        if self.here.is_set():
            return ""
        return f"{self._why or f'The voice {self._engine!r} is still being fetched;'} {UNTIL}"

    def _fetch(self) -> None:
        while self._tried():
            time.sleep(self._again_s)

    def _tried(self) -> bool:
        """One try; whether another one is needed."""
        self._why = self._ready(self._engine, lambda share, what: None)
        if not self._why:
            self.here.set()
        self._told.set()
        return bool(self._why)
