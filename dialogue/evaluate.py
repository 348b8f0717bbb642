"""`python -m dialogue.evaluate CORPUS.jsonl [QUESTIONS.jsonl]`: how well a set of questions is answered from passages.

Passages: {"id", "text", "language"?, ...}; questions: {"text", "gold": [ids], "language"?, "cands"?: [ids]}; both may stand
in one file. A question with an empty "gold" has no answer. See docs/ANSWERS.md for the figures we publish.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dialogue.corpus import Corpus

PRECISIONS = (0.80, 0.90, 0.95)


@dataclass(frozen=True, slots=True)
class Outcome:
    """answerable: the question has gold passages; rank: of the first of them, from 1, 0 when not among the hits;
    confidence: of the decision; answered: whether an answer was given; cpu_ms: of the decision."""

    language: str
    answerable: bool
    rank: int
    confidence: float
    answered: bool
    cpu_ms: float


def read_rows(paths: Sequence[Path]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(passages, questions) of JSON-lines files. Raises ValueError naming file and line."""
    passages: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                (questions if "gold" in row else passages).append(row)
            except (ValueError, TypeError) as error:
                raise ValueError(f"{path}, line {number}: not one JSON object ({error})") from error
    return passages, questions


def outcomes(corpus: Corpus, questions: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """One Outcome a question, asked one at a time."""
    found: list[Outcome] = []
    for question in questions:
        language = question.get("language") or question.get("lang")
        gold = {str(g) for g in question["gold"]}
        began = time.thread_time()
        decision = corpus.decide(str(question["text"]), language, question.get("cands") or question.get("candidates"))
        spent_ms = (time.thread_time() - began) * 1000
        ranks = [i for i, (hit, _) in enumerate(decision.hits, 1) if hit in gold]
        found.append(Outcome(str(language or "?"), bool(gold), ranks[0] if ranks else 0, decision.confidence,
                             decision.answer_id is not None, spent_ms))
    return found


def measures(found: Sequence[Outcome]) -> dict[str, float]:
    """Over answerable questions "r@1", "mrr" (of the first ten); over all "auc" of confidence (answerable or not),
    "coverage@80" ..: the share answered when so much of what is answered must be right; "answered", "precision" at the
    built-in threshold, "wrong_on_unanswerable"; "cpu_ms_p50", "cpu_ms_p99"."""
    asked = [o for o in found if o.answerable]
    result = {"questions": float(len(found)), "answerable": float(len(asked))}
    if asked:
        result["r@1"] = float(np.mean([o.rank == 1 for o in asked]))
        result["mrr"] = float(np.mean([1.0 / o.rank if o.rank else 0.0 for o in asked]))
    without = [o for o in found if not o.answerable]
    if asked and without:
        result["auc"] = area([o.confidence for o in asked], [o.confidence for o in without])
    for precision in PRECISIONS:
        result[f"coverage@{precision * 100:.0f}"] = coverage_at(found, precision)
    answered = [o for o in found if o.answered]
    result["answered"] = len(answered) / len(found) if found else 0.0
    result["precision"] = float(np.mean([o.rank == 1 for o in answered])) if answered else 1.0
    if without:
        result["wrong_on_unanswerable"] = float(np.mean([o.answered for o in without]))
    if found:
        result["cpu_ms_p50"], result["cpu_ms_p99"] = (float(np.percentile([o.cpu_ms for o in found], p)) for p in (50, 99))
    return result


def area(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative; ties count half."""
    values = np.concatenate([positives, negatives])
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    for value in np.unique(values):
        same = values == value
        ranks[same] = ranks[same].mean()
    n = len(positives)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * len(negatives)))


def coverage_at(found: Sequence[Outcome], precision: float) -> float:
    """The largest share of all questions that can be answered, surest first, with at least this share right."""
    ordered = sorted(found, key=lambda o: -o.confidence)
    right, best = 0, 0
    for count, outcome in enumerate(ordered, 1):
        right += outcome.rank == 1
        tied = count < len(ordered) and ordered[count].confidence == outcome.confidence
        if not tied and right >= precision * count:
            best = count
    return best / len(ordered) if ordered else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the measures of all questions and, where there are several, of each language."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.evaluate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--words-only", action="store_true", help="without the search model")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    try:
        passages, questions = read_rows(chosen.files)
        corpus = Corpus.build(passages, embedder=None if chosen.words_only else "installed")
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if not questions:
        print("There are no questions: no line has \"gold\".", file=sys.stderr)
        return 2
    found = outcomes(corpus, questions)
    by_language: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in found:
        by_language[outcome.language].append(outcome)
    report = {"all": measures(found)}
    if len(by_language) > 1:
        report |= {language: measures(of) for language, of in sorted(by_language.items())}
    if chosen.json:
        print(json.dumps({"by_meaning": corpus.by_meaning, "measures": report}, indent=1))
    else:
        how = "meaning and words" if corpus.by_meaning else "words only"
        print(f"{len(passages)} passages, {len(questions)} questions, {how}")
        for name, values in report.items():
            print(name + ": " + ", ".join(f"{key} {value:.3f}".rstrip("0").rstrip(".") for key, value in values.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
