"""Which graphics driver this machine gives: `python -m render.probe` prints JSON. A process of its own, drivers crash."""

from __future__ import annotations

import json
import sys


def main() -> int:
    """0 with a driver, 1 without."""
    from render.engine import Engine, NoDriver

    try:
        engine = Engine("auto")
    except NoDriver as error:
        print(json.dumps({"driver": None, "why": str(error)}))
        return 1
    print(json.dumps({"driver": engine.driver, "shaders": engine.shaders}))
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.exit(code)
