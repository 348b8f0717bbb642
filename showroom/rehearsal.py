"""While one sentence is on air, the next ones are said into the cache: a slow voice is never heard to be slow. An answer
that waits for its turn comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from avatar.speech import Utterance
from dialogue import spoken
from dialogue.cast import Cast
from dialogue.ports import VoiceError
from dialogue.speaking import Speaker
from showroom.rundown import Cursor

AHEAD = 16  # sentences: a minute and a half of show
FIRST = 4  # sentences before the openings: they are on air within half a minute
OPENING_LINES, OPENING_S = 3, 15.0  # said before the show opens; the picture takes some 10 s itself
NAP_S = 2.0  # between looks at the script when all is ready,
LOOK_S = 0.4  # and at the queue: an answer waits for the end of a sentence, some seconds
REST_S = 20.0  # after a failure of the voice


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """speaker: with a keeper; cursor: what comes next of the script; sleep: seconds; on_failure: told one sentence, once in a
    row; answer: the utterances of the answer that comes next, () for none."""

    speaker: Speaker | Cast
    cursor: Cursor
    language: str
    sleep: Callable[[float], Awaitable[None]]
    on_failure: Callable[[str], None] = lambda why: None
    answer: Callable[[], Sequence[Utterance]] = tuple

    async def run(self) -> None:
        """Until cancelled; over when the openings are made for a voice that keeps nothing."""
        failed = False
        while True:
            try:
                made = await self.once()
                failed = False
                if not made and not self.speaker.keeps:
                    return
                await (self.sleep(0.0) if made else self._nap())
            except VoiceError as error:
                if not failed:
                    self.on_failure(str(error))
                failed = True
                await self.sleep(REST_S)

    async def _nap(self) -> None:
        """Until it is time to look at the script again, or another answer comes next."""
        known = self.answer()
        for _ in range(round(NAP_S / LOOK_S)):
            await self.sleep(LOOK_S)
            if self.answer() != known:
                return

    async def opening(self) -> None:
        """Before the show: the sentences it begins with, as far as OPENING_S allows. Never raises for a voice that fails."""
        await asyncio.to_thread(spoken.warm, self.language)
        with suppress(VoiceError, TimeoutError):
            if not self.speaker.keeps:
                return
            async with asyncio.timeout(OPENING_S):
                while await self.once(OPENING_LINES):
                    pass

    async def once(self, ahead: int = AHEAD) -> int:
        """The sentences that come next, nearest first, among them the openings of answers; stops after the first that
        had work in it, because the script moves on meanwhile. How many clauses were made. Raises VoiceError."""
        script = self._script(ahead)
        for utterance in (*self.answer(), *script[:FIRST]):
            if made := await self.speaker.rehearse(utterance):
                return made
        if made := await self.speaker.prepare_opening(self.language):
            return made
        for utterance in script[FIRST:]:
            if made := await self.speaker.rehearse(utterance):
                return made
        return 0

    def _script(self, ahead: int) -> list[Utterance]:
        return [Utterance(f"rehearsal-{i}", line.text, self.language, line.by or "anchor", line.mood, product=line.sku,
                          citations=line.cites, delivery=line.delivery)
                for i, line in enumerate(self.cursor.peek(ahead))]
