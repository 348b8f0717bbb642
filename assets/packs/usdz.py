"""A product as USDZ, what iPhones and iPads open in the room: true size, +Y up, UsdPreviewSurface, PNG and JPEG.

Written with Pixar's own library (usd-core) from the mended model. Sources: USD specification of USDZ; UsdPreviewSurface
specification 2.6; Apple's limits for AR Quick Look (100,000 vertices, pictures of 2,048 pixels).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.glb import GlbError
from assets.glb_container import Document
from assets.glb_read import moved_uv, scene_of
from assets.packs.materials import image_of, pruned, untransformed
from assets.packs.pictures import as_plain
from assets.packs.surfaces import Product, Surface, product_of, reduced

VERTICES = 100_000  # Apple, AR Quick Look
STEPS = ((100_000, 2048, False), (100_000, 2048, True), (60_000, 1024, True), (30_000, 1024, True), (30_000, 512, True))
BYTES = 10 * 1000**2  # as the other AR pack: what a phone fetches while somebody waits
CLEAR_LEFT = 0.8  # of a transmission becomes see-through: the surface has no refraction, and a trace must stay visible
_TRANSFORM = "KHR_texture_transform"
_SUFFIX = {"image/png": "png", "image/jpeg": "jpg"}


def write_usdz(document: Document, folder: Path, name: str) -> Path:
    """folder/<name>.usdz of a checked document, beside what it is made of. Raises GlbError, OSError, ImportError."""
    # Each thread reserves address space, which is limited where this runs.
    os.environ |= {"PXR_WORK_THREAD_LIMIT": "1", "TF_ENV_SETTING_ALERTS_ENABLED": "0"}
    whole = pruned(untransformed(product_of(document)))
    nodes = [n for n in scene_of(document).nodes if n.mesh is not None]
    out = folder / f"{name}.usdz"
    for triangles, side_px, jpeg in STEPS:
        whole = _few_vertices(reduced(whole, triangles))
        _Writer(as_plain(whole, side_px, jpeg), nodes, folder).package(name, out)
        if out.stat().st_size <= BYTES:
            break
    return out


def _few_vertices(product: Product) -> Product:
    """With at most VERTICES: fewer triangles until they share few enough."""
    target = product.triangles
    while target > 1000 and (drawn := _vertices(product)) > VERTICES:
        target = int(target * min(0.9, VERTICES / drawn))
        product = reduced(product, target)
    return product


def _vertices(product: Product) -> int:
    return sum(len(s.arrays["POSITION"]) * product.times.get(s.mesh, 0) for s in product.surfaces)


class _Writer:
    """One stage. nodes: those of the scene that draw, with their places in the world."""

    def __init__(self, product: Product, nodes: list[Any], folder: Path) -> None:
        self._product, self._nodes, self._folder = product, nodes, folder
        self._taken: set[str] = set()

    def package(self, name: str, out: Path) -> None:
        """Write the stage and its pictures, then both into one file. Raises GlbError when the library will not."""
        from pxr import Sdf, Usd, UsdGeom

        files = [f"{i}.{_SUFFIX[mime]}" for i, (_, mime) in enumerate(self._product.images)]
        for file, (data, _) in zip(files, self._product.images, strict=True):
            (self._folder / file).write_bytes(data)
        scene = self._folder / f"{name}.usdc"
        scene.unlink(missing_ok=True)
        stage = Usd.Stage.CreateInMemory()
        UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
        UsdGeom.SetStageMetersPerUnit(stage, 1.0)
        root = UsdGeom.Xform.Define(stage, "/product")
        stage.SetDefaultPrim(root.GetPrim())
        looks = [self._look(stage, i, files) for i in range(len(self._product.value.get("materials", [])))]
        for node in self._nodes:
            self._part(stage, node, looks)
        stage.GetRootLayer().Export(str(scene))
        whole = Sdf.ZipFileWriter.CreateNew(str(out))  # stored, each file at a multiple of 64 bytes, the scene first
        for file in (scene.name, *files):
            whole.AddFile(str(self._folder / file), file)
        if not whole.Save():
            raise GlbError("The USDZ file could not be put together.")

    def _name(self, wanted: str, otherwise: str) -> str:
        """An identifier of its own for a prim."""
        from pxr import Tf

        plain = Tf.MakeValidIdentifier(wanted or otherwise)
        plain = plain if plain.isascii() else otherwise  # readers of old phones know no others
        name, number = plain, 2
        while name in self._taken:
            name, number = f"{plain}_{number}", number + 1
        self._taken.add(name)
        return name

    def _part(self, stage: Any, node: Any, looks: list[tuple[Any, list[str]]]) -> None:
        """A node with a place, its surfaces beneath it."""
        from pxr import Gf, UsdGeom

        surfaces = [s for s in self._product.surfaces if s.mesh == node.mesh]
        if not surfaces:
            return
        path = f"/product/{self._name(node.name, 'part')}"
        UsdGeom.Xform.Define(stage, path).AddTransformOp().Set(Gf.Matrix4d(*map(float, node.matrix.T.reshape(-1))))
        mirrored = float(np.linalg.det(node.matrix[:3, :3].astype(np.float64))) < 0
        for k, surface in enumerate(surfaces):
            self._mesh(stage, f"{path}/surface_{k}", surface, looks, mirrored)

    def _mesh(self, stage: Any, path: str, surface: Surface, looks: list[tuple[Any, list[str]]], mirrored: bool) -> None:
        from pxr import Sdf, UsdGeom, UsdShade, Vt

        mesh, arrays = UsdGeom.Mesh.Define(stage, path), surface.arrays
        points = np.ascontiguousarray(arrays["POSITION"], np.float32)
        mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(points))
        mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(np.stack([points.min(0), points.max(0)])))
        mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(surface.faces), 3, np.int32)))
        mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(surface.faces.reshape(-1).astype(np.int32)))
        mesh.CreateSubdivisionSchemeAttr("none")
        if mirrored:
            mesh.CreateOrientationAttr("leftHanded")
        mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(arrays["NORMAL"], np.float32)))
        mesh.SetNormalsInterpolation("vertex")
        if surface.material is None:
            return
        look, sets = looks[surface.material]
        material = self._product.value["materials"][surface.material]
        mesh.CreateDoubleSidedAttr(bool(material.get("doubleSided", False)))
        for primvar, key in zip(("st", "st1", "st2", "st3"), sets, strict=False):
            uv = _moved(arrays, key)
            if uv is not None:
                made = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar(primvar, Sdf.ValueTypeNames.TexCoord2fArray, "vertex")
                made.Set(Vt.Vec2fArray.FromNumpy(np.ascontiguousarray(uv * (1, -1) + (0, 1), np.float32)))  # V runs up
        UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(look)

    def _look(self, stage: Any, index: int, files: list[str]) -> tuple[Any, list[str]]:
        """The material, and the sets of coordinates that its pictures use, as keys for _moved."""
        from pxr import Sdf, UsdShade

        spec = self._product.value["materials"][index]
        path = f"/product/looks/{self._name(str(spec.get('name') or ''), 'look')}"
        material = UsdShade.Material.Define(stage, path)
        shader = UsdShade.Shader.Define(stage, f"{path}/surface")
        shader.CreateIdAttr("UsdPreviewSurface")
        material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
        sets: list[str] = []
        types = Sdf.ValueTypeNames

        def value(name: str, kind: Any, given: Any) -> None:
            shader.CreateInput(name, kind).Set(given)

        def picture(name: str, kind: Any, use: dict[str, Any] | None, channel: str, scale: tuple[float, ...],
                    bias: tuple[float, ...] = (0, 0, 0, 0), colours: str = "raw") -> bool:
            source = image_of(self._product.value, use["index"]) if use else None
            if use is None or source is None:
                return False
            key = _set_key(use)
            if key not in sets:
                sets.append(key)
            reader = self._reader(stage, path, ("st", "st1", "st2", "st3")[min(sets.index(key), 3)])
            texture = UsdShade.Shader.Define(stage, f"{path}/{name}_map")
            texture.CreateIdAttr("UsdUVTexture")
            texture.CreateInput("file", types.Asset).Set(Sdf.AssetPath(files[source]))
            texture.CreateInput("st", types.Float2).ConnectToSource(reader, "result")
            for side, way in zip(("wrapS", "wrapT"), _wraps(self._product.value, use["index"]), strict=True):
                texture.CreateInput(side, types.Token).Set(way)
            texture.CreateInput("sourceColorSpace", types.Token).Set(colours)
            texture.CreateInput("scale", types.Float4).Set(tuple(map(float, scale)))
            if any(bias):
                texture.CreateInput("bias", types.Float4).Set(bias)
            output = texture.CreateOutput(channel, types.Float3 if channel == "rgb" else types.Float)
            shader.CreateInput(name, kind).ConnectToSource(output)
            return True

        _surface(spec, self._tint(index), types, value, picture)
        return material, sets

    def _tint(self, index: int) -> NDArray[np.float64]:
        """(4,) what the vertices' own colours come to, in the mean: this surface knows only pictures and constants."""
        own = [s.arrays["COLOR_0"] for s in self._product.surfaces if s.material == index and "COLOR_0" in s.arrays]
        return np.concatenate(own).astype(np.float64).mean(0) if own else np.ones(4)

    @staticmethod
    def _reader(stage: Any, path: str, primvar: str) -> Any:
        from pxr import Sdf, UsdShade

        reader = UsdShade.Shader.Define(stage, f"{path}/{primvar}_reader")
        reader.CreateIdAttr("UsdPrimvarReader_float2")
        reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set(primvar)
        reader.CreateOutput("result", Sdf.ValueTypeNames.Float2)
        return reader.ConnectableAPI()


def _surface(spec: dict[str, Any], tint: NDArray[np.float64], types: Any, value: Any, picture: Any) -> None:
    """glTF's metal and roughness as the inputs of UsdPreviewSurface."""
    pbr, more = spec.get("pbrMetallicRoughness", {}), spec.get("extensions", {})
    base = np.array(pbr.get("baseColorFactor", [1.0] * 4), np.float64) * tint
    use, mode = pbr.get("baseColorTexture"), spec.get("alphaMode", "OPAQUE")
    if not picture("diffuseColor", types.Color3f, use, "rgb", (*base[:3], 1.0), colours="sRGB"):
        value("diffuseColor", types.Color3f, tuple(map(float, base[:3])))
    if mode == "OPAQUE":
        through = float(more.get("KHR_materials_transmission", {}).get("transmissionFactor", 0.0))
        value("opacity", types.Float, 1.0 - CLEAR_LEFT * through)
    else:
        if not picture("opacity", types.Float, use, "a", (1.0, 1.0, 1.0, base[3]), colours="sRGB"):
            value("opacity", types.Float, float(base[3]))
        if mode == "MASK":
            value("opacityThreshold", types.Float, float(spec.get("alphaCutoff", 0.5)))
    orm = pbr.get("metallicRoughnessTexture")
    for name, channel, factor in (("roughness", "g", pbr.get("roughnessFactor", 1.0)),
                                  ("metallic", "b", pbr.get("metallicFactor", 1.0))):
        if not picture(name, types.Float, orm, channel, (factor,) * 4):
            value(name, types.Float, float(factor))
    # These very numbers: readers of phones take a normal map for one by them, so a weaker one cannot be said.
    picture("normal", types.Normal3f, spec.get("normalTexture"), "rgb", (2, 2, 2, 1), (-1, -1, -1, 0))
    shade = spec.get("occlusionTexture")
    held = float(shade.get("strength", 1.0)) if shade else 1.0
    picture("occlusion", types.Float, shade, "r", (held,) * 4, (1 - held,) * 4)
    strength = float(more.get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1.0))
    glow = [float(v) * strength for v in spec.get("emissiveFactor", (0, 0, 0))]
    if any(glow) and not picture("emissiveColor", types.Color3f, spec.get("emissiveTexture"), "rgb", (*glow, 1.0),
                                 colours="sRGB"):
        value("emissiveColor", types.Color3f, tuple(glow))
    if coat := more.get("KHR_materials_clearcoat"):
        value("clearcoat", types.Float, float(coat.get("clearcoatFactor", 0.0)))
        value("clearcoatRoughness", types.Float, float(coat.get("clearcoatRoughnessFactor", 0.0)))
    if "KHR_materials_ior" in more:
        value("ior", types.Float, float(more["KHR_materials_ior"].get("ior", 1.5)))


def _set_key(use: dict[str, Any]) -> str:
    """Which coordinates a picture uses: the set and how it is moved."""
    moved = use.get("extensions", {}).get(_TRANSFORM, {})
    place = (moved.get("texCoord", use.get("texCoord", 0)), *moved.get("offset", (0, 0)), moved.get("rotation", 0),
             *moved.get("scale", (1, 1)))
    return " ".join(f"{v:g}" for v in place)


def _moved(arrays: dict[str, NDArray[np.float32]], key: str) -> NDArray[np.float32] | None:
    number, x, y, turn, sx, sy = map(float, key.split())
    uv = arrays.get(f"TEXCOORD_{int(number)}")
    return uv if uv is None or key.endswith(" 0 0 0 1 1") else moved_uv(uv, ((x, y), turn, (sx, sy)))


def _wraps(value: dict[str, Any], texture: int) -> tuple[str, str]:
    ways = {33071: "clamp", 33648: "mirror"}
    samplers, index = value.get("samplers", []), value["textures"][texture].get("sampler", -1)
    sampler = samplers[index] if 0 <= index < len(samplers) else {}
    return ways.get(int(sampler.get("wrapS", 0)), "repeat"), ways.get(int(sampler.get("wrapT", 0)), "repeat")

