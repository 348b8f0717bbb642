"""The pictures of the README, made by the program itself: `make pictures` (needs Chromium)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.fakes.running_show import TOKEN, RunningShow

OUT = Path(__file__).with_name("pictures")
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]
SENTENCE = "[point] Good evening! The Harbour backpack is here, made for long days and short trains."
IN_HER_HAND = "[hold] This mug keeps your coffee warm for hours."


def said(text: str, product: str, name: str) -> None:
    """One picture of the show as it goes out: the moment of a sentence that `nightwindow say` shows."""
    with tempfile.TemporaryDirectory() as folder:
        png = Path(folder) / "p.png"
        subprocess.run([sys.executable, "-m", "showroom.cli", "say", text, "--product", product, "-o", str(png)], check=True)
        Image.open(png).save(OUT / name, quality=90)


def shot(page: Page, name: str) -> None:
    """A screenshot as JPEG."""
    page.screenshot(path=str(OUT / name), type="jpeg", quality=85)


def until(page: Page, script: str, limit_s: float = 60) -> None:
    """Wait for a condition in the page (its policy forbids wait_for_function)."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end and not page.evaluate(script):
        time.sleep(0.5)


def pages() -> None:
    """Walking, a phone, the operator's board."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        show = RunningShow(Path(folder))
        try:
            show.wait_on_air()
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
            page = browser.new_page(viewport={"width": 1200, "height": 675})
            page.goto(f"http://127.0.0.1:{show.port}/?lang=en")
            until(page, "!!(window.nightwindow && nightwindow.anchors.length)")
            page.click("#sound")
            page.fill("#question", "is it waterproof?")
            page.click("#ask button")
            time.sleep(5)
            shot(page, "walk.jpg")
            page.close()
            phone = browser.new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
            phone.goto(f"http://127.0.0.1:{show.port}/?lang=en&mode=watch")
            phone.click("#sound")
            time.sleep(8)
            shot(phone, "phone.jpg")
            phone.close()
            board = browser.new_page(viewport={"width": 1280, "height": 900})
            board.goto(f"http://127.0.0.1:{show.port}/operator#token={TOKEN}")
            time.sleep(6)
            shot(board, "operator.jpg")
            browser.close()
        finally:
            show.stop()


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    said(SENTENCE, "backpack", "broadcast.jpg")
    said(IN_HER_HAND, "mug", "in-her-hand.jpg")
    pages()
