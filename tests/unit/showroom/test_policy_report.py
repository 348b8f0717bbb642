"""`nightwindow check` names script lines that may not be said, with file, line, rule and law."""

from dataclasses import replace
from pathlib import Path

import pytest

from assets.market_file import load_market
from assets.policy_file import load_policy
from assets.rundown_file import load_rundown
from avatar.speech import Utterance
from dialogue.citing import Cited
from dialogue.policy import Policy
from showroom.config import load_config
from showroom.content import load_content
from showroom.policy_report import script_findings, setup_findings
from tests.fakes import shop
from tests.fakes.show_parts import DEMO

pytestmark = pytest.mark.unit
SCRIPT = '''[[item]]
product = "backpack"
[[item.section]]
id = "a"
kind = "hook"
[[item.section.variant]]
lines = [
  { text = "[point] Look at this strap." },
  { text = "It is {quiet|the best bag in the world}." },
  { text = "She said \\"hello\\": it cures back pain." },
]
'''


def findings(tmp_path: Path, profile: str = "eu", language: str = "en") -> list[tuple[str, str]]:
    file = tmp_path / "rundown.toml"
    file.write_text(SCRIPT, "utf-8")
    return [(f.en, f.zh) for f in script_findings(file, load_rundown(file), Policy(load_policy(profile)), language)]


def test_a_line_is_named_with_its_place_its_rule_and_its_law(tmp_path: Path) -> None:
    (best, best_zh), (cure, _) = findings(tmp_path)
    assert "rundown.toml:9: backpack.a, variant 1, line 2: 'It is the best bag in the world.': rule superlative-en" in best
    assert "2005/29/EC" in best and "说法须有依据" in best_zh
    assert "rundown.toml:10:" in cure and "medical-en" in cure


def test_nothing_rests_on_a_passage_that_is_gone() -> None:
    passages, products = shop.passages(), shop.products()
    cited = Cited(passages, products)
    policy = Policy(load_policy("own-site"), cited)
    row = f"catalogue:{next(iter(products))}"
    said = Utterance("u", "It weighs 1.2 kg.", "en", citations=(passages[0].id,))
    assert policy.check(said).allowed and cited(row) and cited("team") is None
    cited.know(passages[1:], products)
    verdict = policy.check(said)
    assert not verdict.allowed and verdict.decision == "blocked"


def test_the_label_is_the_profiles_unless_the_market_has_its_own(tmp_path: Path) -> None:
    market = tmp_path / "market.toml"
    market.write_text('id = "de"\nlanguage = "de"\nvoice = "x"\npolicy = "eu"\ncurrency = "EUR"\n', "utf-8")
    assert load_policy(load_market(market).policy).label("de-AT") == "KI-generierte Moderatorin"


def test_a_language_that_nothing_here_knows_is_no_advice_to_join_a_profile_with_itself() -> None:
    content = load_content(load_config(DEMO))
    for language, says in (("ko", "no voice and no policy of ours knows 'ko'; they know en, zh"), ("de-AT", "")):
        found = [f.en for f in setup_findings(replace(content, market=replace(content.market, language=language)))]
        assert any(says in line for line in found) if says else not [line for line in found if "knows" in line], found
