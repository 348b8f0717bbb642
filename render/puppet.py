"""The anchor as a Panda3D node: vertices come from `avatar.skinning`, the look from one small shader of our own."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    ColorBlendAttrib,
    CullBinAttrib,
    CullBinManager,
    CullFaceAttrib,
    DepthWriteAttrib,
    Geom,
    GeomEnums,
    GeomNode,
    GeomTriangles,
    GeomVertexArrayFormat,
    GeomVertexData,
    GeomVertexFormat,
    InternalName,
    NodePath,
    OmniBoundingVolume,
    PTA_LVecBase4f,
    RenderState,
    SamplerState,
    Shader,
    ShaderAttrib,
    Texture,
    TransparencyAttrib,
)
from PIL import Image

from assets.avatar_model import AvatarMesh, AvatarModel
from assets.lights import LIGHT_PRESETS, LightPreset
from avatar import blockers
from avatar.pose import Pose, rest_pose
from avatar.skinning import Skinner, palm_m
from avatar.springs import SpringMotion, Springs
from avatar.toon import Toon
from render.axes import PANDA_FROM_GLTF, vector
from render.below import STILL_PX, Below
from render.detail import FAR_MOST_PX_PER_M, far_figure, near_figure

SHADERS = Path(__file__).with_name("shaders")
MATERIAL_KIND = {name: i for i, name in enumerate(AvatarMesh.MATERIALS)}
TWO_SIDED = ("hair", "cloth", "plain", "wisps")  # sheets whose backs can be seen past the cheek and inside the collar
MARGIN_M = 0.04  # around the vertices in `bounds`: a rim of anti-aliasing


@dataclass(frozen=True, slots=True)
class PuppetLights:
    """Three directional lights and ambient. *_dir: direction of travel, world, glTF axes; colours: linear RGB."""

    key_dir: tuple[float, float, float]
    key_col: tuple[float, float, float]
    fill_dir: tuple[float, float, float]
    fill_col: tuple[float, float, float]
    rim_dir: tuple[float, float, float]
    rim_col: tuple[float, float, float]
    ambient: tuple[float, float, float]


def _of(preset: LightPreset) -> PuppetLights:
    given = {f"{light.kind}_{field}": tuple(map(float, values)) for light in preset.lights
             for field, values in (("dir", light.direction), ("col", light.colour))}
    return PuppetLights(**given, ambient=tuple(map(float, preset.ambient)))  # type: ignore[arg-type]


LIGHTS = {name: _of(preset) for name, preset in LIGHT_PRESETS.items()}


@dataclass(slots=True)
class _Part:
    mesh_index: int
    mesh: AvatarMesh
    data: GeomVertexData
    node: NodePath
    turning: NDArray[np.intp]  # the vertices of it that move with the head


class _Extent:
    """Lower and upper corner of all points that were added."""

    def __init__(self) -> None:
        self.low, self.high = np.full(3, np.inf, np.float32), np.full(3, -np.inf, np.float32)

    def add(self, columns: NDArray) -> None:
        """columns: (3, n); n may be 0."""
        np.minimum(self.low, columns.min(1, initial=np.inf), out=self.low)
        np.maximum(self.high, columns.max(1, initial=-np.inf), out=self.high)


@dataclass(slots=True)
class _Figure:
    skinner: Skinner
    parts: list[_Part]
    node: NodePath


class Puppet:
    """One anchor on a stage. Not thread-safe: use it on the thread that draws.

    `node` is in Panda's axes with its origin between the feet; place and turn it like any node. Its shader inputs
    u_key_dir … u_ambient and u_eye come from the graph above it, or from `light` and `look_from`.
    shaders=False lights the vertices on the CPU, for the software rasteriser without shaders. springs: of hair and cloth;
    toons: by mesh, of those with toon light.
    """

    def __init__(self, model: AvatarModel, shaders: bool = True, springs: Springs | None = None,
                 toons: Mapping[str, Toon] = MappingProxyType({})) -> None:
        self.model, self._toons = model, toons
        self._swing = SpringMotion(springs, model.joint_positions_m) if springs is not None else None
        self.node = NodePath("puppet")
        self.low_m = np.zeros(3, np.float32)
        self.high_m = np.zeros(3, np.float32)
        self._shaders = shaders
        self.lights = LIGHTS["studio"]
        self._textures = {name: _texture(name, data) for name, data in model.textures.items()}
        whole, self._below = Skinner(model), Below(model)
        figures = (near_figure, far_figure) if shaders else (near_figure,)
        self._figures = [self._figure(arrange(model, whole)) for arrange in figures]
        self._shown = 0
        self._seen: NDArray | None = None
        self.rests = False
        self._bounds_m: dict[bool, tuple[NDArray, NDArray]] = {}  # of what lies below the head, and of the rest
        self._turning_m = self.low_m, self.high_m
        self._blockers = blockers.Blockers(model)
        self._blocked = PTA_LVecBase4f.empty_array(2 * blockers.COUNT)
        self.node.set_shader_input("u_blockers", self._blocked)
        self.apply(rest_pose())

    @property
    def skinner(self) -> Skinner:
        """Of the figure that is shown."""
        return self._figures[self._shown].skinner

    def detail(self, px_per_m: float, seen: NDArray | None = None) -> None:
        """How large she is about to be drawn, before `apply`: from afar she has fewer triangles. seen: (3, 4) where the camera
        sees what (`Below.moved_px`); without it nothing rests."""
        self._shown, self._seen = min(int(px_per_m <= FAR_MOST_PX_PER_M), len(self._figures) - 1), seen

    def apply(self, pose: Pose, may_rest: bool = False, at_s: float = 0.0) -> None:
        """Put the body into a pose: writes every mesh's vertices. Bounds (model axes) follow. may_rest: what lies below the
        head may stay as it was, if nobody would see it move; `rests` says whether it did. at_s: of the show, for hair."""
        for number, figure in enumerate(self._figures):
            (figure.node.show if number == self._shown else figure.node.hide)()
        matrices = self.skinner.joint_matrices(pose)
        if self._swing is not None:
            self._swing.move(matrices, at_s)
        self.rests = may_rest and self._seen is not None and self._below.moved_px(matrices, self._seen) < STILL_PX
        if not self.rests:
            self._below.put(matrices)
        self._bounds_m = {
            below: self._write_parts(pose, below) if not (below and self.rests) else self._bounds_m[below]
            for below in (True, False)}
        self.low_m = np.minimum(*(low for low, _ in self._bounds_m.values()))
        self.high_m = np.maximum(*(high for _, high in self._bounds_m.values()))
        if self._shaders and not self.rests:
            self._block()

    def _write_parts(self, pose: Pose, below: bool) -> tuple[NDArray, NDArray]:
        """The vertices of what lies below the head, or of the rest; lower and upper corner of them."""
        extent, turning = _Extent(), _Extent()
        for part in self._figures[self._shown].parts:
            if (part.mesh_index in self._below.parts) != below:
                continue
            positions, normals = self.skinner.vertices(part.mesh_index, pose)
            rows = np.frombuffer(memoryview(part.data.modify_array(0)).cast("B"), np.float32).reshape(-1, 6)
            for first, vectors in ((0, positions), (3, normals)):  # as render.axes.to_panda, column by column: half the time
                rows[:, first] = vectors[:, 0]
                np.negative(vectors[:, 2], out=rows[:, first + 1])
                rows[:, first + 2] = vectors[:, 1]
            columns = np.ascontiguousarray(positions.T)
            extent.add(columns)
            turning.add(np.take(columns, part.turning, 1))
            if not self._shaders:
                self._shade(part, normals)
        if not below:
            self._turning_m = turning.low, turning.high
        return extent.low, extent.high

    def _block(self) -> None:
        """Tell the shader where forearms and hands are, in the world."""
        ends, radii = self._blockers.capsules_m(self.skinner.last_matrices)
        turn = np.array(self.node.get_net_transform().get_mat(), np.float32).reshape(4, 4)  # for row vectors
        placed = ends @ PANDA_FROM_GLTF.T @ turn[:3, :3] + turn[3, :3]
        rows = np.empty((len(ends), 2, 4), np.float32)
        rows[:, 0, :3], rows[:, 0, 3] = placed[:, 0], radii
        rows[:, 1, :3] = placed[:, 1] - placed[:, 0]
        rows[:, 1, 3] = 1.0 / np.maximum(np.einsum("ij,ij->i", rows[:, 1, :3], rows[:, 1, :3]), 1e-8)
        self._blocked.set_data(rows.tobytes())

    def palm(self, side: str) -> NDArray:
        """(3,) metres, model axes: what lies on the open hand lies there, in the pose that was applied last."""
        return palm_m(self.skinner, side)

    def light(self, lights: PuppetLights) -> None:
        """Light this anchor apart from its surroundings (world, glTF axes)."""
        self.lights = lights
        for name in ("key", "fill", "rim"):
            direction = np.array(getattr(lights, name + "_dir"), np.float64)
            self.node.set_shader_input(f"u_{name}_dir", vector(direction / np.linalg.norm(direction)))
            self.node.set_shader_input(f"u_{name}_col", tuple(getattr(lights, name + "_col")))
        self.node.set_shader_input("u_ambient", tuple(lights.ambient))

    def look_from(self, camera_m: tuple[float, float, float]) -> None:
        """Tell this anchor's highlights where the camera is (world, metres, glTF axes)."""
        self.node.set_shader_input("u_eye", vector(camera_m))

    def bounds(self) -> tuple[NDArray, NDArray]:
        """Lower and upper corner (3,) of the body in its pose, model axes, metres, a little larger than the truth."""
        return self.low_m - MARGIN_M, self.high_m + MARGIN_M

    def head_bounds(self) -> tuple[NDArray, NDArray]:
        """The same of what moves with the head, without a margin."""
        return self._turning_m

    def _figure(self, skinner: Skinner) -> _Figure:
        node = self.node.attach_new_node("figure")
        return _Figure(skinner, [self._build(node, i, mesh) for i, mesh in enumerate(skinner.meshes)], node)

    def _build(self, figure: NodePath, index: int, mesh: AvatarMesh) -> _Part:
        data = GeomVertexData(mesh.name, _FORMAT, GeomEnums.UH_dynamic)
        data.unclean_set_num_rows(len(mesh.positions))
        fixed = np.empty((len(mesh.positions), 6), np.float32)
        fixed[:, :3], fixed[:, 3], fixed[:, 4:] = mesh.colours, mesh.key_open, mesh.uvs
        _write(data.modify_array(1), fixed)
        geom_node = GeomNode(mesh.name)
        # the vertices move every frame: bounds are not recomputed, the scissor rectangle does the culling
        geom_node.set_bounds(OmniBoundingVolume())
        geom_node.set_final(True)
        # Backs of clothes come after all fronts: most are hidden by then, and what is hidden is not shaded (6 % of her frame).
        lined, shaded = self._shaders and mesh.material == "cloth", blockers.is_shaded(mesh, self.model)
        geom_node.add_geom(_geom(data, mesh.faces))
        if lined:  # no folds there: nobody would see them
            plain = ShaderAttrib.make(_shader(MATERIAL_KIND[mesh.material], False, shaded))
            geom_node.add_geom(_geom(data, mesh.faces), _LINING.set_attrib(plain))
        node = figure.attach_new_node(geom_node)
        node.set_two_sided(mesh.material in TWO_SIDED and not lined)
        toon = self._toons.get(mesh.name) if mesh.material == "plain" else None
        if self._shaders:
            fabric = mesh.material == "cloth" and bool(mesh.texture)
            node.set_shader(_shader(MATERIAL_KIND[mesh.material], fabric, shaded, toon is not None))
            _set_toon(node, toon)
        else:
            node.set_light_off()
            if mesh.material in ("plain", "wisps"):
                node.set_transparency(TransparencyAttrib.M_binary)  # that rasteriser's own test of alpha
        if mesh.material == "wisps" and self._shaders:
            node.set_state(node.get_state().compose(_WISPS))
        if mesh.texture and (self._shaders or mesh.material != "cloth"):  # cloth's is a normal map: only shaders read it
            node.set_texture(self._textures[mesh.texture])
        return _Part(index, mesh, data, node, self._below.turning(mesh))

    def _shade(self, part: _Part, normals: NDArray) -> None:
        """Colours lit per vertex, for a rasteriser without shaders.

        It multiplies them with the texture's sRGB bytes; encoded by the same power, the product is the lit texture.
        """
        lights = self.lights
        light = np.broadcast_to(np.array(lights.ambient, np.float32), normals.shape).copy()
        for name in ("key", "fill", "rim"):
            direction = np.array(getattr(lights, name + "_dir"), np.float32)
            facing = np.clip((normals @ (-direction / np.linalg.norm(direction)) + 0.15) / 1.15, 0, 1)
            light += facing[:, None] * np.array(getattr(lights, name + "_col"), np.float32)
        colour = part.mesh.colours * light
        view = np.frombuffer(memoryview(part.data.modify_array(1)).cast("B"), np.float32).reshape(-1, 6)
        view[:, :3] = np.clip(colour, 0, 1) ** np.float32(1 / 2.2)


def _geom(data: GeomVertexData, faces: NDArray) -> Geom:
    triangles = GeomTriangles(GeomEnums.UH_static)
    triangles.set_index_type(GeomEnums.NT_uint32)
    indices = triangles.modify_vertices()
    indices.unclean_set_num_rows(faces.size)
    _write(indices, np.ascontiguousarray(faces, np.uint32))
    geom = Geom(data)
    geom.add_primitive(triangles)
    return geom


def _write(into: object, rows: NDArray) -> None:
    """Copy an array's bytes into one of Panda's, which must be as long."""
    memoryview(into).cast("B")[:] = rows.data.cast("B")  # type: ignore[arg-type]


def _vertex_format() -> GeomVertexFormat:
    moving, fixed = GeomVertexArrayFormat(), GeomVertexArrayFormat()
    moving.add_column(InternalName.get_vertex(), 3, GeomEnums.NT_float32, GeomEnums.C_point)
    moving.add_column(InternalName.get_normal(), 3, GeomEnums.NT_float32, GeomEnums.C_normal)
    fixed.add_column(InternalName.get_color(), 4, GeomEnums.NT_float32, GeomEnums.C_color)
    fixed.add_column(InternalName.get_texcoord(), 2, GeomEnums.NT_float32, GeomEnums.C_texcoord)
    out = GeomVertexFormat()
    out.add_array(moving)
    out.add_array(fixed)
    return GeomVertexFormat.register_format(out)


for _bin, _order in (("lining", 25), ("wisps", 27)):  # after "opaque", 20; before glass, 30
    CullBinManager.get_global_ptr().add_bin(_bin, CullBinManager.BT_unsorted, _order)
_LINING = RenderState.make(CullFaceAttrib.make(CullFaceAttrib.M_cull_counter_clockwise), CullBinAttrib.make("lining", 0))
# The buffer's colours are multiplied by its alpha already (render.moving), so alpha adds up by itself.
_WISPS = RenderState.make(
    ColorBlendAttrib.make(
        ColorBlendAttrib.M_add, ColorBlendAttrib.O_incoming_alpha, ColorBlendAttrib.O_one_minus_incoming_alpha,
        ColorBlendAttrib.M_add, ColorBlendAttrib.O_one, ColorBlendAttrib.O_one_minus_incoming_alpha),
    DepthWriteAttrib.make(DepthWriteAttrib.M_off), CullBinAttrib.make("wisps", 0))
_FORMAT = _vertex_format()  # a registration in the engine's table; draws nothing


def shader_source(kind: int, fabric: bool = False, shaded: bool = False, toon: bool = False) -> tuple[str, str]:
    """Vertex and fragment GLSL of one material kind (0..7). fabric: cloth with a picture of its folds; shaded: hands and
    forearms take light from it; toon: of plain ones, with two tones."""
    defines = "".join(f"#define {name}\n" for name, on in (("FABRIC", fabric), ("SHADED", shaded), ("TOON", toon)) if on)
    texts = [(SHADERS / name).read_text().partition("\n") for name in ("anchor.vert", "anchor.frag")]
    vertex, fragment = (f"{version}\n#define KIND {kind}\n{defines}{body}" for version, _, body in texts)
    return vertex, fragment


def _set_toon(node: NodePath, toon: Toon | None) -> None:
    if toon is not None:
        node.set_shader_input("u_shade", toon.shade)
        node.set_shader_input("u_ramp", (toon.start, 1.0 / toon.width, toon.power, toon.lift))
        node.set_shader_input("u_edge", (*toon.rim, toon.follows))


def _shader(kind: int, fabric: bool = False, shaded: bool = False, toon: bool = False) -> Shader:
    vertex, fragment = shader_source(kind, fabric, shaded, toon)
    return Shader.make(Shader.SL_GLSL, vertex, fragment)


def _picture(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    return picture.convert("RGBA" if "A" in picture.getbands() else "RGB")


def _texture(name: str, data: bytes) -> Texture:
    """Uploaded as it is (sRGB-coded bytes); the shader decodes."""
    pixels = np.asarray(_picture(data))[::-1]  # Panda wants rows bottom-up and BGR
    alpha = pixels.shape[2] == 4
    pixels = pixels[..., [2, 1, 0, 3] if alpha else [2, 1, 0]]
    texture = Texture(name)
    texture.setup_2d_texture(pixels.shape[1], pixels.shape[0], Texture.T_unsigned_byte,
                             Texture.F_rgba if alpha else Texture.F_rgb)
    texture.set_ram_image(np.ascontiguousarray(pixels).tobytes())
    texture.set_minfilter(SamplerState.FT_linear_mipmap_nearest)  # trilinear costs twice as much on llvmpipe
    texture.set_magfilter(SamplerState.FT_linear)
    return texture


__all__ = ["LIGHTS", "MATERIAL_KIND", "Puppet", "PuppetLights", "shader_source"]
