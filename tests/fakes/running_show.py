"""The real program as a user starts it, in a folder and on ports of its own; and the real RTMP server it pushes to."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

DEMO = Path(__file__).parents[2] / "examples/demo"
TOKEN = "test-operator-token"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def until(what: Callable[[], Any], limit_s: float, why: str) -> Any:
    """Poll until `what` gives something true; fail with `why` after limit_s."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        with contextlib.suppress(OSError, KeyError, IndexError, ValueError, StopIteration):
            if found := what():
                return found
        time.sleep(0.1)
    raise AssertionError(f"not within {limit_s:g} s: {why}")


def copy_demo(folder: Path, voice: str = "espeak") -> Path:
    """The demo show as a merchandiser's own copy; its show.toml. voice: the small one unless the test is about another: it
    speaks at once and leaves two busy cores to what is tested."""
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("var"))
    show = folder / "show.toml"
    show.write_text(show.read_text("utf-8").replace('engine = "auto"', f'engine = "{voice}"'), "utf-8")
    return show


def randomise(show: Path) -> dict[str, str]:
    """Give two attributes of the knowledge base values that nobody has seen."""
    rng = random.Random(time.time_ns())
    path = show.parent / "knowledge/attributes.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    values = {"backpack:weight": f"{rng.randint(31, 299) / 100 + 0.004:.3f}",
              "lamp:cable_length": f"{rng.randint(11, 39) / 10}",
              "mug:weight": str(rng.randint(211, 689))}
    seen = set()
    for row in rows:
        if row["id"] in values:
            old, row["value"] = row["value"], values[row["id"]]
            row["text"] = (row.get("text") or "").replace(old, row["value"])
            seen.add(row["id"])
    assert seen == set(values), f"the demo no longer has {set(values) - seen}"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return values


class RunningShow:
    """`nightwindow run` as a child."""

    def __init__(self, folder: Path, *args: str, show: Path | None = None, keep: bool = False,
                 state: Path | None = None, voice: str = "espeak") -> None:
        """voice: of a copy of the demo; keep: restart the host at once when it dies, as the unit file does; state: its folder,
        if not in `folder`."""
        self.folder, self.show = folder, show or copy_demo(folder / "show", voice)
        self.port, self.ws_port = free_port(), free_port()
        self.args = ["run", str(self.show), "--port", str(self.port), "--ws-port", str(self.ws_port), *args]
        self.env = {**os.environ, "NIGHTWINDOW_STATE": str(state or folder / "state"), "NIGHTWINDOW_OPERATOR_TOKEN": TOKEN}
        self.log = folder / "run.log"
        self.start()

    def start(self) -> None:
        """Start (again)."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "showroom.cli", *self.args], env=self.env, stdout=log,
                                            stderr=log, start_new_session=True)

    def state(self) -> dict[str, Any]:
        """The operator's picture of the show."""
        return self.get("/api/operator/state", token=TOKEN)

    def get(self, path: str, token: str = "") -> Any:
        """GET a JSON page."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=5) as reply:
            return json.load(reply)

    def picture(self, path: str) -> bytes:
        """GET a file with the operator's token; drawing one may take a while."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            return bytes(reply.read())

    def post(self, path: str, value: object = None, token: str = TOKEN) -> tuple[int, Any]:
        """POST JSON; status and body."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=json.dumps(value or {}).encode(),
                                         headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def wait_on_air(self, limit_s: float = 90) -> None:
        """Until a sentence is being said."""
        try:
            until(lambda: self.state()["saying"], limit_s, "the show speaks")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log.read_text()[-3000:]}") from None

    def pid(self, name: str) -> int:
        """Process id of a child by the beginning of its name; waits until it is up."""
        return int(until(lambda: next(p["pid"] for p in self.state()["processes"] if p["name"].startswith(name)), 20,
                         f"{name} has a process"))

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return int(self.process.returncode)


class RtmpServer:
    """nginx with libnginx-mod-rtmp on loopback."""

    MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        self.conf = folder / "nginx.conf"
        self.conf.write_text(f"""
load_module {self.MODULE};
worker_processes 1; daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log info;
events {{ worker_connections 64; }}
rtmp {{ access_log {folder}/access.log; server {{ listen 127.0.0.1:{self.port}; chunk_size 4096;
  application live {{ live on; record off; idle_streams off; }} }} }}
""")
        self.start()

    @property
    def url(self) -> str:
        """Where to push."""
        return f"rtmp://127.0.0.1:{self.port}/live/night"

    def start(self) -> None:
        """Start (again) on the same port."""
        self.process = subprocess.Popen(["nginx", "-p", str(self.folder), "-c", str(self.conf)], stderr=subprocess.DEVNULL)
        until(self._listens, 10, "nginx listens")

    def _listens(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), 0.5):
            return True

    def publishes(self) -> int:
        """How often a publisher came."""
        return (self.folder / "error.log").read_text(errors="replace").count("publish: name=")

    def stop(self) -> None:
        """End, frozen or not."""
        for number in (signal.SIGCONT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)
        self.process.wait(5)


class Subscriber:
    """A viewer at the RTMP server: every packet it gets, with its time of arrival."""

    def __init__(self, url: str, out: Path) -> None:
        self.out = out
        self.process = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-fflags", "nobuffer", "-i", url, "-c", "copy", "-f", "flv", "-y", str(out)],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        """Hang up and finish the file."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def packets(path: Path) -> dict[str, list[float]]:
    """Timestamps (s) of the packets of a file: {"video": […], "audio": […]}, as ffprobe reads them."""
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "packet=codec_type,dts_time", "-of", "csv=p=0",
                           str(path)], capture_output=True, text=True, check=True)
    out: dict[str, list[float]] = {"video": [], "audio": []}
    for line in done.stdout.splitlines():
        kind, _, at = line.strip(",").partition(",")
        with contextlib.suppress(ValueError):
            out[kind].append(float(at))
    return out


def streams(path: Path) -> dict[str, dict[str, str]]:
    """ffprobe's view of the streams, by kind."""
    done = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)],
                          capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return {**{s["codec_type"]: s for s in found["streams"]}, "format": found["format"]}


def sidecar(path: Path) -> list[dict[str, Any]]:
    """Lines of a recording's evidence trail."""
    return [json.loads(line) for line in path.read_text().splitlines()]
