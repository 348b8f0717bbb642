"""The second line of captions: lines of the script are translated ahead of the show, and shown when they are said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from avatar.speech import Utterance
from dialogue.ports import WriterError
from dialogue.translating import Translator
from render.cue import CaptionCue, Cue
from showroom.rundown import Cursor

AHEAD = 12  # sentences: a minute of show
MOST = 4000  # lines kept; more than a script has
NAP_S, REST_S = 2.0, 30.0  # when all is ready; after a failure of the server


@dataclass(slots=True)
class SecondCaptions:
    """translator: None, and no line has a second one (answers to askers of another language still do); second: BCP 47."""

    translator: Translator | None
    cursor: Cursor
    language: str
    second: str
    sleep: Callable[[float], Awaitable[None]]
    alarm: Callable[[str], None]
    _known: dict[str, str] = field(default_factory=dict)

    async def run(self) -> None:
        """Until cancelled; at once over without a translator."""
        failed = False
        while self.translator is not None:
            try:
                worked = await self.once()
                failed = False
                await self.sleep(0.0 if worked else NAP_S)
            except WriterError as error:
                if not failed:
                    self.alarm(f"captions in {self.second}: {error}")
                failed = True
                await self.sleep(REST_S)

    async def once(self) -> bool:
        """Translate the nearest line that is not known; whether there was one. Raises WriterError."""
        if self.translator is None:
            return False
        for i, line in enumerate(self.cursor.peek(AHEAD)):
            if line.text not in self._known:
                said = Utterance(f"caption-{i}", line.text, self.language, product=line.sku, citations=line.cites)
                text = await self.translator.translate(said, self.second)
                while len(self._known) >= MOST:
                    self._known.pop(next(iter(self._known)))
                self._known[line.text] = text
                return True
        return False

    def shown(self, cue: Cue) -> Cue:
        """The cue; a caption with its second line, where it is known and the caption has none of its own."""
        if isinstance(cue, CaptionCue) and not cue.second and (text := self._known.get(cue.text)):
            return replace(cue, second=text, second_language=self.second)
        return cue

    async def close(self) -> None:
        """End connections."""
        if self.translator is not None:
            await self.translator.close()
