"""A director with everything real but voice, performer and studio, for tests in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from assets.policy import PolicyProfile
from avatar.performance import Performance
from avatar.speech import Phone, Speech, Utterance, Word
from dialogue.answering import Answerer
from dialogue.policy import Policy
from dialogue.speaking import Speaker
from render.clock import media_now
from render.cue import Cue, Play
from render.messages import Started
from showroom.config import load_config
from showroom.content import Content, load_content
from showroom.director import Director, Unit
from showroom.questions import Questions
from showroom.rundown import Cursor
from showroom.staging import Staging
from showroom.store import Store
from showroom.supervisor import Child, Limits

DEMO = Path(__file__).parents[2] / "examples/demo/show.toml"
_STILL = np.zeros((1, 16, 4), np.float32)
_STILL[..., 3] = 1
STILL = Performance(np.zeros((1, 52)), _STILL, np.zeros((1, 2, 3)), np.zeros((1, 3)))


class PacedVoice:
    """Silence at a fixed pace, at once."""

    name = "paced"

    def __init__(self, words_per_s: float) -> None:
        self.words_per_s = words_per_s
        self.spoken: list[str] = []

    async def speak(self, text: str, language: str) -> Speech:
        self.spoken.append(text)
        words = text.split() or [text]
        seconds = len(words) / self.words_per_s
        each = seconds / len(words)
        timed = tuple(Word(w, i * each, (i + 1) * each) for i, w in enumerate(words))
        pcm = np.zeros(int(seconds * 48000), np.int16)
        pcm.setflags(write=False)  # else it is copied, 8 GB in a night
        return Speech(pcm, (Phone("a", 0.0, seconds),), timed, self.name)

    async def close(self) -> None:
        pass


class FakeStudio:
    """A link that comes up after `start_s` and dies when killed."""

    def __init__(self, on_message: Callable[[Any], None], start_s: float) -> None:
        self._on_message, self._start_s = on_message, start_s
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.pid = 0

    async def start(self) -> None:
        asyncio.get_running_loop().call_later(self._start_s, self._up)

    def _up(self) -> None:
        if not self._ended.done():
            self._on_message(Started(0, "starting"))
            asyncio.get_running_loop().call_later(1.0, self._beat)

    def _beat(self) -> None:
        if not self._ended.done():
            self._on_message("beat")
            asyncio.get_running_loop().call_later(1.0, self._beat)

    def send(self, message: object) -> bool:
        return not self._ended.done()

    async def wait(self) -> int:
        return await self._ended

    def kill(self, number: int = 9) -> None:
        if not self._ended.done():
            self._ended.set_result(-number)

    async def close(self, grace_s: float = 2.0) -> None:
        self.kill()


@dataclass
class FakeShow:
    """Everything of a simulated show; make it with make_show() inside a running (virtual) loop."""

    content: Content
    store: Store
    director: Director
    cursor: Cursor
    questions: Questions
    studio: Child
    voice: PacedVoice
    cues: list[Cue] = field(default_factory=list)
    spoken: list[Unit] = field(default_factory=list)
    plays: int = 0
    links: list[FakeStudio] = field(default_factory=list)

    @cached_property
    def answerer(self) -> Answerer:
        """Made when it is asked for: half a second that most shows here have no use for."""
        return Answerer(self.content.passages, self.content.products, self.content.market)


_POLICIES: dict[int, tuple[PolicyProfile, Policy]] = {}


def _policy(profile: PolicyProfile) -> Policy:
    """Nothing in it changes, so shows share it; it takes half a second."""
    if id(profile) not in _POLICIES:
        _POLICIES[id(profile)] = profile, Policy(profile)  # the profile is kept, so that its id stays its own
    return _POLICIES[id(profile)][1]


def demo_content() -> Content:
    """The demo show's content."""
    return load_content(load_config(DEMO))


def make_show(content: Content, *, words_per_s: float = 2.5, start_s: float = 1.5, store: Store | None = None,
              keep_cues: bool = True) -> FakeShow:
    """Wire the real director, queue, policy, rundown, store and supervisor around fakes."""
    loop = asyncio.get_running_loop()
    store = store or Store(":memory:", wall_s=loop.time)
    questions = Questions(loop.time)
    cursor = Cursor(content.rundown, content.market.section_order, store)
    voice = PacedVoice(words_per_s)

    async def performer(speech: Speech, utterance: Utterance) -> Performance:
        return STILL

    def take(cue: Cue) -> None:
        show.plays += isinstance(cue, Play)
        if keep_cues:
            show.cues.append(cue)

    def from_studio(message: Any) -> None:
        if isinstance(message, Started):
            show.director.on_air()

    def link(on_message: Callable[[Any], None]) -> FakeStudio:
        made = FakeStudio(on_message, start_s)
        show.links.append(made)
        return made

    def spoken(unit: Unit) -> None:
        for utterance in unit.utterances:
            store.said(utterance.text)
        unit.plays.clear()  # a night's sound is 8 GB
        show.spoken.append(unit)

    staging = Staging(content.spec, content.products, content.market.language, content.market.ai_label)
    director = Director(
        cursor=cursor, questions=questions, speaker=Speaker(voice, _policy(content.policy)), performer=performer, send=take,
        now=lambda: media_now(0.0, loop.time()), sleep=asyncio.sleep, staging=staging, language=content.market.language,
        on_spoken=spoken)
    studio = Child("studio", link, limits=Limits(), on_message=from_studio, on_down=lambda why: director.off_air(),
                   monotonic=loop.time, seed=1)
    show = FakeShow(content, store, director, cursor, questions, studio, voice)
    return show
