"""A person takes the show over, and hands it back: whose voice and face are on air, and what happens when the person is lost.

The AI stops where it is and keeps its place; handed back, or when camera, face, sound or connection are gone, it says the
sentence it was at from its beginning. Taking over and handing back leave no hole in the sound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from assets.scene import ShowroomSpec
from avatar.capture.captured import FADE_S, mouth_only
from avatar.capture.cut_out import CutOut
from avatar.capture.wire import CutOutRow, FaceRow, MouthRow, Row, SoundBlock
from render.clock import RATE_HZ, ticks
from render.cue import Cue, HumanCue, Play, ShotCue
from render.messages import CapturedPicture, CapturedRow, Microphone
from render.shots import resolve
from showroom.operator_clock import BUFFER_TICKS, OperatorClock, SoundLine

NO_SOUND_TICKS = ticks(0.8)  # without a message of the microphone, silence included
NO_FACE_TICKS = ticks(1.0)
WAIT_TICKS = ticks(3.0)  # for the AI's sentence when handing back
NOTHING = np.zeros(0, np.int16)
NEVER = 1 << 62
PICTURES_S, PICTURES_AT_ONCE = 30, 15  # cut-outs a second, and after a hole in the network; more are dropped
TO_HALF_BODY_S = 0.8  # of the camera's move: a person's camera seldom sees feet
Mode = Literal["face", "voice", "picture"]
LOST = {  # why the AI had to take over
    "connection": "the performer's connection ended", "sound": "no sound came from the performer",
    "face": "the performer's face was not seen", "camera": "the performer's camera is gone",
    "microphone": "the performer's microphone is gone",
}


class TakeOverError(ValueError):
    """It cannot be taken over now; one sentence."""


class DirectorPort(Protocol):
    """showroom.director.Director."""

    def set_human(self, on: bool, at: int) -> None: ...


class TakeOver:
    """One performer at a time. cue: to studio, browsers and record; studio: rows, pictures and sound to the studio alone;
    visemes: (15, 52) of the anchor, for a mouth that is only heard; spec: for the shot in which a person's picture is shown,
    None to leave the camera where it is."""

    def __init__(self, director: DirectorPort, *, cue: Callable[[Cue], None], studio: Callable[[object], object],
                 now: Callable[[], int], visemes: NDArray, anchor_id: str, alarm: Callable[[str], None],
                 evidence: Callable[..., None], spec: ShowroomSpec | None = None) -> None:
        self._half_body = resolve("medium", spec, None) if spec is not None else None
        self._director, self._cue, self._studio, self._now = director, cue, studio, now
        self._visemes, self._anchor, self._alarm, self._evidence = visemes, anchor_id, alarm, evidence
        self.mode: Mode | None = None  # None: nobody is there
        self.on_air = False
        self.faces = 1
        self.lost = ""  # a key of LOST
        self._reset()

    def _reset(self) -> None:
        self._clock, self._line = OperatorClock(), SoundLine()
        self._begin, self._until = 0, NEVER
        self._asked_at: int | None = None  # when handing back was asked for
        self._face_at = self._sound_at = -(1 << 62)
        self._allowed, self._allowed_at = float(PICTURES_AT_ONCE), 0  # cut-outs that may come now, as of then
        self.pictures_dropped = 0

    def join(self, mode: Mode) -> None:
        """A performer is calibrated and sends. Raises TakeOverError when there is one already."""
        if self.mode is not None:
            raise TakeOverError("somebody performs already; one person at a time")
        self.mode, self.lost = mode, ""
        self._reset()
        self._evidence(event="performer", state="joined", mode=mode)

    def leave(self) -> None:
        """The performer has gone; on air the AI goes on at once."""
        if self.on_air:
            self._lose("connection")
        self.mode = None
        self._evidence(event="performer", state="left")

    def take(self, row: Row) -> None:
        """A message of the performer. Raises TakeOverError for a picture from one who did not agree to be seen."""
        now = self._now()
        due = self._clock.arrived(row.stamp_us, now)
        match row:
            case FaceRow(seen=None):
                self.faces = 0
            case FaceRow():
                self.faces, self._face_at = row.faces, now
                self._studio(CapturedRow(due, row.seen, self._anchor))  # type: ignore[arg-type]
            case MouthRow():
                self._studio(CapturedRow(due, mouth_only(np.clip(row.strengths @ self._visemes, 0.0, 1.0)), self._anchor))
            case CutOutRow():
                self._picture(now, due, row.cut)
            case SoundBlock():
                self._sound_at = now
                at, pcm = self._line.place(due, row.pcm)
                if self.on_air:
                    self._sound(at, pcm)

    def _picture(self, now: int, due: int, cut: CutOut) -> None:
        """A person who has turned away from the camera is there all the same."""
        if self.mode != "picture":
            raise TakeOverError("pictures come from who joined with the mode 'picture' only")
        self._face_at = now
        self._allowed = min(PICTURES_AT_ONCE, self._allowed + (now - self._allowed_at) * PICTURES_S / RATE_HZ)
        self._allowed_at = now
        if not self.on_air or self._allowed < 1.0:
            self.pictures_dropped += self.on_air
            return
        self._allowed -= 1.0
        self._studio(CapturedPicture(due, cut, self._anchor))

    def _sound(self, at: int, pcm: NDArray) -> None:
        first, last = max(at, self._begin), min(at + len(pcm), self._until)
        if first < last:
            self._studio(Microphone(first, pcm[first - at : last - at]))

    def set_on(self, on: bool) -> None:
        """Take over, or hand back. Raises TakeOverError when nobody who can be seen and heard is there."""
        now = self._now()
        if on:
            self._take_over(now)
        elif self.on_air and self._asked_at is None:
            self._asked_at = now
            self._director.set_human(False, now)

    def _take_over(self, now: int) -> None:
        if self.mode is None:
            raise TakeOverError("nobody is there to take over; start 'nightwindow capture' at the camera first")
        if now - self._sound_at > NO_SOUND_TICKS:
            raise TakeOverError("no sound comes from the microphone")
        if self.mode != "voice" and now - self._face_at > NO_FACE_TICKS:
            raise TakeOverError("the camera sees no face")
        leaving = self.on_air and self._until < NEVER  # the AI's next sentence is under way already
        if self.on_air and self._asked_at is None and not leaving:
            return
        begin = now + BUFFER_TICKS
        if leaving or not self.on_air:
            self._begin = begin
        self.on_air, self._until, self._asked_at, self.lost = True, NEVER, None, ""
        self._director.set_human(True, begin)
        self._cue(HumanCue(begin, True, self._anchor))
        if self.mode == "picture" and self._half_body is not None:
            self._cue(ShotCue(begin, "medium", self._half_body, TO_HALF_BODY_S, self._anchor))

    def heard(self, cue: Cue) -> None:
        """A cue of the director: the AI's next sentence ends a hand-back."""
        if self._asked_at is not None and isinstance(cue, Play) and cue.anchor_id == self._anchor:
            self._end(cue.at)

    def look(self) -> None:
        """Often: is the performer still there?"""
        if not self.on_air:
            return
        now = self._now()
        if self._until <= now:
            self.on_air = False
        elif now - self._sound_at > NO_SOUND_TICKS:
            self._lose("sound")
        elif self.mode != "voice" and now - self._face_at > NO_FACE_TICKS:
            self._lose("face")
        elif self._asked_at is not None and now - self._asked_at > WAIT_TICKS:
            self._end(now)  # nothing to say, or no voice: the person has asked to be let go

    def lose(self, what: Literal["camera", "microphone"]) -> None:
        """The performer's own machine says that it is gone."""
        if self.on_air:
            self._lose(what)

    def _lose(self, why: str) -> None:
        if self._until < NEVER:  # handed back already, its last words are on their way
            self.on_air = False
            return
        self.lost = why
        self._alarm(f"{LOST[why]}; the AI has taken over")
        asked, now = self._asked_at is not None, self._now()
        self._end(now)
        self.on_air = False
        if not asked:
            self._director.set_human(False, now)

    def _end(self, at: int) -> None:
        """The person's sound ends at `at`; the body fades so that the two meet in the middle."""
        self._asked_at, self._until = None, at
        self._studio(Microphone(at, NOTHING))
        self._cue(HumanCue(max(self._now(), at - ticks(FADE_S) // 2), False, self._anchor))

    def fields(self) -> dict[str, Any]:
        """JSON values for the board and the performer: state "away", "ready", "on_air" or "leaving"."""
        state = "away" if self.mode is None else "ready"
        if self.on_air:
            state = "on_air" if self._asked_at is None and self._until > self._now() else "leaving"
        return {"state": state, "mode": self.mode, "faces": self.faces, "lost": self.lost, "sound_jumps": self._line.jumps,
                "pictures_dropped": self.pictures_dropped, "delay_s": round(BUFFER_TICKS / RATE_HZ, 3)}


__all__ = ["Mode", "TakeOver", "TakeOverError"]
