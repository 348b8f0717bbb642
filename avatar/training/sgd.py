"""Stochastic gradient descent with Adam (Kingma & Ba 2015) on a small perceptron, in numpy."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BATCH = 512
FADE = (0.9, 0.999)  # of Adam's two moments, the authors' values
SMOOTHING = 0.05  # of targets: borders are never certain


class Perceptron:
    """layers: [weight (in, out), bias (out,)], ReLU between."""

    def __init__(self, sizes: tuple[int, ...], rng: np.random.Generator) -> None:
        self.layers = [
            [(rng.normal(size=(a, b)) * np.sqrt(2.0 / a)).astype(np.float32), np.zeros(b, np.float32)]
            for a, b in pairwise(sizes)
        ]
        self._moments = [[[np.zeros_like(p), np.zeros_like(p)] for p in layer] for layer in self.layers]
        self._steps = 0

    def step(self, x: NDArray, target: NDArray, rate: float) -> float:
        """One descent on a batch; returns its mean cross entropy. x: (b, in) float32; target: (b,) int."""
        inputs = [x]
        for i, (weight, bias) in enumerate(self.layers):
            h = inputs[-1] @ weight + bias
            inputs.append(np.maximum(h, 0.0) if i + 1 < len(self.layers) else h)
        logits = inputs[-1] - inputs[-1].max(axis=1, keepdims=True)
        chance = np.exp(logits)
        chance /= chance.sum(axis=1, keepdims=True)
        rows = np.arange(len(x))
        loss = float(-np.log(chance[rows, target] + 1e-9).mean())
        delta = chance - SMOOTHING / chance.shape[1]
        delta[rows, target] -= 1.0 - SMOOTHING
        delta /= len(x)
        self._steps += 1
        for i in range(len(self.layers) - 1, -1, -1):
            slopes = inputs[i].T @ delta, delta.sum(axis=0)
            if i:
                delta = (delta @ self.layers[i][0].T) * (inputs[i] > 0)
            for k, slope in enumerate(slopes):
                self._descend(i, k, slope, rate)
        return loss

    def _descend(self, layer: int, k: int, slope: NDArray, rate: float) -> None:
        first, second = self._moments[layer][k]
        first += (1 - FADE[0]) * (slope - first)
        second += (1 - FADE[1]) * (slope * slope - second)
        scale = rate * np.sqrt(1 - FADE[1] ** self._steps) / (1 - FADE[0] ** self._steps)
        self.layers[layer][k] -= (scale * first / (np.sqrt(second) + 1e-8)).astype(np.float32)


class Batches:
    """Random batches of frames in context out of many sentences."""

    def __init__(self, sentences: list[NDArray], targets: list[NDArray], before: int, after: int,
                 rng: np.random.Generator) -> None:
        """sentences: (n, 26) each; targets: (n,) each."""
        pad = before + after + 1
        empty = np.zeros((0, sentences[0].shape[1]), np.float32)
        rows, wanted = [empty], []
        at = 0
        for frames in sentences:
            rows += [np.repeat(frames[:1], before, 0), frames, np.repeat(frames[-1:], after, 0)]
            wanted.append(np.arange(at + before, at + before + len(frames)))
            at += len(frames) + pad - 1
        self._rows, self._at = np.concatenate(rows).astype(np.float32), np.concatenate(wanted)
        self._targets = np.concatenate(targets)
        self._offsets = np.arange(-before, after + 1)
        self._rng = rng

    def __len__(self) -> int:
        return len(self._at)

    def draw(self, count: int) -> Iterator[tuple[NDArray, NDArray]]:
        """`count` batches, every frame once before any comes again."""
        order = np.zeros(0, np.int64)
        for _ in range(count):
            if len(order) < BATCH:
                order = self._rng.permutation(len(self._at))
            chosen, order = order[:BATCH], order[BATCH:]
            x = self._rows[self._at[chosen, None] + self._offsets]
            yield x.reshape(len(chosen), -1), self._targets[chosen]
