"""Asking in the page; and pages that lack something: 3D, a sound decoder, a wide screen, patience for motion."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.browser.pages import DRAW, until
from tests.fakes.running_show import RunningShow

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]
NO_WEBGL = """const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : real.call(this, kind, ...rest);
};"""


def test_a_question_gets_its_answer_in_writing(walker: Any) -> None:
    """Value, unit and source are shown at once; while the answer is said aloud it is marked, and she looks at the visitor."""
    sku, words, value = random.choice([("lamp", "How long is the cable of the desk lamp?", "1.8"),
                                       ("lamp", "How heavy is the desk lamp?", "1.9"),
                                       ("backpack", "How heavy is the backpack?", "0.98")])
    walker.fill("#question", words)
    walker.press("#question", "Enter")
    until(walker, "document.querySelectorAll('#log .theirs').length", 5, "an answer is shown")
    answer = walker.locator("#log .theirs").last
    assert value in answer.inner_text()
    assert sku + ":" in answer.locator("small").inner_text()
    assert walker.locator("#log .mine").last.inner_text() == words
    assert walker.locator("#try").is_hidden()
    until(walker, "(nightwindow.draw(nightwindow.clock.now(), 0.1), document.querySelector('#log .live'))?.textContent", 45,
          "the spoken answer is marked in the chat")
    walker.evaluate("for (let i = 0; i < 10; i++) nightwindow.draw(nightwindow.clock.now(), 0.1)")
    assert walker.evaluate("nightwindow.anchors[0].lookShare") > 0.8


def test_markup_in_a_question_stays_text(walker: Any) -> None:
    """What viewers type is never HTML, and a second question at once is refused in a sentence."""
    before = walker.locator("#log .theirs").count()
    for words in ("<img src=x onerror=alert(1)> is it <b>heavy</b>?", "and this?"):
        walker.fill("#question", words)
        walker.press("#question", "Enter")
    assert walker.locator("#log img, #log b").count() == 0
    until(walker, f"document.querySelectorAll('#log .theirs').length > {before}", 5, "a reply")
    until(walker, "document.getElementById('log').textContent.includes('every five seconds')", 5, "the second one is refused")


def test_without_3d_there_is_the_video(pages: Any, open_page: Any) -> None:
    """No WebGL: watch mode by itself, a sentence says why, pictures come."""
    page = open_page("/", script=NO_WEBGL)
    until(page, "window.nightwindow && nightwindow.video.shown > 3", 20, "video pictures are shown")
    assert page.locator("#walk").is_hidden() and page.locator("#video").is_visible()
    assert "3D" in page.locator("#log").inner_text()
    late = page.evaluate("(nightwindow.clock.now() - nightwindow.video.shownAt) / 48")
    assert -5 < late < 400
    assert not pages.errors


def test_without_a_sound_decoder_captions_stay(open_page: Any) -> None:
    """No AudioDecoder: a sentence instead of sound, captions go on, no mute button."""
    page = open_page("/?manual&lite", ready=True, script="delete window.AudioDecoder; delete self.AudioDecoder;")
    page.click("#sound")
    until(page, "document.getElementById('log').textContent.includes('captions')", 5, "the page says so")
    assert page.locator("#mute").is_hidden()
    until(page, f"({DRAW}, document.getElementById('caption').textContent.length > 3)", 20, "captions")


def test_a_phone_in_portrait(pages: Any, open_page: Any) -> None:
    """390 x 844: nothing over the picture overlaps, the face is on the screen and free of words, in Chinese."""
    page = open_page("/?manual&lite&lang=zh", size=(390, 844), ready=True, has_touch=True, is_mobile=True,
                     reduced_motion="reduce")
    page.tap("#sound")
    until(page, "nightwindow.clock.audible", 10, "sound")
    until(page, f"{DRAW}, nightwindow.overlay.card !== '' && !!document.getElementById('caption').textContent", 30,
          "card and caption are up")
    boxes = {name: page.locator(name).bounding_box() for name in ("#label", "#card", "#caption", "#modes", "#ask")}
    names = list(boxes)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            one, two = boxes[a], boxes[b]
            assert (one["x"] + one["width"] <= two["x"] + 1 or two["x"] + two["width"] <= one["x"] + 1
                    or one["y"] + one["height"] <= two["y"] + 1 or two["y"] + two["height"] <= one["y"] + 1), (a, b)
        assert boxes[a]["x"] >= 0 and boxes[a]["x"] + boxes[a]["width"] <= 391
    shot = page.evaluate("nightwindow.info.shots.medium")
    x, y = page.evaluate("""(shot) => { const page = nightwindow;
      page.show.camera = () => ({ position: shot.position_m, target: shot.target_m, fov: shot.fov_deg });
      page.draw(page.clock.now(), 0);
      const v = page.anchors[0].bones[5].getWorldPosition(page.camera.position.clone());
      v.y += 0.08;
      v.project(page.camera);
      const box = page.renderer.domElement.getBoundingClientRect();
      return [box.x + (v.x + 1) / 2 * box.width, box.y + (1 - v.y) / 2 * box.height]; }""", shot)
    assert 40 < x < 350
    assert boxes["#card"]["y"] + boxes["#card"]["height"] < y - 30 < y + 40 < boxes["#caption"]["y"]
    assert page.locator("#watch").inner_text() == "看直播"
    page.tap("#host")  # less motion: there at once
    assert page.evaluate("nightwindow.tour.goal") is None
    assert page.evaluate("""() => { const names = nightwindow.info.products[0].names;
      nightwindow.overlay.drawCard({ kind: "product", lines: [names.en, "$1"] });
      return [document.querySelector("#card b").textContent, names.zh]; }""") == ["光环台灯", "光环台灯"]
    _lay_on_its_side(page)
    assert not pages.errors


def _lay_on_its_side(page: Any) -> None:
    """780 x 360, a product's sheet open: words and sheet lie beside each other; no button is cut off when it is closed."""
    page.set_viewport_size({"width": 780, "height": 360})
    page.evaluate("document.getElementById('list').click(), document.querySelector('#products button').click()")
    sheet, words = page.evaluate("""() => { const caption = document.getElementById("caption");
      caption.textContent = "A sentence that is long enough to want the whole width of the picture, and more. ".repeat(2);
      caption.style.display = "";
      return ["facts", "caption"].map((id) => document.getElementById(id).getBoundingClientRect()); }""")
    assert 0 < sheet["right"] <= words["left"] and words["right"] <= 520 and words["width"] > 150
    page.evaluate("document.getElementById('back').click(), document.getElementById('sound').hidden = false")
    edges = page.evaluate("['list', 'sound'].map((id) => document.getElementById(id).getBoundingClientRect().right)")
    assert max(edges) <= 520 and page.evaluate("(m => m.scrollWidth <= m.clientWidth)(document.getElementById('modes'))")


def test_both_ai_labels_stay_beside_an_opened_product(pages: Any, open_page: Any) -> None:
    """An Arabic phone at an English show: both labels are free of the sheet and of the button back, upright and on its side;
    the sheet names facts and colours in Arabic."""
    page = open_page("/?manual&lite&lang=ar", size=(390, 760), ready=True, has_touch=True, is_mobile=True)
    page.tap("#list")
    page.tap("#products button[data-sku=lamp]")
    assert "السطوع: 720 lm" in page.inner_text("#facts") and "Forest" not in page.inner_text("#facts .looks")
    for width, height in ((390, 760), (780, 360)):
        page.set_viewport_size({"width": width, "height": height})
        label, stage = page.locator("#label").bounding_box(), page.locator("#stage").bounding_box()
        words = page.inner_text("#label")
        assert page.locator("#label").is_visible() and "AI-generated presenter" in words and "مولَّدة" in words
        assert label["x"] >= 0 and label["x"] + label["width"] <= stage["width"] and label["y"] >= 0
        for name in ("#back", "#facts"):
            box = page.locator(name).bounding_box()
            assert (box["x"] + box["width"] <= label["x"] or label["x"] + label["width"] <= box["x"]
                    or box["y"] + box["height"] <= label["y"] or label["y"] + label["height"] <= box["y"]), (name, width)
    assert not pages.errors


def test_a_phone_in_portrait_that_watches(pages: Any, open_page: Any) -> None:
    """The broadcast is as wide as the screen and whole, what is sold lies below it, in both languages; without 3D a product's
    sheet opens over it and closes again."""
    sides = random.randint(360, 430), random.randint(740, 930)
    for language, watch, script in (("zh", "看直播", ""), ("en", "Watch", NO_WEBGL)):
        page = open_page(f"/?mode=watch&lite&lang={language}", size=sides, has_touch=True, is_mobile=True, script=script)
        until(page, "document.querySelectorAll('#products button').length > 3 && !document.getElementById('video').hidden", 20,
              "the list is there")
        until(page, "nightwindow.video.canvas.width > 300", 20, "a picture")
        video, goods, modes, ask = (page.locator(name).bounding_box() for name in ("#video", "#products", "#modes", "#ask"))
        assert video["x"] == 0 and video["width"] == sides[0] and abs(video["height"] - sides[0] * 9 / 16) < 1, sides
        tops = [video["y"], goods["y"], modes["y"], ask["y"], sides[1]]
        bottoms = [0, *(b["y"] + b["height"] for b in (video, goods, modes, ask))]
        assert all(top >= bottom - 1 for top, bottom in zip(tops, bottoms, strict=True)), (tops, bottoms, sides)
        assert goods["height"] > 100 and page.locator("#watch").inner_text() == watch
        rows = [row.bounding_box() for row in page.locator("#products button").all()]
        assert all(row["x"] >= 0 and row["x"] + row["width"] <= sides[0] and row["height"] >= 44 for row in rows), rows
    page.tap("#products button >> nth=1")
    assert page.inner_text("#facts h2") == page.evaluate("document.querySelectorAll('#products button')[1].firstChild.data")
    assert page.locator("#facts a").count() and not page.locator("#facts .apart").count()
    page.tap("#back")
    assert page.locator("#inspect").is_hidden() and page.locator("#video").is_visible() and not pages.errors


def test_the_list_and_the_sheet_work_by_keyboard(show: RunningShow, walker: Any) -> None:
    """Every product is a button with name and price; Escape closes the list; Enter picks one up; Escape puts it down."""
    walker.locator("#list").focus()
    walker.keyboard.press("Enter")
    products = show.get("/api/scene.json")["products"]
    assert walker.locator("#products button").count() == len(products)
    walker.keyboard.press("Escape")
    assert walker.locator("#products").is_hidden()
    walker.keyboard.press("Enter")
    product = random.choice(products)
    walker.locator(f"#products button[data-sku={product['sku']}]").focus()
    walker.keyboard.press("Enter")
    sheet = walker.locator("#facts").inner_text()
    assert product["names"]["en"] in sheet and product["price"]["amount"].split(".")[0] in sheet
    assert walker.locator("#facts a[target=_blank]").get_attribute("href") == product["checkout_url"]
    yaw = walker.evaluate("nightwindow.tour.orbit.yaw")
    walker.keyboard.press("ArrowRight")
    assert abs(walker.evaluate("nightwindow.tour.orbit.yaw") - yaw - 0.3927) < 0.01
    walker.keyboard.press("Escape")
    until(walker, "document.getElementById('inspect').hidden && !location.hash", 3, "the sheet is closed")
