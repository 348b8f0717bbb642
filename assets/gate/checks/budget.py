"""Sizes that load slowly: file, materials, draws."""

from __future__ import annotations

from assets.gate.findings import Finding
from assets.gate.subject import Subject

FILE_BYTES, MATERIALS, DRAWS = 5 * 1024 * 1024, 5, 20
SOURCE = "Khronos 3D Commerce guideline (5 MB), asset auditor (5 materials), publishing targets (20 draws)"


def check(subject: Subject) -> list[Finding]:
    """Warnings only."""
    assert subject.scene is not None
    materials, draws = len(subject.scene.materials), subject.scene.draw_count
    found = []
    if subject.file_bytes > FILE_BYTES:
        found.append(
            Finding(
                "file_size",
                "warned",
                f"The file has {subject.file_bytes / 2**20:.1f} MB; below 5 MB it loads in 3 s.",
                f"文件大小 {subject.file_bytes / 2**20:.1f} MB，建议小于 5 MB。",
                subject.file_bytes,
                FILE_BYTES,
                SOURCE,
            )
        )
    if materials > MATERIALS:
        found.append(
            Finding(
                "materials",
                "warned",
                f"The model has {materials} materials; {MATERIALS} or fewer draw faster.",
                f"模型有 {materials} 种材质，建议不超过 {MATERIALS}。",
                materials,
                MATERIALS,
                SOURCE,
            )
        )
    if draws > DRAWS:
        found.append(
            Finding(
                "draws",
                "warned",
                f"The model takes {draws} draws; {DRAWS} or fewer are better: join its parts.",
                f"模型需要 {draws} 次绘制，建议不超过 {DRAWS}，请合并部件。",
                draws,
                DRAWS,
                SOURCE,
            )
        )
    if subject.scene.materials and all(m.alpha_mode == "BLEND" for m in subject.scene.materials):
        found.append(
            Finding(
                "all_blended",
                "warned",
                "Every material is transparent; only glass should be.",
                "所有材质都是透明的，只有玻璃等部分才应透明。",
                source=SOURCE,
            )
        )
    return found
