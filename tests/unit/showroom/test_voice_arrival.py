"""The voice of a new machine comes beside the rest; a show says which voice speaks until then."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assets.market import Market
from assets.policy_file import load_policy
from dialogue.adapters import kokoro
from dialogue.cached_voice import IN_TIME_S
from dialogue.cast import Cast
from dialogue.fallback import FallbackVoice
from dialogue.policy import Policy
from dialogue.ports import LANGUAGES
from showroom import wiring
from showroom.casting import make_speaker
from showroom.config import load_config
from showroom.page_words import chinese
from showroom.voice_arrival import UNTIL, Arrival

pytestmark = pytest.mark.unit


def test_what_is_here_is_not_waited_for() -> None:
    assert Arrival("kokoro", lambda name, progress: "").wait(limit_s=60) == ""


def test_what_is_slow_is_said_and_comes_later() -> None:
    may_come, said = threading.Event(), []

    def slowly(name: str, progress: object) -> str:
        may_come.wait(60)
        return ""

    arrival = Arrival("kokoro", slowly)
    note = arrival.wait(0.0, lambda share, what: said.append(what))
    assert note == f"The voice 'kokoro' is still being fetched; {UNTIL}" and not arrival.here.is_set()
    assert chinese(note) == "声音 'kokoro' 仍在下载；在它到来之前，节目用 espeak 说话。"
    may_come.set()
    assert arrival.here.wait(60) and arrival.wait(60) == ""


def test_what_cannot_be_had_is_tried_again() -> None:
    tries = []

    def fails_twice(name: str, progress: object) -> str:
        tries.append(name)
        return "" if len(tries) > 2 else "The voice 'kokoro' is not ready: no network."

    arrival = Arrival("kokoro", fails_twice, again_s=0.01)
    note = arrival.wait(60)
    assert note in ("", f"The voice 'kokoro' is not ready: no network. {UNTIL}")
    assert arrival.here.wait(60) and tries == ["kokoro"] * 3


@pytest.mark.parametrize("cores", [1, 2, 8])
def test_the_neural_voice_is_the_default_where_it_can_speak(cores: int, tmp_path: Path,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring.os, "sched_getaffinity", lambda pid: set(range(cores)))
    (tmp_path / "show.toml").write_text("")
    config = load_config(tmp_path / "show.toml")
    for language in LANGUAGES:
        neural = language in kokoro.VOICES and cores > 1
        assert wiring.engine_of(config, language) == ("kokoro" if neural else "espeak"), language
    (tmp_path / "voice.toml").write_text('engine = "pyttsx3"')
    assert wiring.engine_of(config, "en") == "pyttsx3"


def speaking(folder: Path, market: Market) -> tuple[FallbackVoice, Cast]:
    return make_speaker(load_config(folder / "show.toml"), market, Policy(load_policy("own-site")), lambda voice, why: None,
                        lambda utterance, verdict: None)


def test_espeak_stands_behind_the_neural_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(wiring.os, "sched_getaffinity", lambda pid: {0, 1})
    (tmp_path / "show.toml").write_text("")
    market = Market("m", "en-US", "af_heart", "own-site", "USD")
    chain, cast = speaking(tmp_path, market)
    assert chain.chosen == "kokoro" and [v.name for v in chain._voices] == ["kokoro", "espeak"] and cast.keeps


def test_a_neural_voice_behind_a_server_says_nothing_that_would_come_too_late(tmp_path: Path,
                                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine it took its three seconds for each clause while the server was gone: two seconds of silence."""
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kokoro, "is_here", lambda: True)
    (tmp_path / "show.toml").write_text('[voice]\nengine = "openai"\nurl = "http://127.0.0.1:9/v1"')
    chain, cast = speaking(tmp_path, Market("m", "en-US", "af_heart", "own-site", "USD"))
    assert [v.name for v in chain._voices] == ["openai", "kokoro", "espeak"] and not cast.keeps
    assert chain._voices[1].in_time_s == IN_TIME_S


def test_a_clip_is_spoken_by_espeak_where_the_default_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the voice was asked for by name: then what it lacks is said."""
    monkeypatch.setattr(wiring.os, "sched_getaffinity", lambda pid: {0, 1})
    monkeypatch.setattr(wiring, "voice_ready", lambda name, progress: f"The voice {name!r} is not ready: no network.")
    (tmp_path / "show.toml").write_text("")
    config = load_config(tmp_path / "show.toml")
    engine, why = wiring.ready_engine(config, "en", lambda share, what: None)
    assert engine == "espeak" and why == "The voice 'kokoro' is not ready: no network. espeak speaks."
    (tmp_path / "voice.toml").write_text('engine = "kokoro"')
    engine, why = wiring.ready_engine(config, "en", lambda share, what: None)
    assert engine == "kokoro" and why == "The voice 'kokoro' is not ready: no network."


def test_a_hosted_voice_without_its_key_is_said_before_the_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "show.toml").write_text('[voice]\nengine = "openai"')
    monkeypatch.delenv("NIGHTWINDOW_VOICE_KEY", raising=False)
    assert "NIGHTWINDOW_VOICE_KEY" in wiring.key_missing(load_config(tmp_path / "show.toml"), "en")[0]
    monkeypatch.setenv("NIGHTWINDOW_VOICE_KEY", "k")
    assert not wiring.key_missing(load_config(tmp_path / "show.toml"), "en")
    monkeypatch.delenv("NIGHTWINDOW_VOICE_KEY")
    (tmp_path / "show.toml").write_text('[voice]\nengine = "openai"\nurl = "http://127.0.0.1:9/v1"')
    assert not wiring.key_missing(load_config(tmp_path / "show.toml"), "zh"), "a server of one's own needs none"
