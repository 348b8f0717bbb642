"""A product goes from its plinth to the presenter's palm: the page's answers are the studio's, and its place is her hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from render.clock import RATE_HZ
from render.cue import HoldCue, ProductCue, StopSpeech
from render.timeline import Timeline
from showroom.viewer_protocol import cue_fields

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

HELD = """([cues, times]) => {
  const show = new nightwindow.show.constructor();
  for (const cue of cues) show.add(cue);
  return times.map((t) => { const h = show.held(t); return h && [h.side, h.part]; });
}"""
PLACES = """(part) => {
  const { room, anchors } = nightwindow, palm = anchors[0].palm("left"), home = room.turntable.position.clone();
  room.hold(part === null ? null : { palm, heading: 0, part });
  return { at: room.turntable.position.toArray(), palm: palm.toArray(), home: home.toArray(), shadow: room.heroShadow.visible };
}"""


def test_page_and_studio_agree_when_it_is_held(walker: Any) -> None:
    rng = np.random.default_rng()
    start, end, stop = sorted(int(x) for x in rng.integers(RATE_HZ, 9 * RATE_HZ, 3))
    for cues in ([ProductCue(0, "mug"), HoldCue(start, "left"), HoldCue(end, "")],
                 [ProductCue(0, "mug"), HoldCue(start, "right"), HoldCue(stop + RATE_HZ, ""), StopSpeech(end)],
                 [ProductCue(0, "mug"), HoldCue(start, "left"), ProductCue(end, "lamp")]):
        timeline = Timeline()
        for cue in cues:
            timeline.add(cue)
        times = [int(t) for t in np.linspace(0, 10 * RATE_HZ, 60)]
        seen = walker.evaluate(HELD, [[cue_fields(c) for c in cues], times])
        for t, page in zip(times, seen, strict=True):
            studio = timeline.held(t)
            assert (studio is None) == (page is None), [asdict(c) for c in cues]
            if studio is not None:
                assert page[0] == studio[0] and page[1] == pytest.approx(studio[1], abs=1e-6)


def test_it_lies_on_her_palm(walker: Any) -> None:
    walker.evaluate("nightwindow.room.place(nightwindow.room.info.products[0].sku)")
    home = walker.evaluate(PLACES, None)
    assert home["shadow"]
    there = walker.evaluate(PLACES, 1)
    assert there["at"] == pytest.approx(there["palm"], abs=1e-6) and not there["shadow"]
    mark = walker.evaluate("nightwindow.room.info.marks[0].position_m")
    away = np.array(there["palm"]) - mark
    assert np.hypot(away[0], away[2]) < 0.8 and 0.6 < away[1] < 1.6
    half = np.array(walker.evaluate(PLACES, 0.5)["at"])
    assert half[1] > (np.array(home["at"]) + there["at"])[1] / 2  # it rises on its way
    walker.evaluate(PLACES, None)
