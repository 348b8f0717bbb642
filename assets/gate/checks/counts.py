"""How much there is of everything, counted from the JSON before anything is walked: only hostile files reach these."""

from __future__ import annotations

from assets.gate.findings import Finding
from assets.gate.subject import Subject

MOST_ENTRIES = 50_000  # of one list; the largest honest product seen has some 3,000 nodes
MOST_CLAIMED = 30_000_000  # elements of an accessor that no data backs: browsers would reserve memory for them
MOST_ELEMENTS = 60_000_000  # of all accessors: one stretch of data may be named by many of them
LISTS = ("accessors", "animations", "buffers", "bufferViews", "cameras", "images", "materials", "meshes", "nodes", "samplers",
         "scenes", "skins", "textures", "extensionsUsed", "extensionsRequired")
SOURCE = "our own limits, so that one file cannot hold up the others"
MEND = ("Join what belongs together and export again.", "请合并后重新导出。")


def check(subject: Subject) -> list[Finding]:
    """Refusals only."""
    found, value = [], subject.document.json
    for name in LISTS:
        length = len(value[name]) if isinstance(value.get(name), list) else 0
        if length > MOST_ENTRIES:
            found.append(Finding("too_many", "refused", f"'{name}' has {length:,} entries; at most {MOST_ENTRIES:,} are read.",
                                 f"“{name}” 有 {length:,} 项，上限为 {MOST_ENTRIES:,}。", length, MOST_ENTRIES, SOURCE, *MEND))
    accessors, total = value.get("accessors"), 0
    for i, accessor in enumerate(accessors if isinstance(accessors, list) and not found else []):
        count = accessor.get("count") if isinstance(accessor, dict) else None
        if isinstance(count, int | float) and count > MOST_CLAIMED:
            found.append(Finding("too_large", "refused", f"Accessor {i} announces {count:.4g} elements; at most 30 million.",
                                 f"访问器 {i} 声明了 {count:.4g} 个元素，上限为三千万。", float(count), MOST_CLAIMED, SOURCE,
                                 *MEND))
            break
        total += int(count) if isinstance(count, int | float) and count > 0 else 0
    if total > MOST_ELEMENTS:
        found.append(Finding("too_large", "refused", f"The accessors announce {total:,} elements together; at most 60 million.",
                             f"访问器共声明 {total:,} 个元素，上限为六千万。", total, MOST_ELEMENTS, SOURCE, *MEND))
    return found
