"""Attributes in braces become phrases; values, units and names survive, noise of the feed does not."""

import random

import pytest

from dialogue.entries import entry_of
from dialogue.flatten import attribute_name, flattened

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("text", "phrase"), [
    ("item_weight:  { unit:pounds, normalized_value:{ unit:pounds, value:1.83 }, value:1.83 }", "item weight: 1.83 pounds"),
    ("is_electric:  { value:false }", "is electric: no"),
    ('colour:  { standardized_values:[ "green" ], value:"green/blue ombre" }', "colour: green/blue ombre"),
    ('fits:  { value:"apple ipad 3" }; { value:"apple ipad air" }', "fits: apple ipad 3; apple ipad air"),
    ('{"not": "an attribute"}', '{"not": "an attribute"}'),
    ("shape: { value:box_set }", "shape: box set"),
    ("size:  { width:{ unit:inches, value:9 }, height:{ unit:inches, value:5 } }", "size: width 9 inches, height 5 inches"),
    ("Wash it at 30 °C: it keeps its shape.", "Wash it at 30 °C: it keeps its shape."),
])  # fmt: skip
def test_phrases(text: str, phrase: str) -> None:
    assert flattened(text) == phrase


def test_any_value_and_unit_survive() -> None:
    for _ in range(200):
        value, unit = f"{random.uniform(0.1, 900):.2f}", random.choice(["kilograms", "inches", "hours", "volts"])
        name = "_".join(random.choices(["max", "item", "cord", "seat", "load"], k=2))
        text = f"{name}: {{ unit:{unit}, value:{value} }}"
        assert flattened(text) == f"{name.replace('_', ' ')}: {value} {unit}"
        assert attribute_name(text) == name.replace("_", " ")


def test_broken_braces_do_not_raise() -> None:
    whole = 'a_b: { unit:"m", list:[ { value:1 }, { value:"x, y" } ], value:{ value:3 } }'
    for cut in range(6, len(whole)):
        assert flattened(whole[:cut] + "}")


def test_rows_become_entries_or_one_clear_sentence() -> None:
    entry = entry_of({"id": 7, "text": "It weighs 2 kg.", "attribute": "item_weight", "lang": "en-GB", "sku": "x"})
    assert (entry.id, entry.attribute, entry.sku, entry.language) == ("7", "item weight", "x", "en-GB")
    assert entry.searched == "item weight: It weighs 2 kg."
    with pytest.raises(ValueError, match="passage 8 has no text"):
        entry_of({"id": "8", "text": " "})
    with pytest.raises(ValueError, match="no id"):
        entry_of({"text": "x"})
