"""Two products side by side, and cards that a line of the script asks for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from assets.evidence import Evidence
from assets.product import Fact, Price, ProductModel
from assets.rundown_file import parse_text
from avatar.speech import GestureMark, Utterance
from render.cards import card_overlay
from render.cue import CardCue, ProductCue
from showroom.comparison import compared, sayable
from showroom.config import ConfigError, load_config
from showroom.content import load_content
from showroom.staging import Staging, card_lines
from showroom.viewer_protocol import cue_fields
from tests.fakes.running_show import copy_demo
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit


def product(sku: str, price: str | None, *facts: tuple[str, str, str | None]) -> ProductModel:
    return ProductModel(sku, {"en": sku.title(), "zh": sku}, {"broadcast": Path("x.glb")}, np.array([0.1, 0.2, 0.3]),
                        facts=tuple(Fact(f"{sku}:{a}", f"{a} {v}", f"sheet of {sku}", attribute=a, value=v, unit=u)
                                    for a, v, u in facts),
                        price=Price(Decimal(price), "USD") if price else None)


A = product("alpha", "10.00", ("colour", "red", None), ("weight", "1.5", "kg"), ("height", "20", "cm"), ("only_a", "1", None))
B = product("beta", "12.50", ("weight", "900", "g"), ("colour", "blue", None), ("height", "20", "cm"), ("only_b", "2", None))


def test_only_what_both_say_is_compared_each_with_its_source() -> None:
    rows = compared(A, B, "en")
    assert [(r.label, r.a, r.b) for r in rows] == [
        ("Price", "$10.00", "$12.50"), ("Size", "10 × 20 × 30 cm", "10 × 20 × 30 cm"), ("Weight", "1.5 kg", "900 g"),
        ("Colour", "red", "blue")]
    assert rows[2].sources == ("sheet of alpha", "sheet of beta")
    assert compared(A, replace(B, price=None), "zh")[0].label == "尺寸" and len(compared(A, B, "en", 2)) == 2


def staged(text: str, cites: tuple[str, ...] = (), sku: str = "alpha") -> Utterance:
    plain, marks, wrong = parse_text(text)
    assert not wrong, wrong
    return Utterance("u", plain, "en", "anchor", product=sku, citations=cites,
                     marks=tuple(GestureMark(m.name, m.word, m.target) for m in marks))


def test_a_line_shows_evidence_and_the_next_one_the_product_again() -> None:
    report = Evidence("alpha:r", "alpha", "test_report", "R", "Held.", "House")
    review = Evidence("alpha:v", "alpha", "review", "V", "Nice.", "Shop", stars=5)
    content = demo_content()
    products = {"alpha": replace(A, evidence=(report, review)), "beta": B}
    staging = Staging(content.spec, products, "en", "AI")

    def cards(text: str, cites: tuple[str, ...] = ()) -> list[CardCue]:
        return [c for c in staging.cues(staged(text, cites), "facts", 0) if isinstance(c, CardCue)]

    (first,) = cards("Here it is.")
    assert first.kind == "product" and first.lines == card_lines(products["alpha"], "en")
    (shown,) = cards("[card:evidence] Customers like it.", ("alpha:v",))
    assert shown.kind == "evidence" and shown.lines[0] == "A customer's words" and "★★★★★" in shown.lines[1]
    (named,) = cards("[card:alpha:r] And it was tested.")
    assert named.lines == report.card_lines("en")
    (side,) = cards("[compare:beta] Or this one?")
    assert side.kind == "compare" and side.lines == ("Alpha", "Beta") and ("Weight", "1.5 kg", "900 g") in side.rows
    assert cue_fields(side)["rows"] == side.rows
    (again,) = cards("So much for that.")
    assert again.kind == "product" and again.lines == first.lines
    assert cards("Nothing changes here.") == []
    staging.restart()
    assert any(isinstance(c, ProductCue) for c in staging.cues(staged("[compare:beta] Both."), "facts", 0))


def test_a_mark_without_its_thing_shows_the_product_card() -> None:
    staging = Staging(demo_content().spec, {"alpha": A}, "en", "AI")
    for text in ("[card:evidence] Proof.", "[compare:beta] Gone.", "[compare:alpha] Itself."):
        found = [c for c in staging.cues(staged(text), "facts", 0) if isinstance(c, CardCue)]
        assert all(c.kind == "product" for c in found)


def test_cards_are_drawn_inside_the_picture_and_differ() -> None:
    rows = tuple((r.label, r.a, r.b) for r in compared(A, B, "en"))
    cues = (CardCue(0, ("Alpha", "$10")), CardCue(0, ("Test report", "R 7", "word " * 60, "House"), kind="evidence"),
            CardCue(0, ("Alpha", "Beta with a very long name indeed"), kind="compare", rows=rows))
    boxes = []
    for width, height in ((960, 540), (480, 270), (540, 960)):
        for cue in cues:
            overlay = card_overlay(cue, "en", width, height)
            assert overlay is not None
            left, top, right, bottom = overlay.box
            assert 0 <= left < right <= width and 0 <= top < bottom <= height, (cue.kind, width, height)
            boxes.append(overlay.pixels.shape)
    assert len(set(boxes)) == len(boxes) and card_overlay(CardCue(0, ()), "en", 960, 540) is None


def test_a_script_that_shows_what_is_not_there_is_refused(tmp_path: Path) -> None:
    show = copy_demo(tmp_path / "demo")
    script = show.parent / "rundown.toml"
    text = script.read_text(encoding="utf-8")
    assert "[card:lamp:report-l118]" in text and "[compare:mug]" in text
    script.write_text(text.replace("[card:lamp:report-l118]", "[card:lamp:gone]").replace("[compare:mug]", "[compare:lamp]"),
                      encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_content(load_config(show))
    said = "\n".join(caught.value.mistakes)
    assert "[card:lamp:gone] names no piece of evidence" in said and "[compare:lamp] names no other product" in said
    assert parse_text("[compare] Look.")[2] == [] and parse_text("[card: ] Look.")[2]


def test_a_script_compares_with_no_product_that_is_not_there() -> None:
    """A line that names two products is not said when only one can be shown; the rest of the script stays."""
    content = demo_content()
    targets = {mark.target for item in content.rundown.items for section in item.sections for variant in section.variants
               for line in variant for mark in line.marks if mark.name == "compare"}
    assert targets, "the demo compares"
    whole, without = sayable(content.rundown, content.products), sayable(content.rundown, set(content.products) - targets)
    assert whole == content.rundown

    def lines(rundown) -> list:
        return [line for item in rundown.items for section in item.sections for variant in section.variants for line in variant]

    assert not any(mark.name == "compare" for line in lines(without) for mark in line.marks)
    assert 0 < len(lines(whole)) - len(lines(without)) < 0.2 * len(lines(whole))
    assert {item.product for item in without.items} == {item.product for item in whole.items}
