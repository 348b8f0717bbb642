"""A network that hears a second of sound around each moment: one dense step in, sparse ones over time, one dense step out.

Time is crossed by one weight a channel and tap, taps lie further apart from block to block (depthwise separable, dilated
convolutions; Howard et al. 2017, van den Oord et al. 2016); what a block finds is added to what came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.sound_frames import in_context

PRIOR_SHARE = 0.7  # of the log prior that is taken out; 1 over-corrects what training saw rarely


@dataclass(frozen=True, slots=True)
class Block:
    """taps: (k, channels), `step` frames apart, `left` of them before the frame itself; weight: (channels, channels)."""

    taps: NDArray
    step: int
    left: int
    weight: NDArray
    bias: NDArray

    @property
    def ahead(self) -> int:
        """Frames that it looks ahead."""
        return (len(self.taps) - 1 - self.left) * self.step

    def __call__(self, h: NDArray) -> NDArray:
        """(n, channels) from (n, channels); the edges are repeated."""
        padded = np.concatenate([np.repeat(h[:1], self.left * self.step, 0), h, np.repeat(h[-1:], self.ahead, 0)])
        mixed = padded[: len(h)] * self.taps[0]
        for k in range(1, len(self.taps)):
            mixed += padded[k * self.step : k * self.step + len(h)] * self.taps[k]
        return np.asarray(h + np.maximum(mixed @ self.weight + self.bias, 0.0))


@dataclass(frozen=True, slots=True)
class WideNet:
    """first, last: weight (in, out) and bias (out,); before, after: frames of context of the first step; prior: (outputs,)
    share of each output in training."""

    first: tuple[NDArray, NDArray]
    blocks: tuple[Block, ...]
    last: tuple[NDArray, NDArray]
    before: int
    after: int
    prior: NDArray

    @property
    def look_back(self) -> int:
        """Frames before a frame that count in its answer."""
        return self.before + sum(block.left * block.step for block in self.blocks)

    @property
    def look_ahead(self) -> int:
        """Frames after a frame that its answer waits for."""
        return self.after + sum(block.ahead for block in self.blocks)

    def log_posteriors(self, x: NDArray) -> NDArray:
        """(n, outputs) float32 from (n, 26) normalised frames of a whole sound."""
        h = self.values(x)
        h -= h.max(axis=1, keepdims=True)
        return np.asarray(h - np.log(np.exp(h).sum(axis=1, keepdims=True)), np.float32)

    def values(self, x: NDArray) -> NDArray:
        """(n, outputs) as the last step gives them."""
        h = np.maximum(in_context(x, self.before, self.after) @ self.first[0] + self.first[1], 0.0)
        for block in self.blocks:
            h = block(h)
        return np.asarray(h @ self.last[0] + self.last[1])

    def scores(self, x: NDArray) -> NDArray:
        """(n, outputs): how well each output explains each frame, rare and frequent ones alike."""
        return np.asarray(self.log_posteriors(x) - PRIOR_SHARE * np.log(self.prior)[None])


def levels(weight: NDArray, bits: int) -> tuple[NDArray, NDArray]:
    """int8 steps and the size of a step for each output. bits: 2..8; fewer are smaller in a compressed file."""
    step = (np.maximum(np.abs(weight).max(axis=0), 1e-6) / (2 ** (bits - 1) - 1)).astype(np.float16)
    return np.round(weight / step.astype(np.float32)).astype(np.int8), step


def wide_arrays(name: str, net: WideNet, bits: int = 7) -> dict[str, NDArray]:
    """What goes into the file."""
    out: dict[str, NDArray] = {f"{name}.context": np.array([net.before, net.after]),
                               f"{name}.blocks": np.array([(block.step, block.left) for block in net.blocks])}
    out[f"{name}.prior"] = net.prior.astype(np.float32)
    dense = [net.first, *((block.weight, block.bias) for block in net.blocks), net.last]
    for i, (weight, bias) in enumerate(dense):
        out[f"{name}.w{i}"], out[f"{name}.s{i}"] = levels(weight, bits)
        out[f"{name}.b{i}"] = bias.astype(np.float16)
    for i, block in enumerate(net.blocks):
        out[f"{name}.t{i}"] = block.taps.astype(np.float16)
    return out


def wide_net(arrays: Mapping[str, NDArray], name: str) -> WideNet:
    """The net of that name out of `wide_arrays`."""
    steps = [(int(step), int(left)) for step, left in arrays[f"{name}.blocks"]]
    dense = [(arrays[f"{name}.w{i}"].astype(np.float32) * arrays[f"{name}.s{i}"].astype(np.float32),
              arrays[f"{name}.b{i}"].astype(np.float32)) for i in range(len(steps) + 2)]
    blocks = tuple(Block(arrays[f"{name}.t{i}"].astype(np.float32), step, left, *dense[i + 1])
                   for i, (step, left) in enumerate(steps))
    before, after = (int(v) for v in arrays[f"{name}.context"])
    return WideNet(dense[0], blocks, dense[-1], before, after, arrays[f"{name}.prior"])
