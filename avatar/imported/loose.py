"""Values of a stranger's JSON that may be anything: what is not as it should be counts as missing, never as a fault."""

from __future__ import annotations

import math
from typing import Any


def object_of(value: object) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects_of(value: object) -> list[dict[str, Any]]:
    """The objects in a list, or none."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def entry_of(value: object, index: object) -> dict[str, Any]:
    """The object at a place of a list, or an empty one."""
    if not isinstance(value, list) or isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(value):
        return {}
    return object_of(value[index])


def wholes_of(value: object) -> tuple[int, ...]:
    """The whole numbers in a list, or none."""
    return tuple(v for v in value if isinstance(v, int) and not isinstance(v, bool)) if isinstance(value, list) else ()


def number_of(value: object, otherwise: float, low: float = -math.inf, high: float = math.inf) -> float:
    """A finite number, no less than `low` and no more than `high`; `otherwise` for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return otherwise
    try:
        given = float(value)
    except OverflowError:  # JSON's whole numbers have no end
        return otherwise
    return min(max(given, low), high) if math.isfinite(given) else otherwise


def three_of(value: object, otherwise: tuple[float, float, float], low: float, high: float) -> tuple[float, float, float]:
    """The first three of [x, y, z, …] or of {"x": …, "y": …, "z": …}, each as by `number_of`."""
    if isinstance(value, dict):
        value = [value.get(axis, 0.0) for axis in "xyz"]
    given = value if isinstance(value, list) and len(value) >= 3 else otherwise
    x, y, z = (number_of(v, o, low, high) for v, o in zip(given[:3], otherwise, strict=True))
    return x, y, z
