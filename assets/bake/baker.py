"""From panels, paints and lights to one GLB: geometry, one texture with the light in it, KHR_materials_unlit."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from assets.bake.atlas import Rect, pack
from assets.bake.light import Quality, Samples, Spot, Tracer, irradiance, place_samples
from assets.bake.panels import Panel, Points
from assets.glb import GlbImage, GlbMaterial, GlbMesh, GlbNode, GlbPrimitive, GlbScene

Paint = Callable[[Points, Points], Points]
"""(positions (n, 3) metres, chart coordinates (n, 2) in metres from the upper left) -> albedo (n, 3), linear RGB."""


@dataclass(frozen=True, slots=True)
class Look:
    """exposure: factor before the tone curve; white: radiance that becomes display white; ambient: light added everywhere,
    for the bounces that are not followed, so that nothing is pitch black; jpeg_quality: 1..95."""

    exposure: float = 1.0
    white: float = 4.0
    ambient: tuple[float, float, float] = (0.0, 0.0, 0.0)
    jpeg_quality: int = 80


def bake(panels: list[Panel], spots: list[Spot], paints: Mapping[str, Paint], *, size_px: int = 2048,
         quality: Quality | None = None, look: Look | None = None, name: str = "room",
         progress: Callable[[float], None] = lambda share: None) -> GlbScene:
    """The lit room. Deterministic. Raises BakeError without Embree, AtlasError when the panels do not fit,
    KeyError for a paint that is missing."""
    quality, look = quality or Quality(), look or Look()
    rects, density = pack(panels, size_px)
    samples = place_samples(panels, density, quality)
    albedo, glow = np.empty_like(samples.positions), np.empty_like(samples.positions)
    for panel, a, b in zip(panels, samples.starts[:-1], samples.starts[1:], strict=True):
        st = np.stack([samples.s[a:b], samples.t[a:b]], 1) * panel.size_m
        painted = paints[panel.paint](samples.positions[a:b], st)
        glow[a:b] = painted * np.asarray(panel.glow)
        albedo[a:b] = 0.0 if any(panel.glow) else painted
    light, valid = irradiance(panels, spots, samples, albedo, glow, quality, Tracer(panels), progress)
    light = light + np.asarray(look.ambient)
    atlas = np.zeros((size_px, size_px, 3), np.float32)
    for i, (panel, rect) in enumerate(zip(panels, rects, strict=True)):
        _paint_chart(atlas, panel, rect, _panel_light(light, valid, samples, i), paints[panel.paint])
    atlas = _spread(atlas, rects)
    progress(1.0)
    return _scene(panels, rects, size_px, GlbImage(_encoded(atlas, look), "image/jpeg", f"{name}_light"), name)


def _panel_light(light: Points, valid: NDArray[np.bool_], samples: Samples, i: int) -> Points:
    """(rows, columns, 3) of one panel: invalid samples filled from their neighbours, ray noise smoothed."""
    a, b = samples.starts[i], samples.starts[i + 1]
    grid, good = light[a:b].reshape(*samples.shapes[i], 3), valid[a:b].reshape(samples.shapes[i])
    if good.any() and not good.all():
        nearest = ndimage.distance_transform_edt(~good, return_distances=False, return_indices=True)
        grid = grid[nearest[0], nearest[1]]
    # A median of 3 takes single bright samples, the blur what is left; shadows stay as sharp as the lamps' size.
    grid = np.stack([ndimage.median_filter(grid[..., k], 3, mode="nearest") for k in range(3)], -1)
    return ndimage.gaussian_filter(grid, (0.8, 0.8, 0), mode="nearest")


def _paint_chart(atlas: NDArray[np.float32], panel: Panel, rect: Rect, light: Points, paint: Paint) -> None:
    s = (np.arange(rect.width) + 0.5) / rect.width
    t = (np.arange(rect.height) + 0.5) / rect.height
    grid_s, grid_t = (g.ravel() for g in np.meshgrid(s, t))
    positions, _ = panel.at(grid_s, grid_t)
    painted = paint(positions, np.stack([grid_s, grid_t], 1) * panel.size_m)
    if any(panel.glow):
        colour = painted * np.asarray(panel.glow)
    else:
        rows, columns = light.shape[:2]
        at = np.stack([grid_t * rows - 0.5, grid_s * columns - 0.5])
        colour = painted * np.stack(
            [ndimage.map_coordinates(light[..., k], at, order=1, mode="nearest") for k in range(3)], -1)
    atlas[rect.y:rect.y + rect.height, rect.x:rect.x + rect.width] = colour.reshape(rect.height, rect.width, 3)


def _spread(atlas: NDArray[np.float32], rects: list[Rect]) -> NDArray[np.float32]:
    """Fills the gutters and gaps with the nearest chart's colour, so that filtering never meets black."""
    empty = np.ones(atlas.shape[:2], bool)
    for r in rects:
        empty[r.y:r.y + r.height, r.x:r.x + r.width] = False
    nearest = ndimage.distance_transform_edt(empty, return_distances=False, return_indices=True)
    return atlas[nearest[0], nearest[1]]


def display(radiance: NDArray[np.float32], look: Look) -> NDArray[np.uint8]:
    """sRGB bytes: linear below, a shoulder that reaches 1 at look.white (Reinhard's curve, by luminance)."""
    x = radiance * look.exposure
    y = np.maximum(x @ np.array([0.2126, 0.7152, 0.0722], np.float32), 1e-6)[..., None]
    x = x * ((1 + y / look.white**2) / (1 + y))
    x = np.clip(x, 0, 1)
    return np.round(np.where(x <= 0.0031308, x * 12.92, 1.055 * x ** (1 / 2.4) - 0.055) * 255).astype(np.uint8)


def _encoded(atlas: NDArray[np.float32], look: Look) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(display(atlas, look)).save(buffer, "JPEG", quality=look.jpeg_quality, optimize=True, subsampling=2)
    return buffer.getvalue()


def _scene(panels: list[Panel], rects: list[Rect], size_px: int, image: GlbImage, name: str) -> GlbScene:
    """One mesh per group (the part of a panel's name before the first dot) with up to two materials."""
    groups: dict[str, list[int]] = {}
    for i, panel in enumerate(panels):
        groups.setdefault(panel.name.split(".")[0], []).append(i)
    eye = np.eye(4, dtype=np.float32)
    nodes, meshes = [GlbNode(name, eye)], list[GlbMesh]()
    for group, members in groups.items():
        primitives = tuple(
            _primitive([panels[i] for i in part], [rects[i] for i in part], size_px, material)
            for material in (0, 1) if (part := [i for i in members if panels[i].two_sided == bool(material)]))
        nodes.append(GlbNode(group, eye, 0, len(meshes)))
        meshes.append(GlbMesh(group, primitives))
    materials = tuple(
        GlbMaterial(f"baked{'_two_sided' if both else ''}", metallic=0.0, roughness=1.0, unlit=True, base_texture=0,
                    texcoord=1, double_sided=both) for both in (False, True))
    return GlbScene(tuple(nodes), tuple(meshes), materials, (image,))


def _primitive(panels: list[Panel], rects: list[Rect], size_px: int, material: int) -> GlbPrimitive:
    positions, normals, uvs, faces, start = [], [], [], [], 0
    for panel, rect in zip(panels, rects, strict=True):
        f, st = panel.triangles()
        positions.append(panel.grid.reshape(-1, 3))
        normals.append(panel.normals.reshape(-1, 3))
        uvs.append((st * [rect.width, rect.height] + [rect.x, rect.y]) / size_px)
        faces.append(f + start)
        start += len(positions[-1])
    uv = np.concatenate(uvs).astype(np.float32)
    return GlbPrimitive(np.concatenate(positions).astype(np.float32), np.concatenate(normals).astype(np.float32),
                        np.concatenate(faces).astype(np.int32), None, uv, None, material)
