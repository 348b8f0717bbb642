"""Labelled sentences to measure policy profiles by: `python -m dialogue.training.policy_set` prints precision and recall.

Some parts for each profile; the others are in docs/POLICY.md. *fitted*: the sentences that stand beside the rules, which were
written with them. *held*: assets/policies/held/<profile>.txt, written before the rules. *second*: held/families.txt, written
long after them by somebody who had not read them; every other sentence has taught the sense of claims. *plain*: none to catch.
"-" must not be said as it is, "+" may be; a passage behind "||" is what the sentence cites.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from assets.policy import PolicyProfile
from assets.policy_file import load_policy, profiles
from avatar.speech import Utterance
from dialogue.policy import Policy
from dialogue.sense import ClaimSense, installed_sense


@dataclass(frozen=True, slots=True)
class Labelled:
    """text in a language; evidence: the passage that it cites, None for no citation; caught: it may not be said so."""

    text: str
    language: str
    evidence: str | None
    caught: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Of all labelled sentences: rightly caught, wrongly caught, missed, rightly passed."""

    hits: int
    alarms: int
    missed: int
    passed: int

    @property
    def precision(self) -> float:
        """Share of the caught ones that had to be, 0..1."""
        return self.hits / max(self.hits + self.alarms, 1)

    @property
    def recall(self) -> float:
        """Share of those to be caught that were, 0..1."""
        return self.hits / max(self.hits + self.missed, 1)


def held(profile_id: str) -> Iterator[Labelled]:
    """The part of a profile that no rule was fitted to."""
    language = ""
    for line in (files("assets") / "policies" / "held" / f"{profile_id}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[] ")
        elif line[:2] in ("- ", "+ "):
            text, _, evidence = line[2:].partition(" || ")
            yield Labelled(text.strip(), language, evidence.strip() or None, line[0] == "-")


def part_text(name: str) -> str:
    """A part as it is written: "families" (the second), "third" to "thirteenth", "plain" (nothing to catch)."""
    return (files("assets") / "policies" / "held" / f"{name}.txt").read_text("utf-8")


def second_text() -> str:
    """The second part as it is written."""
    return part_text("families")


def by_family(written: str) -> Iterator[tuple[Labelled, str, int]]:
    """Sentences with the family that has to catch each ("" for what may be said) and their numbers within their language."""
    language, number = "", 0
    for line in written.splitlines():
        if line.startswith("["):
            language, number = line.strip("[] "), 0
        elif line[:2] in ("- ", "+ "):
            family, _, claim = line[2:].partition(" | ") if line[0] == "-" else ("", "", line[2:])
            text, _, evidence = claim.partition(" || ")
            yield Labelled(text.strip(), language, evidence.strip() or None, line[0] == "-"), family.strip(), number
            number += 1


def second(profile: PolicyProfile, learnt: bool = False) -> Iterator[Labelled]:
    """Of the second part what concerns a profile; learnt: the half that the sense of claims was taught with."""
    families = {rule.family for rule in profile.rules}
    for sentence, family, number in by_family(second_text()):
        if sentence.language in profile.languages and (not family or family in families) and (number % 2 == 0) == learnt:
            yield sentence


def stranger(profile: PolicyProfile, part: str) -> Iterator[Labelled]:
    """Of a part that is all for measuring ("seventh", "plain") what concerns a profile: its languages and families."""
    families = {rule.family for rule in profile.rules}
    for sentence, family, _ in by_family(part_text(part)):
        if sentence.language in profile.languages and (not family or family in families):
            yield sentence


def fitted(profile: PolicyProfile) -> Iterator[Labelled]:
    """The sentences that stand beside a profile's rules."""
    for rule in profile.rules:
        for test in rule.tests:
            evidence = test.evidence or ("" if test.cited else None)
            yield Labelled(test.text, test.language or rule.languages[0], evidence, test.expect != "allowed")


def score(profile: PolicyProfile, sentences: Iterator[Labelled], sense: ClaimSense | None = None) -> Score:
    """How the claims' rules sort them. The rule that numbers need a source is left out: it would catch much without
    understanding it."""
    profile = profile.model_copy(update={"numbers_need_source": False})
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    said: dict[str, str] = {}
    policy = Policy(profile, said.get, sense)
    for sentence in sentences:
        said["p"] = sentence.evidence or ""
        cites = ("p",) if sentence.evidence is not None else ()
        verdict = policy.check(Utterance("u", sentence.text, sentence.language, citations=cites))
        counts[sentence.caught, not verdict.allowed or verdict.rewritten] += 1
    return Score(counts[True, True], counts[False, True], counts[True, False], counts[False, False])


def main() -> None:
    """Print a row for each profile and part, by the rules' words and, where the search model is, by meaning too."""
    senses = [None] if (found_sense := installed_sense()) is None else [None, found_sense]
    for name, sense in itertools.product(profiles(), senses):
        profile = load_policy(name)
        print(f"{name}, {'words alone' if sense is None else 'words and meaning'}")
        for part, sentences in (("held", held(name)), ("second", second(profile)), ("third", stranger(profile, "third")),
                                ("fourth", stranger(profile, "fourth")),
                                ("fifth", stranger(profile, "fifth")), ("sixth", stranger(profile, "sixth")),
                                ("seventh", stranger(profile, "seventh")),
                                ("eighth", stranger(profile, "eighth")),
                                ("ninth", stranger(profile, "ninth")),
                                ("tenth", stranger(profile, "tenth")),
                                ("eleventh", stranger(profile, "eleventh")),
                                ("twelfth", stranger(profile, "twelfth")),
                                ("thirteenth", stranger(profile, "thirteenth")), ("fitted", fitted(profile))):
            found = score(profile, sentences, sense)
            print(f"  {part}: {found.hits + found.missed} to catch, {found.alarms + found.passed} to pass, "
                  f"precision {found.precision:.3f}, recall {found.recall:.3f}")
        plain = score(profile, stranger(profile, "plain"), sense)
        print(f"  plain: {plain.alarms} of {plain.alarms + plain.passed} stopped")


if __name__ == "__main__":
    main()
