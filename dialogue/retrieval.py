"""BM25 over passages: the lexical half of retrieval, behind the Retriever port. Milliseconds to rebuild."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import numpy as np

from assets.knowledge import Passage
from dialogue.analyser import terms
from dialogue.ports import Hit


class LexicalRetriever:
    """An index over passages. Immutable: a changed knowledge base is a new retriever (18,000 passages a second)."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = tuple(passages)
        texts = [indexed_text(p) for p in self._passages]
        tokens = [terms(text, p.language) or ["∅"] for text, p in zip(texts, self._passages, strict=True)]
        # Lucene's k1 and b; passages are one or two sentences, so length says little.
        self._index = bm25s.BM25(k1=1.2, b=0.5)
        if tokens:
            self._index.index(tokens, show_progress=False)
        self._known: set[str] = set().union(*tokens) if tokens else set()

    def search(self, text: str, language: str, sku: str | None, k: int) -> list[Hit]:
        """See dialogue.ports.Retriever. With sku None, passages of every product are searched."""
        query = [t for t in terms(text, language) if t in self._known]
        if not query or not self._passages or k <= 0:
            return []
        mask = np.array([p.sku is None or sku is None or p.sku == sku for p in self._passages], np.float32)
        scores = np.asarray(self._index.get_scores(query, weight_mask=mask))
        order = np.argsort(-scores, kind="stable")[:k]
        return [Hit(self._passages[int(i)], float(scores[i])) for i in order if scores[i] > 0]


def indexed_text(passage: Passage) -> str:
    """What of a passage is searched."""
    name = (passage.attribute or "").replace("_", " ")
    return " ".join(part for part in (passage.question, name, passage.text) if part)
