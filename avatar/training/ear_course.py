"""How the listener's ears are taught, with PyTorch (`pip install torch`; only here, never at run time): nets that hear a fifth
or a third of a second and nothing before it. They lean less on the voices that they learned from than a wide net."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.phone_net import OUTPUTS, PhoneNet
from avatar.sound_frames import BANDS, RunningNorm
from avatar.training.lessons import Lesson
from avatar.training.wide_course import SHAPE_SHARE, SMOOTHING, shape_of_outputs

AHEAD = 5  # frames; with half a window 57.5 ms of look-ahead
BATCH = 1024  # frames
RATE = (2e-3, 5e-5)  # first and last step
DROP = 0.1
MEAN_OF = 500  # steps, of the weights that are kept


@dataclass(frozen=True, slots=True)
class Ear:
    """past: frames that it looks back; hidden: of each of its two layers."""

    past: int
    hidden: int


EARS = {"listen": Ear(13, 384), "past": Ear(24, 352)}  # two that err differently are better than a large one


def running(mean: NDArray, spread: NDArray, frames: NDArray) -> NDArray:
    """Normalised as the listener does it. frames: (n, 26)."""
    norm = RunningNorm(mean, spread)
    return np.array([norm(frame) for frame in frames], np.float32)


def teach_ear(ear: Ear, lessons: Sequence[Lesson], known: tuple[NDArray, NDArray], *, steps: int, seed: int,
              report: Callable[[str], None]) -> PhoneNet:
    """lessons: with their last targets; known: mean and spread of speech. Raises ImportError without PyTorch."""
    torch: Any = importlib.import_module("torch")
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    rows, at, targets = _rows(ear, lessons, known)
    wide = ear.past + 1 + AHEAD
    sizes = (wide * BANDS, ear.hidden, ear.hidden, OUTPUTS)
    weights = [w.requires_grad_() for a, b in pairwise(sizes)
               for w in (torch.randn(a, b) * (2.0 / a) ** 0.5, torch.zeros(b))]
    kept = [w.detach().clone() for w in weights]
    optimiser = torch.optim.AdamW(weights, lr=RATE[0], weight_decay=1e-2, betas=(0.9, 0.98))
    table, wanted, offsets = torch.from_numpy(rows), torch.from_numpy(targets), torch.arange(wide) - ear.past
    member, mean_loss, order = shape_of_outputs(torch), 0.0, np.zeros(0, np.int64)
    for step in range(steps):
        if len(order) < BATCH:
            order = rng.permutation(len(at))
        chosen, order = torch.from_numpy(order[:BATCH]), order[BATCH:]
        x = table[torch.from_numpy(at)[chosen][:, None] + offsets].reshape(len(chosen), -1)
        for group in optimiser.param_groups:
            group["lr"] = RATE[0] * (RATE[1] / RATE[0]) ** (step / steps)
        logs = torch.log_softmax(_forward(torch, weights, x), -1)
        y = wanted[chosen]
        sounds = (1 - SMOOTHING) * logs.gather(1, y[:, None])[:, 0] + SMOOTHING * logs.mean(-1)
        shapes = torch.log(logs.exp() @ member + 1e-8).gather(1, member.argmax(-1)[y][:, None])[:, 0]
        loss = -(sounds + SHAPE_SHARE * shapes).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            for old, new in zip(kept, weights, strict=True):
                old.lerp_(new, max(1.0 / MEAN_OF, 19.0 / (step + 20)))
        mean_loss += 0.01 * (float(loss.detach()) - mean_loss)
        if step % 1000 == 999:
            report(f"ear: step {step + 1} of {steps}: {mean_loss:.3f} nat")
    count = np.bincount(targets, minlength=OUTPUTS) + 1.0
    layers = [w.numpy() for w in kept]
    return PhoneNet(tuple(zip(layers[::2], layers[1::2], strict=True)), ear.past, AHEAD,
                    (count / count.sum()).astype(np.float32), *(np.asarray(k, np.float32) for k in known))


def _rows(ear: Ear, lessons: Sequence[Lesson],
          known: tuple[NDArray, NDArray]) -> tuple[NDArray, NDArray, NDArray]:
    """All frames one after the other, with their edges repeated: (m, 26), where each frame of a sound lies, its target."""
    rows: list[NDArray] = []
    at, length = [], 0
    for one in lessons:
        for raw, _ in one.variants:
            x = running(*known, raw)
            rows += [np.repeat(x[:1], ear.past, 0), x, np.repeat(x[-1:], AHEAD, 0)]
            at.append(np.arange(length + ear.past, length + ear.past + len(x)))
            length += len(x) + ear.past + AHEAD
    targets = [one.targets[index] for one in lessons for _, index in one.variants]
    return np.concatenate(rows), np.concatenate(at), np.concatenate(targets)


def _forward(torch: Any, weights: Sequence[Any], x: Any) -> Any:
    """(b, outputs) from (b, in); 16-bit, which is twice as fast where the processor has it."""
    h = x.bfloat16()
    for i in range(0, len(weights), 2):
        h = torch.addmm(weights[i + 1].bfloat16(), h, weights[i].bfloat16())
        if i + 2 < len(weights):
            h = torch.nn.functional.dropout(torch.relu(h), DROP)
    return h.float()
