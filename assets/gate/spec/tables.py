"""glTF 2.0 as tables: which property holds what. Source: glTF 2.0 specification, chapter 5 (properties reference)."""

from __future__ import annotations

from collections.abc import Mapping

from assets.gate.spec.fields import Field

_VERSION = r"[0-9]{1,9}\.[0-9]{1,9}"


def _index(target: str, required: bool = False) -> Field:
    return Field("index", required, target=target)


def _texture(table: str = "textureInfo") -> Field:
    return Field("object", table=table)


def _list(table: str, required: bool = False) -> Field:
    return Field("objects", required, table=table)


def _factors(count: int) -> Field:
    return Field("numbers", lengths=(count,), low=0, high=1)


_FACTOR = Field("number", low=0, high=1)
_OFFSET = Field("integer", low=0)
_TEXTURE_INFO = {"index": _index("textures", True), "texCoord": Field("integer", low=0)}

# The lists of the root: name -> table of the entries.
LISTS: Mapping[str, str] = {
    "accessors": "accessor", "animations": "animation", "buffers": "buffer", "bufferViews": "bufferView",
    "cameras": "camera", "images": "image", "materials": "material", "meshes": "mesh", "nodes": "node",
    "samplers": "sampler", "scenes": "scene", "skins": "skin", "textures": "texture",
}

TABLES: Mapping[str, Mapping[str, Field]] = {
    "root": {
        "asset": Field("object", True, table="asset"),
        "extensionsUsed": Field("texts"),
        "extensionsRequired": Field("texts"),
        "scene": _index("scenes"),
        **{name: _list(table) for name, table in LISTS.items()},
    },
    "asset": {
        "copyright": Field("text"),
        "generator": Field("text"),
        "version": Field("text", True, pattern=_VERSION),
        "minVersion": Field("text", pattern=_VERSION),
    },
    "accessor": {
        "bufferView": _index("bufferViews"),
        "byteOffset": _OFFSET,
        "componentType": Field("integer", True, choices=(5120, 5121, 5122, 5123, 5125, 5126)),
        "normalized": Field("flag"),
        "count": Field("integer", True, low=1),
        "type": Field("text", True, choices=("SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4")),
        "min": Field("raw"),
        "max": Field("raw"),
        "sparse": Field("object", table="sparse"),
    },
    "sparse": {
        "count": Field("integer", True, low=1),
        "indices": Field("object", True, table="sparseIndices"),
        "values": Field("object", True, table="sparseValues"),
    },
    "sparseIndices": {
        "bufferView": _index("bufferViews", True),
        "byteOffset": _OFFSET,
        "componentType": Field("integer", True, choices=(5121, 5123, 5125)),
    },
    "sparseValues": {"bufferView": _index("bufferViews", True), "byteOffset": _OFFSET},
    "animation": {"channels": _list("channel", True), "samplers": _list("animationSampler", True)},
    "channel": {"sampler": Field("integer", True, low=0), "target": Field("object", True, table="channelTarget")},
    "channelTarget": {
        "node": _index("nodes"),
        "path": Field("text", True, choices=("translation", "rotation", "scale", "weights", "pointer")),
    },
    "animationSampler": {
        "input": _index("accessors", True),
        "interpolation": Field("text", choices=("LINEAR", "STEP", "CUBICSPLINE")),
        "output": _index("accessors", True),
    },
    "buffer": {"uri": Field("text"), "byteLength": Field("integer", True, low=1)},
    "bufferView": {
        "buffer": _index("buffers", True),
        "byteOffset": _OFFSET,
        "byteLength": Field("integer", True, low=1),
        "byteStride": Field("integer", low=4, high=252),
        "target": Field("integer", choices=(34962, 34963)),
    },
    "camera": {
        "type": Field("text", True, choices=("perspective", "orthographic")),
        "perspective": Field("object", table="perspective"),
        "orthographic": Field("object", table="orthographic"),
    },
    "perspective": {
        "aspectRatio": Field("number", above=0),
        "yfov": Field("number", True, above=0),
        "zfar": Field("number", above=0),
        "znear": Field("number", True, above=0),
    },
    "orthographic": {
        "xmag": Field("number", True),
        "ymag": Field("number", True),
        "zfar": Field("number", True, above=0),
        "znear": Field("number", True, low=0),
    },
    "image": {
        "uri": Field("text"),
        "mimeType": Field("text", choices=("image/jpeg", "image/png", "image/webp", "image/ktx2")),
        "bufferView": _index("bufferViews"),
    },
    "material": {
        "pbrMetallicRoughness": Field("object", table="pbr"),
        "normalTexture": _texture("normalTextureInfo"),
        "occlusionTexture": _texture("occlusionTextureInfo"),
        "emissiveTexture": _texture(),
        "emissiveFactor": _factors(3),
        "alphaMode": Field("text", choices=("OPAQUE", "MASK", "BLEND")),
        "alphaCutoff": Field("number", low=0),
        "doubleSided": Field("flag"),
    },
    "pbr": {
        "baseColorFactor": _factors(4),
        "baseColorTexture": _texture(),
        "metallicFactor": _FACTOR,
        "roughnessFactor": _FACTOR,
        "metallicRoughnessTexture": _texture(),
    },
    "textureInfo": _TEXTURE_INFO,
    "normalTextureInfo": {**_TEXTURE_INFO, "scale": Field("number")},
    "occlusionTextureInfo": {**_TEXTURE_INFO, "strength": _FACTOR},
    "mesh": {"primitives": _list("primitive", True), "weights": Field("numbers")},
    "primitive": {
        "attributes": Field("index_map", True, target="accessors"),
        "indices": _index("accessors"),
        "material": _index("materials"),
        "mode": Field("integer", low=0, high=6),
        "targets": Field("index_maps", target="accessors"),
    },
    "node": {
        "camera": _index("cameras"),
        "children": Field("indices", target="nodes"),
        "skin": _index("skins"),
        "matrix": Field("numbers", lengths=(16,)),
        "mesh": _index("meshes"),
        "rotation": Field("numbers", lengths=(4,), low=-1, high=1),
        "scale": Field("numbers", lengths=(3,)),
        "translation": Field("numbers", lengths=(3,)),
        "weights": Field("numbers"),
    },
    "sampler": {
        "magFilter": Field("integer", choices=(9728, 9729)),
        "minFilter": Field("integer", choices=(9728, 9729, 9984, 9985, 9986, 9987)),
        "wrapS": Field("integer", choices=(33071, 33648, 10497)),
        "wrapT": Field("integer", choices=(33071, 33648, 10497)),
    },
    "scene": {"nodes": Field("indices", target="nodes")},
    "skin": {
        "inverseBindMatrices": _index("accessors"),
        "skeleton": _index("nodes"),
        "joints": Field("indices", True, target="nodes"),
    },
    "texture": {"sampler": _index("samplers"), "source": _index("images")},
}
