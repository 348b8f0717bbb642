"""Kokoro-82M (Apache-2.0), int8, run by onnxruntime on one thread. Only ever loaded in a worker process.

The fetched graph is used as dialogue.adapters.kokoro_graph writes it; where that cannot be built, as it came. It has one
output, the sound; the length of each sign is a tensor inside it, which is made an output, too: a protobuf message may be
continued by appending to it, so a few bytes at the end of the file name the tensor.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.cache import cache_dir
from dialogue.adapters.kokoro_graph import LENGTHS, ensure_built

PARTS_VARIABLE = "NIGHTWINDOW_KOKORO_PARTS"  # tells the worker where the parts lie. JSON: part name -> folder
RATE_HZ = 24_000
FRAME_S = 600 / RATE_HZ  # what the lengths count: 25 ms
LAG_S = 0.057  # signs are heard that much before their place in the lengths (measured)
MAX_SIGNS = 500  # the style table has 510 rows
_GRAPH_OUTPUT = (7, 12, 1)  # field numbers in onnx.proto: ModelProto.graph, GraphProto.output, ValueInfoProto.name


class Cancelled(RuntimeError):
    """The sentence was given up while it was being made."""


def tapped(model: bytes, tensor: str) -> bytes:
    """The model with `tensor` as one more output."""
    message = tensor.encode()
    for field in reversed(_GRAPH_OUTPUT):
        message = _varint(field << 3 | 2) + _varint(len(message)) + message
    return model + message


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class KokoroModel:
    """The network, its signs and voices."""

    def __init__(self, parts: Mapping[str, Path]) -> None:
        """parts: folder of each registry part by name ("kokoro-model-1".."-4", "kokoro-signs", "kokoro-voices").
        Raises FileNotFoundError when one lacks its file."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        data = b"".join(_only(parts[f"kokoro-model-{i}"], "part.bin").read_bytes() for i in range(1, 5))
        try:
            model: str | bytes = str(ensure_built(data, cache_dir("voices")))
        except (ImportError, OSError, ValueError):  # a full disk: slower, but she speaks
            model = tapped(data, LENGTHS)
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._run_options = onnxruntime.RunOptions
        self._inputs = [i.name for i in self._session.get_inputs()]
        self._speed_type = np.int32 if "int" in self._session.get_inputs()[2].type else np.float32
        self._sound = self._session.get_outputs()[0].name
        self.signs: dict[str, int] = json.loads(_only(parts["kokoro-signs"], "vocab.json").read_text(encoding="utf-8"))["vocab"]
        self._voices = parts["kokoro-voices"]
        self._styles: dict[str, NDArray] = {}
        self._under_way: Any = None
        self._given_up = False
        self._lock = threading.Lock()

    def say(self, signs: str, voice: str, speed: float) -> tuple[NDArray, NDArray]:
        """(n,) float32 at RATE_HZ and (len(signs),) end of each sign in seconds, less the lag.

        signs: at most MAX_SIGNS, all in self.signs. Raises Cancelled, or ValueError for a voice that is not there."""
        style = self.style(voice)[min(len(signs), 509)]
        ids = np.array([[0, *(self.signs[s] for s in signs), 0]], np.int64)
        values = (ids, style.reshape(1, 256), np.array([speed], self._speed_type))
        options = self._run_options()
        with self._lock:
            self._go_on()
            self._under_way = options
        try:
            sound, lengths = self._session.run([self._sound, LENGTHS], dict(zip(self._inputs, values, strict=True)), options)
        except Exception:
            if options.terminate:
                raise Cancelled("the sentence was given up") from None
            raise
        finally:
            with self._lock:
                self._under_way = None
        ends = np.cumsum(np.asarray(lengths, np.float64).reshape(-1)) * FRAME_S
        return np.asarray(sound, np.float32).reshape(-1), np.maximum(ends[1:-1] - LAG_S, 0.0)

    def begin(self) -> None:
        """Another sentence: what was given up is over. Nobody calls `cancel` meanwhile."""
        with self._lock:
            self._given_up = False

    def go_on(self) -> None:
        """Between steps that cannot be stopped: raises Cancelled where nobody waits for the sentence any more."""
        with self._lock:
            self._go_on()

    def _go_on(self) -> None:
        if self._given_up:
            raise Cancelled("the sentence was given up")

    def cancel(self) -> None:
        """Give up the sentence, from another thread; what is under way ends within some 40 ms, what has not begun does not."""
        with self._lock:
            self._given_up = True
            if self._under_way is not None:
                self._under_way.terminate = True

    def keep_style(self, voice: str, style: NDArray) -> None:
        """A voice of the caller's own, from now on. style: (510, 256) float32, as `style` gives it."""
        self._styles[voice] = np.asarray(style, np.float32)

    def style(self, voice: str) -> NDArray:
        """(510, 256) float32: a row for each number of signs. Raises ValueError for a voice that is not there."""
        if voice not in self._styles:
            found = [p for p in self._voices.rglob("*.bin") if p.stem == voice]
            if not found:
                raise ValueError(f"Kokoro has no voice {voice!r}")
            self._styles[voice] = np.fromfile(found[0], np.float32).reshape(-1, 256)
        return self._styles[voice]


def _only(folder: Path, name: str) -> Path:
    found = sorted(folder.rglob(name))
    if not found:
        raise FileNotFoundError(f"{folder} has no {name}")
    return found[0]
