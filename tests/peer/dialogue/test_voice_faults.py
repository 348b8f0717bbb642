"""The real chain of voices under scripted faults; ten thousand of them: `python -m tests.benchmark.voice_faults`."""

import asyncio
import random
import signal
import subprocess
import sys
import threading

import psutil
import pytest

from dialogue.adapters.worker_process import WorkerProcess, _end
from dialogue.fallback import SILENT_ENGINE
from dialogue.ports import VoiceError
from tests.fakes.fault_run import fault_run

pytestmark = pytest.mark.peer


async def test_every_sentence_is_spoken_or_captioned_once_whatever_fails() -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    out = await fault_run(26, seed, lanes=2)
    assert not out.wrong, out.wrong[0]
    assert out.sentences == 26 and not (out.left or out.lost or out.twice) and out.most_processes <= 2 * 8
    assert len(out.faults) > 5 and set(out.told) <= {"openai", "edge", "neural", "espeak", SILENT_ENGINE} and out.told
    assert sum(out.engines.values()) >= 26 and len(out.engines) >= 2


def test_a_voices_process_starts_without_what_only_the_host_needs() -> None:
    """Half of its start were pydantic and Thai's spelling rules; a voice that was killed is away for as long."""
    done = subprocess.run([sys.executable, "-c", "import dialogue.adapters.espeak_worker, sys; print(*sys.modules)"],
                          capture_output=True, text=True, check=True)
    assert not {"pydantic", "asyncio", "scipy", "dialogue.adapters.thai"} & set(done.stdout.split())


async def test_a_voice_that_is_closed_while_sentences_wait_leaves_no_process_and_no_task() -> None:
    """Sentences that nobody waits for any more (a barge-in) still have their turn; a close in between used to start a new
    process for the next of them."""
    tasks = asyncio.all_tasks()
    worker = WorkerProcess("shaky", "tests.fakes.shaky_worker", 30.0)
    await worker.ask({"text": "one", "fault": ""})
    asked = [asyncio.create_task(worker.ask({"text": "one two", "fault": "hang"})) for _ in range(4)]
    await asyncio.sleep(0)  # each has begun
    asked[0].cancel()
    asked[1].cancel()
    await asyncio.sleep(0)
    await worker.close()
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(e) for e in ended[:2]] == [asyncio.CancelledError] * 2
    assert all(isinstance(e, VoiceError) for e in ended[2:])
    await asyncio.sleep(0)
    assert not asyncio.all_tasks() - tasks and worker.pid is None and worker.starts == 1
    await worker.ask({"text": "again", "fault": ""})
    assert worker.starts == 2
    await worker.close()


async def test_the_code_of_a_process_that_has_just_ended_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was reaped by the kill that followed: "code 255" on the board, and asyncio's "Unknown child process" on the screen."""
    seen, real = threading.Event(), asyncio.ThreadedChildWatcher._do_waitpid  # type: ignore[attr-defined]

    def late(*args: object) -> None:
        seen.wait(30)
        real(*args)

    monkeypatch.setattr(asyncio.ThreadedChildWatcher, "_do_waitpid", late)
    worker = WorkerProcess("shaky", "tests.fakes.shaky_worker", 30.0)
    asked = asyncio.create_task(worker.ask({"text": "one", "fault": "exit"}))
    while (pid := worker.pid) is None:
        await asyncio.sleep(0.001)
    while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)  # the pipe has closed, the kill has been sent
    seen.set()
    with pytest.raises(VoiceError, match="code 9"):
        await asked


async def test_a_process_ends_in_the_middle_of_a_long_reply_that_nobody_reads() -> None:
    """Its end was waited for until its pipe was read to the end, for ever; at exit asyncio said "Event loop is closed"."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import os, time; os.write(1, bytes(10)); os.write(1, bytes(10**6)); time.sleep(600)",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    await process.stdout.readexactly(10)
    while len(process.stdout._buffer) < 2 * 2**16:  # type: ignore[attr-defined]  # as full as asyncio lets it get
        await asyncio.sleep(0.01)
    async with asyncio.timeout(60):
        await _end(process)
    assert process.stdout.at_eof() and process.returncode == -signal.SIGKILL
