"""Each rule of the specification catches what breaks it, and a file with a bit of everything breaks none."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import assets.gate.spec as spec_package
from assets.gate.checks.specification import findings
from assets.gate.spec import container, validation
from assets.gate.spec.image_header import HeaderError, read_header
from assets.gate.spec.problems import Problems
from assets.gate.spec.rules import MENDS, rules
from assets.glb import GlbError
from assets.glb_container import open_document
from tests.fakes.gltf_files import packed, png, rich_document

pytestmark = pytest.mark.unit


def codes(value: dict[str, Any], blob: bytes) -> set[str]:
    problems, data = Problems(), packed(value, blob)
    container.check(data, problems)
    validation.validate(open_document(data), problems)
    return set(problems.counts)


def test_a_sound_file_breaks_no_rule() -> None:
    assert codes(*rich_document()) == set()


def primitive(v: dict[str, Any]) -> dict[str, Any]:
    return v["meshes"][0]["primitives"][0]


def accessor(v: dict[str, Any], name: str) -> dict[str, Any]:
    return v["accessors"][primitive(v)["attributes"][name]]


Change = Callable[[dict[str, Any]], Any]
BROKEN: list[tuple[Change, str]] = [
    (lambda v: v["materials"][0].update(emissiveFactor=[0, 2, 0]), "value_not_in_range"),
    (lambda v: v["materials"][0].update(emissiveFactor=[0, 0]), "array_length_not_in_list"),
    (lambda v: v["materials"][0].update(emissiveFactor=[0, "1", 0]), "array_type_mismatch"),
    (lambda v: v["materials"][0].update(doubleSided="yes"), "type_mismatch"),
    (lambda v: v["nodes"][0].update(children=[]), "empty_entity"),
    (lambda v: v["nodes"][0].update(children=[1, 1]), "duplicate_elements"),
    (lambda v: v["nodes"][0].update(children=[-1]), "invalid_index"),
    (lambda v: v["nodes"][0].update(children=[77]), "unresolved_reference"),
    (lambda v: v["nodes"][1].update(children=[0]), "node_loop"),
    (lambda v: v["nodes"][4].update(children=[3, 1]), "node_parent_override"),
    (lambda v: v["scenes"][0].update(nodes=[0, 2, 4, 1]), "scene_non_root_node"),
    (lambda v: v["nodes"][1].update(rotation=[0, 0, 0.5, 0.5]), "rotation_non_unit"),
    (lambda v: v["nodes"][3].update(scale=[1, 1, 1]), "node_matrix_trs"),
    (lambda v: v["nodes"][3].update(matrix=[1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]), "node_matrix_non_trs"),
    (lambda v: v["nodes"][0].update(weights=[1]), "unsatisfied_dependency"),
    (lambda v: v["nodes"][2].update(weights=[1]), "node_weights_invalid"),
    (lambda v: v["nodes"][2].update(mesh=1), "node_skin_with_non_skinned_mesh"),
    (lambda v: v["skins"][0].update(joints=[0, 1, 3]), "skin_no_common_root"),
    (lambda v: v["skins"][0].update(skeleton=1), "skin_skeleton_invalid"),
    (lambda v: v["scenes"][0].update(nodes=[2, 4]), "node_skin_no_scene"),
    (lambda v: v["meshes"][0].update(weights=[1]), "mesh_invalid_weights_count"),
    (lambda v: primitive(v)["attributes"].update(FLAVOUR=0), "mesh_primitive_invalid_attribute"),
    (lambda v: primitive(v)["attributes"].update(TEXCOORD_2=3), "mesh_primitive_indexed_semantic_continuity"),
    (lambda v: primitive(v)["attributes"].pop("WEIGHTS_0"), "mesh_primitive_joints_weights_mismatch"),
    (lambda v: primitive(v)["attributes"].pop("TEXCOORD_0"), "mesh_primitive_too_few_texcoords"),
    (lambda v: accessor(v, "POSITION").pop("min"), "mesh_primitive_position_accessor_without_bounds"),
    (lambda v: accessor(v, "NORMAL").update(type="VEC4", count=6), "mesh_primitive_attributes_accessor_invalid_format"),
    (lambda v: accessor(v, "NORMAL").update(count=7), "mesh_primitive_unequal_accessor_count"),
    (lambda v: accessor(v, "NORMAL").update(count=8000), "accessor_too_long"),
    (lambda v: accessor(v, "NORMAL").update(byteOffset=2), "accessor_offset_alignment"),
    (lambda v: accessor(v, "POSITION").update(max=[0, 0, 0]), "accessor_max_mismatch"),
    (lambda v: accessor(v, "POSITION").update(normalized=True), "accessor_normalized_invalid"),
    (lambda v: primitive(v).update(indices=primitive(v)["attributes"]["POSITION"]), "accessor_usage_override"),
    (lambda v: primitive(v)["targets"].pop(), "mesh_invalid_weights_count"),
    (lambda v: primitive(v)["targets"][0].update(TEXCOORD_1=3), "mesh_primitive_morph_target_no_base_accessor"),
    (lambda v: v["bufferViews"][0].update(byteLength=10**6), "buffer_view_too_long"),
    (lambda v: v["bufferViews"][0].update(byteStride=6), "value_multiple_of"),
    (lambda v: v["bufferViews"][0].update(target=34963), "buffer_view_target_override"),
    (lambda v: v["buffers"][0].update(byteLength=8 * 10**9), "buffer_byte_length_mismatch"),
    (lambda v: v["images"][0].update(uri="x.png"), "one_of_mismatch"),
    (lambda v: v["images"][0].update(mimeType="image/jpeg"), "image_mime_type_invalid"),
    (lambda v: v["images"][0].pop("mimeType"), "unsatisfied_dependency"),
    (lambda v: v["images"].append({"uri": "http://169.254.169.254/a.png"}), "external"),
    (lambda v: v["images"].append({"uri": "../../etc/passwd"}), "external"),
    (lambda v: v["cameras"][0]["perspective"].update(zfar=0.05), "camera_zfar_lequal_znear"),
    (lambda v: v["cameras"][0].update(orthographic={}), "one_of_mismatch"),
    (lambda v: v["asset"].update(version="2"), "pattern_mismatch"),
    (lambda v: v["asset"].update(minVersion="2.1"), "asset_min_version_greater_than_version"),
    (lambda v: v.update(extensionsRequired=["KHR_mesh_quantization"]), "unused_extension_required"),
    (lambda v: v["extensionsUsed"].append("KHR_mesh_quantization"), "non_required_extension"),
    (lambda v: v["materials"][1]["extensions"].update(KHR_materials_unlit={}), "undeclared_extension"),
    (lambda v: v["nodes"][0].update(extensions={"KHR_materials_ior": {}}), "unexpected_extension_object"),
    (lambda v: v["materials"][1]["extensions"]["KHR_materials_ior"].update(ior=0.5), "value_not_in_range"),
    (lambda v: v["extensions"]["KHR_lights_punctual"]["lights"][0]["spot"].update(innerConeAngle=1),
     "khr_lights_punctual_light_spot_angles"),
    (lambda v: v["nodes"][4]["extensions"]["KHR_lights_punctual"].update(light=4), "unresolved_reference"),
    (lambda v: primitive(v)["extensions"]["KHR_materials_variants"]["mappings"].append({"material": 0, "variants": [0]}),
     "khr_materials_variants_non_unique_variant"),
    (lambda v: v["animations"][0]["channels"].append({"sampler": 0, "target": {"node": 3, "path": "scale"}}),
     "animation_channel_target_node_matrix"),
    (lambda v: v["animations"][0]["channels"].append(v["animations"][0]["channels"][0]), "animation_duplicate_targets"),
    (lambda v: v["animations"][0]["samplers"][0].update(interpolation="CUBICSPLINE"),
     "animation_sampler_output_accessor_invalid_count"),
    (lambda v: v["accessors"][v["animations"][0]["samplers"][0]["input"]].pop("max"),
     "animation_sampler_input_accessor_without_bounds"),
]


@pytest.mark.parametrize(("change", "code"), BROKEN, ids=[f"{i}-{c}" for i, (_, c) in enumerate(BROKEN)])
def test_what_breaks_a_rule_is_named(change: Change, code: str) -> None:
    value, blob = rich_document()
    change(value)
    assert code in codes(value, blob)


@pytest.mark.parametrize(("name", "values", "code"), [
    ("POSITION", [np.nan], "accessor_invalid_float"),
    ("POSITION", [1e6], "accessor_element_out_of_max_bound"),
    ("NORMAL", [9.0], "accessor_vector3_non_unit"),
    ("TANGENT", [0.0, 1.0, 0.0, 0.5], "accessor_invalid_sign"),
    ("WEIGHTS_0", [0.9], "accessor_weights_non_normalized"),
    ("WEIGHTS_0", [-0.5], "accessor_weights_negative"),
])
def test_numbers_that_break_a_rule_are_named(name: str, values: list[float], code: str) -> None:
    value, blob = rich_document()
    at = value["bufferViews"][accessor(value, name)["bufferView"]]["byteOffset"]
    data = bytearray(blob)
    data[at:at + 4 * len(values)] = struct.pack(f"<{len(values)}f", *values)
    assert code in codes(value, bytes(data))


def test_indices_beyond_the_vertices_and_joints_beyond_the_skin_are_named() -> None:
    value, blob = rich_document()
    data = bytearray(blob)
    at = value["bufferViews"][value["accessors"][primitive(value)["indices"]]["bufferView"]]["byteOffset"]
    data[at:at + 2] = struct.pack("<H", int(np.random.default_rng().integers(8, 60000)))
    at = value["bufferViews"][accessor(value, "JOINTS_0")["bufferView"]]["byteOffset"]
    data[at] = 9
    assert {"accessor_index_oob", "accessor_joints_index_oob"} <= codes(value, bytes(data))


@pytest.mark.parametrize(("data", "code"), [
    (b"glTF", "glb_unexpected_end_of_header"),
    (struct.pack("<4sII", b"glTF", 1, 40), "glb_invalid_version"),
    (struct.pack("<4sII", b"glTF", 2, 99), "glb_length_mismatch"),
    (struct.pack("<4sIIII", b"glTF", 2, 20, 0, 0x004E4942), "glb_unexpected_first_chunk"),
    (struct.pack("<4sIIII", b"glTF", 2, 20, 0, 0x4E4F534A), "glb_empty_chunk"),
    (struct.pack("<4sIIIIII", b"glTF", 2, 28, 0, 0x4E4F534A, 0, 0x4E4F534A), "glb_duplicate_chunk"),
    (struct.pack("<4sIIIIIIII", b"glTF", 2, 36, 0, 0x4E4F534A, 0, 7, 0, 0x004E4942), "glb_unexpected_bin_chunk"),
    (struct.pack("<4sIIII", b"glTF", 2, 20, 3, 0x4E4F534A), "glb_chunk_length_unaligned"),
    (struct.pack("<4sIIII", b"glTF", 2, 20, 8, 0x4E4F534A), "glb_chunk_too_big"),
    (struct.pack("<4sIIHH", b"glTF", 2, 16, 0, 0), "glb_unexpected_end_of_chunk_header"),
])
def test_broken_containers_are_named(data: bytes, code: str) -> None:
    problems = Problems()
    container.check(data, problems)
    assert code in problems.counts
    with pytest.raises(GlbError):
        open_document(data)


def test_every_code_has_a_rule_in_two_languages_and_every_rule_a_code() -> None:
    source = "".join(p.read_text() for p in Path(spec_package.__path__[0]).glob("*.py"))
    given = set(re.findall(r"(?:add|_bad|HeaderError)\(\s*\"([a-z0-9_]+)\"", source))
    given |= set(re.findall(r"\((?:\"(accessor_[a-z_]+)\"), f?\"", source))
    given |= {"accessor_min_mismatch", "accessor_max_mismatch", "accessor_element_out_of_min_bound",
              "accessor_element_out_of_max_bound", "external", "invalid_uri"}  # named by an expression
    assert given == set(rules())
    for code, rule in rules().items():
        assert rule.mend in MENDS and rule.tier in ("refused", "warned"), code
        assert re.search(r"[\u4e00-\u9fff]", rule.chinese) and rule.english[0].isupper(), code


def test_a_finding_says_how_often_where_and_how_to_mend() -> None:
    value, blob = rich_document()
    value["materials"][0]["doubleSided"] = 3
    value["materials"][1]["doubleSided"] = 4
    problems = Problems()
    validation.validate(open_document(packed(value, blob)), problems)
    (found,) = findings(problems)
    assert (found.code, found.tier, found.number) == ("type_mismatch", "warned", 2)
    assert "/materials/0/doubleSided" in found.message_en and "glTF 2.0" in found.source and found.mend_zh


def test_image_headers_give_size_without_decoding_and_name_what_is_broken() -> None:
    width, height = (int(v) for v in np.random.default_rng().integers(1, 3000, 2))
    header = read_header(png(width, height))
    assert header is not None and (header.mime, header.width_px, header.height_px) == ("image/png", width, height)
    assert read_header(b"<html>") is None
    for data, code in ((png()[:20], "image_unexpected_eos"), (png()[:12] + b"JUNK" + png()[16:], "image_data_invalid"),
                       (b"\xff\xd8\xff\xda\0\2", "image_data_invalid"), (b"\xff\xd8\xff\xe0\0", "image_unexpected_eos")):
        with pytest.raises(HeaderError) as caught:
            read_header(data)
        assert caught.value.code == code
