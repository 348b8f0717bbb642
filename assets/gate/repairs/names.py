"""Names of parts: what cues, captions and pages call them. Each part gets one of its own, without markup in it."""

from __future__ import annotations

import re
from typing import Any

from assets.gate.edit import Edit
from assets.gate.findings import Finding

LONGEST = 64
SOURCE = "Khronos 3D Commerce guideline: names of letters, digits, _ and -"
_LISTS = ("nodes", "meshes", "materials", "images", "textures", "animations", "cameras", "skins", "scenes")
_HOSTILE = re.compile(r"[\x00-\x1f\x7f<>\"'`&\\/{}$\u202a-\u202e\u2066-\u2069]")  # markup, quoting, control, turned text


def repair(edit: Edit) -> list[Finding]:
    """Clean hostile names everywhere; give nodes with a mesh a name, each a different one."""
    changed = 0
    for key in _LISTS:
        for item in edit.value.get(key, []):
            changed += _clean(item)
    variants = edit.value.get("extensions", {}).get("KHR_materials_variants", {}).get("variants", [])
    changed += sum(_clean(v) for v in variants)
    changed += _distinct(edit.value)
    if not changed:
        return []
    return [Finding("names", "repaired", f"{changed} names were missing, used twice or held markup; they were changed.",
                    f"{changed} 个名称缺失、重复或含有特殊字符，已修改。", changed, 0, SOURCE)]


def plain(name: str) -> str:
    """The name without signs that mean something to a page or shell; "" when nothing is left."""
    return re.sub(r"\s+", " ", _HOSTILE.sub(" ", name)).strip()[:LONGEST].strip()


def _clean(item: dict[str, Any]) -> int:
    name = item.get("name")
    if not isinstance(name, str) or (not _HOSTILE.search(name) and len(name) <= LONGEST):
        return 0
    item["name"] = plain(name)
    if not item["name"]:
        del item["name"]
    return 1


def _distinct(value: dict[str, Any]) -> int:
    nodes, meshes = value.get("nodes", []), value.get("meshes", [])
    drawn = [n for n in nodes if isinstance(n.get("mesh"), int)]
    taken: set[str] = set()
    next_number: dict[str, int] = {}
    changed = 0
    for node in drawn:
        old = node.get("name") if isinstance(node.get("name"), str) else ""
        mesh = meshes[node["mesh"]].get("name") if node["mesh"] < len(meshes) else ""
        wanted = old or (mesh if isinstance(mesh, str) else "") or "part"
        name, number = wanted, next_number.get(wanted, 2)
        while name in taken:
            name, number = f"{wanted}_{number}", number + 1
        next_number[wanted] = number
        taken.add(name)
        if name != old:
            node["name"] = name
            changed += 1
    return changed
