"""How the nets are taught that hear how far a mouth is open, with PyTorch (`pip install torch`; only here, never at run time).
One hears a recording, both sides; one what comes in live, 5 frames ahead, normalised as it goes.

Each is told no sounds, only the curve that exact sounds give, and is marked as it is judged: by how alike the two curves of a
sentence are. So what matters is where a mouth opens, not what is said, and it errs otherwise than the nets that hear sounds.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.aligner import align
from avatar.lipsync import viseme_curves
from avatar.listener import OPENNESS
from avatar.phone_net import PhoneNet
from avatar.sound_frames import BANDS, FRAMES_PER_S, log_mel, normalised
from avatar.training.lessons import Lesson, RunningNorms, speech_statistics
from avatar.training.spectra import PACE, PACE_FRAMES, UNEVEN, elsewhere, other_head
from avatar.training.wide_course import RATE, Plan, fresh_weights, net_of, run

OPEN = Plan(96, (4, 4), ((5, 1, 2), (5, 2, 2), (5, 3, 2), (5, 4, 2), (5, 6, 2)))
# What lies ahead of a frame is in the first step only; further back the sound counts less.
LIVE = Plan(80, (8, 5), ((4, 2, 3), (4, 3, 3), (4, 5, 3)))
PLANS = {"open": OPEN, "open_live": LIVE}
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
Normalise = Callable[[NDArray, NDArray], NDArray]  # (b, n, 26) raw log-mel and (b,) frames of each -> (b, n, 26)


def sounds_of(lessons: Sequence[Lesson], align_net: PhoneNet) -> tuple[list[Sound], NDArray]:
    """What is heard and how far the mouth is open, of each sentence as it was spoken; (sentences,) how often each is drawn.
    align_net: finds the phones whose times were only guessed (Pico's stand evenly over the sentence)."""
    out, weights = [], []
    for one in lessons:
        said = one.sentence
        raw = log_mel(said.sound, said.rate_hz)
        also = _ALSO.get(said.language, {})
        timed = said.phones if said.exact else align(said.sound, said.rate_hz, [p.ipa for p in said.phones], net=align_net)
        phones = [replace(p, ipa=also.get(p.ipa, p.ipa)) for p in timed]
        wanted = viseme_curves(phones, len(said.sound) / said.rate_hz) @ OPENNESS
        n = min(len(raw), len(wanted))
        out.append((raw[:n].astype(np.float32), wanted[:n].astype(np.float32)))
        weights.append(n / FRAMES_PER_S * SHARES[0 if said.exact else 1])
    return out, np.array(weights) / sum(weights)


def each_whole(x: NDArray, lengths: NDArray) -> NDArray:
    """Each sentence normalised as a recording is."""
    out = np.empty_like(x)
    for k, length in enumerate(lengths):
        out[k, :length] = normalised(x[k, :length])
        out[k, length:] = out[k, length - 1]
    return out


def as_it_comes(mean: NDArray, spread: NDArray) -> Normalise:
    """Each sentence normalised as the listener does it. mean, spread: (26,) of speech (avatar.sound_frames.RunningNorm)."""
    def every(x: NDArray, lengths: NDArray) -> NDArray:
        norms = RunningNorms(mean, spread, len(x))
        return np.stack([norms(x[:, t]) for t in range(x.shape[1])], axis=1)

    return every


def teach_open(plan: Plan, sounds: Sequence[Sound], chances: NDArray, *, steps: int, seed: int,
               report: Callable[[str], None], normal: Normalise = each_whole) -> Any:
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
        x, wanted, inside = (torch.from_numpy(part) for part in _batch(sounds, chances, rng, normal))
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


def teach_openness(name: str, lessons: Sequence[Lesson], align_net: PhoneNet, *, steps: int, seed: int,
                   report: Callable[[str], None]) -> Any:
    """name: of PLANS. lessons: any; their sentences are learned from."""
    live = as_it_comes(*speech_statistics(lessons)) if name == "open_live" else each_whole
    return teach_open(PLANS[name], *sounds_of(lessons, align_net), steps=steps, seed=seed, report=report, normal=live)


def _likeness(torch: Any, said: Any, wanted: Any, inside: Any) -> Any:
    """(b,) correlation over each sentence's own frames."""
    count = inside.sum(1, keepdim=True)
    a = (said - (said * inside).sum(1, keepdim=True) / count) * inside
    b = (wanted - (wanted * inside).sum(1, keepdim=True) / count) * inside
    return (a * b).sum(1) / torch.sqrt((a * a).sum(1) * (b * b).sum(1) + 1e-6)


def _batch(sounds: Sequence[Sound], chances: NDArray, rng: np.random.Generator,
           normal: Normalise) -> tuple[NDArray, NDArray, NDArray]:
    """(b, n, 26) normalised, (b, n) openness, (b, n) 1 inside a sentence: each by another mouth, somewhere else."""
    drawn = [_varied(sounds[int(i)], rng) for i in rng.choice(len(sounds), BATCH, p=chances)]
    lengths = np.array([len(x) for x, _ in drawn])
    n = int(lengths.max())
    x, wanted = np.full((BATCH, n, BANDS), _NOTHING, np.float32), np.zeros((BATCH, n), np.float32)
    for i, (one, curve) in enumerate(drawn):
        x[i, : len(one)], x[i, len(one) :], wanted[i, : len(one)] = one, one[-1], curve
    x = normal(elsewhere(x, lengths, rng), lengths)
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
