"""The aligner's course: guess the targets, learn, align anew, learn again. Others learn from the last targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from avatar.phone_net import OUTPUTS, PhoneNet
from avatar.sound_frames import BANDS
from avatar.training.lessons import Lesson, Sentence, lesson, realign, speech_statistics, whole
from avatar.training.sgd import Batches, Perceptron

HIDDEN = 224
CONTEXT = (6, 6)  # frames: 60 ms either way
ROUNDS = (0.12, 0.18, 0.25, 0.45)  # of the steps, between alignments
RATE = (2e-3, 5e-5)  # first and last step of each net

Report = Callable[[str], None]


def teach(sentences: Sequence[Sentence], *, steps: int, variants: int, seed: int, known: PhoneNet | None = None,
          report: Report = lambda line: None) -> tuple[PhoneNet, list[Lesson]]:
    """The aligner out of sentences with known phones, and the lessons with its last targets. known: an aligner to keep."""
    rng = np.random.default_rng(seed)
    # Formant speech was varied when it was made.
    lessons = [lesson(one, 1 if one.exact else variants, rng) for one in sentences]
    minutes = sum(len(one.clean) for one in lessons) / 6000
    report(f"{len(lessons)} sentences, {minutes:.1f} minutes, up to {variants} variants of each")
    align = known or _aligner(lessons, steps, rng, speech_statistics(lessons), report)
    failed = realign(lessons, align)
    report(f"last alignment: {failed} of {len(lessons)} failed")
    return align, lessons


def _aligner(lessons: Sequence[Lesson], steps: int, rng: np.random.Generator, known: tuple[NDArray, NDArray],
             report: Report) -> PhoneNet:
    frames = [whole(raw) for one in lessons for raw, _ in one.variants]
    brain = _fresh(CONTEXT, HIDDEN, rng)
    net: PhoneNet | None = None
    for i, share in enumerate(ROUNDS):
        if net is not None:
            report(f"round {i + 1}: {realign(lessons, net)} could not be aligned")
        brain = _learn(frames, _targets(lessons), CONTEXT, int(steps * share), rng, brain, report)
        net = _net(brain, CONTEXT, lessons, *known)
    assert net is not None
    return net


def _fresh(context: tuple[int, int], hidden: int, rng: np.random.Generator) -> Perceptron:
    return Perceptron(((sum(context) + 1) * BANDS, hidden, hidden, OUTPUTS), rng)


def _targets(lessons: Sequence[Lesson]) -> list[NDArray]:
    return [one.targets[at] for one in lessons for _, at in one.variants]


def _learn(frames: list[NDArray], targets: list[NDArray], context: tuple[int, int], steps: int, rng: np.random.Generator,
           brain: Perceptron, report: Report) -> Perceptron:
    batches = Batches(frames, targets, *context, rng)
    loss = 0.0
    for i, (x, target) in enumerate(batches.draw(steps)):
        share = i / max(steps, 1)
        loss += 0.01 * (brain.step(x, target, RATE[0] * (RATE[1] / RATE[0]) ** share) - loss)
        if i % 500 == 499:
            report(f"step {i + 1} of {steps}: {loss:.3f} nat over {len(batches)} frames")
    return brain


def _net(brain: Perceptron, context: tuple[int, int], lessons: Sequence[Lesson], mean: NDArray, spread: NDArray) -> PhoneNet:
    count = np.bincount(np.concatenate([one.targets for one in lessons]), minlength=OUTPUTS) + 1.0
    layers = tuple((weight.copy(), bias.copy()) for weight, bias in brain.layers)
    return PhoneNet(layers, *context, (count / count.sum()).astype(np.float32), mean.astype(np.float32),
                    spread.astype(np.float32))
