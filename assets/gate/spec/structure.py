"""Rules within one object that a table cannot say: "either, or", versions, cameras, extensions. glTF 2.0, chapters 3 and 5."""

from __future__ import annotations

import re

from assets.gate.spec.fields import Clean
from assets.gate.spec.model import Model

_BUFFER_TYPES = ("application/octet-stream", "application/gltf-buffer")
_ENABLED_BY = {"image/webp": "EXT_texture_webp", "image/ktx2": "KHR_texture_basisu"}
# Extensions that change how the data itself is read, so that a reader without them must not try.
_NEVER_OPTIONAL = ("KHR_mesh_quantization",)


def check(model: Model) -> None:
    """Note what is wrong within single objects."""
    _versions(model)
    _extensions(model)
    for _, buffer, where in model.each("buffers"):
        _buffer(model, buffer, where)
    for _, camera, where in model.each("cameras"):
        _camera(model, camera, where)
    for _, image, where in model.each("images"):
        _image(model, image, where)
    _lights(model)


def _versions(model: Model) -> None:
    asset = model.root.get("asset", {})
    version, least = asset.get("version"), asset.get("minVersion")
    if version and least and [int(v) for v in least.split(".")] > [int(v) for v in version.split(".")]:
        model.problems.add("asset_min_version_greater_than_version", "/asset/minVersion", f"{least} > {version}")


def _extensions(model: Model) -> None:
    used, required = model.root.get("extensionsUsed", []), model.root.get("extensionsRequired", [])
    if "extensionsRequired" in model.document.json and "extensionsUsed" not in model.document.json:
        model.problems.add("unsatisfied_dependency", "/extensionsRequired", "extensionsUsed")
    for name in required:
        if name not in used:
            model.problems.add("unused_extension_required", "/extensionsRequired", name)
    for name in used:
        if name in _NEVER_OPTIONAL and name not in required:
            model.problems.add("non_required_extension", "/extensionsUsed", name)


def _buffer(model: Model, buffer: Clean, where: str) -> None:
    uri = buffer.get("uri", "")
    if uri.startswith("data:"):
        kind = re.split("[;,]", uri[5:], maxsplit=1)[0].lower()
        if kind not in _BUFFER_TYPES:
            model.problems.add("buffer_data_uri_mime_type_invalid", f"{where}/uri", kind)


def _camera(model: Model, camera: Clean, where: str) -> None:
    add = model.problems.add
    if "perspective" in camera and "orthographic" in camera:
        add("one_of_mismatch", where, "perspective, orthographic")
    kind = camera.get("type")
    if kind and kind not in camera:
        add("undefined_property", where, kind)
    lens = camera.get(kind or "", {})
    if "zfar" in lens and "znear" in lens and lens["zfar"] <= lens["znear"]:
        add("camera_zfar_lequal_znear", f"{where}/{kind}", f"{lens['zfar']} <= {lens['znear']}")
    for key in ("xmag", "ymag"):
        if lens.get(key) == 0:
            add("camera_xmag_ymag_zero", f"{where}/{kind}/{key}")


def _image(model: Model, image: Clean, where: str) -> None:
    add = model.problems.add
    if ("bufferView" in image) == ("uri" in image):
        add("one_of_mismatch", where, "bufferView, uri")
    if "bufferView" in image:
        if "mimeType" not in image:
            add("unsatisfied_dependency", f"{where}/bufferView", "mimeType")
        view = model.use_view(image["bufferView"], "image", f"{where}/bufferView")
        if view and "byteStride" in view:
            add("image_buffer_view_with_bytestride", f"{where}/bufferView")
    kind = image.get("mimeType", "")
    if kind in _ENABLED_BY and _ENABLED_BY[kind] not in model.used:
        add("value_not_in_list", f"{where}/mimeType", kind)


def _lights(model: Model) -> None:
    lights = (model.extension(model.root, "KHR_lights_punctual") or {}).get("lights", [])
    for i, light in enumerate(lights):
        where = f"/extensions/KHR_lights_punctual/lights/{i}"
        if light is None or light.get("type") != "spot":
            continue
        if "spot" not in light:
            model.problems.add("undefined_property", where, "spot")
            continue
        inner, outer = light["spot"].get("innerConeAngle", 0.0), light["spot"].get("outerConeAngle", 0.7853981633974483)
        if outer <= inner:
            model.problems.add("khr_lights_punctual_light_spot_angles", f"{where}/spot", f"{outer} <= {inner}")
