"""At most 500,000 triangles, counted from the JSON before any buffer is read; more than 100,000 is only said."""

from __future__ import annotations

from assets.gate.findings import Finding
from assets.gate.subject import Subject

REFUSED, ADVISED = 500_000, 100_000
SOURCE = "Khronos 3D Commerce asset creation guidelines v1.0 (100,000); five times that is our limit"


def check(subject: Subject) -> list[Finding]:
    """Counts what the scene draws; a mesh that two nodes use counts twice."""
    document = subject.document
    accessors, meshes = document.items("accessors"), document.items("meshes")
    per_mesh = []
    for mesh in meshes:
        total = 0
        for primitive in mesh.get("primitives") or []:
            attributes = primitive.get("attributes") if isinstance(primitive, dict) else None
            index = primitive.get("indices", (attributes or {}).get("POSITION")) if isinstance(primitive, dict) else None
            count = accessors[index].get("count", 0) if isinstance(index, int) and 0 <= index < len(accessors) else 0
            mode = primitive.get("mode", 4) if isinstance(primitive, dict) else 0
            if isinstance(count, int):
                total += count // 3 if mode == 4 else max(count - 2, 0) if mode in (5, 6) else 0
        per_mesh.append(total)
    used = [n.get("mesh") for n in document.items("nodes")]
    count = sum(per_mesh[m] for m in used if isinstance(m, int) and 0 <= m < len(per_mesh))
    if count > REFUSED:
        return [
            Finding(
                "triangles",
                "refused",
                f"The model has {count:,} triangles; at most {REFUSED:,} are taken: simplify it.",
                f"模型有 {count:,} 个三角形，上限为 {REFUSED:,}，请先简化。",
                count,
                REFUSED,
                SOURCE,
            )
        ]
    if count > ADVISED:
        return [
            Finding(
                "triangles",
                "warned",
                f"The model has {count:,} triangles; phones do better below {ADVISED:,}.",
                f"模型有 {count:,} 个三角形，手机上建议不超过 {ADVISED:,}。",
                count,
                ADVISED,
                SOURCE,
            )
        ]
    return []
