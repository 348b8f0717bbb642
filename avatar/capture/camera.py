"""Pictures of the operator's own camera, or of a video file in its own time. A thread of its own; the newest picture counts."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import cv2
from numpy.typing import NDArray

LOST_S = 1.0  # without a picture: the camera is gone
SIZE_PX = (640, 480)
LARGE_PX = (1280, 720)  # where the picture itself is shown
WIDEST = 4 / 3  # what is wider loses its sides: in 16:9 the reader finds no face of who stands back enough to show the hips


class CameraError(OSError):
    """No picture can be had; one sentence."""


class Camera:
    """source: a number of a camera, or a video file, played once at its own rate."""

    def __init__(self, source: str, size_px: tuple[int, int] = SIZE_PX) -> None:
        """size_px: what a camera is asked for. Raises CameraError."""
        self._file = not source.isdigit()
        if self._file and not Path(source).is_file():
            raise CameraError(f"there is no camera and no file {source!r}; cameras are numbers, the first is 0")
        self._source = cv2.VideoCapture(source if self._file else int(source))
        if not self._source.isOpened():
            raise CameraError(f"the camera {source} cannot be opened; is it plugged in, allowed, and free?")
        if not self._file:
            self._source.set(cv2.CAP_PROP_FRAME_WIDTH, size_px[0])
            self._source.set(cv2.CAP_PROP_FRAME_HEIGHT, size_px[1])
            self._source.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._fps = self._source.get(cv2.CAP_PROP_FPS) or 30.0
        self._fresh = threading.Condition()
        self._newest: tuple[int, NDArray] | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._watch, name="camera", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Let the camera go."""
        self._ended = True
        if self._thread.is_alive():
            self._thread.join(2.0)
        self._source.release()

    def next(self, timeout_s: float = LOST_S) -> tuple[int, NDArray] | None:
        """(stamp_us, (h, w, 3) uint8 RGB) of the newest picture that was not yet given; None when the camera is lost."""
        with self._fresh:
            if self._newest is None and not self._ended:
                self._fresh.wait_for(lambda: self._newest is not None or self._ended, timeout_s)
            newest, self._newest = self._newest, None
        if newest is None:
            return None
        picture = newest[1]
        side = max(0, int(picture.shape[1] - picture.shape[0] * WIDEST)) // 2
        return newest[0], cv2.cvtColor(picture[:, side : picture.shape[1] - side], cv2.COLOR_BGR2RGB)

    def _watch(self) -> None:
        begin_s, count = time.monotonic(), 0
        while not self._ended:
            if self._file and (early := begin_s + count / self._fps - time.monotonic()) > 0:
                time.sleep(early)
            good, picture = self._source.read()
            if not good:
                break
            count += 1
            with self._fresh:
                self._newest = (time.monotonic_ns() // 1000, picture)
                self._fresh.notify_all()
        self._ended = True
        with self._fresh:
            self._fresh.notify_all()
