"""Any corpus of passages as plain data: searched in any language, and answered from only when an answer is there.

`Corpus.build(rows)` takes rows like {"id": "a1", "text": "…", "language": "en"}; see docs/ANSWERS.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.cache import cache_dir
from dialogue.analyser import content_terms, terms
from dialogue.answerability import confidence, enough, lacks
from dialogue.dense import DenseIndex, PassageVectors, Progress
from dialogue.entries import Entry, entry_of
from dialogue.fusion import fused, most_promising
from dialogue.language import guess, of_passages
from dialogue.lexical import LexicalIndex
from dialogue.passage_sentences import SentenceVectors, sentences_of
from dialogue.ports import Embedded, Embedder
from dialogue.quantities import warm_up
from dialogue.signals import COLUMNS, Signals, wanted_of
from dialogue.wording import base_of

POOL = 48  # passages looked at from every side; the rest is ranked by meaning and words alone
SHARE = 96  # more of them where languages compete, the same number of each: words favour the question's own
LATE_FLOOR = 0.3  # likeness of two unrelated words


@dataclass(frozen=True, slots=True)
class Decision:
    """answer_id: of the passage that answers, None when none is sure enough or a number asked for is not in it;
    confidence: 0..1 that the best one answers; hits: (id, score), best first."""

    answer_id: str | None
    confidence: float
    hits: tuple[tuple[str, float], ...]


class Corpus:
    """Passages, ready to be searched. Immutable and thread-safe; `changed` makes a new one and reads only what is new."""

    def __init__(self, entries: Sequence[Entry], vectors: PassageVectors | None, embedder: Embedder | None,
                 progress: Progress = lambda share, what: None) -> None:
        """Use `build`. vectors, embedder: None for words only."""
        self._entries = tuple(entries)
        self._vectors, self._embedder = vectors, embedder
        self._at = {entry.id: index for index, entry in enumerate(self._entries)}
        if len(self._at) < len(self._entries):
            raise ValueError("two passages have the same id")
        bases = [base_of(entry.language) for entry in self._entries]
        self._base_code = {base: code for code, base in enumerate(dict.fromkeys(bases))}
        self._bases = np.array([self._base_code[base] for base in bases], np.int16)
        self._structured = np.array([bool(entry.attribute) for entry in self._entries], bool)
        self._lexical = LexicalIndex([terms(entry.searched, entry.language) for entry in self._entries])
        warm_up()  # the table of units takes most of a second: not from the first shopper who asks how long
        self._dense: DenseIndex | None = None
        self._names: dict[str, int] = {}
        self._name_vectors = np.zeros((0, 1), np.float32)
        if vectors is not None and self._entries:
            names = sorted({entry.attribute for entry in self._entries if entry.attribute})
            told = [() if entry.attribute else sentences_of(entry.searched) for entry in self._entries]
            texts = [*(entry.searched for entry in self._entries), *names]
            store, rows = vectors.of(texts, progress, [one for several in told for one in several])
            counts = np.array([len(several) for several in told], np.int64)
            self._dense = DenseIndex(store, rows[: len(self._entries)], [entry.language for entry in self._entries],
                                     vectors.spaces, SentenceVectors(store, rows[len(texts) :], counts))
            self._names = {name: index for index, name in enumerate(names)}
            if names:
                self._name_vectors = store.vectors(rows[len(self._entries) : len(texts)])

    @classmethod
    def build(cls, rows: Iterable[Mapping[str, Any]], *, embedder: Embedder | str | None = "installed",
              progress: Progress = lambda share, what: None) -> Corpus:
        """A corpus of rows (see dialogue.entries.entry_of). Raises ValueError for a row without id or text.

        embedder: "installed" (the built-in one if `nightwindow prepare` has fetched it), None for words only, or your own.
        """
        if embedder == "installed":
            from dialogue.adapters.e5 import installed

            embedder = installed()
        if isinstance(embedder, str):
            raise ValueError(f"embedder {embedder!r}: it is \"installed\", None, or an object with the Embedder port")
        vectors = PassageVectors(embedder, cache_dir("vectors")) if embedder is not None else None
        return cls([entry_of(row) for row in _with_languages(rows)], vectors, embedder, progress)

    def changed(self, rows: Iterable[Mapping[str, Any]]) -> Corpus:
        """A corpus of other rows that reads anew only the texts that this one does not have."""
        return Corpus([entry_of(row) for row in _with_languages(rows)], self._vectors, self._embedder)

    @property
    def by_meaning(self) -> bool:
        """Whether meaning is searched; False: words only."""
        return self._dense is not None

    def search(self, question: str, language: str | None = None, k: int = 10,
               candidates: Iterable[str] | None = None) -> list[tuple[str, float]]:
        """At most k (id, score), best first; scores compare within one corpus.

        language: BCP 47 of the question, None to guess; candidates: ids to choose from (of the product on show, say),
        None for all; ids that the corpus does not have are passed over.
        """
        signals, scores = self._scored(question, language, candidates)
        return self._hits(signals, scores, k)

    def decide(self, question: str, language: str | None = None, candidates: Iterable[str] | None = None,
               k: int = 10) -> Decision:
        """The answering passage, or none. Asked for what the corpus does not hold, it should be none: see `confidence`."""
        signals, scores = self._scored(question, language, candidates)
        if not len(scores):
            return Decision(None, 0.0, ())
        best = int(np.argmax(scores))
        sure = confidence(question, self._entries[int(signals.rows[best])], signals, scores,
                          self._dense is not None and self._dense.measured)
        hits = self._hits(signals, scores, k)
        said = sure >= enough(signals) and not lacks(signals, scores)
        return Decision(hits[0][0] if said else None, round(sure, 4), tuple(hits))

    def signals(self, question: str, language: str | None = None, candidates: Iterable[str] | None = None) -> Signals:
        """All signals of the most promising passages (POOL of them, or the candidates); for training and inspection."""
        rows = self._rows(candidates)
        spoken = language or self._guess(question)
        embedded = self._embedder.embed([question], question=True)[0] if self._embedder is not None else None
        words = terms(question, spoken)
        lexical = self._lexical.scores(words)
        if candidates is not None:
            lexical = lexical[rows]
        foreign = self._bases[rows] != self._base_code.get(base_of(spoken), -1)
        if len(rows) > POOL:
            mixed = self._dense is not None and embedded is not None and bool(foreign.any())
            rough = self._dense.rough(embedded, spoken, mixed)[rows] if self._dense and embedded else lexical * 0
            kept = most_promising(POOL, rough, lexical)
            if mixed:
                kept = np.union1d(kept, _of_each(self._bases[rows], rough, len(self._base_code)))
            rows, foreign, lexical = rows[kept], foreign[kept], lexical[kept]
        meaning = self._dense.likeness(embedded, rows) if self._dense and embedded else lexical * 0
        named, known = self._by_name(embedded, rows)
        across = self._across(embedded, spoken, rows)
        columns = {
            "meaning": meaning, "across": across, "sentence": self._by_sentence(embedded, spoken, rows, across),
            "late": self._late(embedded, spoken, rows, bool(foreign.any())),
            "name": named,
            "words": lexical / self._lexical.ideal(words),
            "covered": self._lexical.covered(content_terms(question, spoken), rows),
            "slots": self._slots(question, spoken, rows),
        }
        table = np.stack([np.asarray(columns[name], np.float32) for name in COLUMNS], axis=1)
        return Signals(rows, table, np.asarray(foreign, bool), self._structured[rows], self._bases[rows], known)

    def entry(self, passage_id: str) -> Entry:
        """The entry of an id; KeyError for one that is not here."""
        return self._entries[self._at[passage_id]]

    def entry_at(self, row: int) -> Entry:
        """The entry of a row of `signals`."""
        return self._entries[row]

    def _scored(self, question: str, language: str | None,
                candidates: Iterable[str] | None) -> tuple[Signals, NDArray[np.float32]]:
        signals = self.signals(question, language, candidates)
        return signals, fused(signals, bool(signals.foreign.any()))

    def _hits(self, signals: Signals, scores: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        order = np.argsort(-scores, kind="stable")[: max(k, 0)]
        return [(self._entries[int(signals.rows[i])].id, float(scores[i])) for i in order]

    def _rows(self, candidates: Iterable[str] | None) -> NDArray[np.int64]:
        if candidates is None:
            return np.arange(len(self._entries))
        return np.array([self._at[c] for c in dict.fromkeys(candidates) if c in self._at], np.int64)

    def _guess(self, question: str) -> str:
        return guess(question, [base_of(entry.language) for entry in self._entries[:2000]])

    def _across(self, question: Embedded | None, language: str, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        if self._dense is None or question is None:
            return np.zeros(len(rows), np.float32)
        return self._dense.across(question, language, rows)

    def _by_sentence(self, question: Embedded | None, language: str, rows: NDArray[np.int64],
                     whole: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._dense.by_sentence(question, language, rows, whole) if self._dense and question else whole

    def _late(self, question: Embedded | None, language: str, rows: NDArray[np.int64], mixed: bool) -> NDArray[np.float32]:
        if self._dense is None or question is None:
            return np.zeros(len(rows), np.float32)
        told = 2 * int(self._structured[rows].sum()) <= len(rows)  # of attributes the heads were trained without it
        shared = self._dense.spaces.words_mean(language) if mixed and told else 0.0
        return self._dense.tokens.scores(question, rows, LATE_FLOOR, shared)

    def _by_name(self, question: Embedded | None,
                 rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], tuple[float, float]]:
        """The column "name", and Signals.names."""
        if question is None or not len(self._name_vectors):
            return np.zeros(len(rows), np.float32), (0.0, 0.0)
        likeness = self._name_vectors @ question.vector
        names = [self._names.get(self._entries[int(row)].attribute, -1) for row in rows]
        column = np.array([likeness[name] if name >= 0 else 0.0 for name in names], np.float32)
        return column, (float(likeness.max()), float(likeness.mean()))

    def _slots(self, question: str, language: str, rows: NDArray[np.int64]) -> list[float]:
        wanted = wanted_of(question, language)
        if not (wanted.number or wanted.time):
            return [0.0] * len(rows)
        return [wanted.fits(self._entries[int(row)].text) for row in rows]


def _with_languages(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows, each with a language: where none is said, the text's own."""
    rows = list(rows)
    silent = [at for at, row in enumerate(rows) if not (row.get("language") or row.get("lang"))]
    for at, tag in zip(silent, of_passages([str(rows[at].get("text") or "") for at in silent]), strict=True):
        rows[at] = {**rows[at], "language": tag}
    return rows


def _of_each(codes: NDArray[np.int16], scores: NDArray[np.float32], languages: int) -> NDArray[np.int64]:
    """Rows of the best of each language."""
    share = min(20, max(4, SHARE // languages))
    found = []
    for code in range(languages):
        own = np.flatnonzero(codes == code)
        found.append(own[np.argpartition(-scores[own], share)[:share]] if len(own) > share else own)
    return np.concatenate(found)
