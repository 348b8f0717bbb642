"""Text to phones for callers that are not asyncio: espeak-ng in a process of its own, started when first asked.

avatar.lipsync.analyse finds this module by name when it is given a text and no phonemiser.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from functools import lru_cache
from typing import Any

from avatar.speech import Phone, Word
from dialogue.adapters.espeak import EspeakStyle, tone_for
from dialogue.adapters.timeline import spoken_words
from dialogue.adapters.worker_messages import LENGTHS, lengths, packed
from dialogue.ports import VoiceError
from dialogue.spoken import spoken_text

MODULE = "dialogue.adapters.espeak_worker"


class PhonemeProcess:
    """One worker, asked in turn. It ends with the program that started it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def words(self, text: str, language: str) -> tuple[tuple[str, ...], ...]:
        """IPA phones of each word of `text`. Raises VoiceError."""
        language = language.replace("_", "-")  # a locale, as "en_GB"
        said = spoken_text(text, language)
        if not said:
            return ()
        reply = self._ask({"op": "timeline", "text": said, "language": language, "tone": tone_for(language, EspeakStyle())})
        pairs = spoken_words([Phone(*p) for p in reply["phones"]], [Word(*w) for w in reply["words"]])
        return tuple(ipas for _, ipas in pairs if ipas)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._turn:
            try:
                process = self._running()
                assert process.stdin is not None
                process.stdin.write(packed(request))
                process.stdin.flush()
                reply = _reply(process)
            except (OSError, ValueError) as error:
                self._drop()
                raise VoiceError(f"espeak's process ended at work ({error}); it will be started anew.") from None
        if "error" in reply:
            raise VoiceError(f"espeak could not look up phones: {reply['error']}.")
        return reply

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen([sys.executable, "-m", MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                             stderr=subprocess.DEVNULL)
            _reply(self._process)  # "ready"
        return self._process

    def _drop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End the process; the next question starts a new one."""
        with self._turn:
            self._drop()


def _reply(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    prefix = process.stdout.read(LENGTHS.size)
    if len(prefix) < LENGTHS.size:
        raise OSError("no answer")
    header_length, body_length = lengths(prefix)
    header: dict[str, Any] = json.loads(process.stdout.read(header_length))
    process.stdout.read(body_length)
    return header


@lru_cache(maxsize=1)
def _shared() -> PhonemeProcess:
    return PhonemeProcess()


def phonemise(text: str, language: str) -> tuple[tuple[str, ...], ...]:
    """IPA phones of each word as espeak-ng writes them. language: BCP 47, one of fourteen. Raises VoiceError."""
    return _shared().words(text, language)
