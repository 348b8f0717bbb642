"""A product while it is packed: plain arrays for each surface, the rest of the file as JSON."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.repairs.triangles import sound_faces
from assets.glb import GlbError
from assets.glb_accessors import Accessors
from assets.glb_container import Document, mapping
from assets.glb_draco import decode_draco
from assets.glb_read import faces_of, scene_of, vertex_normals
from assets.packs.simplify import simplified

_KEPT = ("POSITION", "NORMAL", "TANGENT", "TEXCOORD_0", "TEXCOORD_1", "TEXCOORD_2", "TEXCOORD_3", "COLOR_0")
_TOPPED = ("skins", "animations", "cameras", "buffers", "bufferViews", "accessors")


@dataclass(frozen=True, slots=True)
class Surface:
    """arrays: by attribute, (v, k) float32, positions in mesh space; faces: (f, 3) int64; material: index or None;
    mappings: of KHR_materials_variants, as the file has them."""

    mesh: int
    arrays: dict[str, NDArray[np.float32]]
    faces: NDArray[np.int64]
    material: int | None = None
    mappings: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """value: the JSON without data, meshes without primitives; images: (bytes, mime) of each image;
    scale: of each mesh, the largest at which it is drawn; times: how often each mesh is drawn."""

    value: dict[str, Any]
    surfaces: tuple[Surface, ...]
    images: tuple[tuple[bytes, str], ...] = ()
    scale: dict[int, float] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)

    @property
    def triangles(self) -> int:
        """That are drawn: a mesh used twice counts twice."""
        return sum(len(s.faces) * self.times.get(s.mesh, 0) for s in self.surfaces)


def product_of(document: Document) -> Product:
    """Read a checked document. Raises GlbError. Left out, as everywhere in the show: skins, morphs and animations."""
    scene, accessors = scene_of(document), Accessors(document)
    value = {k: v for k, v in copy.deepcopy(document.json).items() if k not in _TOPPED}
    surfaces: list[Surface] = []
    for m, mesh in enumerate(value.get("meshes", [])):
        for i, spec in enumerate(mesh.pop("primitives", [])):
            made = _surface(spec, m, f"mesh {m}, primitive {i}", accessors)
            if made is not None and len(made.faces):
                surfaces.append(made)
        mesh.pop("weights", None)
    scale, times = dict[int, float](), dict[int, int]()
    for node in scene.nodes:
        if node.mesh is not None:
            size = abs(float(np.linalg.det(node.matrix[:3, :3].astype(np.float64)))) ** (1 / 3)
            scale[node.mesh] = max(scale.get(node.mesh, 0.0), size)
            times[node.mesh] = times.get(node.mesh, 0) + 1
    drawn = tuple(s for s in surfaces if times.get(s.mesh))
    filled = {s.mesh for s in drawn}
    for spec in value.get("nodes", []):
        for key in ("skin", "weights", "camera"):
            spec.pop(key, None)
        if spec.get("mesh") not in filled:
            spec.pop("mesh", None)
    return Product(value, drawn, tuple((i.data, i.mime) for i in scene.images), scale, times)


def _surface(spec: dict[str, Any], mesh: int, name: str, accessors: Accessors) -> Surface | None:
    attributes, extensions = mapping(spec, "attributes", name), mapping(spec, "extensions", name)
    mode = spec.get("mode", 4)
    if mode not in (4, 5, 6) or "POSITION" not in attributes:
        return None
    if "KHR_draco_mesh_compression" in extensions:
        arrays, corners = decode_draco(mapping(extensions, "KHR_draco_mesh_compression", name), attributes, accessors, name)
    else:
        arrays = {k: accessors.read(attributes[k], f"{k} of {name}") for k in _KEPT if k in attributes}
        corners = faces_of(spec, name, mode, len(arrays["POSITION"]), accessors)
    if "COLOR_0" in arrays:
        arrays["COLOR_0"] = _rgba(arrays["COLOR_0"])
    if len({len(a) for a in arrays.values()}) != 1:
        raise GlbError(f"The attributes of {name} have different lengths.", "range")
    plain = {k: np.ascontiguousarray(a, np.float32) for k, a in arrays.items()}
    faces = corners.astype(np.int64)
    if "NORMAL" not in plain:
        plain["NORMAL"] = vertex_normals(plain["POSITION"], corners)
        plain.pop("TANGENT", None)
    mappings = mapping(extensions, "KHR_materials_variants", name).get("mappings", [])
    return joined(Surface(mesh, plain, faces, spec.get("material"), tuple(copy.deepcopy(mappings))))


def _rgba(array: NDArray[Any]) -> NDArray[np.float32]:
    if array.dtype.kind in "iu":
        array = array.astype(np.float32) / np.float32(np.iinfo(array.dtype).max)
    rgba = np.ones((len(array), 4), np.float32)
    rgba[:, :array.shape[1]] = array
    return rgba


def joined(surface: Surface, without: tuple[str, ...] = ()) -> Surface:
    """Equal vertices become one, unused ones go. without: attributes that need not be equal; the first one's stay."""
    arrays = surface.arrays
    compared = [k for k in arrays if k not in without]
    rows = np.ascontiguousarray(np.concatenate([arrays[k] for k in compared], axis=1) + np.float32(0))  # no -0.0
    whole = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).reshape(-1)
    _, first, inverse = np.unique(whole, return_index=True, return_inverse=True)
    faces = inverse.reshape(-1)[surface.faces]
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 0] != faces[:, 2])]
    return compact(replace(surface, arrays={k: a[first] for k, a in arrays.items()}, faces=faces))


def compact(surface: Surface) -> Surface:
    """Without vertices that no face uses."""
    used, inverse = np.unique(surface.faces.reshape(-1), return_inverse=True)
    return replace(surface, arrays={k: a[used] for k, a in surface.arrays.items()}, faces=inverse.reshape(-1, 3))


def reduced(product: Product, target: int, error: float | None = None) -> Product:
    """With at most `target` triangles where shapes allow it; error: see assets.packs.simplify."""
    drawn = product.triangles
    if not product.surfaces or (drawn <= target and error is None):
        return product
    unique = sum(len(s.faces) for s in product.surfaces)
    surfaces = product.surfaces
    wanted = int(unique * min(1.0, target / max(drawn, 1)))
    for loosen in (_as_they_are, _smooth, _bare):
        surfaces = tuple(loosen(s) for s in surfaces)
        surfaces = _one_round(surfaces, product.scale, wanted, error)
        if error is not None or sum(len(s.faces) for s in surfaces) <= wanted * 1.02 + 12 * len(surfaces):
            break
    return replace(product, surfaces=surfaces)


def _one_round(surfaces: tuple[Surface, ...], scale: dict[int, float], wanted: int, error: float | None) -> tuple[Surface, ...]:
    """All surfaces together, so that triangles go where they are seen least."""
    positions = np.concatenate([s.arrays["POSITION"].astype(np.float64) * scale.get(s.mesh, 1.0) for s in surfaces])
    piece = np.concatenate([np.full(len(s.arrays["POSITION"]), s.mesh) for s in surfaces])
    uv = np.concatenate([s.arrays.get("TEXCOORD_0", np.zeros((len(s.arrays["POSITION"]), 2), np.float32)) for s in surfaces])
    start = np.cumsum([0] + [len(s.arrays["POSITION"]) for s in surfaces])
    faces = np.concatenate([s.faces + start[i] for i, s in enumerate(surfaces)])
    left = simplified(positions, piece, faces, wanted, error, uv)
    owner = np.searchsorted(start, left[:, 0], side="right") - 1
    out = []
    for i, s in enumerate(surfaces):
        own = left[owner == i] - start[i]
        own = own[sound_faces(own, s.arrays["POSITION"])[0]]
        if len(own):
            out.append(compact(replace(s, faces=own)))
        elif not any(o.mesh == s.mesh for k, o in enumerate(surfaces) if k != i):
            out.append(s)  # a part must not vanish
    return tuple(out)


def _as_they_are(surface: Surface) -> Surface:
    return surface


def _smooth(surface: Surface) -> Surface:
    """Hard edges give way: a faceted model would keep every triangle."""
    soft = joined(surface, ("NORMAL", "TANGENT"))
    arrays = {k: a for k, a in soft.arrays.items() if k != "TANGENT"}
    arrays["NORMAL"] = vertex_normals(arrays["POSITION"], soft.faces.astype(np.int32))
    return replace(soft, arrays=arrays)


def _bare(surface: Surface) -> Surface:
    """Seams give way, too."""
    return joined(surface, tuple(k for k in surface.arrays if k != "POSITION"))


