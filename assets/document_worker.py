"""`python -m assets.document_worker PATH`: one document, one locked process; the pieces as JSON on the pipe."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from assets.gate import sandbox


def main() -> None:
    """Write {"pieces": […]} or {"refused": sentence}."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # libraries that print do not print into the answer
    path = Path(sys.argv[1]).resolve()
    import pypdf  # noqa: F401 - read before the lock: its own imports are many

    from assets.document_text import DocumentError, pieces

    sandbox.enter([path])
    try:
        print(json.dumps({"pieces": pieces(path)}, ensure_ascii=False), file=answer)
    except DocumentError as error:
        print(json.dumps({"refused": str(error)}), file=answer)
    except (MemoryError, RecursionError, OSError) as error:
        print(json.dumps({"refused": f"asks for more than a document may ({type(error).__name__}); split it"}), file=answer)


if __name__ == "__main__":
    main()
