"""Any server with OpenAI's `/audio/speech` (hosted, or one of the seller's own): text in, a whole sound out.

The server tells no times: phones are espeak's for the sentence, aligned to the sound. A sound that cannot be the text
(silence, half of it, another rate than it says) is refused, and the next voice says it. Text is sent to that server.
"""

from __future__ import annotations

import asyncio
import io
import re
import statistics
from collections import deque

import httpx
import numpy as np
import soundfile
from numpy.typing import NDArray

from avatar.aligner import align_words
from avatar.speech import RATE_HZ, Speech
from dialogue.adapters.espeak import EspeakVoice
from dialogue.polish import finished
from dialogue.ports import VoiceError

LIMIT_S = 3.0  # for the whole reply: what takes longer is said by the next voice
CONNECT_S = 2.0
MAX_BYTES = 20 * 2**20
MIN_PEAK_DBFS = -50.0
# Seconds a phone may last on the whole, pauses included: speech has 8 to 20 phones a second.
PHONE_S = (0.03, 0.4)
# Against the voice's own pace: what is that much quicker or slower is played at another rate than it was spoken at.
# A sentence differs by a quarter from the mean; 44.1 for 48 kHz (9 %) is not heard as a fault by anybody.
OWN_PACE = (0.66, 1.5)
PACE_PHONES, PACE_SENTENCES = 12, 4  # in a sentence, of sentences: fewer tell nothing
EDGE_S = 1.5  # of silence at the ends together, left out of that


class OpenAIVoice:
    """One voice of one server."""

    def __init__(self, url: str, model: str, speaker: str, key: str = "", *, limit_s: float = LIMIT_S,
                 phonemes: EspeakVoice | None = None, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """url: up to and with "/v1"; speaker: what the server calls `voice`; key: "" for servers that want none;
        phonemes: the voice asked for phones; transport: for tests."""
        self.name = "openai"
        self._limit_s, self._body = limit_s, {"model": model, "voice": speaker, "response_format": "wav"}
        self._phonemes = phonemes or EspeakVoice(name="espeak for openai")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._paces: dict[str, deque[float]] = {}  # language -> seconds a phone of the last sentences
        self._client: httpx.AsyncClient | None = None
        self._new_client = lambda: httpx.AsyncClient(base_url=url.rstrip("/") + "/", headers=headers, transport=transport,
                                                     timeout=httpx.Timeout(limit_s, connect=CONNECT_S))

    async def speak(self, text: str, language: str) -> Speech:
        """See dialogue.ports.Voice. Takes limit_s at most before it fails; a cancelled call closes its connection."""
        try:
            async with asyncio.timeout(self._limit_s):
                body = await self._fetched(text)
        except TimeoutError:
            raise VoiceError(f"The {self.name} voice took over {self._limit_s:g} s.") from None
        except httpx.HTTPError as error:
            raise VoiceError(f"The {self.name} voice's server cannot be reached ({type(error).__name__}).") from None
        words = await self._phonemes.spoken_words(text, language)
        speech = await asyncio.to_thread(self._speech, body, words, text)
        self._check_pace(speech, language)
        return speech

    async def close(self) -> None:
        """See dialogue.ports.Voice."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
        await self._phonemes.close()

    async def _fetched(self, text: str) -> bytes:
        self._client = self._client or self._new_client()
        async with self._client.stream("POST", "audio/speech", json={**self._body, "input": text}) as reply:
            if reply.status_code != 200:
                raise VoiceError(f"The {self.name} voice's server answered {reply.status_code}.")
            parts, length = [], 0
            async for part in reply.aiter_bytes():
                parts.append(part)
                length += len(part)
                if length > MAX_BYTES:
                    raise VoiceError(f"The {self.name} voice sent more than {MAX_BYTES >> 20} MB for one sentence.")
        return b"".join(parts)

    def _speech(self, body: bytes, words: list[tuple[str, tuple[str, ...]]], text: str) -> Speech:
        sound, rate_hz = self._decoded(body)
        phones = sum(len(ipas) for _, ipas in words)
        spoken_s, shortest_s = len(sound) / rate_hz, PHONE_S[0] * phones
        if not phones:
            raise VoiceError(f"The {self.name} voice has no sound for {text!r}.")
        if not shortest_s <= spoken_s <= PHONE_S[1] * phones + EDGE_S:
            raise VoiceError(f"The {self.name} voice sent {spoken_s:.2f} s for {phones} sounds; that cannot be the whole text.")
        pcm = finished(sound, rate_hz, warm=False)
        timed, said = align_words(pcm, RATE_HZ, words)
        return Speech(pcm, timed, said, self.name)

    def _check_pace(self, speech: Speech, language: str) -> None:
        heard = [p for p in speech.phones if p.ipa]
        if len(heard) < PACE_PHONES:
            return
        pace_s = sum(p.end_s - p.start_s for p in heard) / len(heard)
        known = self._paces.setdefault(language, deque(maxlen=20))
        usual_s = statistics.median(known) if len(known) >= PACE_SENTENCES else pace_s
        known.append(pace_s)  # also a strange one: a voice that changed for good is believed after a while
        if not OWN_PACE[0] <= pace_s / usual_s <= OWN_PACE[1]:
            raise VoiceError(f"The {self.name} voice sent a sound {pace_s / usual_s:.1f} times as long as it usually is; its "
                             "rate is not the one it claims.")

    def _decoded(self, body: bytes) -> tuple[NDArray, int]:
        """(n,) float mono and its rate in Hz."""
        try:
            with soundfile.SoundFile(io.BytesIO(body)) as file:
                rate_hz, claimed = int(file.samplerate), _claimed_frames(body, file)
                sound = file.read(dtype="float64", always_2d=True).mean(axis=1)
        except (soundfile.SoundFileError, RuntimeError, ValueError):
            raise VoiceError(f"The {self.name} voice sent {len(body)} bytes that are no sound.") from None
        if rate_hz < 8000 or not np.isfinite(sound).all():
            raise VoiceError(f"The {self.name} voice sent a sound at {rate_hz} Hz that cannot be used.")
        if claimed and len(sound) < 0.98 * claimed:
            raise VoiceError(f"The {self.name} voice's sound broke off after {len(sound) / rate_hz:.2f} s.")
        peak = float(np.abs(sound).max(initial=0.0))
        if peak < 10 ** (MIN_PEAK_DBFS / 20):
            raise VoiceError(f"The {self.name} voice sent silence.")
        return sound, rate_hz


def _claimed_frames(body: bytes, file: soundfile.SoundFile) -> int:
    """Samples that a WAV's own header promises, 0 where it promises nothing (streamed WAVs say 0 or 2^32 - 1)."""
    if body[:4] != b"RIFF" or not (found := re.search(rb"data", body[:4096])):
        return 0
    length = int.from_bytes(body[found.end() : found.end() + 4], "little")
    width = {"PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4}.get(file.subtype, 0) * file.channels
    return length // width if width and 0 < length < 2**31 - 1 else 0
