"""The performer's machine: a thread for the camera, a thread for the microphone, rows out. Pictures never leave it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from numpy.typing import NDArray

from avatar.capture.camera import Camera
from avatar.capture.face_reader import FaceReader
from avatar.capture.heard import Hearing, smooth_strengths, with_closure
from avatar.capture.microphone import Microphone
from avatar.capture.neutral import CALIBRATION_S, CalibrationError, Neutral, Reading, Smoothed, nearest, neutral_of
from avatar.capture.wire import FaceRow, MouthRow, Row, SoundBlock

HELD_ROWS = 8  # faces that wait for the sound of their moment; the oldest goes without
MOUTH_EVERY = 2  # frames of 10 ms to one row


class Performer:
    """Opens both. Raises MicrophoneError. camera None: voice alone. on_row and on_lost("camera" | "microphone") are called
    from the threads."""

    def __init__(self, camera: Camera | None, microphone: Microphone, task: Path | None, on_row: Callable[[Row], None],
                 on_lost: Callable[[str], None]) -> None:
        self._camera, self._microphone = camera, microphone
        self._on_row, self._on_lost = on_row, on_lost
        self._reader = FaceReader(task) if camera is not None and task is not None else None
        self._hearing, self._smoothed = Hearing(), Smoothed()
        self._neutral: Neutral | None = None
        self._where: tuple[float, float] | None = None
        self._held: deque[FaceRow] = deque()
        self._closed_to_us = self._faces = 0
        self._lock = threading.Lock()
        self._running = True
        self._threads: list[threading.Thread] = []
        if camera is not None:
            camera.start()
        microphone.start()
        self.frame_s: deque[float] = deque(maxlen=300)  # from picture to row

    @property
    def mode(self) -> str:
        """"face" or "voice"."""
        return "voice" if self._camera is None else "face"

    def calibrate(self) -> None:
        """Look at the resting face for CALIBRATION_S seconds. Raises CalibrationError."""
        if self._camera is None:
            return
        readings: list[Reading] = []
        end_s: float | None = None  # counted from the first picture: a camera may need seconds to wake
        while end_s is None or time.monotonic() < end_s:
            picture = self._camera.next(5.0 if end_s is None else 1.0)
            if picture is None:
                raise CalibrationError("the camera gives no pictures")
            end_s = end_s or time.monotonic() + CALIBRATION_S
            if (seen := self._read(picture[1], picture[0])) is not None:
                readings.append(seen)
        self._neutral = neutral_of(readings)

    def start(self) -> None:
        """Rows from now on; what was said before is forgotten."""
        self._microphone.forget()
        loops = [("hearing", self._listen)] + ([("seeing", self._watch)] if self._camera is not None else [])
        for name, work in loops:
            self._threads.append(threading.Thread(target=work, name=name, daemon=True))
            self._threads[-1].start()

    def close(self) -> None:
        """Camera and microphone are let go."""
        self._running = False
        self._microphone.close()
        for thread in self._threads:
            thread.join(2.0)
        if self._camera is not None:
            self._camera.close()
        if self._reader is not None:
            self._reader.close()

    def _read(self, picture: NDArray, stamp_us: int) -> Reading | None:
        assert self._reader is not None
        readings = self._reader.read(picture, stamp_us)
        self._faces = len(readings)
        seen = nearest(readings, self._where)
        self._where = seen.centre if seen is not None else self._where
        return seen

    def _watch(self) -> None:
        assert self._camera is not None and self._neutral is not None
        while self._running:
            picture = self._camera.next()
            if picture is None:
                if self._running:
                    self._on_lost("camera")
                return
            begin_s = time.perf_counter()
            stamp_us, pixels = picture
            reading = self._read(pixels, stamp_us)
            row = FaceRow(stamp_us, 0, None)
            if reading is not None:
                row = FaceRow(stamp_us, self._faces, self._smoothed(stamp_us / 1e6, self._neutral.captured(reading)))
            self.frame_s.append(time.perf_counter() - begin_s)
            with self._lock:
                self._held.append(row)
            self._release()

    def _listen(self) -> None:
        strengths, count = None, 0
        while self._running:
            block = self._microphone.next()
            if block is None:
                if self._running:
                    self._on_lost("microphone")
                return
            self._on_row(SoundBlock(*block))
            with self._lock:
                rows = self._hearing.feed(*block)
            for stamp_us, now in rows:
                strengths = now if strengths is None else smooth_strengths(strengths, now)
                count += 1
                if self._camera is None and count % MOUTH_EVERY == 0:
                    self._on_row(MouthRow(stamp_us, strengths))
            self._release()

    def _release(self) -> None:
        """Send the faces whose moment has been listened to; none waits for a microphone that is behind."""
        out = []
        with self._lock:
            heard_us = self._hearing.decided_us
            while self._held and (heard_us is None or self._held[0].stamp_us <= heard_us or len(self._held) > HELD_ROWS):
                row = self._held.popleft()
                if row.seen is not None:
                    closed = self._hearing.closed(max(self._closed_to_us, row.stamp_us - 60_000), row.stamp_us + 1)
                    row = FaceRow(row.stamp_us, row.faces, with_closure(row.seen, closed))
                self._closed_to_us = row.stamp_us + 1
                out.append(row)
        for row in out:
            self._on_row(row)
