"""What looks wrong though nothing is broken: mirrored pictures, coordinates off the picture, colours no real thing has."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assets.gate.findings import Finding
from assets.gate.subject import Subject
from assets.glb import GlbScene

SOURCE = "Khronos asset auditor, recommended profile"
MIRRORED_SHARE = 0.5  # of the area on the picture: exporters mirror halves of symmetric things, but not the whole
OFF_PICTURE = 1e-3  # rounding of 16-bit coordinates is a tenth of it
BEYOND_SHARE = 0.5  # of what is seen of a picture: black lettering and white labels are real
SAMPLED_PX = 512  # of a picture, to be looked at quickly
DARKEST, BRIGHTEST = 30, 243  # of 255, sRGB: coal and fresh snow; the guideline's text says 243, one of its schemas 240


def check(subject: Subject) -> list[Finding]:
    """Warnings only."""
    assert subject.scene is not None
    scene = subject.scene
    mirrored = whole = 0.0
    off = total = 0
    for p in (p for mesh in scene.meshes for p in mesh.primitives if p.uv0 is not None and len(p.indices)):
        assert p.uv0 is not None
        corners = p.uv0[p.indices].astype(np.float64)
        a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        area = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]  # V runs down, so a picture seen the right way round is negative
        mirrored, whole = mirrored + float(area[area > 0].sum()), whole + float(np.abs(area).sum())
        used = corners.reshape(-1, 2)
        off += int(((used < -OFF_PICTURE) | (used > 1 + OFF_PICTURE)).any(1).sum())
        total += len(used)
    found = []
    if whole > 0 and mirrored / whole > MIRRORED_SHARE:
        share = mirrored / whole
        found.append(Finding("uv_mirrored", "warned", f"{share:.0%} of the UVs are mirrored; text on them reads backwards.",
                             f"{share:.0%} 的 UV 是镜像的，文字会反向显示。", share, MIRRORED_SHARE, SOURCE,
                             "Flip the UVs in the modelling program.", "请在建模软件中翻转 UV。"))
    if off:
        found.append(Finding("uv_range", "warned", f"{off / total:.0%} of the texture coordinates lie outside 0 to 1.",
                             f"{off / total:.0%} 的贴图坐标超出 0 到 1。", off / total, 0.0, SOURCE,
                             "Fine where a pattern repeats on purpose; else lay the UVs out anew.",
                             "若为重复纹理可忽略，否则请重新展开 UV。"))
    return [*found, *_colours(scene)]


def _colours(scene: GlbScene) -> list[Finding]:
    """Matter that is neither metal nor glowing, beyond what real things reflect."""
    beyond = []
    for index, material in enumerate(scene.materials):
        if material.metallic < 0.5 and not material.unlit and max(material.emissive) == 0:
            linear = np.clip(np.array(material.base_colour[:3]), 0, 1)
            srgb = 255 * np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
            picture = _seen(scene, index)
            shown = np.round(srgb[None] if picture is None else picture * (srgb / 255))
            if ((shown.max(1) < DARKEST) | (shown.min(1) > BRIGHTEST)).mean() > BEYOND_SHARE:
                beyond.append(material.name)
    if not beyond:
        return []
    names = ", ".join(beyond)[:80]
    return [Finding("colour_range", "warned", f"{len(beyond)} materials are darker than coal or brighter than snow ({names}); "
                    "light shows no form on them.", f"{len(beyond)} 种材质过暗或过亮（{names}），看不出光影。",
                    len(beyond), 0, SOURCE,
                    f"Keep base colours between {DARKEST} and {BRIGHTEST} of 255.",
                    f"请将基础色保持在 {DARKEST} 到 {BRIGHTEST} 之间。")]


def _seen(scene: GlbScene, material: int) -> NDArray[np.float64] | None:
    """(n, 3) 0..255 what triangles show of the material's picture in their middles; None without one. Atlases have empty
    corners, so the picture as a whole says nothing. The pictures' own check has decoded it before."""
    image, texcoord = scene.materials[material].base_texture, scene.materials[material].texcoord
    middles = [uv[p.indices].mean(1) for mesh in scene.meshes for p in mesh.primitives
               if p.material == material and len(p.indices) and (uv := p.uv1 if texcoord else p.uv0) is not None]
    if image is None or not middles:
        return None
    try:
        picture = Image.open(io.BytesIO(scene.images[image].data), formats=("PNG", "JPEG", "WEBP"))
        picture.draft("RGB", (SAMPLED_PX, SAMPLED_PX))
        picture.thumbnail((SAMPLED_PX, SAMPLED_PX), Image.Resampling.NEAREST)
        pixels = np.asarray(picture.convert("RGBA"), np.float64)
    except (OSError, ValueError):
        return None
    at = (np.concatenate(middles) % 1.0 * (pixels.shape[1], pixels.shape[0])).astype(int)
    found = pixels[np.minimum(at[:, 1], pixels.shape[0] - 1), np.minimum(at[:, 0], pixels.shape[1] - 1)]
    opaque = found[found[:, 3] > 128, :3]
    return opaque if len(opaque) else None
