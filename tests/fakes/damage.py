"""Model files broken at random: bits, cuts, pieces moved or blanked, and JSON with wrong values, lost and doubled members."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterator
from typing import Any

_WRONG = (-1, 0, 1, 2**31, 2**53, 1e308, 1e-320, "x", "", None, True, [], {}, [[]], {"a": 1}, 0.5, [0] * 50, "../../etc/passwd",
          "http://127.0.0.1/x", "data:application/octet-stream;base64,AAAA")
_KEYS = ("uri", "mesh", "children", "byteOffset", "extensions", "indices", "skin", "targets", "matrix", "count")


def broken(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """(file, how it was broken)."""
    kind = rng.choice(("flip", "cut", "json", "json", "json", "blank", "swap", "head"))
    if kind == "json" and data[:4] == b"glTF":
        size = struct.unpack_from("<I", data, 12)[0]
        text = json.dumps(_edited(json.loads(data[20:20 + size]), rng)).encode()
        text += b" " * (-len(text) % 4)
        body = struct.pack("<II", len(text), 0x4E4F534A) + text + data[20 + size:]
        return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body, kind
    if kind == "cut":
        return data[:rng.randrange(len(data))], kind
    out = bytearray(data)
    if kind == "blank":
        start, size = rng.randrange(len(out)), rng.choice((1, 16, 400))
        out[start:start + size] = bytes(len(out[start:start + size]))
    elif kind == "swap":
        a, b = sorted(rng.randrange(len(out)) for _ in range(2))
        size = min(300, len(out) - b, b - a)
        out[a:a + size], out[b:b + size] = out[b:b + size], out[a:a + size]
    else:
        for _ in range(rng.choice((1, 3, 20))):
            out[rng.randrange(64 if kind == "head" else len(out))] ^= 1 << rng.randrange(8)
    return bytes(out), kind


def _edited(value: Any, rng: random.Random) -> Any:
    for _ in range(rng.choice((1, 1, 2, 5))):
        places = list(_places(value))
        if not places:
            break
        owner, key = rng.choice(places)
        old = owner[key]
        match rng.randrange(4):
            case 0:
                del owner[key]
            case 1 if isinstance(owner, list):
                owner.append(json.loads(json.dumps(old)))
            case 1:
                owner[rng.choice(_KEYS)] = rng.choice(_WRONG)
            case 2 if isinstance(old, int | float):
                owner[key] = old * rng.choice((-1, 2, 1000, 0.5)) + rng.choice((0, 1, -1))
            case _:
                owner[key] = rng.choice(_WRONG)
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in members:
        yield value, key
        yield from _places(inner)
