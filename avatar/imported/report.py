"""What a seller is told about her figure: how it speaks, what it lacks, what was changed. English and Chinese."""

from __future__ import annotations

import math
from typing import Any

from assets.gate.findings import Finding
from avatar.imported.convert import Conversion
from avatar.imported.rig import missing_groups
from avatar.imported.surfaces import FULL_TRIANGLES, LIGHT_TRIANGLES, MAX_DRAWS
from avatar.imported.swinging import MOST_BONES

_TIERS = {
    "arkit": ("by its own ARKit shapes", "通过自带的 ARKit 表情形变"),
    "oculus": ("by its Oculus visemes, out of which the ARKit shapes are made",
               "通过自带的 Oculus 口型，并由其推算 ARKit 形变"),
    "vrm": ("by its five VRM vowels; p, b and m close the mouth, other consonants are guesses",
            "通过五个 VRM 元音口型；p、b、m 会闭唇，其他辅音为近似"),
    "jaw": ("by its jaw only: lips do not round or close", "仅通过下颌：嘴唇不会收圆或闭合"),
    "amplitude": ("only by a chin that follows loudness: the file has no face shapes and no jaw bone",
                  "仅下巴随音量起伏：文件没有表情形变，也没有下颌骨"),
}
_GROUPS = {"eyes": ("eyes (gaze)", "眼睛（视线）"), "fingers": ("fingers", "手指"), "spine": ("spine", "脊柱"),
           "arms": ("arms", "手臂")}
_TEETH = ("teeth", "tooth", "fcl_ha", "mouth")


def facts(made: Conversion) -> dict[str, Any]:
    """For programs: what the figure has."""
    return {
        "tier": made.face.tier, "shapes": sorted(made.face.own), "missing_shapes": list(made.face.missing),
        "bones": made.bones.source, "missing_bones": list(made.bones.missing), "eye_bones": made.face.eye_bones,
        "teeth": _has_teeth(made), "scale": round(made.rig.scale, 4), "eyes_m": round(made.rig.height_m, 4),
        "triangles": {"file": made.figure.triangles, "full": _triangles(made.full), "light": _triangles(made.stage)},
        "draws": len(made.stage.meshes), "swinging": len(made.swinging.bones),
        "rights": {k: getattr(made.rights, k) for k in made.rights.__slots__},
    }


def _triangles(model: Any) -> int:
    return sum(len(m.faces) for m in model.meshes)


def _has_teeth(made: Conversion) -> bool:
    names = [s.name for s in made.figure.surfaces] + [m.name for m in made.figure.materials]
    return any(word in name.lower() for name in names for word in _TEETH)


def findings(made: Conversion) -> list[Finding]:
    """Licence apart (that depends on show.toml): how it speaks, what is missing, what was mended."""
    out = [_speaks(made)]
    missing = made.face.missing
    if missing and made.face.tier == "arkit":
        more_en, more_zh = (f" and {len(missing) - 8} more", " 等") if len(missing) > 8 else ("", "")
        out.append(_warn("shapes_missing",
                         f"{len(missing)} of the 52 ARKit shapes are missing: {', '.join(missing[:8])}{more_en}.",
                         f"52 个 ARKit 形变中缺少 {len(missing)} 个：{'、'.join(missing[:8])}{more_zh}。"))
    lacks = [(n, en, zh) for n, en, zh in (("eyeBlinkLeft", "blink", "眨眼"), ("mouthSmileLeft", "smile", "微笑"),
                                           ("browInnerUp", "raise its brows", "挑眉")) if n not in made.face.shapes]
    if lacks and made.face.tier != "arkit":
        out.append(_warn("moods_missing", f"It cannot {', '.join(en for _, en, _ in lacks)}.",
                         f"无法{'、'.join(zh for _, _, zh in lacks)}。"))
    for group, bones in missing_groups(made.bones.missing).items():
        en, zh = _GROUPS[group]
        if group == "eyes" and "eyeLookUpLeft" in made.face.shapes:
            continue  # a gaze made of shapes
        some = ", ".join(bones[:4]) + (" …" if len(bones) > 4 else "")
        out.append(_warn(f"bones_{group}", f"Bones for {en} are missing ({some}); that part stays still.",
                         f"缺少{zh}的骨骼（{some}）；该部位不会动。"))
    if not _has_teeth(made):
        out.append(_warn("teeth_missing", "Nothing in it is called teeth; an open mouth may be hollow.",
                         "文件中没有名为牙齿的部分；张嘴时口腔可能是空的。"))
    return [*out, *_mended(made)]


def _speaks(made: Conversion) -> Finding:
    en, zh = _TIERS[made.face.tier]
    tier = "repaired" if made.face.tier in ("arkit", "oculus", "vrm") else "warned"
    return Finding("speaks", tier, f"It speaks {en}.", f"说话方式：{zh}。")


def _mended(made: Conversion) -> list[Finding]:
    out = []
    if not math.isclose(made.rig.scale, 1.0, abs_tol=1e-3):
        out.append(Finding("scaled", "repaired",
                           f"Scaled by {made.rig.scale:.3g}, so that its eyes are at a presenter's height.",
                           f"已缩放 {made.rig.scale:.3g} 倍，使眼睛位于主播高度。", made.rig.scale, 1.0))
    had, light = made.figure.triangles, _triangles(made.stage)
    if had > LIGHT_TRIANGLES:
        out.append(Finding("simplified", "repaired",
                           f"{had:,} triangles; the broadcast and phones get {light:,}, desktops {_triangles(made.full):,}.",
                           f"共 {had:,} 个三角形；直播与手机使用 {light:,} 个，桌面使用 {_triangles(made.full):,} 个。",
                           had, FULL_TRIANGLES))
    if made.swinging.bones:
        count = len(made.swinging.bones)
        out.append(Finding("swings", "repaired", f"{count} bones of hair or clothes swing.",
                           f"有 {count} 根头发或衣物骨骼会摆动。"))
    if made.swinging.dropped:
        out.append(_warn("swings_many",
                         f"{made.swinging.dropped} more of its spring bones hang still: at most {MOST_BONES} swing.",
                         f"另有 {made.swinging.dropped} 根弹簧骨骼不会摆动，上限为 {MOST_BONES} 根。"))
    if light > LIGHT_TRIANGLES * 1.05:
        out.append(_warn("heavy", f"It stays at {light:,} triangles; without a GPU the broadcast may lose frames.",
                         f"无法简化到 {light:,} 个三角形以下；没有显卡时直播可能掉帧。"))
    if len(made.stage.meshes) > MAX_DRAWS:
        draws = len(made.stage.meshes)
        out.append(_warn("draws", f"It needs {draws} draws; at most {MAX_DRAWS} are good. Join its textures.",
                         f"需要 {draws} 次绘制，建议不超过 {MAX_DRAWS} 次。请合并贴图。"))
    return out


def _warn(code: str, english: str, chinese: str) -> Finding:
    return Finding(code, "warned", english, chinese)
