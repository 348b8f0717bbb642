"""Random cues: the timeline answers as a list that is searched from the end would."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.cue import Camera, CaptionCue, CardCue, LabelCue, MuteCue, ProductCue, ShotCue, SlateCue
from render.timeline import Timeline

pytestmark = pytest.mark.property
T = st.integers(0, 200)
ANCHOR = st.sampled_from(("anchor", "guest"))
CAMERA = st.builds(Camera, *[st.tuples(*[st.integers(-5, 5)] * 3)] * 2, st.integers(5, 90))
CUE = st.one_of(
    st.builds(ProductCue, T, st.sampled_from(("a", "b", None)), anchor_id=ANCHOR),
    st.builds(ShotCue, T, st.just("wide"), CAMERA, st.just(0.0), ANCHOR),
    st.builds(CaptionCue, T, T, st.text(max_size=3), st.just("en"), ANCHOR),
    st.builds(CardCue, T, st.tuples(st.text(max_size=3)), anchor_id=ANCHOR),
    st.builds(LabelCue, T, st.text(max_size=3), ANCHOR),
    st.builds(SlateCue, T, st.booleans(), ANCHOR),
    st.builds(MuteCue, T, st.booleans(), ANCHOR),
)
KINDS = (ProductCue, ShotCue, CaptionCue, CardCue, LabelCue, SlateCue, MuteCue)


def naive(cues: list, kind: type, t: int, anchor: str):
    """The rule in words: a cue cancels those of its kind that were planned for its time or later."""
    plan = []
    for cue in cues:
        if type(cue) is kind and cue.anchor_id == anchor:
            plan = [c for c in plan if c.at < cue.at] + [cue]
    held = [c for c in plan if c.at <= t]
    return held[-1] if held else None


@settings(max_examples=150, deadline=None)
@given(st.lists(CUE, max_size=25), st.integers(0, 200), st.integers(0, 200))
def test_timeline_equals_the_naive_search(cues: list, t: int, cut: int) -> None:
    timeline = Timeline()
    for cue in cues:
        timeline.add(cue)
    rebuilt = Timeline(timeline.state())
    forgetful = Timeline(timeline.state())
    forgetful.forget(cut)
    for kind in KINDS:
        for anchor in ("anchor", "guest"):
            wanted = naive(cues, kind, t, anchor)
            assert timeline.at(kind, t, anchor) == wanted
            assert rebuilt.at(kind, t, anchor) == wanted, "a new studio must see what the old one saw"
            if t >= cut:
                assert forgetful.at(kind, t, anchor) == wanted
    shot = naive(cues, ShotCue, t, "anchor")
    assert timeline.camera(t) == (shot.camera if shot else None)
