"""show.toml: every mistake at once, each with its file, line and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from render.clock import FPS
from showroom.config import ConfigError, ShowConfig, load_config
from tests.fakes.show_parts import DEMO

pytestmark = pytest.mark.unit


def mistakes(path: Path, text: str, overrides: dict | None = None) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    for sentence in caught.value.mistakes:
        assert "\n" not in sentence and sentence.startswith(str(path)), sentence
    return caught.value.mistakes


@pytest.fixture
def show(tmp_path: Path) -> Path:
    return tmp_path / "show.toml"


def test_every_mistake_is_named_at_once_with_its_line(show: Path) -> None:
    found = mistakes(show, '[picture]\nwidth_px = 961\nheigth_px = 540\nfps = 23\n[server]\nport = 99999\nfps = 3\n'
                           '[feeds]\npush = ["http://a.example/live"]\n')
    assert len(found) == 6
    text = "\n".join(found)
    assert re.search(r":2: picture\.width_px = 961: must be even", text)
    assert re.search(r":3: unknown key 'picture\.heigth_px'; did you mean 'height_px'\?", text)
    assert re.search(r":4: picture\.fps = 23: must be one of 24, 25, 30, 50, 60", text)
    assert re.search(r":6: server\.port = 99999", text)
    assert re.search(r":7: unknown key 'server\.fps'; known keys: host, port", text), "the line of its own section"
    assert re.search(r":9: feeds\.push.*'http://a\.example/live' is no rtmp://", text)


BAD = ("rtmp://", "rtmp:///live/key", "rtmp://host:99999/live", "srt://:9000", "ftp://a/b", "",
       "rtmp://a:b/c")


@pytest.mark.parametrize("url", BAD)
def test_bad_push_addresses_are_refused(show: Path, url: str) -> None:
    (sentence,) = mistakes(show, f'[feeds]\npush = ["rtmp://ok.example/live/k", "{url}"]\n')
    assert repr(url) in sentence and "rtmp" in sentence


@pytest.mark.parametrize("url", ["rtmp://a.example/live/key?x=1", "rtmps://a.example:443/app/key", "srt://[::1]:9000?streamid=k",
                                 "out/live.m3u8"])
def test_good_push_addresses_are_taken(show: Path, url: str) -> None:
    show.write_text(f'[feeds]\npush = ["{url}"]\n')
    assert load_config(show).feeds.push == (url,)


@pytest.mark.parametrize(("text", "why"), [
    ("[picture", "not TOML"), ("picture = 3\n", "picture = 3"), ("server = 3\n", "server = 3"),
    ("[pictures]\n", "did you mean 'picture'"),
    ('folder = "/"\n', "unknown key 'folder'"), ("[state]\nkeep_days = 0\n", "keep_days"),
    ('[picture]\ndriver = "cuda"\n', "'auto', 'gl', 'tiny' or 'off'"), ('[picture]\npreset = "slow"\n', "preset")])
def test_one_sentence_each(show: Path, text: str, why: str) -> None:
    (sentence,) = mistakes(show, text, {"server": {"port": 8123}} if "server" not in text else {"server": {"host": "::1"}})
    assert why in sentence


def test_a_value_of_the_command_line_is_not_blamed_on_the_file(show: Path) -> None:
    show.write_text("[server]\nport = 8080\n")
    with pytest.raises(ConfigError) as caught:
        load_config(show, {"server": {"port": 0}})
    (sentence,) = caught.value.mistakes
    assert sentence.startswith("--port 0:") and "show.toml" not in sentence


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\0[")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(binary)


def test_every_rate_and_the_demo_are_taken(show: Path) -> None:
    for fps in FPS:
        show.write_text(f"[picture]\nfps = {fps}\n")
        assert load_config(show).picture.fps == fps
    assert load_config(DEMO).picture.width_px == 960
    show.write_text("")
    assert load_config(show) == ShowConfig(folder=show.parent.resolve())


def test_paths_are_relative_to_the_file_and_the_environment_wins(show: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIGHTWINDOW_STATE", raising=False)
    show.write_text('[state]\nfolder = "keep/here"\n')
    config = load_config(show)
    assert config.state_folder == show.parent / "keep/here"
    assert config.path(Path("/abs/x")) == Path("/abs/x")
    monkeypatch.setenv("NIGHTWINDOW_STATE", "/elsewhere")
    assert config.state_folder == Path("/elsewhere")
