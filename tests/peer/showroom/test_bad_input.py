"""Bad input while the show is on air, and disks that are full: one sentence each, nothing lost. What needs no running show is
in tests/peer/program."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.fakes.no_driver import without_driver
from tests.fakes.program import program, sentences
from tests.fakes.running_show import TOKEN, RunningShow, copy_demo, free_port, until
from tests.fakes.viewer import Viewer

pytestmark = [pytest.mark.peer, pytest.mark.timeout(200)]


def test_a_show_with_no_driver_has_sound_and_poses_and_the_slate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", without_driver(tmp_path / "blind")["PYTHONPATH"])
    run = RunningShow(tmp_path)
    try:
        run.wait_on_air(60)
        viewer = Viewer(run.ws_port, "watch")
        until(lambda: len(viewer.video) > 20, 20, "pictures (the slate's) are sent")
        walker = Viewer(run.ws_port)
        until(lambda: len(walker.chunks) > 10 and all(c[2] and c[3] for c in walker.chunks[:10]), 20, "sound and poses")
        state = run.state()
        assert any("no graphics driver" in a["text"] for a in state["alarms"]), state["alarms"]
        assert next(p for p in state["processes"] if p["name"] == "studio")["restarts"] == 0
        viewer.close()
        walker.close()
    finally:
        assert run.stop() == 0
    assert "Traceback" not in run.log.read_text()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("bad")
    run = RunningShow(folder, "--driver", "off")
    try:
        run.wait_on_air()
        yield run
    finally:
        code = run.stop()
        assert code == 0 and "Traceback" not in run.log.read_text()


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "ünicode"])
def test_a_wrong_token_is_401_with_a_sentence(running: RunningShow, token: str) -> None:
    for path, data in (("/api/operator/state", None), ("/api/operator/mute", b"{}"), ("/api/products", b"")):
        request = urllib.request.Request(f"http://127.0.0.1:{running.port}{path}", data=data)
        request.add_header("Authorization", f"Bearer {token}".encode().decode("latin-1"))
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=5)
        assert caught.value.code == 401 and "token" in json.load(caught.value)["error"]
    assert running.state()["muted"] is False


def test_a_second_host_on_the_same_state_is_refused_and_the_first_goes_on(running: RunningShow) -> None:
    spoken = running.state()["spoken"]
    done = program("run", running.show, "--port", free_port(), "--ws-port", free_port(), "--driver", "off", env=running.env)
    assert done.returncode == 2
    (said,) = sentences(done)
    assert "Another nightwindow runs this show" in said
    until(lambda: running.state()["spoken"] > spoken, 30, "the first show goes on")


@pytest.mark.parametrize(("path", "data", "code"), [
    ("/api/operator/dance", b"{}", 404), ("/api/operator/mute", b"[not json", 400), ("/api/operator/mute", b"[1]", 400),
    ("/api/products", b"", 400)])
def test_wrong_requests_are_4xx_with_a_sentence(running: RunningShow, path: str, data: bytes, code: int) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{running.port}{path}", data=data,
                                     headers={"Authorization": f"Bearer {TOKEN}"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=5)
    assert caught.value.code == code and json.load(caught.value)["error"]
    assert not [a for a in running.state()["alarms"] if "page" in a["text"]]


@pytest.fixture
def tiny_disk(tmp_path: Path):
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True,
                                      check=False).returncode:
        pytest.skip("needs to mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 4096):
            pass


def test_a_disk_that_fills_up_while_on_air(tiny_disk: Path, tmp_path: Path) -> None:
    run = RunningShow(tmp_path, "--driver", "off", state=tiny_disk / "state")
    try:
        run.wait_on_air()
        fill(tiny_disk)
        viewer = Viewer(run.ws_port)
        assert viewer.ask("what does the lamp weigh?")["type"] == "answer"
        spoken = run.state()["spoken"]
        done = program("add", "examples/demo/models/mug.glb", "--sku", "late", "--show", run.show, env=run.env)
        assert done.returncode == 2 and len(sentences(done)) == 1, done.stderr
        until(lambda: run.state()["spoken"] >= spoken + 2, 60, "the show goes on")
        until(lambda: any("disk full" in a["text"] for a in run.state()["alarms"]), 20, "an alarm")
        status, reply = run.post("/api/operator/skip")
        assert status == 200, reply
        viewer.close()
    finally:
        code = run.stop()
    assert code == 0 and "Traceback" not in run.log.read_text(), run.log.read_text()[-3000:]


def test_a_disk_that_is_full_at_the_start(tiny_disk: Path, tmp_path: Path) -> None:
    fill(tiny_disk)
    show = copy_demo(tmp_path / "show")
    began = time.monotonic()
    done = program("run", show, "--port", free_port(), "--ws-port", free_port(),
                   env={**os.environ, "NIGHTWINDOW_STATE": str(tiny_disk / "state")})
    assert done.returncode == 2 and len(sentences(done)) == 1, done.stderr
    assert str(tiny_disk) in done.stderr and time.monotonic() - began < 30
    shutil.rmtree(tiny_disk / "state", ignore_errors=True)
