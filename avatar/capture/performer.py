"""The performer's machine: a thread for the camera, a thread for the microphone, rows out. Pictures leave it only with a
`PersonMask`, cut out, while they are asked for."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from numpy.typing import NDArray

from avatar.capture.camera import Camera
from avatar.capture.cut_out import CutOutError, Framing, check, cut_out, framing_of
from avatar.capture.face_reader import FaceReader
from avatar.capture.heard import Hearing, smooth_strengths, with_closure
from avatar.capture.microphone import Microphone
from avatar.capture.neutral import CALIBRATION_S, CalibrationError, Neutral, Reading, Smoothed, nearest, neutral_of
from avatar.capture.person_mask import PersonMask
from avatar.capture.wire import CutOutRow, FaceRow, MouthRow, Row, SoundBlock

HELD_ROWS = 8  # faces that wait for the sound of their moment; the oldest goes without
MOUTH_EVERY = 2  # frames of 10 ms to one row
ALONE_S = 1.0  # of one face only, after two were seen, before the person is shown again
FACELESS_S = 10.0  # who has turned away is shown that long; then nobody vouches for what the mask holds


class Performer:
    """Opens both. Raises MicrophoneError. camera None: voice alone. on_row and on_lost("camera" | "microphone") are called
    from the threads. mask: the person is to be seen, too; `shown` says when."""

    def __init__(self, camera: Camera | None, microphone: Microphone, task: Path | None, on_row: Callable[[Row], None],
                 on_lost: Callable[[str], None], mask: PersonMask | None = None) -> None:
        self._camera, self._microphone, self._mask = camera, microphone, mask
        self.shown = False  # whether cut-outs are made: on air only
        self.framing: Framing | None = None
        self._alone = Alone()
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
        """"face", "voice" or "picture"."""
        return "voice" if self._camera is None else "face" if self._mask is None else "picture"

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
            height, width = picture[1].shape[:2]
        self._neutral = neutral_of(readings)
        self.framing = framing_of(readings, (width, height))

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
        for model in (self._reader, self._mask):
            if model is not None:
                model.close()

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
            self._show(stamp_us, pixels)

    def _show(self, stamp_us: int, pixels: NDArray) -> None:
        """The person alone as a cut-out, while that is asked for and one person is there."""
        alone = self._alone(stamp_us / 1e6, self._faces)
        if self._mask is None or not self.shown or not alone or self._where is None:
            return
        assert self.framing is not None
        if (mask := self._mask.read(pixels, stamp_us, self._where)) is None:
            return
        with contextlib.suppress(CutOutError):  # too large for a message even when packed hard: the next may do
            check(cut := cut_out(pixels, mask, self.framing))
            self._on_row(CutOutRow(stamp_us, cut))

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


class Alone:
    """Whether one person, and only one, is before the camera, told from the faces in its pictures."""

    def __init__(self) -> None:
        self._two_s = self._none_s = -1e9  # when two were seen last; since when none has been
        self._before = 0

    def __call__(self, t_s: float, faces: int) -> bool:
        """A face that is away for a while is that of a person who has turned."""
        if faces > 1:
            self._two_s = t_s
        if faces == 0 and self._before != 0:
            self._none_s = t_s
        self._before = faces
        return t_s - self._two_s > ALONE_S and (faces == 1 or t_s - self._none_s < FACELESS_S)
