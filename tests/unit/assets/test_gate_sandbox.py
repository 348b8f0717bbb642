"""The locked worker: no network, no programs, no file outside the upload, no more memory than it may have."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit
TRY = """
import json, socket, subprocess, sys
from pathlib import Path
from assets.gate import sandbox
held = sandbox.enter([Path(sys.argv[1])], writable=Path(sys.argv[3]))
def outcome(act):
    try:
        act()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "done"
print(json.dumps({
    "held": held,
    "own": outcome(lambda: Path(sys.argv[1]).read_bytes()),
    "other": outcome(lambda: Path(sys.argv[2]).read_bytes()),
    "folder": outcome(lambda: list(Path(sys.argv[2]).parent.iterdir())),
    "write": outcome(lambda: Path(sys.argv[2]).write_bytes(b"x")),
    "own_folder": outcome(lambda: [Path(sys.argv[3], "a").write_bytes(b"x"), Path(sys.argv[3], "a").replace(sys.argv[3] + "/b"),
                                   Path(sys.argv[3], "b").unlink()]),
    "socket": outcome(lambda: socket.create_connection(("127.0.0.1", 9), 1)),
    "program": outcome(lambda: subprocess.run(["/bin/true"])),
    "memory": outcome(lambda: bytearray(2**30)),
    "import": outcome(lambda: __import__("wave")),
}))
"""


def test_what_a_locked_process_cannot_do(tmp_path: Path) -> None:
    own, other = tmp_path / "own" / "model.glb", tmp_path / "other" / "secret"
    for path in (own, other):
        path.parent.mkdir()
        path.write_bytes(b"1")
    (tmp_path / "work").mkdir()
    run = subprocess.run([sys.executable, "-c", TRY, str(own), str(other), str(tmp_path / "work")],
                         capture_output=True, text=True, timeout=60,
                         cwd=Path(__file__).parents[3], env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, check=False)
    assert run.returncode == 0, run.stderr
    saw = json.loads(run.stdout)
    held = saw.pop("held")
    assert saw["own"] == saw["import"] == saw["own_folder"] == "done" and saw["memory"] == "MemoryError" and "limits" in held
    if "calls" in held:
        assert saw["socket"] == saw["program"] == "PermissionError"
    if "files" in held:
        assert saw["other"] == saw["folder"] == saw["write"] == "PermissionError"
    if {"calls", "files"} - set(held):
        pytest.skip(f"this kernel gives only {held}")
