"""kill -9 of the host under what the unit file does: back within 10 s at the same sentence, nothing recorded lost."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.fakes.running_show import RunningShow, packets, sidecar, until
from tests.fakes.viewer import Viewer

pytestmark = [pytest.mark.peer, pytest.mark.timeout(200)]


def test_back_at_the_same_sentence(tmp_path: Path) -> None:
    recording = tmp_path / "night.mp4"
    run = RunningShow(tmp_path, "--record", str(recording))
    try:
        run.wait_on_air()
        until(lambda: run.state()["spoken"] >= 1, 60, "a sentence was spoken to its end")
        first = until(lambda: run.state()["saying"], 20, "the next is being said")
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
    played = packets(recording)
    assert len(played["video"]) > 50 and played["video"][-1] > 2
    assert recording.with_name("night-002.mp4").exists(), "the first recording must not be overwritten"
    assert any(line["event"] == "utterance" for line in sidecar(recording.with_suffix(".jsonl")))
