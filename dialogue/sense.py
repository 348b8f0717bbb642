"""What kind of claim a sentence makes, by its meaning: finds what no rule's words foresee, in fourteen languages.

Three small nets over the search model's vector, averaged, trained on the labelled sentences of assets/policies
(dialogue/training/claims.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dialogue.dense import Spaces
from dialogue.learned import learned
from dialogue.ports import Embedder

NONE = "none"  # the kind of a sentence that claims nothing
ANY_LANGUAGE = "und"  # of a passage whose language nobody says
KEPT = 2000  # sentences whose kinds are remembered: a script's lines are judged again and again


class ClaimSense:
    """Kinds of claims by meaning; knows nothing with an embedder that we do not know. Safe to share."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder, self._spaces = embedder, Spaces(embedder.name)
        self._kept: dict[tuple[str, str], dict[str, float]] = {}

    def kinds(self, sentence: str, language: str) -> Mapping[str, float]:
        """Family of claims (of assets/policies/claims), or NONE -> how likely the sentence is one, 0..1 together."""
        found = self._kept.get((sentence, language))
        if found is None:
            found = self._read(sentence, language)
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[sentence, language] = found
        return found

    def _read(self, sentence: str, language: str) -> dict[str, float]:
        if not self._spaces.measured:
            return {}
        head = learned("claims")
        centred = self._embedder.embed([sentence], question=True)[0].vector - self._spaces.question_mean(language)
        centred = centred / max(float(np.linalg.norm(centred)), 1e-9)
        families = [name for name in head if name != "hidden"]
        out = np.stack([head[name] for name in families], axis=1)  # (members, families, units + 1)
        members = [_shares(hidden, last, centred) for hidden, last in zip(head["hidden"], out, strict=True)]
        return dict(zip(families, np.mean(members, axis=0).tolist(), strict=True))


def _shares(hidden: NDArray[np.float32], out: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """(families,) 0..1, together 1, of one net: (units, d + 1) and (families, units + 1), the last column constant."""
    units = np.maximum(hidden[:, :-1] @ vector + hidden[:, -1], 0.0)
    scores = out[:, :-1] @ units + out[:, -1]
    shares = np.exp(scores - scores.max())
    return np.asarray(shares / shares.sum(), np.float32)


def installed_sense() -> ClaimSense | None:
    """With the built-in search model, where `nightwindow prepare` has fetched it; else None."""
    from dialogue.adapters.e5 import installed

    embedder = installed()
    return ClaimSense(embedder) if embedder is not None else None
