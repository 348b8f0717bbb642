"""Walking: src/walk.js never lets a visitor through a wall or into a plinth; keys, taps and buttons move the camera."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.browser.pages import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]
BODY_M = 0.2  # a little less than the visitor's radius in walk.js: what must stay free in any case

WALKS = """async ([scene, starts, steps]) => {
  const { step } = await import("/web/src/walk.js");
  return starts.map(([x, z]) => steps.map(([dx, dz]) => ([x, z] = step(scene, [x, z], [x + dx, z + dz]))));
}"""


def inside(polygon: list[list[float]], points: NDArray[np.float64], slack_m: float = 0.01) -> NDArray[np.bool_]:
    """Which points lie in the polygon, or within slack of its edge."""
    result = np.zeros(len(points), bool)
    near = np.full(len(points), np.inf)
    for (ax, az), (bx, bz) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        crosses = (az > points[:, 1]) != (bz > points[:, 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            result ^= crosses & (points[:, 0] < (bx - ax) * (points[:, 1] - az) / (bz - az) + ax)
        edge = np.array([bx - ax, bz - az])
        part = np.clip(((points - [ax, az]) @ edge) / (edge @ edge), 0, 1)
        near = np.minimum(near, np.linalg.norm(points - ([ax, az] + part[:, None] * edge), axis=1))
    return result | (near < slack_m)


def random_steps(count: int) -> list[list[float]]:
    """Wandering, with leaps across the whole room now and then, as taps on the floor are."""
    heading, out = random.uniform(0, math.tau), []
    for _ in range(count):
        heading += random.gauss(0, 0.4)
        length = random.uniform(3, 12) if random.random() < 0.04 else random.uniform(0.01, 0.4)
        out.append([length * math.sin(heading), length * math.cos(heading)])
    return out


def check(scene: dict[str, Any], path: NDArray[np.float64]) -> None:
    """No point outside, none in an obstacle."""
    assert inside(scene["walk_polygon_m"], path).all()
    for x, z, radius in scene["obstacles_m"]:
        assert np.hypot(path[:, 0] - x, path[:, 1] - z).min() >= radius + BODY_M


def test_nobody_walks_through_the_furniture(walker: Any) -> None:
    """Thousands of steps in the demo showroom end on free floor, and lead about in it."""
    scene = walker.evaluate("nightwindow.room.info")
    start = [scene["entrance_m"][0], scene["entrance_m"][2]]
    paths = np.array(walker.evaluate(WALKS, [scene, [start] * 3, random_steps(3000)]))
    for path in paths:
        check(scene, path)
    assert np.ptp(paths[0], axis=0).min() > 3, "a visitor who stands still proves nothing"


def test_nobody_cuts_the_corner_of_another_room(walker: Any) -> None:
    """An L-shaped room of random size: leaps from one arm to the other never come out beyond the wall between them."""
    a, b, wide = random.uniform(4, 8), random.uniform(4, 8), random.uniform(1.2, 2.0)
    scene = {"walk_polygon_m": [[0, 0], [a, 0], [a, wide], [wide, wide], [wide, b], [0, b]],
             "obstacles_m": [[wide / 2, b / 2, 0.2], [a / 2, wide / 2, 0.2]]}
    path = np.array(walker.evaluate(WALKS, [scene, [[0.3, 0.3]], random_steps(4000)]))[0]
    check(scene, path)
    leaps = np.array(walker.evaluate(WALKS, [scene, [[wide / 2, b - 0.3]], [[a - wide, -(b - wide / 2)]]]))[0]
    check(scene, leaps)


def test_keys_walk_and_a_wall_stops(walker: Any) -> None:
    """W for a second is 1.5 m; W for half a minute ends at a wall, not beyond; Shift runs."""
    walker.evaluate("nightwindow.tour.followShow(); nightwindow.draw(nightwindow.clock.now(), 0.05); nightwindow.tour.begin();"
                    "nightwindow.tour.position.set(1.6, 1.55, 2.6); nightwindow.tour.yaw = 0;")
    where = "[nightwindow.camera.position.x, nightwindow.camera.position.z]"
    walk = "(n) => { for (let i = 0; i < n; i++) nightwindow.tour.update(0.05, null); }"
    walker.locator("#view").focus()
    walker.evaluate(walk, 1)
    x0, z0 = walker.evaluate(where)
    walker.keyboard.down("KeyW")
    walker.evaluate(walk, 20)
    x1, z1 = walker.evaluate(where)
    walker.evaluate(walk, 600)
    far = np.array([walker.evaluate(where)])
    walker.keyboard.up("KeyW")
    walker.evaluate(walk, 5)
    assert abs(math.hypot(x1 - x0, z1 - z0) - 1.5) < 0.1
    check(walker.evaluate("nightwindow.room.info"), far)
    assert math.hypot(far[0, 0] - x0, far[0, 1] - z0) < 8
    assert walker.evaluate(where) == far[0].tolist()


def test_the_host_is_one_button_away(walker: Any) -> None:
    """"Host" leads in front of the anchor, looking at her; "Follow the show" gives the camera back."""
    walker.click("#host")
    walker.evaluate("for (let i = 0; i < 200; i++) nightwindow.tour.update(0.05, null)")
    spot = walker.evaluate("""(() => {
      const page = nightwindow, head = page.anchors[0].bones[5], v = page.camera.position.clone();
      const distance = head.getWorldPosition(v).distanceTo(page.camera.position);
      v.project(page.camera);
      return [distance, v.x, v.y, v.z];
    })()""")
    assert 1.0 < spot[0] < 4 and abs(spot[1]) < 0.5 and abs(spot[2]) < 0.9 and spot[3] < 1
    walker.click("#follow")
    until(walker, "nightwindow.tour.mode === 'show'", 2, "the show's camera is back")


def test_a_question_typed_does_not_walk(walker: Any) -> None:
    """W, A, S, D in the question are letters."""
    walker.fill("#question", "")
    walker.locator("#question").focus()
    walker.keyboard.type("was daw")
    assert walker.input_value("#question") == "was daw"
    assert walker.evaluate("nightwindow.tour.keys.size") == 0
    walker.fill("#question", "")


FLOOR_SEEN = """() => { const page = nightwindow, box = page.renderer.domElement.getBoundingClientRect();
  page.draw(page.clock.now(), 0);
  const eye = page.camera.position, found = [];
  for (let i = 0; i < 4000 && found.length < 40; i++) {
    const v = eye.clone().set(eye.x + 6 * (Math.random() - 0.5), 0, eye.z + 6 * (Math.random() - 0.5)), [x, z] = [v.x, v.z];
    if (Math.hypot(x - eye.x, z - eye.z) < 1) continue;
    v.project(page.camera);
    const px = box.x + (v.x + 1) / 2 * box.width, py = box.y + (1 - v.y) / 2 * box.height;
    if (v.z < 1 && document.elementFromPoint(px, py) === page.renderer.domElement) found.push([px, py, x, z]);
  }
  return found; }"""
STANDS = "[nightwindow.tour.position.x, nightwindow.tour.position.z]"


def test_a_thumb_on_the_floor_walks_there(open_page: Any) -> None:
    """390 x 760, by touch: a tap on floor that one can walk to leads there; what is sold and stands before it is picked up."""
    page = open_page("/?manual&lite", size=(390, 760), ready=True, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page.tap("#host")
    page.evaluate("for (let i = 0; i < 200; i++) nightwindow.tour.update(0.05, null)")
    spots, start, scene = page.evaluate(FLOOR_SEEN), page.evaluate(STANDS), page.evaluate("nightwindow.room.info")
    walks = [page.evaluate(WALKS, [scene, [start], [[x - start[0], z - start[1]]]])[0][0] for *_, x, z in spots]
    free = [spot for spot, end in zip(spots, walks, strict=True) if math.hypot(end[0] - spot[2], end[1] - spot[3]) < 0.02]
    walked = 0
    for px, py, x, z in free[:8]:
        page.touchscreen.tap(px, py)
        if page.evaluate("nightwindow.tour.mode") == "inspect":
            page.tap("#back")
            continue
        at = page.evaluate(STANDS)
        assert math.hypot(at[0] - x, at[1] - z) < 0.1, (start, at, x, z)
        walked += 1
        break
    assert walked, f"of {len(free)} spots none leads anywhere"
