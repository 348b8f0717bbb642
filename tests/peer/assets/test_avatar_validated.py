"""The built presenters' GLBs through Khronos' own validator: no errors."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from assets.cache import cache_dir
from assets.parts import PartError, part
from avatar.build import ensure
from avatar.build.look import ADAM, MIRA, Look
from showroom.parts import fetch
from tests.fakes.npm_package import npm_package

pytestmark = [pytest.mark.peer, pytest.mark.timeout(180)]


@pytest.mark.parametrize("look", [MIRA, ADAM], ids=["mira", "adam"])
def test_khronos_finds_no_error(look: Look) -> None:
    try:
        folder = ensure(fetch(part("body")), cache_dir("avatars"), look=look)
    except PartError as error:
        pytest.skip(str(error))
    files = [folder / "avatar.glb", folder / "phone.glb"]
    script = Path(__file__).with_name("khronos.js")
    run = subprocess.run(["node", str(script), str(npm_package("gltf-validator@2.0.0-dev.3.10"))],
                         input="\n".join(map(str, files)), capture_output=True, text=True, timeout=120, check=True)
    assert [json.loads(line) for line in run.stdout.splitlines()] == [[], []]
