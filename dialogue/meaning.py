"""What a question means when its words are not ours: the attribute it asks for, or the passage that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assets.knowledge import Passage
from dialogue.corpus import Corpus, Decision
from dialogue.dense import PassageVectors, Progress
from dialogue.entries import entry_of_passage
from dialogue.lexicon import table
from dialogue.ports import Embedded, Embedder
from dialogue.wording import base_of

# Likeness of a question to a plain one for the same attribute, means taken out. Same attribute, other wording: 0.5 to 0.9;
# another attribute: below 0.45 (dialogue/training/asks.py).
SAME_ATTRIBUTE = 0.55
CLEARLY_AHEAD = 0.08  # of the next attribute


class Meaning:
    """A knowledge base by meaning. `replace` reads only what is new. Not thread-safe: one owner."""

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        """folder: where vectors are kept between starts, None for memory only."""
        self._embedder = embedder
        self._vectors, self._asks = PassageVectors(embedder, folder), _Asks(embedder, folder)
        self._corpus = Corpus((), None, None)

    def replace(self, passages: Sequence[Passage], progress: Progress = lambda share, what: None) -> None:
        """Take over a changed knowledge base."""
        self._corpus = Corpus([entry_of_passage(p) for p in passages], self._vectors, self._embedder, progress)

    def decide(self, question: str, language: str, among: Sequence[Passage]) -> Decision:
        """The passage of `among` that answers, or none."""
        return self._corpus.decide(question, language, [p.id for p in among])

    def attribute(self, question: str, language: str) -> str | None:
        """The kind (dialogue/lexicon/attributes.toml) that a question plainly asks for; None when it is not plain."""
        return self._asks.attribute(self._embedder.embed([question], question=True)[0], language)


class _Asks:
    """Plain questions for the commonest attributes (dialogue/lexicon/asks.toml) as vectors."""

    def __init__(self, embedder: Embedder, folder: Path | None) -> None:
        rows = [(kind, tag, text) for kind, by_language in table("asks").items() for tag, text in by_language.items()]
        self._kinds, self._tags = [kind for kind, _, _ in rows], np.array([tag for _, tag, _ in rows])
        kept = PassageVectors(_AsQuestions(embedder), folder)
        self._spaces = kept.spaces
        centred = np.stack([k.vector - self._spaces.question_mean(tag)
                            for k, (_, tag, _) in zip(kept.of([text for _, _, text in rows]), rows, strict=True)])
        self._vectors = centred / np.linalg.norm(centred, axis=1, keepdims=True)

    def attribute(self, question: Embedded, language: str) -> str | None:
        base = base_of(language)
        asked = question.vector - self._spaces.question_mean(base)
        likeness = self._vectors @ (asked / max(float(np.linalg.norm(asked)), 1e-9))
        if base in self._tags:
            likeness = np.where(self._tags == base, likeness, likeness - 0.1)  # its own language knows best
        by_kind: dict[str, float] = {}
        for kind, value in zip(self._kinds, likeness.tolist(), strict=True):
            by_kind[kind] = max(by_kind.get(kind, -1.0), value)
        (best, first), (_, second) = sorted(by_kind.items(), key=lambda item: -item[1])[:2]
        return best if first >= SAME_ATTRIBUTE and first - second >= CLEARLY_AHEAD else None


class _AsQuestions:
    """An embedder that reads everything as a question."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder, self.name, self.dimension = embedder, f"{embedder.name}/questions", embedder.dimension

    def embed(self, texts: Sequence[str], *, question: bool) -> list[Embedded]:
        return self._embedder.embed(texts, question=True)
