"""Toon light of a brought figure's materials (VRMC_materials_mtoon): what colour shade has, and how sharply it begins."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

ENTRY = "toons.json"  # of the zip file that an .npz is
LEAST_RAMP = 0.02  # width of the step from shade to light, as cosines: a sharper one is a staircase


@dataclass(frozen=True, slots=True)
class Toon:
    """shade: (3,) share of the texture's colour that is left where the key does not reach, linear 0..1; start, width: of the
    ramp to full light, as cosine of normal and key; rim: (3,) linear light at the outline; power, lift: how narrow it is;
    follows: how much of the rim is lit by the stage, 0..1."""

    shade: tuple[float, float, float]
    start: float
    width: float
    rim: tuple[float, float, float]
    power: float
    lift: float
    follows: float


def toon(shade: Sequence[float], toony: float, shift: float, rim: Sequence[float] = (0.0, 0.0, 0.0), power: float = 5.0,
         lift: float = 0.0, follows: float = 1.0) -> Toon:
    """By the specification's numbers: toony 0..1 (shadingToonyFactor), shift -1..1 (shadingShiftFactor)."""
    r, g, b = (min(max(float(v), 0.0), 1.0) for v in shade)
    x, y, z = (min(max(float(v), 0.0), 1.0) for v in rim)
    toony = min(max(toony, 0.0), 1.0)
    return Toon((r, g, b), -1.0 + toony - min(max(shift, -1.0), 1.0), max(2.0 * (1.0 - toony), LEAST_RAMP), (x, y, z),
                min(max(power, 0.1), 100.0), min(max(lift, 0.0), 1.0), min(max(follows, 0.0), 1.0))


def mean_toon(toons: Sequence[tuple[Toon, float]]) -> Toon | None:
    """Of what is drawn together one look, by weight; None of none."""
    whole = sum(weight for _, weight in toons)
    if not whole:
        return None

    def mean(name: str) -> float:
        return sum(getattr(t, name) * weight for t, weight in toons) / whole

    def colour(name: str) -> tuple[float, float, float]:
        r, g, b = (sum(getattr(t, name)[k] * weight for t, weight in toons) / whole for k in range(3))
        return r, g, b

    return Toon(colour("shade"), mean("start"), mean("width"), colour("rim"), mean("power"), mean("lift"), mean("follows"))


def append_to(file: IO[bytes], toons: Mapping[str, Toon]) -> None:
    """Lay the looks of a model's meshes, by name, into its .npz that was written to `file` (readable and writable)."""
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(ENTRY, json.dumps({name: asdict(t) for name, t in toons.items()}))


def toons_in(path: Path) -> dict[str, Toon]:
    """Those of a model's .npz, by mesh. Raises OSError when the file cannot be read."""
    with zipfile.ZipFile(path) as archive:
        if ENTRY not in archive.namelist():
            return {}
        return {name: Toon(tuple(of["shade"]), of["start"], of["width"], tuple(of["rim"]), of["power"], of["lift"],
                           of["follows"]) for name, of in json.loads(archive.read(ENTRY)).items()}


def in_glb(glb: bytes, toons: Mapping[str, Toon], names: Sequence[str],
           extras: Mapping[str, Any] = MappingProxyType({})) -> bytes:
    """A model's GLB with the looks in its materials' extras. names: of the meshes, one material each, in the file's order;
    extras: more for the whole file."""
    if not toons and not extras:
        return glb
    length, = struct.unpack_from("<I", glb, 12)
    document = json.loads(glb[20:20 + length])
    for material, name in zip(document["materials"], names, strict=True):
        if name in toons:
            material.setdefault("extras", {})["toon"] = asdict(toons[name])
    if extras:
        document.setdefault("extras", {}).update(extras)
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    rest = glb[20 + length:]
    return struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest)) + struct.pack("<I4s", len(text), b"JSON") + text + rest
