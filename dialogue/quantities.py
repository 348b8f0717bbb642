"""Numbers with units in text, in any of the languages: found, compared, said. Pure; pint does the arithmetic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from dialogue.analyser import normal
from dialogue.lexicon import table

_DIMENSIONS = {
    "[mass]": "mass", "[length]": "length", "[length] ** 3": "volume", "[time]": "time",
    "[length] ** 2 * [mass] / [time] ** 3": "power", "[length] ** 2 * [mass] / [time] ** 2": "energy",
    "[temperature]": "temperature", "[luminosity]": "light", "[current] * [time]": "charge",
    "[mass] / [length] / [time] ** 2": "pressure", "1 / [time]": "frequency",
}  # fmt: skip
_JOINT = re.compile(r"\s*(?:[×x*,–—~-]|by|to|到|至|bis|à|a)\s*")  # numbers on both sides share a unit
_STRETCH = re.compile(  # from one number to another
    r"\D{0,12}?\d[\d.,]*\s*\w{0,3}\s*(?:to|-|–|—|~|bis|à|a|al?|до|至|到|から|se|से|sampai|hingga|đến|ถึง|إلى)\s*\d[\d.,]*\s*\D{0,12}")
_NUMBER = r"\d+(?:[.,\u00a0\u202f']\d+)*"
_WORDS_EN = (
    "one two three four five six seven eight nine ten eleven twelve fourteen fifteen sixteen eighteen twenty thirty forty "
    "fifty sixty ninety hundred"
).replace(" ", "|")
_COUNTED_ZH = "天|年|个|小时|周|分|升|公斤|克|米|厘米|英寸|种|元|次"
_NUMBER_WORD = re.compile(rf"\d|\b(?:{_WORDS_EN})\b|[一二三四五六七八九十两百千半]+(?:{_COUNTED_ZH})")


@dataclass(frozen=True, slots=True)
class Quantity:
    """value: as written; unit: pint's name ("kilogram"), "" for a bare number; dimension: "mass", "length", "volume",
    "time", "power", ..., "count" for a bare number."""

    value: float
    unit: str
    dimension: str


def quantities(text: str) -> list[Quantity]:
    """Every number in `text` with its unit, in order. "45 × 30 × 18 cm" gives three lengths."""
    folded = normal(text)
    found: list[Quantity] = []
    bare: list[int] = []
    last_end = -1
    for match in _pattern().finditer(folded):
        value = _value(match.group("number"))
        if value is None:
            continue
        unit = _names().get((match.group("unit") or "").strip().replace(" ", "_"), "")
        if last_end >= 0 and not _JOINT.fullmatch(folded[last_end : match.start()]):
            bare = []
        found.append(Quantity(value, unit, dimension_of(unit)))
        if unit:  # "45 × 30 cm": the numbers before share the unit
            for index in bare:
                found[index] = Quantity(found[index].value, unit, dimension_of(unit))
            bare = []
        else:
            bare.append(len(found) - 1)
        last_end = match.end()
    return found


def dimension_of(unit: str) -> str:
    """The dimension of a pint unit; "count" for none, "level" for decibels, "share" for percent."""
    if not unit:
        return "count"
    if unit in ("decibel", "percent"):
        return "level" if unit == "decibel" else "share"
    return _DIMENSIONS.get(str(_registry().Unit(unit).dimensionality), unit)


def unit_named(written: str) -> str:
    """pint's name of a unit as a knowledge base writes it ("kg", "hours", "英寸"), "" when unknown."""
    return _names().get(normal(written).strip().rstrip("."), "")


def compare(left: Quantity, right: Quantity) -> float | None:
    """left minus right in left's unit; None when they do not compare. A bare number takes the other's unit."""
    if not left.unit or not right.unit or left.unit == right.unit:
        return left.value - right.value
    if left.dimension != right.dimension:
        return None
    registry = _registry()
    return left.value - float(registry.Quantity(right.value, right.unit).to(left.unit).magnitude)


def is_stretch(value: str) -> bool:
    """Whether a value goes from one number to another ("150 to 205 mm"), and is not two sizes ("30 × 40 cm")."""
    return _STRETCH.fullmatch(normal(value).strip()) is not None


def in_unit(quantity: Quantity, unit: str) -> float:
    """A quantity's value in another unit of its dimension."""
    return float(_registry().Quantity(quantity.value, quantity.unit).to(unit).magnitude)


def has_number(text: str) -> bool:
    """Whether a text states a number, in digits or (English, Chinese) in words."""
    return bool(_NUMBER_WORD.search(normal(text)))


def has_time(text: str) -> bool:
    """Whether a text states a stretch of time."""
    if any(q.dimension == "time" for q in quantities(text)):
        return True
    words = rf"(?:{_WORDS_EN}|a|same|next)[- ](?:business |working |calendar )?(?:hour|day|week|month|year)s?"
    return bool(re.search(rf"\b(?:{words})\b|\d+ (?:business|working|calendar) days"
                          r"|[一二三四五六七八九十两半]+个?(?:天|年|月|小时|周|工作日)|当天|次日", normal(text)))


def said_unit(unit: str, language: str) -> str:
    """A knowledge base's unit in a language: words are translated, symbols stay."""
    name = unit_named(unit)
    by_language = table("units")["say"].get(name, {})
    if len(unit) <= 2 and name != "inch":
        return unit
    return str(by_language.get(language.split("-")[0], unit))


def decimals(written: str) -> tuple[Decimal, ...]:
    """The numbers that a written one may mean, likeliest first: "1,299.50" has one reading, "1,299" has two."""
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", written)
    readings: list[str] = []
    if re.fullmatch(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        readings.append(plain.replace(",", ""))
    if re.fullmatch(r"\d+,\d+|\d{1,3}(?:\.\d{3})+(?:,\d+)?", plain):
        readings.append(plain.replace(".", "").replace(",", "."))
    return tuple(Decimal(reading).normalize() for reading in readings)


def numbers_in(text: str) -> list[tuple[str, str]]:
    """(number as written, canonical unit or "") for every number in digits."""
    folded = normal(text)
    result: list[tuple[str, str]] = []
    for match in _pattern().finditer(folded):
        result.append((match.group("number"), _names().get((match.group("unit") or "").strip(), "")))
    return result


def _value(written: str) -> float | None:
    readings = decimals(written)
    return float(readings[0]) if readings else None


@cache
def _names() -> dict[str, str]:
    return {
        normal(word).replace("_", " ").strip(): unit
        for unit, words in table("units")["written"].items() for word in words.split()
    }


@cache
def _pattern() -> re.Pattern[str]:
    units = sorted(_names(), key=len, reverse=True)
    dense = "|".join(re.escape(u) + ("" if ord(u[-1]) > 0x0DFF or not u[-1].isalnum() else r"(?!\w)")  # "31 марта" is no metre
                     for u in units if not u[0].isascii() or not u[-1].isalnum())
    spaced = "|".join(re.escape(u) for u in units if u[0].isascii() and u[-1].isalnum())
    # "30 sản phẩm" are no seconds. A number may follow a Han sign ("装13寸"), but no letter and no number ("A52", "1.2.3").
    return re.compile(rf"(?<![a-z0-9.,])(?P<number>{_NUMBER})(?:\s?-?\s?(?P<unit>{dense}|(?:{spaced})(?![a-zß-ɏḀ-ỿ])))?")


@cache
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(cache_folder=None)
    registry.define("jin = 0.5 * kilogram")
    return registry


def warm_up() -> None:
    """Load the unit tables now (about half a second) instead of at the first question."""
    _pattern()
    dimension_of("kilogram")


def most(values: Sequence[Quantity], dimension: str) -> Quantity | None:
    """The largest quantity of a dimension (bare numbers count), None when there is none."""
    fitting = [q for q in values if q.dimension in (dimension, "count")] if dimension else list(values)
    best: Quantity | None = None
    for quantity in fitting:
        if best is None or (compare(quantity, best) or 0.0) > 0:
            best = quantity
    return best
