"""The front: a file goes to a locked worker and comes back as the four files of a presenter, kept by content."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.gate.findings import TIERS, Finding
from avatar.imported.licence import Rights
from avatar.imported.licence import findings as rights_findings

SUFFIXES = (".vrm", ".glb")
MAX_FILE_BYTES = 200 * 1024**2
WALL_S = 240.0
REPORT = "report.json"
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """folder: with avatar.npz, full.npz, avatar.glb and phone.glb, None when the file is refused; findings: refusals first,
    those of the licence included; facts: of avatar.imported.report; rights: None when the file could not be read."""

    folder: Path | None
    findings: tuple[Finding, ...]
    facts: dict[str, Any]
    rights: Rights | None

    @property
    def refused(self) -> tuple[Finding, ...]:
        """Why it may not go on air; () when it may."""
        return tuple(f for f in self.findings if f.tier == "refused")


def import_avatar(path: Path, cache_root: Path, permission: str = "",
                  progress: Progress = lambda share, what: None) -> Imported:
    """Read a .vrm or .glb and convert it, once for each content. permission: avatar_permission of show.toml.

    Raises OSError when the file cannot be read. A file that is refused for its licence alone is converted all the same:
    it may be looked at, not broadcast.
    """
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        return Imported(None, (Finding("file_size", "refused", f"The file has {size / 2**20:.0f} MB; at most 200 MB are taken.",
                                       f"文件大小 {size / 2**20:.0f} MB，上限为 200 MB。"),), {}, None)
    folder = cache_root / f"imported-{_key(path)}"
    if (folder / REPORT).is_file():
        report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    else:
        progress(0.1, "converting the presenter's file")
        report = _make(path, folder)
        progress(1.0, "the presenter is converted")
    found = [Finding(**f) for f in report["findings"]]
    rights = Rights(**report["facts"]["rights"]) if report["facts"] else None
    if rights is not None:
        found = [*rights_findings(rights, permission), *found]
    found.sort(key=lambda f: TIERS.index(f.tier))
    return Imported(folder if report["facts"] else None, tuple(found), report["facts"], rights)


def _make(path: Path, folder: Path) -> dict[str, Any]:
    """The report; the folder is kept unless the machine was too slow or too small, which another day may not be."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="importing-", dir=folder.parent))
    try:
        report = _ask(path.resolve(), work)
        if report.pop("unfinished", False):
            return report
        (work / REPORT).write_text(json.dumps(report), encoding="utf-8")
        try:
            work.rename(folder)
        except OSError:  # another process was quicker
            if not (folder / REPORT).is_file():
                raise
        return report
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _ask(path: Path, work: Path) -> dict[str, Any]:
    request = {"path": str(path), "name": path.stem[:60], "folder": str(work)}
    environment = {"PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
                   "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        run = subprocess.run([sys.executable, "-P", "-m", "avatar.imported.worker"], input=json.dumps(request),
                             capture_output=True, text=True, timeout=WALL_S, env=environment, cwd=os.sep, check=False)
    except subprocess.TimeoutExpired:
        return _refusal("too_slow", f"Converting the file took more than {WALL_S:.0f} s.", f"转换文件超过 {WALL_S:.0f} 秒。")
    if run.returncode == -signal.SIGXCPU:
        return _refusal("too_slow", "Converting the file took too much processor time; export a lighter one.",
                        "转换文件占用过多处理器时间；请导出更轻量的文件。")
    if run.returncode:
        last = run.stderr.strip().splitlines()[-1:] or [f"exit code {run.returncode}"]
        return _refusal("too_large", f"Converting the file broke the limits of memory or time ({last[0][:100]}).",
                        "转换文件超出内存或时间限制。")
    return dict(json.loads(run.stdout))


def _refusal(code: str, english: str, chinese: str) -> dict[str, Any]:
    finding = {"code": code, "tier": "refused", "message_en": english, "message_zh": chinese}
    return {"findings": [finding], "facts": {}, "unfinished": True}


def _key(path: Path) -> str:
    """Of the file's bytes and of the source that converts it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    here = Path(__file__).parent
    shaping = [here.parent / "build" / n for n in ("hands.py", "export_glb.py", "body.py")] + [
        here.parent / f"{n}.py" for n in ("skeleton", "visemes", "face", "pose", "skinning", "springs", "toon")] + [
        here.parent.parent / "assets" / "packs" / "simplify.py"]
    for source in sorted(here.glob("*.py")) + shaping:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:20]
