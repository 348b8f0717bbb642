"""The real chain of voices under scripted faults; ten thousand of them: `python -m tests.benchmark.voice_faults`."""

import random

import pytest

from dialogue.fallback import SILENT_ENGINE
from tests.fakes.fault_run import fault_run

pytestmark = pytest.mark.peer


async def test_every_sentence_is_spoken_or_captioned_once_whatever_fails() -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    out = await fault_run(25, seed)
    assert not out.wrong, out.wrong[0]
    assert out.sentences == 25 and not out.left and out.most_processes <= 8
    assert len(out.faults) > 5 and set(out.told) <= {"openai", "edge", "neural", "espeak", SILENT_ENGINE} and out.told
    assert sum(out.engines.values()) >= 25 and len(out.engines) >= 2
