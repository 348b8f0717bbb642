"""`python -m avatar.imported.worker`: one stranger's figure, one locked process. Request and report are JSON on the pipes."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assets.gate import sandbox
from assets.gate.findings import Finding
from assets.glb import GlbError
from assets.glb_container import open_document
from avatar import toon
from avatar.build.export_glb import to_glb
from avatar.imported.convert import Conversion, convert
from avatar.imported.report import facts, findings

FILES = ("avatar.npz", "full.npz", "avatar.glb", "phone.glb")
ADDRESS_SPACE_BYTES = 3 * 1024**3  # sixty shapes on 150,000 vertices, several times
CPU_S = 120


# What JSON of the right syntax and the wrong shape, or a picture that is none, raises on its way through.
EXPECTED = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)


def main() -> None:
    """{"path", "name", "folder"} on standard input; {"findings", "facts"} on standard output."""
    request = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    path, folder = Path(request["path"]), Path(request["folder"])
    files = {name: (folder / name).open("w+b") for name in FILES}  # before the lock: it opens nothing after it
    try:
        data = path.read_bytes()
        sandbox.enter([path], ADDRESS_SPACE_BYTES, CPU_S)
        made = convert(open_document(data), request["name"])
        made.stage.write(files["avatar.npz"])
        made.full.write(files["full.npz"])
        for name in ("avatar.npz", "full.npz"):
            if made.springs is not None:
                made.springs.append_to(files[name])
        for name, toons in (("avatar.npz", made.toons), ("full.npz", made.full_toons)):
            toon.append_to(files[name], toons)
        full, phone = to_glb(made.full, vrm=False), to_glb(made.phone, lean=True, vrm=False)
        files["avatar.glb"].write(toon.in_glb(full, made.full_toons, [m.name for m in made.full.meshes], made.for_page))
        files["phone.glb"].write(toon.in_glb(phone, made.toons, [m.name for m in made.phone.meshes], made.for_page))
        report = _report(made, {n: f.tell() for n, f in files.items()})
    except GlbError as error:
        report = _refusal(error.code, str(error))
    except MemoryError:
        report = _refusal("too_large", "The figure does not fit into memory; export a lighter one.")
    except EXPECTED as error:
        report = _refusal("malformed", f"A part of the file cannot be read ({type(error).__name__}: {str(error)[:120]}).")
    for file in files.values():
        file.close()
    print(json.dumps(report), file=answer)


def _report(made: Conversion, sizes: dict[str, int]) -> dict[str, Any]:
    return {"findings": [asdict(f) for f in findings(made)], "facts": facts(made) | {"bytes": sizes}}


def _refusal(code: str, english: str) -> dict[str, Any]:
    chinese = "该形象文件无法读取或不受支持：" + english
    return {"findings": [asdict(Finding(code, "refused", english, chinese))], "facts": {}}


if __name__ == "__main__":
    main()
