"""Every rule of the specification that is checked: its tier, its section, its sentence in two languages, how to mend it.

Codes are those of the Khronos validator in small letters, so that what it says and what the gate says can be compared.
Refused: what cannot be shown right or reaches outside the file. Warned: everything else that is against the rules.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Rule:
    """tier: refused or warned; section: of glTF 2.0 or an extension's name; english, chinese: what is wrong, without full
    stop; mend: key of MENDS."""

    tier: str
    section: str
    english: str
    chinese: str
    mend: str


MENDS: Mapping[str, tuple[str, str]] = {
    "container": ("Download or copy the file again; if it stays so, export it again as GLB.",
                  "请重新下载或复制文件；若仍如此，请重新导出为 GLB。"),
    "export": ("Export again with a current exporter (Blender 4, glTF-Transform); hand-edited files break here.",
               "请用较新的导出工具（Blender 4、glTF-Transform）重新导出。"),
    "geometry": ("Export again with current software, or run `gltf-transform prune` and `dedup` over it.",
                 "请用较新的软件重新导出，或用 `gltf-transform prune` 和 `dedup` 处理。"),
    "embed": ("Embed everything: export as one GLB file.", "请导出为单个 GLB，把所有资源嵌入其中。"),
    "image": ("Save the picture again as PNG or JPEG and export.", "请把贴图另存为 PNG 或 JPEG 后重新导出。"),
    "extension": ("Export without the extension, or list it as the specification asks.",
                  "请去掉该扩展后导出，或按规范声明。"),
    "tree": ("Give every node one parent, apply transforms, and export again.",
             "请保证每个节点只有一个父节点，应用变换后重新导出。"),
    "animation": ("Export without animations; the showroom plays none.", "请不带动画导出，展厅不播放动画。"),
}

@cache
def rules() -> Mapping[str, Rule]:
    """All rules by code."""
    text = files("assets.gate.spec").joinpath("rules.csv").read_text(encoding="utf-8")
    return {row.pop("code"): Rule(**row) for row in csv.DictReader(text.splitlines())}
