"""The chunks of a GLB. Source: glTF 2.0, chapter 4."""

from __future__ import annotations

import struct

from assets.gate.spec.problems import Problems

_JSON, _BIN = 0x4E4F534A, 0x004E4942
_BOM = b"\xef\xbb\xbf"
MOST_CHUNKS = 10_000  # empty chunks cost 8 bytes each; nobody needs more than three


def check(data: bytes, problems: Problems) -> None:
    """Note what is wrong with the container; a .gltf has none, only perhaps a byte order mark."""
    if data[:4] != b"glTF":
        if data.startswith(_BOM):
            problems.add("invalid_json", "", "a byte order mark at the beginning")
        return
    if len(data) < 12:
        problems.add("glb_unexpected_end_of_header", f"byte {len(data)}")
        return
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        problems.add("glb_invalid_version", "byte 4", version)
        return
    if length <= 12:
        problems.add("glb_length_too_small", "byte 8", length)
    if length > len(data):
        problems.add("glb_length_mismatch", "byte 8", f"{length} announced, {len(data)} there")
    _chunks(data, length, problems)


def _chunks(data: bytes, length: int, problems: Problems) -> None:
    at, seen, number = 12, set[int](), 0
    end = min(length, len(data))
    while at < end and number < MOST_CHUNKS:
        where = f"byte {at}"
        if at + 8 > end:
            problems.add("glb_unexpected_end_of_chunk_header", where)
            return
        size, kind = struct.unpack_from("<II", data, at)
        if size % 4:
            problems.add("glb_chunk_length_unaligned", where, size)
        if at + 8 + size > length:
            problems.add("glb_chunk_too_big", where, size)
        if number == 0 and kind != _JSON:
            problems.add("glb_unexpected_first_chunk", where, f"0x{kind:08x}")
        if kind == _BIN and number > 1 and _BIN not in seen:
            problems.add("glb_unexpected_bin_chunk", where)
        if kind == _JSON and size == 0:
            problems.add("glb_empty_chunk", where)
        if kind in (_JSON, _BIN) and kind in seen:
            problems.add("glb_duplicate_chunk", where, "JSON" if kind == _JSON else "BIN")
        if at + 8 + size > len(data):
            problems.add("glb_unexpected_end_of_chunk_data", where)
        if kind == _JSON and data[at + 8:at + 11] == _BOM:
            problems.add("invalid_json", where, "a byte order mark at the beginning")
        seen.add(kind)
        at, number = at + 8 + size, number + 1
