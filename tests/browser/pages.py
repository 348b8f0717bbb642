"""Pages of the show in a browser, and questions to them. The pages' policy forbids eval: poll, never wait_for_function."""

from __future__ import annotations

import base64
import io
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

READY = ("!!(window.nightwindow && nightwindow.anchors.length && nightwindow.clock.now() > 0 "
         "&& nightwindow.tracks[0].poses.length > 9)")
DRAW = "nightwindow.draw(nightwindow.clock.now(), 0.05)"


class Pages:
    """errors: uncaught errors of all pages."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser, self.address = browser, address
        self.contexts: dict[Any, Any] = {}
        self.errors: list[str] = []

    def open(self, path: str, *, size: tuple[int, int] = (660, 240), ready: bool = False, script: str = "",
             **options: Any) -> Any:
        """A page in a context of its own. size: of the window, px; ready: wait until it can draw the show;
        script: runs before the page's own."""
        options.setdefault("locale", "en-US")
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        self.contexts[context] = page
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.address + path)
        if ready:
            until(page, READY, 40, "the showroom is loaded and the anchor moves")
        return page

    def close(self, keep: set[Any] | frozenset[Any] = frozenset()) -> None:
        """Close all but some."""
        for context in [c for c in self.contexts if c not in keep]:
            self.contexts.pop(context)
            context.close()


def until(page: Any, js: str, limit_s: float, why: str) -> Any:
    """The expression's value once it is true."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if value := page.evaluate(js):
            return value
        page.wait_for_timeout(100)
    raise AssertionError(f"not within {limit_s:g} s: {why}")


def picture(page: Any) -> NDArray[np.int16]:
    """The 3D canvas as drawn last (?manual keeps it): (h, w, 3)."""
    data = page.evaluate("nightwindow.renderer.domElement.toDataURL('image/png')")
    image = Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))).convert("RGB")
    return np.asarray(image).astype(np.int16)
