"""Written forms that a number table alone reads wrong: years, telephone and article numbers, ordinals, abbreviations, units
in other scripts, counted things. One rule a line: where it holds, what it looks like, how it is said. Pure."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from dialogue.arabic_counts import ARABIC_COUNTS
from dialogue.case_forms import CASE_FORMS
from dialogue.counted_forms import COUNTED_FORMS
from dialogue.day_forms import DAY_FORMS, date_russian
from dialogue.form import Form, Say
from dialogue.form import form as _form
from dialogue.german_cases import GERMAN_CASES
from dialogue.heard_forms import HEARD_FORMS
from dialogue.offer_forms import OFFER_FORMS, year_english
from dialogue.price_forms import PRICE_FORMS
from dialogue.russian_cases import RUSSIAN_CASES
from dialogue.russian_forms import RUSSIAN_FORMS
from dialogue.shop_forms import SHOP_FORMS
from dialogue.sign_forms import SIGN_FORMS
from dialogue.spoken_words import han_number, number_words

_HAN = "零一二三四五六七八九"


def digits_said(written: str, base: str) -> str:
    """Each digit by itself; a gap stays where signs stand between groups."""
    groups = [[str(int(c)) for c in part if c.isdigit()] for part in re.split(r"[^\d]+", written) if part]
    if base == "zh":
        return "，".join("".join("幺" if d == "1" else _HAN[int(d)] for d in group) for group in groups)
    if base in ("ja", "th"):
        return " ".join("".join(number_words(d, base) for d in group) for group in groups)
    return ", ".join(" ".join(number_words(d, base) for d in group) for group in groups)


def _code(match: re.Match[str], base: str) -> str | None:
    """An article number: letters by name, digits one by one. Names of standards (IP67, USB3, MP3) are words."""
    parts = re.findall(r"[A-Za-z]+|\d+", match.group())
    out = []
    for part in parts:
        if part.isdigit():
            said = [_HAN[int(d)] if base == "zh" else number_words(d, base) for d in part]
            out.append(("" if base in ("zh", "ja", "th") else " ").join(said))
        else:
            out.append(" ".join(part.upper()))
    return " ".join(out)


def _decade(match: re.Match[str], base: str) -> str | None:
    words = year_english(int(match["year"]))
    return re.sub(r"y$", "ies", words) if words.endswith("y") else words + "s"


_MONTHS_EN = ("Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
              "|Nov(?:ember)?|Dec(?:ember)?")
_MONTH_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
                "December")


def _day_en(match: re.Match[str], base: str) -> str | None:
    month = next(name for name in _MONTH_NAMES if name.startswith(match["month"][:3]))
    day = _ordinal_words(int(match["day"]), "en")
    year = f", {year_english(int(match['year']))}" if match["year"] else ""
    return f"{month} {day}{year}"


def _ordinal_words(number: int, base: str) -> str | None:
    from num2words import num2words

    try:
        return str(num2words(number, to="ordinal", lang={"pt": "pt_BR"}.get(base, base))).replace("-", " ")
    except (NotImplementedError, KeyError, ValueError, OverflowError):
        return None


def _ordinal(feminine: str) -> Say:
    """feminine: the ending by which it is told."""

    def say(match: re.Match[str], base: str) -> str | None:
        words = _ordinal_words(int(match["n"]), base)
        if words is not None and match["end"].lower() == feminine:
            words = re.sub(r"o\b", "a", words)
        return words

    return say


def numeric_date(match: re.Match[str], base: str) -> str | None:
    """"22/11/2026", in the order of the language; a day over 12 tells it anyway."""
    first, second, year = (int(match[k]) for k in ("a", "b", "year"))
    day, month = (second, first) if (base == "en" and first <= 12) or second > 12 else (first, second)
    return spoken_date(year, month, day, base)


def spoken_date(year: int, month: int, day: int, base: str) -> str | None:
    """A date in words and numbers that voices read right; None for no such day or no such language."""
    from babel.dates import format_date

    try:
        when = date(year, month, day)
    except ValueError:
        return None
    if base == "en":
        return f"{_MONTH_NAMES[month - 1]} {_ordinal_words(day, 'en')}, {year_english(year)}"
    if base == "zh":
        return f"{''.join(_HAN[int(d)] for d in str(year))}年{han_number(month)}月{han_number(day)}日"
    if base == "ja":
        return f"{number_words(str(year), 'ja')}年{number_words(str(month), 'ja')}月{number_words(str(day), 'ja')}日"
    if base == "ru":
        return date_russian(year, month, day)
    try:
        written = str(format_date(when, "long", locale={"pt": "pt_BR"}.get(base, base)))
    except Exception:  # babel's own errors for a locale that it lacks
        return None
    if base == "vi":
        return f"ngày {day} tháng {month} năm {year}"
    if base == "fr":
        written = re.sub(r"^1 ", "premier ", written)
    if base in ("it", "pt"):
        written = re.sub(r"^1 ", "primo " if base == "it" else "primeiro ", written)
    if base == "th":  # whose voice is given letters only
        written = re.sub(r"\d+", lambda m: number_words(m.group(), "th"), written)
    if base == "de":  # espeak says the bare number; so it stands behind "am", "bis", "ab"
        written = re.sub(r"^\d+\.", f"{_ordinal_words(day, 'de')}n", written)
    return re.sub(r"\s", " ", written).replace(" ค.ศ. ", " ")


_MAGNITUDES = {
    "en": {"k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "B": "billion", "bn": "billion"},
    "vi": {"k": "nghìn", "K": "nghìn", "tr": "triệu"}, "id": {"rb": "ribu", "k": "ribu", "jt": "juta"},
    "es": {"k": "mil", "M": "millones"}, "pt": {"mil": "mil", "mi": "milhões"}, "de": {"Mio": "Millionen", "Tsd": "tausend"},
}
_SIGN_NAMES = {"$": {"en": "dollars", "es": "dólares", "pt": "dólares", "de": "Dollar", "vi": "đô la", "id": "dolar"},
               "€": {"en": "euros", "es": "euros", "pt": "euros", "de": "Euro", "vi": "euro", "id": "euro"},
               "£": {"en": "pounds"}, "R$": {"pt": "reais"}, "Rp": {"id": "rupiah"}, "₫": {"vi": "đồng"}, "đ": {"vi": "đồng"}}


def _great_sum(match: re.Match[str], base: str) -> str | None:
    """"$1.2M": the magnitude belongs to the number, not to the currency."""
    magnitude = _MAGNITUDES.get(base, {}).get(match["mag"])
    sign = match["sign"] or ""
    name = _SIGN_NAMES.get(sign, {}).get(base, "") if sign else ""
    if magnitude is None or (sign and not name) or (not sign and base not in ("vi", "id")):
        return None
    return f"{number_words(match['n'], base)} {magnitude} {name}".strip()


def _hour(word: str, joint: str = " ", whole: str = "") -> Say:
    """Hours as those languages say them: "vingt heures trente". whole: after a full hour, `word` where it is empty."""

    def say(match: re.Match[str], base: str) -> str | None:
        hours, minutes = int(match["h"]), int(match["m"] or 0)
        said = f"{re.sub('^eins$', 'ein', number_words(str(hours), base))} {(whole or word) if not minutes else word}"
        return f"{said}{joint}{number_words(str(minutes), base)}" if minutes else said

    return say


def _one(words: dict[str, str]) -> Say:
    """"1 kg" is "un kilogramme": one counts, and has a gender."""

    def say(match: re.Match[str], base: str) -> str | None:
        said = words.get(match["unit"])
        return said

    return say


_RU_UNITS = {  # one, two to four, five and more
    "кг": ("килограмм", "килограмма", "килограммов"), "г": ("грамм", "грамма", "граммов"), "м": ("метр", "метра", "метров"),
    "см": ("сантиметр", "сантиметра", "сантиметров"), "мм": ("миллиметр", "миллиметра", "миллиметров"),
    "л": ("литр", "литра", "литров"), "мл": ("миллилитр", "миллилитра", "миллилитров"), "шт": ("штука", "штуки", "штук"),
    "руб": ("рубль", "рубля", "рублей"), "₽": ("рубль", "рубля", "рублей"), "$": ("доллар", "доллара", "долларов"),
    "€": ("евро", "евро", "евро"), "ГБ": ("гигабайт", "гигабайта", "гигабайт"), "ТБ": ("терабайт", "терабайта", "терабайт"),
    "ч": ("час", "часа", "часов"), "мин": ("минута", "минуты", "минут"), "Вт": ("ватт", "ватта", "ватт"),
    "мА·ч": ("миллиампер-час", "миллиампер-часа", "миллиампер-часов"),
    "мАч": ("миллиампер-час", "миллиампер-часа", "миллиампер-часов"),
}  # fmt: skip
_RU_FEMININE = frozenset(("шт", "мин"))


def _russian(match: re.Match[str], base: str) -> str | None:
    """A number with its unit, both in the right form: "21 килограмм", "2 килограмма", "две штуки"."""
    from dialogue.spoken_words import plain_number

    unit = match["unit"] or match["before"]
    number = plain_number(match["n"], "ru")
    whole, _, part = number.partition(".")
    if part.strip("0") and unit in ("₽", "руб", "$", "€") and len(part) == 2:
        kopecks = int(part)
        small = {"₽": ("копейка", "копейки", "копеек"), "руб": ("копейка", "копейки", "копеек")}.get(
            unit, ("цент", "цента", "центов"))
        return (f"{_russian_count(int(whole), unit in _RU_FEMININE)} {_russian_form(int(whole), _RU_UNITS[unit])} "
                f"{_russian_count(kopecks, 'копейка' in small)} {_russian_form(kopecks, small)}")
    if part.strip("0"):
        return f"{number_words(match['n'], 'ru')} {_RU_UNITS[unit][1]}"
    return f"{_russian_count(int(whole), unit in _RU_FEMININE)} {_russian_form(int(whole), _RU_UNITS[unit])}"


def _russian_count(value: int, feminine: bool) -> str:
    words = number_words(str(value), "ru")
    if feminine:
        words = re.sub(r"\bодин$", "одна", re.sub(r"\bдва$", "две", words))
    return words


def _russian_form(value: int, forms: tuple[str, str, str]) -> str:
    if value % 10 == 1 and value % 100 != 11:
        return forms[0]
    return forms[1] if value % 10 in (2, 3, 4) and value % 100 not in (12, 13, 14) else forms[2]


_RU_UNIT = "|".join(re.escape(u) for u in sorted(_RU_UNITS, key=len, reverse=True))
_N = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
_END = r"(?![\w])"
_BEGIN = r"(?<![\w.,/-])"
_COUNTED_ZH = "件个只台双条张块瓶盒包套份款种位次天小时分钟年公斤斤升米倍本支把根颗杯箱卷片层口位人"
FORMS: tuple[Form, ...] = (
    # Article and telephone numbers. Two letters or a hyphen, and three digits: "IP67", "4K" and "USB3" are words.
    _form("", r"(?<![A-Za-z0-9_-])(?=[A-Z0-9-]{5,})(?:[A-Z]{1,4}-?\d{3,}(?:-?[A-Z0-9]{1,4})?|[A-Z]{1,4}-\d{2,}[A-Z]?)"
          r"(?![A-Za-z0-9_-])", _code),
    _form("", r"(?<![\d,.-])(?<!\d[ \u00a0\u202f])"
          r"(?:(?:\+\d{1,3}[ -])?0\d{2,4}[ -]\d{3,4}(?:[ -]\d{2,4})*|[48]00-\d{3,4}-\d{3,4})(?![\d,-]|\.\d)",
          lambda m, base: digits_said(m.group(), base)),
    _form("", r"(?<![\d/.])(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<year>20\d\d)(?![\d/])", numeric_date),
    _form("en vi id es pt de", r"(?<![\w.,])(?P<sign>R\$|\$|€|£|Rp|)\s?(?P<n>\d+(?:[.,]\d+)?)\s?"
          r"(?P<mag>[kKmMB]|mn|bn|tr|rb|jt|mil|mi|Mio|Tsd)\.?(?:\s?[₫đ])?(?!\w)", _great_sum),
    # English.
    _form("en", r"\b(?P<year>1[89]\d0|20\d0)s\b", _decade),
    _form("en", rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s(?P<month>{_MONTHS_EN})\b\.?"
          r"(?:,?\s(?P<year>(?:19|20)\d\d)\b)?", _day_en),
    _form("en", rf"\b(?P<month>{_MONTHS_EN})\b\.?\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?![:%\d]|\.\d)"
          r"(?:,?\s(?P<year>(?:19|20)\d\d)\b)?", _day_en),
    _form("en", r"\b(?P<n>\d{1,3})(?:st|nd|rd|th)\b", lambda m, base: _ordinal_words(int(m["n"]), "en")),
    _form("en", r"\b[Nn]o\.\s?(?=\d)", "number "), _form("en", r"\bapprox\.(?=\s)", "approximately"),
    _form("en", r"\be\.g\.(?=[\s,])", "for example"), _form("en", r"\bi\.e\.(?=[\s,])", "that is"),
    _form("en", r"\bw/(?=\s)", "with"), _form("en", r"\bincl\.(?=\s)", "including"),
    _form("en", r"(?<=\d) in\.(?=,|\s+[a-z\d(&]|$)", " inches"), _form("en", r"(?<=\d) in\.(?=\s)", " inches."),
    _form("en", r"(?<=[a-z])\s?/\s?(?=(?:day|night|week|month|year|hour|minute|person|piece|pack|kg|litre|liter)\b)", " per "),
    _form("en", r"(?<![\w.])(?P<a>\d+)\s?x\s?(?=\d)", lambda m, base: f"{number_words(m['a'], 'en')} by "),
    # Mandarin: two counts as 两, years and numbers of things digit by digit.
    _form("zh", r"(?P<year>(?:19|20)\d\d)(?=年)", lambda m, base: "".join(_HAN[int(d)] for d in m["year"])),
    _form("zh", rf"(?<![\d第/-])(?<!\d[.,])2(?=[{_COUNTED_ZH}])", "两"),
    _form("zh", r"(?<![\d/])(?P<a>\d{1,2})/(?P<b>\d{1,3})(?![\d/])",
          lambda m, base: f"{han_number(int(m['b']))}分之{han_number(int(m['a']))}"),
    _form("zh", rf"(?<=[元块])/(?=[{_COUNTED_ZH}])", "每"),
    _form("zh", r"No\.\s?(?=\d)", "第"),
    # Romance languages and German.
    _form("es", r"(?<!\d)(?P<n>\d{1,2})\.?(?P<end>[ºª]|°(?=\s[a-z]{3}))", _ordinal("ª")),
    _form("es", r"\b[Nn][.º°]{1,2}\s?(?=\d)", "número "),
    _form("pt", r"(?<!\d)(?P<n>\d{1,2})\.?(?P<end>[ºª]|°(?=\s[a-z]{3}))", _ordinal("ª")),
    _form("pt", r"\b[Nn][.º°]{1,2}\s?(?=\d)", "número "),
    _form("it", r"(?<!\d)(?P<n>\d{1,2})\.?(?P<end>[ºª])", _ordinal("ª")), _form("it", r"\bn\.\s?(?=\d)", "numero "),
    _form("fr", r"\b[Nn][o°º]\.?\s?(?=\d)", "numéro "), _form("fr", r"\benv\.(?=\s)", "environ"),
    _form("fr", r"(?<!\d)(?P<h>[01]?\d|2[0-4])\s?h\s?(?P<m>[0-5]\d)?(?![\w])", _hour("heures")),
    _form("pt", r"(?<!\d)(?P<h>[01]?\d|2[0-4])\s?h(?P<m>[0-5]\d)?(?![\w])", _hour("horas", " e ")),
    _form("de", r"(?<!\d)(?P<h>[01]?\d|2[0-4])[:.](?P<m>[0-5]\d)\sUhr\b", _hour("Uhr")),
    _form("de", r"\bz\.\s?B\.", "zum Beispiel"), _form("de", r"\bd\.\s?h\.", "das heißt"),
    _form("de", r"\bNr\.(?=\s?\d)", "Nummer"),
    _form("de", r"\bca\.(?=\s)", "circa"), _form("de", r"(?<=\d\s)Std\.", "Stunden"), _form("de", r"\bStk\.(?=\s|$)", "Stück"),
    _form("de", r"\binkl\.(?=\s)", "inklusive"), _form("de", r"\bzzgl\.(?=\s)", "zuzüglich"),
    _form("de", rf"{_BEGIN}1\s?(?P<unit>€|kg|g|m|cm|l|L|h){_END}", _one({
        "€": "ein Euro", "kg": "ein Kilogramm", "g": "ein Gramm", "m": "ein Meter", "cm": "ein Zentimeter", "l": "ein Liter",
        "L": "ein Liter", "h": "eine Stunde"})),
    _form("es", rf"{_BEGIN}1\s?(?P<unit>€|kg|g|m|cm|l|L|h){_END}", _one({
        "€": "un euro", "kg": "un kilogramo", "g": "un gramo", "m": "un metro", "cm": "un centímetro", "l": "un litro",
        "L": "un litro", "h": "una hora"})),
    _form("fr", rf"{_BEGIN}1\s?(?P<unit>€|kg|g|m|cm|l|L|h){_END}", _one({
        "€": "un euro", "kg": "un kilogramme", "g": "un gramme", "m": "un mètre", "cm": "un centimètre", "l": "un litre",
        "L": "un litre", "h": "une heure"})),
    _form("it", rf"{_BEGIN}1\s?(?P<unit>€|kg|g|m|cm|l|L|h){_END}", _one({
        "€": "un euro", "kg": "un chilogrammo", "g": "un grammo", "m": "un metro", "cm": "un centimetro", "l": "un litro",
        "L": "un litro", "h": "un'ora"})),
    # Russian: units and money in the form that the number asks for.
    _form("ru", rf"(?<![\w.,])(?P<before>)(?P<n>{_N})\s?(?P<unit>{_RU_UNIT})(?!\w)"
          r"(?:(?<=[а-я])\.(?=,|\s+[а-яёa-z\d(&]))?", _russian),
    _form("ru", rf"(?P<before>[$€])(?P<n>{_N})(?P<unit>)(?!\w|[.,]\d)(?<!,\d\d\d)", _russian),
    _form("ru", r"№\s?(?=\d)", "номер "),
    _form("ru", r"(?<=\d)\s?×\s?(?=\d)", " на "),
    # Others.
    _form("id", r"(?<=[Pp]ukul )(?P<h>[01]?\d|2[0-3])[.:](?P<m>[0-5]\d)",
          lambda m, base: f"{number_words(m['h'], 'id')} {number_words(m['m'], 'id') if int(m['m']) else ''}".strip()),
    _form("id", r",-(?=\s|$|[.!])", ""), _form("id", r"(?<=\d)\s?(?:pcs|pc)\b", " buah"),
    _form("vi", r"(?<!\d)(?P<h>[01]?\d|2[0-4])[h:](?P<m>[0-5]\d)(?!\d)", _hour("giờ")),
    _form("ar", r"ر\.\s?س\.?", "ريال"), _form("ar", r"د\.\s?إ\.?", "درهم"),
    _form("hi", r"(?P<h>[01]?\d|2[0-3]):00(?=\sबजे)", lambda m, base: str(int(m["h"]))),
)


@cache
def _forms_of(base: str) -> tuple[Form, ...]:
    every = (*PRICE_FORMS, *DAY_FORMS, *RUSSIAN_CASES, *ARABIC_COUNTS, *HEARD_FORMS, *CASE_FORMS, *GERMAN_CASES,
             *RUSSIAN_FORMS, *SIGN_FORMS, *COUNTED_FORMS, *SHOP_FORMS, *OFFER_FORMS, *FORMS)
    return tuple(form for form in every if not form.languages or base in form.languages)


def formed(text: str, base: str) -> list[tuple[str, str | None]]:
    """`text` in stretches, each with its words where a form of the language holds, None where not."""
    out: list[tuple[str, str | None]] = [(text, None)]
    for form in _forms_of(base):
        if not any(said is None and form.pattern.search(part) for part, said in out):
            continue
        after: list[tuple[str, str | None]] = []
        for part, said in out:
            after += [(part, said)] if said is not None else _split(part, form, base)
        out = after
    return out


def _split(text: str, form: Form, base: str) -> list[tuple[str, str | None]]:
    out: list[tuple[str, str | None]] = []
    at = 0
    for match in form.pattern.finditer(text):
        said = form.say(match, base)
        if said is None:
            continue
        if match.start() > at:
            out.append((text[at : match.start()], None))
        out.append((match.group(), said))
        at = match.end()
    return [*out, (text[at:], None)] if at < len(text) else out
