"""`[show] avatar = "her.vrm"`: checked, converted once, refused on air where its licence forbids it, until permitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.avatar_model import AvatarModel
from assets.rundown_file import load_rundown
from avatar.build.bust import bust
from showroom.avatars import avatar_findings, chosen_look, prepare_avatar
from showroom.config import ConfigError, load_config
from showroom.gesture_report import too_large_to_hold
from tests.fakes.foreign_figures import Foreign, foreign_glb
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit

STRICT = {"title": "Lena", "author": "Somebody", "allowedUserName": "OnlyAuthor", "commercialUssageName": "Disallow"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("shop")
    (here / "her.vrm").write_bytes(foreign_glb(bust(), Foreign("vroid", "vowels", 0, 75, meta=STRICT)))
    (here / "free.glb").write_bytes(foreign_glb(bust(), Foreign("mixamo", "oculus", asset={"copyright": "CC0"})))
    (here / "broken.glb").write_bytes(b"glTF, no more")
    return here


def test_a_product_that_no_hand_can_hold_is_found(tmp_path: Path) -> None:
    content = demo_content()
    path = tmp_path / "rundown.toml"
    path.write_text("".join(
        f'[[item]]\nproduct = "{sku}"\n[[item.section]]\nid = "{sku}"\nkind = "hook"\n[[item.section.variant]]\n'
        'lines = [{ text = "[hold] Look at this." }]\n' for sku in ("mug", "chair")))
    found = too_large_to_hold(path, load_rundown(path), content.products)
    assert len(found) == 1 and found[0].startswith(f"{path}: chair: ") and "0.36 m" in found[0]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path_factory.getbasetemp() / "presenters"))


def silent(share: float, what: str) -> None:
    """Progress that nobody watches."""


def test_a_forbidden_file_may_be_looked_at_but_not_broadcast(folder: Path) -> None:
    look = chosen_look("her.vrm", folder)
    codes = [f.code for f in avatar_findings(look) if f.tier == "refused"]
    assert codes == ["licence_others", "licence_commercial"]
    with pytest.raises(ConfigError, match=r"only to its author.*avatar_permission"):
        prepare_avatar(silent, look, on_air=True)
    assert AvatarModel.load(prepare_avatar(silent, look).npz).id == "her"  # nightwindow say
    allowed = prepare_avatar(silent, look, "Somebody, by mail, 2026-05-01", on_air=True)
    assert any("Somebody, by mail" in f.message_en for f in allowed.findings)


def test_a_free_file_goes_on_air_with_its_own_joints(folder: Path) -> None:
    files = prepare_avatar(silent, chosen_look("free.glb", folder), on_air=True)
    assert files.glb.read_bytes()[:4] == b"glTF" and files.phone_glb.exists()
    assert files.rest_m.shape == (16, 3) and not files.note
    assert [f for f in files.findings if f.tier == "refused"] == []


def test_what_is_no_figure_is_one_sentence(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"show\.avatar = 'broken\.glb': .*(cut off|neither)"):
        prepare_avatar(silent, chosen_look("broken.glb", folder))
    with pytest.raises(ConfigError, match="neither a presenter"):
        chosen_look("nobody.vrm", folder)


def test_the_permission_is_a_key_of_the_show(tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    path.write_text('[show]\navatar = "her.vrm"\navatar_permission = "Somebody, 2026-05-01"\n')
    assert load_config(path).show.avatar_permission == "Somebody, 2026-05-01"
    path.write_text('[show]\navatar_permision = "Somebody"\n')
    with pytest.raises(ConfigError, match="did you mean 'avatar_permission'"):
        load_config(path)
