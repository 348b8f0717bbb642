"""However a seller's file is broken, the gate answers: refused in a sentence, or passed with a copy that can be read."""

from __future__ import annotations

import io
import random
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest

from assets.gate import inspection
from assets.gate.findings import Finding
from assets.gate.inspection import inspect
from assets.gate.worker import judge
from assets.glb import GlbError, read_glb
from assets.glb_container import open_document
from assets.packs.build import packs
from assets.packs.usdz import write_usdz
from tests.fakes.damage import broken
from tests.fakes.gltf_files import packed, rich_document
from tests.fakes.products import realistic, with_variants

pytestmark = pytest.mark.property
FILES, USD_FILES = 120, 4


@pytest.fixture(scope="module")
def sound() -> dict[str, bytes]:
    """Plain GLB, and one packed with meshopt and WebP."""
    glb = with_variants(realistic(np.random.default_rng(), triangles=600, parts=3, side=32, plain=2)[0])
    return {"plain.glb": glb, "tour.glb": packs(open_document(glb))["tour"]}


def test_broken_files_are_refused_or_mended_and_never_raise(sound: dict[str, bytes], tmp_path: Path) -> None:
    seed = random.randrange(1 << 30)
    rng, refused = random.Random(seed), 0
    for n in range(FILES):
        name = rng.choice(sorted(sound))
        data, how = broken(sound[name], rng)
        path = tmp_path / f"{n}-{name}"
        path.write_bytes(data)
        out = io.BytesIO()
        try:
            found = [Finding(**f) for f in judge(path, None, out)]
        except Exception as error:
            pytest.fail(f"seed {seed}, file {n} ({name}, {how}): {type(error).__name__}: {error}")
        for f in found:
            assert f.message_en.strip() and f.message_zh.strip() and "\n" not in f.message_en, f"seed {seed}, file {n}"
        if any(f.tier == "refused" for f in found):
            refused += 1
            continue
        try:
            read_glb(out.getvalue())
        except GlbError as error:  # the front refuses it then, with this sentence
            assert str(error).strip() and "\n" not in str(error), f"seed {seed}, file {n}"
    assert FILES / 5 < refused < FILES, f"seed {seed}"


def test_broken_usdz_files_too_from_outside_the_locked_process(sound: dict[str, bytes], tmp_path: Path) -> None:
    """In a process of its own: Pixar's library may end the one that it is in."""
    seed = random.randrange(1 << 30)
    rng = random.Random(seed)
    data = write_usdz(open_document(sound["plain.glb"]), tmp_path, "p").read_bytes()
    for n in range(USD_FILES):
        path = tmp_path / f"{n}.usdz"
        path.write_bytes(broken(data, rng)[0])
        report = inspect(path)
        assert report.refused or report.scene is not None, f"seed {seed}, file {n}"


def test_a_matrix_that_a_repair_makes_too_large_is_a_refusal(tmp_path: Path) -> None:
    value, blob = rich_document()
    value["nodes"][value["scenes"][0]["nodes"][0]] |= {"translation": [random.choice((1, -1)) * 3e38, 0, 0]}
    path = tmp_path / "far.glb"
    path.write_bytes(packed(value, blob))
    report = inspect(path)
    assert report.refused and "finite" in report.findings[0].message_en


def test_a_reader_that_ends_its_process_is_a_refusal_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.glb"
    path.write_bytes(b"glTF")
    ended = subprocess.CompletedProcess([], -signal.SIGSEGV, "", "")
    monkeypatch.setattr(inspection.subprocess, "run", lambda *_, **__: ended)
    (finding,) = inspect(path).findings
    assert (finding.tier, finding.code) == ("refused", "too_large") and "damaged" in finding.message_en
