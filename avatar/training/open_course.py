"""How the net is taught that hears how far a mouth is open, with PyTorch (`pip install torch`; only here, never at run time).

It is told no sounds, only the curve that exact sounds give, and is marked as it is judged: by how alike the two curves of a
sentence are. So what matters is where a mouth opens, not what is said, and it errs otherwise than the nets that hear sounds.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.lipsync import OPENNESS, viseme_curves
from avatar.sound_frames import BANDS, FRAMES_PER_S, log_mel, normalised
from avatar.training.lessons import Lesson
from avatar.training.spectra import PACE, PACE_FRAMES, UNEVEN, elsewhere, other_head
from avatar.training.wide_course import RATE, Plan, fresh_weights, net_of, run

OPEN = Plan(96, (4, 4), ((5, 1, 2), (5, 2, 2), (5, 3, 2), (5, 4, 2), (5, 6, 2)))
BATCH = 20  # sentences
LONGEST = 500  # frames of a sentence; of a longer one a part is drawn
MEAN_OF = 300  # steps, of the weights that are kept
DROP = 0.05
WARM_UP = 100  # steps
HEAD = 0.18  # natural log of the factor on all formants: wider than for sounds, whose names depend on them
SHARES = (0.35, 1.0)  # how often a second of formant speech is drawn, of other voices: formant speech is unlike people's
SQUARES = 2.0  # weight of the squared error beside the likeness: keeps the curve between 0 and 1
_ALSO = {"en": {"ɐ": "ə"}}  # how espeak writes the "a" of "about", which no mouth opens wide for
_NOTHING = -23.0  # natural log of power

Sound = tuple[NDArray, NDArray]  # (n, 26) raw log-mel, (n,) openness 0..1


def sounds_of(lessons: Sequence[Lesson]) -> tuple[list[Sound], NDArray]:
    """What is heard and how far the mouth is open, of each sentence as it was spoken; (sentences,) how often each is drawn."""
    out, weights = [], []
    for one in lessons:
        said = one.sentence
        raw = log_mel(said.sound, said.rate_hz)
        also = _ALSO.get(said.language, {})
        phones = [replace(p, ipa=also.get(p.ipa, p.ipa)) for p in said.phones]
        wanted = viseme_curves(phones, len(said.sound) / said.rate_hz) @ OPENNESS
        n = min(len(raw), len(wanted))
        out.append((raw[:n].astype(np.float32), wanted[:n].astype(np.float32)))
        weights.append(n / FRAMES_PER_S * SHARES[0 if said.exact else 1])
    return out, np.array(weights) / sum(weights)


def teach_open(plan: Plan, sounds: Sequence[Sound], chances: NDArray, *, steps: int, seed: int,
               report: Callable[[str], None]) -> Any:
    """An avatar.wide_net.WideNet with one output, the openness. sounds, chances: of `sounds_of`. Raises ImportError without
    PyTorch."""
    torch: Any = importlib.import_module("torch")
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    weights = fresh_weights(torch, plan, 1)
    kept = {name: value.detach().clone() for name, value in weights.items()}
    optimiser = torch.optim.AdamW(weights.values(), lr=RATE[0], weight_decay=1e-2, betas=(0.9, 0.98))
    mean_r = 0.0
    for step in range(steps):
        rate = RATE[0] * min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + np.cos(np.pi * step / steps))
        for group in optimiser.param_groups:
            group["lr"] = max(rate, RATE[1])
        x, wanted, inside = (torch.from_numpy(part) for part in _batch(sounds, chances, rng))
        said = run(torch, plan, weights, x, DROP)[:, :, 0]
        r = _likeness(torch, said, wanted, inside)
        loss = (1 - r).mean() + SQUARES * (((said - wanted) ** 2) * inside).sum() / inside.sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
        optimiser.step()
        with torch.no_grad():
            for name, value in weights.items():
                kept[name].lerp_(value, max(1.0 / MEAN_OF, 19.0 / (step + 20)))
        mean_r += 0.02 * (float(r.detach().mean()) - mean_r)
        if step % 200 == 199:
            report(f"openness: step {step + 1} of {steps}: r {mean_r:.3f}")
    return net_of(plan, {name: value.numpy() for name, value in kept.items()}, np.ones(1, np.float32))


def teach_openness(lessons: Sequence[Lesson], *, steps: int, seed: int, report: Callable[[str], None]) -> Any:
    """lessons: any; their sentences are learned from."""
    return teach_open(OPEN, *sounds_of(lessons), steps=steps, seed=seed, report=report)


def _likeness(torch: Any, said: Any, wanted: Any, inside: Any) -> Any:
    """(b,) correlation over each sentence's own frames."""
    count = inside.sum(1, keepdim=True)
    a = (said - (said * inside).sum(1, keepdim=True) / count) * inside
    b = (wanted - (wanted * inside).sum(1, keepdim=True) / count) * inside
    return (a * b).sum(1) / torch.sqrt((a * a).sum(1) * (b * b).sum(1) + 1e-6)


def _batch(sounds: Sequence[Sound], chances: NDArray, rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray]:
    """(b, n, 26) normalised, (b, n) openness, (b, n) 1 inside a sentence: each by another mouth, somewhere else."""
    drawn = [_varied(sounds[int(i)], rng) for i in rng.choice(len(sounds), BATCH, p=chances)]
    lengths = np.array([len(x) for x, _ in drawn])
    n = int(lengths.max())
    x, wanted = np.full((BATCH, n, BANDS), _NOTHING, np.float32), np.zeros((BATCH, n), np.float32)
    for i, (one, curve) in enumerate(drawn):
        x[i, : len(one)], x[i, len(one) :], wanted[i, : len(one)] = one, one[-1], curve
    x = elsewhere(x, lengths, rng)
    for one, length in zip(x, lengths, strict=True):
        one[:length] = normalised(one[:length])
        one[length:] = one[length - 1]
    return x, wanted, (np.arange(n)[None] < lengths[:, None]).astype(np.float32)


def _varied(sound: Sound, rng: np.random.Generator) -> Sound:
    """At another pace, by another head, through another synthesiser."""
    x: NDArray = sound[0].astype(np.float32)
    curve = sound[1]
    if rng.random() < 0.8:
        x, curve = paced(x, curve, rng)
    if rng.random() < 0.8:
        x = other_head(x, rng, HEAD)
    if rng.random() < 0.3:  # coarser spectra
        k = rng.uniform(0.1, 0.3)
        x = (1 - 2 * k) * x + k * np.concatenate([x[:, :1], x[:, :-1]], 1) + k * np.concatenate([x[:, 1:], x[:, -1:]], 1)
    if rng.random() < 0.3:  # flatter or steeper ones
        level = x.mean(axis=1, keepdims=True)
        x = level + (x - level) * rng.uniform(0.7, 1.25)
    start = int(rng.integers(0, len(x) - LONGEST)) if len(x) > LONGEST else 0
    return x[start : start + LONGEST].astype(np.float32), curve[start : start + LONGEST].astype(np.float32)


def paced(x: NDArray, curve: NDArray, rng: np.random.Generator) -> Sound:
    """At a pace that changes on the way, both alike."""
    rate = float(np.exp(rng.uniform(*np.log(PACE))))
    knots = np.exp(rng.normal(size=max(2, len(x) // PACE_FRAMES)) * UNEVEN)
    steps = np.interp(np.linspace(0.0, 1.0, max(10, int(len(x) * rate))), np.linspace(0.0, 1.0, len(knots)), knots)
    at = np.clip((np.cumsum(steps) - 0.5 * steps) / steps.sum() * len(x) - 0.5, 0, len(x) - 1)
    low = at.astype(int)
    high, share = np.minimum(low + 1, len(x) - 1), (at - low).astype(np.float32)
    return x[low] * (1 - share[:, None]) + x[high] * share[:, None], curve[low] * (1 - share) + curve[high] * share
