"""How questions about kinds of attributes that no table of ours knows are answered: `python -m dialogue.training.unseen_kinds`
(`--file situations.txt`: a second set, each question a situation that takes knowing what things are for).

English; fourteen kinds a product, drawn by a seed; each is asked for in two ways, of a product that has it and, for a third of
them, of one that does not. Nothing was learnt from either file; kinds that a table does know are left out.
"""

from __future__ import annotations

import argparse
import random
from importlib.resources import files
from typing import Any

from dialogue.attributes import kind_of
from dialogue.corpus import Corpus
from dialogue.evaluate import measures, outcomes

HELD_FILES = ("unseen_kinds.txt", "situations.txt")
HELD = 14  # kinds that a product has, as many as a public set's products have on average


Kind = tuple[str, str, tuple[str, ...]]  # name, value, questions


def kinds_in(file: str) -> list[Kind]:
    """The kinds of a file of this folder."""
    lines = (files("dialogue.training") / file).read_text("utf-8").splitlines()
    rows = [line.split("|") for line in lines if line and not line.startswith("#")]
    return [(name, value, tuple(asked)) for name, value, *asked in rows]


def more_kinds() -> list[list[Kind]]:
    """Kinds to teach an encoder what things are for, a list a file, like goods beside each other; those that are measured with
    are left out."""
    held = {name for file in HELD_FILES for name, _, _ in kinds_in(file)}
    return [[kind for kind in kinds_in(f"more_kinds_{number}.txt") if kind[0] not in held] for number in range(1, 6)]


def unseen_kinds(file: str = HELD_FILES[0]) -> list[Kind]:
    """(name, value, two questions) of each kind that no table of ours knows and nothing was learnt from."""
    taught = {name for name, _, _ in kinds_in("taught_kinds.txt")}
    return [kind for kind in kinds_in(file) if kind_of(kind[0]) is None and kind[0] not in taught]


def set_of(chance: random.Random, file: str = HELD_FILES[0]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(passages, questions) as dialogue.evaluate takes them."""
    kinds = unseen_kinds(file)
    rows: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for number, kind in enumerate(kinds):
        others = chance.sample([k for k in kinds if k is not kind], HELD)
        known = [kind, *others[1:]] if number % 3 else others
        chance.shuffle(known)
        ids = [f"{number}:{name}" for name, _, _ in known]
        rows += [{"id": i, "text": f"{name}: {value}", "attribute": name}
                 for i, (name, value, _) in zip(ids, known, strict=True)]
        gold = [f"{number}:{kind[0]}"] if number % 3 else []
        questions += [{"text": text, "language": "en", "gold": gold, "cands": ids} for text in kind[2]]
    return rows, questions


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.training.unseen_kinds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", default=HELD_FILES[0], choices=HELD_FILES)
    chosen = parser.parse_args()
    rows, questions = set_of(random.Random(chosen.seed), chosen.file)
    found = measures(outcomes(Corpus.build(rows), questions))
    print(f"{len(unseen_kinds(chosen.file))} kinds: " + ", ".join(f"{name} {value:.3f}" for name, value in found.items()))


if __name__ == "__main__":
    main()
