"""A person takes over and hands back: no hole in the sound, the same sentence after, and the AI when the person is lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from avatar.capture.captured import mouth_only
from avatar.capture.cut_out import CutOut
from avatar.capture.wire import CutOutRow, FaceRow, MouthRow, SoundBlock
from avatar.visemes import OCULUS, VISEME_WEIGHTS
from render.clock import RATE_HZ, seconds
from render.cue import CaptionCue, Cue, HumanCue, Play, ShotCue, StopSpeech
from render.messages import CapturedPicture, CapturedRow, Microphone
from showroom.capture_command import PICTURE_QUESTION, agreed, consent_file, socket_url
from showroom.take_over import TakeOver, TakeOverError
from tests.fakes.show_parts import FakeShow, demo_content, make_show
from tests.fakes.virtual_loop import run_virtual

pytestmark = pytest.mark.unit
CONTENT = []
CUT = CutOut((-0.3, -0.8, 0.3, 0.2), b"colour", b"mask")  # the host looks at none that decode() has let through


class Stage:
    """A show with a place for a performer, and the performer."""

    def __init__(self, show: FakeShow) -> None:
        self.show = show
        self.alarms: list[str] = []
        self.sent: list[object] = []
        self.take = TakeOver(show.director, cue=self.cue, studio=self.sent.append, now=self.now, visemes=VISEME_WEIGHTS,
                             anchor_id="anchor", alarm=self.alarms.append, evidence=lambda **fields: None, spec=CONTENT[0].spec)
        forward = show.director._send

        def heard(cue: Cue) -> None:
            forward(cue)
            self.take.heard(cue)

        show.director._send = heard
        self.talks, self.seen, self.face, self.pictures = True, True, True, 1

    def now(self) -> int:
        return int(asyncio.get_running_loop().time() * RATE_HZ)

    def cue(self, cue: Cue) -> None:
        self.show.cues.append(cue)

    async def perform(self) -> None:
        """20 ms of sound and a face, again and again; the host looks after it."""
        n = 0
        while True:
            stamp_us = int(seconds(self.now()) * 1e6)
            if self.take.mode is not None and self.talks:
                self.take.take(SoundBlock(stamp_us, np.full(960, 1000, np.int16)))
            if self.take.mode in ("face", "picture") and self.seen:
                self.take.take(FaceRow(stamp_us, 1, mouth_only(np.zeros(52)) if self.face else None))
            if self.take.mode == "picture" and n % 2 == 0:
                for late_us in range(self.pictures):
                    self.take.take(CutOutRow(stamp_us + late_us, CUT))
            if n % 5 == 0:
                self.take.look()
            n += 1
            await asyncio.sleep(0.02)

    def human(self) -> list[tuple[float, bool]]:
        return [(seconds(c.at), c.on) for c in self.show.cues if isinstance(c, HumanCue)]

    def microphone(self) -> list[tuple[float, float]]:
        """What of the person sounds: begin, end; clears applied, neighbours joined."""
        out: list[list[float]] = []
        for m in self.sent:
            if isinstance(m, Microphone) and len(m.pcm):
                begin, end = seconds(m.at), seconds(m.at + len(m.pcm))
                if out and abs(begin - out[-1][1]) < 1e-4:
                    out[-1][1] = end
                else:
                    out.append([begin, end])
            elif isinstance(m, Microphone):
                out = [[a, min(b, seconds(m.at))] for a, b in out if a < seconds(m.at)]
        return [tuple(o) for o in out]


def play(act: Callable[[Stage], Awaitable[None]]) -> Stage:
    if not CONTENT:
        CONTENT.append(demo_content())

    async def night() -> Stage:
        stage = Stage(make_show(CONTENT[0]))
        show = stage.show
        tasks = [asyncio.create_task(work) for work in (show.director.run(), show.studio.run(), stage.perform())]
        await act(stage)
        for task in tasks:
            assert not task.done(), task
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return stage

    return run_virtual(night())


async def until(what: Callable[[], object], limit_s: float = 120) -> None:
    for _ in range(int(limit_s / 0.02)):
        if what():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("did not happen")


def speech(show: FakeShow) -> list[tuple[float, float, str]]:
    out: list[tuple[float, float, str]] = []
    for cue in show.cues:
        if isinstance(cue, Play):
            out.append((seconds(cue.at), seconds(cue.at + len(cue.pcm)), cue.text))
        elif isinstance(cue, StopSpeech):
            at = seconds(cue.at)
            out = [(a, min(b, at), t) for a, b, t in out if a < at]
    return out


async def mid_sentence(stage: Stage, mode: str = "face") -> str:
    """Performer ready, in the middle of a sentence of the AI: which one."""
    await until(lambda: stage.show.director.spoken >= 2)
    stage.take.join(mode)  # type: ignore[arg-type]
    await asyncio.sleep(random.uniform(1.2, 3.0))
    current = stage.show.director.current
    assert current is not None
    return current.utterances[0].text


@pytest.mark.parametrize("mode", ["face", "voice", "picture"])
def test_the_person_speaks_and_the_same_sentence_comes_after_without_a_hole(mode: str) -> None:
    cut: list[str] = []

    async def act(stage: Stage) -> None:
        cut.append(await mid_sentence(stage, mode))
        stage.take.set_on(True)
        await asyncio.sleep(random.uniform(2, 9))
        assert stage.take.fields()["state"] == "on_air"
        stage.take.set_on(False)
        await until(lambda: stage.take.fields()["state"] == "ready")
        await asyncio.sleep(4)

    stage = play(act)
    (on_at, on), (off_at, off) = stage.human()
    assert on and not off
    (begin, end), = stage.microphone()
    said = speech(stage.show)
    before = [s for s in said if s[0] < on_at][-1]
    after = next(s for s in said if s[0] > on_at)
    assert after[2] == cut[0], "the AI goes on where it was"
    assert abs(before[1] - begin) < 0.03 or before[1] < begin, "the AI stops when the person begins"
    assert begin - on_at == pytest.approx(0, abs=0.02)
    assert abs(after[0] - end) < 0.02, "the person is heard until the AI speaks"
    assert abs(off_at - after[0]) < 0.5
    captions = [c for c in stage.show.cues if isinstance(c, CaptionCue) and on_at <= seconds(c.at) < after[0] - 0.01]
    assert captions and not captions[-1].text, "no caption of the AI below the person"
    assert not [s for s in said if s[0] < off_at and s[1] > begin + 0.05], "never both"
    assert not stage.alarms


@pytest.mark.parametrize("fault", ["no sound", "no picture", "no face", "camera", "gone"])
def test_a_lost_performer_is_followed_by_the_ai_within_two_seconds(fault: str) -> None:
    cut: list[str] = []
    lost_at: list[float] = []

    async def act(stage: Stage) -> None:
        cut.append(await mid_sentence(stage))
        stage.take.set_on(True)
        await asyncio.sleep(random.uniform(1, 6))
        lost_at.append(seconds(stage.now()))
        if fault == "no sound":
            stage.talks = False
        elif fault == "no picture":
            stage.seen = False
        elif fault == "no face":
            stage.face = False
        elif fault == "camera":
            stage.take.lose("camera")
        else:
            stage.take.leave()
        await asyncio.sleep(5)
        assert not stage.take.on_air and stage.take.fields()["lost"]

    stage = play(act)
    after = [s for s in speech(stage.show) if s[0] > lost_at[0]]
    assert after[0][2] == cut[0] and after[0][0] - lost_at[0] < 2.0
    assert stage.alarms and "the AI has taken over" in stage.alarms[0]
    assert [on for _, on in stage.human()] == [True, False]


def test_who_leaves_after_handing_back_raises_no_alarm() -> None:
    async def act(stage: Stage) -> None:
        await mid_sentence(stage)
        stage.take.set_on(True)
        await asyncio.sleep(2)
        stage.take.set_on(False)
        await until(lambda: len(stage.human()) == 2)
        stage.take.leave()
        await asyncio.sleep(3)

    stage = play(act)
    assert not stage.alarms and not stage.take.lost and not stage.take.on_air


def test_who_cannot_be_seen_and_heard_does_not_take_over() -> None:
    async def act(stage: Stage) -> None:
        with pytest.raises(TakeOverError, match="nobody"):
            stage.take.set_on(True)
        stage.talks = stage.seen = False
        stage.take.join("face")
        with pytest.raises(TakeOverError, match="somebody performs already"):
            stage.take.join("voice")
        with pytest.raises(TakeOverError, match="no sound"):
            stage.take.set_on(True)
        stage.talks = True
        await asyncio.sleep(0.1)
        with pytest.raises(TakeOverError, match="no face"):
            stage.take.set_on(True)
        stage.seen = True
        await asyncio.sleep(0.1)
        stage.take.set_on(True)
        stage.take.set_on(True)
        assert len(stage.human()) == 1, "twice is once"

    play(act)


def test_taking_over_again_when_the_ai_has_begun_its_next_sentence_counts() -> None:
    async def act(stage: Stage) -> None:
        await mid_sentence(stage)
        stage.take.set_on(True)
        await asyncio.sleep(1.5)
        count = len(speech(stage.show))
        stage.take.set_on(False)
        await until(lambda: len(speech(stage.show)) > count)
        assert stage.take.on_air, "the person's last words are still on their way"
        stage.take.set_on(True)
        assert stage.take.fields()["state"] == "on_air"
        await asyncio.sleep(2)
        assert stage.take.fields()["state"] == "on_air"
        assert stage.human()[-1][1]

    play(act)


def test_taking_over_again_while_handing_back_stays_on_air() -> None:
    async def act(stage: Stage) -> None:
        await mid_sentence(stage)
        for _ in range(20):
            stage.take.set_on(True)
            await asyncio.sleep(random.uniform(0.0, 1.2))
            stage.take.set_on(False)
            await asyncio.sleep(random.uniform(0.0, 0.6))
        stage.take.set_on(True)
        await asyncio.sleep(2)
        assert stage.take.fields()["state"] == "on_air"
        count = len(speech(stage.show))
        await asyncio.sleep(3)
        assert len(speech(stage.show)) == count, "the AI is silent while the person is on"
        stage.take.set_on(False)
        spoken = stage.show.director.spoken
        await until(lambda: stage.show.director.spoken >= spoken + 2)

    stage = play(act)
    human = stage.human()
    assert not human[-1][1]
    assert stage.microphone()[-1][1] <= speech(stage.show)[-1][0]


def test_a_studio_that_is_lost_meanwhile_does_not_bring_the_ai_back() -> None:
    async def act(stage: Stage) -> None:
        await mid_sentence(stage)
        stage.take.set_on(True)
        await asyncio.sleep(1)
        stage.show.director.off_air()
        stage.show.director.on_air()
        count = len(speech(stage.show))
        await asyncio.sleep(3)
        assert len(speech(stage.show)) == count

    play(act)


def test_a_heard_mouth_is_the_anchors_own_shape() -> None:
    async def act(stage: Stage) -> None:
        stage.take.join("voice")
        strengths = np.eye(15, dtype=np.float32)[OCULUS.index("O")]
        stage.take.take(MouthRow(5_000_000, strengths))

    stage = play(act)
    row = next(m for m in stage.sent if isinstance(m, CapturedRow))
    assert np.allclose(row.seen.weights, VISEME_WEIGHTS[OCULUS.index("O")]) and not row.seen.whole
    assert abs(row.at - 0.2 * RATE_HZ - 0) < 10 * RATE_HZ


def test_a_person_is_seen_on_air_only_at_a_bounded_rate_in_the_half_body_shot() -> None:
    times: list[float] = []

    async def act(stage: Stage) -> None:
        await mid_sentence(stage, "picture")
        assert not [m for m in stage.sent if isinstance(m, CapturedPicture)], "nobody is seen before"
        stage.take.set_on(True)
        times.append(seconds(stage.now()))
        await asyncio.sleep(3)
        assert stage.take.fields()["pictures_dropped"] == 0
        before = len([m for m in stage.sent if isinstance(m, CapturedPicture)])
        stage.pictures = 20
        await asyncio.sleep(4)
        came = len([m for m in stage.sent if isinstance(m, CapturedPicture)]) - before
        assert 100 < came <= 4 * 30 + 16 and stage.take.pictures_dropped > 1500
        stage.take.set_on(False)
        await until(lambda: stage.take.fields()["state"] == "ready")
        times.append(seconds(stage.now()))
        await asyncio.sleep(1)

    stage = play(act)
    shown = [seconds(m.at) for m in stage.sent if isinstance(m, CapturedPicture)]
    assert shown == sorted(shown) and times[0] + 0.1 < shown[0] < times[0] + 0.4 and shown[-1] < times[1] + 0.4
    assert [c for c in stage.show.cues if isinstance(c, ShotCue) and c.name == "medium" and abs(seconds(c.at) - times[0]) < 0.3]


def test_who_has_turned_away_stays_as_long_as_pictures_come_and_the_ai_speaks_when_none_do() -> None:
    lost: list[float] = []

    async def act(stage: Stage) -> None:
        await mid_sentence(stage, "picture")
        stage.take.set_on(True)
        await asyncio.sleep(1)
        stage.face = False
        await asyncio.sleep(4)
        assert stage.take.on_air, "the back of a head is a person"
        stage.pictures = 0
        lost.append(seconds(stage.now()))
        await asyncio.sleep(5)
        assert stage.take.fields()["lost"] == "face"

    stage = play(act)
    after = [s for s in speech(stage.show) if s[0] > lost[0]]
    assert after[0][0] - lost[0] < 2.0


def test_who_agreed_to_a_face_only_sends_no_picture() -> None:
    async def act(stage: Stage) -> None:
        stage.take.join("face")
        with pytest.raises(TakeOverError, match="picture"):
            stage.take.take(CutOutRow(1, CUT))

    assert not [m for m in play(act).sent if isinstance(m, CapturedPicture)]


def test_addresses_and_consent(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert socket_url("http://127.0.0.1:8080", False) == "ws://127.0.0.1:8080/capture"
    assert socket_url("shop.example", False) == "wss://shop.example/capture"
    assert socket_url("wss://shop.example/show/capture", False) == "wss://shop.example/show/capture"
    assert socket_url("ws://10.0.0.7:8080", True) == "ws://10.0.0.7:8080/capture"
    for bad in ("ws://10.0.0.7:8080", "ftp://x", "http://"):
        with pytest.raises(ValueError, match=r"unencrypted|no address"):
            socket_url(bad, False)
    kept = tmp_path / "a" / "consent.json"
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert not agreed(False, kept) and not kept.exists()
    assert agreed(True, kept) and agreed(False, kept), "asked once"
    assert not agreed(False, kept, PICTURE_QUESTION) and consent_file() != consent_file(True), "another question"
    kept.write_text("{broken")
    assert not agreed(False, kept)
