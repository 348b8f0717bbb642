"""A voice's process that works, hangs, dies or sends nonsense, as its request says. Run as a module."""

from __future__ import annotations

import os
import time
from typing import Any

from dialogue.adapters.worker_messages import serve
from tests.fakes.voice import tone_speech


def handle(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """{"text", "fault"}: "", "hang", "exit", "error", "odd" (half a sample), "keys" (no times) or "silence"."""
    fault = request["fault"]
    if fault == "hang":
        time.sleep(3600)
    if fault == "exit":
        os._exit(9)
    if fault == "error":
        raise RuntimeError("told to fail")
    speech = tone_speech(request["text"])
    reply = {"phones": [[p.ipa, p.start_s, p.end_s] for p in speech.phones],
             "words": [[w.text, w.start_s, w.end_s] for w in speech.words]}
    sound = speech.pcm.tobytes()
    if fault == "silence":
        sound = bytes(len(sound))
    return {} if fault == "keys" else reply, sound[:-1] if fault == "odd" else sound


if __name__ == "__main__":
    serve(handle)
