"""The figure's surfaces as our meshes: few draws, known materials, small textures, and a light copy for stage and phones."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assets.avatar_model import AvatarMesh
from assets.glb import GlbMaterial
from assets.packs.simplify import simplified
from avatar.face import INDEX as CHANNEL
from avatar.imported.faces import Face, Stood
from avatar.imported.read import Figure
from avatar.imported.rig import INDEX
from avatar.imported.toons import FORMATS, MAX_PX, toon_of
from avatar.toon import Toon, mean_toon

FULL_TRIANGLES, LIGHT_TRIANGLES = 78_000, 19_500  # below the limits of desktops (80,000) and processors (20,000)
FACE_WORTH = 3.0  # a triangle of the face counts as many of a sleeve
UNSEEN_ALPHA = 0.15  # of a material: corneas, tear lines, glass
SMALL_M = 2e-5
_SKIN = ("skin", "body", "face", "head")
WHITE = "white"
MAX_DRAWS = 12
MOST_CELLS = 16  # of one joined texture: 4 by 4, 512 px each on a desktop
EDGE = 0.01  # of a texture's width


@dataclass(slots=True)
class Group:
    """Surfaces that are drawn together. positions … weights as in faces.Stood; uvs: (v, 2), v up; colours: (v, 3) linear;
    piece: (v,) which surface; morphs: row of the 52 -> (v, 3); image: of the file, or None; cutoff: alpha below it is a hole,
    0 for none; cells: image and cutoff of those whose textures were joined into one, row by row; toon: of its materials."""

    name: str
    material: str
    image: int | None
    cutoff: float
    positions: NDArray
    normals: NDArray
    weights: NDArray
    uvs: NDArray
    colours: NDArray
    piece: NDArray
    faces: NDArray
    morphs: dict[int, NDArray]
    cells: tuple[tuple[int | None, float], ...] = ()
    toon: Toon | None = None

    @property
    def texture(self) -> str:
        """The texture's name in the model."""
        if self.cells:
            return "joined"
        return WHITE if self.image is None else f"image{self.image}-{round(self.cutoff * 100)}"


def grouped(figure: Figure, stood: Sequence[Stood], face: Face) -> list[Group]:
    """All that is seen, by material kind and texture."""
    by_key: dict[tuple[str, int | None, float], list[int]] = {}
    for i, surface in enumerate(figure.surfaces):
        material = figure.materials[surface.material] if surface.material is not None else GlbMaterial()
        if len(surface.faces) and material.base_colour[3] >= UNSEEN_ALPHA:
            by_key.setdefault(_key(figure, i, material, stood[i]), []).append(i)
    return [_group(figure, stood, face, key, members) for key, members in by_key.items()]


def _key(figure: Figure, index: int, material: GlbMaterial, stood: Stood) -> tuple[str, int | None, float]:
    cutoff = 0.0 if material.alpha_mode == "OPAQUE" or material.base_texture is None else (
        min(max(material.alpha_cutoff, 0.02), 1.0) if material.alpha_mode == "MASK" else 0.5)
    return _kind(figure, index, material, stood, cutoff), material.base_texture, cutoff


def _kind(figure: Figure, index: int, material: GlbMaterial, stood: Stood, cutoff: float) -> str:
    """Skin and eyes get their own light where the file is a lit one; toon materials and all else the plain look."""
    surface = figure.surfaces[index]
    if material.unlit or toon_of(figure, surface.material) is not None or material.base_texture is None or cutoff:
        return "plain"
    if stood.weights[:, [INDEX["leftEye"], INDEX["rightEye"]]].sum(1).mean() > 0.5:
        return "eye"
    name = f"{material.name} {surface.name}".lower()
    return "skin" if any(word in name for word in _SKIN) and "hair" not in name else "plain"


def _group(figure: Figure, stood: Sequence[Stood], face: Face, key: tuple[str, int | None, float], members: list[int]) -> Group:
    kind, image, cutoff = key
    starts = np.cumsum([0] + [len(stood[i].positions) for i in members])
    colours = []
    for i in members:
        material = figure.surfaces[i].material
        tint = figure.materials[material].base_colour[:3] if material is not None else (1.0, 1.0, 1.0)
        colours.append(figure.surfaces[i].colours * np.array(tint))
    morphs: dict[int, NDArray] = {}
    for name, deltas in face.shapes.items():
        if any(i in deltas and np.abs(deltas[i]).max(initial=0.0) > SMALL_M for i in members):
            morphs[CHANNEL[name]] = np.concatenate(
                [deltas.get(i, np.zeros((len(stood[i].positions), 3))) for i in members])
    uvs = np.concatenate([figure.surfaces[i].uvs for i in members])
    label = f"{kind}{'' if image is None else image}{'-cut' if cutoff else ''}"
    return Group(
        label, kind, image, cutoff, np.concatenate([stood[i].positions for i in members]),
        np.concatenate([stood[i].normals for i in members]), np.concatenate([stood[i].weights for i in members]),
        np.stack([uvs[:, 0], 1.0 - uvs[:, 1]], 1), np.concatenate(colours),
        np.repeat(np.arange(len(members)), np.diff(starts)),
        np.concatenate([figure.surfaces[i].faces + s for i, s in zip(members, starts, strict=False)]), morphs, (),
        mean_toon([(toon, len(figure.surfaces[i].faces)) for i in members
                   if (toon := toon_of(figure, figure.surfaces[i].material)) is not None]))


def lighter(groups: Sequence[Group], triangles: int) -> list[Group]:
    """About `triangles` in all; vertices are dropped and never moved, so face shapes, weights and textures stay true."""
    have = np.array([len(g.faces) for g in groups], np.float64)
    worth = have * np.array([FACE_WORTH if g.morphs else 1.0 for g in groups])
    goal, open_, left = have.copy(), np.ones(len(have), bool), float(triangles)
    while open_.any() and have[open_].sum() > left:
        share = worth / max(worth[open_].sum(), 1.0) * left
        whole = open_ & (share >= have)  # what one group does not need goes to the others
        if not whole.any():
            goal[open_] = share[open_]
            break
        open_ &= ~whole
        left -= float(have[whole].sum())
    return [_reduced(g, int(t)) for g, t in zip(groups, goal, strict=True)]


def _reduced(group: Group, target: int) -> Group:
    """Measured with the mouth ajar and the lids half shut: lips that touch stay two lips, and lids keep their edges."""
    if len(group.faces) <= target:
        return group
    points = group.positions.copy()
    for name, amount in (("jawOpen", 0.5), ("eyeBlinkLeft", 0.3), ("eyeBlinkRight", 0.3), ("mouthSmileLeft", 0.3),
                         ("mouthSmileRight", 0.3)):
        if CHANNEL[name] in group.morphs:
            points += group.morphs[CHANNEL[name]] * amount
    faces = simplified(points, group.piece, group.faces, target, uv=group.uvs)
    return _kept(group, faces)


def _kept(g: Group, faces: NDArray) -> Group:
    used = np.unique(faces)
    renumber = np.full(len(g.positions), -1)
    renumber[used] = np.arange(len(used))
    return Group(g.name, g.material, g.image, g.cutoff, g.positions[used], g.normals[used], g.weights[used], g.uvs[used],
                 g.colours[used], g.piece[used], renumber[faces], {r: d[used] for r, d in g.morphs.items()}, g.cells, g.toon)


def joined(groups: Sequence[Group], most: int = MAX_DRAWS) -> list[Group]:
    """At most `most` groups where that can be: the smallest plain ones share one texture, cell by cell. Those whose texture
    repeats outside 0..1 stay as they are."""
    def fits(g: Group) -> bool:
        return g.material == "plain" and bool((g.uvs > -EDGE).all() and (g.uvs < 1 + EDGE).all())

    chosen = sorted(filter(fits, groups), key=lambda g: len(g.faces))[: min(len(groups) - most + 1, MOST_CELLS)]
    if len(groups) <= most or len(chosen) < 2:
        return list(groups)
    grid = math.ceil(math.sqrt(len(chosen)))
    starts = np.cumsum([0] + [len(g.positions) for g in chosen])
    uvs = []
    for i, g in enumerate(chosen):
        row, column = divmod(i, grid)  # rows from the picture's top, v from its bottom
        inside = np.clip(g.uvs, 0, 1) * (1 - 2 * EDGE) + EDGE  # smaller pictures of the texture must not mix neighbours in
        uvs.append((inside + np.array([column, grid - 1 - row])) / grid)
    rows = sorted({r for g in chosen for r in g.morphs})
    morphs = {r: np.concatenate([g.morphs.get(r, np.zeros_like(g.positions)) for g in chosen]) for r in rows}
    one = Group(
        "joined", "plain", None, 0.5 if any(g.cutoff for g in chosen) else 0.0, np.concatenate([g.positions for g in chosen]),
        np.concatenate([g.normals for g in chosen]), np.concatenate([g.weights for g in chosen]), np.concatenate(uvs),
        np.concatenate([g.colours for g in chosen]), np.repeat(np.arange(len(chosen)), np.diff(starts)),
        np.concatenate([g.faces + s for g, s in zip(chosen, starts, strict=False)]), morphs,
        tuple((g.image, g.cutoff) for g in chosen), mean_toon([(g.toon, len(g.faces)) for g in chosen if g.toon is not None]))
    return [*(g for g in groups if not any(g is c for c in chosen)), one]


def finished(g: Group) -> AvatarMesh:
    """As it is stored: four joints a vertex, face shapes on the vertices that they move."""
    g = _kept(g, g.faces)
    order = np.argsort(-g.weights, axis=1)[:, :4]
    weights = np.take_along_axis(g.weights, order, 1)
    weights = np.where(weights > 0.01, weights, 0.0)
    weights[:, 0] += weights.sum(1) == 0
    weights /= weights.sum(1, keepdims=True)
    rows = [r for r in sorted(g.morphs) if np.abs(g.morphs[r]).max(initial=0.0) > SMALL_M]
    touched, deltas = np.zeros(0, np.int64), np.zeros((0, 0, 3))
    if rows:
        whole = np.stack([g.morphs[r] for r in rows])
        touched = np.nonzero(np.abs(whole).max((0, 2)) > SMALL_M)[0]
        deltas = whole[:, touched]
    f4 = np.float32
    return AvatarMesh(g.name, g.material, g.texture, g.positions.astype(f4), g.normals.astype(f4), g.uvs.astype(f4),
                      np.clip(g.colours, 0, 1).astype(f4), g.faces.astype(np.int32), order.astype(np.uint8), weights.astype(f4),
                      np.array(rows, np.int32), touched.astype(np.int32), deltas.astype(f4))


def textures(figure: Figure, groups: Sequence[Group], side_px: int) -> dict[str, bytes]:
    """Encoded anew, WebP, at most side_px wide and high. Raises OSError, ValueError for pictures that are none."""
    out: dict[str, bytes] = {}
    for g in groups:
        if g.texture in out:
            continue
        picture = _sheet(figure, g, side_px) if g.cells else _cell(figure, g.image, g.cutoff)
        picture.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
        data = io.BytesIO()
        picture.save(data, "WEBP", quality=86, alpha_quality=90, method=4)
        out[g.texture] = data.getvalue()
    return out


def _cell(figure: Figure, image: int | None, cutoff: float) -> Image.Image:
    return Image.new("RGB", (4, 4), "white") if image is None else _picture(figure.images[image].data, cutoff)


def _sheet(figure: Figure, g: Group, side_px: int) -> Image.Image:
    grid = math.ceil(math.sqrt(len(g.cells)))
    side = side_px // grid
    out = Image.new("RGBA" if g.cutoff else "RGB", (grid * side, grid * side), "white")
    for i, (image, cutoff) in enumerate(g.cells):
        row, column = divmod(i, grid)
        cell = _cell(figure, image, cutoff).convert(out.mode).resize((side, side), Image.Resampling.LANCZOS)
        out.paste(cell, (column * side, row * side))
    return out


def _picture(data: bytes, cutoff: float) -> Image.Image:
    """Opaque, or with holes where alpha is below a half, whatever the file's threshold."""
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    if picture.width * picture.height > MAX_PX:
        raise ValueError(f"a texture has {picture.width} × {picture.height} pixels; at most 4096 × 4096 are read")
    if not cutoff:
        return picture.convert("RGB")
    pixels = np.array(picture.convert("RGBA"))
    pixels[..., 3] = np.clip(pixels[..., 3] * (0.5 / cutoff), 0, 255)
    return Image.fromarray(pixels)
