"""The operator's board in a browser: token, live state, buttons, upload with the gate's findings in two languages."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser.pages import until
from tests.fakes.products import realistic
from tests.fakes.running_show import TOKEN, RunningShow

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]


def test_a_wrong_token_gets_one_sentence(open_page: Any) -> None:
    """Nothing of the board is shown; the right token opens it, and the address keeps no secret."""
    page = open_page("/operator", size=(1280, 800))
    page.fill("#token", "guess-" + str(random.random()))
    page.click("#login button")
    until(page, "document.getElementById('denied').textContent", 5, "the refusal")
    assert page.inner_text("#denied").count(".") == 1 and page.locator("#board").is_hidden()
    page.fill("#token", TOKEN)
    page.click("#login button")
    until(page, "!document.getElementById('board').hidden", 5, "the board")
    assert TOKEN not in page.url


def test_the_board_shows_the_show(show: RunningShow, open_page: Any) -> None:
    """What is said, what comes next, processes with state; mute and slate are pressed and released again."""
    page = open_page(f"/operator#token={TOKEN}", size=(1280, 800))
    until(page, "document.getElementById('saying').textContent && document.querySelectorAll('#rundown li').length > 2", 8,
          "the show")
    assert TOKEN not in page.url
    assert "espeak" in page.inner_text("#voice") and "instead of" not in page.inner_text("#voice")
    rows = page.locator("#processes tr").all_inner_texts()
    assert any(r.startswith("host") for r in rows) and any(r.startswith("studio") and "up" in r for r in rows)
    assert until(page, "document.getElementById('still').naturalWidth", 8, "the live picture") >= 320
    for action, state in (("mute", "muted"), ("slate", "slate")):
        for wanted in (True, False):
            page.click(f"[data-action={action}]")
            until(page, f"!!document.querySelector('[data-action={action}][aria-pressed={str(wanted).lower()}]')", 5,
                  f"{action} {wanted}")
            assert show.state()[state] is wanted
    page.click("#lang")
    assert page.inner_text("[data-action=mute]") == "静音"


def test_a_bad_file_is_refused_in_both_languages(tmp_path: Path, show: RunningShow, open_page: Any) -> None:
    """The gate's findings appear in the operator's language and change with it; the shop stays as it was."""
    before = [p["sku"] for p in show.state()["products"]]
    bad = tmp_path / "vase.glb"
    bad.write_bytes(b"glTF" + random.randbytes(3000))
    page = open_page(f"/operator#token={TOKEN}", size=(1280, 800))
    until(page, "!document.getElementById('board').hidden", 8, "the board")
    page.set_input_files("#file", bad)
    page.fill("#sku", "vase")
    page.click("#upload button")
    until(page, "document.querySelectorAll('#findings li.refused').length", 30, "a finding")
    english = page.inner_text("#findings")
    page.click("#lang")
    chinese = page.inner_text("#findings")
    assert english.isascii() and english != chinese and any("\u4e00" <= c <= "\u9fff" for c in chinese)
    assert [p["sku"] for p in show.state()["products"]] == before


def test_an_upload_shows_the_model_before_after_and_beside_a_person(tmp_path: Path, show: RunningShow, open_page: Any) -> None:
    """Three pictures under the findings and a report of its own; then the product is withdrawn again."""
    model = tmp_path / "pot.glb"
    model.write_bytes(realistic(np.random.default_rng(5), triangles=1500, side=64)[0])
    page = open_page(f"/operator#token={TOKEN}", size=(1280, 800))
    until(page, "!document.getElementById('board').hidden", 8, "the board")
    page.set_input_files("#file", model)
    page.fill("#sku", "pot")
    page.click("#upload button")
    until(page, "document.querySelectorAll('#findings-pictures img').length === 3", 40, "three pictures")
    until(page, "[...document.querySelectorAll('#findings-pictures img')].every((i) => i.naturalWidth > 300)", 10, "drawn")
    until(page, "document.querySelector('#findings-pictures a:not([hidden])')?.href.startsWith('blob:')", 20, "a report")
    _, state = show.post("/api/products/pot/withdraw")
    assert "pot" in [p["sku"] for p in state["products"] if p["state"] == "withdrawn"]
