"""`nightwindow doctor`: what this machine has and lacks, with the line that mends it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from assets.cache import cache_dir
from assets.parts import PARTS
from avatar.capture.person_mask import SEGMENTER
from dialogue.adapters.espeak import EspeakVoice
from showroom.parts import is_here

MIN_FREE_MB = 2000
FONTS = ("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def examine() -> dict[str, Any]:
    """Fields of the command: "checks" with name, ok, what, mend. code 1 when something needed is missing."""
    checks = [check() for check in (_python, _machine, _driver, _voice, _codecs, _fonts, _disk, _ports, _browser)]
    checks += [{"name": f"part {p.name}", "ok": True, "needed": False, "what": f"{p.package} {p.version} ({p.licence}): "
                + ("in the cache" if is_here(p) else "is fetched when first needed"), "mend": ""} for p in (*PARTS, SEGMENTER)]
    bad = any(c["needed"] and not c["ok"] for c in checks)
    lines = [f"{'ok  ' if c['ok'] else 'LACK' if c['needed'] else 'note'} {c['name']}: {c['what']}"
             + (f"; {c['mend']}" if c["mend"] and not c["ok"] else "") for c in checks]
    return {"code": 1 if bad else 0, "lines": lines, "checks": checks}


def _result(name: str, ok: bool, what: str, mend: str = "", needed: bool = True) -> dict[str, Any]:
    return {"name": name, "ok": ok, "needed": needed, "what": what, "mend": mend}


def _python() -> dict[str, Any]:
    ok = sys.version_info[:2] == (3, 11)
    return _result("python", ok, sys.version.split()[0], "use Python 3.11")


def _machine() -> dict[str, Any]:
    cores, memory = os.cpu_count() or 1, psutil.virtual_memory().total / 2**30
    return _result("machine", cores >= 2 and memory >= 3, f"{cores} cores, {memory:.0f} GiB memory",
                   "a show with a picture needs two cores and 4 GiB", needed=False)


def _driver() -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "render.probe"], capture_output=True, text=True, timeout=60, check=False)
    try:
        found = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        found = {"driver": None, "why": f"the driver ended the probe (exit {done.returncode})"}
    if found["driver"] is None:
        return _result("picture", False, str(found["why"]), "apt-get install libgl1 libegl1")
    plain = "" if found["shaders"] else " (plain picture; apt-get install libgl1 libegl1 for the full one)"
    return _result("picture", True, f"{found['driver']}{plain}")


def _voice() -> dict[str, Any]:
    async def speak() -> str:
        voice = EspeakVoice()
        try:
            speech = await voice.speak("ready", "en")
            return f"espeak speaks ({len(speech.phones)} phones in {speech.duration_s:.1f} s)"
        finally:
            await voice.close()

    try:
        return _result("voice", True, asyncio.run(asyncio.wait_for(speak(), 20)))
    except (OSError, RuntimeError, TimeoutError) as error:
        return _result("voice", False, f"espeak does not speak ({error})", "run `make setup` again")


def _codecs() -> dict[str, Any]:
    code = "import av; print(av.__version__, all(c in av.codecs_available for c in ('libx264', 'aac', 'libopus')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    ok = done.stdout.strip().endswith("True")
    return _result("codecs", ok, f"PyAV {done.stdout.split()[0] if done.stdout else 'missing'} with H.264, AAC, Opus" if ok
                   else "PyAV lacks H.264, AAC or Opus", "run `make setup` again")


def _fonts() -> dict[str, Any]:
    missing = [Path(f).name for f in FONTS if not Path(f).exists()]
    return _result("fonts", not missing, "Noto Sans and Noto Sans CJK" if not missing else f"missing {', '.join(missing)}",
                   "apt-get install fonts-noto-core fonts-noto-cjk", needed=False)


def _disk() -> dict[str, Any]:
    free = shutil.disk_usage(cache_dir()).free / 2**20
    return _result("disk", free > MIN_FREE_MB, f"{free:.0f} MB free beside {cache_dir()}", "make room", needed=False)


def _ports() -> dict[str, Any]:
    taken = []
    for port in (8080, 8081):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                taken.append(str(port))
    return _result("ports", not taken, "8080 and 8081 are free" if not taken else f"in use: {', '.join(taken)}",
                   "choose others with --port and --ws-port", needed=False)


def _browser() -> dict[str, Any]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    return _result("browser for tests", bool(found), found or "none", "apt-get install chromium", needed=False)


Check = Callable[[], dict[str, Any]]
