"""TOML files through a strict pydantic model: unknown keys are mistakes with a suggestion, all mistakes at once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from assets.findings import AuthoringError, Mistake, suggestion

Place = tuple[str | int, ...]


class StrictModel(BaseModel):
    """What a file may hold: nothing but its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=StrictModel)


def read_toml(path: Path, model: type[M]) -> tuple[M, dict[Place, int]]:
    """The file as `model`, and the line of each key. Raises AuthoringError with every mistake, OSError when unreadable."""
    text = _text(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise AuthoringError([Mistake(path, int(line[1]) if line else 0, f"not valid TOML: {error}")]) from None
    lines = key_lines(text)
    try:
        return model.model_validate(raw), lines
    except ValidationError as error:
        raise AuthoringError(_mistakes(path, model, lines, error)) from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AuthoringError([Mistake(path, 0, f"not UTF-8 text (byte {error.start})")]) from None


def _mistakes(path: Path, model: type[StrictModel], lines: dict[Place, int], error: ValidationError) -> list[Mistake]:
    out = []
    for problem in error.errors():
        place: Place = problem["loc"]
        where = ".".join(str(p) for p in place) or "the file"
        if problem["type"] == "extra_forbidden":
            sentence = f"unknown key '{where}'" + suggestion(str(place[-1]), _fields(model, place[:-1]))
        elif problem["type"] == "missing":
            sentence = f"'{where}' is missing"
        else:
            sentence = f"'{where.removesuffix('.[key]')}': {_wanted(problem)}, got {problem['input']!r:.60}"
        out.append(Mistake(path, line_of(lines, place), sentence))
    return sorted(out, key=lambda m: m.line)


# What pydantic says in the words of those who know Python, by the type of mistake; {…} are of its context.
_WANTED = {
    "less_than_equal": "at most {le}", "greater_than_equal": "at least {ge}", "less_than": "below {lt}",
    "greater_than": "above {gt}", "float_type": "a number", "float_parsing": "a number", "finite_number": "a number",
    "int_type": "a whole number", "int_parsing": "a whole number", "int_from_float": "a whole number",
    "string_type": "a text in quotes", "bool_type": "true or false", "bool_parsing": "true or false", "dict_type": "a table",
    "model_type": "a table", "list_type": "a list", "tuple_type": "a list", "literal_error": "one of {expected}",
}


def _wanted(problem: Any) -> str:
    form = _WANTED.get(problem["type"])
    if form is None:
        return str(problem["msg"]).removeprefix("Value error, ")
    limits = {k: f"{v:g}" if isinstance(v, float) else v for k, v in problem.get("ctx", {}).items()}
    return f"give {form.format(**limits)}"


def _fields(model: Any, place: Place) -> list[str]:
    """Keys that may stand at `place`, following lists and optional models."""
    for step in place:
        if isinstance(step, int):
            continue
        field = next((f for n, f in model.model_fields.items() if step in (n, f.alias)), None)
        if field is None:
            return []
        inner, queue = None, [field.annotation]
        while queue:
            candidate = queue.pop()
            if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                inner = candidate
            queue.extend(getattr(candidate, "__args__", ()))
        if inner is None:
            return []
        model = inner
    return [f.alias or n for n, f in model.model_fields.items()]


_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+|\"[^\"]+\")\s*=")


def key_lines(text: str) -> dict[Place, int]:
    """The 1-based line of each table header and of each key of a table; entries of [[lists]] count from 0."""
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    current: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            current = ()
            names = [n.strip().strip('"') for n in header[2].split(".")]
            for depth, name in enumerate(names):
                current = (*current, name)
                if header[1] == "[[" and depth == len(names) - 1:
                    counts[current] = counts.get(current, -1) + 1
                if current in counts:
                    current = (*current, counts[current])
            lines.setdefault(current, number)
        elif key := _KEY.match(line):
            lines.setdefault((*current, key[1].strip('"')), number)
    return lines


def line_of(lines: dict[Place, int], place: Place) -> int:
    """The line of the place or of the nearest thing around it; 0 when nothing is known."""
    for end in range(len(place), 0, -1):
        if place[:end] in lines:
            return lines[place[:end]]
    return 0
