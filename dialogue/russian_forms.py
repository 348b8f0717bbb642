"""Russian numbers in the case and gender of what follows: "до двадцати четырёх часов", "две минуты", "третье". Pure."""

from __future__ import annotations

import re

from dialogue.form import Form, form
from dialogue.spoken_words import number_words, plain_number

_ONES = ("", "одного", "двух", "трёх", "четырёх", "пяти", "шести", "семи", "восьми", "девяти", "десяти", "одиннадцати",
         "двенадцати", "тринадцати", "четырнадцати", "пятнадцати", "шестнадцати", "семнадцати", "восемнадцати", "девятнадцати")
_TENS = ("", "", "двадцати", "тридцати", "сорока", "пятидесяти", "шестидесяти", "семидесяти", "восьмидесяти", "девяноста")
_HUNDREDS = ("", "ста", "двухсот", "трёхсот", "четырёхсот", "пятисот", "шестисот", "семисот", "восьмисот", "девятисот")
_UNITS = {  # genitive of one, of more
    "кг": ("килограмма", "килограммов"), "г": ("грамма", "граммов"), "м": ("метра", "метров"),
    "см": ("сантиметра", "сантиметров"),
    "мм": ("миллиметра", "миллиметров"), "км": ("километра", "километров"), "л": ("литра", "литров"), "ч": ("часа", "часов"),
    "мл": ("миллилитра", "миллилитров"), "шт": ("штуки", "штук"), "руб": ("рубля", "рублей"), "₽": ("рубля", "рублей"),
    "мин": ("минуты", "минут"), "ГБ": ("гигабайта", "гигабайт"), "%": ("процента", "процентов"), "Вт": ("ватта", "ватт"),
}  # fmt: skip
_HERS = frozenset(("шт", "мин"))
_N = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})|\d{1,6}"
_HER_SOFT = frozenset(("ночь", "вещь", "часть", "деталь", "модель", "кровать", "дверь", "мышь", "печь", "скатерть"))
_LEFT_ALONE = frozenset(("или", "для", "при", "под", "над", "без", "два", "три", "его", "это", "еще", "ещё", "года"))
_MONTHS = "январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр|ноябр|декабр"
_ENDINGS = {  # of an ordinal: ending as written -> (of "второй", "пятый"; of "третий")
    "я": ("ая", "ья"), "е": ("ое", "ье"), "го": ("ого", "ьего"), "ом": ("ом", "ьем"), "му": ("ому", "ьему"), "х": ("ых", "ьих"),
    "м": ("ом", "ьем"), "ю": ("ую", "ью"), "й": ("", ""),
}  # fmt: skip


def genitive(value: int, hers: bool = False) -> str:
    """0 <= value < 10**9 behind "до" or "от". hers: before a feminine noun."""
    if value == 0:
        return "нуля"
    millions, value = divmod(value, 10**6)
    if millions:
        many = f"{genitive(millions)} {'миллиона' if _is_one(millions) else 'миллионов'}"
        return f"{many} {genitive(value, hers)}" if value else many
    thousands, rest = divmod(value, 1000)
    out = []
    if thousands:
        out += ["тысячи"] if thousands == 1 else [genitive(thousands, True), "тысячи" if _is_one(thousands) else "тысяч"]
    out += [_HUNDREDS[rest // 100]]
    below = rest % 100
    out += [_ONES[below]] if below < 20 else [_TENS[below // 10], _ONES[below % 10]]
    said = " ".join(part for part in out if part)
    return re.sub(r"одного$", "одной", said) if hers else said


def _is_one(value: int) -> bool:
    return value % 10 == 1 and value % 100 != 11


def _behind(match: re.Match[str], base: str) -> str | None:
    number = plain_number(match["n"], "ru")
    unit = match["unit"]
    noun = (match["noun"] or "").lower()
    hers = unit in _HERS or (not unit and noun.endswith(("ы", "и")))
    value = int(number)
    said = genitive(value, hers)
    if unit:
        said += f" {_UNITS[unit][0 if _is_one(value) else 1]}"
    return f"{match['before']} {said}"


def _times(match: re.Match[str], base: str) -> str:
    """"с 9:00 до 18:30": hours in the genitive, without the word that both share."""
    def said(hour: str, minute: str) -> str:
        return genitive(int(hour)) + (f" {genitive(int(minute))}" if int(minute) else "")

    last = said(match["h2"], match["m2"])
    whole = "" if int(match["m2"]) else (" часа" if _is_one(int(match["h2"])) else " часов")
    return f"{match['before']} {said(match['h'], match['m'])} до {last}{whole}"


def _until(match: re.Match[str], base: str) -> str:
    """"до 21:00" alone."""
    hour, minute = int(match["h"]), int(match["m"])
    after = f" {genitive(minute)}" if minute else (" часа" if _is_one(hour) else " часов")
    return f"{match['before']} {genitive(hour)}{after}"


def _days(match: re.Match[str], base: str) -> str:
    """"с 1 по 5 мая": from the genitive to the accusative."""
    from num2words import num2words

    first = num2words(int(match["a"]), to="ordinal", lang="ru", case="g")
    last = str(num2words(int(match["b"]), to="ordinal", lang="ru"))
    return f"{match['before']} {first} по {last[:-2]}{'ье' if last.endswith('третий') else 'ое'}"


def _counted(match: re.Match[str], base: str) -> str | None:
    """One and two have a gender: told by the noun's (or adjective's) ending behind them."""
    noun, number = match["noun"].lower(), int(plain_number(match["n"], "ru"))
    if noun in _LEFT_ALONE or re.match(_MONTHS, noun) or number % 100 in (11, 12):
        return None
    said = number_words(match["n"], "ru")
    if number % 10 == 2:
        return re.sub(r"два$", "две", said) if noun.endswith(("ы", "и", "ые", "ие")) else None
    if number % 10 != 1:
        return None
    if noun.endswith(("у", "ю")):
        return re.sub(r"один$", "одну", said)
    if noun.endswith(("а", "я")) or noun in _HER_SOFT:
        return re.sub(r"один$", "одна", said)
    return re.sub(r"один$", "одно", said) if noun.endswith(("о", "е")) else None


def _ordinal(match: re.Match[str], base: str) -> str | None:
    from num2words import num2words

    said = str(num2words(int(match["n"]), to="ordinal", lang="ru"))
    plain, third = _ENDINGS[match["end"]]
    if not plain:
        return said
    return said[:-2] + (third if said.endswith("третий") else plain)


def _by_groups(match: re.Match[str], base: str) -> str:
    """A telephone number as it is dictated: threes and twos as numbers, a leading zero by itself."""
    groups = re.findall(r"\d+", match.group())
    return ", ".join(" ".join(["ноль"] * (len(g) - len(g.lstrip("0"))) + ([number_words(str(int(g)), "ru")] if int(g) else []))
                     for g in groups)


_TIME = r"(?P<h{0}>[01]?\d|2[0-4])[:.](?P<m{0}>[0-5]\d)"
_UNIT = "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True))
RUSSIAN_FORMS: tuple[Form, ...] = (
    form("ru", r"(?<![\d+])(?:\+?7|8)[ -]?\(?\d{3}\)?[ -]\d{3}[ -]\d{2}[ -]\d{2}(?![\d-])",
         lambda m, base: ("плюс " if m.group().startswith("+") else "") + _by_groups(m, base)),
    form("ru", rf"\b(?P<before>[Сс]) {_TIME.format('')}\s?(?:до|[–—-])\s?{_TIME.format('2')}"
         r"(?![\d:]|\.\d)(?:\sч(?:ас(?:ов|а))?\b\.?)?",
         _times),
    form("ru", r"\b(?P<before>[Дд]о|[Пп]осле|[Оо]коло|[Сс]) (?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?![\d:])"
         r"(?:\sч(?:ас(?:ов|а))?\b\.?)?", _until),
    form("ru", r"\b(?P<before>[Сс]о?) (?P<n>\d{1,3})(?= до \d)", lambda m, base: f"{m['before']} {genitive(int(m['n']))}"),
    form("ru", rf"\b(?P<before>[Сс]о?) (?P<a>\d\d?) по (?P<b>\d\d?)(?=\s(?:{_MONTHS}))", _days),
    form("ru", rf"\b(?P<before>[Дд]о|[Оо]т|[Оо]коло|[Бб]олее|[Мм]енее|[Сс]выше|[Ии]з|[Дд]ля|[Бб]ез"
         rf"|[Пп]осле|[Вв]место|[Кк]роме|[Пп]ротив|[Сс]реди|[Вв] течение|[Нн]а протяжении|[Бб]ольше|[Мм]еньше|[Дд]ороже"
         rf"|[Дд]ешевле|[Сс]тарше|[Мм]ладше|[Бб]ыстрее|[Дд]ольше) (?P<n>{_N})"
         rf"(?![\d.,:/]\d|[\d–—-]|[ \u00a0]\d{{3}})"
         rf"(?:\s?(?P<unit>{_UNIT})(?!\w)(?:\.(?=,|\s[а-яё]))?)?(?=(?:\s(?P<noun>[а-яё]+))?)(?!\s(?:{_MONTHS}))", _behind),
    form("ru", r"(?<!\d)(?P<n>\d{1,3})-(?P<end>го|му|ом|й|я|е|х|м|ю)(?!\w)", _ordinal),
    form("ru", rf"(?<![\w.,:/№-])(?<!№ )(?P<n>{_N})(?=\s(?P<noun>[а-яё]{{3,}})(?!\w))", _counted),
)
