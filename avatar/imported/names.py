"""What bones and face shapes are called in other people's files, and which of ours they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from avatar.face import ARKIT
from avatar.pose import FINGERS, JOINTS
from avatar.visemes import OCULUS

LEGS: tuple[str, ...] = tuple(side + bone for side in ("left", "right") for bone in ("UpperLeg", "LowerLeg", "Foot", "Toes"))
HUMANOID: tuple[str, ...] = (*JOINTS, *(side + f for side in ("left", "right") for f in FINGERS), *LEGS, "jaw")

_TRUNK: dict[str, tuple[str, ...]] = {  # Mixamo and Ready Player Me, VRoid, Unreal, Character Creator, Rigify
    "hips": ("hips", "hip", "pelvis"), "neck": ("neck", "neck1", "neck01", "necktwist01"), "head": ("head",),
    "jaw": ("jaw", "jawroot", "chin"),
}
_SPINE = ("spine", "spine0", "spine1", "spine2", "spine3", "spine01", "spine02", "spine03", "spine04", "spine05", "chest",
          "upperchest", "waist", "spine001", "spine002", "spine003")
_SIDED: dict[str, tuple[str, ...]] = {
    "Eye": ("eye", "eyeball", "faceeye"), "Shoulder": ("shoulder", "clavicle", "collar"),
    "UpperArm": ("arm", "upperarm", "uparm"), "LowerArm": ("forearm", "lowerarm", "elbow"), "Hand": ("hand", "wrist"),
    "UpperLeg": ("upleg", "upperleg", "thigh"), "LowerLeg": ("leg", "lowerleg", "calf", "shin", "knee"),
    "Foot": ("foot", "ankle"), "Toes": ("toebase", "toe", "toes", "ball"),
}
_FINGERS = {"Thumb": ("thumb",), "Index": ("index",), "Middle": ("middle", "mid"), "Ring": ("ring",),
            "Little": ("pinky", "little", "pinkie")}
_PREFIX = re.compile(r"^(?:.*[:|])?(?:mixamorig\d*_?|j_bip_c?_?|j_adj_c?_?|cc_base_|bip0?1[_ ]?|def[-_]|org[-_]|b_)?", re.I)

_SIDE = (re.compile(r"^(l|r|left|right)[_. -]", re.I), re.compile(r"[_. -](l|r|left|right)(?=$|[_. -])", re.I),
         re.compile(r"^([Ll]eft|[Rr]ight)(?=[A-Z0-9 ])"), re.compile(r"(left|right)$", re.I))


def _plain(name: str) -> tuple[str, str]:
    """A bone's name as ("left", "right" or "", the rest in small letters and digits): mixamorig:LeftArm, upperarm_l,
    J_Bip_L_UpperArm, Left arm, DEF-hand.L all come apart."""
    name = _PREFIX.sub("", name, count=1)
    side = ""
    for pattern in _SIDE:
        if found := pattern.search(name):
            side = "left" if found[1].lower().startswith("l") else "right"
            name = name[:found.start()] + name[found.end():]
            break
    return side, re.sub(r"[^a-z0-9]", "", name.lower())


def bones_by_name(names: Sequence[str], parents: Sequence[int | None], candidates: Iterable[int]) -> dict[str, int]:
    """Our joint (HUMANOID) -> node, from names alone. names, parents: of all nodes; candidates: those that may be bones.

    The first node from the root on wins; spine bones are told apart by their order."""
    out: dict[str, int] = {}
    spine: list[int] = []
    wanted = sorted(set(candidates), key=lambda n: (_depth(n, parents), n))
    for node in wanted:
        side, rest = _plain(names[node])
        if not side:
            if rest in _SPINE:
                spine.append(node)
            for ours, theirs in _TRUNK.items():
                if rest in theirs:
                    out.setdefault(ours, node)
            continue
        for ours, theirs in _SIDED.items():
            if rest in theirs:
                out.setdefault(side + ours, node)
        if finger := _finger(rest):
            out.setdefault(side + finger, node)
    _arms_of_vrm_names(out, names, wanted)
    return _with_spine(out, spine, parents)


def _depth(node: int, parents: Sequence[int | None]) -> int:
    depth, at = 0, parents[node]
    while at is not None:
        depth, at = depth + 1, parents[at]
    return depth


def _finger(rest: str) -> str | None:
    """"handthumb1", "thumb01", "indexproximal" -> ThumbMetacarpal, ThumbMetacarpal, IndexProximal."""
    rest = rest.removeprefix("hand").removeprefix("f")
    for ours, theirs in _FINGERS.items():
        for word in theirs:
            if not rest.startswith(word):
                continue
            end = rest[len(word):].removeprefix("finger")
            bones = [f[len(ours):] for f in FINGERS if f.startswith(ours)]
            if end.isdigit() and 1 <= int(end) <= 3:
                return ours + bones[int(end) - 1]
            words = {b.lower(): b for b in bones}
            if end in words:
                return ours + words[end]
    return None


def _arms_of_vrm_names(out: dict[str, int], names: Sequence[str], nodes: Iterable[int]) -> None:
    """In place: nodes that carry our own (VRM's) names exactly are what they say."""
    known = set(HUMANOID)
    for node in nodes:
        if names[node] in known:
            out[names[node]] = node


def _with_spine(out: dict[str, int], spine: list[int], parents: Sequence[int | None]) -> dict[str, int]:
    """The chain between hips and neck: its first bone is the spine, its last the upper chest (or the chest, where it has
    two), the middle one the chest."""
    if all(n in out for n in ("spine", "chest")):
        return out
    chain = [n for n in spine if n not in out.values()]
    if "neck" in out or "head" in out:  # only those below the neck: toys and coats have spines, too
        above = set()
        at: int | None = out.get("neck", out.get("head"))
        while at is not None:
            above.add(at)
            at = parents[at]
        chain = [n for n in chain if n in above]
    if chain:
        out.setdefault("spine", chain[0])
    if len(chain) > 1:
        out.setdefault("chest", chain[1 if len(chain) < 4 else len(chain) // 2])
    if len(chain) > 2:
        out.setdefault("upperChest", chain[-1])
    return out


def vrm_bones(listed: dict[str, int], version: int) -> dict[str, int]:
    """Our joint -> node from VRM's humanoid. listed: its bone names; version: 0 (other thumb names) or 1."""
    out = {}
    for name, node in listed.items():
        if version == 0 and "Thumb" in name:
            name = name.replace("ThumbIntermediate", "Thumb@").replace("ThumbProximal", "ThumbMetacarpal").replace(
                "Thumb@", "ThumbProximal")
        if name in HUMANOID:
            out[name] = node
    return out


def _key(name: str) -> str:
    """A shape's name without what exporters add: "blendShape1.A25_Jaw_Open" -> "jawopen"."""
    name = re.split(r"[.:|]", name)[-1]
    return re.sub(r"[^a-z]", "", re.sub(r"^[A-Za-z]?\d+[_ ]", "", name).lower())


def _arkit_keys() -> dict[str, str]:
    out = {}
    for name in ARKIT:
        out[_key(name)] = name
        for side, letter in (("Left", "l"), ("Right", "r")):
            if name.endswith(side):
                out[_key(name.removesuffix(side)) + letter] = name
    return out


_ARKIT_KEYS = _arkit_keys()
_VISEMES = {name.lower(): name for name in OCULUS} | {"ih": "I", "oh": "O", "ou": "U", "er": "RR", "k": "kk"}
_VOWELS = {"a": "aa", "i": "I", "u": "U", "e": "E", "o": "O", "aa": "aa", "ih": "I", "ou": "U", "ee": "E", "oh": "O"}
_KANA = {"あ": "aa", "い": "I", "う": "U", "え": "E", "お": "O"}
_OTHERS = {  # single shapes of files that have no full set; both sides at once where ours are two
    "mouthopen": ("jawOpen",), "openmouth": ("jawOpen",), "jawdrop": ("jawOpen",),
    "mouthsmile": ("mouthSmileLeft", "mouthSmileRight"), "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "eyesclosed": ("eyeBlinkLeft", "eyeBlinkRight"), "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "eyesblink": ("eyeBlinkLeft", "eyeBlinkRight"), "browsup": ("browOuterUpLeft", "browOuterUpRight"),
    "eyeslookup": ("eyeLookUpLeft", "eyeLookUpRight"), "eyeslookdown": ("eyeLookDownLeft", "eyeLookDownRight"),
}
_OTHER_KANA = {"まばたき": "blink", "笑い": "eyesclosed"}


def arkit_name(name: str) -> str | None:
    """One of the 52, or None: jawOpen, JawOpen, jaw_open, mouthSmile_L, browDown_Left, Face.A25_Jaw_Open."""
    return _ARKIT_KEYS.get(_key(name))


def viseme_name(name: str) -> str | None:
    """One of the 15 Oculus visemes for viseme_PP, Viseme.aa, vrc.v_oh, v_ch; None for other names."""
    found = re.search(r"(?:viseme|vrc\.v|(?:^|[.])v)[_. -]([a-z]+)$", name, re.I)
    return _VISEMES.get(found[1].lower()) if found else None


def vowel_name(name: str) -> str | None:
    """The viseme of a VRM vowel preset ("aa", "A") or of VRoid's and MMD's shapes ("Fcl_MTH_A", "あ"); else None."""
    if name in _KANA:
        return _KANA[name]
    found = re.search(r"(?:^|fcl_mth_)(aa|ih|ou|ee|oh|[aiueo])$", name, re.I)
    return _VOWELS[found[1].lower()] if found else None


def other_shapes(name: str) -> tuple[str, ...]:
    """Which of the 52 a looser name stands for; () for none."""
    return _OTHERS.get(_OTHER_KANA.get(name, "") or _key(name), ())
