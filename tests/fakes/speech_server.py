"""A server with OpenAI's `/audio/speech`, as a transport: espeak's sound in a WAV, with faults where asked."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import dataclass, field

import httpx
import numpy as np
import soundfile

from dialogue.adapters.espeak import EspeakVoice

RATE_HZ = 24_000
LEAD_S = 0.35  # of silence before the first sound: hosted voices have one


@dataclass
class SpeechServer:
    """fault: "503", "hang", "half", "silence", "html", "empty", "403", "refused", "fast" (a third of the length),
    "rate" (half as fast: another rate than it claims) or ""; asked: bodies."""

    voice: EspeakVoice
    fault: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    closed: int = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.asked.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        assert request.url.path.endswith("/v1/audio/speech")
        if self.fault in ("503", "403"):
            return httpx.Response(int(self.fault), text="busy")
        if self.fault == "refused":
            raise httpx.ConnectError("refused")
        if self.fault == "hang":
            try:
                await asyncio.sleep(3600)
            finally:
                self.closed += 1
        if self.fault in ("html", "empty"):
            return httpx.Response(200, content=b"<html>sorry</html>" if self.fault == "html" else b"")
        speech = await self.voice.speak(body["input"], "en")
        quiet = np.zeros(int(LEAD_S * RATE_HZ), np.int16)
        pcm = np.concatenate([quiet, speech.pcm[::2] // 4])
        pcm = np.zeros_like(pcm) if self.fault == "silence" else pcm[::6] if self.fault == "fast" else pcm
        file = io.BytesIO()
        soundfile.write(file, pcm, RATE_HZ // (2 if self.fault == "rate" else 1), format="WAV", subtype="PCM_16")
        data = file.getvalue()
        return httpx.Response(200, content=data[: len(data) // 2] if self.fault == "half" else data)
