"""Small networks that hear phones: one for whole sounds (the aligner), two that look ahead 60 ms at most (the listener).

Weights: avatar/phone_net.npz.xz, 5 to 7 bits each, with those of avatar.wide_net; made by
`python -m dialogue.aligner_training` from synthetic speech only. LZMA finds 6 % more in them than the deflate of an .npz.
"""

from __future__ import annotations

import io
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.phone_classes import CLASSES
from avatar.sound_frames import in_context
from avatar.wide_net import PRIOR_SHARE, WideNet, levels, wide_net

# Looks back over the whole file and no further: a reader sets so much memory aside.
_LZMA = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 21}
STATES = 3  # beginning, middle and end of a sound
OUTPUTS = 1 + STATES * (len(CLASSES) - 1)  # silence has one state
WEIGHTS = Path(__file__).with_name("phone_net.npz.xz")


def state_of(phone_class: int, part: int) -> int:
    """Output of a class' part 0..2; silence has the one output 0."""
    return 0 if phone_class == 0 else 1 + STATES * (phone_class - 1) + part


STATE_CLASS: NDArray = np.array([0, *(c for c in range(1, len(CLASSES)) for _ in range(STATES))])


@dataclass(frozen=True, slots=True)
class PhoneNet:
    """layers: weight (in, out) and bias (out,), ReLU between; before, after: frames of context;
    prior: (OUTPUTS,) share of each output in training; mean, spread: (26,) for RunningNorm."""

    layers: tuple[tuple[NDArray, NDArray], ...]
    before: int
    after: int
    prior: NDArray
    mean: NDArray
    spread: NDArray

    def log_posteriors(self, x: NDArray) -> NDArray:
        """(n, OUTPUTS) float32 from (n, 26) normalised frames."""
        h = in_context(x, self.before, self.after)
        for i, (weight, bias) in enumerate(self.layers):
            h = h @ weight + bias
            if i + 1 < len(self.layers):
                h = np.maximum(h, 0.0)
        h -= h.max(axis=1, keepdims=True)
        return np.asarray(h - np.log(np.exp(h).sum(axis=1, keepdims=True)), np.float32)

    def scores(self, x: NDArray) -> NDArray:
        """(n, OUTPUTS): how well each output explains each frame, rare and frequent ones alike."""
        return self.log_posteriors(x) - PRIOR_SHARE * np.log(self.prior)[None]


def as_arrays(nets: Mapping[str, PhoneNet], bits: Mapping[str, int] | None = None) -> dict[str, NDArray]:
    """What goes into the file. bits: of each net's weights, with a scale for each output; 8 where it is not said."""
    out: dict[str, NDArray] = {}
    for name, net in nets.items():
        out[f"{name}.context"] = np.array([net.before, net.after])
        for key in ("prior", "mean", "spread"):
            out[f"{name}.{key}"] = getattr(net, key).astype(np.float32)
        for i, (weight, bias) in enumerate(net.layers):
            out[f"{name}.w{i}"], out[f"{name}.s{i}"] = levels(weight, (bits or {}).get(name, 8))
            out[f"{name}.b{i}"] = bias.astype(np.float16)
    return out


def from_arrays(arrays: Mapping[str, NDArray], name: str) -> PhoneNet:
    """The net of that name out of `as_arrays`."""
    count = sum(key.startswith(f"{name}.w") for key in arrays)
    layers = tuple((arrays[f"{name}.w{i}"].astype(np.float32) * arrays[f"{name}.s{i}"].astype(np.float32),
                    arrays[f"{name}.b{i}"].astype(np.float32)) for i in range(count))
    before, after = (int(v) for v in arrays[f"{name}.context"])
    return PhoneNet(layers, before, after, *(arrays[f"{name}.{key}"] for key in ("prior", "mean", "spread")))


def written(arrays: Mapping[str, NDArray]) -> bytes:
    """The file: the same bytes from the same arrays, on one machine."""
    whole = io.BytesIO()
    np.savez(whole, allow_pickle=False, **arrays)
    return lzma.compress(whole.getvalue(), filters=[_LZMA])


def read(packed: bytes) -> dict[str, NDArray]:
    """The arrays of `written`."""
    with np.load(io.BytesIO(lzma.decompress(packed)), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


@lru_cache(maxsize=1)
def _ours() -> dict[str, NDArray]:
    return read(WEIGHTS.read_bytes())  # 0.07 s once a process; kept, because every net lies in it


@lru_cache(maxsize=3)
def load_wide(name: str) -> WideNet:
    """"whole", "open" or "open_live", unpacked once."""
    return wide_net(_ours(), name)


@lru_cache(maxsize=3)
def load(name: str) -> PhoneNet:
    """"align", "listen" or "past", unpacked once."""
    return from_arrays(_ours(), name)
