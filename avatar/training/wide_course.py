"""How the wide net is taught, with PyTorch (`pip install torch`; only here, never at run time).

Cross entropy over the parts of sounds, and over the shapes of the mouth that they belong to; the weights that are kept are the
running mean of the last hundreds of steps.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.phone_classes import CLASSES
from avatar.phone_net import OUTPUTS, STATE_CLASS
from avatar.sound_frames import BANDS, normalised
from avatar.training.lessons import Lesson
from avatar.training.spectra import together
from avatar.visemes import OCULUS, ROW, visemes_of
from avatar.wide_net import Block, WideNet

BATCH = 24  # sentences
RATE = (2e-3, 4e-5)  # largest and last step
WARM_UP = 200  # steps
SHAPE_SHARE = 0.7  # of the loss over shapes, beside that over sounds
SMOOTHING = 0.05
DROP = 0.05
MEAN_OF = 500  # steps, of the weights that are kept


@dataclass(frozen=True, slots=True)
class Plan:
    """channels, context (before, after) in frames, blocks (taps, step, taps before the frame itself)."""

    channels: int
    context: tuple[int, int]
    blocks: tuple[tuple[int, int, int], ...]


WHOLE = Plan(224, (4, 4), ((5, 1, 2), (5, 2, 2), (5, 3, 2), (5, 4, 2), (5, 6, 2)))


def teach_wide(plan: Plan, frames: Sequence[NDArray], targets: Sequence[NDArray], *,
               steps: int, seed: int, report: Callable[[str], None]) -> WideNet:
    """frames: (n, 26) raw log-mel each; targets: (n,) outputs each. Raises ImportError without PyTorch."""
    torch: Any = importlib.import_module("torch")
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    weights = fresh_weights(torch, plan, OUTPUTS)
    kept = {name: value.detach().clone() for name, value in weights.items()}
    optimiser = torch.optim.AdamW(weights.values(), lr=RATE[0], weight_decay=1e-2, betas=(0.9, 0.98))
    member = shape_of_outputs(torch)
    batches, mean_loss = _batches([len(x) for x in frames], rng), 0.0
    for step in range(steps):
        done = step / steps
        rate = RATE[0] * min(1.0, (step + 1) / min(WARM_UP, steps / 10)) * (0.5 * (1 + np.cos(np.pi * done)))
        for group in optimiser.param_groups:
            group["lr"] = max(rate, RATE[1])
        chosen = next(batches)
        sounds, wanted, lengths = together([frames[i] for i in chosen], [targets[i] for i in chosen], rng)
        x = _whole_batch(sounds, lengths)
        inside = torch.from_numpy(np.arange(x.shape[1])[None] < lengths[:, None]).float()
        loss = _loss(torch, run(torch, plan, weights, torch.from_numpy(x), DROP), torch.from_numpy(wanted), inside, member)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
        optimiser.step()
        pull = max(1.0 / MEAN_OF, 19.0 / (step + 20))
        with torch.no_grad():
            for name, value in weights.items():
                kept[name].lerp_(value, pull)
        mean_loss += 0.02 * (float(loss.detach()) - mean_loss)
        if step % 200 == 199:
            report(f"step {step + 1} of {steps}: {mean_loss:.3f} nat")
    count = np.bincount(np.concatenate(targets), minlength=OUTPUTS) + 1.0
    return net_of(plan, {name: value.numpy() for name, value in kept.items()}, (count / count.sum()).astype(np.float32))


def _batches(lengths: Sequence[int], rng: np.random.Generator) -> Iterator[NDArray]:
    """Sentences of about the same length together, each once before any comes again."""
    size = min(BATCH, len(lengths))
    while True:
        order = np.argsort(np.array(lengths) * np.exp(rng.uniform(-0.15, 0.15, len(lengths))))
        parts = [order[i : i + size] for i in range(0, len(order) - size + 1, size)]
        for k in rng.permutation(len(parts)):
            yield parts[k]


def _whole_batch(sounds: NDArray, lengths: NDArray) -> NDArray:
    out = np.empty_like(sounds)
    for i, length in enumerate(lengths):
        out[i, :length] = normalised(sounds[i, :length])
        out[i, length:] = out[i, length - 1]
    return out


def fresh_weights(torch: Any, plan: Plan, outputs: int) -> dict[str, Any]:
    """Drawn anew, by name."""
    width, c = BANDS * (sum(plan.context) + 1), plan.channels
    weights = {"first.w": torch.randn(width, c) * (2.0 / width) ** 0.5, "first.b": torch.zeros(c),
               "last.w": torch.randn(c, outputs) * (1.0 / c) ** 0.5, "last.b": torch.zeros(outputs)}
    for i, (taps, _, left) in enumerate(plan.blocks):
        weights[f"{i}.taps"] = torch.randn(taps, c) * 0.3 / taps**0.5
        weights[f"{i}.taps"][left] += 0.7
        weights[f"{i}.w"], weights[f"{i}.b"] = torch.randn(c, c) * 0.7 * (2.0 / c) ** 0.5, torch.zeros(c)
    return {name: value.requires_grad_() for name, value in weights.items()}


def run(torch: Any, plan: Plan, weights: dict[str, Any], x: Any, drop: float) -> Any:
    """(b, n, outputs) from (b, n, 26): what avatar.wide_net does, for many sentences, with dropout of whole channels; 16-bit
    throughout, which is twice as fast where the processor has it."""
    count, n, _ = x.shape
    before, after = plan.context
    half = {name: value.bfloat16() for name, value in weights.items()}
    x = x.bfloat16()
    padded = torch.cat([x[:, :1].expand(-1, before, -1), x, x[:, -1:].expand(-1, after, -1)], 1)
    context = padded.unfold(1, before + after + 1, 1).transpose(2, 3).reshape(count * n, -1)
    h = torch.relu(torch.addmm(half["first.b"], context, half["first.w"])).reshape(count, n, -1)
    for i, (taps, step, left) in enumerate(plan.blocks):
        past, ahead = left * step, (taps - 1 - left) * step
        wide = torch.cat([h[:, :1].expand(-1, past, -1), h, h[:, -1:].expand(-1, ahead, -1)], 1)
        tap = half[f"{i}.taps"]
        mixed = wide[:, :n] * tap[0]
        for k in range(1, taps):
            mixed = torch.addcmul(mixed, wide[:, k * step : k * step + n], tap[k])
        mixed = mixed * torch.nn.functional.dropout(torch.ones(count, 1, plan.channels), drop).bfloat16()
        found = torch.addmm(half[f"{i}.b"], mixed.reshape(count * n, -1), half[f"{i}.w"])
        h = h + torch.relu(found).reshape(count, n, -1)
    return torch.addmm(half["last.b"], h.reshape(count * n, -1), half["last.w"]).reshape(count, n, -1).float()


def shape_of_outputs(torch: Any) -> Any:
    """(outputs, visemes): 1 where an output is a part of a sound of that shape."""
    shape = torch.tensor([ROW[(visemes_of(CLASSES[c]) or ("sil",))[0]] for c in STATE_CLASS])
    return torch.nn.functional.one_hot(shape, len(OCULUS)).float()


def _loss(torch: Any, logits: Any, wanted: Any, inside: Any, member: Any) -> Any:
    logs = torch.log_softmax(logits, -1)
    sounds = (1 - SMOOTHING) * logs.gather(2, wanted[:, :, None])[:, :, 0] + SMOOTHING * logs.mean(-1)
    shapes = torch.log(logs.exp() @ member + 1e-8).gather(2, member.argmax(-1)[wanted][:, :, None])[:, :, 0]
    return -((sounds + SHAPE_SHARE * shapes) * inside).sum() / inside.sum()


def net_of(plan: Plan, weights: dict[str, NDArray], prior: NDArray) -> WideNet:
    """What runs without PyTorch."""
    blocks = tuple(Block(weights[f"{i}.taps"], step, left, weights[f"{i}.w"], weights[f"{i}.b"])
                   for i, (_, step, left) in enumerate(plan.blocks))
    return WideNet((weights["first.w"], weights["first.b"]), blocks, (weights["last.w"], weights["last.b"]), *plan.context,
                   prior)


def teach_whole(lessons: Sequence[Lesson], *, steps: int, seed: int, report: Callable[[str], None]) -> WideNet:
    """lessons: with their last targets."""
    frames = [raw for one in lessons for raw, _ in one.variants]
    targets = [one.targets[at] for one in lessons for _, at in one.variants]
    return teach_wide(WHOLE, frames, targets, steps=steps, seed=seed, report=report)
