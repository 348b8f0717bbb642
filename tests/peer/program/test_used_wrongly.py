"""Bad input, as a user meets it: the real program says one sentence and ends with 2; nothing is half-started. Programs that
end by themselves; those that are on air meanwhile are in tests/peer/showroom."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from tests.fakes.no_driver import without_driver
from tests.fakes.program import program, sentences
from tests.fakes.running_show import copy_demo, free_port

pytestmark = [pytest.mark.peer, pytest.mark.timeout(200)]


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    return copy_demo(tmp_path / "show")



def refused(show: Path, *expected: str, command: str = "run") -> None:
    """`command` says exactly one sentence with these words, and ends with 2; the ports stay free and no child is left."""
    ports = free_port(), free_port()
    args = ["--port", ports[0], "--ws-port", ports[1]] if command == "run" else []
    before = {p.pid for p in psutil.process_iter()}
    done = program(command, show, *args)
    assert done.returncode == 2, (done.returncode, done.stderr)
    said = sentences(done)
    assert len(said) == 1, said
    for words in expected:
        assert words in said[0], said
    for port in ports:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", port))
    left = [p for p in psutil.process_iter(["cmdline"])
            if p.pid not in before and str(show) in " ".join(p.info["cmdline"] or ())]
    assert not left, f"still running: {left}"



def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")



def test_a_missing_show(tmp_path: Path) -> None:
    refused(tmp_path / "none.toml", "none.toml: no such file")



@pytest.mark.parametrize("file", ["market.toml", "showroom.toml", "rundown.toml", "catalogue.csv", "plinth.glb"])
def test_a_missing_file_of_the_show(show: Path, file: str) -> None:
    (show.parent / file).unlink()
    refused(show, file, command="check")



def test_an_unknown_key_comes_with_a_suggestion(show: Path) -> None:
    edit(show, "width_px = 960", "widht_px = 960")
    line = next(n for n, row in enumerate(show.read_text().splitlines(), 1) if row.startswith("widht_px"))
    refused(show, f"show.toml:{line}: unknown key 'picture.widht_px'; did you mean 'width_px'?")



def test_every_mistake_of_every_file_at_once(show: Path) -> None:
    edit(show, "[server]", "[sever]")
    done = program("check", show)
    assert done.returncode == 2 and "did you mean 'server'" in done.stderr
    edit(show, "[sever]", "[server]")
    edit(show.parent / "market.toml", 'language = "en"', 'languag = "en"')
    edit(show.parent / "rundown.toml", 'product = "lamp"', 'produkt = "lamp"')
    done = program("check", show, "--json")
    assert done.returncode == 2
    text = "\n".join(json.loads(done.stdout)["errors"])
    assert "did you mean 'language'" in text and "did you mean 'product'" in text



def test_a_broken_model_in_the_catalogue_costs_that_product_or_the_start_but_is_named(show: Path) -> None:
    """A product of the script that cannot be read: one sentence. One that the script doesn't need: the show goes on without."""
    model = show.parent / "models/mug.glb"
    model.write_bytes(model.read_bytes()[:1000])
    done = program("check", show)
    named = [row for row in (done.stdout + done.stderr).splitlines() if "mug" in row]
    assert named and "catalogue.csv:" in named[0], done.stdout + done.stderr
    assert done.returncode == (2 if 'product = "mug"' in (show.parent / "rundown.toml").read_text() else 0)



def test_a_knowledge_row_without_an_id(show: Path) -> None:
    path = show.parent / "knowledge/attributes.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    column = rows[0].split(",").index("id")
    cells = rows[3].split(",")
    was, cells[column] = cells[column], ""
    rows[3] = ",".join(cells)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = program("check", show)
    assert done.returncode == 2
    assert any(re.search(r"attributes\.csv:4: .*id", row) for row in sentences(done)), (was, done.stderr)



@pytest.mark.parametrize("which", ["--port", "--ws-port"])
def test_a_port_in_use(show: Path, which: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port, other = taken.getsockname()[1], free_port()
        names = (which, "--ws-port" if which == "--port" else "--port")
        done = program("run", show, names[0], port, names[1], other)
        assert done.returncode == 2, done.stderr
        (said,) = sentences(done)
        assert str(port) in said and "in use" in said and "--port" in said
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", other))



@pytest.mark.parametrize(("args", "words"), [
    (("say", ""), "nothing to say"), (("say", "hello", "-o", "x.gif"), ".mp4, .png or .jpg"),
    (("say", "hello", "--product", "boat"), "the catalogue has"),
    (("say", "hello", "--shot", "drone"), "wide, medium, product"),
    (("say", "hello", "-o", "/nowhere/x.png"), "/nowhere"), (("say", "hello", "--cite", "x:y"), "no such passage"),
    (("ask", " "), "no question"), (("ask", "x" * 500), "at most 400"), (("ask", "hm?", "--language", "klingon!"), "language"),
    (("add", "none.glb"), "no such file"), (("add", __file__), ".glb and .gltf"),
    (("add", "examples/demo/models/mug.glb"), "already"),
    (("add", "examples/demo/models/mug.glb", "--sku", "m2", "--size-m", "1,2"), "width,height,depth")])
def test_commands_used_wrongly(show: Path, args: tuple[str, ...], words: str) -> None:
    done = program(*args, "--show", show)
    assert done.returncode == 2, (done.returncode, done.stderr)
    said = sentences(done)
    assert len(said) == 1 and words in said[0], said



def test_a_broken_model_is_refused_and_leaves_nothing(show: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.glb"
    broken.write_bytes(b"glTF" + os.urandom(4000))
    done = program("add", broken, "--show", show, "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["verdict"] == "refused"
    assert not [p for p in (tmp_path / "state/products").rglob("*")]



def test_without_opengl_the_picture_is_still_recognisable(show: Path, tmp_path: Path) -> None:
    edit(show, 'driver = "auto"', 'driver = "tiny"')
    done = program("say", "This is the lamp.", "--product", "lamp", "-o", tmp_path / "tiny.png", "--show", show)
    assert done.returncode == 0, done.stderr
    edit(show, 'driver = "tiny"', 'driver = "auto"')
    assert program("say", "This is the lamp.", "--product", "lamp", "-o", tmp_path / "gl.png", "--show", show).returncode == 0
    a, b = (cv2.resize(cv2.imread(str(tmp_path / n)), (160, 90), interpolation=cv2.INTER_AREA).astype(float) for n in
            ("tiny.png", "gl.png"))
    assert a.std() > 20 and np.corrcoef(a.mean(2).ravel(), b.mean(2).ravel())[0, 1] > 0.8



def test_with_no_driver_at_all(show: Path, tmp_path: Path) -> None:
    env = without_driver(tmp_path / "blind")
    done = program("say", "hello", "-o", tmp_path / "x.png", "--show", show, env=env)
    assert done.returncode == 1 and not (tmp_path / "x.png").exists()
    (said,) = sentences(done)
    assert said.startswith("no graphics driver: apt-get install libgl1 libegl1")
