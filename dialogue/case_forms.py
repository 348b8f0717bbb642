"""Numbers in the case that the sentence asks for: Russian dative, instrumental and prepositional, told by the ending of what is
counted ("в двух цветах", "ста покупателям"). Pure."""

from __future__ import annotations

import re

from dialogue.form import Form, form
from dialogue.russian_forms import _UNIT as UNIT_RU
from dialogue.russian_forms import _UNITS as RUSSIAN_UNITS
from dialogue.russian_forms import genitive
from dialogue.spoken_words import plain_number

_PLURAL = (("i", re.compile(r"(?:[аы]ми|[яи]ми)$")), ("d", re.compile(r"[ая]м$")), ("p", re.compile(r"[ая]х$")))
_ADJECTIVE = re.compile(r"(?:ым|им|ых|их)$")
_NO_NOUN = frozenset(("там", "нам", "вам", "сам", "вами", "нами", "ними", "самым"))
_WITH, _TO, _IN = (frozenset(words.split())
                   for words in ("с со над под перед между за", "к ко по благодаря", "в во на о об при"))
# Feminine ones in -е behind "в", "на": told from "в одном ящике", "в одном подарке" by what stands before it.
_HER_PLACE = re.compile(r"(?:[бвшткчлмп]ке|лампе|паре|цене|комнате|неделе|минуте|секунде|штуке|стране|кухне|квартире|ванне"
                        r"|системе|форме|группе|полосе|стене|полке|зоне|точке|схеме|и)$")
_AND_OF = re.compile(r"(?:^|\s)(?:[Ии]з|[Бб]ез|[Дд]ля|[Оо]т)\s\d+\s[а-яё]+(?:,|\sи|\sили)\s$")


def _russian(match: re.Match[str], base: str) -> str | None:
    from num2words import num2words

    value = int(plain_number(match["n"], "ru"))
    before = (match["before"] or "").lower()
    noun = match["noun"].lower()
    if noun in _NO_NOUN:
        return None
    if value % 10 == 1 and value % 100 != 11:
        found = _of_one(before, noun, match.string[: match.start("n")])
    else:
        behind = (match["next"] or "").lower()
        last = behind if _ADJECTIVE.search(noun) and behind and behind not in _NO_NOUN else noun
        found = next(((case, False) for case, ending in _PLURAL if ending.search(last)), None)
    if found is None:
        return None
    said = num2words(value, lang="ru", case=found[0], **({"gender": "f"} if found[1] else {}))
    return f"{match['before']} {said}" if before else str(said)


def _of_one(before: str, noun: str, written: str) -> tuple[str, bool] | None:
    """Case and whether the noun is feminine, of one thing behind these words."""
    if before in _WITH and re.search(r"(?:[оеё]й|ью|[оеё]м)$", noun):
        return "i", not noun.endswith("м")
    if before in _TO and noun[-1] in "уюеи":
        return "d", noun[-1] in "еи"
    if before in _IN and noun[-1] in "еи":
        return "p", _HER_PLACE.search(noun) is not None
    if before in ("", "и", "или") and _AND_OF.search(written):
        return "g", noun[-1] in "ыи"
    return None


def _ordinal_place(match: re.Match[str], base: str) -> str:
    from num2words import num2words

    said = str(num2words(int(match["n"]), to="ordinal", lang="ru"))
    return said[:-2] + ("ьем" if said.endswith("третий") else "ом")


def _decade(match: re.Match[str], base: str) -> str:
    from num2words import num2words

    said = str(num2words(int(match["n"]), to="ordinal", lang="ru")).removeprefix("одна ")
    return said[:-2] + {"х": "ых", "е": "ые"}[match["end"]]


def _and_a_half(match: re.Match[str], base: str) -> str:
    """"около 2,5 л"."""
    several = RUSSIAN_UNITS[match["unit"]][1]
    return f"{match['before']} {genitive(int(match['n']))} с половиной {several}"


CASE_FORMS: tuple[Form, ...] = (
    form("ru", r"(?<=\b[Нн]а )(?P<n>[1-9]\d?)(?= (?:этаже|месте|канале|уровне|ряду)\b)", _ordinal_place),
    form("ru", r"(?<!\d)(?P<n>(?:1[89]|20)\d0)-(?P<end>х|е)(?!\w)", _decade),
    form("ru", r"(?<![\w.,:/-])(?P<n>\d{1,3})(?= (?:и|или) (?:более|больше)\s[а-яё]+)", lambda m, base: genitive(int(m["n"]))),
    form("ru", rf"\b(?P<before>[Дд]о|[Оо]т|[Оо]коло|[Бб]олее|[Мм]енее) (?P<n>[1-9]\d?),5\s?(?P<unit>{UNIT_RU})(?!\w)",
         _and_a_half),
    form("ru", r"(?<=\b[Вв] )1(?= руки\b)", "одни"),
    form("ru", r"(?<![\w.,:/№-])(?:(?P<before>[А-Яа-яё]+) )?(?<![\d.,:/-])(?P<n>\d{1,3}[ \u00a0\u202f]\d{3}|\d{1,6})"
         r"(?=\s(?P<noun>[а-яё]{3,})(?!\w)(?:\s(?P<next>[а-яё]{3,})(?!\w))?)", _russian),
)
