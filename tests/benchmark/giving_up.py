"""`python -m tests.benchmark.giving_up`: a sentence is given up in the middle of its making (a barge-in, a skip).

How long until the caller is free, and how much longer than usual the next short one takes because the voice was busy; on this
machine as it is. Usual ones differ, too (by how many sounds their word has, by what else runs): the worst of as many is told
beside the worst that followed, to the same median.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import time
from collections.abc import AsyncIterator

from dialogue.adapters import kokoro
from dialogue.adapters.edge import EdgeVoice
from dialogue.adapters.espeak import EspeakVoice
from dialogue.adapters.pyttsx3_voice import Pyttsx3Voice
from dialogue.ports import Voice
from tests.fakes.edge_server import EdgeServer, edge_server

LONG = "The {} comes with a strap, two pockets and a lid, and you can wash it by hand whenever you like."
WORDS = ("cover", "cushion", "stand", "filter", "pillow", "bottle", "lamp", "basket")
HANG_S = 5.0  # of the service, where it holds the sentence that is given up


@contextlib.asynccontextmanager
async def _voices() -> AsyncIterator[list[tuple[Voice, EdgeServer | None]]]:
    async with edge_server() as server:
        made: list[tuple[Voice, EdgeServer | None]] = [(EspeakVoice(), None), (Pyttsx3Voice(limit_s=12.0), None)]
        made.append((EdgeVoice(address=server.address, first_sound_s=HANG_S), server))
        if kokoro.is_here():
            made.append((kokoro.KokoroVoice(), None))
        yield made
        for voice, _ in made:
            await voice.close()


def giving_up(count: int = 12) -> dict[str, float]:
    """Milliseconds by voice, medians and the worst of `count`."""
    return asyncio.run(_measured(count))


async def _measured(count: int) -> dict[str, float]:
    out = {}
    async with _voices() as voices:
        for voice, server in voices:
            await voice.speak("Hello.", "en")
            usual_ms, free_ms, held_ms = [], [], []
            for _ in range(count):
                usual_ms.append(await _took_ms(voice))
                if server is not None:
                    server.hang = True
                call = asyncio.create_task(voice.speak(LONG.format(random.choice(WORDS)), "en"))
                await asyncio.sleep(random.uniform(0.002, 0.06 if voice.name != "kokoro" else 0.4))
                asked = time.perf_counter()
                call.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await call
                free_ms.append((time.perf_counter() - asked) * 1000)
                if server is not None:
                    server.hang = False
                held_ms.append(await _took_ms(voice))
            out |= {f"given_up_{voice.name}_free_ms": max(free_ms),
                    f"given_up_{voice.name}_next_later_ms": statistics.median(held_ms) - statistics.median(usual_ms),
                    f"given_up_{voice.name}_next_later_worst_ms": max(held_ms) - statistics.median(usual_ms),
                    f"given_up_{voice.name}_usual_later_worst_ms": max(usual_ms) - statistics.median(usual_ms)}
    return out


async def _took_ms(voice: Voice) -> float:
    start = time.perf_counter()
    await voice.speak(f"{random.choice(WORDS)}.", "en")
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    for key, value in giving_up().items():
        print(f"{key}: {value:.1f}")
