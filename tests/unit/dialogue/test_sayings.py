"""The seller's own way to say names: whole words, captions as written, nothing past the policy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.findings import AuthoringError
from assets.policy_file import load_policy
from avatar.speech import Utterance
from dialogue.policy import Policy
from dialogue.sayings import MAX_SAID, Sayings, load_sayings
from dialogue.speaking import Speaker
from dialogue.spoken import spoken_pieces, spoken_text
from tests.fakes.voice import FakeVoice

pytestmark = pytest.mark.unit
SAYINGS = Sayings({"any": {"Nuvia": "noo vee ah", "X-200": "ex two hundred"}, "es": {"Nuvia": "nubia"}})


@pytest.mark.parametrize(("language", "text", "said"), [
    ("en", "The NUVIA lamp, by Nuvia.", "The noo vee ah lamp, by noo vee ah."),
    ("es", "La lámpara Nuvia", "La lámpara nubia"),
    ("en", "Nuvian and preNuvia stay", "Nuvian and preNuvia stay"),
    ("en", "The X-200 costs $5", "The ex two hundred costs five dollars"),
    ("zh", "这个Nuvia灯", "这个 noo vee ah灯"),
])
def test_names_are_said_as_the_seller_wants(language: str, text: str, said: str) -> None:
    assert spoken_text(text, language, SAYINGS) == said


async def test_captions_keep_the_written_name() -> None:
    voice = FakeVoice()
    speaker = Speaker(voice, Policy(load_policy("own-site")), sayings=SAYINGS)
    spoken = [s async for _, _, s in speaker.speak(Utterance("u", "Here is the Nuvia lamp.", "en"))]
    assert voice.calls == ["Here is the noo vee ah lamp."]
    assert [w.text for w in spoken[0].words] == ["Here", "is", "the", "Nuvia", "lamp."]


async def test_a_saying_is_no_way_round_the_policy() -> None:
    voice = FakeVoice()
    speaker = Speaker(voice, Policy(load_policy("own-site")), sayings=Sayings({"en": {"lamp": "best lamp in the world"}}))
    assert [c async for _, c, _ in speaker.speak(Utterance("u", "Here is a lamp.", "en"))]
    assert voice.calls == ["Here is a lamp."]


@given(st.text(max_size=60), st.sampled_from(["en", "es", "ja"]))
@settings(max_examples=60, deadline=None)
def test_pieces_still_cover_the_text(text: str, language: str) -> None:
    assert "".join(p.written for p in spoken_pieces(text + " Nuvia " + text, language, SAYINGS)) == text + " Nuvia " + text


@pytest.mark.parametrize(("body", "why"), [
    ('[xx]\n"A" = "b"', "no language"), ('[en]\n"A" = "9 lives"', "letters"), ('[en]\n"A" = ""', "letters"),
    (f'[en]\n"A" = "{"b" * (MAX_SAID + 1)}"', "letters"), ("[en", "not valid TOML"), ('[en]\n"A" = 5', "letters"),
    ('A = "b"', "no table"),
])
def test_mistakes_in_the_file_are_named(tmp_path: Path, body: str, why: str) -> None:
    path = tmp_path / "sayings.toml"
    path.write_text(body)
    with pytest.raises(AuthoringError, match=why):
        load_sayings(path)


def test_every_mistake_in_the_file_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "sayings.toml"
    path.write_text('[en]\n"Zoë" = "zoh ee"\n"A" = 5\n[xx]\n"B" = "b"\n', encoding="utf-8")
    with pytest.raises(AuthoringError) as caught:
        load_sayings(path)
    first, second = str(caught.value).splitlines()
    assert ":3: [en] 'A' = 5" in first and ":4: [xx]" in second


def test_the_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sayings.toml"
    path.write_text('[any]\n"Zoë" = "zoh ee"\n')
    assert spoken_text("Meet Zoë!", "de", load_sayings(path)) == "Meet zoh ee!"
