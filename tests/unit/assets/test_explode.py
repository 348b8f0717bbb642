"""Taking a product apart: no two boxes overlap, nothing under the floor, the order of a stack kept."""

from __future__ import annotations

import numpy as np
import pytest

from assets.explode import explode_offsets

pytestmark = pytest.mark.unit


def overlapping(boxes: np.ndarray) -> list[tuple[int, int]]:
    return [(i, j) for i in range(len(boxes)) for j in range(i)
            if ((boxes[i, 0] < boxes[j, 1]) & (boxes[j, 0] < boxes[i, 1])).all()]


def test_no_two_boxes_overlap_wherever_the_parts_lay() -> None:
    random = np.random.default_rng()
    for _ in range(60):
        n = int(random.integers(2, 25))
        low = random.normal(size=(n, 3)) * random.uniform(0.01, 3)
        boxes = np.stack([low, low + random.random((n, 3)) * random.uniform(0, 2)], 1)
        moved = boxes + explode_offsets(boxes)[:, None]
        assert not overlapping(moved)
        assert moved[:, 0, 1].min() >= boxes[:, 0, 1].min() - 1e-9


def test_parts_in_one_place_and_parts_inside_parts_come_apart() -> None:
    same = np.array([[[0, 0, 0], [1, 1, 1]]] * 5, float)
    assert not overlapping(same + explode_offsets(same)[:, None])
    shell = np.array([[[-1, 0, -1], [1, 2, 1]], [[-0.5, 0.5, -0.5], [0.5, 1.5, 0.5]], [[-0.1, 0.9, -0.1], [0.1, 1.1, 0.1]]])
    moved = shell + explode_offsets(shell)[:, None]
    assert not overlapping(moved)


def test_a_stack_keeps_its_order() -> None:
    stack = np.array([[[0, k, 0], [1, k + 1, 1]] for k in range(6)], float)
    middle = (stack + explode_offsets(stack)[:, None]).mean(1)[:, 1]
    assert (np.diff(middle) > 1).all()


def test_few_parts_and_wrong_boxes() -> None:
    assert explode_offsets(np.zeros((0, 2, 3))).shape == (0, 3)
    assert (explode_offsets(np.array([[[0, 0, 0], [1, 1, 1]]])) == 0).all()
    for wrong in (np.zeros((2, 3)), np.full((1, 2, 3), np.nan), np.array([[[1, 0, 0], [0, 1, 1]]])):
        with pytest.raises(ValueError):
            explode_offsets(wrong)
