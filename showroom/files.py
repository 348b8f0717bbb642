"""Files for browsers, compressed once: never in the loop that feeds the viewers, never twice."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".txt": "text/plain; charset=utf-8", ".json": "application/json", ".glb": "model/gltf-binary",
         ".usdz": "model/vnd.usdz+zip"}
MIN_BYTES = 1400  # below one packet there is nothing to win
KEEP = 64  # files in memory; a show has some twenty


class Files:
    """Keeps bytes, gzip and ETag of each file until it changes."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int, int], tuple[bytes, bytes | None, str]] = {}

    async def reply(self, request: Request, path: Path, headers: dict[str, str] | None = None) -> Response:
        """The file, its 304, or a 404 with one sentence."""
        try:
            data, packed, tag = await self._load(path)
        except OSError:
            return PlainTextResponse("There is no such file here.\n", 404)
        given = {"ETag": tag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff", **(headers or {})}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=given)
        if packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            data, given["Content-Encoding"] = packed, "gzip"
        return Response(data, media_type=TYPES.get(path.suffix, "application/octet-stream"), headers=given)

    async def _load(self, path: Path) -> tuple[bytes, bytes | None, str]:
        stat = path.stat()
        key = (str(path), stat.st_mtime_ns, stat.st_size)
        if key not in self._kept:
            self._kept = {k: v for k, v in list(self._kept.items())[-KEEP:] if k[0] != key[0]}
            self._kept[key] = await asyncio.to_thread(_pack, path)
        return self._kept[key]


def _pack(path: Path) -> tuple[bytes, bytes | None, str]:
    data = path.read_bytes()
    packed = gzip.compress(data, 6) if len(data) >= MIN_BYTES else None
    if packed is not None and len(packed) > 0.95 * len(data):
        packed = None
    return data, packed, f'"{hashlib.sha256(data).hexdigest()[:20]}"'
