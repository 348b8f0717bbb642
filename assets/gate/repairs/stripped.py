"""Lights and cameras that an exporter left in: they would fight the showroom's own."""

from __future__ import annotations

from typing import Any

from assets.gate.findings import Finding
from assets.gate.subject import Subject

SOURCE = "Khronos 3D Commerce asset creation guidelines v1.0: no lights, no cameras"


def find(subject: Subject) -> list[Finding]:
    """One finding when there are any."""
    assert subject.scene is not None
    lights, cameras = subject.scene.lights, subject.scene.cameras
    if not lights and not cameras:
        return []
    return [Finding("lights_cameras", "repaired", f"{lights} lights and {cameras} cameras were taken out.",
                    f"已去除 {lights} 个灯光和 {cameras} 个摄像机。", lights + cameras, 0, SOURCE)]


def strip(document: dict[str, Any]) -> None:
    """Remove them from the JSON, in place."""
    document.pop("cameras", None)
    name = "KHR_lights_punctual"
    for owner in (document, *document.get("nodes", [])):
        owner.pop("camera", None)
        if name in owner.get("extensions", {}):
            del owner["extensions"][name]
            if not owner["extensions"]:
                del owner["extensions"]
    for key in ("extensionsUsed", "extensionsRequired"):
        if name in document.get(key, []):
            document[key] = [e for e in document[key] if e != name]
            if not document[key]:
                del document[key]
