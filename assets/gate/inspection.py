"""The gate's front: a model goes to a worker process with limits, a report comes back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assets.gate.checks.readable import refusal
from assets.gate.findings import TIERS, Finding, Report
from assets.gate.sandbox import CPU_S
from assets.glb import GlbError, read_glb

WALL_S = 30.0  # the sandbox itself allows 10 s of processor time; on a machine that is on air too, those take longer
MAX_FILE_BYTES = 200 * 1024**2  # more does not fit the worker's address space twice
# Of libraries in the worker that end the process instead of saying what is wrong.
_FELL_OVER = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGFPE, -signal.SIGILL}
SOURCE = "our own limits, so that one file cannot hold up the others"


def inspect(path: Path, listed_size_m: tuple[float, float, float] | None = None) -> Report:
    """Judge a .glb or .gltf. listed_size_m: width, height, depth of the product sheet. The file is not changed.

    The report's scene is that of the mended copy. Raises OSError when the file cannot be read.
    """
    with TemporaryDirectory(prefix="nightwindow-gate-") as folder:
        return repair(path, Path(folder) / "model.glb", listed_size_m)


def repair(path: Path, out: Path, listed_size_m: tuple[float, float, float] | None = None) -> Report:
    """As `inspect`, and writes the mended copy to `out` (atomically, the original stays) unless the file is refused.

    The report's scene is the copy's. Raises OSError when a file cannot be read or written.
    """
    path, out = Path(path), Path(out)
    part = out.with_name(out.name + ".part")
    try:
        findings = _ask(path, listed_size_m, part)
        if any(f.tier == "refused" for f in findings):
            return Report(findings)
        scene = read_glb(part)
        part.replace(out)
    except GlbError as error:  # mended, and still not a scene: numbers that a repair made too large
        return Report((refusal(error), *findings))
    finally:
        part.unlink(missing_ok=True)
    return Report(findings, scene)


def _ask(path: Path, listed_size_m: tuple[float, float, float] | None, repair_to: Path | None) -> tuple[Finding, ...]:
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        return (_refused("file_size", f"The file has {size / 2**20:.0f} MB; at most 200 MB are taken.",
                         f"文件大小 {size / 2**20:.0f} MB，上限为 200 MB。"),)
    request = {"path": str(path.resolve()), "listed_size_m": listed_size_m,
               "repair_to": str(repair_to.resolve()) if repair_to else None}
    # One BLAS thread: each would reserve address space, which is limited.
    environment = {"PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
                   "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        run = subprocess.run([sys.executable, "-P", "-m", "assets.gate.worker"], input=json.dumps(request),
                             capture_output=True, text=True, timeout=WALL_S, env=environment, cwd=os.sep, check=False)
    except subprocess.TimeoutExpired:
        return (_refused("too_slow", f"Reading the file took more than {WALL_S:.0f} s.", f"读取文件超过 {WALL_S:.0f} 秒。"),)
    if run.returncode == -signal.SIGXCPU:
        return (_refused("too_slow", f"Reading the file took more than {CPU_S} s of processor time.",
                         f"读取文件的处理器时间超过 {CPU_S} 秒。"),)
    if run.returncode in _FELL_OVER:
        return (_refused("too_large", "Reading the file made its reader stop: it is damaged, or far too large.",
                         "读取程序因该文件中止：文件已损坏或过大。"),)
    if run.returncode:
        last = run.stderr.strip().splitlines()[-1:] or [f"exit code {run.returncode}"]
        return (_refused("too_large", f"Reading the file broke the limits of memory or time ({last[0][:100]}).",
                         "读取文件超出内存或时间限制。"),)
    answer: dict[str, Any] = json.loads(run.stdout)
    if "unreadable" in answer:
        raise OSError(0, answer["unreadable"], str(path))
    return tuple(sorted((Finding(**f) for f in answer["findings"]), key=lambda f: TIERS.index(f.tier)))


def _refused(code: str, english: str, chinese: str) -> Finding:
    return Finding(code, "refused", english, chinese, source=SOURCE)
