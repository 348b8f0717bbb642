"""Never black: what a feed writes when packets come, come late, or stop coming. Pure; the caller brings the time.

After STARVED_TICKS without an accepted picture the slate runs on with continued timestamps; the stream is taken up
again at a key frame. Every output has strictly increasing timestamps per track and no hole longer than STARVED_TICKS.
"""

from __future__ import annotations

from collections.abc import Sequence

from render.clock import AAC_TICKS, RATE_HZ, ceil_to
from render.packet import Packet

STARVED_TICKS = RATE_HZ // 2
LAG_TICKS = RATE_HZ // 5  # a live packet may be this late and still be taken, so the slate runs this far behind the clock


class Continuity:
    """One per feed. video: the slate's pictures (key first, one per frame); audio: one silent AAC frame."""

    def __init__(self, video: Sequence[Packet], audio: Packet) -> None:
        self._slate, self._silence = video, audio
        self._step = video[0].duration
        self._next_video: int | None = None
        self._next_audio: int | None = None
        self._slate_index = 0
        self._need_key = True
        self._first_asked: int | None = None
        self.slated = 0  # pictures taken from the slate, for the heartbeat
        self.silent = False  # the sound written last is the slate's

    @property
    def needs_key(self) -> bool:
        """The stream can only be taken up at a key frame."""
        return self._need_key

    def start(self, at: int) -> None:
        """Begin at MediaTime `at` (rounded up to a frame) with the slate, whatever comes."""
        self._next_video = ceil_to(at, self._step)
        self._next_audio = ceil_to(self._next_video, AAC_TICKS)

    def offer(self, packet: Packet) -> list[Packet]:
        """Packets to write now that `packet` has come, in order; empty when it is late or cannot be decoded."""
        if packet.track == "audio":
            return self._offer_audio(packet)
        if self._next_video is None:
            if not packet.key:
                return []
            self.start(packet.at)
        assert self._next_video is not None
        if packet.at < self._next_video:
            # Its time has passed; pictures that refer to it can no longer be decoded either.
            self._need_key = True
            return []
        # From the slate back to the show, and over long holes, every frame is filled; a short jump of a live studio is
        # left as it is, because pictures between slate and a delta could not be decoded.
        resuming = self._need_key and packet.key
        out = self._fill_video(packet.at) if resuming or packet.at - self._next_video > STARVED_TICKS else []
        if self._need_key and not packet.key:
            return out
        self._need_key, self._slate_index = False, 0
        self._next_video = packet.at + self._step
        return [*out, packet]

    def fill(self, now: int) -> list[Packet]:
        """Slate and silence up to `now` when nothing usable has come for STARVED_TICKS."""
        out: list[Packet] = []
        until = now - LAG_TICKS
        if self._next_video is None:
            self._first_asked = self._first_asked if self._first_asked is not None else now
            if now - self._first_asked < STARVED_TICKS:
                return out
            self.start(until - self._step)
        if self._next_video is not None and until - self._next_video >= (0 if self._need_key else STARVED_TICKS):
            out += self._fill_video(until)
        if self._next_audio is not None and until - self._next_audio >= STARVED_TICKS:
            out += self._fill_audio(until)
        return sorted(out, key=lambda p: p.at)

    def _offer_audio(self, packet: Packet) -> list[Packet]:
        if self._next_audio is None or packet.at < self._next_audio:
            return []
        out = self._fill_audio(packet.at)
        self._next_audio = packet.at + packet.duration
        self.silent = False
        return [*out, packet]

    def _fill_video(self, until: int) -> list[Packet]:
        out = []
        assert self._next_video is not None
        while self._next_video < until:
            if not self._need_key:
                self._need_key, self._slate_index = True, 0
            picture = self._slate[self._slate_index]
            out.append(Packet(self._next_video, self._step, "video", picture.key, picture.data))
            self._slate_index = (self._slate_index + 1) % len(self._slate)
            self._next_video += self._step
            self.slated += 1
        return out

    def _fill_audio(self, until: int) -> list[Packet]:
        out = []
        assert self._next_audio is not None
        while self._next_audio + AAC_TICKS <= until:
            out.append(Packet(self._next_audio, AAC_TICKS, "audio", True, self._silence.data))
            self._next_audio += AAC_TICKS
            self.silent = True
        return out
