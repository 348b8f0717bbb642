"""The gate's reading of the specification beside Khronos' own, on files damaged at random while the test runs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from assets.gate.spec import container, validation
from assets.gate.spec.problems import Problems
from assets.glb import GlbError
from assets.glb_container import open_document
from tests.fakes.gltf_files import damaged, packed, rich_document
from tests.fakes.npm_package import npm_package

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]
PACKAGE = "gltf-validator@2.0.0-dev.3.10"
FILES = 300
ONLY_WARNED = {"value_not_in_list", "image_unrecognized_format"}  # Khronos warns of these, too, and calls no error


@pytest.fixture(scope="module")
def validator() -> Path:
    """The folder of the npm package."""
    return npm_package(PACKAGE)


def ours(data: bytes) -> set[str]:
    """Codes the gate gives."""
    problems = Problems()
    container.check(data, problems)
    try:
        validation.validate(open_document(data), problems)
    except GlbError as error:
        return {*problems.counts, error.code}
    return set(problems.counts) - ONLY_WARNED


def theirs(files: list[Path], folder: Path) -> list[set[str] | None]:
    """Error codes of each file, None where the validator fell over."""
    script = Path(__file__).with_name("khronos.js")
    run = subprocess.run(["node", str(script), str(folder)], input="\n".join(map(str, files)), capture_output=True, text=True,
                         timeout=60, check=True)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    return [None if codes is None else set(codes) for codes in answers]


def test_what_khronos_calls_an_error_is_flagged_and_nothing_else(validator: Path, tmp_path: Path) -> None:
    random = np.random.default_rng()
    value, blob = rich_document()
    files, done = [tmp_path / "sound.glb"], ["nothing"]
    files[0].write_bytes(packed(value, blob))
    for k in range(FILES):
        changed, data, what = damaged(value, blob, random)
        path = tmp_path / f"{k}.glb"
        path.write_bytes(packed(changed, data))
        files.append(path)
        done.append(what)
    pairs = list(zip(done, [ours(f.read_bytes()) for f in files], theirs(files, validator), strict=True))
    assert len(pairs) == FILES + 1 and pairs[0][1:] == (set(), set())
    wrong = [p for p in pairs if p[2]]
    clean = [p for p in pairs if p[2] is not None and not p[2]]
    missed = [p for p in wrong if not p[1]]
    accused = [p for p in clean if p[1]]
    assert len(wrong) > FILES / 4 and len(clean) > FILES / 20
    assert len(missed) <= 0.02 * len(wrong), missed
    assert len(accused) <= 0.02 * FILES, accused
