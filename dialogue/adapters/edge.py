"""Microsoft's read-aloud voices through edge-tts: natural, free, over the network and without any promise.

Use it behind dialogue.speaking.FallbackVoice, whose breaker leaves it alone after failures. Text is sent to Microsoft.
"""

from __future__ import annotations

import asyncio

import numpy as np

from avatar.aligner import align_words
from avatar.speech import RATE_HZ, Speech, Word
from dialogue.adapters.espeak import EspeakVoice
from dialogue.adapters.worker_process import WorkerProcess
from dialogue.ports import VoiceError

MODULE = "dialogue.adapters.edge_worker"
FIRST_SOUND_S = 3.0  # the service hangs for minutes at times
SLACK_S = 0.08  # how far a phone may lie outside the service's time of its word

VOICES: dict[str, str] = {
    "en": "en-US-AriaNeural", "zh": "zh-CN-XiaoxiaoNeural", "ja": "ja-JP-NanamiNeural", "es": "es-MX-DaliaNeural",
    "fr": "fr-FR-DeniseNeural", "de": "de-DE-KatjaNeural", "pt": "pt-BR-FranciscaNeural", "it": "it-IT-ElsaNeural",
    "hi": "hi-IN-SwaraNeural", "ar": "ar-SA-ZariyahNeural", "ru": "ru-RU-SvetlanaNeural", "id": "id-ID-GadisNeural",
    "th": "th-TH-PremwadeeNeural", "vi": "vi-VN-HoaiMyNeural",
}  # fmt: skip

MEN: dict[str, str] = {  # for a second anchor
    "en": "en-US-GuyNeural", "zh": "zh-CN-YunxiNeural", "ja": "ja-JP-KeitaNeural", "es": "es-MX-JorgeNeural",
    "fr": "fr-FR-HenriNeural", "de": "de-DE-ConradNeural", "pt": "pt-BR-AntonioNeural", "it": "it-IT-DiegoNeural",
    "hi": "hi-IN-MadhurNeural", "ar": "ar-SA-HamedNeural", "ru": "ru-RU-DmitryNeural", "id": "id-ID-ArdiNeural",
    "th": "th-TH-NiwatNeural", "vi": "vi-VN-NamMinhNeural",
}  # fmt: skip


class EdgeVoice:
    """Words have the service's times; phones are espeak's, aligned to the sound near them."""

    def __init__(
        self, phonemes: EspeakVoice | None = None, *, address: str | None = None, first_sound_s: float = FIRST_SOUND_S,
        voices: dict[str, str] | None = None,
    ) -> None:
        """phonemes: the voice asked for phones; address: ws:// of a stand-in; voices: by language, over VOICES."""
        self.name = "edge"
        self._address, self._first_sound_s = address, first_sound_s
        self._voices = {**VOICES, **(voices or {})}
        self._phonemes = phonemes or EspeakVoice(name="espeak for edge")
        self._worker = WorkerProcess(self.name, MODULE, limit_s=4 * first_sound_s)

    @property
    def worker(self) -> WorkerProcess:
        """The process, for the supervisor's page."""
        return self._worker

    async def speak(self, text: str, language: str) -> Speech:
        """See dialogue.ports.Voice. Takes up to 4 * first_sound_s before it fails."""
        voice = self._voices.get(language.split("-")[0].lower())
        if voice is None:
            raise VoiceError(f"The {self.name} voice does not speak {language!r}; it speaks {', '.join(self._voices)}.")
        reply, body = await self._worker.ask({
            "text": text, "voice": voice, "rate": "+0%", "pitch": "+0Hz", "address": self._address,
            "first_sound_s": self._first_sound_s,
        })
        pcm = np.frombuffer(body, np.int16)
        duration_s = len(pcm) / RATE_HZ
        words = _ordered([Word(t, a, min(b, duration_s)) for t, a, b in reply["words"] if a < duration_s])
        if not words:
            raise VoiceError(f"The {self.name} voice sent no word times for {text!r}.")
        phonemes = await self._phonemes.phonemes([word.text for word in words], language)
        spoken = [(word.text, ipas) for word, ipas in zip(words, phonemes, strict=True)]
        near = [(word.start_s - SLACK_S, word.end_s + SLACK_S) for word in words]
        phones, _ = await asyncio.to_thread(align_words, pcm, RATE_HZ, spoken, near)  # 8 ms a second of sound
        return Speech(pcm, phones, words, self.name)

    async def close(self) -> None:
        """See dialogue.ports.Voice."""
        await self._worker.close()
        await self._phonemes.close()


def _ordered(words: list[Word]) -> tuple[Word, ...]:
    """Words cut so that none begins before the one before it ends."""
    result: list[Word] = []
    for word in words:
        start_s = max(word.start_s, result[-1].end_s if result else 0.0)
        if word.end_s > start_s:
            result.append(Word(word.text, start_s, word.end_s))
    return tuple(result)
