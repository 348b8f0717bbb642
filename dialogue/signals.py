"""How well each passage fits a question, seen from every side: meaning, words, single words, name, slots. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialogue.analyser import normal
from dialogue.evidence import wants
from dialogue.quantities import has_number, has_time, quantities

# Columns of a table of signals. All are larger for better fits.
COLUMNS = (
    "meaning",  # inner product of question and passage, raw
    "across",  # the same with each language's mean taken out
    "late",  # words of the question found among those of the passage, by meaning
    "name",  # the question against the attribute's name alone; 0 for free text
    "words",  # BM25 as a share of the best that a text could reach
    "covered",  # share of the question's telling terms that stand in the passage
    "slots",  # 1 holds what is asked for (a number, a time), -1 lacks it, 0 nothing was asked for
    "sentence",  # as "across", of the passage's likest sentence; of a passage of one sentence the same
)


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """rows: (n,) int64 indices of passages; table: (n, len(COLUMNS)) float32; foreign: (n,) bool, another language than
    the question's; structured: (n,) bool, states an attribute; tongues: (n,) int16, one number a language; names: how like the
    question is to the likest name of an attribute that the whole corpus knows, of this product or another, and to all on the
    average (0.0, 0.0 without names)."""

    rows: NDArray[np.int64]
    table: NDArray[np.float32]
    foreign: NDArray[np.bool_]
    structured: NDArray[np.bool_]
    tongues: NDArray[np.int16]
    names: tuple[float, float] = (0.0, 0.0)

    def column(self, name: str) -> NDArray[np.float32]:
        """(n,) one column."""
        return self.table[:, COLUMNS.index(name)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of answer a question asks for: a number (of a dimension, "" for any), a stretch of time."""

    number: bool
    time: bool

    def fits(self, text: str) -> float:
        """1.0 when the text holds it, -1.0 when it does not, 0.0 when nothing is wanted."""
        if self.time:
            return 1.0 if has_time(text) else -1.0
        if self.number:
            return 1.0 if has_number(text) else -1.0
        return 0.0


def wanted_of(question: str, language: str) -> Wanted:
    """The slots of a question."""
    folded = normal(question)
    return Wanted(wants("number", folded, language), wants("time", folded, language))


def shared_numbers(question: str, text: str) -> float:
    """The share of the question's numbers that stand in the text; 0.0 when it has none."""
    asked = {q.value for q in quantities(question)}
    return len(asked & {q.value for q in quantities(text)}) / len(asked) if asked else 0.0
