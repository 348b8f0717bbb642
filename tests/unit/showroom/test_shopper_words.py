"""What a shopper reads where the show speaks another language."""

from __future__ import annotations

import pytest

from assets.policy_file import load_policy
from assets.product import Fact
from dialogue.wording import FULL
from showroom.shopper_words import _ROWS, colour_word, fact_line, label_in, page_language

pytestmark = pytest.mark.unit

FLUX = Fact("lamp:flux", "It gives 720 lm.", "report", attribute="luminous_flux", value="720", unit="lm")
WEIGHT = Fact("lamp:weight", "It weighs 1.9 kg.", "sheet", attribute="weight", value="1.9", unit="kg")
HINGE = Fact("lamp:zzyx", "Its zzyx is of brass.", "sheet", attribute="zzyx_kind", value="brass")


def test_facts_are_named_in_the_shopper_s_language() -> None:
    """Name and decimal sign are the language's; what has no words stays as it is written."""
    assert fact_line(FLUX, "en") == ("luminous flux", "720 lm")
    assert fact_line(FLUX, "zh-CN") == ("亮度", "720 lm")
    assert fact_line(WEIGHT, "de-AT")[1] == "1,9 kg"
    assert fact_line(WEIGHT, "en-GB") == ("weight", "1.9 kg")
    assert fact_line(HINGE, "ar") == ("zzyx kind", "brass")
    assert fact_line(WEIGHT, "pl") == ("weight", "1.9 kg")
    assert len({fact_line(WEIGHT, language)[0] for language in FULL}) > 10


def test_plain_colours_have_words_and_given_names_stay() -> None:
    """Only a whole name that is a plain colour's is put into another language."""
    assert all(len(row) == len(FULL) and all(row) for row in _ROWS)
    assert colour_word("Forest", "zh") == "森林绿" and colour_word("sky_blue", "de-DE") == "Himmelblau"
    assert colour_word("Forest", "en") == colour_word("Forest", "pl") == "Forest"
    assert colour_word("Harbour Blue", "zh") == "Harbour Blue"


def test_the_label_is_understood_by_who_reads_another_language() -> None:
    """The policy's own words, else those of a shop's own site, else English."""
    eu = load_policy("eu")
    assert label_in(eu, "de-AT") == eu.ai_label["de"]
    assert label_in(eu, "th") == load_policy("own-site").ai_label["th"]
    assert label_in(eu, "pl") == eu.ai_label["en"]
    assert (page_language("", "ja"), page_language("ar-SA", "ja"), page_language("pl", "ja")) == ("ja", "ar-SA", "en")
