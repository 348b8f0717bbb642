"""Rooms and products as Panda nodes, from the plain values of assets.glb."""

from __future__ import annotations

import io
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    BoundingVolume,
    Geom,
    GeomEnums,
    GeomNode,
    GeomTriangles,
    GeomVertexData,
    GeomVertexFormat,
    NodePath,
    Shader,
    Texture,
    TransparencyAttrib,
)
from PIL import Image

from assets.glb import GlbMaterial, GlbPrimitive, GlbScene
from assets.scene import Light
from render.axes import PANDA_FROM_GLTF, to_panda
from render.levels import Levels

_VERTEX = np.dtype([("p", "<f4", 3), ("n", "<f4", 3), ("c", "u1", 4), ("t", "<f4", 2)])  # Panda's v3n3c4t2


def shader(name: str, *defines: str) -> Shader:
    """The GLSL pair render/shaders/<name>.vert, .frag, with these macros defined."""
    folder = resources.files("render.shaders")
    texts = [folder.joinpath(f"{name}.{kind}").read_text().partition("\n") for kind in ("vert", "frag")]
    more = "".join(f"#define {d}\n" for d in defines)
    return Shader.make(Shader.SL_GLSL, *(f"{version}\n{more}{body}" for version, _, body in texts))


def geometry(positions: NDArray, normals: NDArray, colours: NDArray, uvs: NDArray, faces: NDArray) -> Geom:
    """A Panda Geom. positions, normals: (v, 3) Panda axes; colours: (v, 4) uint8; uvs: (v, 2) V up; faces: (f, 3)."""
    table = np.zeros(len(positions), _VERTEX)
    table["p"], table["n"], table["c"], table["t"] = positions, normals, colours, uvs
    data = GeomVertexData("prop", GeomVertexFormat.get_v3n3c4t2(), Geom.UH_static)
    data.unclean_set_num_rows(len(table))
    memoryview(data.modify_array(0)).cast("B")[:] = table.tobytes()
    return with_faces(data, faces)


def with_faces(data: GeomVertexData, faces: NDArray) -> Geom:
    """A Panda Geom of (f, 3) corners."""
    triangles = GeomTriangles(Geom.UH_static)
    triangles.set_index_type(GeomEnums.NT_uint32)
    array = triangles.modify_vertices()
    array.unclean_set_num_rows(faces.size)
    memoryview(array).cast("B")[:] = np.ascontiguousarray(faces, np.uint32).tobytes()
    geom = Geom(data)
    geom.add_primitive(triangles)
    return geom


class PropBuilder:
    """Makes nodes; textures of one file are shared. shaders: False builds for the fixed pipeline of tinydisplay."""

    def __init__(self, shaders: bool) -> None:
        self._shaders = shaders
        # A look-up that a condition skips is paid all the same on a CPU: two shaders, with and without.
        self._prop = {True: shader("prop", "TEXTURED"), False: shader("prop")} if shaders else {}
        self._room = shader("room") if shaders else None
        self._shade = shader("shade") if shaders else None

    def build(self, scene: GlbScene, name: str, variant: str | None = None, levels: Levels | None = None) -> NodePath:
        """One node per named node of the file, in place; unlit materials get the room's shader. levels: gets the coarser lists
        of its parts."""
        root = NodePath(name)
        textures = [texture_from(image.data, f"{name}-{i}") for i, image in enumerate(scene.images)]
        for node in scene.nodes:
            if node.mesh is None:
                continue
            part = GeomNode(node.name)
            path = root.attach_new_node(part)
            for primitive in scene.meshes[node.mesh].primitives:
                index = primitive.variants.get(variant, primitive.material) if variant else primitive.material
                material = scene.materials[index] if index is not None else GlbMaterial()
                child = path.attach_new_node(GeomNode("g"))
                geom = self._geom(primitive, material, node.matrix)
                child.node().add_geom(geom)
                if levels is not None and primitive.coarser:
                    data = geom.get_vertex_data()
                    levels.add(child.node(), ((0.0, geom), *((e, with_faces(data, faces)) for e, faces in primitive.coarser)))
                texture = textures[material.base_texture] if material.base_texture is not None else None
                self._dress(child, material, texture)
        return root

    def _geom(self, primitive: GlbPrimitive, material: GlbMaterial, matrix: NDArray) -> Geom:
        positions = primitive.positions @ matrix[:3, :3].T + matrix[:3, 3]
        normals = primitive.normals @ np.linalg.inv(matrix[:3, :3])
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        uvs = primitive.uv1 if material.texcoord == 1 else primitive.uv0
        uvs = np.zeros((len(positions), 2), np.float32) if uvs is None else uvs * (1, -1) + (0, 1)
        albedo = np.ones((len(positions), 4), np.float32) * np.array(material.base_colour, np.float32)
        if primitive.colours is not None:
            albedo[:, :3] *= primitive.colours[:, :3]
        # Square root for the shader, which squares; unlit, the fixed pipeline takes it as good enough sRGB. Lit, tinydisplay
        # multiplies by the vertex colour twice.
        root = 0.25 if not self._shaders and not material.unlit else 0.5
        colours = (np.clip(albedo, 0, 1) ** root * 255).astype(np.uint8)
        colours[:, 3] = 255
        return geometry(to_panda(positions), to_panda(normals), colours, uvs, primitive.indices)

    def _dress(self, path: NodePath, material: GlbMaterial, texture: Texture | None) -> None:
        if texture is not None:
            path.set_texture(texture)
        if material.double_sided:
            path.set_two_sided(True)
        if material.alpha_mode == "BLEND":
            path.set_transparency(TransparencyAttrib.M_alpha)
        if not self._shaders:
            if material.unlit:
                path.set_light_off(1)
            return
        if material.unlit:
            tint = np.array(material.base_colour[:3]) ** (1 / 2.2) if texture is None else material.base_colour[:3]
            path.set_shader(self._room)
            path.set_shader_input("u_tint", (*map(float, tint), 1.0 if texture is not None else 0.0))
        else:
            path.set_shader(self._prop[texture is not None])
            path.set_shader_input("u_material", (material.metallic, material.roughness, 0.0,
                                                 material.base_colour[3] if material.alpha_mode == "BLEND" else 1.0))
            path.set_shader_input("u_emissive", material.emissive)
        if texture is None and self._shaders:
            path.set_texture(_white())

    def contact_shadow(self, radius_m: float, density: float) -> NodePath:
        """A soft dark disc in the ground plane, just above it. density: 0..1 in the middle."""
        rings, sides = np.linspace(0, 1, 7), 32
        angle = np.arange(sides) * 2 * np.pi / sides
        points = [np.zeros(3)]
        alpha = [density]
        for ring in rings[1:]:
            points += [np.array([np.cos(a) * ring * radius_m, np.sin(a) * ring * radius_m, 0]) for a in angle]
            alpha += [density * (1 - ring**2) ** 2] * sides
        faces = [(0, 1 + i, 1 + (i + 1) % sides) for i in range(sides)]
        for r in range(len(rings) - 2):
            a, b = 1 + r * sides, 1 + (r + 1) * sides
            for i in range(sides):
                j = (i + 1) % sides
                faces += [(a + i, b + i, b + j), (a + i, b + j, a + j)]
        n = len(points)
        colours = np.zeros((n, 4), np.uint8)
        colours[:, 3] = np.clip(np.array(alpha) * 255, 0, 255)
        normals = np.tile(np.array([0, 0, 1], np.float32), (n, 1))
        node = GeomNode("contact-shadow")
        node.add_geom(geometry(np.array(points, np.float32), normals, colours, np.zeros((n, 2)), np.array(faces)))
        path = NodePath(node)
        path.set_transparency(TransparencyAttrib.M_alpha)
        path.set_depth_write(False)
        path.set_z(0.006)
        path.set_light_off(1)
        path.set_texture_off(1)
        if self._shaders:
            path.set_shader(self._shade)
        return path


def texture_from(data: bytes, name: str) -> Texture:
    """A mip-mapped texture of an encoded image. Bilinear with the nearest mip level: trilinear costs twice on a CPU."""
    image = Image.open(io.BytesIO(data)).convert("RGB").transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    texture = Texture(name)
    texture.setup_2d_texture(image.width, image.height, Texture.T_unsigned_byte, Texture.F_rgb)
    texture.set_ram_image(np.asarray(image)[..., ::-1].tobytes())
    texture.set_minfilter(Texture.FT_linear_mipmap_nearest)
    texture.set_magfilter(Texture.FT_linear)
    return texture


_WHITE: list[Texture] = []


def _white() -> Texture:
    if not _WHITE:
        texture = Texture("white")
        texture.setup_2d_texture(1, 1, Texture.T_unsigned_byte, Texture.F_rgb)
        texture.set_ram_image(b"\xff\xff\xff")
        _WHITE.append(texture)
    return _WHITE[0]


def set_lights(path: NodePath, lights: tuple[Light, ...], ambient: NDArray) -> None:
    """Shader inputs u_key_dir … u_ambient for everything below `path` (Panda axes, world space)."""
    given = {light.kind: light for light in lights}
    for kind in ("key", "fill", "rim"):
        light = given.get(kind)
        direction = PANDA_FROM_GLTF @ light.direction if light else np.array([0, 0, -1], np.float32)
        direction = direction / max(float(np.linalg.norm(direction)), 1e-9)
        path.set_shader_input(f"u_{kind}_dir", tuple(float(v) for v in direction))
        path.set_shader_input(f"u_{kind}_col", tuple(float(v) for v in light.colour) if light else (0.0, 0.0, 0.0))
    path.set_shader_input("u_ambient", tuple(float(v) for v in ambient))
    path.set_shader_input("u_eye", (0.0, 0.0, 0.0))


def never_culled(path: NodePath) -> None:
    """For nodes whose vertices change every frame: no bounds to recompute."""
    from panda3d.core import OmniBoundingVolume

    path.node().set_bounds(OmniBoundingVolume())
    path.node().set_bounds_type(BoundingVolume.BT_default)
    path.node().set_final(True)
