"""A whole list of products at once: good rows in, bad ones named by their line, prices through the same questions."""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from showroom.additions import AddError, products_now
from showroom.config import load_config
from showroom.content import load_content
from showroom.product_lists import add_list
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
