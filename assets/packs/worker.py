"""`python -m assets.packs.worker`: one mended model, one locked process, all packs. Request and answer are JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from assets.gate import sandbox

CPU_S = 60  # of a model that the gate has passed; half a million triangles take 25


def main() -> None:
    """{"path", "folder"} on standard input; {"sizes"} or {"error"} on standard output."""
    request = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from assets.glb import GlbError
    from assets.glb_container import open_document
    from assets.packs.build import packs
    from assets.packs.kept import NAMES

    path, folder = Path(request["path"]), Path(request["folder"])
    files = {name: (folder / f"{name}.glb").open("wb") for name in NAMES}  # before the lock: it opens nothing after it
    sandbox.enter([path], cpu_s=CPU_S)
    try:
        made = packs(open_document(path))
    except (GlbError, ArithmeticError, LookupError, MemoryError, OSError, TypeError, ValueError) as error:
        print(json.dumps({"error": str(error)[:300] or type(error).__name__}), file=answer)
        return
    for name, file in files.items():
        with file:
            file.write(made[name])
    print(json.dumps({"sizes": {name: len(data) for name, data in made.items()}}), file=answer)


if __name__ == "__main__":
    main()
