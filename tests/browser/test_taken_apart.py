"""A visitor takes a product apart with the sheet's button: every part stands free, and all of it comes back."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from tests.browser.pages import DRAW, until
from tests.fakes.running_show import RunningShow

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

# World boxes of the parts (each without the parts below it), in the product's own axes.
BOXES = """(sku) => {
  const { group, parts } = nightwindow.room.products.get(sku);
  group.updateWorldMatrix(true, true);
  const inverse = group.matrixWorld.clone().invert(), nodes = new Set(parts.map((p) => p.node));
  return parts.map(({ node }) => {
    const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
    const walk = (o) => {
      if (o.isMesh) {
        const at = o.geometry.attributes.position, v = o.position.clone(), m = inverse.clone().multiply(o.matrixWorld);
        for (let i = 0; i < at.count; i++) {
          v.fromBufferAttribute(at, i).applyMatrix4(m);
          for (const [k, c] of [v.x, v.y, v.z].entries()) { low[k] = Math.min(low[k], c); high[k] = Math.max(high[k], c); }
        }
      }
      for (const child of o.children) if (!nodes.has(child)) walk(child);
    };
    walk(node);
    return [low, high];
  });
}"""
OPEN = """(sku) => { nightwindow.room.opened.add(sku); }"""
PASS = """(s) => { const room = nightwindow.room; for (let i = 0; i <= s * 50; i++) room.turn(null, room.turned + 960, 0); }"""


def overlaps(boxes: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of parts whose boxes share more than a tenth of a millimetre on every axis."""
    return [(a, b) for a, b in combinations(range(len(boxes)), 2)
            if (np.minimum(boxes[a, 1], boxes[b, 1]) - np.maximum(boxes[a, 0], boxes[b, 0]) > 1e-4).all()]


def test_every_product_comes_apart_and_together(walker: Any) -> None:
    scene = walker.evaluate("nightwindow.room.info")
    taken = [p["sku"] for p in scene["products"] if p["explode_m"]]
    assert len(taken) >= 4, "most demo products have parts"
    for sku in taken:
        whole = np.array(walker.evaluate(BOXES, sku))
        assert len(whole) == len(next(p["explode_m"] for p in scene["products"] if p["sku"] == sku))
        walker.evaluate(OPEN, sku)
        walker.evaluate(PASS, 2)
        apart = np.array(walker.evaluate(BOXES, sku))
        assert overlaps(whole) and not overlaps(apart), sku
        assert apart[:, 0, 1].min() > -0.002, "nothing goes through the plinth"
        assert np.ptp(apart, axis=1) == pytest.approx(np.ptp(whole, axis=1), abs=1e-4), "parts move, they don't grow"
        walker.evaluate("(sku) => nightwindow.room.opened.delete(sku)", sku)
        walker.evaluate(PASS, 2)
        assert np.array(walker.evaluate(BOXES, sku)) == pytest.approx(whole, abs=1e-5)


# Each name with its place, and whether that lies within the part's box on the screen.
TAGS = """() => { const { labels, camera } = nightwindow, place = labels.place;
  const within = (v, all) => v >= Math.min(...all) - 1 && v <= Math.max(...all) + 1;
  return labels.tags.map(({ node, at, tag }) => {
    const [x, y] = tag.style.transform.match(/-?[0-9]+([.][0-9]+)?/g).map(Number), V = at.constructor, xs = [], ys = [];
    node.traverse((mesh) => {
      const points = mesh.geometry?.attributes.position;
      for (let i = 0; i < (points?.count ?? 0); i++) {
        const p = mesh.localToWorld(new V().fromBufferAttribute(points, i)).project(camera);
        xs.push((p.x + 1) / 2 * place.clientWidth);
        ys.push((1 - p.y) / 2 * place.clientHeight);
      }
    });
    return [tag.textContent, x, y, within(x, xs) && within(y, ys)];
  }); }"""


def test_the_button_is_on_the_sheet(show: RunningShow, walker: Any) -> None:
    walker.evaluate("nightwindow.tour.inspect('headphones')")
    button = walker.locator("#facts .apart")
    button.click()
    assert button.get_attribute("aria-pressed") == "true" and walker.evaluate("nightwindow.room.opened.has('headphones')")
    walker.evaluate(PASS, 2)
    walker.evaluate(DRAW)
    hotspots = next(p["hotspots"] for p in show.get("/api/scene.json")["products"] if p["sku"] == "headphones")
    tags = walker.evaluate(TAGS)
    assert [t[0] for t in tags] == [words for _, _, words in hotspots] and len(tags) >= 3
    for words, x, y, inside in tags:
        assert inside, f"the name {words!r} stands at its part, not at ({x}, {y})"
    walker.evaluate("nightwindow.tour.leave()")
    walker.evaluate(DRAW)
    assert walker.evaluate(TAGS) == []
    until(walker, "nightwindow.room.opened.size === 0", 2, "leaving puts it together")
