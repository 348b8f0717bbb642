"""Light in showroom.toml: by name, or light by light; what is neither is told with its line."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest

from assets.findings import AuthoringError
from assets.lights import LIGHT_PRESETS
from assets.scene_file import load_showroom
from tests.fakes.show_parts import DEMO

pytestmark = pytest.mark.unit


def showroom(folder: Path, light: str, ambient: str = "") -> Path:
    """The demo's showroom with other light."""
    words = (DEMO.parent / "showroom.toml").read_text("utf-8")
    words = re.sub(r"\[\[light\]\]\n(?:[a-z]+ = .*\n)+\n?", "", words)
    words = re.sub(r"ambient = .*\n", f"{ambient}{light}", words)
    for name in ("room.glb", "home_plinth.glb"):
        shutil.copy(DEMO.parent / name, folder / name)
    path = folder / "showroom.toml"
    path.write_text(words, "utf-8")
    return path


@pytest.mark.parametrize("name", LIGHT_PRESETS)
def test_a_mood_is_three_lights_and_what_comes_from_all_sides(tmp_path: Path, name: str) -> None:
    spec = load_showroom(showroom(tmp_path, f'light_preset = "{name}"\n'))
    assert [light.kind for light in spec.lights] == ["key", "fill", "rim"]
    assert all(np.isclose(np.linalg.norm(light.direction), 1.0) for light in spec.lights)
    assert np.allclose(spec.ambient, LIGHT_PRESETS[name].ambient)
    others = [LIGHT_PRESETS[n] for n in LIGHT_PRESETS if n != name]
    assert all(not np.allclose(spec.lights[0].colour, other.lights[0].colour) for other in others)


def test_light_by_light_stands_and_ambient_alone_may_be_given(tmp_path: Path) -> None:
    own = load_showroom(DEMO.parent / "showroom.toml")
    key = tomllib.loads((DEMO.parent / "showroom.toml").read_text("utf-8"))["light"][0]
    assert np.allclose(own.lights[0].colour, key["colour"])
    spec = load_showroom(showroom(tmp_path, 'light_preset = "night"\n', "ambient = [0.1, 0.2, 0.3]\n"))
    assert np.allclose(spec.ambient, (0.1, 0.2, 0.3))
    assert np.allclose(spec.lights[0].colour, LIGHT_PRESETS["night"].lights[0].colour)


def test_both_are_one_too_many(tmp_path: Path) -> None:
    path = showroom(tmp_path, 'light_preset = "night"\n')
    light = '[[light]]\nkind = "key"\ndirection = [0, -1, 0]\ncolour = [1, 1, 1]\n'
    path.write_text(f"{path.read_text('utf-8')}\n{light}", "utf-8")
    with pytest.raises(AuthoringError, match="choose one"):
        load_showroom(path)


def test_an_unknown_mood_is_told_with_its_line(tmp_path: Path) -> None:
    path = showroom(tmp_path, 'light_preset = "disco"\n')
    with pytest.raises(AuthoringError) as caught:
        load_showroom(path)
    line = path.read_text("utf-8").splitlines().index('light_preset = "disco"') + 1
    assert f"showroom.toml:{line}" in str(caught.value) and "studio" in str(caught.value)
