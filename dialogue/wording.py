"""The sentences of answers, by language (dialogue/lexicon/wording.toml). Nothing here knows a fact. Pure."""

from __future__ import annotations

import re

from assets.product import Price
from dialogue.lexicon import table
from dialogue.quantities import said_unit

# Languages with every sentence; others get English with a note.
FULL = ("en", "zh", "ja", "es", "fr", "de", "pt", "it", "hi", "ar", "ru", "id", "th", "vi")


def base_of(language: str) -> str:
    """The primary tag: "pt-BR" -> "pt"."""
    return language.split("-")[0].lower()


def template_language(language: str) -> str:
    """The language whose sentences are used for `language`."""
    return base_of(language) if base_of(language) in FULL else "en"


def sentence(name: str, language: str, /, **parts: str) -> str:
    """The sentence `name` in `language` (English where it has none), filled."""
    by_language = table("wording")[name]
    said = str(by_language.get(base_of(language)) or by_language["en"]).format(**parts)
    return said[:-1] if said.endswith("..") else said  # a unit may end with a stop of its own: "2 г."


def lead(language: str, turn: int, topic: str) -> str:
    """What is said before a spoken answer; `turn` picks one of the variants."""
    variants = table("wording")["lead"].get(template_language(language), [""])
    return str(variants[turn % len(variants)]).format(topic=topic)


def chat(name: str, language: str, /, **parts: str) -> str:
    """The sentence `name` of dialogue/lexicon/chat.toml, filled."""
    by_language = table("chat")[name]
    return str(by_language.get(base_of(language)) or by_language["en"]).format(**parts)


def note(asker: str, written: str) -> str:
    """The remark, in the asker's language, that what follows is in another."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(base_of(written)).get_language_name(base_of(asker)) or written
    except (UnknownLocaleError, ValueError):
        name = written
    return sentence("note", asker, language=name)


def priced(price: Price, language: str) -> str:
    """A price as people of that language write it: "$79.90", "US$79.90", "79,90 €"."""
    from babel.numbers import format_currency

    locale = {"en": "en_US", "zh": "zh_Hans_CN", "pt": "pt_BR"}.get(base_of(language), base_of(language))
    return format_currency(price.amount, price.currency, locale=locale).replace("\xa0", " ")


def valued(value: str, unit: str | None, language: str) -> str:
    """A value with its unit: "1.2 kg", "15.6 英寸"; the unit is not repeated when the value names it."""
    value = written_number(value.strip(), language)
    if not unit or value.casefold().endswith(unit.casefold()):
        return value
    said = said_unit(unit, language)
    dense = base_of(language) in ("zh", "ja") and not said[0].isascii()
    return f"{value}{said}" if dense or said in ("%", "°", '"') else f"{value} {said}"


def written_number(value: str, language: str) -> str:
    """A plain number with the decimal sign of the language: "1,9" in German; whatever else it is stays."""
    from babel.numbers import get_decimal_symbol

    if not re.fullmatch(r"\d+\.\d+", value):
        return value
    # Latin digits everywhere: prices are written so, too.
    return value.replace(".", get_decimal_symbol(base_of(language), numbering_system="latn"))


def joined(names: list[str], language: str) -> str:
    """A list of names in a sentence."""
    return ("、" if base_of(language) in ("zh", "ja") else ", ").join(names)
