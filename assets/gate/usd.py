"""USD, USDA, USDC and USDZ through Pixar's own library: meshes, UsdPreviewSurface materials, true size, +Y up."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assets.gate.assembly import Assembly, Part, fans
from assets.glb import GlbError

MOST_PRIMS = 20_000
_CHANNELS = {"r": 0, "g": 1, "b": 2, "a": 3}
_Z_UP = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]], float)


def usd_to_glb(path: Path) -> bytes:
    """The default scene as a GLB. Raises GlbError. Not promised: subdivision, skins, animation, point instancers."""
    # Each thread reserves address space, which is limited.
    os.environ |= {"PXR_WORK_THREAD_LIMIT": "1", "TF_ENV_SETTING_ALERTS_ENABLED": "0"}
    try:
        from pxr import Usd
    except ImportError:
        raise GlbError("USD files need the package usd-core (pip install usd-core); or export as GLB.", "unsupported") from None
    try:
        return _read(Usd.Stage.Open(str(path)))
    except GlbError:
        raise
    except Exception as error:  # pxr raises its own Tf errors, at opening and later where data are packed
        raise GlbError(f"The USD file cannot be read ({_last_words(error)}).", "not_gltf") from None


def _read(stage: Any) -> bytes:
    from pxr import Usd, UsdGeom

    made = Assembly("nightwindow, from USD")
    scale = float(UsdGeom.GetStageMetersPerUnit(stage))
    world = np.diag([scale, scale, scale, 1.0]) @ (_Z_UP if UsdGeom.GetStageUpAxis(stage) == "Z" else np.eye(4))
    transforms, materials = UsdGeom.XformCache(), dict[str, int]()
    for number, prim in enumerate(Usd.PrimRange.Stage(stage, Usd.TraverseInstanceProxies())):
        if number > MOST_PRIMS:
            raise GlbError(f"The USD file has more than {MOST_PRIMS:,} objects.", "too_large")
        image = UsdGeom.Imageable(prim)
        if not prim.IsA(UsdGeom.Mesh) or image.ComputeVisibility() == "invisible":
            continue
        if image.ComputePurpose() not in ("default", "render"):
            continue
        matrix = world @ np.array(transforms.GetLocalToWorldTransform(prim)).T
        for part in _parts(UsdGeom.Mesh(prim), made, materials):
            part.matrix = matrix
            made.add(part)
    return made.glb()


def _last_words(error: Exception) -> str:
    """What went wrong, without the library's file names and line numbers."""
    if quoted := re.search(r": '([^']+)'\s*$", str(error)):
        return quoted[1][:80]
    lines = [line.split("--")[-1].strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1].split(":")[-1].strip().strip("'")[:80] if lines else "") or type(error).__name__


def _parts(mesh: Any, made: Assembly, materials: dict[str, int]) -> list[Part]:
    """The mesh, split where subsets bind materials of their own."""
    from pxr import UsdGeom, UsdShade

    points, counts, indices = (np.array(v if v is not None else []) for v in (
        mesh.GetPointsAttr().Get(), mesh.GetFaceVertexCountsAttr().Get(), mesh.GetFaceVertexIndicesAttr().Get()))
    if not len(points) or not len(counts):
        return []
    name = str(mesh.GetPrim().GetName())
    if int(counts.sum()) != len(indices) or counts.min() < 0 or indices.min() < 0 or indices.max() >= len(points):
        raise GlbError(f"The faces of {name} use points that are missing.", "range")
    corners, polygon = fans(counts)
    if mesh.GetOrientationAttr().Get() == "leftHanded":
        corners = corners[:, ::-1]
    normals = _spread(mesh.GetNormalsAttr().Get(), str(mesh.GetNormalsInterpolation()), indices, corners, polygon, 3)
    uv = _uvs(UsdGeom.PrimvarsAPI(mesh), indices, corners, polygon)
    owner = np.full(len(counts), -1)
    bound = [mesh.GetPrim()]
    for subset in UsdShade.MaterialBindingAPI(mesh.GetPrim()).GetMaterialBindSubsets():
        chosen = np.array(subset.GetIndicesAttr().Get() or [], np.int64)
        owner[chosen[(chosen >= 0) & (chosen < len(counts))]] = len(bound) - 1
        bound.append(subset.GetPrim())
    parts = []
    for k, prim in enumerate(bound):
        here = owner[polygon] == k - 1
        if here.any():
            parts.append(Part(name if k == 0 else f"{name}_{prim.GetName()}", points[indices[corners[here]]].astype(np.float64),
                              None if normals is None else normals[here], None if uv is None else uv[here],
                              _material(prim, made, materials)))
    return parts


def _spread(values: Any, interpolation: str, indices: NDArray[Any], corners: NDArray[np.int64], polygon: NDArray[np.int64],
            width: int) -> NDArray[np.float64] | None:
    """(t, 3, width) values at corners, from values per point, corner, face or mesh; None when they do not fit."""
    if values is None:
        return None
    array = np.array(values, np.float64).reshape(-1, width)
    places = {"vertex": indices[corners], "varying": indices[corners], "faceVarying": corners,
              "uniform": np.repeat(polygon[:, None], 3, 1), "constant": np.zeros_like(corners)}.get(interpolation)
    if places is None or not len(array) or int(places.max(initial=0)) >= len(array):
        return None
    return array[places]


def _uvs(primvars: Any, indices: NDArray[Any], corners: NDArray[np.int64], polygon: NDArray[np.int64],
         ) -> NDArray[np.float64] | None:
    """The first set of texture coordinates, V turned down as glTF has it."""
    for primvar in primvars.GetPrimvars():
        if str(primvar.GetTypeName()) in ("texCoord2f[]", "texCoord2d[]", "texCoord2h[]", "float2[]"):
            uv = _spread(primvar.ComputeFlattened(), str(primvar.GetInterpolation()), indices, corners, polygon, 2)
            if uv is not None:
                return uv * (1, -1) + (0, 1)
    return None


def _material(prim: Any, made: Assembly, materials: dict[str, int]) -> int | None:
    from pxr import UsdShade

    bound = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()[0]
    if not bound:
        return None
    key = str(bound.GetPath())
    if key not in materials:
        surface = bound.ComputeSurfaceSource()[0]
        known = surface and surface.GetIdAttr().Get() == "UsdPreviewSurface"
        spec = _preview(surface, made) if known else {}
        materials[key] = made.material({"name": str(bound.GetPrim().GetName()), **spec})
    return materials[key]


def _preview(surface: Any, made: Assembly) -> dict[str, Any]:
    """UsdPreviewSurface as glTF's metal and roughness. Source: UsdPreviewSurface specification 2.6."""
    colour, colour_map = _input(surface, "diffuseColor", (0.18, 0.18, 0.18))
    opacity, opacity_map = _input(surface, "opacity", 1.0)
    metal, metal_map = _input(surface, "metallic", 0.0)
    rough, rough_map = _input(surface, "roughness", 0.5)
    glow, glow_map = _input(surface, "emissiveColor", (0.0, 0.0, 0.0))
    _, normal_map = _input(surface, "normal", (0.0, 0.0, 1.0))
    _, shade_map = _input(surface, "occlusion", 1.0)
    pbr: dict[str, Any] = {"baseColorFactor": [*([1.0] * 3 if colour_map else _limited(colour)), float(_limited([opacity])[0])],
                           "metallicFactor": 1.0 if metal_map else _limited([metal])[0],
                           "roughnessFactor": 1.0 if rough_map else _limited([rough])[0]}
    spec: dict[str, Any] = {"pbrMetallicRoughness": pbr}
    pictures = ((pbr, "baseColorTexture", colour_map), (spec, "emissiveTexture", glow_map), (spec, "normalTexture", normal_map))
    for owner, key, found in pictures:
        index = made.texture(found[0]) if found else None
        if index is not None:
            owner[key] = {"index": index}
    packed = _packed(shade_map, rough_map, metal_map)
    index = made.texture(packed) if packed else None
    if index is not None:
        if rough_map or metal_map:
            pbr["metallicRoughnessTexture"] = {"index": index}
        if shade_map:
            spec["occlusionTexture"] = {"index": index}
    spec["emissiveFactor"] = [1.0] * 3 if glow_map else _limited(glow)
    threshold, _ = _input(surface, "opacityThreshold", 0.0)
    if threshold > 0:
        spec |= {"alphaMode": "MASK", "alphaCutoff": float(threshold)}
    elif opacity_map or pbr["baseColorFactor"][3] < 1:
        spec["alphaMode"] = "BLEND"
    return spec


def _input(surface: Any, name: str, default: Any) -> tuple[Any, tuple[bytes, str] | None]:
    """(constant value, (picture's bytes, channel) or None)."""
    found = surface.GetInput(name)
    if not found:
        return default, None
    if not found.HasConnectedSource():
        value = found.Get()
        return (default if value is None else value), None
    from pxr import Ar, UsdShade

    source, output, _ = found.GetConnectedSource()
    shader = UsdShade.Shader(source.GetPrim())
    file = shader.GetInput("file") if shader else None
    asset = file.Get() if file else None
    opened = Ar.GetResolver().OpenAsset(Ar.ResolvedPath(asset.resolvedPath)) if asset and asset.resolvedPath else None
    return default, (bytes(opened.GetBuffer()), str(output)) if opened else None


def _limited(values: Any) -> list[float]:
    return [min(max(float(v), 0.0), 1.0) for v in values]


def _packed(*maps: tuple[bytes, str] | None) -> bytes | None:
    """Shade, roughness and metal in red, green and blue of one picture, as glTF wants them."""
    layers: list[Image.Image | None] = []
    for found in maps:
        picture = Image.open(io.BytesIO(found[0]), formats=("PNG", "JPEG")) if found else None
        if picture is not None and max(picture.size) > 4096:
            raise GlbError(f"A picture of {picture.size[0]} x {picture.size[1]} pixels; at most 4096 a side.", "image_size")
        bands = picture.convert("RGBA").split() if picture is not None else ()
        layers.append(bands[_CHANNELS.get(found[1], 0)] if found and bands else None)
    size = next((layer.size for layer in layers if layer is not None), None)
    if size is None:
        return None
    whole = [Image.new("L", size, 255) if layer is None else layer.resize(size) for layer in layers]
    out = io.BytesIO()
    Image.merge("RGB", whole).save(out, "PNG", compress_level=1)
    return out.getvalue()
