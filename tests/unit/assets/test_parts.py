"""The table of parts and their verification."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from assets.parts import PARTS, PartError, part, verify

pytestmark = pytest.mark.unit


def test_every_part_names_its_licence_and_purpose_once() -> None:
    assert len({p.name for p in PARTS}) == len(PARTS)
    for spec in PARTS:
        assert spec.licence and spec.purpose and set(spec.sha256) <= set("0123456789abcdef")


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(PartError, match=r"'hat'.*body"):
        part("hat")


def test_only_the_checked_bytes_pass(tmp_path: Path) -> None:
    archive = tmp_path / "a.whl"
    archive.write_bytes(b"contents")
    spec = replace(PARTS[0], sha256=hashlib.sha256(b"contents").hexdigest())
    verify(archive, spec)
    archive.write_bytes(b"Contents")
    with pytest.raises(PartError, match="not the file that was checked"):
        verify(archive, spec)
