"""Claims by meaning: what no rule's words foresee is caught, what a passage says may be said, honest talk passes."""

import random

import pytest

from assets.policy import PolicyProfile
from assets.policy_file import load_policy
from avatar.speech import Utterance
from dialogue.adapters.e5 import installed
from dialogue.assertion import sentences
from dialogue.policy import Policy
from dialogue.sense import NONE, ClaimSense
from dialogue.training.policy_set import score, second

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def sense() -> ClaimSense:
    embedder = installed()
    if embedder is None:
        pytest.skip("the search model is not here")
    return ClaimSense(embedder)


def test_sentences_that_taught_nothing_are_sorted(sense: ClaimSense) -> None:
    for name in ("own-site", "cn"):
        profile = load_policy(name)
        words, both = score(profile, second(profile)), score(profile, second(profile), sense)
        assert words.recall < 0.65, "else meaning is not needed"
        assert both.precision >= 0.95 and both.recall >= 0.93, both


def test_a_claim_in_new_words_needs_its_passage(sense: ClaimSense) -> None:
    text = "You are covered for ten years against everything."
    known = {"w": "The frame is guaranteed for 10 years against all defects.", "c": "The cover is made of cotton."}
    said = [Utterance("u", text, "en", citations=c) for c in ((), ("c",), ("w",))]
    assert [Policy(load_policy("own-site"), known.get, sense).check(u).allowed for u in said] == [False, False, True]
    without = load_policy("own-site").model_copy(update={"numbers_need_source": False})
    assert Policy(without, known.get).check(said[0]).allowed, "the rules' words alone do not see it"


def test_what_is_asked_or_reported_is_no_claim(sense: ClaimSense) -> None:
    policy = Policy(load_policy("own-site"), None, sense)
    assert policy.check(Utterance("u", "Tom asks if it gets rid of eczema.", "en")).allowed
    assert not policy.check(Utterance("u", "It gets rid of eczema in no time.", "en")).allowed


def test_goods_of_the_shop_are_compared_but_not_with_the_world(sense: ClaimSense) -> None:
    policy = Policy(load_policy("own-site"), None, sense)
    chance = random.Random()
    for _ in range(6):
        count, goods = chance.choice(("two", "three", "four", "five")), chance.choice(("pans", "mugs", "lamps", "rugs", "bags"))
        most = chance.choice(("heaviest", "largest", "smallest", "lightest"))
        for said in (f"This is the {most} of our {count} {goods}.", f"Among our own {goods} this is the {most}."):
            assert policy.check(Utterance("u", said, "en")).allowed, said
        boast = f"This is the {most} of our {count} {goods}, and no brand in the world makes a better one."
        assert not policy.check(Utterance("u", boast, "en")).allowed, boast


def test_words_of_a_claim_in_a_sentence_that_claims_nothing(sense: ClaimSense) -> None:
    profile = load_policy("tiktok")
    both, words = Policy(profile, None, sense), Policy(profile, None)
    wine = Utterance("u", "Red wine might leave a mark if you let it dry.", "en")
    assert not words.check(wine).allowed and not both.check(wine, by_meaning=False).allowed
    assert both.check(wine).allowed
    own = replace_rules(profile, family="wine-of-ours")
    assert not Policy(own, None, sense).check(wine).allowed, "a rule of a kind that meaning does not know always holds"


def replace_rules(profile: PolicyProfile, family: str) -> PolicyProfile:
    """The same rules as ones that a shop has written for itself."""
    return profile.model_copy(update={"rules": [rule.model_copy(update={"family": family}) for rule in profile.rules]})


def test_a_claim_beside_an_honest_half_is_still_caught(sense: ClaimSense) -> None:
    policy, words = Policy(load_policy("own-site"), None, sense), Policy(load_policy("own-site"), None)
    claims = [test.text for rule in policy.profile.rules if rule.languages[0] == "en" for test in rule.tests
              if test.expect == "blocked" and not test.cited and not test.evidence]
    assert len(claims) > 20
    for claim in claims:
        for said in (f"The bottle is green, the lid is black, {claim}", f"{claim.rstrip('.!')}, and the box is a plain one."):
            if not words.check(Utterance("u", said, "en")).allowed:
                assert not policy.check(Utterance("u", said, "en")).allowed, said


def test_meaning_joins_when_the_model_is_there(sense: ClaimSense) -> None:
    policy = Policy(load_policy("own-site"))
    utterance = Utterance("u", "Every single customer loves it.", "en")
    assert policy.check(utterance).allowed
    assert policy.hearing(lambda: None)() is None and policy.sense is None
    assert policy.hearing(lambda: sense._embedder)() is not None
    assert not policy.check(utterance).allowed


def test_an_unknown_model_judges_nothing() -> None:
    class Other:
        name, dimension = "other", 3

        def embed(self, texts, *, question):  # type: ignore[no-untyped-def]
            raise AssertionError("not asked")

    assert ClaimSense(Other()).kinds("It cures everything.", "en").get(NONE) is None


def test_a_text_falls_into_its_sentences() -> None:
    assert sentences("It weighs 2.4 kg. 它很轻。Is it? Yes") == ["It weighs 2.4 kg.", "它很轻。", "Is it?", "Yes"]
    assert sentences("") == []


def test_dots_in_the_middle_end_no_sentence() -> None:
    assert sentences("Four, three... they go as I speak. Next.") == ["Four, three... they go as I speak.", "Next."]
    assert sentences("Wait... Now it is 3.5 kg.")[-1] == "Now it is 3.5 kg."
