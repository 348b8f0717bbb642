"""Who says what where several anchors share a show: each with a voice of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from avatar.speech import Speech, Utterance
from dialogue.policy import Verdict
from dialogue.speaking import Speaker


class Cast:
    """A dialogue.speaking.Speaker for a whole show: an utterance is said by the speaker of its anchor."""

    def __init__(self, first: Speaker, guests: Mapping[str, Speaker]) -> None:
        """guests: by anchor_id; whoever is not among them is the first."""
        self._first, self._guests = first, dict(guests)

    def of(self, utterance: Utterance) -> Speaker:
        """Who says it."""
        return self._guests.get(utterance.anchor_id, self._first)

    @property
    def keeps(self) -> bool:
        """See Speaker."""
        return self._first.keeps or any(guest.keeps for guest in self._guests.values())

    def checked(self, utterance: Utterance) -> Verdict:
        """See Speaker."""
        return self.of(utterance).checked(utterance)

    def speak(self, utterance: Utterance) -> AsyncIterator[tuple[int, str, Speech]]:
        """See Speaker."""
        return self.of(utterance).speak(utterance)

    async def rehearse(self, utterance: Utterance) -> int:
        """See Speaker."""
        return await self.of(utterance).rehearse(utterance)

    async def prepare_opening(self, language: str) -> int:
        """See Speaker."""
        return sum([await speaker.prepare_opening(language) for speaker in (self._first, *self._guests.values())])
