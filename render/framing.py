"""Small typed messages between the host and its own child processes: u32 little-endian length, then a pickle.

Only ever spoken over an inherited socket pair between two processes of this program, never over a network.
"""

from __future__ import annotations

import asyncio
import copyreg
import io
import pickle
import socket
import struct
import threading
from types import MappingProxyType
from typing import Any

_LENGTH = struct.Struct("<I")
MAX_BYTES = 64 * 2**20  # a sentence of 60 s with its curves is 15 MB; more is a broken stream


def read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """What a read-only mapping is rebuilt with: its own class has no importable name."""
    return MappingProxyType(mapping)


class _Pickler(pickle.Pickler):
    """Read-only mappings of frozen values travel as what they are."""

    dispatch_table = {**copyreg.dispatch_table, MappingProxyType: lambda m: (read_only, (dict(m),))}


def dumps(message: object) -> bytes:
    """One message without its length."""
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=5).dump(message)
    return buffer.getvalue()


def pack(message: object) -> bytes:
    """One frame."""
    body = dumps(message)
    return _LENGTH.pack(len(body)) + body


async def read_frame(reader: asyncio.StreamReader) -> Any:
    """The next message. Raises asyncio.IncompleteReadError when the other side has gone."""
    (size,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if size > MAX_BYTES:
        raise asyncio.IncompleteReadError(b"", size)
    return pickle.loads(await reader.readexactly(size))


class Channel:
    """Blocking side of a child process. send may be called from several threads."""

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        self._lock = threading.Lock()

    def send(self, message: object) -> None:
        """Write one message; OSError when the host has gone."""
        data = pack(message)
        with self._lock:
            self._socket.sendall(data)

    def receive(self) -> Any:
        """The next message, None when the host has gone."""
        head = self._exactly(_LENGTH.size)
        if head is None:
            return None
        (size,) = _LENGTH.unpack(head)
        body = self._exactly(size) if size <= MAX_BYTES else None
        return None if body is None else pickle.loads(body)

    def _exactly(self, size: int) -> bytes | None:
        parts, left = [], size
        while left:
            try:
                part = self._socket.recv(min(left, 1 << 20))
            except OSError:
                return None
            if not part:
                return None
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
