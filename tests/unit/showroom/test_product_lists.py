"""A whole list of products at once: good rows in, bad ones named by their line, prices through the same questions."""

from __future__ import annotations

import csv
import random
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from assets.product import Price, ProductModel
from showroom.additions import AddError, add_model, change_price, products_now
from showroom.config import load_config
from showroom.content import load_content
from showroom.fact_script import item_for
from showroom.listed import listed_skus
from showroom.product_lists import add_list
from showroom.shelf import Shelf
from showroom.staging import card_lines
from showroom.store import Store
from showroom.versions import Versions
from tests.fakes.running_show import copy_demo

pytestmark = pytest.mark.unit


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(k for row in rows for k in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_list_adds_reprices_and_names_its_bad_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    config = load_config(copy_demo(tmp_path / "show"))
    content = load_content(config)
    sku, old = next((s, p.price) for s, p in content.products.items() if p.price)
    folder = tmp_path / "list"
    folder.mkdir()
    shutil.copyfile(config.path(Path("models/mug.glb")), folder / "cup.glb")
    (folder / "junk.glb").write_bytes(b"<html>")
    new = old.amount + Decimal("1.00")
    base = {"currency": old.currency, "name_en": "Cup"}
    path = written(folder / "list.csv", [
        {"sku": "cup", "price": "9.90", "model": "cup.glb", **base},
        {"sku": sku, "price": str(new), **base},
        {"sku": "later", "price": "3.00", **base},
        {"sku": "bad", "price": "much", **base},
        {"sku": "junk", "price": "1.00", "model": "junk.glb", **base}])
    tried = add_list(config, content, path, dry_run=True)
    store = Store(config.state_folder / "show.sqlite")
    try:
        assert not Versions(store).all()
        result = add_list(config, content, path, dry_run=False)
        for found in (tried, result):
            assert (found["code"], found["added"], found["repriced"], found["without_model"]) == (0, ["cup"], [sku], ["later"])
            assert [e["line"] for e in found["errors"]] == [5, 6]
        now = products_now(content, Versions(store).active())
        assert now["cup"].price is not None and now["cup"].price.amount == Decimal("9.90")
        assert now[sku].price is not None and now[sku].price.amount == new
        again = add_list(config, content, path, dry_run=False)
        assert again["unchanged"] == ["cup", sku] and not again["added"]
    finally:
        store.close()


def test_a_row_without_a_model_is_kept_until_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand rows, thirty of them bad: 970 are kept over a restart, and a model that comes gets what its row says."""
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    config = load_config(copy_demo(tmp_path / "show"))
    content = load_content(config)
    bad, currency = set(random.sample(range(1000), 30)), content.market.currency
    rows = [{"sku": f"thing-{k}", "name_en": f"Thing {k}", "price": "much" if k in bad else f"{k + 1}.50", "currency": currency,
             "stock": str(k), "function_en": f"Holds {k} pens", "evidence_origin": f"Origin | Made in town {k} | maker"}
            for k in range(1000)]
    result = add_list(config, content, written(tmp_path / "list.csv", rows), dry_run=False)
    assert result["code"] == 0 and len(result["without_model"]) == 970
    assert [e["line"] for e in result["errors"]] == [k + 2 for k in sorted(bad)]
    sku = random.choice(result["without_model"])
    k = int(sku.partition("-")[2])
    store = Store(config.state_folder / "show.sqlite")
    try:
        assert len(listed_skus(store)) == 970 and sku in listed_skus(store)
        model = config.path(Path("models/mug.glb"))
        assert add_model(config, content, model, sku, None, None, True)["code"] == 0 and sku in listed_skus(store), "only tried"
        add_model(config, content, model, sku, None, None, False)
        product = products_now(content, Versions(store).active())[sku]
        assert (product.name("en"), product.price, product.stock) == (f"Thing {k}", Price(Decimal(f"{k + 1}.50"), currency), k)
        assert [p.text for p in product.points] == [f"Holds {k} pens"] and product.evidence[0].text == f"Made in town {k}"
        assert sku not in listed_skus(store) and len(listed_skus(store)) == 969
    finally:
        store.close()


def test_what_is_no_list_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    config = load_config(copy_demo(tmp_path / "show"))
    content = load_content(config)
    for name, text in (("a.csv", "x,y\n1,2\n"), ("a.json", "{}"), ("a.xml", "<rss>")):
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(AddError):
            add_list(config, content, path, dry_run=True)
    with pytest.raises(AddError):
        add_list(config, content, tmp_path / "missing.csv", dry_run=True)


def test_a_list_brings_points_addresses_and_evidence_to_new_and_to_known_products(tmp_path: Path,
                                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """Used: said first, on the card and on the page, cited; a change of them alone is an update; a price keeps them."""
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    config = load_config(copy_demo(tmp_path / "show"))
    content = load_content(config)
    known, tag, folder = next(iter(content.products)), random.randrange(1 << 30), tmp_path / "list"
    folder.mkdir()
    shutil.copyfile(config.path(Path("models/mug.glb")), folder / "cup.glb")
    price = content.products[known].price
    row = {"sku": "Cup", "name_en": "Cup", "name_de": "Tasse", "price": "9.90", "currency": price.currency, "model": "cup.glb",
           "stock": "7", "checkout_url": "/cup", "checkout_url_DE": f"https://shop.de/{tag}",
           "function_en": f"Holds {tag} drops | Stays warm", "scene_en": "For late desks", "emotion_en": "Feels like home",
           "function_de": "Bleibt warm", "evidence_certificate": f"Food safe {tag} | No lead | Test house"}
    path = written(folder / "list.csv", [row, {"sku": known, "price": str(price.amount), "currency": price.currency,
                                               "name_en": content.products[known].names["en"], "scene_en": "At night"}])
    assert add_list(config, content, path, dry_run=False)["updated"] == [known]
    store = Store(config.state_folder / "show.sqlite")
    try:
        def now() -> dict[str, ProductModel]:
            return products_now(content, Versions(store).active())

        cup = now()["cup"]
        assert (cup.stock, cup.names["de"], dict(cup.checkout_urls)) == (7, "Tasse", {"DE": f"https://shop.de/{tag}"})
        item = item_for(cup, "en-GB")
        facts = next(s for s in item.sections if s.kind == "facts")
        assert [line.text for line in facts.variants[0]] == [f"Holds {tag} drops.", "For late desks.", "Feels like home."]
        assert [line.text for line in facts.variants[1]] == ["Stays warm."]
        content.products["cup"] = cup
        passages = {p.id: p for p in Shelf.quiet(config, content, store).passages()}
        cited = {c for section in item.sections for v in section.variants for line in v for c in line.cites}
        assert cited - {"catalogue:cup"} <= passages.keys() and passages["cup:function-en-1"].source == "list.csv"
        assert passages["cup:certificate-1"].source == "Test house" and cup.evidence[0].title == f"Food safe {tag}"
        assert f"Holds {tag} drops" in card_lines(cup, "en") and "Bleibt warm" in card_lines(cup, "de-AT")
        assert [p.text for p in now()[known].points_in("en") if p.layer == "scene"] == ["At night"]
        assert add_list(config, content, path, dry_run=False)["unchanged"] == ["Cup", known]
        change_price(config, content, store, "cup", Price(Decimal("10.10"), price.currency))
        assert now()["cup"].points == cup.points and now()["cup"].evidence == cup.evidence and now()["cup"].stock == 7
        row["scene_en"], row["price"] = "For early desks", "10.10"
        assert add_list(config, content, written(path, [row]), dry_run=False)["updated"] == ["Cup"]
        assert [p.text for p in now()["cup"].points_in("en")] == [f"Holds {tag} drops", "Stays warm", "For early desks",
                                                                  "Feels like home"]
    finally:
        store.close()
