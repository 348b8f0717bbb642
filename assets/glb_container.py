"""The outside of a glTF file: GLB chunks, JSON, buffers and images as bytes. Every fault is a GlbError."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from assets.glb import GlbError

MAX_JSON_BYTES = 16 * 1024 * 1024  # facts/products 4.2: more is refused before parsing
MAX_FILE_BYTES = 200 * 1024 * 1024  # of a file beside the document
_MAGIC, _JSON, _BIN = b"glTF", 0x4E4F534A, 0x004E4942


@dataclass(frozen=True, slots=True)
class Document:
    """json: the parsed object; binary: the BIN chunk or None; folder: where relative URIs are looked up, or None;
    is_glb: whether it came in a GLB."""

    json: dict[str, Any]
    binary: bytes | None
    folder: Path | None
    is_glb: bool = False

    def items(self, key: str) -> list[dict[str, Any]]:
        """The list of objects under `key`, [] when absent. Raises GlbError when it is something else."""
        value = self.json.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise GlbError(f"'{key}' must be a list of objects.")
        return value


def open_document(source: Path | str | bytes, folder: Path | None = None) -> Document:
    """Read the container. folder: for relative URIs when source is bytes. Raises GlbError; OSError when a path cannot be
    read."""
    if isinstance(source, bytes):
        data = source
    else:
        path = Path(source)
        data, folder = path.read_bytes(), path.parent
    if data[:4] == _MAGIC:
        text, binary = _split_glb(data)
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        text, binary = data, None
    else:
        raise GlbError("This is neither a GLB nor a glTF file.", "not_gltf")
    return Document(_parse_json(text), binary, folder, data[:4] == _MAGIC)


def _split_glb(data: bytes) -> tuple[bytes, bytes | None]:
    if len(data) < 20:
        raise GlbError(f"The file is cut off after {len(data)} bytes, inside its header.", "truncated")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise GlbError(f"The file is glTF version {version}; export it as glTF 2.0.", "version")
    if length > len(data):
        raise GlbError(f"The file is cut off: it announces {length} bytes and has {len(data)}.", "truncated")
    size, kind = struct.unpack_from("<II", data, 12)
    if kind != _JSON:
        raise GlbError("The first chunk of the GLB is not JSON.")
    if 20 + size > length:
        raise GlbError(f"The JSON chunk announces {size} bytes, more than the file holds.", "truncated")
    if size > MAX_JSON_BYTES:
        raise GlbError(f"The JSON chunk has {size / 2**20:.1f} MiB; at most 16 MiB are read.", "json_size")
    text, at, binary = data[20:20 + size], 20 + size, None
    while at + 8 <= length:
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            raise GlbError(f"A chunk of {size} bytes reaches past the end of the file.", "truncated")
        if kind == _BIN and binary is None:
            binary = data[at + 8:at + 8 + size]
        at += 8 + size
    if at != length and length - at >= 4:
        raise GlbError("Bytes are left over after the last chunk.", "truncated")
    return text, binary


def _parse_json(text: bytes) -> dict[str, Any]:
    if len(text) > MAX_JSON_BYTES:
        raise GlbError(f"The JSON has {len(text) / 2**20:.1f} MiB; at most 16 MiB are read.", "json_size")
    try:
        value = json.loads(text.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except GlbError:
        raise
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise GlbError(f"The JSON cannot be parsed: {error}.", "json") from None
    except RecursionError:
        raise GlbError("The JSON is nested too deeply.", "json") from None
    except ValueError:  # Python's own limit of 4,300 digits for one number
        raise GlbError("The JSON holds a number of thousands of digits.", "json") from None
    if not isinstance(value, dict):
        raise GlbError("The JSON is not an object.", "json")
    asset = value.get("asset")
    if not isinstance(asset, dict) or not isinstance(asset.get("version"), str):
        raise GlbError("'asset.version' is missing; every glTF file states its version.", "version")
    if asset["version"].split(".")[0] != "2":
        raise GlbError(f"The file is glTF version {asset['version']}; export it as glTF 2.0.", "version")
    return value


def _refuse_constant(name: str) -> float:
    raise GlbError(f"The JSON holds the number {name}, which is not finite.", "non_finite")


def buffer_bytes(document: Document, index: int) -> bytes:
    """The bytes of buffer `index`, at least byteLength of them. Raises GlbError."""
    buffers = document.items("buffers")
    if not 0 <= index < len(buffers):
        raise GlbError(f"Buffer {index} does not exist; the file has {len(buffers)}.", "index")
    buffer = buffers[index]
    size = integer(buffer, "byteLength", f"buffer {index}")
    uri = buffer.get("uri")
    if uri is None:
        if index != 0 or document.binary is None:
            raise GlbError(f"Buffer {index} has neither a uri nor a binary chunk.")
        data = document.binary
    else:
        data = uri_bytes(document, uri, f"buffer {index}")
    if len(data) < size:
        raise GlbError(f"Buffer {index} announces {size} bytes and has {len(data)}.", "truncated")
    return data


def uri_bytes(document: Document, uri: object, where: str) -> bytes:
    """Bytes behind a data URI or a file beside the document. Raises GlbError for anything on a network or outside."""
    if not isinstance(uri, str):
        raise GlbError(f"The uri of {where} is not text.")
    if uri.startswith("data:"):
        head, _, body = uri.partition(",")
        if not head.endswith(";base64"):
            return unquote_to_bytes(body)
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise GlbError(f"The data URI of {where} is broken base64.") from None
    name = unquote(uri)
    if "://" in name or name.startswith(("//", "/", "\\")) or ":" in name.split("/")[0]:
        raise GlbError(f"{where.capitalize()} points outside the file ({name[:80]}); embed it instead.", "external")
    if "\0" in name or ".." in Path(name).parts or "\\" in name:
        raise GlbError(f"{where.capitalize()} points outside its folder ({name[:80]!r}); embed it instead.", "external")
    if document.folder is None:
        raise GlbError(f"{where.capitalize()} is in another file ({name[:80]}); export as one GLB.", "external")
    path = document.folder / name
    try:
        inside = path.resolve().is_relative_to(document.folder.resolve())
        if not inside:
            raise GlbError(f"{where.capitalize()} points outside its folder ({name[:80]}).", "external")
        if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
            raise GlbError(f"{where.capitalize()} names {name[:80]!r}, which is no file of at most 200 MB.", "external")
        return path.read_bytes()
    except GlbError:
        raise
    except (OSError, ValueError):
        raise GlbError(f"{where.capitalize()} names the file {name[:80]!r}, which cannot be read.", "external") from None


def integer(owner: dict[str, Any], key: str, where: str, default: int | None = None) -> int:
    """A whole number >= 0 under `key`. Raises GlbError when missing (without default) or something else."""
    value = owner.get(key, default)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0 or value > 2**40:
        raise GlbError(f"'{key}' of {where} must be a whole number of 0 or more, got {value!r:.60}.")
    return value


def numbers(owner: dict[str, Any], key: str, count: int, default: tuple[float, ...], where: str) -> tuple[float, ...]:
    """`count` finite numbers under `key`, else `default`. Raises GlbError."""
    value = owner.get(key, default)
    if not isinstance(value, list | tuple) or len(value) != count:
        raise GlbError(f"'{key}' of {where} must be {count} numbers.")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) < 1e30:
            raise GlbError(f"'{key}' of {where} holds {number!r:.40}, which is not a finite number.", "non_finite")
    return tuple(float(v) for v in value)


def number(owner: dict[str, Any], key: str, default: float, where: str) -> float:
    """One finite number under `key`, else `default`. Raises GlbError."""
    return numbers({key: [owner.get(key, default)]}, key, 1, (default,), where)[0]


def mapping(owner: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    """The object under `key`, {} when absent. Raises GlbError when it is something else."""
    value = owner.get(key, {})
    if not isinstance(value, dict):
        raise GlbError(f"'{key}' of {where} must be an object.")
    return value
