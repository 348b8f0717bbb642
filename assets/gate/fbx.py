"""FBX, Collada and 3MF through the Assimp library (assimp-py): triangles, normals, UVs, colours and pictures, in metres.

docs/decisions/0012 says why Assimp and what it does not bring.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.assembly import Assembly, Part
from assets.glb import GlbError
from assets.glb_container import Document, uri_bytes

MOST_NODES = 20_000
_BLENDER = b"Blender (stable FBX IO)"  # how its exporter signs
_DIFFUSE, _BASE_COLOUR = 1, 12  # Assimp's texture kinds
# Where FBX says how many centimetres one unit has: in text, and in its binary records.
_UNIT_TEXT = re.compile(rb'"UnitScaleFactor",\s*"double",\s*"Number",\s*"",\s*([0-9.eE+-]+)')
_UNIT_BINARY = re.compile(rb"UnitScaleFactorS\x06\0\0\0doubleS\x06\0\0\0NumberS\0\0\0\0D(.{8})", re.DOTALL)
_3MF_UNITS_M = {"micron": 1e-6, "millimeter": 0.001, "centimeter": 0.01, "inch": 0.0254, "foot": 0.3048, "meter": 1.0}
_EMBEDDED = re.compile(rb"\x07ContentR(.{4})", re.DOTALL)


def fbx_to_glb(path: str, data: bytes, document: Document) -> bytes:
    """The file as a GLB. document: resolves pictures beside it. Raises GlbError."""
    suffix = PurePosixPath(path).suffix.lower()
    name = {".dae": "Collada", ".3mf": "3MF"}.get(suffix, "FBX")
    try:
        import assimp_py
    except ImportError:
        raise GlbError(f"{name} files need the package assimp-py (pip install assimp-py); or export as GLB.",
                       "unsupported") from None
    flags = (assimp_py.Process_Triangulate | assimp_py.Process_GenSmoothNormals | assimp_py.Process_SortByPType
             | assimp_py.Process_JoinIdenticalVertices)
    try:
        scene = assimp_py.import_file(path, flags)
    except Exception as error:  # it raises RuntimeError and its own kinds
        raise GlbError(f"The {name} file cannot be read ({str(error)[-100:]}).", "not_gltf") from None
    made = Assembly(f"nightwindow, from {name}")
    materials = [made.material(_material(m, made, data, document)) for m in scene.materials]
    queue: list[tuple[Any, NDArray[np.float64]]] = [(scene.root_node, _world(suffix, data))]
    seen = 0
    while queue:
        node, above = queue.pop()
        seen += 1
        if seen > MOST_NODES:
            raise GlbError(f"The {name} file has more than {MOST_NODES:,} objects.", "too_large")
        matrix = above @ np.asarray(node.transformation, np.float64).reshape(4, 4)
        for k in node.mesh_indices:
            _add(made, scene.meshes[k], str(node.name), matrix, materials)
        queue.extend((child, matrix) for child in node.children)
    return made.glb()


def _world(suffix: str, data: bytes) -> NDArray[np.float64]:
    """(4, 4) file to metres, +Y up. Assimp has done it for Collada; 3MF counts in millimetres unless it says so, +Z up."""
    if suffix == ".dae":
        return np.eye(4)
    if suffix == ".3mf":
        unit = _3mf_unit_m(data)
        return np.array([[unit, 0, 0, 0], [0, 0, unit, 0], [0, -unit, 0, 0], [0, 0, 0, 1.0]])
    return np.diag([*[unit_m(data)] * 3, 1.0])


def _3mf_unit_m(data: bytes) -> float:
    """Source: 3MF core specification 3.4, the model's attribute "unit"."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            model = next(n for n in file.namelist() if n.lower().endswith(".model"))
            with file.open(model) as text:
                head = text.read(4096)  # the element stands first; the rest may be a bomb
    except (StopIteration, OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return 0.001
    found = re.search(rb'<model\b[^>]*\bunit="([a-z]+)"', head)
    return _3MF_UNITS_M.get(found[1].decode() if found else "", 0.001)


def _add(made: Assembly, mesh: Any, name: str, matrix: NDArray[np.float64], materials: list[int]) -> None:
    faces = np.asarray(mesh.indices, np.int64)
    faces = faces[:len(faces) // 3 * 3].reshape(-1, 3)
    points = np.asarray(mesh.vertices, np.float64).reshape(-1, 3)
    if not len(faces) or mesh.num_indices != mesh.num_faces * 3:  # points and lines carry no surface
        return
    if int(faces.max()) >= len(points):
        raise GlbError(f"A triangle of {name} uses a vertex that is missing.", "range")
    normals = np.asarray(mesh.normals if mesh.normals is not None else [], np.float64).reshape(-1, 3)
    uv = None
    if mesh.texcoords and mesh.num_uv_components[0] >= 2:
        flat = np.asarray(mesh.texcoords[0], np.float64).reshape(len(points), -1)
        uv = flat[faces][..., :2] * (1, -1) + (0, 1)
    index = mesh.material_index
    made.add(Part(name, points[faces], normals[faces] if len(normals) == len(points) else None, uv,
                  materials[index] if 0 <= index < len(materials) else None, matrix))


def _material(spec: dict[str, Any], made: Assembly, data: bytes, document: Document) -> dict[str, Any]:
    """Phong as a dull plastic: FBX says nothing of metal, and its gloss means a different thing in every exporter. Blender's
    is known: it writes metal as the reflection and roughness as ((1 - roughness) * 10)² of shininess."""
    colour = [min(max(float(c), 0.0), 1.0) for c in (spec.get("COLOR_DIFFUSE") or (0.8, 0.8, 0.8))[:3]]
    opacity = min(max(float(spec.get("OPACITY", 1.0)), 0.0), 1.0)
    pbr: dict[str, Any] = {"baseColorFactor": [*colour, opacity], "metallicFactor": 0.0, "roughnessFactor": 0.6}
    if _BLENDER in data:
        gloss, mirror = float(spec.get("SHININESS", 16.0)), float(spec.get("REFLECTIVITY", 0.0))
        pbr |= {"metallicFactor": min(max(mirror, 0.0), 1.0), "roughnessFactor": 1 - min(max(gloss, 0.0), 100.0) ** 0.5 / 10}
    found = spec.get("TEXTURES") or {}
    names = found.get(_BASE_COLOUR) or found.get(_DIFFUSE) or []
    picture = _picture(str(names[0]), data, document) if names else None
    index = made.texture(picture) if picture else None
    if index is not None:
        pbr |= {"baseColorTexture": {"index": index}, "baseColorFactor": [1.0, 1.0, 1.0, opacity]}
    return {"name": str(spec.get("NAME", "")), "pbrMetallicRoughness": pbr, **({"alphaMode": "BLEND"} if opacity < 1 else {})}


def _picture(name: str, data: bytes, document: Document) -> bytes | None:
    """The bytes of a picture: embedded ("*0") or a file beside the model, whatever folder the artist had it in."""
    if name.startswith("*"):
        inside = embedded(data)
        number = int(name[1:]) if name[1:].isdigit() else -1
        return inside[number] if 0 <= number < len(inside) else None
    try:
        return uri_bytes(document, PurePosixPath(name.replace("\\", "/")).name, "a picture")
    except GlbError:
        return None  # not sent along: its colour stays


def embedded(data: bytes) -> list[bytes]:
    """Pictures inside a binary FBX, in file order."""
    found = []
    for match in _EMBEDDED.finditer(data):
        size = struct.unpack("<I", match[1])[0]
        if size:
            found.append(data[match.end():match.end() + size])
    return found


def unit_m(data: bytes) -> float:
    """Metres of one unit; FBX counts in centimetres and states how many."""
    binary, text = _UNIT_BINARY.search(data), _UNIT_TEXT.search(data)
    try:
        centimetres = struct.unpack("<d", binary[1])[0] if binary else float(text[1]) if text else 1.0
    except ValueError:
        centimetres = 1.0
    return centimetres / 100 if 1e-6 < centimetres < 1e6 else 0.01
