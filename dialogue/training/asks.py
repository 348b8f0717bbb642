"""Makes dialogue/learned/asks.npz: which attribute a question asks for, from its vector; one class is "another matter".

`python -m dialogue.training.asks --sets FOLDER … --banking TRAIN.jsonl`. Learns from dialogue/lexicon/asks.toml and
more_asks.toml in fourteen languages, from the sets' English questions whose attribute is one of ours, and from questions
about other matters. The second wordings of shop_questions.toml, which are not learnt from, tell how well it does.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from dialogue.adapters.e5 import installed
from dialogue.attributes import kind_of
from dialogue.dense import Spaces
from dialogue.entries import entry_of
from dialogue.lexicon import table
from dialogue.meaning import OTHER
from dialogue.training.shop_set import questions_of

STRENGTH = 1e-5  # of the pull to zero: weaker learns the wordings by heart, stronger tells nothing apart
Example = tuple[str, str, str]  # text, language, kind


def written() -> list[Example]:
    """What stands in the lexicon, and other matters."""
    found = [(text, tag, kind) for kind, by_language in table("asks").items()
             for tag, texts in by_language.items() for text in texts]
    rules, strange = questions_of("shop_rules"), questions_of("strange_questions")
    for index, row in enumerate(rules.values()):
        found += [(text, tag, OTHER) for tag, text in row["ask"].items() if index % 2]
    found += [(text, tag, OTHER) for tag, texts in strange["off_topic"].items() for text in texts[:4]]
    found += [(text, tag, OTHER) for tag, texts in strange["price"].items() for text in texts]
    more = questions_of("more_asks")
    for kind, rows in (*more["asks"].items(), (OTHER, more["other"]["near"])):
        found += [(text, tag, kind) for tag, texts in zip(more["order"], rows, strict=True) for text in texts]
    return found


def of_sets(sets: Sequence[Path], banking: Path | None) -> list[Example]:
    """English questions of shoppers and bank customers."""
    found: list[Example] = []
    known = set(table("asks"))
    for folder in sets:
        rows, questions = ([json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
                           for name in ("corpus", "queries"))
        names = {row["id"]: entry_of(row).attribute for row in rows}
        for question in questions:
            kinds = {kind.id if (kind := kind_of(names[g])) else OTHER for g in question["gold"] if names[g]}
            if len(kinds) == 1 and kinds <= known | {OTHER}:
                found.append((question["text"], "en", kinds.pop()))
    if banking is not None:
        lines = random.Random(5).sample(banking.read_text("utf-8").splitlines(), 400)
        found += [(json.loads(line)["text"], "en", OTHER) for line in lines]
    return found


def held_out() -> list[Example]:
    """Wordings that nothing was learnt from; attributes that the lexicon does not know are another matter."""
    known = set(table("asks"))
    found = [(forms[1], tag, kind if kind in known else OTHER) for kind, row in questions_of("shop_questions").items()
             for tag, forms in row.items()]
    for index, row in enumerate(questions_of("shop_rules").values()):
        found += [(text, tag, OTHER) for tag, text in row["ask"].items() if not index % 2]
    return found + [(text, tag, OTHER) for tag, texts in questions_of("strange_questions")["off_topic"].items()
                    for text in texts[4:]]


def fitted(vectors: NDArray[np.float32], labels: NDArray[np.int64], weight: NDArray[np.float64],
           count: int) -> NDArray[np.float32]:
    """(count, d + 1) of a multinomial logistic regression; the last column is the constant."""
    x = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)]).astype(np.float64)
    target = np.eye(count)[labels]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w = flat.reshape(count, -1)
        scores = x @ w.T
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        wrong = (np.exp(logs) - target) * weight[:, None]
        value = -float((weight[:, None] * target * logs).sum()) + 0.5 * STRENGTH * float((w[:, :-1] ** 2).sum())
        slope = wrong.T @ x
        slope[:, :-1] += STRENGTH * w[:, :-1]
        return value, slope.ravel()

    found = minimize(loss, np.zeros(count * x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return found.reshape(count, -1).astype(np.float32)


def main() -> None:
    """Train, print how the held-out wordings fare, write."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.training.asks")
    parser.add_argument("--sets", nargs="*", type=Path, default=[])
    parser.add_argument("--banking", type=Path)
    chosen = parser.parse_args()
    embedder = installed()
    if embedder is None:
        raise SystemExit("the search model is not here; run `nightwindow prepare` first")
    spaces = Spaces(embedder.name)
    kinds = [*table("asks"), OTHER]

    def read(examples: Sequence[Example]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        found = embedder.embed([text for text, _, _ in examples], question=True)
        centred = np.stack([e.vector - spaces.question_mean(tag) for e, (_, tag, _) in zip(found, examples, strict=True)])
        return centred / np.linalg.norm(centred, axis=1, keepdims=True), np.array([kinds.index(k) for _, _, k in examples])

    own, others = written(), of_sets(chosen.sets, chosen.banking)
    vectors, labels = read([*own, *others])
    weight = np.array([1.0 / len(own)] * len(own) + [0.5 / max(len(others), 1)] * len(others))
    learnt = fitted(vectors, labels, weight, len(kinds))
    test, truth = read(held_out())
    scores = np.hstack([test, np.ones((len(test), 1), np.float32)]) @ learnt.T
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    best, sure = shares.argmax(axis=1), shares.max(axis=1)
    known = truth != len(kinds) - 1
    print(f"held-out wordings: {np.mean(best[known] == truth[known]):.3f} right of {known.sum()}")
    for least in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        fired = (best != len(kinds) - 1) & (sure >= least)
        print(f"from {least}: right {np.mean((fired & (best == truth))[known]):.3f}, wrong "
              f"{np.mean((fired & (best != truth))[known]):.3f}, on other matters {np.mean(fired[~known]):.3f}")
    np.savez_compressed(Path(str(files("dialogue.learned") / "asks.npz")), weights=learnt.astype(np.float16))


if __name__ == "__main__":
    main()
