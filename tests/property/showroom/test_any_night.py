"""Whatever operators, viewers and crashes do to a show: each sentence once, in order, one at a time."""

from __future__ import annotations

import asyncio
import functools
import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avatar.speech import Utterance
from dialogue.question import Answer, Question
from render.clock import seconds
from render.cue import Play, SlateCue, StopSpeech
from tests.fakes.show_parts import FakeShow, demo_content, make_show
from tests.fakes.virtual_loop import run_virtual

pytestmark = pytest.mark.property
content = functools.cache(demo_content)
ACTIONS = st.lists(st.tuples(
    st.floats(0.05, 9.0), st.sampled_from(("kill", "slate", "ask", "skip", "skip product", "mute", "look", "wait"))),
    min_size=1, max_size=25)


async def _night(actions: list[tuple[float, str]]) -> FakeShow:
    show = make_show(content(), start_s=0.7)
    tasks = [asyncio.create_task(show.director.run()), asyncio.create_task(show.studio.run())]
    director = show.director
    for n, (after_s, what) in enumerate(actions):
        await asyncio.sleep(after_s)
        if what == "kill" and show.links:
            show.links[-1].kill(11)
        elif what == "slate":
            director.set_slate(not director.slate)
        elif what == "ask":
            said = Utterance(f"a{n}", f"Answer {n}.", "en", product="lamp", citations=("lamp:material",))
            show.questions.offer(Question(f"q{n}", f"v{n}", f"q {n}", "en", datetime.now(UTC)),
                                 Answer(f"q{n}", said.text, "en", (said,), ("lamp:material",), 1.0, False))
        elif what == "skip":
            director.skip()
        elif what == "skip product":
            director.skip_product()
        elif what == "mute":
            director.set_mute(not director.muted)
        elif what == "look":
            show.cursor.peek(5)
    if director.slate:
        director.set_slate(False)
    await asyncio.sleep(120)
    for task in tasks:
        assert not task.done(), "the show ended"
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return show


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTIONS)
def test_each_sentence_once_in_order_one_at_a_time(actions: list[tuple[float, str]]) -> None:
    show = run_virtual(_night(actions))
    assert len(show.spoken) >= 12, "the show must go on"
    names = [u.utterances[0].id for u in show.spoken]
    assert len(names) == len(set(names)), "a sentence counted twice"
    asked = sum(what == "ask" for _, what in actions)
    assert sum(u.waiting is not None for u in show.spoken) <= asked
    spots = [u.line.spot for u in show.spoken if u.line]
    items = len(show.content.rundown.items)
    order = [(s.item, s.section, s.line) for s in spots]
    rounds = sum(b <= a for a, b in itertools.pairwise(order))
    skips = sum("product" in what for _, what in actions)
    assert rounds <= 1 + skips // items + 1, "the script went back"
    _one_at_a_time(show, any(what == "kill" for _, what in actions))


def _one_at_a_time(show: FakeShow, killed: bool) -> None:
    """What a studio that hears every cue would sound: stops cut, no two sentences together, nothing under the slate."""
    sounds: list[tuple[float, float]] = []
    slated: list[tuple[float, bool]] = []
    for cue in show.cues:
        at = seconds(cue.at)
        if isinstance(cue, StopSpeech):
            sounds = [(a, min(b, at)) for a, b in sounds if a < at]
        elif isinstance(cue, Play):
            sounds.append((at, at + seconds(len(cue.pcm))))
        elif isinstance(cue, SlateCue):
            slated.append((at, cue.on))
    if not killed:  # a killed studio takes with it what it was saying, without a cue
        for (_, end), (begin, _) in itertools.pairwise(sounds):
            assert begin >= end - 1e-6, "two sentences at once"
    for (on_at, on), (off_at, _) in itertools.pairwise([*slated, (1e9, False)]):
        if on:
            assert not [s for s in sounds if on_at + 0.01 < s[0] < off_at], "a sentence began behind the slate"
