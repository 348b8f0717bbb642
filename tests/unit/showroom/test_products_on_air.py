"""Products added while the show runs: through the real gate, kept whole or not at all."""

from __future__ import annotations

import functools
import os
import shutil
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from assets.product import Price
from showroom import additions
from showroom.additions import AddError, KeepError, add_model, parse_price, parse_size, products_now
from showroom.config import load_config
from showroom.content import assign_plinths, free_plinth
from showroom.material_words import LANGUAGES, material_word, materials_named
from showroom.model_facts import model_facts
from showroom.store import Store
from showroom.versions import Versions
from tests.fakes.show_parts import DEMO, demo_content

pytestmark = pytest.mark.unit
MUG = DEMO.parent / "models/mug.glb"
content = functools.cache(demo_content)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path))
    return tmp_path


def add(path: Path = MUG, sku: str = "cup", dry: bool = False, size=None, name: str | None = "A cup", **more) -> dict:
    return add_model(load_config(DEMO), content(), path, sku, name, size, dry, **more)


def files(state: Path) -> set[str]:
    return {p.relative_to(state / "products").as_posix() for p in (state / "products").rglob("*") if p.is_file()}


def ledger(state: Path) -> Versions:
    return Versions(Store(state / "show.sqlite"))


def test_added_placed_kept_and_added_once(state: Path) -> None:
    result = add(sku="My Cup!", price=Price(Decimal("12.50"), "USD"))
    assert result["code"] == 0 and result["sku"] == "my-cup" and result["plinth"] == "guest"
    assert files(state) == {f"my-cup/1/{name}" for name in ("model.glb", "original.glb", "product.json")}
    shown = products_now(content(), ledger(state).active())["my-cup"]
    assert shown.name("en") == "A cup" and ledger(state).active()["my-cup"].plinth == "guest"
    assert shown.size_m == pytest.approx(content().products["mug"].size_m, rel=0.03)
    assert "cm wide" in shown.facts[0].text and shown.price == Price(Decimal("12.50"), "USD")
    for taken in ("my-cup", "lamp"):
        with pytest.raises(AddError, match=r"already in the show.*--new-version"):
            add(sku=taken)
    assert len(files(state)) == 3
    second = add(sku="second")
    assert second["code"] == 0 and second["plinth"] != "guest", "the guest plinth is taken"


def test_a_dry_run_leaves_nothing(state: Path) -> None:
    result = add(dry=True)
    assert result["code"] == 0 and result["plinth"] == "guest" and not (state / "products").exists()
    assert not ledger(state).all()


def test_a_refused_file_leaves_nothing(state: Path) -> None:
    broken = state / "broken.glb"
    broken.write_bytes(MUG.read_bytes()[:2000] + os.urandom(500))
    result = add(broken, "broken")
    assert result["code"] == 1 and result["verdict"] == "refused" and result["findings"]
    assert not (state / "products/broken").exists() and not ledger(state).all()


def test_a_disk_that_refuses_in_the_middle_leaves_nothing(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(additions.shutil, "copyfile", full)
    with pytest.raises(KeepError, match="No space left on device") as caught:
        add()
    assert not files(state) and "\n" not in str(caught.value)
    monkeypatch.undo()
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(state))
    assert add()["code"] == 0, "and it can be added later"


def test_a_table_that_cannot_be_written_is_no_success(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(state / "show.sqlite").close()
    connect = additions.Store

    def read_only(path: Path) -> Store:
        store = connect(path)
        store._db.execute("PRAGMA query_only=ON")
        return store

    monkeypatch.setattr(additions, "Store", read_only)
    with pytest.raises(KeepError, match="nothing was changed"):
        add()
    assert not files(state)


@pytest.mark.parametrize(("text", "size"), [
    (None, None), ("", None), ("0.3,0.45,0.16", (0.3, 0.45, 0.16)), ("1, 2, 3", (1, 2, 3))])
def test_sizes_that_are_read(text: str | None, size: tuple | None) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["1,2", "1,2,3,4", "a,b,c", "0,1,1", "-1,1,1", "nan,1,1", "inf,1,1", "1;2;3", "200,1,1", ","])
def test_sizes_that_are_refused(text: str) -> None:
    with pytest.raises(AddError, match="width,height,depth in metres"):
        parse_size(text)


def test_prices_that_are_read_and_refused() -> None:
    assert parse_price("49.90", "USD") == Price(Decimal("49.90"), "USD") and parse_price(" ", "USD") is None
    assert parse_price("49.90 EUR", "USD") == Price(Decimal("49.90"), "EUR")
    for text in ("cheap", "-1", "nan", "inf", "49,90", "49.90 euro"):
        with pytest.raises(AddError, match="give an amount"):
            parse_price(text, "USD")


@pytest.mark.parametrize(("path", "sku", "words"), [
    ("none.glb", "x", "no such file"), ("show.toml", "x", "only .glb"), ("models/mug.glb", "../..", "--sku"),
    ("models/mug.glb", "杯子", "--sku")])
def test_wrong_use_is_one_sentence(state: Path, path: str, sku: str, words: str) -> None:
    with pytest.raises(AddError, match=words):
        add(DEMO.parent / path, sku)
    assert not (state / "products").exists()


def test_a_folder_that_was_taken_away_is_no_error(state: Path) -> None:
    add()
    shutil.rmtree(state / "products")
    assert ledger(state).all() == []


def test_every_product_stands_on_the_smallest_plinth_that_takes_it() -> None:
    spec, homes = content().spec, assign_plinths(content().spec, content().products)
    taken = [h for h in homes.values() if h]
    assert len(taken) == len(set(taken)) and "hero" not in taken
    for sku, home in homes.items():
        size = content().products[sku].size_m
        assert home is not None and (size <= spec.plinth(home).max_size_m + 1e-3).all()
    assert free_plinth(spec, homes, content().products["chair"].size_m) is None, "no plinth twice"


def test_a_models_facts_are_told_in_the_language_of_the_show_and_of_its_names() -> None:
    rng = np.random.default_rng()
    size, language = rng.uniform(0.05, 2.0, 3), str(rng.choice(LANGUAGES))
    named = {str(tag): f"N{k}" for k, tag in enumerate(rng.choice(LANGUAGES, 3, replace=False))}
    facts = model_facts("cup", named, size, ("Blau", "Rot"), ("Mat_Oak.002", "brassKnob", "lambert1", "gold"), language)
    spoken = {language, "en", *named}
    assert {f.language for f in facts} == spoken and len(facts) == 3 * len(spoken) == len({f.id for f in facts})
    numbers = [f"{v * 100:.1f}".rstrip("0").rstrip(".") for v in size]
    for fact in facts:
        name = named.get(fact.language) or named.get("en") or next(iter(named.values()))
        assert name in fact.text and "{" not in fact.text
        if fact.attribute == "dimensions":
            assert all(n in fact.text.replace(",", ".") for n in numbers), (fact.text, numbers)
        elif fact.attribute == "material":
            row = materials_named(["oak", "Brass"])
            assert all(material_word(r, fact.language) in fact.text for r in row) and "old" not in fact.text
        else:
            assert "Blau" in fact.text and "Rot" in fact.text
    assert materials_named(["Material.001", "gold", "phong", "boak", "OAKWOOD"]) == ()


def test_the_variants_that_a_maker_named_are_a_fact_and_a_file_s_own_names_are_not() -> None:
    size = np.array([0.3, 0.42, 0.165])
    facts = model_facts("cup", "The cup", size, ("Night blue", "Cream", "Rost-Rot"))
    assert [f.text for f in facts] == ["The cup is 30.0 cm wide, 42.0 cm high and 16.5 cm deep.",
                                       "The cup comes in Night blue, Cream and Rost-Rot."]
    assert facts[1].source == "named in the model's file" and facts[1].id == "cup:colours"
    for strange in (("Material.001", "Material.002"), ("only one",), ("red", "x" * 40), ("red", "buy it at evil.example now"),
                    tuple(f"v{n}" for n in range(9)), ()):
        assert len(model_facts("cup", "The cup", size, strange)) == 1
