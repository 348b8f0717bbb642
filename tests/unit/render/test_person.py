"""A person on a quad: where it lies in the picture, what stands before it, and what a damaged cut-out shows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from avatar.capture.cut_out import CutOut
from render.person import Person, Placed, Unpacking, lay_person, placed_px

pytestmark = pytest.mark.unit


def person(pixels: np.ndarray) -> Person:
    return Person("anchor", pixels, (-0.5, -0.5, 0.5, 0.5), 1.0)


def patches(rng: np.random.Generator) -> np.ndarray:
    """(40, 40, 4): opaque random patches of 10 px, one of them empty."""
    small = rng.integers(0, 256, (4, 4, 4), np.uint8)
    small[..., 3] = 255
    small[1, 2] = 0
    return np.kron(small, np.ones((10, 10, 1), np.uint8))


def test_it_lies_where_it_is_placed_and_the_room_shows_where_nobody_is() -> None:
    rng = np.random.default_rng()
    room, pixels = rng.integers(0, 256, (90, 120, 4), np.uint8), patches(rng)
    picture = room.copy()
    lay_person(picture, Placed(person(pixels), (30, 20, 70, 60), 0.9))
    inside = picture[20:60, 30:70]
    there = pixels[..., 3] == 255
    assert (inside[there] == pixels[there]).all(), "true size: not a pixel is mixed"
    assert np.abs(inside[~there].astype(int) - room[20:60, 30:70][~there]).max() <= 1
    outside = np.ones((90, 120), bool)
    outside[20:60, 30:70] = False
    assert (picture[outside] == room[outside]).all()


def test_twice_the_size_keeps_the_patches_in_their_places() -> None:
    rng = np.random.default_rng()
    picture, pixels = np.zeros((100, 100, 4), np.uint8), patches(rng)
    lay_person(picture, Placed(person(pixels), (10.0, 10.0, 90.0, 90.0), 0.9))
    middles = picture[20:90:20, 20:90:20]
    assert np.abs(middles.astype(int) - pixels[5::10, 5::10]).max() <= 1


@pytest.mark.parametrize("rect", [(-20, -20, 20, 20), (100, 70, 140, 110), (-50, 30, -10, 70), (130, 0, 150, 20),
                                  (5, 5, 5.2, 5.2)])
def test_what_reaches_out_of_the_picture_is_cut(rect: tuple[float, float, float, float]) -> None:
    rng = np.random.default_rng()
    picture = np.zeros((90, 120, 4), np.uint8)
    lay_person(picture, Placed(person(patches(rng)), rect, 0.9))
    left, top, right, bottom = rect
    seen = picture[..., 3] > 0
    assert not seen[:, int(np.ceil(max(0, right))):].any() and not seen[int(np.ceil(max(0, bottom))):].any()
    assert not seen[: int(max(0, top))].any() and not seen[:, : int(max(0, left))].any()


def test_what_of_the_room_is_nearer_hides_the_person_and_half_a_person_is_half_seen() -> None:
    room = np.full((60, 60, 4), 40, np.uint8)
    pixels = np.full((40, 40, 4), 255, np.uint8)
    nearer = np.zeros((60, 60), np.uint8)
    nearer[30:] = 1
    picture = room.copy()
    lay_person(picture, Placed(person(pixels), (10, 10, 50, 50), 0.9), nearer)
    assert (picture[15:30, 15:45] == 255).all() and (picture[30:] == 40).all()
    half = room.copy()
    lay_person(half, Placed(person(pixels), (10, 10, 50, 50), 0.9), None, 0.5)
    assert np.abs(half[20:40, 20:40, :3].astype(int) - (40 + 255) / 2).max() <= 1.5


def test_metres_become_pixels_around_the_eyes() -> None:
    assert placed_px((-0.25, -1.0, 0.25, 0.5), (100.0, 50.0), 80.0) == (80.0, 10.0, 120.0, 130.0)


def test_a_damaged_picture_shows_the_one_before_and_no_person_is_nobody() -> None:
    def packed(value: int) -> CutOut:
        colour, mask = (cv2.imencode(".jpg", np.full(shape, value, np.uint8))[1].tobytes() for shape in ((40, 30, 3), (20, 15)))
        return CutOut((-0.5, -0.5, 0.5, 0.5), colour, mask)

    unpacking, good = Unpacking(), packed(200)
    damaged = CutOut(good.rect_m, b"\xff\xd8nothing", good.mask)
    assert unpacking(("anchor", damaged, 1.0)) is None
    first = unpacking(("anchor", good, 0.25))
    assert first is not None and first.part == 0.25 and abs(int(first.pixels[20, 15, 0]) - 200) < 4
    after = unpacking(("anchor", damaged, 1.0))
    assert after is not None and after.pixels is first.pixels and unpacking.damaged == 2
    assert unpacking(None) is None and unpacking(("anchor", damaged, 1.0)) is None, "another person begins with nothing"
