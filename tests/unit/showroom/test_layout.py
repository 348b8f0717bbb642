"""Products on other plinths: checked, at once, kept over a restart, in nobody's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from showroom.additions import add_model
from showroom.layout import arranged, layout_fields
from showroom.versions import VersionError
from tests.fakes.running_show import copy_demo
from tests.unit.showroom.test_shelf import Show

pytestmark = pytest.mark.unit


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Show:
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    return Show(copy_demo(tmp_path / "demo"))


async def test_two_products_change_places_at_once_and_after_a_restart(show: Show) -> None:
    homes = show.content.homes
    fields = layout_fields(show.content)
    fits = {p["sku"]: p["fits"] for p in fields["products"]}
    a, b = next((a, b) for a in fits for b in fits
                if a != b and homes[a] and homes[b] and homes[b] in fits[a] and homes[a] in fits[b])
    wanted = {a: homes[b], b: homes[a]}
    show.put.clear()
    await show.shelf.arrange(wanted)
    assert {sku: show.content.homes[sku] for sku in wanted} == wanted and sorted(show.put) == sorted(wanted.items())
    again = Show(show.config.folder / "show.toml")
    assert {sku: again.content.homes[sku] for sku in wanted} == wanted


async def test_who_is_in_the_way_steps_aside_and_newcomers_take_what_is_free(show: Show) -> None:
    await show.shelf.arrange({"mug": "guest"})
    assert show.content.homes["mug"] == "guest"
    taken = dict(show.content.homes)
    result = add_model(show.config, show.content, show.model, "second", "Second", None, False)
    assert result["plinth"] not in {p for p in taken.values() if p} and result["plinth"] != "guest"
    await show.shelf.sync()
    await show.shelf.arrange({"lamp": None})
    assert show.content.homes["lamp"] is None
    small = show.content.homes["mug"]
    await show.shelf.arrange({"second": small})
    assert show.content.homes["second"] == small and show.content.homes["mug"] is None
    assert sorted(p for p in show.content.homes.values() if p) == sorted({p for p in show.content.homes.values() if p})


async def test_what_cannot_be_is_said_in_one_sentence(show: Show) -> None:
    before = dict(show.content.homes)
    for wanted, said in (({"boat": "guest"}, "boat: it is not in the show."), ({"mug": "attic"}, "there is no such plinth"),
                         ({"mug": "hero"}, "there is no such plinth"),
                         ({"chair": "left-far"}, "chair measures .* takes 20 x 16"),
                         ({"mug": "guest", "watch": "guest"}, "Two products cannot stand on plinth guest.")):
        with pytest.raises(VersionError, match=said):
            await show.shelf.arrange(wanted)
        assert show.content.homes == before


def test_an_arrangement_of_products_that_have_gone_changes_nothing() -> None:
    homes = {"a": "left", "b": "right"}
    assert arranged(homes, {"gone": "left"}) == homes
    assert arranged(homes, {"a": "right"}) == {"a": "right", "b": None}
