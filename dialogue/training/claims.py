"""Makes dialogue/learned/claims.npz: which family of claims a sentence belongs to, from its words; one class is "none".

`python -m dialogue.training.claims --script examples/demo/rundown.toml` (needs jax; five minutes).
Learns from the sentences beside the rules, from the first held part and the third to the tenth, from one half of the second
(dialogue/training/policy_set.py), from more_claims.txt, told_claims.txt and everyday_claims.txt, and from what is said of goods
all night long; prints how the other half of the second fares.
"""

from __future__ import annotations

import argparse
import random
import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.policy_file import load_policy, profiles
from avatar.speech import Utterance
from dialogue.adapters.e5 import installed
from dialogue.assertion import sentences, spans_of_meaning
from dialogue.dense import Spaces
from dialogue.policy import Policy
from dialogue.ports import LANGUAGES, Embedder
from dialogue.replies import AttributeReply
from dialogue.sense import NONE
from dialogue.training import claim_net
from dialogue.training.policy_set import by_family, held, part_text, second_text
from dialogue.training.shop_set import questions_of, shop_set

MEMBERS = 16  # nets that are averaged: of four or eight, each training stopped other honest lines
# Held parts that were measured once, and then learnt from.
LEARNT_PARTS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
Example = tuple[str, str, str]  # text, language, family


def examples(script: Path | None) -> tuple[list[Example], list[Example]]:
    """(to learn from, to measure with)."""
    found: dict[tuple[str, str], str] = {}
    loaded = [load_policy(name) for name in profiles()]
    for profile in loaded:
        for rule in profile.rules:
            for test in rule.tests:
                claims = test.expect != "allowed" or bool(test.evidence)
                key = test.text, test.language or rule.languages[0]
                if claims or key not in found:
                    found[key] = rule.family or rule.id if claims else NONE
    judges = [Policy(profile.model_copy(update={"numbers_need_source": False})) for profile in loaded]
    for sentence in (s for name in profiles() for s in held(name) if not s.evidence):  # what evidence allows is a claim
        family = _family(judges, sentence.text, sentence.language) if sentence.caught else NONE
        if family:
            found.setdefault((sentence.text, sentence.language), family)
    parts = [[(s.text, s.language, family or NONE) for s, family, number in by_family(second_text())
              if number % 2 == part and not s.evidence] for part in (0, 1)]
    written = [(files("dialogue.training") / f"{name}_claims.txt").read_text("utf-8") for name in ("more", "told", "everyday")]
    written += [part_text(name) for name in LEARNT_PARTS]
    parts[0] += [(s.text, s.language, family or NONE) for text in written for s, family, _ in by_family(text)
                 if not (s.evidence and _family(judges, s.text, s.language))]  # a plain fact with its source is honest talk
    parts[0] += honest()
    if script is not None:  # a cited line may state what evidence allows: only those are honest talk whose words claim nothing
        parts[0] += talk(script) + [line for line in talk(script, cited=True) if not _family(judges, line[0], line[1])]
    return [*((text, language, family) for (text, language), family in found.items()), *parts[0]], parts[1]


def honest() -> list[Example]:
    """What is said of a product all night long and claims nothing, in fourteen languages; and what shops' rules say."""
    shop = shop_set(random.Random(3), 2)
    found = [(AttributeReply(shop.products[str(p.sku)], (p,), None, 1.0).worded(language).text, language, NONE)
             for p in shop.passages for language in LANGUAGES if p.attribute not in ("warranty", "origin")]
    rules = questions_of("shop_rules")
    return found + [(text, language, NONE) for name, row in rules.items() if name not in ("gift", "cancel", "broken")
                    for language, text in row["answer"].items()]


def talk(script: Path, cited: bool = False) -> list[Example]:
    """How a host talks: the uncited lines (or those with citations) of all products of a script but the last, whose lines are
    for measuring."""
    items = tomllib.loads(script.read_text("utf-8"))["item"][:-1]
    lines = [line["text"] for item in items for section in item["section"] for variant in section["variant"]
             for line in variant["lines"] if bool(line.get("cites")) == cited]
    chance = random.Random(4)
    plain = [re.sub(r"\{([^{}]*)\}", lambda m: chance.choice(m[1].split("|")), re.sub(r"\[[^\]]*\] ?", "", line))
             for line in lines for _ in range(4)]
    return [(one, "en", NONE) for line in plain for one in dict.fromkeys((*sentences(line), *spans_of_meaning(line, "en")))]


def _family(judges: Sequence[Policy], text: str, language: str) -> str:
    """The family of the rule that catches a sentence; "" where none does."""
    for judge in judges:
        verdict = judge.check(Utterance("u", text, language)) if language in judge.profile.languages else None
        if verdict is not None and verdict.rule and not (verdict.allowed and not verdict.rewritten):
            return next((r.family for r in judge.profile.rules if r.id == verdict.rule), "")
    return ""


def read_all(embedder: Embedder, of: Sequence[Example]) -> tuple[list[NDArray[np.float32]], NDArray[np.float32]]:
    """(words' states of each sentence, all sentences' vectors) as dialogue/sense.py takes them."""
    spaces = Spaces(embedder.name)
    found = embedder.embed([text for text, _, _ in of], question=True)
    centred = np.stack([e.vector - spaces.question_mean(tag) for e, (_, tag, _) in zip(found, of, strict=True)])
    return [e.tokens for e in found], centred / np.linalg.norm(centred, axis=1, keepdims=True)


def main() -> None:
    """Train, print, write."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.training.claims")
    parser.add_argument("--script", type=Path, help="a rundown whose lines may be said, examples/demo/rundown.toml")
    chosen = parser.parse_args()
    embedder = installed()
    if embedder is None:
        raise SystemExit("the search model is not here; run `nightwindow prepare` first")
    learnt, kept = examples(chosen.script)
    words, whole = read_all(embedder, learnt)
    axes = claim_net.WordAxes.of(np.concatenate(words))
    families = sorted({family for _, _, family in learnt})
    labels = np.array([families.index(family) for _, _, family in learnt])
    languages = np.array([tag for _, tag, _ in learnt])
    taught = claim_net.with_joined(axes.read(words, whole), labels, languages, families.index(NONE), np.random.default_rng(5))
    nets = [claim_net.train(*taught, len(families), number) for number in range(MEMBERS)]
    claim = 1.0 - claim_net.shares(nets, axes.read(*read_all(embedder, kept)))[:, families.index(NONE)]
    truth = np.array([family != NONE for _, _, family in kept])
    for least in (0.5, 0.6, 0.7, 0.8, 0.9):
        print(f"from {least}: caught {np.mean(claim[truth] >= least):.3f} of {truth.sum()}, "
              f"wrongly {np.mean(claim[~truth] >= least):.3f} of {(~truth).sum()}")
    parts = [axes.folded(net) for net in nets]
    made = {name: np.stack([part[name] for part in parts]).astype(np.float16) for name in ("words", "looks", "whole")}
    out = np.stack([part["out"] for part in parts]).astype(np.float16)
    made |= {family: out[:, row] for row, family in enumerate(families)}
    np.savez_compressed(Path(str(files("dialogue.learned"))) / "claims.npz", **made)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
