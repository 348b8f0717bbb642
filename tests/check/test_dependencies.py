"""What the project needs can be installed on a shop's machine: no compiler, no source of C."""

from __future__ import annotations

from importlib import metadata

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.check


def needed(name: str, seen: set[str] | None = None) -> set[str]:
    """A distribution and, recursively, what it needs here."""
    seen = set() if seen is None else seen
    key = name.lower().replace("_", "-")
    if key in seen:
        return seen
    try:
        requires = metadata.distribution(name).requires or []
    except metadata.PackageNotFoundError:
        return seen  # an extra that is not installed
    seen.add(key)
    extras = {"extra": "dev"} if key == "nightwindow" else {"extra": ""}
    for line in requires:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(extras):
            needed(requirement.name, seen)
    return seen


def test_no_dependency_was_compiled_on_this_machine() -> None:
    """pip tags a wheel that it built here "linux_x86_64"; those of the registry say which libc they need (manylinux)."""
    found = needed("nightwindow") - {"nightwindow"}
    assert {"panda3d", "numpy", "mediapipe", "trimesh", "pytest"} <= found
    built = {name for name in found for line in (metadata.distribution(name).read_text("WHEEL") or "").splitlines()
             if line.startswith("Tag:") and line.split("-")[-1].startswith("linux_")}
    assert not built, f"{sorted(built)} had to be compiled: take one with wheels for CPython 3.11"
