"""Plinths that are moved: where they may stand, kept over a restart, in the scene of every browser, and back again."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assets.scene import ShowroomSpec
from showroom.layout import layout_fields
from showroom.placing import Place, checked_places, kept_places, place_of, standing
from showroom.versions import VersionError
from tests.fakes.running_show import copy_demo
from tests.unit.showroom.test_shelf import Show

pytestmark = pytest.mark.unit


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Show:
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    return Show(copy_demo(tmp_path / "demo"))


def free_place(show: Show, plinth_id: str) -> Place:
    """Drawn until one is allowed; more than half a metre from where it stands."""
    spec, rng = show.content.spec, random.Random()
    home = spec.plinth(plinth_id).position_m
    low, high = spec.walk_polygon_m.min(0).tolist(), spec.walk_polygon_m.max(0).tolist()
    for _ in range(3000):
        x, z = round(rng.uniform(low[0], high[0]), 2), round(rng.uniform(low[1], high[1]), 2)
        place = Place(x, z, round(rng.uniform(0, 359), 1))
        if math.hypot(place.x_m - home[0], place.z_m - home[2]) < 0.5:
            continue
        try:
            checked_places({plinth_id: place}, {}, spec, show.content.products.values())
        except VersionError:
            continue
        return place
    raise AssertionError("there is no free place in the room")


def test_what_the_file_says_is_allowed(show: Show) -> None:
    spec = show.content.spec
    here = {p.id: Place(float(p.position_m[0]), float(p.position_m[2]), p.heading_deg) for p in spec.plinths if p.glb}
    assert len(here) == 7
    assert checked_places(here, {}, spec, show.content.products.values()) == here


async def test_a_plinth_moves_at_once_is_kept_and_goes_back(show: Show) -> None:
    plinth = random.choice([p for p in show.content.spec.plinths if p.glb])
    place = free_place(show, plinth.id)
    await show.shelf.move({plinth.id: place})
    again = Show(show.config.folder / "show.toml")
    for now in (show, again):
        stands = now.content.standing.plinth(plinth.id)
        assert (stands.position_m[[0, 2]] == np.array([place.x_m, place.z_m], np.float32)).all()
        assert stands.heading_deg == place.heading_deg and stands.top_m == plinth.top_m
        row = next(p for p in layout_fields(now.content)["plinths"] if p["id"] == plinth.id)
        assert row["x_m"] == pytest.approx(place.x_m) and row["moved"] and row["movable"]
    around = show.content.standing.walk_around_m
    assert np.hypot(*(around[:, :2] - [place.x_m, place.z_m]).T).min() < 1e-3, "visitors walk around it where it is now"
    home = plinth.position_m[[0, 2]]
    assert np.hypot(*(around[:, :2] - home).T).min() > 0.3, "and through where it was"
    await show.shelf.move({plinth.id: None})
    assert show.content.places == {} and show.content.standing.plinth(plinth.id).heading_deg == plinth.heading_deg


def free_places(show: Show, a: str, b: str) -> tuple[Place, Place]:
    """Drawn until both may stand where they are drawn together: two that are allowed alone can shut a way between them."""
    for _ in range(100):
        one, other = free_place(show, a), free_place(show, b)
        with contextlib.suppress(VersionError):
            checked_places({a: one, b: other}, {}, show.content.spec, show.content.products.values())
            return one, other
    raise AssertionError("there is no free place for two in the room")


async def test_two_people_who_move_at_once_lose_nothing(show: Show) -> None:
    a, b = random.sample([p.id for p in show.content.spec.plinths if p.glb], 2)
    one, other = free_places(show, a, b)
    await asyncio.gather(show.shelf.move({a: one}), show.shelf.move({b: other}))
    assert show.content.places == {a: one, b: other} == kept_places(show.store, show.content.spec)


def wall(spec: ShowroomSpec) -> Place:
    side = random.choice([0, 1])
    return Place(float(spec.walk_polygon_m[:, 0].max() if side else spec.walk_polygon_m[:, 0].min()), 1.5, 0)


async def test_what_cannot_stand_there_is_said_in_two_languages_and_changes_nothing(show: Show) -> None:
    spec = show.content.spec
    mark, other, entrance = spec.marks[0].position_m, spec.plinth("guest").position_m, spec.entrance_m
    plant = spec.obstacles_m[0]
    for wanted, said in (({"low": wall(spec)}, "in a wall or outside"),
                         ({"left-far": Place(99, 0, 0)}, "in a wall or outside"),
                         ({"left-far": Place(float(other[0]) + 0.3, float(other[2]), 0)},
                          "left-far and guest would touch; leave them 2[0-9] cm"),
                         ({"right": Place(float(mark[0]), float(mark[2]) + 0.3, 0)}, "where the presenter stands"),
                         ({"right": Place(float(plant[0]) + 0.1, float(plant[1]) + 0.2, 0)}, "such as a plant"),
                         ({"low": Place(float(entrance[0]), float(entrance[2]) - 0.1, 0)}, "way in|before the camera"),
                         ({"left-near": Place(0.3, 1.3, 0)}, "stand before the camera of the (wide|medium|product) shot"),
                         ({"hero": Place(0.9, 0.5, 0)}, "hero: it cannot be moved"),
                         ({"attic": Place(0, 0, 0)}, "attic: there is no such plinth; there are guest, ")):
        with pytest.raises(VersionError, match=said) as error:
            await show.shelf.move(wanted)
        assert any("一" <= c <= "鿿" for c in error.value.zh) and show.content.places == {} == kept_places(show.store, spec)


def test_nobody_is_walled_in(show: Show) -> None:
    """In a corridor as wide as two metres the low plinth closes the way, the slim one in a corner of it does not."""
    spec, x = show.content.spec, random.uniform(0.25, 0.35)
    corridor = replace(spec, plinths=tuple(p for p in spec.plinths if p.hero or p.id in ("low", "guest")),
                       walk_polygon_m=np.array([[-0.7, -0.9], [1.3, -0.9], [1.3, 8.0], [-0.7, 8.0]], np.float32),
                       obstacles_m=np.zeros((0, 3), np.float32), entrance_m=np.array([0.3, 0, 7.6], np.float32))
    aside = {"guest": Place(-0.4, 6.9, 0)}
    with pytest.raises(VersionError, match="could no longer walk up to the presenter"):
        checked_places({**aside, "low": Place(x, 5.5, 0)}, {}, corridor, ())
    slim = replace(corridor, plinths=tuple(p for p in corridor.plinths if p.id != "low"))
    assert checked_places(aside, {}, slim, ()) == aside


@pytest.mark.parametrize("value", [None, [], {}, {"x_m": 1}, {"x_m": "a", "z_m": 0, "heading_deg": 0},
                                   {"x_m": math.nan, "z_m": 0, "heading_deg": 0}, {"x_m": 1e9, "z_m": 0, "heading_deg": 0}])
def test_what_is_no_place_is_refused(value: object) -> None:
    with pytest.raises(VersionError, match="three numbers"):
        place_of(value)


async def test_places_that_no_longer_make_sense_are_left_out(show: Show) -> None:
    await show.shelf.move({"guest": free_place(show, "guest")})
    show.store.put("places", {"guest": {"x_m": 50.0, "z_m": 0.0, "heading_deg": 0.0}, "low": "nonsense",
                              "gone": {"x_m": 0, "z_m": 0, "heading_deg": 0}})
    again = Show(show.config.folder / "show.toml")
    assert again.content.places == {} and standing(again.content.spec, again.content.places) is again.content.spec
    assert any("stand where showroom.toml has them: guest" in a for a in again.alarms)
