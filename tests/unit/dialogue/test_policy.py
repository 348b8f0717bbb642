"""The policy gate: every rule's own sentences, evidence for numbers, and profiles that explain their mistakes."""

import random
from pathlib import Path

import pytest

from assets.policy import PolicyError, PolicyProfile, Rule
from assets.policy_file import load_policy
from avatar.speech import Utterance
from dialogue.policy import EVIDENCE_RULE, Policy

pytestmark = pytest.mark.unit
PROFILE = load_policy("own-site")
POLICY = Policy(PROFILE)


def outcome(text: str, language: str, cited: bool = False) -> tuple[str, str]:
    verdict = POLICY.check(Utterance("u", text, language, citations=("p",) if cited else ()))
    return ("blocked" if not verdict.allowed else "rewritten" if verdict.rewritten else "allowed"), verdict.text


@pytest.mark.parametrize("rule", PROFILE.rules, ids=lambda r: r.id)
def test_each_rules_own_sentences(rule: Rule) -> None:
    for test in rule.tests:
        got, text = outcome(test.text, test.language or rule.languages[0], test.cited)
        assert got == test.expect, test.text
        assert test.says is None or text == test.says
    assert {t.expect for t in rule.tests} >= {"allowed"} and len({t.expect for t in rule.tests}) > 1


def test_numbers_need_a_citation() -> None:
    price, weight = random.randint(2, 900), random.randint(1, 90) / 10
    for text, language in (
        (f"It costs ${price}.", "en"),
        (f"It weighs {weight} kg.", "en"),
        (f"只要{price}元", "zh"),
        (f"Save {price}%", "en"),
        ("重一点二公斤", "zh"),
        ("It runs for thirty-eight hours.", "en"),
        (f"A {price}-litre pack", "en"),
    ):
        verdict = POLICY.check(Utterance("u", text, language))
        assert not verdict.allowed and verdict.rule in (EVIDENCE_RULE, "price-comparison-en"), text
        assert POLICY.check(Utterance("u", text, language, citations=("p",))).allowed, text


@pytest.mark.parametrize(
    "text",
    [
        "Here are 3 tips for you.",
        "Welcome to hour two of the show!",
        "In 2026 we opened.",
        "Look at the strap, it folds away.",
        "My favourite is the blue one.",
        "Good evening everyone.",
    ],
)
def test_ordinary_talk_passes(text: str) -> None:
    assert outcome(text, "en") == ("allowed", text)


def test_a_rule_of_another_language_stays_out() -> None:
    assert outcome("I like 最好 characters", "en")[0] == "allowed"


def test_the_label_falls_back_to_english() -> None:
    assert POLICY.ai_label("zh-Hans") == PROFILE.ai_label["zh"]
    assert POLICY.ai_label("sv") == PROFILE.ai_label["en"]


def test_mistakes_are_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"no policy profile 'nowhere'.*own-site"):
        load_policy("nowhere")
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(tmp_path / "none.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text(
        'id = "x"\ntitle = "t"\ncolour = 1\n[ai_label]\nzh = "甲"\n[[rules]]\nid = "r"\nlanguages = ["en"]\n'
        'source = "law"\nreason = "why"\naction = "rewrite"\nseverity = "high"\ntriggers = ["a"]\ncontext = "("\ntests = []\n'
    )
    with pytest.raises(PolicyError) as caught:
        load_policy(broken)
    message = str(caught.value)
    assert all(part in message for part in ("colour", "context", "tests")) and len(message.splitlines()) >= 3


def test_two_rules_may_not_share_an_id() -> None:
    rule = PROFILE.rules[0]
    with pytest.raises(ValueError, match="two rules"):
        PolicyProfile(id="x", title="t", ai_label={"en": "AI"}, rules=(rule, rule))
