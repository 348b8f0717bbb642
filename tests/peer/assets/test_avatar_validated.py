"""The built presenters' GLBs through Khronos' own validator: no errors."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assets.cache import cache_dir
from assets.parts import PartError, part
from avatar.build import ensure
from avatar.build.bust import bust
from avatar.build.compress import for_web
from avatar.build.look import ADAM, MIRA, Look
from avatar.imported.importing import import_avatar
from showroom.parts import fetch
from tests.fakes.foreign_figures import Foreign, foreign_glb
from tests.fakes.npm_package import npm_package

pytestmark = [pytest.mark.peer, pytest.mark.timeout(180)]


@pytest.mark.parametrize("look", [MIRA, ADAM], ids=["mira", "adam"])
def test_khronos_finds_no_error(look: Look) -> None:
    try:
        folder = ensure(fetch(part("body")), cache_dir("avatars"), look=look)
    except PartError as error:
        pytest.skip(str(error))
    files = [folder / "avatar.glb", folder / "phone.glb"]
    assert problems([*files, *map(for_web, files)]) == [[], [], [], []]


def problems(files: list[Path]) -> list[Any]:
    """What the validator says of each file."""
    script = Path(__file__).with_name("khronos.js")
    run = subprocess.run(["node", str(script), str(npm_package("gltf-validator@2.0.0-dev.3.10"))],
                         input="\n".join(map(str, files)), capture_output=True, text=True, timeout=120, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_khronos_finds_no_error_in_what_becomes_of_a_sellers_file(tmp_path: Path) -> None:
    """The model that a browser gets of a VRM, and the tests' own VRM itself."""
    path = tmp_path / "her.vrm"
    path.write_bytes(foreign_glb(bust(), Foreign("vroid", "vowels", 0, 78, toon=True)))
    made = import_avatar(path, tmp_path / "cache")
    assert made.folder is not None
    assert problems([made.folder / "avatar.glb", made.folder / "phone.glb"]) == [[], []]
