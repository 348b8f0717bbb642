"""`nightwindow say` hears what rundown.toml would: its tags as well; a voice that there is not is one sentence."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from showroom import clips
from showroom.avatars import AvatarFiles
from showroom.commands import say_command
from showroom.config import load_config
from showroom.content import load_content
from showroom.voices_page import voices_command
from tests.fakes.running_show import copy_demo
from tests.fakes.show_parts import DEMO

pytestmark = pytest.mark.unit
FILES = AvatarFiles(Path("a"), Path("b"), Path("c"), np.zeros((15, 52), np.float32))


@dataclass(frozen=True)
class Settings:
    bed: object = None


def seconds_of(text: str, monkeypatch: pytest.MonkeyPatch) -> float:
    async def settings(*args: Any) -> Settings:
        return Settings()

    async def rendered(request: clips.ClipRequest) -> dict[str, Any]:
        return {}

    monkeypatch.setattr(clips, "_settings", settings)
    monkeypatch.setattr(clips, "run_clip", rendered)
    monkeypatch.setattr(clips, "music_bed", lambda config, progress: None)
    config = load_config(DEMO)
    done = asyncio.run(clips.say(config, load_content(config), FILES, text, "en", Path("x.mp4"),
                                 engine="tests.fakes.voice:FakeVoice"))
    return float(done["seconds"])


def test_a_break_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was left out without a word, as HTML of a shop's text is."""
    plain = seconds_of("Good evening to you all.", monkeypatch)
    assert seconds_of('Good evening <break time="2s"/> to you all.', monkeypatch) == pytest.approx(plain + 2, abs=0.05)


def test_a_voice_that_there_is_not_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("showroom.commands.prepare_presenters", lambda progress, config: FILES)
    config = load_config(copy_demo(tmp_path / "show", "nosuch"))
    content = load_content(config)
    told = [say_command(config, content, "Hello.", tmp_path / "x.mp4", "en", None, "medium", (), lambda share, what: None),
            voices_command(config, content.market, "en", tmp_path / "x.html", (), False, 3, lambda share, what: None)]
    for done in told:
        assert done["code"] and len(done["lines"]) == 1 and "'nosuch': known are auto, espeak" in done["lines"][0]


def test_a_speaker_that_there_is_not_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    """The clip was made with another voice, as if the name had been heard."""
    show = copy_demo(tmp_path / "show")
    (show.parent / "voice.toml").write_text('speaker = "zz9"\n', "utf-8")
    config = load_config(show)
    done = say_command(config, load_content(config), "Hello.", tmp_path / "x.mp4", "no language", None, "medium", (),
                       lambda share, what: None)
    assert done["code"] == 2 and "no language" in done["lines"][0] and "'zz9'" in done["lines"][1] and not done["lines"][2:]
