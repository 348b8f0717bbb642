"""A visitor's page loads the small first packs, can show them, and puts the whole ones in their place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.pages import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

WHOLE = "[...nightwindow.room.products.values()].every((k) => k.url === k.info.url && k.info.first_url)"
LOADED = """performance.getEntriesByType("resource").filter((e) => e.name.includes("/media/product/"))
  .map((e) => [e.name.split("/").pop().split("?")[0], e.startTime, e.responseEnd, e.encodedBodySize])"""
CORNERS = """(sku) => {
  let n = 0;
  nightwindow.room.products.get(sku).group.traverse((o) => { n += o.isMesh ? o.geometry.index.count : 0; });
  return n;
}"""


def test_small_packs_come_first_then_the_whole_ones(pages: Any) -> None:
    page = pages.open("/?manual")  # a software GPU is not what is measured
    until(page, "fetch('/api/scene.json').then((r) => r.json()).then((s) => s.products.every((p) => p.first_url))", 60,
          "packs are made beside the show")
    page.close()
    page = pages.open("/?manual")
    there = f"!!window.nightwindow && nightwindow.room.products.size > 0 && {WHOLE}"
    until(page, there, 40, "every product is there as a whole")
    times = {name: (start, end, size) for name, start, end, size in page.evaluate(LOADED)}
    skus = page.evaluate("[...nightwindow.room.products.keys()]")
    last_first = max(times[f"{sku}.first.glb"][1] for sku in skus)
    for sku in skus:
        assert times[f"{sku}.glb"][0] >= last_first, "no whole model is asked for before all first ones are there"
        assert 0 < times[f"{sku}.first.glb"][2] <= 100_000
        assert page.evaluate(CORNERS, sku) > 300
    assert not pages.errors
