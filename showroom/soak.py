"""`nightwindow soak`: the demo on air with two pushes, a recording, twenty viewers and questions, and what it cost.

It starts the real program as a child, on ports and in folders of its own, and only looks at it from outside: the
operator's state once in ten seconds, every chunk and picture that the viewers get, the recording at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from render.wire import CHUNK, VIDEO

SAMPLE_S = 10.0
WARM_UP_SHARE = 1 / 3  # caches fill, drivers compile, the added model arrives; slopes are taken after it
WALKING, WATCHING = 10, 10
SILENCE_S = 10.0  # of the recording; she breathes and waits, but a show that says nothing for longer is broken
QUESTION_EVERY_S = 30.0
ASKED = ("is it waterproof?", "what does it weigh?", "怎么退货?", "how long is the warranty?", "do you ship to Germany?",
         "这个多少钱", "what colours does it come in?", "can I wash it?")
TOKEN = "soak"
RTMP_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")


@dataclass
class Seen:
    """What the viewers saw. holes: missing 0.1 s chunks, over all walking viewers."""

    chunks: int = 0
    holes: int = 0
    pictures: int = 0
    answers: int = 0
    reconnects: int = 0
    samples: list[tuple[float, dict[str, Any]]] = field(default_factory=list)


def soak_command(seconds: float, report: Path | None, out: Console) -> int:
    """Run for so long; print the table; 0 when no sound was lost, the recording never fell silent and nothing died."""
    folder = Path(tempfile.mkdtemp(prefix="nightwindow-soak-"))
    out.print(f"Soaking for {seconds / 60:.0f} minutes in {folder}", soft_wrap=True)
    try:
        seen = asyncio.run(_soak(folder, seconds))
    except (RuntimeError, OSError) as error:
        out.print(str(error), markup=False, soft_wrap=True)
        return 1
    rows, ok = _rows(seen, folder / "night.mp4", seconds)
    table = Table("figure", "value", title=f"soak of {seconds / 60:.0f} minutes")
    for name, value in rows:
        table.add_row(name, value)
    out.print(table)
    if report:
        lines = ["| figure | value |", "| --- | --- |", *(f"| {n} | {v} |" for n, v in rows)]
        report.write_text("\n".join(lines) + "\n", encoding="utf-8")
        report.with_suffix(".jsonl").write_text("".join(json.dumps({"at_s": round(t - seen.samples[0][0], 1), **s}) + "\n"
                                                        for t, s in seen.samples), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    return 0 if ok else 1


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def _soak(folder: Path, seconds: float) -> Seen:
    seen, port, ws_port = Seen(), _free_port(), _free_port()
    servers, urls = await _rtmp_servers(folder)
    arguments = ["run", "examples/demo/show.toml", "--port", str(port), "--ws-port", str(ws_port),
                 "--record", str(folder / "night.mp4"), *(a for url in urls for a in ("--push", url))]
    env = {**os.environ, "NIGHTWINDOW_STATE": str(folder / "state"), "NIGHTWINDOW_OPERATOR_TOKEN": TOKEN}
    with (folder / "run.log").open("wb") as log:
        show = await asyncio.create_subprocess_exec(sys.executable, "-m", "showroom.cli", *arguments, env=env, stdout=log,
                                                    stderr=log, start_new_session=True)
    try:
        await _until_on_air(port, show)
        tasks = [asyncio.create_task(_viewer(ws_port, "tour", seen)) for _ in range(WALKING)]
        tasks += [asyncio.create_task(_viewer(ws_port, "watch", seen)) for _ in range(WATCHING)]
        tasks += [asyncio.create_task(_asker(ws_port, seen)), asyncio.create_task(_adder(folder, env, seconds / 6))]
        end = time.monotonic() + seconds
        while time.monotonic() < end and show.returncode is None:
            await asyncio.sleep(min(SAMPLE_S, max(0.1, end - time.monotonic())))
            with contextlib.suppress(OSError, ValueError):
                seen.samples.append((time.monotonic(), await asyncio.to_thread(_state, port)))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        if show.returncode is None:
            show.send_signal(signal.SIGINT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(show.wait(), 20)
        for server in servers:
            server.kill()
            await server.wait()
    return seen


async def _rtmp_servers(folder: Path) -> tuple[list[asyncio.subprocess.Process], list[str]]:
    """Two nginx-rtmp servers on loopback; none where the module isn't installed."""
    servers, urls = [], []
    for name in ("a", "b") if RTMP_MODULE.exists() and shutil.which("nginx") else ():
        home, port = folder / name, _free_port()
        home.mkdir()
        (home / "nginx.conf").write_text(
            f"load_module {RTMP_MODULE}; daemon off; master_process off; pid {home}/pid; error_log {home}/error.log;\n"
            "events { worker_connections 64; }\n"
            f"rtmp {{ access_log off; server {{ listen 127.0.0.1:{port}; application live {{ live on; }} }} }}\n")
        servers.append(await asyncio.create_subprocess_exec("nginx", "-p", str(home), "-c", str(home / "nginx.conf"),
                                                            stderr=asyncio.subprocess.DEVNULL))
        urls.append(f"rtmp://127.0.0.1:{port}/live/night")
    return servers, urls


def _state(port: int) -> dict[str, Any]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/operator/state",
                                     headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=5) as reply:
        return dict(json.load(reply))


async def _until_on_air(port: int, show: asyncio.subprocess.Process) -> None:
    for _ in range(1200):
        await asyncio.sleep(0.1)
        if show.returncode is not None:
            raise RuntimeError(f"The show ended at its start (exit {show.returncode}); `nightwindow run` says why.")
        with contextlib.suppress(OSError, ValueError):
            if (await asyncio.to_thread(_state, port))["saying"]:
                return
    raise RuntimeError("The show did not speak within two minutes.")


async def _viewer(port: int, mode: str, seen: Seen) -> None:
    last = -1
    while True:
        try:
            async with connect(f"ws://127.0.0.1:{port}/", compression=None, max_size=None) as socket_:
                await socket_.send(json.dumps({"type": "hello", "mode": mode, "language": "en"}))
                async for message in socket_:
                    if isinstance(message, str):
                        continue
                    if message[0] == CHUNK:
                        at = int.from_bytes(message[4:12], "little")
                        seen.chunks += 1
                        if mode == "tour" and last >= 0:
                            seen.holes += max(0, (at - last) // 4800 - 1)
                        last = at
                    elif message[0] == VIDEO:
                        seen.pictures += 1
        except (OSError, WebSocketException):
            seen.reconnects += 1
            await asyncio.sleep(1)


async def _asker(port: int, seen: Seen) -> None:
    for n in range(10**9):
        with contextlib.suppress(OSError, WebSocketException):
            async with connect(f"ws://127.0.0.1:{port}/", compression=None, max_size=None) as socket_:
                await socket_.send(json.dumps({"type": "hello", "mode": "listen", "language": "en"}))
                await socket_.send(json.dumps({"type": "ask", "id": f"s{n}", "text": ASKED[n % len(ASKED)]}))
                async for message in socket_:
                    if isinstance(message, str) and '"type":"answer"' in message:
                        seen.answers += 1
                        break
        await asyncio.sleep(QUESTION_EVERY_S)


async def _adder(folder: Path, env: dict[str, str], wait_s: float) -> None:
    """One more model on air, before the slopes are taken."""
    await asyncio.sleep(wait_s)
    added = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "showroom.cli", "add", "examples/demo/models/mug.glb", "--sku", "soak-mug", env=env,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
    await added.wait()


def memory_slope(at_s: list[float], rss_mb: list[float]) -> float:
    """MB an hour: the median of the slopes between all pairs of samples (Theil 1950, Sen 1968), which one step or one
    outlier does not move. 0 for fewer than three samples."""
    if len(at_s) < 3:
        return 0.0
    step = -(-len(at_s) // 500)  # pairs grow with the square: a night is thinned to 500 samples
    at, rss = np.asarray(at_s)[::step], np.asarray(rss_mb)[::step]
    i, j = np.triu_indices(len(at), 1)
    return float(np.median((rss[j] - rss[i]) / (at[j] - at[i]))) * 3600


def _rows(seen: Seen, recording: Path, seconds: float) -> tuple[list[tuple[str, str]], bool]:
    if len(seen.samples) < 2:
        return [("samples", "none: the show did not answer")], False
    from render.silence import longest_silence_s  # it knows the codecs, which the host's processes never load

    silence_s = longest_silence_s(recording) if recording.exists() else seconds
    start = seen.samples[0][0]
    last = seen.samples[-1][1]
    rows = [("sentences spoken", str(last["spoken"])), ("questions answered", str(seen.answers)),
            ("viewers", f"{WALKING} walking, {WATCHING} watching, {seen.reconnects} reconnects"),
            ("sound gaps (missing 0.1 s at walking viewers)", str(seen.holes)),
            ("chunks, pictures received", f"{seen.chunks}, {seen.pictures}"),
            ("products in the showroom at the end", str(len(last["products"]))),
            ("recording", f"{recording.stat().st_size / 2**20:.0f} MB" if recording.exists() else "missing"),
            ("longest silence of the recording", f"{silence_s:.1f} s (at most {SILENCE_S:g})")]
    for process in last["processes"]:
        name = process["name"]
        series = [(at - start, p) for at, s in seen.samples for p in s["processes"] if p["name"] == name]
        warm = [(t, p) for t, p in series if t > seconds * WARM_UP_SHARE] or series
        cpu = np.mean([p["cpu_percent"] for _, p in warm])
        slope = memory_slope([t for t, _ in warm], [p["rss_mb"] for _, p in warm])
        rows.append((name, f"CPU {cpu:.0f} % of a core, {warm[0][1]['rss_mb']:.0f} → {process['rss_mb']:.0f} MB, "
                     f"slope {slope:+.1f} MB/h, {process['restarts']} restarts"))
        if name == "studio" and process["detail"]:
            d = process["detail"]
            late = 100 * d["repeated"] / max(1, d["frames"])
            rows.append(("pictures repeated because late", f"{d['repeated']} of {d['frames']} ({late:.2f} %)"))
            rows.append(("CPU ms per picture: draw, convert, encode", f"{d['draw_ms']}, {d['convert_ms']}, {d['encode_ms']}"))
    restarts = sum(p["restarts"] for p in last["processes"])
    return rows, seen.holes == 0 and restarts == 0 and silence_s <= SILENCE_S
