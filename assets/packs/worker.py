"""`python -m assets.packs.worker`: one mended model, one locked process, all packs or its USDZ. Request and answer are JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from assets.gate import sandbox

CPU_S = 60  # of a model that the gate has passed; half a million triangles take 25


def main() -> None:
    """{"path", "folder", "usdz"} on standard input; {"sizes"} or {"error"} on standard output. usdz: that one only, as
    product.usdz; its library writes files, so the folder is its own."""
    request = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from assets.glb import GlbError, read_glb
    from assets.glb_container import open_document
    from assets.packs.build import packs
    from assets.packs.coarser import coarser_lists
    from assets.packs.kept import COARSER, NAMES, USDZ
    from assets.packs.usdz import write_usdz

    path, folder = Path(request["path"]), Path(request["folder"])
    wanted = bool(request.get("usdz"))
    names = {} if wanted else {COARSER: COARSER} | {name: f"{name}.glb" for name in NAMES}
    files = {name: (folder / file).open("wb") for name, file in names.items()}  # before the lock
    sandbox.enter([path], sandbox.USD_ADDRESS_SPACE_BYTES if wanted else sandbox.ADDRESS_SPACE_BYTES, CPU_S,
                  folder if wanted else None)
    made: dict[str, bytes] = {}
    try:
        if wanted:
            made[USDZ] = write_usdz(open_document(path), folder, "product").read_bytes()
        else:
            made = packs(open_document(path))
            made[COARSER] = coarser_lists(read_glb(made["broadcast"]))
    except (ArithmeticError, GlbError, ImportError, LookupError, MemoryError, OSError, RuntimeError, TypeError,
            ValueError) as error:
        print(json.dumps({"error": str(error)[:300] or type(error).__name__}), file=answer)
        return
    for name, file in files.items():
        with file:
            file.write(made[name])
    made.pop(COARSER, None)
    print(json.dumps({"sizes": {name: len(data) for name, data in made.items()}}), file=answer)


if __name__ == "__main__":
    main()
