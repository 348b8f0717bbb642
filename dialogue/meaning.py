"""What a question means when its words are not ours: the attribute it asks for, or the passage that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assets.knowledge import Passage
from dialogue.corpus import Corpus, Decision
from dialogue.dense import PassageVectors, Progress
from dialogue.entries import entry_of_passage
from dialogue.learned import learned
from dialogue.lexicon import table
from dialogue.ports import Embedder

# Probability from which an attribute is taken as plainly asked for: of wordings that nothing was learnt from, 2 % are taken
# for a wrong attribute then (dialogue/training/asks.py).
PLAIN = 0.7


class Meaning:
    """A knowledge base by meaning. `replace` reads only what is new. Not thread-safe: one owner."""

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        """folder: where vectors are kept between starts, None for memory only."""
        self._embedder = embedder
        self._vectors = PassageVectors(embedder, folder)
        self._corpus = Corpus((), None, None)

    def replace(self, passages: Sequence[Passage], progress: Progress = lambda share, what: None) -> None:
        """Take over a changed knowledge base."""
        self._corpus = Corpus([entry_of_passage(p) for p in passages], self._vectors, self._embedder, progress)

    def decide(self, question: str, language: str, among: Sequence[Passage]) -> Decision:
        """The passage of `among` that answers, or none."""
        return self._corpus.decide(question, language, [p.id for p in among])

    def attribute(self, question: str, language: str) -> str | None:
        """The kind (dialogue/lexicon/asks.toml) that a question plainly asks for; None when it is not plain, or another."""
        spaces = self._vectors.spaces
        if not spaces.measured:
            return None
        kinds, weights = tuple(table("asks")), learned("asks")["weights"]
        centred = self._embedder.embed([question], question=True)[0].vector - spaces.question_mean(language)
        scores = weights[:, :-1] @ (centred / max(float(np.linalg.norm(centred)), 1e-9)) + weights[:, -1]
        shares = np.exp(scores - scores.max())
        best = int(shares.argmax())
        return kinds[best] if best < len(kinds) and shares[best] >= PLAIN * shares.sum() else None
