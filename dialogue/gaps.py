"""Questions that had no answer, gathered by meaning: what the operator sees. Pure but for vectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialogue.analyser import content_terms
from dialogue.dense import Spaces
from dialogue.ports import Embedder
from dialogue.question import Question

# Likeness, means taken out, from which two questions are one: paraphrases lie above 0.6, other questions of the same
# product below 0.5.
ALIKE = 0.58


@dataclass(frozen=True, slots=True)
class Gap:
    """questions: that ask the same, the plainest first; sku: the product on show when most were asked."""

    questions: tuple[Question, ...]
    sku: str | None

    @property
    def askers(self) -> tuple[tuple[str, str], ...]:
        """(viewer, question id) of everyone to be told."""
        return tuple((question.viewer, question.id) for question in self.questions)


def gathered(asked: Sequence[tuple[Question, str | None]], embedder: Embedder | None) -> tuple[Gap, ...]:
    """Gaps, the one most asked for first. asked: (question, sku on show); embedder: None to go by words."""
    if not asked:
        return ()
    likeness = _by_meaning(asked, embedder) if embedder is not None else _by_words(asked)
    groups: list[list[int]] = []
    for index in range(len(asked)):
        same = [group for group in groups if asked[group[0]][1] == asked[index][1] and likeness[group[0], index] >= ALIKE]
        if same:
            max(same, key=lambda group: likeness[group[0], index]).append(index)
        else:
            groups.append([index])
    gaps = []
    for group in sorted(groups, key=len, reverse=True):
        inner = likeness[np.ix_(group, group)].sum(axis=1)
        ordered = [asked[group[i]][0] for i in np.argsort(-inner, kind="stable")]
        gaps.append(Gap(tuple(ordered), Counter(asked[i][1] for i in group).most_common(1)[0][0]))
    return tuple(gaps)


def _by_meaning(asked: Sequence[tuple[Question, str | None]], embedder: Embedder) -> NDArray[np.float32]:
    spaces = Spaces(embedder.name)
    found = embedder.embed([question.text for question, _ in asked], question=True)
    vectors = np.stack([e.vector - spaces.question_mean(question.language)
                        for e, (question, _) in zip(found, asked, strict=True)])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return np.asarray(vectors @ vectors.T, np.float32)


def _by_words(asked: Sequence[tuple[Question, str | None]]) -> NDArray[np.float32]:
    held = [set(content_terms(question.text, question.language)) for question, _ in asked]
    return np.array([[len(a & b) / len(a | b) if a | b else 0.0 for b in held] for a in held], np.float32)
