"""How long a listener waits for a spoken answer that nothing was made of beforehand, with Kokoro: to the opening, to the first
word of the answer, and the longest pause in it. Sentences are drawn anew; times are of this machine as it is, beside what
else runs on it. `--studio`: beside a show on air that draws and encodes its picture (with the small voice: one Kokoro runs,
as in a show)."""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from assets.policy_file import load_policy
from avatar.speech import RATE_HZ, Utterance
from dialogue.adapters import kokoro
from dialogue.adapters.espeak import EspeakVoice
from dialogue.cached_voice import IN_TIME_S, CachedVoice
from dialogue.fallback import FallbackVoice
from dialogue.policy import Policy
from dialogue.speaking import Speaker
from dialogue.speech_cache import SpeechCache
from render.clock import seconds
from showroom.director import LEAD_TICKS
from tests.fakes.running_show import RunningShow

LEAD_S = seconds(LEAD_TICKS)  # a sentence is placed that far ahead
FRAMES = ("Yes, the {a} comes with a {b}, and you can wash it by hand.", "The {a} is made of steel. It does not need a {b}.",
          "We pack the {a} in paper, and the {b} in a box of its own.", "It fits any {a}, and the {b} folds away.")
WORDS = ("cover", "handle", "strap", "cushion", "lid", "stand", "cable", "pocket", "shade", "filter", "brush", "pillow")


async def _measured(count: int, folder: Path) -> dict[str, float]:
    voice = kokoro.KokoroVoice()
    kept = CachedVoice(voice, SpeechCache(folder), voice.version, ready=lambda: voice.worker.ready)
    espeak = EspeakVoice()
    chain = FallbackVoice([kept, espeak])
    await chain.warm("en")
    speaker = Speaker(chain, Policy(load_policy("own-site")), kept, openers=[kept, espeak])
    rng = random.Random(int(time.time()))
    while await speaker.prepare_opening("en"):
        pass
    kept.in_time_s = IN_TIME_S
    first, content, pause = [], [], []
    changed = 0
    try:
        for n in range(count):
            text = rng.choice(FRAMES).format(a=rng.choice(WORDS), b=rng.choice(WORDS))
            asked, until_s, engines = time.monotonic(), 0.0, set()
            said = speaker.speak(Utterance(f"a{n}", text, "en", question_id=f"q{n}"))
            async with contextlib.aclosing(said) as clauses:  # type: ignore[type-var]
                async for index, _, speech in clauses:
                    ready_s = time.monotonic() - asked + LEAD_S
                    starts_s = max(ready_s, until_s)
                    if not until_s:
                        first.append(starts_s)
                    else:
                        pause.append(starts_s - until_s)
                    if index == 0:
                        content.append(starts_s)
                    until_s = starts_s + len(speech.pcm) / RATE_HZ
                    engines.add(speech.engine)
            changed += len(engines) > 1
            await asyncio.sleep(max(0.0, until_s - (time.monotonic() - asked)))  # she has said it
    finally:
        await chain.close()
    late = statistics.quantiles
    return {"answer_first_sound_p95_s": late(first, n=20)[18], "answer_content_p50_s": statistics.median(content),
            "answer_content_p95_s": late(content, n=20)[18], "answer_longest_pause_s": max(pause),
            "answer_pause_p95_s": late(pause, n=20)[18], "answer_changed_voice_share": changed / count,
            "answer_by_kokoro_share": chain.spoken["kokoro"] / max(1, sum(chain.spoken.values())),
            "kokoro_work_ratio": kept.ratio}


def answer_latency(count: int = 30) -> dict[str, float]:
    """Seconds; nothing where Kokoro's parts are not on this machine."""
    if not kokoro.is_here():
        print("kokoro: not on this machine, left out (`nightwindow prepare` fetches it)")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measured(count, Path(folder)))


def beside_a_show(count: int = 30) -> dict[str, float]:
    """The same while a studio draws the demo."""
    with tempfile.TemporaryDirectory() as folder:
        show = RunningShow(Path(folder))
        try:
            show.wait_on_air(180)
            return answer_latency(count)
        finally:
            show.stop()


if __name__ == "__main__":
    measured = beside_a_show if "--studio" in sys.argv else answer_latency
    print({name: round(value, 3) for name, value in measured().items()})
