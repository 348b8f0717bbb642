"""A machine that stands still for seconds, then kill -9 of the host under what the unit file does: sound goes on after the
one, and after the other the show is back within 10 s at the same sentence, nothing recorded lost.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from render.clock import RATE_HZ
from tests.fakes.running_show import RunningShow, packets, sidecar, until
from tests.fakes.viewer import Viewer

pytestmark = [pytest.mark.peer, pytest.mark.timeout(200)]


def _stand_still(run: RunningShow) -> None:
    """The studio sleeps for 2.6 s in the midst of a sentence, as on a machine that is paused or swaps; then a sentence is
    spoken to its end."""
    pid = run.pid("studio")
    os.kill(pid, signal.SIGSTOP)
    time.sleep(2.6)  # its clock is jumped after one
    os.kill(pid, signal.SIGCONT)
    spoken = run.state()["spoken"]
    until(lambda: run.state()["spoken"] > spoken, 60, "the show goes on")
    assert run.pid("studio") == pid, "the same studio"


def _loudness(recording: Path) -> float:
    """RMS of the last 3 s of sound, of 1."""
    with av.open(str(recording)) as container:
        frames = [f.to_ndarray()[0] for f in container.decode(container.streams.audio[0])]
    return float(np.sqrt((np.concatenate(frames)[-3 * RATE_HZ :] ** 2).mean()))


def test_back_at_the_same_sentence(tmp_path: Path) -> None:
    recording = tmp_path / "night.mp4"
    run = RunningShow(tmp_path, "--record", str(recording))
    try:
        run.wait_on_air()
        _stand_still(run)
        first = until(lambda: run.state()["saying"], 20, "the next is being said")
        time.sleep(1)  # of it is in the recording
        children = psutil.Process(run.process.pid).children(recursive=True)
        os.kill(run.process.pid, signal.SIGKILL)
        killed = time.monotonic()
        run.process.wait()
        time.sleep(1)  # RestartSec of the unit file
        run.start()
        viewer = until(lambda: Viewer(run.ws_port), 12, "the socket is back")
        chunk = until(lambda: viewer.chunks[0], 12, "sound is back")
        assert chunk[0] - killed < 10
        again = until(lambda: viewer.cues("play"), 15, "a sentence is said")[0]["text"]
        assert again == first
        _, alive = psutil.wait_procs(children, timeout=8)
        assert not alive, f"children of the dead host still run: {alive}"
        viewer.close()
    finally:
        run.stop()
    assert _loudness(recording) > 0.02, "sound after the machine stood still"
    played = packets(recording)
    assert len(played["video"]) > 50 and played["video"][-1] > 2
    assert recording.with_name("night-002.mp4").exists(), "the first recording must not be overwritten"
    assert any(line["event"] == "utterance" for line in sidecar(recording.with_suffix(".jsonl")))
