"""Policy profiles of markets and platforms: labelled sentences, what takes a claim out, evidence that licenses one."""

import random
import re
from pathlib import Path

import pytest

from assets.knowledge_file import load_knowledge
from assets.policy import PolicyError
from assets.policy_file import family, load_policy, profiles
from avatar.speech import Utterance
from dialogue.assertion import spans_of_meaning, stated
from dialogue.policy import Policy
from dialogue.ports import LANGUAGES
from dialogue.replies import AttributeReply
from dialogue.training.policy_set import fitted, held, score
from dialogue.training.shop_set import shop_set
from dialogue.trigger import folded, required_terms

pytestmark = pytest.mark.unit
DEMO = Path(__file__).parents[3] / "examples" / "demo"


def blocked(profile: str, text: str, language: str, evidence: str | None = None) -> bool:
    policy = Policy(load_policy(profile), {"p": evidence}.get)
    return not policy.check(Utterance("u", text, language, citations=("p",) if evidence else ())).allowed


@pytest.mark.parametrize("name", profiles())
def test_labelled_sentences(name: str) -> None:
    profile = load_policy(name)
    kept, beside = list(held(name)), list(fitted(profile))
    assert len(kept) >= 98 and len(kept) + len(beside) >= 200
    for part in (kept, beside):
        share = sum(s.caught for s in part) / len(part)
        assert 0.4 <= share <= 0.6, "half are near-misses"
    found = score(profile, iter(kept))
    assert found.precision >= 0.95 and found.recall >= 0.95, found
    own = score(profile, iter(beside))
    assert own.alarms == own.missed == 0, own


@pytest.mark.parametrize("name", profiles())
def test_honest_product_sentences_pass(name: str) -> None:
    seed = random.randrange(10**6)
    shop = shop_set(random.Random(seed), 4)
    passages = (*load_knowledge(DEMO / "knowledge"), *shop.passages)
    texts = {p.id: p.text for p in passages}
    policy = Policy(load_policy(name), texts.get)
    said = [(p.text, p.language, p.id) for p in passages]
    said += [(AttributeReply(shop.products[p.sku], (p,), None, 1.0).worded(language).text, language, p.id)
             for p in shop.passages for language in LANGUAGES]
    stopped = [s for s in said if not (v := policy.check(Utterance("u", s[0], s[1], citations=(s[2],)))).allowed or v.rewritten]
    assert len(stopped) <= 0.01 * len(said), (seed, stopped[:5])


def test_every_rule_names_its_law_and_speaks_its_languages() -> None:
    for name in profiles():
        profile = load_policy(name)
        assert profile.languages and set(profile.languages) <= set(LANGUAGES)
        assert all(d.source for d in profile.disclosures) and any(d.id == "ai" for d in profile.disclosures)
        for rule in profile.rules:
            assert rule.source and rule.reason and rule.reason_zh and set(rule.languages) <= set(profile.languages)
        spoken = {language for rule in profile.rules for language in rule.languages}
        assert spoken == set(profile.languages)


def test_a_claim_is_licensed_only_by_a_passage_that_makes_it() -> None:
    text = "It comes with a two-year warranty."
    assert blocked("eu", text, "en")
    assert blocked("eu", text, "en", "The strap is made of cotton.")
    assert not blocked("eu", text, "en", "Auf jede Lampe geben wir 2 Jahre Garantie.")
    verdict = Policy(load_policy("eu"), {"w": "Guarantee: 2 years"}.get).check(Utterance("u", text, "en", citations=("w",)))
    assert verdict.allowed and verdict.rule == "guarantee-en" and verdict.licence == "w"
    assert "2019/771" in (verdict.source or "")


def test_a_price_reduction_needs_its_earlier_price() -> None:
    now, before = random.randint(20, 60), random.randint(61, 99)
    text = f"It is reduced from {before} euros to {now} euros."
    assert blocked("eu", text, "en", f"Lamp; {now} EUR")
    assert not blocked("eu", text, "en", f"Lowest price of the last 30 days: {before} EUR, reduced to {now} EUR")
    assert blocked("eu", f"It is reduced from {before + 1} euros.", "en", f"Lowest price of 30 days: {before} EUR, reduced")


@pytest.mark.parametrize(("text", "language"), [
    ("It does not cure back pain.", "en"), ("Ana asks whether it cures back pain.", "en"), ("Does it cure back pain?", "en"),
    ("Er heilt keine Rückenschmerzen.", "de"), ("它不能治疗失眠。", "zh"), ("能治疗失眠吗？", "zh"),
    ("Cela ne soigne pas le mal de dos.", "fr"), ("No cura el dolor.", "es"), ("لا يعالج الصداع.", "ar"),
    ("Не лечит боль.", "ru"), ("病気を治すものではありません。", "ja"), ("यह दर्द दूर नहीं करता।", "hi"),
    ("Ini tidak mengobati penyakit.", "id"), ("ไม่ได้รักษาโรค", "th"), ("Nó không trị bệnh.", "vi"),
    ("Não cura doenças.", "pt"), ("Non cura l'insonnia.", "it"),
])
def test_what_is_denied_asked_or_reported_is_no_claim(text: str, language: str) -> None:
    assert not blocked("own-site", text, language)


@pytest.mark.parametrize("text", [
    "It not only cures back pain, it looks good.", "It does not cost much, and it cures back pain.",
    "Want to get rid of back pain? Here it is, it cures back pain.", "Tired of migraines? It heals migraines.",
    "It isn't heavy. It cures back pain.", "Does it cost much? No. It cures insomnia.",
])
def test_a_no_elsewhere_is_no_excuse(text: str) -> None:
    assert blocked("own-site", text, "en")


@pytest.mark.parametrize(("text", "language", "says"), [
    ("That's a price nobody can match.", "en", True), ("Other shops ask twice that.", "en", True),
    ("Nobody can promise that.", "en", False), ("Lovely, isn't it?", "en", True), ("Is it lovely?", "en", False),
    ("Dán ba hôm là khỏi.", "vi", True), ("Anh ấy hỏi có tốt không.", "vi", False),
])
def test_what_a_sentence_states_itself(text: str, language: str, says: bool) -> None:
    assert stated(text, language) == says
    assert spans_of_meaning(text, language) == [text] * says


def test_a_question_is_read_together_with_its_answer() -> None:
    text = "Good evening. Migraine? One night with it. Is it heavy?"
    assert spans_of_meaning(text, "en") == ["Good evening.", "One night with it.", "Migraine? One night with it."]


def test_a_market_on_a_platform_is_as_strict_as_the_stricter() -> None:
    joined, market, platform = load_policy("cn+tiktok"), load_policy("cn"), load_policy("tiktok")
    assert len(joined.rules) == len(market.rules) + len(platform.rules)
    assert joined.label_size.min_height_share == market.label_size.min_height_share
    assert joined.retention.min_days == market.retention.min_days and joined.retention.max_days is None
    assert joined.label("zh") == market.label("zh") and "th" in joined.ai_label
    both = Policy(joined)
    assert not both.check(Utterance("u", "这是全国第一的背包。", "zh")).allowed
    assert not both.check(Utterance("u", "DM me for a cheaper price.", "en")).allowed
    with pytest.raises(PolicyError, match="mars"):
        load_policy("eu+mars")
    with pytest.raises(PolicyError, match="no family"):
        family("nonsense")


def test_a_profile_of_ones_own_uses_the_same_families(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('id = "mine"\ntitle = "t"\nlanguages = ["en"]\n[ai_label]\nen = "AI"\n[[claims]]\nfamily = "medical"\n'
                    'source = "our own law"\n', "utf-8")
    verdict = Policy(load_policy(file)).check(Utterance("u", "It cures arthritis.", "en"))
    assert not verdict.allowed and verdict.source == "our own law"
    file.write_text(file.read_text("utf-8").replace("medical", "magic"), "utf-8")
    with pytest.raises(PolicyError, match="magic"):
        load_policy(file)


def test_the_first_stage_never_hides_what_the_second_would_find() -> None:
    """Each caught sentence holds one of its rule's required terms."""
    for name in profiles():
        for rule in load_policy(name).rules:
            terms = required_terms(rule.context or "")
            for test in rule.tests:
                match = re.search(rule.context or "", test.text, re.IGNORECASE)
                assert not (terms and match) or any(t in folded(test.text) for t in terms), (rule.id, test.text)


@pytest.mark.parametrize(("pattern", "expected"), [
    ("abc|def", {"abc", "def"}), (r"\bcolou?r\b", {"colo"}), ("x[yz]w", {"xyw", "xzw"}), (r"\d+", None), ("(?:ab)?", None),
    ("a(?:bc|d)ef", {"ef", }), ("第一", {"第一"}),
])
def test_required_terms(pattern: str, expected: set[str] | None) -> None:
    found = required_terms(pattern)
    assert (found is None) == (expected is None)
    assert found is None or expected is None or found == expected or all(any(e in f for e in expected) for f in found)
