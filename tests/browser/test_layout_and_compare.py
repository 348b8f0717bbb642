"""The plan on the board moves products in the walked room; a shopper compares two of them and reads the evidence."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from tests.browser.pages import until
from tests.fakes.running_show import TOKEN, RunningShow
from tests.fakes.running_show import until as until_ready

QUICK_LOOK = "const had = DOMTokenList.prototype.supports; DOMTokenList.prototype.supports = function (word) {" \
    " return word === 'ar' || had.call(this, word); };"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]
NAMED = "document.querySelector('#plan [data-plinth=\"%s\"] .name')?.textContent"


def test_a_product_moves_to_the_plinth_that_is_pressed(show: RunningShow, open_page: Any) -> None:
    page = open_page(f"/operator#token={TOKEN}", size=(1280, 900))
    before = {p["sku"]: p["plinth"] for p in show.get("/api/scene.json")["products"]}
    home = before["watch"]
    until(page, NAMED % home, 15, "the plan")
    page.click(f"#plan [data-plinth='{home}']")
    until(page, "document.querySelector('#plan .chosen')", 5, "the product is chosen")
    page.click("#plan [data-plinth='guest']")
    until(page, f"{NAMED % 'guest'}?.includes('Meridian')", 10, "it stands there in the plan")
    after = {p["sku"]: p["plinth"] for p in show.get("/api/scene.json")["products"]}
    assert after["watch"] == "guest" and after == {**before, "watch": "guest"}
    page.click("#plan [data-plinth='guest']")
    page.click(f"#plan [data-plinth='{home}']")
    until(page, f"{NAMED % home}?.includes('Meridian')", 10, "and back again")


def test_a_plinth_is_dragged_and_visitors_walk_around_it(show: RunningShow, open_page: Any) -> None:
    """By the mouse and by the keyboard; the walked room, another page and the picture of a refused place follow."""
    walker = open_page("/?manual&lite", ready=True)
    page = open_page(f"/operator#token={TOKEN}", size=(1280, 900))
    group = "#plan [data-plinth='guest']"
    until(page, f"document.querySelector(`{group} circle`)", 15, "the plan")

    def stands() -> dict[str, Any]:
        return {p["id"]: p for p in show.get("/api/scene.json")["plinths"]}["guest"]

    home = stands()
    assert home["url"].startswith("/media/plinth/")
    page.locator("#plan").scroll_into_view_if_needed()
    box = page.locator(f"{group} circle").bounding_box()
    metre = box["width"] / 2 / max(0.24, home["radius_m"])
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    dx, dz = random.uniform(0.3, 0.8), random.uniform(-0.7, -0.3)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx * metre / 2, y + dz * metre / 2)
    page.mouse.move(x + dx * metre, y + dz * metre)
    page.mouse.up()
    until_ready(lambda: stands()["position_m"] != home["position_m"], 10, "it is moved")
    there = stands()["position_m"]
    assert abs(there[0] - home["position_m"][0] - dx) < 0.06 and abs(there[2] - home["position_m"][2] - dz) < 0.06
    drawn = "nightwindow.room.plinths.standing.get('guest').position.toArray()"
    x, _, z = there
    until(walker, f"Math.abs({drawn}[0] - {x}) < 1e-3 && Math.abs({drawn}[2] - {z}) < 1e-3", 10, "in the walked room")
    assert walker.evaluate(f"nightwindow.room.info.obstacles_m.some((o) => Math.hypot(o[0] - {x}, o[1] - {z}) < 1e-3)")
    page.focus(group)
    page.keyboard.press("ArrowRight")
    until_ready(lambda: abs(stands()["position_m"][0] - there[0] - 0.05) < 1e-3, 10, "a nudge")
    page.keyboard.press("r")
    until_ready(lambda: (stands()["heading_deg"] - home["heading_deg"]) % 360 == 15, 10, "turned")
    page.fill("#place-x", "0")
    page.fill("#place-z", "1.2")
    page.click("#place button >> nth=0")
    until(page, "document.getElementById('layout-error').textContent.includes('before the camera')", 10, "why not")
    page.click("#lang")
    page.click("#place button >> nth=0")
    until(page, "document.getElementById('layout-error').textContent.includes('镜头')", 10, "in Chinese, too")
    page.click("#place-back")
    until_ready(lambda: stands() == home, 10, "as the file has it")
    until(page, "!document.getElementById('layout-error').textContent", 10, "the reason goes")


def test_a_shopper_compares_two_products_and_reads_the_evidence(show: RunningShow, open_page: Any) -> None:
    page = open_page("/?manual&lite", size=(660, 400), ready=True)
    page.evaluate("document.querySelector('#products [data-sku=lamp]').click()")
    until(page, "document.querySelector('#facts .evidence q')?.textContent.includes('Flicker')", 10, "the report")
    points = page.evaluate("[...document.querySelectorAll('#facts .points li')].map((p) => p.className + ':' + p.textContent)")
    told = {p["sku"]: p for p in show.get("/api/scene.json")["products"]}["lamp"]
    assert points == [f"{layer}:{words}" for layer, tag, words in told["points"] if tag == "en"] and len(points) == 3
    buy = "document.querySelector('#facts a[target=_blank]').href"
    assert page.evaluate(buy) == told["checkout_url"]
    page.evaluate("Object.defineProperty(navigator, 'languages', { get: () => ['fr', 'de-DE'] }),"
                  "document.querySelector('#products [data-sku=lamp]').click()")
    assert page.evaluate(buy) == told["checkout_urls"]["DE"], "where this shopper buys"
    assert "Example test house" in page.inner_text("#facts .evidence small >> nth=0")
    page.select_option("#facts select.compare", "mug")
    until(page, "document.querySelectorAll('#facts .compared tr').length > 3", 10, "the table")
    rows = dict(page.evaluate("[...document.querySelectorAll('#facts .compared tr')].map((r) => [r.cells[0].textContent,"
                              " r.cells[1].textContent + '|' + r.cells[2].textContent])"))
    assert rows["Price"] == "$89.00|$24.00" and rows["Weight"] == "1.9 kg|370 g"


def test_a_shopper_puts_a_product_into_her_room(show: RunningShow, open_page: Any) -> None:
    """Quick Look's link on an iPhone, Scene Viewer's on Android, the file elsewhere; all at true size."""
    until_ready(lambda: all(p["usdz_url"] for p in show.get("/api/scene.json")["products"]), 50, "made beside the show")
    page = open_page("/?manual&lite", ready=True, script=QUICK_LOOK)
    link = "document.querySelector('#products [data-sku=mug]').click(), document.querySelector('#facts a.room')"
    until(page, f"!!({link})", 10, "the sheet")
    rel, tags, words, href = page.evaluate("[document.querySelector('#facts a.room')].map((a) => [a.rel, [...a.children].map("
                                           "(c) => c.tagName).join(), a.firstElementChild.alt, a.href])[0]")
    assert (rel, tags) == ("ar", "IMG") and words == "See it in your room" and href.endswith("#allowsContentScaling=0")
    reply = httpx.get(href.partition("#")[0])
    assert reply.headers["content-type"] == "model/vnd.usdz+zip" and reply.content[:2] == b"PK"
    page.evaluate("DOMTokenList.prototype.supports = () => false")
    assert page.evaluate(f"({link}).download") == "mug.glb"
    page.evaluate("Object.defineProperty(navigator, 'userAgent', { get: () => 'Mozilla/5.0 (Linux; Android 14; Pixel 8)' })")
    intent = page.evaluate(f"({link}).href")
    asked = dict(parse_qsl(intent.partition("?")[2].partition("#")[0]))
    assert intent.startswith("intent://arvr.google.com/scene-viewer/") and asked["resizable"] == "false"
    assert httpx.get(asked["file"]).content[:4] == b"glTF"
