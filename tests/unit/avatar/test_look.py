"""avatar.toml: what a seller may write, how mistakes are said, what the numbers become."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.findings import AuthoringError
from avatar.build import _key
from avatar.build.look import ADAM, HAIR, MIRA, OUTFITS, PRESENTERS, Look, read_look
from avatar.build.shape_targets import shape_targets
from showroom.avatars import chosen_look
from showroom.config import ConfigError

pytestmark = pytest.mark.unit


def test_a_file_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "avatar.toml").write_text('name = "Noor"\n[skin]\ntone = 0.55\n[hair]\nstyle = "hijab"\ncolour = "#334455"\n')
    look = read_look(tmp_path / "avatar.toml")
    assert (look.name, look.skin.tone, look.hair.style) == ("Noor", 0.55, "hijab")
    assert look.face == MIRA.face and look.outfit == MIRA.outfit
    assert chosen_look("avatar.toml", tmp_path) == look


@pytest.mark.parametrize(("text", "said"), [
    ("[skin]\ntoan = 0.5\n", "did you mean 'tone'"),
    ("[skin]\ntone = 3\n", "avatar.toml:2"),
    ('[hair]\nstyle = "mohawk"\n', "bob"),
    ('[eyes]\ncolour = "brown"\n', "eyes.colour"),
])
def test_a_mistake_is_said_with_file_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "avatar.toml").write_text(text)
    with pytest.raises(AuthoringError) as caught:
        read_look(tmp_path / "avatar.toml")
    assert said in str(caught.value) and len(caught.value.mistakes) == 1
    with pytest.raises(ConfigError):
        chosen_look("avatar.toml", tmp_path)


def test_an_unknown_presenter_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="adam"):
        chosen_look("eve", tmp_path)
    assert chosen_look("adam", tmp_path) is ADAM and chosen_look("default", tmp_path) is MIRA


def test_both_presenters_have_three_styles_and_outfits() -> None:
    for look in (MIRA, ADAM):
        assert len(HAIR[look.sex]) >= 3 and len(OUTFITS[look.sex]) >= 3
        assert {"blazer", "abaya"} <= set(OUTFITS[look.sex])
    assert "hijab" in HAIR["woman"]


def test_every_number_of_a_face_moves_a_target() -> None:
    plain = shape_targets(Look())
    for slider in type(MIRA.face).model_fields:
        value = -1.0 if getattr(MIRA.face, slider) > 0 else 1.0
        if slider in ("oval", "round", "square"):
            value = 1.0
        face = MIRA.face.model_copy(update={slider: value})
        assert shape_targets(MIRA.model_copy(update={"face": face})) != plain, slider


@pytest.mark.parametrize("look", PRESENTERS.values(), ids=PRESENTERS)
def test_macro_targets_are_a_whole_body(look: Look) -> None:
    weights = shape_targets(look)
    heads = [w for n, w in weights.items() if n.split("/")[1].split("-")[0] in ("african", "asian", "caucasian")]
    bodies = [w for n, w in weights.items() if n.startswith("macrodetails/universal")]
    assert sum(heads) == pytest.approx(1) and sum(bodies) == pytest.approx(1)


def test_the_cache_tells_looks_apart(tmp_path: Path) -> None:
    keys = {_key(tmp_path, look) for look in (MIRA, ADAM, MIRA.wearing("bun"), MIRA.wearing("", "knit"))}
    assert len(keys) == 4 and _key(None, MIRA) == _key(None, ADAM)
