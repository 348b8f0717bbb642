"""Checks shared by the value classes: a wrong field is named in one sentence, arrays are frozen."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

LANGUAGE_TAG = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")  # the part of BCP 47 that we use
IDENTIFIER = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$")


class FieldError(ValueError):
    """A value does not fit its field; the message names type, field, value and what is expected."""

    def __init__(self, owner: str, field: str, got: object, expected: str) -> None:
        super().__init__(f"{owner}.{field}: {expected}, got {got!r}")
        self.owner, self.field, self.expected = owner, field, expected


def frozen_array(
    owner: str, field: str, value: object, shape: tuple[int | None, ...], dtype: type | str
) -> NDArray:
    """A read-only contiguous copy-if-needed of `value` with the given dtype.

    shape: None stands for any length. Raises FieldError on another rank or length, or on NaN/inf.
    """
    array = np.ascontiguousarray(value, dtype=dtype)
    if array.ndim != len(shape) or any(
        want is not None and want != have for want, have in zip(shape, array.shape, strict=True)
    ):
        raise FieldError(owner, field, array.shape, f"an array of shape {shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise FieldError(owner, field, "non-finite numbers", "finite numbers")
    if array.flags.writeable:
        array = array.copy() if array is value else array
        array.setflags(write=False)
    return array


def require(condition: bool, owner: str, field: str, got: object, expected: str) -> None:
    """Raise FieldError unless `condition` holds."""
    if not condition:
        raise FieldError(owner, field, got, expected)


def require_language(owner: str, field: str, tag: str) -> None:
    """Raise FieldError unless `tag` looks like a BCP 47 language tag ("en", "pt-BR", "zh-Hant")."""
    require(bool(LANGUAGE_TAG.match(tag or "")), owner, field, tag, "a BCP 47 language tag such as 'en' or 'zh'")


def require_id(owner: str, field: str, value: str) -> None:
    """Raise FieldError unless `value` is a plain identifier (letters, digits, '_', '-', '.', ':')."""
    require(bool(IDENTIFIER.match(value or "")), owner, field, value, "letters, digits, '_', '-', '.' or ':'")
