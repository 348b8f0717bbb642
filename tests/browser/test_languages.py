"""The page in the shopper's own language: found, chosen, kept; from the right where it is so; nothing cut off on a phone."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path
from typing import Any

import pytest

import showroom
from dialogue.ports import LANGUAGES
from tests.browser.pages import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]
STRINGS = Path(showroom.__file__).parent / "web" / "strings"
STARTED = "window.nightwindow && document.getElementById('list').textContent !== ''"
WRITTEN = "[document.documentElement.lang, document.documentElement.dir]"
CUT = """() => [...document.querySelectorAll("button, a, label, p, h2, b, small, span")]
  .filter((n) => n.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !n.classList.contains("hidden-text")
    && !n.closest("#try, #labels"))
  .map((n) => [n, n.getBoundingClientRect()])
  .filter(([n, box]) => n.scrollWidth > n.clientWidth + 1 && getComputedStyle(n).display !== "inline"
    || box.left < -1 || box.right > innerWidth + 1)
  .map(([n]) => `${n.tagName} ${n.id} ${n.textContent.slice(0, 60)}`)"""
SMALL = """() => [...document.querySelectorAll("button, a, select, input")]
  .filter((n) => n.checkVisibility({ visibilityProperty: true })).map((n) => [n.id || n.textContent, n.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)"""


def words(language: str) -> dict[str, str]:
    """The page's own."""
    return dict(json.loads((STRINGS / f"{language}.json").read_text("utf-8")))


def test_nothing_is_cut_off_on_a_small_phone(pages: Any, open_page: Any) -> None:
    """360 x 740: every control in the shopper's words, whole, on the screen and large enough for a thumb."""
    others = sorted(set(LANGUAGES) - {"en", "ar"})
    for language in ("ar", *random.sample(others, 2)):
        page = open_page(f"/?manual&lite&language={language}", size=(360, 740), has_touch=True, is_mobile=True)
        until(page, STARTED, 10, "the page stands")
        until(page, "nightwindow.info?.products?.length", 20, "the products are known")
        theirs = words(language)
        assert page.evaluate(WRITTEN) == [language, "rtl" if language == "ar" else "ltr"]
        assert [page.inner_text(f"#{name}") for name in ("walk", "watch", "host", "list")] == [
            theirs[key] for key in ("walk", "watch", "host", "products")]
        assert page.get_attribute("#question", "placeholder") == theirs["placeholder"]
        assert page.evaluate(CUT) == [] and page.evaluate(SMALL) == [], language
        page.tap("#list")
        page.tap("#products button >> nth=0")
        until(page, "!document.getElementById('inspect').hidden", 20, "the product is loaded and picked up")
        assert theirs["size"] in page.inner_text("#facts") and page.inner_text("#back").endswith(theirs["back"])
        assert page.evaluate(CUT) == [] and page.evaluate(SMALL) == [], language
        assert not any("٠" <= c <= "٩" for c in page.inner_text("#facts")), "one kind of digits on a page"
    assert not pages.errors


def test_an_arabic_page_runs_from_the_right(open_page: Any) -> None:
    """On a wide screen the chat is at the left, the opened product at the right; an answer is in Arabic."""
    page = open_page("/?manual&lite", size=(900, 490), locale="ar-EG")
    until(page, STARTED, 10, "the page stands")
    until(page, "nightwindow.info?.products?.length", 20, "the products are known")
    told = page.evaluate("(card) => (nightwindow.overlay.drawCard(card), document.getElementById('card').innerText)", {
        "kind": "product", "lines": ["Halo Desk Lamp", "$89.00", "water resistance: IP20", "power: 9 W"]})
    assert "89.00" in told and "US$" in told and "مقاومة الماء: IP20" in told and "power: 9 W" in told, told
    page.click("#list")
    page.click("#products button[data-sku=lamp]")
    until(page, "!document.getElementById('inspect').hidden", 20, "the product is loaded and picked up")
    chat, sheet, stage = (page.locator(name).bounding_box() for name in ("#chat", "#facts", "#stage"))
    assert chat["x"] == 0 and chat["x"] + chat["width"] <= stage["x"] + 1
    assert sheet["x"] + sheet["width"] > 900 - 30
    place = page.evaluate("""() => { for (let i = 0; i < 3; i++) nightwindow.draw(nightwindow.clock.now(), 0.1);
      return nightwindow.room.where("lamp").centre.clone().project(nightwindow.camera).x; }""")
    assert stage["x"] < stage["x"] + (place + 1) / 2 * stage["width"] < sheet["x"], "the product is not behind its sheet"
    for place in ("#facts .points li", "#caption"):
        first, stop = page.evaluate("""(place) => { const node = document.querySelector(place), range = document.createRange();
          node.style.display = ""; node.textContent = "Quiet tonight.";
          return [0, 13].map((at) => { range.setStart(node.firstChild, at); range.setEnd(node.firstChild, at + 1);
            return range.getBoundingClientRect().left; }); }""", place)
        assert first < stop, f"{place}: an English sentence ends with its full stop at the right"
    page.click("#back")
    page.click("#try button >> nth=1")
    until(page, "document.querySelector('#log .theirs')?.textContent.match(/[\\u0600-\\u06ff]/)", 10, "an answer in Arabic")
    mine = page.locator("#log .mine").last
    assert mine.inner_text() == words("ar")["try_2"] and mine.evaluate("n => getComputedStyle(n).direction") == "rtl"


def test_the_language_is_found_chosen_and_kept(pages: Any, open_page: Any) -> None:
    """The browser's first language that the page speaks; a choice is kept for the next visit; a link carries it."""
    page = open_page("/?manual&lite", locale="de-AT")
    until(page, STARTED, 10, "the page stands")
    assert page.inner_text("#list") == words("de")["products"]
    other = random.choice(sorted(set(LANGUAGES) - {"de"}))
    with page.expect_navigation():
        page.select_option("#language", other)
    until(page, STARTED, 10, "the page stands")
    assert page.inner_text("#list") == words(other)["products"] and f"language={other}" in page.url
    page.goto(pages.address + "/?manual&lite")
    until(page, STARTED, 10, "the page stands")
    assert page.inner_text("#list") == words(other)["products"]
    strange = open_page("/?manual&lite&language=xx-YY", locale="sw-KE")
    until(strange, STARTED, 10, "the page stands")
    assert strange.inner_text("#list") == words("en")["products"]
    assert not pages.errors


def test_without_its_words_the_page_is_english(open_page: Any, pages: Any) -> None:
    """A lost file costs the language, not the showroom."""
    page = open_page("/?manual&lite")
    page.route("**/web/strings/*", lambda route: route.abort())
    page.goto(pages.address + "/?manual&lite&language=ar")
    until(page, STARTED, 10, "the page stands")
    assert page.inner_text("#list") == words("en")["products"]
    assert page.evaluate(WRITTEN) == ["en", "ltr"]
    assert not pages.errors


def test_a_product_chosen_before_it_is_loaded_is_picked_up(open_page: Any) -> None:
    """On a slow line the list is there before the models: the tap is kept, and the last one counts."""
    page = open_page("/?manual&lite")
    from playwright.sync_api import Error

    waiting: list[Any] = []
    page.route("**/media/product/**", lambda route: waiting.append(route))
    page.reload()
    until(page, "nightwindow.info?.products?.length", 20, "the products are known")
    skus = page.evaluate("nightwindow.info.products.map((p) => p.sku)")
    for sku in random.sample(skus, 2):
        page.click("#list")
        page.click(f"#products button[data-sku={sku}]")
    assert page.locator("#inspect").is_hidden()
    for route in waiting:
        with contextlib.suppress(Error):  # those of the page before the reload are gone
            route.continue_()
    page.unroute("**/media/product/**")
    until(page, "!document.getElementById('inspect').hidden", 20, "it is picked up when it is there")
    assert page.evaluate("nightwindow.tour.inspected") == sku
