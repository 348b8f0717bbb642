"""A clause that is finished in the moment in which she is cut short is not said: once, lips moved on behind the slate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from avatar.performance import Performance
from avatar.speech import Speech, Utterance
from dialogue.clauses import clauses
from render.cue import Play
from showroom.content import Content
from showroom.director import Director, Unit
from tests.fakes.show_parts import STILL, demo_content, make_show
from tests.fakes.virtual_loop import run_virtual

pytestmark = pytest.mark.unit

CUTS: dict[str, Callable[[Director], None]] = {
    "slate": lambda director: director.set_slate(True),
    "skip": lambda director: director.skip(),
    "skip-product": lambda director: director.skip_product(),
    "person": lambda director: director.set_human(True, director._now()),
    "studio lost": lambda director: director.off_air(),
    "withdrawn": lambda director: director.rest_on(lambda citations: False),
}


@pytest.fixture(scope="module")
def content() -> Content:
    return demo_content()


def clauses_of(unit: Unit) -> list[str]:
    return clauses(unit.utterances[0].text, "en")


@pytest.mark.parametrize("kind", CUTS)
@pytest.mark.parametrize("later", [0, 1])
def test_what_is_ready_at_the_moment_of_a_cut_is_not_said(kind: str, later: int, content: Content) -> None:
    """later: turns of the loop from the cut to the clause: it takes some until its task is cancelled."""

    async def night() -> None:
        show = make_show(content)
        gate: list[asyncio.Future[None]] = []
        waits = asyncio.Event()

        async def performer(speech: Speech, utterance: Utterance) -> Performance:
            if waits.is_set():
                waits.clear()
                gate.append(asyncio.get_running_loop().create_future())
                await gate[0]
            return STILL

        show.director._performer = performer
        tasks = [asyncio.create_task(show.director.run()), asyncio.create_task(show.studio.run())]
        while show.director.spoken < 2:
            await asyncio.sleep(0.05)
        waits.set()
        while not gate:
            await asyncio.sleep(0.05)
        unit, cues = show.director._in_flight[-1], len(show.cues)
        for turn in range(20):
            if turn == 0:
                CUTS[kind](show.director)
            if turn == later and not gate[0].cancelled():
                gate[0].set_result(None)
            await asyncio.sleep(0)
        after = [c for c in show.cues[cues:] if isinstance(c, Play) and c.utterance_id == unit.utterances[0].id]
        if kind == "skip":  # of the sentence before: this one was prepared, and begins anew
            assert [c.at for c in after[1:]] == [c.at + len(c.pcm) for c in after[:-1]] and len(after) == len(clauses_of(unit))
        else:
            assert not after and not unit.complete
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run_virtual(night())
