"""A drawn disc laid over a room: its outline against the exact coverage of every pixel."""

from __future__ import annotations

import numpy as np
import pytest

from render.outlines import lay_over

pytestmark = pytest.mark.unit
SIZE, FINE = 96, 16


def disc(x: float, y: float, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """(SIZE, SIZE) how much of each pixel is covered, and whether its middle is."""
    at = (np.arange(SIZE * FINE) + 0.5) / FINE
    inside = (at[None] - x) ** 2 + (at[:, None] - y) ** 2 < radius**2
    middle = np.arange(SIZE) + 0.5
    return (inside.reshape(SIZE, FINE, SIZE, FINE).mean((1, 3)),
            (middle[None] - x) ** 2 + (middle[:, None] - y) ** 2 < radius**2)


def test_an_outline_is_half_as_wrong_as_without_smoothing_and_the_rest_is_as_drawn() -> None:
    seed = int(np.random.default_rng().integers(1 << 31))
    rng = np.random.default_rng(seed)
    room = np.full((SIZE, SIZE, 4), (*rng.integers(0, 90, 3), 255), np.uint8)
    colour = np.array((*rng.integers(170, 256, 3), 255), np.uint8)
    share, hit = disc(*rng.uniform(44, 52, 2), rng.uniform(20, 34))
    drawn = np.where(hit[..., None], colour, np.uint8(0)).astype(np.uint8)
    wanted = room[..., :3] + (colour[:3].astype(float) - room[..., :3]) * share[..., None]
    hard = np.where(hit[..., None], colour, room)[..., :3]
    soft = room.copy()
    lay_over(soft, drawn[::-1].copy()[::-1], room, (4, 4, SIZE - 4, SIZE - 4))  # rows may come upside down from the engine
    edge = (share > 0) & (share < 1)

    def wrong(picture: np.ndarray) -> float:
        return float(np.sqrt(((picture.astype(float) - wanted)[edge] ** 2).mean()))

    assert wrong(soft[..., :3]) < 0.6 * wrong(hard), f"seed {seed}"
    far = (disc(48, 48, 1)[0] >= 0) & ~edge
    grown = np.pad(edge, 2)
    near = sum(grown[i : i + SIZE, j : j + SIZE] for i in range(5) for j in range(5)) > 0
    assert (soft[..., :3][far & ~near] == hard[far & ~near]).all(), f"seed {seed}"
    assert (soft[..., 3] == 255).all()


def test_under_glass_only_what_differs_from_the_room_is_laid_over() -> None:
    room = np.full((32, 32, 4), (40, 60, 80, 255), np.uint8)
    drawn = room.copy()
    drawn[8:20, 8:20, :3] = 200
    out = room.copy()
    lay_over(out, drawn, room, (2, 2, 30, 30), through=True)
    assert (out[12:16, 12:16, :3] == 200).all() and (out[:6] == room[:6]).all() and (out[24:] == room[24:]).all()
    untouched = out.copy()
    lay_over(out, drawn, room, (5, 5, 7, 7))  # nothing to see in two pixels
    assert (out == untouched).all()


def test_what_was_drawn_thinly_lets_the_room_through_by_its_alpha() -> None:
    rng = np.random.default_rng()
    room = rng.integers(0, 256, (40, 60, 4), np.uint8)
    room[..., 3] = 255
    alpha = int(rng.integers(30, 225))
    colour = rng.integers(0, 256, 3)
    drawn = np.zeros_like(room)
    drawn[10:30, 20:40, :3] = np.round(colour * alpha / 255)  # multiplied by alpha, as the buffer has it
    drawn[10:30, 20:40, 3] = alpha
    picture = room.copy()
    lay_over(picture, drawn, room, (2, 2, 58, 38))
    wanted = room[..., :3].astype(float)
    wanted[10:30, 20:40] += (colour - wanted[10:30, 20:40]) * alpha / 255
    assert np.abs(picture[..., :3] - wanted).max() <= 1.5, f"alpha {alpha}, colour {colour}"
    assert (picture[..., 3] == 255).all()
