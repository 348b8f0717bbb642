"""showroom.toml: the room, its plinths, marks and lights."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from assets.checked import FieldError
from assets.findings import AuthoringError, Mistake
from assets.lights import LIGHT_PRESETS
from assets.scene import Light, Mark, Plinth, ShowroomSpec
from assets.toml_file import Place, StrictModel, line_of, read_toml

Three = tuple[float, float, float]


class _Plinth(StrictModel):
    id: str
    position_m: Three
    top_m: float
    radius_m: float = Field(0.26, gt=0, le=2)
    heading_deg: float = 0.0
    max_size_m: Three
    hero: bool = False
    model: str | None = None


class _Mark(StrictModel):
    anchor_id: str
    position_m: Three
    heading_deg: float = 0.0


class _Light(StrictModel):
    kind: str
    direction: Three
    colour: Three


class _Showroom(StrictModel):
    id: str
    room: str
    ambient: Three | None = None
    entrance_m: Three
    eye_height_m: float = Field(1.55, gt=0.3, lt=2.5)
    walk_polygon_m: list[tuple[float, float]] = Field(min_length=3)
    obstacles_m: list[Three] = []
    plinth: list[_Plinth] = Field(min_length=1)
    mark: list[_Mark] = Field(min_length=1)
    light_preset: Literal["studio", "boutique", "night"] | None = None
    light: list[_Light] = []


def load_showroom(path: Path) -> ShowroomSpec:
    """Read showroom.toml; the room's GLB must exist beside it, and the models of plinths that are no part of the room.

    Raises AuthoringError with every mistake, OSError when the file cannot be read.
    """
    path = Path(path)
    file, lines = read_toml(path, _Showroom)
    mistakes: list[Mistake] = []

    def build(make, place: Place):  # type: ignore[no-untyped-def]
        try:
            return make()
        except (FieldError, ValueError) as error:
            mistakes.append(Mistake(path, line_of(lines, place), str(error)))
            return None

    room = path.parent / file.room
    if not room.is_file():
        mistakes.append(Mistake(path, line_of(lines, ("room",)), f"the room {file.room!r} does not exist beside this file"))
    seen: set[str] = set()
    for i, p in enumerate(file.plinth):
        if p.id in seen:
            mistakes.append(Mistake(path, line_of(lines, ("plinth", i, "id")), f"the plinth {p.id!r} stands twice"))
        seen.add(p.id)
        if p.model and not (path.parent / p.model).is_file():
            mistakes.append(Mistake(path, line_of(lines, ("plinth", i, "model")), f"the model {p.model!r} does not exist "
                                    "beside this file; without a model the plinth is a part of the room"))
    plinths = [build(lambda p=p: Plinth(p.id, np.array(p.position_m), p.heading_deg, np.array(p.max_size_m), p.top_m, p.hero,
                                        p.radius_m, path.parent / p.model if p.model else None),
                     ("plinth", i)) for i, p in enumerate(file.plinth)]
    marks = [build(lambda m=m: Mark(m.anchor_id, np.array(m.position_m), m.heading_deg), ("mark", i))
             for i, m in enumerate(file.mark)]
    if file.light_preset and file.light:
        mistakes.append(Mistake(path, line_of(lines, ("light_preset",)), "light_preset and [[light]]: choose one"))
    preset = LIGHT_PRESETS[file.light_preset or "boutique"]
    lights = [build(lambda v=v: Light(v.kind, _unit(v.direction), np.array(v.colour)), ("light", i))
              for i, v in enumerate(file.light)] or list(preset.lights)
    ambient = preset.ambient if file.ambient is None else np.array(file.ambient)
    if not mistakes:
        spec = build(lambda: ShowroomSpec(
            file.id, room, tuple(plinths), tuple(marks), tuple(lights), ambient, np.array(file.walk_polygon_m),
            np.array(file.obstacles_m).reshape(-1, 3), np.array(file.entrance_m), file.eye_height_m), ())
        if spec is not None:
            return spec
    raise AuthoringError(mistakes)


def _unit(direction: Three) -> np.ndarray:
    length = float(np.linalg.norm(direction))
    if length < 1e-6:
        raise ValueError("a light's direction must not be zero")
    return np.array(direction) / length
