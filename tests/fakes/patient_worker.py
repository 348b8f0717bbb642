"""A worker that works until it is told to stop: for tests of giving up. Run as a module."""

from __future__ import annotations

import threading
from typing import Any

from dialogue.adapters.worker_messages import serve

stop = threading.Event()


def handle(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """{"op": "wait"} works until it is given up; anything else is answered at once."""
    if request["op"] == "wait":
        if stop.wait(60):
            raise RuntimeError("given up")
        raise RuntimeError("nobody gave it up")
    return {"said": request["op"]}, b"sound"


if __name__ == "__main__":
    serve(handle, cancel=stop.set, begin=stop.clear)
