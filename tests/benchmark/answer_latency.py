"""How long a listener waits for a spoken answer with Kokoro: to the opening, to the first word of the answer, and the pause
between them. Sentences are drawn anew; times are of this machine as it is, beside what else runs on it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import tempfile
import time
from pathlib import Path

from assets.policy_file import load_policy
from avatar.speech import RATE_HZ, Utterance
from dialogue.adapters import kokoro
from dialogue.adapters.espeak import EspeakVoice
from dialogue.cached_voice import IN_TIME_S, CachedVoice
from dialogue.fallback import FallbackVoice
from dialogue.openings import OPENINGS
from dialogue.policy import Policy
from dialogue.speaking import Speaker
from dialogue.speech_cache import SpeechCache
from render.clock import seconds
from showroom.director import LEAD_TICKS

LEAD_S = seconds(LEAD_TICKS)  # a sentence is placed that far ahead
FRAMES = ("Yes, the {a} comes with a {b}, and you can wash it by hand.", "The {a} is made of steel. It does not need a {b}.",
          "We pack the {a} in paper, and the {b} in a box of its own.", "It fits any {a}, and the {b} folds away.")
WORDS = ("cover", "handle", "strap", "cushion", "lid", "stand", "cable", "pocket", "shade", "filter", "brush", "pillow")


async def _measured(count: int, folder: Path) -> dict[str, float]:
    voice = kokoro.KokoroVoice()
    kept = CachedVoice(voice, SpeechCache(folder), voice.version)
    for text in OPENINGS["en"]:
        await kept.prepare(text, "en")
    kept.in_time_s = IN_TIME_S
    chain = FallbackVoice([kept, EspeakVoice()])
    await chain.warm("en")
    speaker, rng = Speaker(chain, Policy(load_policy("own-site")), kept), random.Random(int(time.time()))
    first, content, pause = [], [], []
    try:
        for n in range(count):
            text = rng.choice(FRAMES).format(a=rng.choice(WORDS), b=rng.choice(WORDS))
            asked, opened_s = time.monotonic(), 0.0
            said = speaker.speak(Utterance(f"a{n}", text, "en", question_id=f"q{n}"))
            async with contextlib.aclosing(said) as clauses:  # type: ignore[type-var]
                async for index, _, speech in clauses:
                    ready_s = time.monotonic() - asked + LEAD_S
                    if index < 0:
                        first.append(ready_s)
                        opened_s = ready_s + len(speech.pcm) / RATE_HZ
                        continue
                    if not opened_s:
                        first.append(ready_s)
                    content.append(max(ready_s, opened_s))
                    pause.append(max(0.0, ready_s - opened_s) if opened_s else 0.0)
                    break
    finally:
        await chain.close()
    late = statistics.quantiles
    return {"answer_first_sound_p95_s": late(first, n=20)[18], "answer_content_p50_s": statistics.median(content),
            "answer_content_p95_s": late(content, n=20)[18], "answer_longest_pause_s": max(pause),
            "answer_by_kokoro_share": chain.spoken["kokoro"] / max(1, sum(chain.spoken.values())),
            "kokoro_work_ratio": kept.ratio}


def answer_latency(count: int = 30) -> dict[str, float]:
    """Seconds; nothing where Kokoro's parts are not on this machine."""
    if not kokoro.is_here():
        print("kokoro: not on this machine, left out (nightwindow prepare of a show with the voice kokoro)")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measured(count, Path(folder)))


if __name__ == "__main__":
    print({name: round(value, 3) for name, value in answer_latency().items()})
