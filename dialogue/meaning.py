"""What a question means when its words are not ours: the attribute it asks for, or the passage that answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets.knowledge import Passage
from dialogue.corpus import Corpus, Decision
from dialogue.dense import PassageVectors, Progress
from dialogue.entries import entry_of_passage
from dialogue.learned import learned
from dialogue.lexicon import table
from dialogue.ports import Embedded, Embedder

OTHER = "other"  # the last class of the head
# Share from which an attribute is taken as plainly asked for, and the share of the likeliest below which another is not
# believed though words suggest it: chosen on wordings that the head had not learnt from (dialogue/training/more_asks.toml).
PLAIN = 0.45
RIVAL = 0.3
LEAST = 0.05  # of a rival: the shares that "combien pèse la lampe ?" leaves, taken for another matter, are noise


@dataclass(frozen=True, slots=True)
class Kinds:
    """shares: kind of attribute, or OTHER, -> how likely a question asks for it, 0..1 together; empty: not known."""

    shares: Mapping[str, float]

    @property
    def plain(self) -> str | None:
        """The kind that is plainly asked for; None when it is not plain, or another matter."""
        best = max(self.shares, key=self.shares.__getitem__, default=OTHER)
        return best if best != OTHER and self.shares[best] >= PLAIN else None

    def speaks_against(self, kind: str) -> bool:
        """Whether something else is so much likelier that words which suggest `kind` are not believed."""
        own = self.shares.get(kind)
        rival = max((share for name, share in self.shares.items() if name != OTHER), default=0.0)
        return own is not None and rival >= LEAST and own < RIVAL * rival

    def other_than(self, kind: str) -> bool:
        """Whether the question is plainly another matter than a kind that no word of it suggests."""
        own = self.shares.get(kind)
        return own is not None and own < LEAST and self.shares[OTHER] >= PLAIN


class _OnceRead:
    """An embedder that keeps the last question: its kind and its passage are looked for one after the other."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimension = embedder.name, embedder.dimension
        self._last: tuple[tuple[str, ...], list[Embedded]] | None = None

    def embed(self, texts: Sequence[str], *, question: bool) -> list[Embedded]:
        """See dialogue.ports.Embedder."""
        if not question:
            return self._embedder.embed(texts, question=False)
        last = self._last  # read once: a knowledge base may be read beside
        if last is None or last[0] != tuple(texts):
            last = self._last = (tuple(texts), self._embedder.embed(texts, question=True))
        return last[1]


class Meaning:
    """A knowledge base by meaning. `replace` reads only what is new. Not thread-safe: one owner."""

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        """folder: where vectors are kept between starts, None for memory only."""
        self._embedder = _OnceRead(embedder)
        self._vectors = PassageVectors(self._embedder, folder)
        self._corpus = Corpus((), None, None)

    def replace(self, passages: Sequence[Passage], progress: Progress = lambda share, what: None) -> None:
        """Take over a changed knowledge base."""
        self._corpus = Corpus([entry_of_passage(p) for p in passages], self._vectors, self._embedder, progress)

    def decide(self, question: str, language: str, among: Sequence[Passage]) -> Decision:
        """The passage of `among` that answers, or none."""
        return self._corpus.decide(question, language, [p.id for p in among])

    def first(self, question: str, language: str, among: Sequence[Passage]) -> Passage | None:
        """The passage of `among` that fits best, whether it answers or not; None of none."""
        found = self._corpus.search(question, language, 1, [p.id for p in among])
        return next((p for p in among if found and p.id == found[0][0]), None)

    def kinds(self, question: str, language: str) -> Kinds:
        """How likely a question asks for each kind (dialogue/lexicon/asks.toml) or for another matter; nothing of an embedder
        that we do not know."""
        spaces = self._vectors.spaces
        if not spaces.measured:
            return Kinds({})
        names, weights = (*table("asks"), OTHER), learned("asks")["weights"]
        centred = self._embedder.embed([question], question=True)[0].vector - spaces.question_mean(language)
        scores = weights[:, :-1] @ (centred / max(float(np.linalg.norm(centred)), 1e-9)) + weights[:, -1]
        shares = np.exp(scores - scores.max())
        return Kinds(dict(zip(names, (shares / shares.sum()).tolist(), strict=True)))
