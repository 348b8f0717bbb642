"""From a glTF document to a GlbScene: nodes, primitives, materials, images. Every fault is a GlbError."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.glb import MAX_NODE_DEPTH, GlbError, GlbImage, GlbMaterial, GlbMesh, GlbNode, GlbPrimitive, GlbScene
from assets.glb_accessors import Accessors
from assets.glb_container import Document, integer, mapping, number, numbers, open_document, uri_bytes

# Those that we decode, and the material ones that may be left out without changing shape or base colour.
KNOWN_EXTENSIONS = frozenset({
    "KHR_mesh_quantization", "KHR_texture_transform", "KHR_draco_mesh_compression", "EXT_meshopt_compression",
    "KHR_meshopt_compression", "EXT_texture_webp", "KHR_lights_punctual", "KHR_animation_pointer", "KHR_xmp_json_ld",
    "KHR_materials_unlit", "KHR_materials_variants", "KHR_materials_emissive_strength", "KHR_materials_clearcoat",
    "KHR_materials_sheen", "KHR_materials_transmission", "KHR_materials_volume", "KHR_materials_ior",
    "KHR_materials_specular", "KHR_materials_iridescence", "KHR_materials_anisotropy", "KHR_materials_dispersion",
    "KHR_materials_diffuse_transmission", "KHR_materials_pbrSpecularGlossiness",
})  # not EXT_mesh_gpu_instancing: it changes what is drawn, so a file that requires it is refused
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_MIMES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"\xabKTX 20\xbb", "image/ktx2"))


def read_document(source: Path | str | bytes) -> GlbScene:
    """See assets.glb.read_glb."""
    return scene_of(open_document(source))


def scene_of(document: Document) -> GlbScene:
    """The scene of an opened document. Raises GlbError."""
    used = _names(document.json, "extensionsUsed")
    unknown = [e for e in _names(document.json, "extensionsRequired") if e not in KNOWN_EXTENSIONS]
    if unknown:
        raise GlbError(f"The file requires {', '.join(unknown)[:200]}, which is not supported; export without it.",
                       "unsupported")
    accessors = Accessors(document)
    materials, transforms = _materials(document, len(document.items("images")))
    shown = {m.base_texture for m in materials}
    images = tuple(_image(document, accessors, i, i in shown) for i in range(len(document.items("images"))))
    variants = _variant_names(document)
    meshes = tuple(
        GlbMesh(_name(m, f"mesh{i}"), _primitives(m, f"mesh {i}", accessors, materials, transforms, variants))
        for i, m in enumerate(document.items("meshes")))
    light_spec = mapping(mapping(document.json, "extensions", "the file"), "KHR_lights_punctual", "the file")
    return GlbScene(_nodes(document, len(meshes)), meshes, materials, images, variants, used,
                    len(document.items("cameras")), len(light_spec.get("lights", []) or []),
                    str(document.json["asset"].get("generator", ""))[:200])


def _names(json: dict[str, Any], key: str) -> tuple[str, ...]:
    value = json.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise GlbError(f"'{key}' must be a list of names.")
    return tuple(value)


def _name(owner: dict[str, Any], default: str) -> str:
    value = owner.get("name", default)
    return value if isinstance(value, str) and value else default


def _image(document: Document, accessors: Accessors, index: int, shown: bool) -> GlbImage:
    """Image `index`; one that no base colour uses and that cannot be read is a white point."""
    spec, where = document.items("images")[index], f"image {index}"
    try:
        return _readable_image(document, accessors, spec, where, _name(spec, f"image{index}"))
    except GlbError:
        if shown:
            raise
        return GlbImage(_white_png(), "image/png", _name(spec, f"image{index}"))


def _white_png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


def _readable_image(document: Document, accessors: Accessors, spec: dict[str, Any], where: str, name: str) -> GlbImage:
    if "bufferView" in spec:
        data = accessors.view(integer(spec, "bufferView", where), where)
    elif "uri" in spec:
        data = uri_bytes(document, spec["uri"], where)
    else:
        raise GlbError(f"The {where} has neither a uri nor a bufferView.")
    mime = next((m for magic, m in _MIMES if data.startswith(magic)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        mime = "image/webp"
    if not mime:
        raise GlbError(f"The {where} is not a PNG, JPEG or WebP file.", "image")
    if mime == "image/ktx2":
        raise GlbError(f"The {where} is KTX2 (KHR_texture_basisu), which is not supported; export PNG, JPEG or WebP.",
                       "unsupported")
    return GlbImage(data, mime, name)


Transform = tuple[tuple[float, ...], float, tuple[float, ...]]  # offset, rotation in radians, scale


def _materials(document: Document, images: int) -> tuple[tuple[GlbMaterial, ...], list[Transform | None]]:
    made, transforms = [], []
    for i, spec in enumerate(document.items("materials")):
        where = f"material {i}"
        pbr = mapping(spec, "pbrMetallicRoughness", where)
        extensions = mapping(spec, "extensions", where)
        gloss = mapping(extensions, "KHR_materials_pbrSpecularGlossiness", where)
        colour_key, texture_key = "baseColorFactor", "baseColorTexture"
        if gloss and not pbr:
            pbr, colour_key, texture_key = gloss, "diffuseFactor", "diffuseTexture"
        texture = mapping(pbr, texture_key, where)
        moved = mapping(mapping(texture, "extensions", where), "KHR_texture_transform", where)
        strength = number(mapping(extensions, "KHR_materials_emissive_strength", where), "emissiveStrength", 1.0, where)
        emissive = numbers(spec, "emissiveFactor", 3, (0.0, 0.0, 0.0), where)
        mode = spec.get("alphaMode", "OPAQUE")
        if mode not in ("OPAQUE", "MASK", "BLEND"):
            mode = "OPAQUE"  # glTF 2.0: its default; the gate warns
        colour = numbers(pbr, colour_key, 4, (1.0, 1.0, 1.0, 1.0), where)
        made.append(GlbMaterial(
            _name(spec, f"material{i}"), (colour[0], colour[1], colour[2], colour[3]),
            0.0 if pbr is gloss and gloss else number(pbr, "metallicFactor", 1.0, where),
            number(pbr, "roughnessFactor", 1.0, where),
            (emissive[0] * strength, emissive[1] * strength, emissive[2] * strength),
            "KHR_materials_unlit" in extensions, _image_of(document, texture, where, images) if texture else None,
            integer(moved, "texCoord", where, integer(texture, "texCoord", where, 0)) if texture else 0,
            spec.get("doubleSided") is True, mode, number(spec, "alphaCutoff", 0.5, where)))
        transforms.append((numbers(moved, "offset", 2, (0.0, 0.0), where), number(moved, "rotation", 0.0, where),
                           numbers(moved, "scale", 2, (1.0, 1.0), where)) if moved else None)
    return tuple(made), transforms


def _image_of(document: Document, texture: dict[str, Any], where: str, images: int) -> int:
    index, textures = integer(texture, "index", where), document.items("textures")
    if index >= len(textures):
        raise GlbError(f"The {where} uses texture {index}; the file has {len(textures)}.", "index")
    spec = textures[index]
    extensions = mapping(spec, "extensions", f"texture {index}")
    webp = mapping(extensions, "EXT_texture_webp", f"texture {index}")
    if "source" not in webp and "source" not in spec:
        raise GlbError(f"Texture {index} has no source that can be read (it uses {', '.join(extensions) or 'none'}).",
                       "unsupported")
    image = integer(webp if "source" in webp else spec, "source", f"texture {index}")
    if image >= images:
        raise GlbError(f"Texture {index} uses image {image}; the file has {images}.", "index")
    return image


def _variant_names(document: Document) -> tuple[str, ...]:
    spec = mapping(mapping(document.json, "extensions", "the file"), "KHR_materials_variants", "the file")
    variants = spec.get("variants", [])
    if not isinstance(variants, list) or not all(isinstance(v, dict) for v in variants):
        raise GlbError("The variants of KHR_materials_variants must be a list of objects.")
    return tuple(_name(v, f"variant{i}") for i, v in enumerate(variants))


def _primitives(mesh: dict[str, Any], where: str, accessors: Accessors, materials: tuple[GlbMaterial, ...],
                transforms: list[Transform | None], variants: tuple[str, ...]) -> tuple[GlbPrimitive, ...]:
    specs = mesh.get("primitives")
    if not isinstance(specs, list) or not specs or not all(isinstance(s, dict) for s in specs):
        raise GlbError(f"The {where} has no primitives.")
    made = []
    for i, spec in enumerate(specs):
        name = f"{where.capitalize()}, primitive {i}"
        mode = integer(spec, "mode", name, _TRIANGLES)
        # Points and lines carry no surface, vertices without a position no place.
        if mode in (_TRIANGLES, _STRIP, _FAN) and "POSITION" in mapping(spec, "attributes", name):
            made.append(_primitive(spec, name, mode, accessors, materials, transforms, variants))
        elif mode > _FAN:
            raise GlbError(f"The mode of {name} is {mode}, which glTF does not know.")
    return tuple(made)


def _primitive(spec: dict[str, Any], name: str, mode: int, accessors: Accessors, materials: tuple[GlbMaterial, ...],
               transforms: list[Transform | None], variants: tuple[str, ...]) -> GlbPrimitive:
    from assets.glb_draco import decode_draco

    attributes = mapping(spec, "attributes", name)
    extensions = mapping(spec, "extensions", name)
    if "KHR_draco_mesh_compression" in extensions:
        arrays, faces = decode_draco(mapping(extensions, "KHR_draco_mesh_compression", name), attributes, accessors, name)
    else:
        arrays = {k: accessors.read(attributes[k], f"{k} of {name}", w) for k, w in _WANTED.items() if k in attributes}
        if "COLOR_0" in attributes:
            arrays["COLOR_0"] = accessors.read(attributes["COLOR_0"], f"COLOR_0 of {name}")
        faces = faces_of(spec, name, mode, len(arrays["POSITION"]), accessors)
    positions = arrays["POSITION"].astype(np.float32)
    vertices = len(positions)
    for key, array in arrays.items():
        if len(array) != vertices:
            raise GlbError(f"{key} of {name} has {len(array)} entries for {vertices} vertices.", "range")
    if len(faces) and int(faces.max()) >= vertices:
        raise GlbError(f"{name} uses vertex {int(faces.max())}; it has {vertices}.", "range")
    material = _material_index(spec, name, materials)
    uvs = {k: arrays[k].astype(np.float32) if k in arrays else None for k in ("TEXCOORD_0", "TEXCOORD_1")}
    if material is not None and transforms[material] is not None:
        key = f"TEXCOORD_{materials[material].texcoord}"
        uvs[key] = moved_uv(uvs.get(key), transforms[material])
    normals = _unit(arrays["NORMAL"].astype(np.float32)) if "NORMAL" in arrays else vertex_normals(positions, faces)
    return GlbPrimitive(_frozen(positions), _frozen(normals), _frozen(faces), _frozen(uvs["TEXCOORD_0"]),
                        _frozen(uvs["TEXCOORD_1"]), _frozen(_colours(arrays.get("COLOR_0"), name)), material,
                        _variant_materials(extensions, name, variants, len(materials)))


_WANTED = {"POSITION": 3, "NORMAL": 3, "TEXCOORD_0": 2, "TEXCOORD_1": 2}


def faces_of(spec: dict[str, Any], name: str, mode: int, vertices: int, accessors: Accessors) -> NDArray[np.int32]:
    if "indices" in spec:
        raw = accessors.read(spec["indices"], f"Indices of {name}", 1)
        if raw.dtype.kind != "u":
            raise GlbError(f"The indices of {name} are not unsigned whole numbers.")
        flat = raw[:, 0].astype(np.int64)
    else:
        flat = np.arange(vertices, dtype=np.int64)
    if mode == _TRIANGLES:
        faces = flat[:len(flat) // 3 * 3].reshape(-1, 3)  # glTF 2.0, 3.7.2.1: what is left over is not drawn
    elif len(flat) < 3:
        faces = np.zeros((0, 3), np.int64)
    elif mode == _STRIP:
        faces = np.stack([flat[:-2], flat[1:-1], flat[2:]], 1)
        faces[1::2] = faces[1::2][:, [1, 0, 2]]
    else:
        faces = np.stack([np.full(len(flat) - 2, flat[0]), flat[1:-1], flat[2:]], 1)
    if len(faces) and int(faces.max()) >= vertices:
        raise GlbError(f"{name} uses vertex {int(faces.max())}; it has {vertices}.", "range")
    return faces.astype(np.int32)


def _material_index(spec: dict[str, Any], name: str, materials: tuple[GlbMaterial, ...]) -> int | None:
    if "material" not in spec:
        return None
    index = integer(spec, "material", name)
    if index >= len(materials):
        raise GlbError(f"{name} uses material {index}; the file has {len(materials)}.", "index")
    return index


def _variant_materials(extensions: dict[str, Any], name: str, variants: tuple[str, ...], materials: int) -> dict[str, int]:
    chosen: dict[str, int] = {}
    mappings = mapping(extensions, "KHR_materials_variants", name).get("mappings", [])
    if not isinstance(mappings, list):
        raise GlbError(f"The variant mappings of {name} must be a list.")
    for entry in mappings:
        if not isinstance(entry, dict) or not isinstance(entry.get("variants"), list):
            raise GlbError(f"The variant mappings of {name} must be objects with 'variants'.")
        material = integer(entry, "material", name)
        for v in entry["variants"]:
            if isinstance(v, bool) or not isinstance(v, int) or not 0 <= v < len(variants) or material >= materials:
                raise GlbError(f"{name} maps variant {v!r:.40} to material {material}; one of them is missing.", "index")
            chosen[variants[v]] = material
    return chosen


def _colours(array: NDArray[Any] | None, name: str) -> NDArray[np.float32] | None:
    if array is None:
        return None
    if array.shape[1] not in (3, 4):
        raise GlbError(f"COLOR_0 of {name} has {array.shape[1]} numbers per vertex, not 3 or 4.")
    if array.dtype.kind in "iu":  # integer colours without `normalized` are invalid but common
        array = array.astype(np.float32) / np.float32(np.iinfo(array.dtype).max)
    rgba = np.ones((len(array), 4), np.float32)
    rgba[:, :array.shape[1]] = array
    return rgba


def moved_uv(uv: NDArray[np.float32] | None, transform: Transform | None) -> NDArray[np.float32] | None:
    if uv is None or transform is None:
        return uv
    (dx, dy), angle, (sx, sy) = transform
    c, s = np.cos(angle), np.sin(angle)
    matrix = np.array([[c * sx, s * sy], [-s * sx, c * sy]], np.float32)
    return (uv @ matrix.T + np.array([dx, dy], np.float32)).astype(np.float32)


def vertex_normals(positions: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """(v, 3) unit normals, weighted by area; +Y where a vertex has no face."""
    normals = np.zeros((len(positions), 3), np.float64)
    if len(faces):
        a, b, c = (positions[faces[:, k]].astype(np.float64) for k in range(3))
        cross = np.cross(b - a, c - a)
        for k in range(3):
            np.add.at(normals, faces[:, k], cross)
    return _unit(normals.astype(np.float32))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return np.where(length > 1e-20, vectors / np.maximum(length, 1e-20), (0.0, 1.0, 0.0)).astype(np.float32)


def _frozen(array: Any) -> Any:
    if array is None:
        return None
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array


def _nodes(document: Document, meshes: int) -> tuple[GlbNode, ...]:
    specs = document.items("nodes")
    made: list[GlbNode] = []
    seen: set[int] = set()
    queue: list[tuple[Any, int | None, int]] = [(root, None, 1) for root in reversed(_roots(document, specs))]
    while queue:
        index, parent, depth = queue.pop()
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(specs):
            raise GlbError(f"A node refers to node {index!r:.40}; the file has {len(specs)}.", "index")
        if index in seen:
            raise GlbError(f"Node {index} is reached twice; nodes must form a tree.", "cycle")
        if depth > MAX_NODE_DEPTH:
            raise GlbError(f"Nodes are nested more than {MAX_NODE_DEPTH} deep.", "depth")
        seen.add(index)
        spec, where = specs[index], f"node {index}"
        mesh = integer(spec, "mesh", where) if "mesh" in spec else None
        if mesh is not None and mesh >= meshes:
            raise GlbError(f"The {where} uses mesh {mesh}; the file has {meshes}.", "index")
        with np.errstate(all="ignore"):
            matrix = local_matrix(spec, where)
            if parent is not None:
                matrix = made[parent].matrix.astype(np.float64) @ matrix
            matrix = matrix.astype(np.float32)
        if not np.isfinite(matrix).all():
            raise GlbError(f"The transform of {where} is not finite.", "non_finite")
        made.append(GlbNode(_name(spec, f"node{index}"), _frozen(matrix), parent, mesh))
        children = spec.get("children", [])
        if not isinstance(children, list):
            raise GlbError(f"The children of {where} must be a list.")
        queue.extend((child, len(made) - 1, depth + 1) for child in reversed(children))
    return tuple(made)


def _roots(document: Document, specs: list[dict[str, Any]]) -> list[Any]:
    scenes = document.items("scenes")
    if scenes:
        index = integer(document.json, "scene", "the file", 0)
        if index >= len(scenes):
            raise GlbError(f"The default scene is {index}; the file has {len(scenes)}.", "index")
        roots = scenes[index].get("nodes", [])
        if not isinstance(roots, list):
            raise GlbError("The nodes of a scene must be a list.")
        return roots
    children = {c for s in specs for c in s.get("children", []) or [] if isinstance(c, int)} if specs else set()
    return [i for i in range(len(specs)) if i not in children]


def local_matrix(spec: dict[str, Any], where: str) -> NDArray[np.float64]:
    """(4, 4) node to parent, from `matrix` or translation, rotation and scale. Raises GlbError."""
    if "matrix" in spec:
        return np.array(numbers(spec, "matrix", 16, (), where)).reshape(4, 4).T
    x, y, z, w = numbers(spec, "rotation", 4, (0.0, 0.0, 0.0, 1.0), where)
    length = (x * x + y * y + z * z + w * w) ** 0.5
    if length < 1e-9:
        raise GlbError(f"The rotation of {where} is no quaternion: its length is 0.")
    x, y, z, w = x / length, y / length, z / length, w / length
    rotation = np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                         [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                         [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]])
    matrix = np.eye(4)
    matrix[:3, :3] = rotation * np.array(numbers(spec, "scale", 3, (1.0, 1.0, 1.0), where))
    matrix[:3, 3] = numbers(spec, "translation", 3, (0.0, 0.0, 0.0), where)
    return matrix
