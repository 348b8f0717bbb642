"""A value in the unit that a question names: "how heavy is it in pounds?". Pure; pint does the arithmetic."""

from __future__ import annotations

import re
from functools import cache

from assets.knowledge import Passage
from dialogue import quantities as measured
from dialogue.analyser import normal
from dialogue.lexicon import table
from dialogue.quantities import quantities, said_unit
from dialogue.wording import base_of, written_number

_DIMENSIONS = ("mass", "length", "volume")
_SYMBOLS = {"pound": "lb", "ounce": "oz", "fluid_ounce": "fl oz", "foot": "ft", "inch": "inch", "gram": "g", "kilogram": "kg",
            "milligram": "mg", "jin": "斤", "meter": "m", "centimeter": "cm", "millimeter": "mm", "liter": "l",
            "milliliter": "ml"}
_CHINESE = {"pound": "磅", "ounce": "盎司", "foot": "英尺", "inch": "英寸", "gram": "克", "kilogram": "公斤"}
_SHORT = ("cm", "mm", "kg", "lb", "oz", "ft", "ml")  # shorter words that are units and nothing else


def unit_asked(folded: str, dimension: str) -> str:
    """pint's name of the unit of a dimension that a folded question names without a number before it; "" for none."""
    if dimension not in _DIMENSIONS:
        return ""
    if dimension == "volume" and re.search(r"(?<!\d)(?<!\d )\b(?:fl\.? ?oz|fluid ounces?|ounces?|oz)\b", folded):
        return "fluid_ounce"
    named = {_words()[found.group()] for found in _pattern().finditer(folded)}
    fitting = [unit for unit in named if measured.dimension_of(unit) == dimension]
    return fitting[0] if len(fitting) == 1 else ""


def converted(passage: Passage, unit: str, language: str) -> str:
    """A passage's value in another unit, as that language writes it ("4.2 lb"); "" where it is no quantity of the kind, has
    that unit already, or states other units too."""
    found = quantities(f"{passage.value or ''} {passage.unit or ''}")
    target = measured.dimension_of(unit)
    if not found or len({q.unit for q in found}) != 1 or found[0].unit == unit or found[0].dimension != target:
        return ""
    numbers = [written_number(_rounded(measured.in_unit(q, unit)), language) for q in found]
    base = base_of(language)
    symbol = _CHINESE.get(unit, _SYMBOLS[unit]) if base == "zh" else _SYMBOLS[unit]
    said = said_unit("inch", language) if unit == "inch" else symbol
    between = "–" if measured.is_stretch(passage.value or "") else " × "
    return between.join(numbers) + ("" if base in ("zh", "ja") and not said.isascii() else " ") + said


def _rounded(value: float) -> str:
    """Three digits that count, no zeros behind."""
    return f"{float(f'{value:.3g}'):f}".rstrip("0").rstrip(".") if value < 1000 else f"{value:.0f}"


@cache
def _words() -> dict[str, str]:
    return {word: unit for unit, row in table("units")["written"].items() if unit in _SYMBOLS
            for word in map(normal, row.split()) if len(word) > 2 or word in _SHORT or ord(word[0]) > 0x2E7F}


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted(_words(), key=len, reverse=True)
    dense = "|".join(re.escape(w) for w in words if ord(w[0]) > 0x0DFF)
    spaced = "|".join(re.escape(w) for w in words if ord(w[0]) <= 0x0DFF)
    return re.compile(rf"(?<![\d十两])(?<!\d )(?:(?<!\w)(?:{spaced})(?!\w)|(?<![厘毫分千公英平立])(?:{dense}))")
