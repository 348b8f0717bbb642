"""Files that are not plain glTF: OBJ, STL, PLY, USD, KTX2 pictures, meshopt filters, each through the locked worker."""

from __future__ import annotations

import base64
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import trimesh

from assets.gate import inspect
from assets.gate.assembly import Assembly, Part, fans
from assets.gate.repairs import basis
from assets.glb import GlbError, read_glb, scene_bounds
from assets.glb_container import open_document
from assets.glb_meshopt import decode_meshopt
from tests.fakes.gltf_files import packed, png, rich_document
from tests.fakes.meshopt_streams import raw_stream

pytestmark = pytest.mark.unit
# 8 x 8 pixels, left half red, right half blue, UASTC; made by us with the reference encoder.
KTX2 = base64.b64decode(
    "q0tUWCAyMLsNChoKAAAAAAEAAAAIAAAACAAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAaAAAACwAAACUAAAALAAAAAAAAAAAAAAAAAAAAAAAAADAAAAAAAAAAEAA"
    "AAAAAAAAQAAAAAAAAAAsAAAAAAAAAAIAKACmAQIAAwMAABAAAAAAAAAAAAB/AAAAAAAAAAAA/////x8AAABLVFh3cml0ZXIAQmFzaXMgVW5pdmVyc2FsIDIu"
    "MTAAAAQAAAB/fwAAFxkF5T/IxgAAAAAAAAAAABcFBfk/MCYDAAAAAAAAAAAXGQXlP8jGAAAAAAAAAAAAFwUF+T8wJgMAAAAAAAAAAA==")
USDA = """#usda 1.0
(
    metersPerUnit = {unit}
    upAxis = "Z"
)
def Xform "shop"
{{
    def Mesh "board" ( prepend apiSchemas = ["MaterialBindingAPI"] )
    {{
        int[] faceVertexCounts = [4, 4, 4, 4, 4, 4]
        int[] faceVertexIndices = [0,2,3,1, 4,5,7,6, 0,1,5,4, 2,6,7,3, 0,4,6,2, 1,3,7,5]
        point3f[] points = [(0,0,0),({x},0,0),(0,{y},0),({x},{y},0),(0,0,{z}),({x},0,{z}),(0,{y},{z}),({x},{y},{z})]
        uniform token subdivisionScheme = "none"
        rel material:binding = </shop/paint>
    }}
    def Material "paint"
    {{
        token outputs:surface.connect = </shop/paint/s.outputs:surface>
        def Shader "s"
        {{
            uniform token info:id = "UsdPreviewSurface"
            color3f inputs:diffuseColor = (0.1, 0.6, 0.3)
            float inputs:roughness = 0.25
            token outputs:surface
        }}
    }}
}}
"""

FBX = """; FBX 7.4.0 project file
FBXHeaderExtension:  {{
	FBXHeaderVersion: 1003
	FBXVersion: 7400
}}
GlobalSettings:  {{
	Version: 1000
	Properties70:  {{
		P: "UpAxis", "int", "Integer", "",1
		P: "UpAxisSign", "int", "Integer", "",1
		P: "FrontAxis", "int", "Integer", "",2
		P: "FrontAxisSign", "int", "Integer", "",1
		P: "CoordAxis", "int", "Integer", "",0
		P: "CoordAxisSign", "int", "Integer", "",1
		P: "UnitScaleFactor", "double", "Number", "",{unit}
	}}
}}
Objects:  {{
	Geometry: 1, "Geometry::box", "Mesh" {{
		Vertices: *24 {{
			a: {points}
		}}
		PolygonVertexIndex: *24 {{
			a: 0,2,3,-2,4,5,7,-7,0,1,5,-5,2,6,7,-4,0,4,6,-3,1,3,7,-6
		}}
		GeometryVersion: 124
		LayerElementMaterial: 0 {{
			Version: 101
			Name: ""
			MappingInformationType: "AllSame"
			ReferenceInformationType: "IndexToDirect"
			Materials: *1 {{
				a: 0
			}}
		}}
		Layer: 0 {{
			Version: 100
			LayerElement:  {{
				Type: "LayerElementMaterial"
				TypedIndex: 0
			}}
		}}
	}}
	Model: 2, "Model::lid", "Mesh" {{
		Version: 232
	}}
	Material: 3, "Material::tin", "" {{
		Version: 102
		ShadingModel: "phong"
		Properties70:  {{
			P: "DiffuseColor", "Color", "", "A",0.2,0.4,0.6
		}}
	}}
}}
Connections:  {{
	C: "OO",2,0
	C: "OO",1,2
	C: "OO",3,2
}}
"""
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES_3MF = (f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="model" '
             'ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/><Default Extension="rels" '
             'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>')
RELS_3MF = (f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Target="/3D/3dmodel.model" Id="r0" '
            'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>')
MODEL_3MF = _XML + """<model{unit} xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"><resources>
<basematerials id="2"><base name="Red" displaycolor="#C83214FF"/></basematerials>
<object id="1" type="model" pid="2" pindex="0"><mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="{x}" y="0" z="0"/>
<vertex x="0" y="{y}" z="0"/><vertex x="0" y="0" z="{z}"/></vertices><triangles><triangle v1="0" v2="2" v3="1"/>
<triangle v1="0" v2="1" v3="3"/><triangle v1="1" v2="2" v3="3"/><triangle v1="2" v2="0" v3="3"/></triangles></mesh></object>
</resources><build><item objectid="1"/></build></model>"""
COLLADA = _XML + """<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1"><asset>
<unit name="decimetre" meter="0.1"/><up_axis>Z_UP</up_axis></asset><library_effects><effect id="e"><profile_COMMON>
<technique sid="c"><lambert><diffuse><color>0.8 0.1 0.2 1</color></diffuse></lambert></technique></profile_COMMON></effect>
</library_effects><library_materials><material id="m" name="oak"><instance_effect url="#e"/></material></library_materials>
<library_geometries><geometry id="g" name="Box"><mesh><source id="p"><float_array id="pa" count="12">{points}</float_array>
<technique_common><accessor source="#pa" count="4" stride="3"><param name="X" type="float"/><param name="Y" type="float"/>
<param name="Z" type="float"/></accessor></technique_common></source><vertices id="v"><input semantic="POSITION" source="#p"/>
</vertices><triangles material="mm" count="4"><input semantic="VERTEX" source="#v" offset="0"/>
<p>0 2 1 0 1 3 1 2 3 2 0 3</p></triangles></mesh></geometry></library_geometries><library_visual_scenes>
<visual_scene id="s"><node name="part"><instance_geometry url="#g"><bind_material><technique_common>
<instance_material symbol="mm" target="#m"/></technique_common></bind_material></instance_geometry></node></visual_scene>
</library_visual_scenes><scene><instance_visual_scene url="#s"/></scene></COLLADA>"""


def box_obj(folder: Path, library: str = "box.mtl") -> Path:
    mesh = trimesh.creation.box((0.2, 0.3, 0.1))
    lines = [f"mtllib {library}", "usemtl red", *(f"v {x} {y} {z}" for x, y, z in mesh.vertices), "vt 0 0", "vt 1 0", "vt 1 1",
             *(f"f {a + 1}/1 {b + 1}/2 {c + 1}/3" for a, b, c in mesh.faces)]
    path = folder / "box.obj"
    path.write_text("\n".join(lines))
    return path


def test_an_obj_comes_with_its_colours_and_pictures(tmp_path: Path) -> None:
    path = box_obj(tmp_path)
    (tmp_path / "box.mtl").write_text("newmtl red\nKd 1 0 0\nmap_Kd skin.png\n")
    (tmp_path / "skin.png").write_bytes(png(16, 16))
    report = inspect(path, (0.2, 0.3, 0.1))
    assert not report.refused and report.scene is not None, report.findings
    assert "converted" in {f.code for f in report.findings} and report.scene.triangle_count == 12
    low, high = scene_bounds(report.scene)
    np.testing.assert_allclose(high - low, [0.2, 0.3, 0.1], atol=1e-5)
    assert report.scene.images and report.scene.materials[0].base_texture is not None


@pytest.mark.parametrize("library", ["../secret.mtl", "/etc/passwd", "http://169.254.169.254/a.mtl", "missing.mtl"])
def test_an_obj_reads_nothing_outside_its_folder(tmp_path: Path, library: str) -> None:
    (tmp_path / "secret.mtl").write_text("newmtl secret\nKd 0 1 0\n")
    folder = tmp_path / "upload"
    folder.mkdir()
    report = inspect(box_obj(folder, library))
    assert report.refused or (report.scene and "secret" not in {m.name for m in report.scene.materials})


@pytest.mark.parametrize("kind", ["stl", "ply", "off"])
def test_bare_meshes_are_taken_and_brought_to_their_listed_size(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"box.{kind}"
    trimesh.creation.box((200, 100, 300)).export(path)  # millimetres, +Z up
    report = inspect(path, (0.2, 0.3, 0.1))
    assert {"converted", "scale", "up_axis"} <= {f.code for f in report.findings}, report.findings
    assert report.scene is not None
    low, high = scene_bounds(report.scene)
    np.testing.assert_allclose(high - low, [0.2, 0.3, 0.1], atol=1e-4)


@pytest.mark.parametrize("name", ["page.obj", "page.stl", "page.usdz", "page.fbx", "page.usda", "page.dae", "page.3mf"])
def test_a_web_page_by_another_name_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"<!doctype html><title>Please log in</title>")
    assert [f.tier for f in inspect(path).findings] == ["refused"]


def test_usd_comes_at_true_size_upright_with_its_material(tmp_path: Path) -> None:
    x, y, z = (float(v) for v in np.random.default_rng().uniform(10, 90, 3))
    path = tmp_path / "board.usda"
    path.write_text(USDA.format(unit=0.01, x=x, y=y, z=z))
    report = inspect(path)
    assert not report.refused and report.scene is not None, report.findings
    low, high = scene_bounds(report.scene)
    np.testing.assert_allclose(high - low, np.array([x, z, y]) / 100, rtol=1e-4)
    (paint,) = report.scene.materials
    assert paint.base_colour == pytest.approx((0.1, 0.6, 0.3, 1)) and (paint.roughness, paint.metallic) == (0.25, 0)
    p = report.scene.meshes[0].primitives[0]
    middle = p.positions.mean(0)
    outward = np.einsum("fi,fi->f", p.positions[p.indices[:, 0]] - middle, p.normals[p.indices[:, 0]])
    assert (outward > 0).all()


def test_fbx_comes_in_metres_with_its_colour(tmp_path: Path) -> None:
    x, y, z = (round(float(v), 3) for v in np.random.default_rng().uniform(1, 9, 3))
    points = ",".join(f"{a * x},{b * y},{c * z}" for c in (0, 1) for b in (0, 1) for a in (0, 1))
    path = tmp_path / "lid.fbx"
    path.write_text(FBX.format(unit=10, points=points))  # one unit is a decimetre
    report = inspect(path)
    assert not report.refused and report.scene is not None, report.findings
    low, high = scene_bounds(report.scene)
    np.testing.assert_allclose(high - low, np.array([x, y, z]) / 10, rtol=1e-4)
    assert report.scene.triangle_count == 12 and "lid" in {n.name for n in report.scene.nodes}
    assert report.scene.materials[0].base_colour == pytest.approx((0.2, 0.4, 0.6, 1.0), abs=1e-3)


def test_metal_and_roughness_of_blender_s_fbx_are_read_and_of_others_are_not(tmp_path: Path) -> None:
    metal, rough = (round(float(v), 3) for v in np.random.default_rng().uniform(0.1, 0.9, 2))
    points = ",".join(f"{a},{b},{c}" for c in (0, 1) for b in (0, 1) for a in (0, 1))
    colour = 'P: "DiffuseColor", "Color", "", "A",0.2,0.4,0.6'
    gloss = ((1 - rough) * 10) ** 2
    shine = (f'{colour}\n\t\t\tP: "Shininess", "double", "Number", "",{gloss}'
             f'\n\t\t\tP: "ShininessExponent", "double", "Number", "",{gloss}'
             f'\n\t\t\tP: "ReflectionFactor", "double", "Number", "",{metal}')
    text = FBX.format(unit=10, points=points).replace(colour, shine)
    for sign, wanted in (("", (0.0, 0.6)), ("; Blender (stable FBX IO) - 4.2.0", (metal, rough))):
        path = tmp_path / "lid.fbx"
        first, rest = text.split("\n", 1)
        path.write_text(f"{first}\n{sign}\n{rest}")
        scene = inspect(path).scene
        assert scene is not None
        assert (scene.materials[0].metallic, scene.materials[0].roughness) == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize("unit", ["", "millimeter", "centimeter", "inch", "meter", "parsec"])
def test_3mf_comes_in_metres_upright_with_its_colour(tmp_path: Path, unit: str) -> None:
    x, y, z = (round(float(v), 3) for v in np.random.default_rng().uniform(1, 9, 3))
    path = tmp_path / "part.3mf"
    model = MODEL_3MF.format(unit=f' unit="{unit}"' if unit else "", x=x, y=y, z=z)
    with zipfile.ZipFile(path, "w") as file:
        for name, text in (("[Content_Types].xml", TYPES_3MF), ("_rels/.rels", RELS_3MF), ("3D/3dmodel.model", model)):
            file.writestr(name, text)
    report = inspect(path)
    assert not report.refused and report.scene is not None, report.findings
    low, high = scene_bounds(report.scene)
    metres = {"centimeter": 0.01, "inch": 0.0254, "meter": 1.0}.get(unit, 0.001)
    np.testing.assert_allclose(high - low, np.array([x, z, y]) * metres, rtol=1e-4)
    assert report.scene.materials[0].base_colour[:3] == pytest.approx((200 / 255, 50 / 255, 20 / 255), abs=1e-3)


def test_collada_comes_in_metres_upright_with_its_material(tmp_path: Path) -> None:
    x, y, z = (round(float(v), 3) for v in np.random.default_rng().uniform(1, 9, 3))
    path = tmp_path / "part.dae"
    path.write_text(COLLADA.format(points=f"0 0 0 {x} 0 0 0 {y} 0 0 0 {z}"))
    report = inspect(path)
    assert not report.refused and report.scene is not None, report.findings
    low, high = scene_bounds(report.scene)
    np.testing.assert_allclose(high - low, np.array([x, z, y]) * 0.1, rtol=1e-4)
    (oak,) = report.scene.materials
    assert oak.name == "oak" and oak.base_colour == pytest.approx((0.8, 0.1, 0.2, 1), abs=1e-3)


def test_ktx2_pictures_are_unpacked() -> None:
    value, blob = rich_document()
    value["bufferViews"].append({"buffer": 0, "byteOffset": len(blob) + -len(blob) % 4, "byteLength": len(KTX2)})
    value["images"] = [{"bufferView": len(value["bufferViews"]) - 1, "mimeType": "image/ktx2"}]
    value["textures"] = [{"extensions": {basis.NAME: {"source": 0}}}]
    value["extensionsUsed"].append(basis.NAME)
    value["extensionsRequired"] = [basis.NAME]
    blob += b"\0" * (-len(blob) % 4) + KTX2
    value["buffers"][0]["byteLength"] = len(blob)
    document, (found,) = basis.unpacked(open_document(packed(value, blob)))
    assert found.code == "texture_basis" and basis.NAME not in str(document.json)
    import io

    from PIL import Image

    from assets.glb_read import scene_of
    (image,) = scene_of(document).images
    picture = np.asarray(Image.open(io.BytesIO(image.data)).convert("RGB"))
    assert (picture[:, :4, 0] > 150).all() and (picture[:, 4:, 2] > 150).all()
    broken = bytearray(packed(value, blob))
    broken[-60:] = b"\xff" * 60
    value["bufferViews"][-1]["byteLength"] = 90
    with pytest.raises(GlbError):
        basis.unpacked(open_document(packed(value, blob)))


def test_meshopt_filters_give_back_what_was_packed() -> None:
    random = np.random.default_rng()
    mantissa, exponent = random.integers(-(2**22), 2**22, (30, 3)), random.integers(-20, 0, (30, 3))
    stored = ((exponent & 0xFF) << 24 | (mantissa & 0xFFFFFF)).astype("<u4")
    data = raw_stream(stored.view(np.uint8).reshape(30, 12))
    spec = {"count": 30, "byteStride": 12, "mode": "ATTRIBUTES", "filter": "EXPONENTIAL"}
    values = np.frombuffer(decode_meshopt(data, spec, "view"), "<f4").reshape(30, 3)
    np.testing.assert_allclose(values, mantissa * 2.0**exponent, rtol=1e-6)


@pytest.mark.parametrize("change", [
    {"count": 10**10}, {"byteStride": 3}, {"byteStride": 6}, {"mode": "JUNK"}, {"mode": "TRIANGLES"}, {"filter": "COLOUR"},
    {"filter": "QUATERNION"}, {"mode": "INDICES", "byteStride": 12}])
def test_meshopt_streams_that_lie_are_refused_before_they_are_decoded(change: dict) -> None:
    data = raw_stream(np.zeros((30, 12), np.uint8))
    with pytest.raises(GlbError):
        decode_meshopt(data, {"count": 30, "byteStride": 12, "mode": "ATTRIBUTES", **change}, "view")


def test_polygons_become_fans() -> None:
    corners, polygon = fans(np.array([3, 0, 5, 2, 4]))
    assert polygon.tolist() == [0, 2, 2, 2, 4, 4]
    assert corners.tolist() == [[0, 1, 2], [3, 4, 5], [3, 5, 6], [3, 6, 7], [10, 11, 12], [10, 12, 13]]


def test_an_assembly_refuses_what_cannot_be_drawn() -> None:
    made = Assembly("test")
    with pytest.raises(GlbError):
        made.glb()
    with pytest.raises(GlbError):
        made.add(Part("p", np.full((1, 3, 3), np.inf)))
    made.add(Part("p", np.random.default_rng().random((4, 3, 3))))
    assert read_glb(made.glb()).triangle_count == 4 and struct.unpack_from("<I", made.glb(), 4)[0] == 2
