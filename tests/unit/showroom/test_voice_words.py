"""What voices and music do wrong reaches an operator who reads Chinese: every sentence that the code can raise is known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dialogue.contradictions import Finding
from showroom import house_sound
from showroom.config import ShowConfig, SoundSection
from showroom.house_sound import bed_findings
from showroom.page_words import chinese

pytestmark = pytest.mark.unit
ROOT = Path(house_sound.__file__).parents[1]
SENTENCES = re.compile(r'VoiceError\(\s*((?:f?"(?:[^"\\]|\\.)*"\s*)+)')
CHAIN = re.compile(r'(?:return (?:str\(error\) or )?|on_failure\(SILENT_ENGINE, )(f?"(?:[^"\\]|\\.)+")')  # of dialogue.fallback


def raised() -> list[str]:
    """Every sentence of a VoiceError in dialogue/ and of the chain itself, with values in its gaps."""
    out = []
    for path in sorted((ROOT / "dialogue").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for found in (CHAIN if path.name == "fallback.py" else SENTENCES).finditer(text):
            pieces = re.findall(r'"((?:[^"\\]|\\.)*)"', re.sub(r"\{[^{}]*\}", "7", found[1]))
            out.append("".join(pieces))
    return out


def test_every_failure_of_a_voice_has_its_chinese() -> None:
    known = raised()
    assert len(known) >= 20 and "no voice speaks, viewers read captions." in known
    for sentence in known:
        said = chinese(f"voice x: {sentence}")
        assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", said.replace("nightwindow prepare", "")), f"{sentence} -> {said}"


def test_music_that_is_refused_is_refused_in_the_same_chinese_words(tmp_path: Path) -> None:
    def refused(text: str | None) -> Finding:
        (tmp_path / "b.flac").write_bytes(b"no sound")
        licence = tmp_path / "b.licence.toml"
        licence.unlink(missing_ok=True)
        if text is not None:
            licence.write_text(text, encoding="utf-8")
        (found,) = bed_findings(ShowConfig(folder=tmp_path, sound=SoundSection(bed=Path("b.flac"))))
        return found

    for text in (None, 'licence = "CC0"\n', 'licence = "CC-BY-NC"\nsource = "x"\n', 'licence = "CC0"\nsource = "x"\n'):
        found = refused(text)
        assert chinese(f"no music: {found.en}") == f"没有音乐：{found.zh}"
