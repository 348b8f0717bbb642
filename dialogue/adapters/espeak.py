"""The voice that is always there: espeak-ng, 14 languages, offline, in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from avatar.speech import Phone, Speech, Word
from dialogue.adapters.timeline import SpokenWord, spoken_words
from dialogue.adapters.worker_process import WorkerProcess, speech_from
from dialogue.ports import VoiceError

MODULE = "dialogue.adapters.espeak_worker"

# espeak's voice of each language and a pace that stays clear: an unhurried presenter, in espeak's words a minute.
VOICES: dict[str, tuple[str, int]] = {
    "en": ("en-us", 162), "zh": ("cmn", 168), "ja": ("ja", 165), "es": ("es-419", 165), "fr": ("fr", 160),
    "de": ("de", 155), "pt": ("pt-br", 165), "it": ("it", 162), "hi": ("hi", 155), "ar": ("ar", 145),
    "ru": ("ru", 160), "id": ("id", 160), "th": ("th", 150), "vi": ("vi", 155),
}


@dataclass(frozen=True, slots=True)
class EspeakStyle:
    """variant: one of espeak's voice variants; pace: factor on the language's rate, 0.5..2;
    pitch, pitch_range: 0..100."""

    variant: str = "f2"  # of twelve female variants one of the two that a speech recogniser follows best (18 % of words lost)
    pace: float = 1.0
    pitch: int = 46
    pitch_range: int = 62  # a little livelier than the default 50


MAN = EspeakStyle(variant="m3", pitch=40)


def tone_for(language: str, style: EspeakStyle) -> dict[str, object]:
    """The worker's "tone" for a language. Raises VoiceError when espeak is not used for it here."""
    entry = VOICES.get(language.split("-")[0].lower())
    if entry is None:
        raise VoiceError(f"The espeak voice does not speak {language!r}; it speaks {', '.join(VOICES)}.")
    voice, rate_wpm = entry
    return {
        "voice": f"{voice}+{style.variant}", "rate_wpm": round(rate_wpm * style.pace),
        "pitch": style.pitch, "pitch_range": style.pitch_range,
    }


class EspeakVoice:
    """Phones are sample-exact. 150 times faster than speech and better; the first call also starts the process."""

    def __init__(self, style: EspeakStyle | None = None, *, name: str = "espeak", limit_s: float = 3.0) -> None:
        self.name = name
        self._style = style or EspeakStyle()
        self._worker = WorkerProcess(name, MODULE, limit_s)

    def in_style(self, style: EspeakStyle) -> EspeakVoice:
        """Another voice out of the same process; closing one closes both."""
        other = copy(self)
        other._style = style
        return other

    @property
    def worker(self) -> WorkerProcess:
        """The process, for the supervisor's page."""
        return self._worker

    async def speak(self, text: str, language: str) -> Speech:
        """See dialogue.ports.Voice."""
        request = {"op": "speak", "text": text, "language": language, "tone": tone_for(language, self._style)}
        speech = speech_from(*await self._worker.ask(request), self.name)
        if not len(speech.pcm):
            raise VoiceError(f"The {self.name} voice has no sound for {text!r}.")
        return speech

    async def phonemes(self, words: Sequence[str], language: str) -> tuple[tuple[str, ...], ...]:
        """IPA phones of each of `words`, for voices that report no phones of their own."""
        reply, _ = await self._worker.ask(
            {"op": "phones", "words": list(words), "language": language, "tone": tone_for(language, self._style)}
        )
        return tuple(tuple(word) for word in reply["words"])

    async def spoken_words(self, text: str, language: str, accent: str | None = None) -> list[SpokenWord]:
        """The words of `text` with their phones as they are said in this sentence. accent: an espeak voice instead of the
        language's own ("en" is British English)."""
        tone = tone_for(language, self._style)
        if accent is not None:
            tone["voice"] = accent
        reply, _ = await self._worker.ask({"op": "timeline", "text": text, "language": language, "tone": tone})
        return spoken_words([Phone(*p) for p in reply["phones"]], [Word(*w) for w in reply["words"]])

    async def close(self) -> None:
        """See dialogue.ports.Voice."""
        await self._worker.close()
