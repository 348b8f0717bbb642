"""Sound of the operator's own microphone, or of a sound file in its own time: blocks of 20 ms, 48 kHz mono."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
BLOCK = RATE_HZ // 50
WAITING = 100  # blocks, 2 s; the oldest are dropped when nobody takes them
LOST_S = 1.0


class MicrophoneError(OSError):
    """No sound can be had; one sentence."""


class Microphone:
    """source: "default", or a sound file (WAV, FLAC, OGG, MP3), played once."""

    def __init__(self, source: str) -> None:
        """Raises MicrophoneError."""
        self._blocks: Queue[tuple[int, NDArray]] = Queue(WAITING)
        self.dropped = 0
        self._ended = False
        self._device: Any = None  # a miniaudio.CaptureDevice
        self._sound: NDArray | None = None
        if source != "default":
            self._sound = _file(Path(source))
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen. Raises MicrophoneError."""
        if self._sound is not None:
            self._thread = threading.Thread(target=self._play, name="microphone", daemon=True)
            self._thread.start()
            return
        import miniaudio  # opens the sound system: only who listens needs one

        try:
            self._device = miniaudio.CaptureDevice(
                input_format=miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=RATE_HZ, buffersize_msec=20)
            listening = self._listen()
            next(listening)
            self._device.start(listening)
        except miniaudio.MiniaudioError as error:
            raise MicrophoneError(f"the microphone cannot be opened ({error}); is it plugged in and allowed?") from None

    def close(self) -> None:
        """Let the microphone go."""
        self._ended = True
        if self._device is not None:
            self._device.close()

    def next(self, timeout_s: float = LOST_S) -> tuple[int, NDArray] | None:
        """(stamp_us of its first sample, (n,) int16); None when the microphone is lost."""
        try:
            return self._blocks.get(timeout=timeout_s)
        except Empty:
            return None

    def forget(self) -> None:
        """What waits is dropped."""
        with contextlib.suppress(Empty):
            while True:
                self._blocks.get_nowait()

    def _listen(self) -> Generator[None, bytes, None]:
        while True:
            data = yield
            pcm = np.frombuffer(data, np.int16)
            self._put(time.monotonic_ns() // 1000 - int(len(pcm) * 1e6 / RATE_HZ), pcm)

    def _play(self) -> None:
        assert self._sound is not None
        begin_us = time.monotonic_ns() // 1000
        for at in range(0, len(self._sound), BLOCK):
            if self._ended:
                return
            due_us = begin_us + int((at + BLOCK) * 1e6 / RATE_HZ)
            time.sleep(max(0.0, due_us / 1e6 - time.monotonic()))
            self._put(due_us - int(BLOCK * 1e6 / RATE_HZ), self._sound[at : at + BLOCK])

    def _put(self, stamp_us: int, pcm: NDArray) -> None:
        while True:
            try:
                self._blocks.put_nowait((stamp_us, pcm))
                return
            except Full:
                with contextlib.suppress(Empty):
                    self._blocks.get_nowait()
                    self.dropped += 1


def _file(path: Path) -> NDArray:
    import soundfile
    import soxr

    try:
        sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise MicrophoneError(f"{path}: no sound can be read from it ({error})") from None
    return np.asarray(np.clip(soxr.resample(sound.mean(axis=1), rate_hz, RATE_HZ) * 32767, -32768, 32767), np.int16)
