"""The small nets of dialogue/sense.py, trained: words' states looked at from several sides, strongest ones, the whole.

A net reads each word's states after two layers of the encoder (768 numbers), makes UNITS signs of them, takes of each sign the
strongest in the sentence and LOOKS weighted means, and beside them WHOLE signs of the sentence's own vector. Needs jax.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

jax: Any = import_module("jax") if find_spec("jax") is not None else None
jnp: Any = import_module("jax.numpy") if jax is not None else None

UNITS, LOOKS, WHOLE = 128, 4, 48
AXES = 256  # directions of words' states that are learnt from: .88 of how they differ
LONGEST = (12, 20, 48)  # word pieces: sentences of like length are learnt together
BATCH, ROUNDS, RATE, PULL = 64, 12, 2e-3, 1e-2
HIDDEN_WORDS, HIDDEN_SIGNS, HIDDEN_WHOLE = 0.2, 0.3, 0.1  # shares left out by chance while it learns
JOINED = 0.15
DOUBT = 0.05  # of each label that is spread over all: surer nets are no righter ones
Arrays = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """words: (n, t, AXES) float16; mask: (n, t) bool; whole: (n, d) float32 of length 1, the language's mean taken out."""

    words: NDArray[np.float16]
    mask: NDArray[np.bool_]
    whole: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class WordAxes:
    """How words' states (w,) become AXES numbers: less mean, over spread, along axes (w, AXES)."""

    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    axes: NDArray[np.float32]

    @staticmethod
    def of(words: NDArray[np.float32]) -> WordAxes:
        """words: (n, w) of two layers, side by side, which count alike."""
        mean, half = words.mean(axis=0), words.shape[1] // 2
        spread = np.repeat(np.sqrt([words[:, :half].var(axis=0).mean(), words[:, half:].var(axis=0).mean()]), half)
        flat = ((words - mean) / spread)[::3]
        _, found = np.linalg.eigh(flat.T @ flat)
        return WordAxes(mean, spread.astype(np.float32), np.ascontiguousarray(found[:, ::-1][:, :AXES], np.float32))

    def read(self, words: Sequence[NDArray[np.float32]], whole: NDArray[np.float32]) -> Read:
        """words: (t, w) a sentence."""
        values = np.zeros((len(words), LONGEST[-1], AXES), np.float16)
        mask = np.zeros((len(words), LONGEST[-1]), bool)
        for row, states in enumerate(words):
            kept = states[: LONGEST[-1]]
            values[row, : len(kept)] = ((kept - self.mean) / self.spread) @ self.axes
            mask[row, : len(kept)] = True
        return Read(values, mask, whole)

    def folded(self, net: Arrays) -> Arrays:
        """The net as dialogue/sense.py has it: straight from states, a constant in the last column, rows are outputs."""
        words = (self.axes @ net["words"]) / self.spread[:, None]
        return {"words": np.hstack([words.T, (net["words_at"] - self.mean @ words)[:, None]]), "looks": net["looks"].T,
                "whole": np.hstack([net["whole"].T, net["whole_at"][:, None]]),
                "out": np.hstack([net["out"].T, net["out_at"][:, None]])}


def with_joined(of: Read, labels: NDArray[np.int64], languages: NDArray[np.str_], honest: int,
                chance: np.random.Generator) -> tuple[Read, NDArray[np.int64]]:
    """The sentences, and JOINED of them again with an honest one (of label `honest`) of their language before or behind: a
    claim in half a sentence is one, two honest halves are none."""
    made: list[tuple[NDArray[np.float16], NDArray[np.bool_], NDArray[np.float32], int]] = []
    lengths, longest = of.mask.sum(axis=1), of.mask.shape[1]
    calm = {name: np.flatnonzero((languages == name) & (labels == honest)) for name in set(languages.tolist())}
    for row in chance.choice(len(labels), int(JOINED * len(labels)), replace=False):
        first, last = chance.permutation([row, chance.choice(calm[languages[row]])])
        before, both = lengths[first], lengths[first] + lengths[last]
        if both > longest:
            continue
        words = np.zeros_like(of.words[row])
        words[:before], words[before:both] = of.words[first, :before], of.words[last, : both - before]
        whole = before * of.whole[first] + (both - before) * of.whole[last]
        made.append((words, np.arange(longest) < both, whole / np.linalg.norm(whole), labels[row]))
    words, masks, wholes, told = zip(*made, strict=True)
    return Read(np.concatenate([of.words, np.stack(words)]), np.concatenate([of.mask, np.stack(masks)]),
                np.concatenate([of.whole, np.stack(wholes)])), np.concatenate([labels, np.array(told)])


def scores(net: Any, words: Any, mask: Any, whole: Any, key: Any = None) -> Any:
    """(n, families). key: of what is left out by chance, None to leave out nothing."""
    def thinned(values: Any, share: float, number: int) -> Any:
        if key is None:
            return values
        return values * jax.random.bernoulli(jax.random.fold_in(key, number), 1 - share, values.shape) / (1 - share)

    signs = jax.nn.relu(thinned(words.astype(jnp.float32), HIDDEN_WORDS, 0) @ net["words"] + net["words_at"])
    weights = jax.nn.softmax(jnp.where(mask[:, :, None], signs @ net["looks"], -1e9), axis=1)
    seen = jnp.einsum("nth,ntd->nhd", weights, signs).reshape(len(words), -1)
    strongest = jnp.where(mask[:, :, None], signs, 0.0).max(axis=1)
    told = jax.nn.relu(thinned(whole, HIDDEN_WHOLE, 1) @ net["whole"] + net["whole_at"])
    return thinned(jnp.concatenate([seen, strongest, told], axis=1), HIDDEN_SIGNS, 2) @ net["out"] + net["out_at"]


def shares(nets: Sequence[Arrays], of: Read) -> NDArray[np.float32]:
    """(n, families) 0..1, of all nets together."""
    ask = jax.jit(lambda net, *parts: jax.nn.softmax(scores(net, *parts)))
    parts = [slice(at, at + 512) for at in range(0, len(of.words), 512)]
    return np.mean([np.concatenate([np.asarray(ask(net, of.words[p], of.mask[p], of.whole[p])) for p in parts])
                    for net in nets], axis=0)


def train(of: Read, labels: NDArray[np.int64], families: int, seed: int) -> Arrays:
    """One net; about a minute on one core for five thousand sentences."""
    key, chance = jax.random.PRNGKey(seed), np.random.default_rng(seed)
    net = _start(key, of.whole.shape[1], families)
    state = (net, *(jax.tree.map(jnp.zeros_like, net) for _ in range(2)))
    step = jax.jit(_step)
    lengths = of.mask.sum(axis=1)
    batches = [batch for _ in range(ROUNDS) for batch in _batches(lengths, chance)]
    for count, (rows, longest) in enumerate(batches, 1):
        rate = RATE * min(1.0, count / 100) * (1 - count / len(batches)) + 1e-5
        state = step(state, of.words[rows, :longest], of.mask[rows, :longest], of.whole[rows], labels[rows],
                     jax.random.fold_in(key, count), count, rate)
    return {name: np.asarray(values, np.float32) for name, values in state[0].items()}


def _start(key: Any, width: int, families: int) -> Any:
    drawn = [jax.random.normal(one, shape) / np.sqrt(shape[0]) for one, shape in zip(
        jax.random.split(key, 4), ((AXES, UNITS), (UNITS, LOOKS), (width, WHOLE), (UNITS * (LOOKS + 1) + WHOLE, families)),
        strict=True)]
    return {"words": drawn[0] * 0.5, "words_at": jnp.zeros(UNITS), "looks": drawn[1], "whole": drawn[2] * 8.0,
            "whole_at": jnp.zeros(WHOLE), "out": drawn[3] * 0.3, "out_at": jnp.zeros(families)}


def _batches(lengths: NDArray[np.int64], chance: np.random.Generator) -> list[tuple[NDArray[np.int64], int]]:
    """(rows, longest) of a round in chance order."""
    found: list[tuple[NDArray[np.int64], int]] = []
    for least, most in zip((0, *LONGEST), LONGEST, strict=False):
        rows = chance.permutation(np.flatnonzero((lengths > least) & (lengths <= most)))
        found += [(rows[at : at + BATCH], most) for at in range(0, len(rows) - BATCH + 1, BATCH)]
    return [found[at] for at in chance.permutation(len(found))]


def _step(state: Any, words: Any, mask: Any, whole: Any, labels: Any, key: Any, count: Any, rate: Any) -> Any:
    """Adam (Kingma and Ba 2015) with decay."""
    def loss(net: Any) -> Any:
        told = jax.nn.log_softmax(scores(net, words, mask, whole, key))
        right = jnp.take_along_axis(told, labels[:, None], axis=1)[:, 0]
        return -((1 - DOUBT) * right + DOUBT * told.mean(axis=1)).mean()

    net, first, second = state
    slope = jax.grad(loss)(net)
    first = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, first, slope)
    second = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, second, slope)
    moved = jax.tree.map(lambda at, a, b: at - rate * ((a / (1 - 0.9**count)) / (jnp.sqrt(b / (1 - 0.999**count)) + 1e-8)
                                                       + PULL * at), net, first, second)
    return moved, first, second
