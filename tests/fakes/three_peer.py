"""three.js' own picture of a model, in Chromium, from the camera of render.product_pictures; and how alike two pictures are."""

from __future__ import annotations

import base64
import io
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.fakes.npm_package import npm_package

PAGE = Path(__file__).parents[1] / "peer/assets/three_picture.html"
_SWITCHES = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run"]


class ThreePeer:
    """A browser with three.js 0.187; `with ThreePeer() as peer`."""

    def __enter__(self) -> ThreePeer:
        path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        if path is None:
            pytest.skip("no Chromium on this machine")
        from playwright.sync_api import sync_playwright

        self._three, self._models = npm_package("three@0.187.0"), dict[str, bytes]()
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=path, args=_SWITCHES)
        self._page = self._browser.new_page()
        self._page.route("**/*", self._serve)
        self._page.goto("http://three.test/")
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def _serve(self, route: Any) -> None:
        place = route.request.url.removeprefix("http://three.test").split("?")[0]
        if place == "/":
            route.fulfill(body=PAGE.read_text(encoding="utf-8"), content_type="text/html")
        elif place.startswith("/three/"):
            route.fulfill(body=(self._three / place.removeprefix("/three/")).read_bytes(), content_type="text/javascript")
        elif place in self._models:
            route.fulfill(body=self._models[place], content_type="model/gltf-binary")
        else:
            route.fulfill(status=404, body="")

    def picture(self, glb: bytes, side_px: int, turned_deg: float) -> NDArray[np.uint8]:
        """(side, side, 3) uint8 RGB. glb: or the bytes of a USDZ."""
        name = f"/{len(self._models)}.{'usdz' if glb[:2] == b'PK' else 'glb'}"
        self._models[name] = glb
        data = self._page.evaluate("([url, side, turn]) => picture(url, side, turn)", [name, side_px, turned_deg])
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(data.split(",")[1]))).convert("RGB"))


def ssim(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Structural similarity of two grey pictures, over the whole of them."""
    return float(ssim_map(a, b).mean())


def ssim_map(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Structural similarity at each pixel of two RGB pictures made grey (Wang et al. 2004: Gaussian of 1.5 px)."""
    x, y = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY).astype(np.float64) for p in (a, b))

    def blur(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(p, (11, 11), 1.5))

    mx, my = blur(x), blur(y)
    vx, vy, vxy = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return np.asarray(((2 * mx * my + c1) * (2 * vxy + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2)))
