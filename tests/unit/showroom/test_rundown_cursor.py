"""The place in the script: kept over restarts, in order, and never the same words twice while there are others."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assets.rundown_file import Item, Line, Rundown, Section
from showroom.rundown import REPEAT_S, Cursor, covering_forms, form_count, worded
from showroom.store import Store

pytestmark = pytest.mark.unit


def line(text: str) -> Line:
    return Line(text, marked=text)


def script(rng: random.Random, items: int = 3) -> Rundown:
    def words() -> str:
        return rng.choice(("{a|b} ", "{now|then|soon} ", "")) + f"say {rng.randrange(10**9)}"

    return Rundown(tuple(
        Item(f"p{i}", tuple(
            Section(f"s{i}{s}", rng.choice(("hook", "facts", "offer", "question")),
                    tuple(tuple(line(words()) for _ in range(rng.randint(1, 4))) for _ in range(rng.randint(1, 3))))
            for s in range(rng.randint(1, 4))))
        for i in range(items)))


def test_the_position_survives_a_restart_in_the_middle_of_a_section(tmp_path: Path) -> None:
    rng = random.Random()
    rundown = script(rng)
    store = Store(tmp_path / "show.sqlite")
    cursor = Cursor(rundown, ("hook", "facts"), store)
    for _ in range(rng.randint(0, 30)):
        cursor.done(cursor.next())
    prepared = [cursor.next(), cursor.next()]  # one being said, one ahead
    store.close()  # the host is killed here
    again = Cursor(rundown, ("hook", "facts"), Store(tmp_path / "show.sqlite"))
    assert again.next().text == prepared[0].text


def test_the_very_first_sentence_too(tmp_path: Path) -> None:
    rundown = Rundown((Item("p", (Section("s", "hook", tuple((line(f"variant {n}"),) for n in range(8))),)),))
    said = {Cursor(rundown, (), Store(tmp_path / "show.sqlite")).next().text for _ in range(5)}
    assert len(said) == 1


def test_rewind_issues_the_same_line_again() -> None:
    rng = random.Random()
    cursor = Cursor(script(rng), (), Store(":memory:"))
    for _ in range(20):
        first = cursor.next()
        cursor.next()
        cursor.rewind()
        assert cursor.next() == first
        cursor.done(first)


def test_looking_ahead_changes_nothing() -> None:
    """The operator's page looks twice a second."""
    rng = random.Random()
    rundown, quiet = script(rng), []
    watched, alone = (Cursor(rundown, (), Store(":memory:"), quiet.append) for _ in range(2))
    for _ in range(60):
        for _ in range(3):
            watched.peek(5)
        one, other = watched.next(), alone.next()
        watched.peek(5)
        assert one == other
        watched.done(one)
        alone.done(other)


def test_sections_come_in_the_markets_order() -> None:
    sections = tuple(Section(kind, kind, ((line(kind),),)) for kind in ("offer", "question", "hook", "facts"))
    cursor = Cursor(Rundown((Item("p", sections),)), ("hook", "facts", "question", "offer"), Store(":memory:"))
    said = []
    for _ in range(8):
        said.append(cursor.next())
        cursor.done(said[-1])
    assert [s.kind for s in said] == ["hook", "facts", "question", "offer"] * 2


def test_variants_rotate() -> None:
    now = [0.0]
    store = Store(":memory:", lambda: now[0])
    rundown = Rundown((Item("p", (Section("s", "hook", tuple((line(f"variant {n}"),) for n in range(5))),)),))
    cursor = Cursor(rundown, (), store)
    said = []
    for _ in range(15):
        issued = cursor.next()
        said.append(issued.text)
        store.said(issued.text)
        cursor.done(issued)
        now[0] += 5
    assert all(len(set(said[i : i + 5])) == 5 for i in range(0, 15, 5))


def test_no_words_twice_in_three_hours_while_other_forms_remain() -> None:
    now, repeats = [0.0], []
    store = Store(":memory:", lambda: now[0])
    text = "{Now|Well|See|And} this {lamp|light|thing} is {good|fine|nice|sound}."
    rundown = Rundown((Item("p", (Section("s", "hook", ((line(text), line("{a|b|c} short one")),)),)),))
    cursor, heard = Cursor(rundown, (), store, repeats.append), {}
    step_s = REPEAT_S / 50  # 48 forms of the first line: enough for 25 rounds; 3 of the second: too few
    for _ in range(100):
        issued = cursor.next()
        if "this" in issued.text:
            assert now[0] - heard.get(issued.text, -1e9) >= REPEAT_S, issued.text
        heard[issued.text] = now[0]
        store.said(issued.text)
        cursor.done(issued)
        now[0] += step_s
    assert repeats and set(repeats) == {"{a|b|c} short one"}, "only the line without forms repeats, and that is reported"


def test_when_all_forms_were_said_the_oldest_is_taken() -> None:
    now = [0.0]
    store = Store(":memory:", lambda: now[0])
    cursor = Cursor(Rundown((Item("p", (Section("s", "hook", ((line("{a|b|c} x"),),)),)),)), (), store)
    said = []
    for _ in range(9):
        issued = cursor.next()
        said.append(issued.text)
        store.said(issued.text)
        cursor.done(issued)
        now[0] += 7
    assert said == ["a x", "b x", "c x"] * 3


def test_a_changed_script_keeps_the_place_or_goes_to_a_place_that_exists() -> None:
    rng = random.Random()
    for _ in range(30):
        store = Store(":memory:")
        cursor = Cursor(script(rng), (), store)
        for _ in range(rng.randint(0, 25)):
            cursor.done(cursor.next())
        where = cursor.position
        cursor.replace(script(rng, items=rng.randint(1, 3)))
        after = cursor.next()
        assert after.spot.item <= where.spot.item
        cursor.done(after)
        Cursor(script(rng, items=1), (), store).next()  # a saved place that is gone


@pytest.mark.parametrize("saved", [None, "x", [1], [0, 0, 0, 0, "a"], [99, 0, 0, 0, 0], [0, 9, 0, 0, 0], {"item": 1}])
def test_a_saved_place_that_makes_no_sense_begins_at_the_top(saved: object) -> None:
    store = Store(":memory:")
    store.put("rundown_position", saved)
    assert Cursor(script(random.Random(1)), (), store).next().spot.item == 0


def test_every_form_is_another_wording() -> None:
    text = "{a|b} and {c|d|e}{| too}."
    forms = {worded(text, n) for n in range(form_count(text))}
    assert form_count(text) == 12 == len(forms) and "b and e too." in forms
    assert worded("plain  words", 0) == "plain words" and form_count("plain") == 1


def test_the_covering_wordings_have_every_alternative() -> None:
    choices = [[f"w{c}x{n}" for n in range(random.randint(2, 5))] for c in range(7)]
    text = "So " + " and ".join("{" + "|".join(options) + "}" for options in choices) + "."
    said = " ".join(worded(text, form) for form in covering_forms(text)).replace(".", "").split()
    assert {word for options in choices for word in options} <= set(said)
    assert len(covering_forms(text)) == max(map(len, choices)) and covering_forms("plain") == [0]


def test_random_scripts_are_said_in_order_over_random_rewinds() -> None:
    rng = random.Random()
    for _ in range(40):
        rundown = script(rng)
        cursor = Cursor(rundown, ("hook", "facts"), Store(":memory:"))
        last = None
        for _ in range(60):
            issued = [cursor.next() for _ in range(rng.randint(1, 3))]
            if rng.random() < 0.3:
                cursor.rewind()
                continue
            for this in issued:
                if last is not None:
                    _assert_follows(rundown, cursor._sections, last, this)
                cursor.done(this)
                last = this


def _assert_follows(rundown: Rundown, order: list, last, this) -> None:
    a, b = last.spot, this.spot
    lines = rundown.items[a.item].sections[order[a.item][a.section]].variants[a.variant]
    if a.line + 1 < len(lines):
        assert (b.item, b.section, b.variant, b.line) == (a.item, a.section, a.variant, a.line + 1)
    elif a.section + 1 < len(order[a.item]):
        assert (b.item, b.section, b.line) == (a.item, a.section + 1, 0)
    else:
        assert (b.item, b.section, b.line) == ((a.item + 1) % len(rundown.items), 0, 0)


def test_a_product_that_is_asked_for_comes_next_and_the_order_goes_on() -> None:
    rng = random.Random()
    rundown = script(rng, items=5)
    cursor = Cursor(rundown, (), Store(":memory:"))

    def following(ahead: int) -> list[str]:
        """The products as they are said, `ahead` lines prepared; now and then an interruption."""
        order: list[str] = []
        while len(order) < 5:
            lines = [cursor.next() for _ in range(ahead)]
            if rng.random() < 0.2:
                cursor.rewind()
                lines = [cursor.next() for _ in range(ahead)]
            cursor.peek(4)
            cursor.done(lines[0])
            cursor.rewind()
            order += [lines[0].sku] if not order or order[-1] != lines[0].sku else []
        return order

    assert cursor.bring("p3") and following(rng.randint(1, 3)) == ["p0", "p3", "p1", "p2", "p3"]
    cursor.rewind()
    now = int(cursor.position.sku[1])
    assert not cursor.bring(f"p{now}") and not cursor.bring(f"p{(now + 1) % 5}") and not cursor.bring("gone")
    wanted = f"p{(now + 3) % 5}"
    assert cursor.bring(wanted)
    cursor.skip_item()
    assert cursor.position.sku == wanted
    cursor.skip_item()
    assert cursor.position.sku == f"p{(now + 1) % 5}"
