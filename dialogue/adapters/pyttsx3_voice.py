"""pyttsx3 as a voice, in its own process. It reports no times: phones are espeak's, aligned to the sound."""

from __future__ import annotations

from avatar.speech import Speech
from dialogue.adapters.espeak import VOICES, EspeakVoice
from dialogue.adapters.worker_process import WorkerProcess, speech_from
from dialogue.ports import VoiceError

MODULE = "dialogue.adapters.pyttsx3_worker"


class Pyttsx3Voice:
    """Times are measured on the sound (about 10 ms); `EspeakVoice` says the same with exact ones."""

    def __init__(self, phonemes: EspeakVoice | None = None, *, variant: str = "f2", limit_s: float = 3.0) -> None:
        """phonemes: the voice asked for phones, one of its own when None; variant: espeak's voice variant."""
        self.name = "pyttsx3"
        self._variant = variant
        self._phonemes = phonemes or EspeakVoice(name="espeak for pyttsx3")
        self._worker = WorkerProcess(self.name, MODULE, limit_s)

    @property
    def worker(self) -> WorkerProcess:
        """The process, for the supervisor's page."""
        return self._worker

    async def speak(self, text: str, language: str) -> Speech:
        """See dialogue.ports.Voice."""
        entry = VOICES.get(language.split("-")[0].lower())
        if entry is None:
            raise VoiceError(f"The {self.name} voice does not speak {language!r}; it speaks {', '.join(VOICES)}.")
        if not any(c.isalnum() for c in text):
            raise VoiceError(f"The {self.name} voice has no sound for {text!r}.")
        words = await self._phonemes.spoken_words(text, language)
        reply = await self._worker.ask({"text": text, "voice": f"{entry[0]}+{self._variant}", "rate_wpm": entry[1],
                                        "words": words})
        return speech_from(*reply, self.name)

    async def close(self) -> None:
        """See dialogue.ports.Voice."""
        await self._worker.close()
        await self._phonemes.close()
