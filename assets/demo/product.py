"""From named parts and materials to a product's GLB: smooth normals, baked occlusion, true size, pivot bottom centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from assets.demo.normals import shaded
from assets.demo.occlusion import Surface, occlusion
from assets.demo.shapes import Shape
from assets.glb import GlbImage, GlbMaterial, GlbMesh, GlbNode, GlbPrimitive, GlbScene


@dataclass(frozen=True, slots=True)
class Part:
    """A named node: shapes by material name, all in product space (metres)."""

    name: str
    surfaces: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """sku; parts; materials by name (base_texture: index into images); variants: name -> {material: material};
    size_m: width, height, depth that the product is scaled to, in case the modelling is a little off."""

    sku: str
    parts: tuple[Part, ...]
    materials: Mapping[str, GlbMaterial]
    size_m: tuple[float, float, float]
    images: tuple[GlbImage, ...] = ()
    variants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def srgb(code: str) -> tuple[float, float, float, float]:
    """Linear RGBA of a web colour such as "#c8a060"."""
    values = np.array([int(code[i:i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return float(linear[0]), float(linear[1]), float(linear[2]), 1.0


def material(name: str, code: str, roughness: float, metallic: float = 0.0, glow: float = 0.0,
             texture: int | None = None) -> GlbMaterial:
    """A PBR material; glow: emitted light as a multiple of the colour."""
    colour = srgb(code)
    return GlbMaterial(name, colour, metallic, roughness, (colour[0] * glow, colour[1] * glow, colour[2] * glow),
                       base_texture=texture)


def part(name: str, *surfaces: tuple[str, Shape] | tuple[str, Sequence[Shape]]) -> Part:
    """part("shade", ("enamel", shape), ("brass", [shape, shape]))."""
    flat: list[tuple[str, Shape]] = []
    for material_name, shapes in surfaces:
        flat.extend((material_name, s) for s in ([shapes] if isinstance(shapes, Shape) else shapes))
    return Part(name, tuple(flat))


def assemble(product: Product) -> GlbScene:
    """The product as a scene: a root node named after the sku and one child node per part."""
    every = np.concatenate([s.positions for p in product.parts for _, s in p.surfaces])
    low, high = every.min(0), every.max(0)
    scale = np.asarray(product.size_m) / (high - low)
    shift = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    names = list(product.materials)
    pieces: list[tuple[int, str, Surface]] = []
    for i, p in enumerate(product.parts):
        by_material: dict[str, list[Shape]] = {}
        for name, shape in p.surfaces:
            fitted = shape.bent(lambda q: (q - shift) * scale)
            by_material.setdefault(name, []).append(fitted)
        for name, shapes in by_material.items():
            textured = product.materials[name].base_texture is not None
            pieces.append((i, name, _merged(shapes, textured)))
    shades = occlusion([s for _, _, s in pieces], float(max(product.size_m)))
    meshes = []
    for i, p in enumerate(product.parts):
        primitives = tuple(
            _primitive(surface, shade, names.index(name), product, name, names)
            for (owner, name, surface), shade in zip(pieces, shades, strict=True) if owner == i)
        meshes.append(GlbMesh(p.name, primitives))
    eye = np.eye(4, dtype=np.float32)
    nodes = (GlbNode(product.sku, eye), *(GlbNode(p.name, eye, 0, i) for i, p in enumerate(product.parts)))
    return GlbScene(nodes, tuple(meshes), tuple(product.materials.values()), product.images, tuple(product.variants))


def _merged(shapes: list[Shape], textured: bool) -> Surface:
    # Without a texture, UV seams need no second vertex.
    arrays = [shaded(s if textured else replace(s, uv=np.zeros_like(s.uv))) for s in shapes]
    offsets = np.cumsum([0] + [len(a[0]) for a in arrays[:-1]])
    return Surface(np.concatenate([a[0] for a in arrays]), np.concatenate([a[1] for a in arrays]),
                   np.concatenate([a[2] for a in arrays]),
                   np.concatenate([a[3] + o for a, o in zip(arrays, offsets, strict=True)]).astype(np.int32))


def _primitive(surface: Surface, shade: np.ndarray, index: int, product: Product, name: str, names: list[str],
               ) -> GlbPrimitive:
    colours = np.ones((len(shade), 4), np.float32)
    colours[:, :3] = shade[:, None]
    # A variant names the materials that it changes; the others keep theirs.
    variants = {v: names.index(swap.get(name, name)) for v, swap in product.variants.items()
                if any(name in s for s in product.variants.values())}
    textured = product.materials[name].base_texture is not None
    return GlbPrimitive(surface.positions, surface.normals, surface.faces, surface.uv if textured else None, None,
                        colours, index, variants)
