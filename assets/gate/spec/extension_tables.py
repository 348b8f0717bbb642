"""The ratified extensions as tables. Source: the README of each extension in Khronos' glTF repository."""

from __future__ import annotations

import math
from collections.abc import Mapping

from assets.gate.spec.fields import Field

_FACTOR = Field("number", low=0, high=1)
_POSITIVE = Field("number", low=0)
_TEXTURE = Field("object", table="textureInfo")
_COLOUR = Field("numbers", lengths=(3,), low=0, high=1)
_POINTER = r"(/([^~/]|~[01])*)*"  # RFC 6901

EXTENSION_TABLES: Mapping[str, Mapping[str, Field]] = {
    "webp": {"source": Field("index", target="images")},
    "basisu": {"source": Field("index", target="images")},
    "animationPointer": {"pointer": Field("text", True, pattern=_POINTER)},
    "lights": {"lights": Field("objects", True, table="light")},
    "light": {
        "color": _COLOUR,
        "intensity": _POSITIVE,
        "type": Field("text", True, choices=("directional", "point", "spot")),
        "spot": Field("object", table="spot"),
        "range": Field("number", above=0),
    },
    "spot": {
        "innerConeAngle": Field("number", low=0, below=math.pi / 2),
        "outerConeAngle": Field("number", above=0, high=math.pi / 2),
    },
    "nodeLight": {"light": Field("index", True, target="lights")},
    "anisotropy": {"anisotropyStrength": _FACTOR, "anisotropyRotation": Field("number"), "anisotropyTexture": _TEXTURE},
    "clearcoat": {
        "clearcoatFactor": _FACTOR,
        "clearcoatTexture": _TEXTURE,
        "clearcoatRoughnessFactor": _FACTOR,
        "clearcoatRoughnessTexture": _TEXTURE,
        "clearcoatNormalTexture": Field("object", table="normalTextureInfo"),
    },
    "dispersion": {"dispersion": _POSITIVE},
    "emissiveStrength": {"emissiveStrength": _POSITIVE},
    "ior": {"ior": Field("number", low=1, zero_too=True)},
    "iridescence": {
        "iridescenceFactor": _FACTOR,
        "iridescenceTexture": _TEXTURE,
        "iridescenceIor": Field("number", low=1),
        "iridescenceThicknessMinimum": _POSITIVE,
        "iridescenceThicknessMaximum": _POSITIVE,
        "iridescenceThicknessTexture": _TEXTURE,
    },
    "glossiness": {
        "diffuseFactor": Field("numbers", lengths=(4,), low=0, high=1),
        "diffuseTexture": _TEXTURE,
        "specularFactor": _COLOUR,
        "glossinessFactor": _FACTOR,
        "specularGlossinessTexture": _TEXTURE,
    },
    "sheen": {
        "sheenColorFactor": _COLOUR,
        "sheenColorTexture": _TEXTURE,
        "sheenRoughnessFactor": _FACTOR,
        "sheenRoughnessTexture": _TEXTURE,
    },
    "specular": {
        "specularFactor": _FACTOR,
        "specularTexture": _TEXTURE,
        "specularColorFactor": Field("numbers", lengths=(3,), low=0),
        "specularColorTexture": _TEXTURE,
    },
    "transmission": {"transmissionFactor": _FACTOR, "transmissionTexture": _TEXTURE},
    "empty": {},
    "variants": {"variants": Field("objects", True, table="variant")},
    "variant": {"name": Field("text", True)},
    "variantMappings": {"mappings": Field("objects", True, table="variantMapping")},
    "variantMapping": {
        "variants": Field("indices", True, target="variants"),
        "material": Field("index", True, target="materials"),
    },
    "volume": {
        "attenuationColor": _COLOUR,
        "attenuationDistance": Field("number", above=0),
        "thicknessFactor": _POSITIVE,
        "thicknessTexture": _TEXTURE,
    },
    "transform": {
        "offset": Field("numbers", lengths=(2,)),
        "rotation": Field("number"),
        "scale": Field("numbers", lengths=(2,)),
        "texCoord": Field("integer", low=0),
    },
    "meshopt": {
        "buffer": Field("index", True, target="buffers"),
        "byteOffset": Field("integer", low=0),
        "byteLength": Field("integer", True, low=1),
        "byteStride": Field("integer", True, low=1, high=256),
        "count": Field("integer", True, low=1),
        "mode": Field("text", True, choices=("ATTRIBUTES", "TRIANGLES", "INDICES")),
        "filter": Field("text", choices=("NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR")),
    },
    "draco": {
        "bufferView": Field("index", True, target="bufferViews"),
        "attributes": Field("raw", True),  # ids inside the Draco stream, not accessors
    },
}

_INFOS = ("textureInfo", "normalTextureInfo", "occlusionTextureInfo")

# extension -> table of its owner -> its own table
PLACES: Mapping[str, Mapping[str, str]] = {
    "EXT_texture_webp": {"texture": "webp"},
    "KHR_texture_basisu": {"texture": "basisu"},
    "KHR_animation_pointer": {"channelTarget": "animationPointer"},
    "KHR_lights_punctual": {"root": "lights", "node": "nodeLight"},
    "KHR_materials_anisotropy": {"material": "anisotropy"},
    "KHR_materials_clearcoat": {"material": "clearcoat"},
    "KHR_materials_dispersion": {"material": "dispersion"},
    "KHR_materials_emissive_strength": {"material": "emissiveStrength"},
    "KHR_materials_ior": {"material": "ior"},
    "KHR_materials_iridescence": {"material": "iridescence"},
    "KHR_materials_pbrSpecularGlossiness": {"material": "glossiness"},
    "KHR_materials_sheen": {"material": "sheen"},
    "KHR_materials_specular": {"material": "specular"},
    "KHR_materials_transmission": {"material": "transmission"},
    "KHR_materials_unlit": {"material": "empty"},
    "KHR_materials_variants": {"root": "variants", "primitive": "variantMappings"},
    "KHR_materials_volume": {"material": "volume"},
    "KHR_mesh_quantization": {},
    "KHR_texture_transform": {info: "transform" for info in _INFOS},
    "EXT_meshopt_compression": {"bufferView": "meshopt", "buffer": "empty"},
    "KHR_meshopt_compression": {"bufferView": "meshopt", "buffer": "empty"},
    "KHR_draco_mesh_compression": {"primitive": "draco"},
}
