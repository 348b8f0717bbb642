"""What a property may hold, and the walk over a document that checks it against the tables.

The walk gives back a cleaned copy: known properties with a right type and range only, so that later checks need not
look again. In a list a wrong entry is None, so that indices stay what they were.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets.gate.spec.problems import Problems

Clean = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """kind: name of a reader of Walk; low, high: inclusive, above, below: exclusive; choices: values that mean something
    (others are only a warning in glTF); lengths: of a list; table: of the object(s) inside; target: list that an index
    points into; zero_too: 0 is allowed below `low` (KHR_materials_ior)."""

    kind: str
    required: bool = False
    low: float = -math.inf
    high: float = math.inf
    above: float = -math.inf
    below: float = math.inf
    choices: tuple[Any, ...] = ()
    lengths: tuple[int, ...] = ()
    table: str = ""
    target: str = ""
    pattern: str = ""
    zero_too: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """An index as found: where it stands, into which list."""

    where: str
    target: str
    index: int


class Walk:
    """Walks one document. tables: by name; places: extension -> table name of the owner -> table name of its object."""

    def __init__(self, tables: Mapping[str, Mapping[str, Field]], places: Mapping[str, Mapping[str, str]],
                 used: frozenset[str], problems: Problems) -> None:
        self._tables, self._places, self._used, self.problems = tables, places, used, problems
        self.references: list[Reference] = []

    def table(self, name: str, value: dict[str, Any], where: str) -> Clean:
        """The cleaned object. Properties that no table names are left out silently: extras and vendors' own."""
        clean: Clean = {}
        for key, field in self._tables[name].items():
            if key not in value:
                if field.required:
                    self.problems.add("undefined_property", where, key)
                continue
            found = getattr(self, "_" + field.kind)(field, value[key], f"{where}/{key}")
            if found is not None:
                clean[key] = found
        if "name" in value and not isinstance(value["name"], str):
            self.problems.add("type_mismatch", f"{where}/name", "not text")
        if "extensions" in value:
            clean["extensions"] = self._extensions(name, value["extensions"], f"{where}/extensions")
        return clean

    def _extensions(self, owner: str, value: Any, where: str) -> dict[str, Clean]:
        clean: dict[str, Clean] = {}
        if not isinstance(value, dict):
            self.problems.add("type_mismatch", where, "not an object")
            return clean
        for name, body in value.items():
            place = f"{where}/{name}"
            if not isinstance(body, dict):
                self.problems.add("type_mismatch", place, "not an object")
            elif name not in self._used:
                self.problems.add("undeclared_extension", place, name)
            elif name not in self._places:
                clean[name] = {}
            elif owner not in self._places[name]:
                self.problems.add("unexpected_extension_object", place, name)
            else:
                clean[name] = self.table(self._places[name][owner], body, place)
        return clean

    def _bad(self, code: str, where: str, detail: object = "") -> Any:
        """Note the problem; None, so that a reader can say `return self._bad(...)`."""
        self.problems.add(code, where, detail)

    def _wrong(self, where: str, value: Any, expected: str) -> Any:
        return self._bad("type_mismatch", where, f"{value!r:.60} is not {expected}")

    def _integer(self, field: Field, value: Any, where: str) -> int | None:
        number = whole(value)
        if number is None:
            return self._wrong(where, value, "a whole number")
        if field.choices and number not in field.choices:
            return self._bad("value_not_in_list", where, number)
        if not field.low <= number <= field.high:
            return self._bad("value_not_in_range", where, number)
        return number

    def _number(self, field: Field, value: Any, where: str) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._wrong(where, value, "a number")
        if not self._in_range(field, value):
            return self._bad("value_not_in_range", where, value)
        return as_float(value)

    def _in_range(self, field: Field, value: float) -> bool:
        if field.zero_too and value == 0:
            return True
        return math.isfinite(as_float(value)) and field.low <= value <= field.high and field.above < value < field.below

    def _numbers(self, field: Field, value: Any, where: str) -> list[float] | None:
        items = self._list(field, value, where)
        if items is None:
            return None
        wrong = False
        for i, item in enumerate(items):
            if isinstance(item, bool) or not isinstance(item, int | float):
                self.problems.add("array_type_mismatch", f"{where}/{i}", f"{item!r:.60} is not a number")
                wrong = True
            elif not self._in_range(field, item):
                self.problems.add("value_not_in_range", f"{where}/{i}", item)
                wrong = True
        return None if wrong else [as_float(item) for item in items]

    def _text(self, field: Field, value: Any, where: str) -> str | None:
        if not isinstance(value, str):
            return self._wrong(where, value, "text")
        if field.choices and value not in field.choices:
            return self._bad("value_not_in_list", where, f"{value!r:.60}")
        if field.pattern and not re.fullmatch(field.pattern, value):
            return self._bad("pattern_mismatch", where, f"{value!r:.60}")
        return value

    def _texts(self, field: Field, value: Any, where: str) -> list[str] | None:
        items = self._list(field, value, where)
        if items is None:
            return None
        clean: dict[str, None] = {}
        for i, item in enumerate(items):
            if not isinstance(item, str):
                self.problems.add("array_type_mismatch", f"{where}/{i}", f"{item!r:.60} is not text")
            elif item in clean:
                self.problems.add("duplicate_elements", f"{where}/{i}", item)
            else:
                clean[item] = None
        return list(clean)

    def _flag(self, field: Field, value: Any, where: str) -> bool | None:
        return value if isinstance(value, bool) else self._wrong(where, value, "true or false")

    def _index(self, field: Field, value: Any, where: str) -> int | None:
        number = whole(value)
        if number is None:
            return self._wrong(where, value, "an index")
        if number < 0:
            return self._bad("invalid_index", where, number)
        self.references.append(Reference(where, field.target, number))
        return number

    def _indices(self, field: Field, value: Any, where: str) -> list[int | None] | None:
        items = self._list(field, value, where)
        if items is None:
            return None
        clean: list[int | None] = []
        seen: set[int] = set()
        for i, item in enumerate(items):
            number = whole(item)
            if number is None or number < 0:
                self.problems.add("invalid_index", f"{where}/{i}", f"{item!r:.60}")
                clean.append(None)
                continue
            if number in seen:
                self.problems.add("duplicate_elements", f"{where}/{i}", number)
            seen.add(number)
            self.references.append(Reference(f"{where}/{i}", field.target, number))
            clean.append(number)
        return clean

    def _object(self, field: Field, value: Any, where: str) -> Clean | None:
        if not isinstance(value, dict):
            return self._wrong(where, value, "an object")
        return self.table(field.table, value, where)

    def _objects(self, field: Field, value: Any, where: str) -> list[Clean | None] | None:
        items = self._list(field, value, where)
        if items is None:
            return None
        clean: list[Clean | None] = []
        for i, item in enumerate(items):
            if isinstance(item, dict):
                clean.append(self.table(field.table, item, f"{where}/{i}"))
            else:
                self.problems.add("array_type_mismatch", f"{where}/{i}", f"{item!r:.60} is not an object")
                clean.append(None)
        return clean

    def _index_map(self, field: Field, value: Any, where: str) -> dict[str, int] | None:
        if not isinstance(value, dict):
            return self._wrong(where, value, "an object")
        if not value:
            return self._bad("empty_entity", where)
        clean = {}
        for key, item in value.items():
            number = whole(item)
            if number is None or number < 0:
                self.problems.add("invalid_index", f"{where}/{key}", f"{item!r:.60}")
                continue
            self.references.append(Reference(f"{where}/{key}", field.target, number))
            clean[key] = number
        return clean

    def _index_maps(self, field: Field, value: Any, where: str) -> list[dict[str, int]] | None:
        items = self._list(field, value, where)
        if items is None:
            return None
        clean = []
        for i, item in enumerate(items):
            if not isinstance(item, dict):
                self.problems.add("array_type_mismatch", f"{where}/{i}", f"{item!r:.60} is not an object")
            clean.append(self._index_map(field, item, f"{where}/{i}") or {} if isinstance(item, dict) else {})
        return clean

    def _raw(self, field: Field, value: Any, where: str) -> Any:
        return self._wrong(where, value, "a list of numbers") if value is None else value

    def _list(self, field: Field, value: Any, where: str) -> list[Any] | None:
        if not isinstance(value, list):
            return self._wrong(where, value, "a list")
        if not value:
            return self._bad("empty_entity", where)
        if field.lengths and len(value) not in field.lengths:
            return self._bad("array_length_not_in_list", where, len(value))
        return value


def whole(value: Any) -> int | None:
    """The value as an int when it is a whole number (1.0 is one), else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else None


def as_float(value: float) -> float:
    """float(value), infinite where a whole number is too long for one."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
