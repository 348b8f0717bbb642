"""Days, years and hours as people say them: "the twenty twenty-six model", "в две тысячи двадцать шестом году", "une heure",
"ngày một tháng ba". Before all other forms, while the text is whole. Pure."""

from __future__ import annotations

import re
from functools import cache

from dialogue.form import Form, Say, form
from dialogue.offer_forms import year_english
from dialogue.spoken_words import RANGE, number_words

_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
              "December")
_MONTH_EN = r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?" \
            r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
_MONTHS_DE = "Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_MONTHS_IT = "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre"
_MONTHS_PT = "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro"
_YEAR_EN = r"(?:,? (?P<year>(?:19|20)\d\d)(?!\d))?"
_WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_YEAR_DE = r"(?P<y>1[1-9]\d\d)(?!\d|[.,]\d|\s?(?:€|Euro|Stück|g|kg|m|cm|mm|km|ml|l|W|mAh|Watt|Meter|Gramm|Liter|%)(?!\w))"


@cache
def _months(base: str) -> tuple[str, ...]:
    from babel.dates import get_month_names

    names = get_month_names("wide", locale={"pt": "pt_BR"}.get(base, base))
    return tuple(str(names[i]) for i in range(1, 13))


def ordinal(number: int, base: str, case: str = "n") -> str:
    """"zweiundzwanzigste", "двадцать второго". case: of num2words, Russian only."""
    from num2words import num2words

    return str(num2words(number, to="ordinal", lang=base, **({"case": case} if base == "ru" else {})))


def _month_english(written: str) -> str:
    return next(name for name in _MONTHS_EN if name.startswith(written[:3]))


def _ordinal_en(number: str) -> str:
    return ordinal(int(number), "en").replace("-", " ")


def _days_english(match: re.Match[str], base: str) -> str:
    """"Jan 5-8" and "5-8 Jan"."""
    year = f", {year_english(int(match['year']))}" if match["year"] else ""
    return f"{_month_english(match['month'])} {_ordinal_en(match['a'])} to {_ordinal_en(match['b'])}{year}"


def _year_russian(match: re.Match[str], base: str) -> str:
    """The year is an ordinal in the case of its noun."""
    word = match["word"]
    towards = re.search(r"(?:^|\s)(?:[Кк]|[Пп]о)\s$", match.string[: match.start()]) is not None
    case = {"год": "n", "года": "g", "г.": "g", "году": "d" if towards else "p", "годом": "i"}[word]
    if word == "г." and re.search(r"(?:^|\s)[ВвОо]\s$", match.string[: match.start()]):
        case, word = "p", "году"
    return f"{ordinal(int(match['y']), 'ru', case)} {'года' if word == 'г.' else word}"


def date_russian(year: int, month: int, day: int) -> str:
    """"двадцать четвёртого декабря две тысячи двадцать шестого года"."""
    from babel.dates import get_month_names

    name = get_month_names("wide", locale="ru")[month]  # in the genitive
    return f"{ordinal(day, 'ru', 'g')} {name} {ordinal(year, 'ru', 'g')} года"


def year_german(year: int) -> str:
    """1998 -> "neunzehnhundertachtundneunzig"; from 2000 on the plain number."""
    first, last = divmod(year, 100)
    return f"{number_words(str(first), 'de')}hundert{number_words(str(last), 'de') if last else ''}"


def _range_german(match: re.Match[str], base: str) -> str:
    """"1.–3. März", "24.–26.12.", "vom 1. bis 3.5."."""
    month = match["name"] or _months("de")[int(match["m"]) - 1]
    return f"{ordinal(int(match['a']), 'de')}n bis {'zum ' if match['zum'] else ''}{ordinal(int(match['b']), 'de')}n {month}"


def _day_of(joint: str, first: str = "") -> Say:
    """"el 1/3", "dia 1/3", "il 1/3": behind these words a stroke is no fraction."""

    def say(match: re.Match[str], base: str) -> str:
        day = first if match["d"].lstrip("0") == "1" and first else number_words(str(int(match["d"])), base)
        return f"{match['before']} {day} {joint}{_months(base)[int(match['m']) - 1]}"

    return say


def _vietnamese_day(match: re.Match[str], base: str) -> str:
    month = "tư" if int(match["m"]) == 4 else number_words(str(int(match["m"])), "vi")
    return f"{match['before']} {number_words(str(int(match['d'])), 'vi')} tháng {month}"


def _date_hans(match: re.Match[str], base: str) -> str:
    """"12/25", "2026/12/25" in Japanese and Chinese."""
    from dialogue.written_forms import spoken_date  # which lists these forms

    if match["y"]:
        return spoken_date(int(match["y"]), int(match["m"]), int(match["d"]), base) or match.group()
    return f"{number_words(str(int(match['m'])), base)}月{number_words(str(int(match['d'])), base)}日"


def _days_hans(match: re.Match[str], base: str) -> str:
    first, last = (f"{number_words(str(int(match[m])), base)}月{number_words(str(int(match[d])), base)}日"
                   for m, d in (("m", "d"), ("m2", "d2")))
    return f"{first}{RANGE[base]}{last}"


_HAN = "零一二三四五六七八九"
_WEEK_VI = {"2": "hai", "3": "ba", "4": "tư", "5": "năm", "6": "sáu", "7": "bảy"}


def _week_vietnamese(match: re.Match[str], base: str) -> str:
    last = "chủ nhật" if match["b"] == "CN" else f"thứ {_WEEK_VI[match['b'][1]]}"
    return f"thứ {_WEEK_VI[match['a']]} đến {last}"


def _day_month(match: re.Match[str], base: str) -> str:
    """A day and a month between two words; digits stay for voices that read them."""
    return f"{int(match['d'])} {_months(base)[int(match['m']) - 1]}"


def _hours(match: re.Match[str], base: str) -> str:
    """Hours are feminine in Portuguese and French."""
    from dialogue.counted_forms import feminine

    hours, minutes = int(match["h"]), int(match["m"] or 0)
    said = f"{feminine(number_words(str(hours), base), base)} {_HOUR[base][hours > 1]}"
    return f"{said}{' e' if base == 'pt' else ''} {number_words(str(minutes), base)}" if minutes else said


_HOUR = {"fr": ("heure", "heures"), "pt": ("hora", "horas")}


def _hour_id(match: re.Match[str], base: str) -> str:
    minutes = f" {number_words(str(int(match['m'])), 'id')}" if int(match["m"]) else ""
    return f"{match['before']} {number_words(str(int(match['h'])), 'id')}{minutes}"


def _italian_first(match: re.Match[str], base: str) -> str:
    whole = {"l'": "il ", "dell'": "del ", "dall'": "dal ", "all'": "al ", "": ""}
    before = match["before"].lower().replace("’", "'")
    said = whole[before]
    return (said.capitalize() if match["before"][:1].isupper() else said) + "primo"


def _percent_of_one(match: re.Match[str], base: str) -> str:
    """"el uno por ciento", "l'uno per cento": nothing is counted there, so one is not shortened."""
    return f"{number_words(match['n'], base)} {'por ciento' if base == 'es' else 'per cento'}"


def _chinese_clock(match: re.Match[str], base: str) -> str:
    hour = "两" if int(match["h"]) == 2 else number_words(str(int(match["h"])), "zh")
    return f"{hour}点零{number_words(str(int(match['m'])), 'zh')}分"


DAY_FORMS: tuple[Form, ...] = (
    # English.
    form("en", rf"\b{_MONTH_EN} (?P<a>{_DAY})\s?[–-]\s?(?P<b>{_DAY})(?![\d/:]){_YEAR_EN}", _days_english),
    form("en", rf"(?<![\d/])(?P<m>{_MONTH})/(?P<a>{_DAY})\s?[–-]\s?(?P<m2>{_MONTH})/(?P<b>{_DAY})(?![\d/])",
         lambda m, base: f"{_MONTHS_EN[int(m['m']) - 1]} {_ordinal_en(m['a'])} to {_MONTHS_EN[int(m['m2']) - 1]} "
                         f"{_ordinal_en(m['b'])}"),
    form("en", rf"(?<![\d.,/$€£])(?P<a>{_DAY})\s?[–-]\s?(?P<b>{_DAY}) {_MONTH_EN}{_YEAR_EN}", _days_english),
    form("en", rf"(?<!\d )(?<!\dst )(?<!\dnd )(?<!\drd )(?<!\dth )\b{_MONTH_EN} (?P<y>(?:19|20)\d\d)(?!\d)",
         lambda m, base: f"{_month_english(m['month'])} {year_english(int(m['y']))}"),
    form("en", r"(?<=\b[Tt]he )(?P<y>20[1-4]\d)(?= (?:models?|editions?|collections?|versions?|seasons?|range|line-?up"
         r"|design|update|series|release|catalog(?:ue)?|vintage)\b)", lambda m, base: year_english(int(m["y"]))),
    form("en", r"(?<=\b[Mm]odel )(?P<y>20[1-4]\d)(?!\d)", lambda m, base: year_english(int(m["y"]))),
    form("en", rf"(?P<before>{_WEEKDAY}),? (?P<m>{_MONTH})/(?P<d>{_DAY})(?![\d/])",
         lambda m, base: f"{m['before']}, {_MONTHS_EN[int(m['m']) - 1]} {_ordinal_en(m['d'])}"),
    # German.
    form("de", rf"(?<![\d.,])(?P<a>{_DAY})\.\s?(?:bis|[–-])\s?(?P<zum>zum )?(?P<b>{_DAY})\.\s?"
         rf"(?:(?P<name>{_MONTHS_DE})\b|(?P<m>{_MONTH})\.(?!\d))", _range_german),
    form("de", rf"(?<!\d\. )(?P<before>\b(?:[Ss]eit|Jahre?|Baujahr|Modelljahr|Jahrgang|[Gg]egründet|Sommer|Winter"
         rf"|Frühjahr|Herbst|{_MONTHS_DE}))(?P<dem> dem Jahr)? {_YEAR_DE}",
         lambda m, base: f"{m['before']}{m['dem'] or ''} {year_german(int(m['y']))}"),
    form("de", r"(?<![\d:.,])1 Uhr\b", "ein Uhr"),
    form("de", r"\b(?P<before>[Jj]ede)(?P<end>[rsnm]?) (?P<n>[1-9]\d{0,2})\.(?=\s[A-ZÄÖÜ])",
         lambda m, base: f"{m['before']}{m['end']} {ordinal(int(m['n']), 'de')}{'n' if m['end'] in ('n', 'm') else ''}"),
    form("de", r"(?<![\w.,])1 ?mal\b", "einmal"), form("de", r"(?<=\d)\s?qm\b", " Quadratmeter"),
    form("de", r"(?<![\w.,])(?P<n>\d+)\s?St\.(?=\s|,|$)",
         lambda m, base: f"{'ein' if m['n'] == '1' else number_words(m['n'], 'de')} Stück"),
    form("de", r"(?<=\b[Vv]on )1(?= bis \d)", "einem"),
    # Romance languages.
    form("es", rf"\b(?P<before>[Ee]l|[Aa]l|[Dd]el) (?P<d>{_DAY})/(?P<m>{_MONTH})(?![\d/]| de\b)", _day_of("de ", "uno")),
    form("pt", rf"\b(?P<before>[Dd]ia|[Dd]o dia|[Aa]o dia) (?P<d>{_DAY})/(?P<m>{_MONTH})(?![\d/])", _day_of("de ", "primeiro")),
    form("it", rf"\b(?P<before>[Ii]l|[Aa]l|[Dd]al|[Dd]el) (?P<d>{_DAY})/(?P<m>{_MONTH})(?![\d/]| d[ei])", _day_of("", "primo")),
    form("pt", rf"(?<![\d.,/])1(?= de (?:{_MONTHS_PT})\b)", "primeiro"),
    form("it", rf"(?:\b(?P<before>(?:[Dd]ell|[Dd]all|[Aa]ll|[Ll])['’])|(?<![\w.,/'’])(?P<none>))1(?=\s(?:{_MONTHS_IT})\b)",
         lambda m, base: _italian_first(m, base) if m["before"] else "primo"),
    form("it", r"(?P<a>\b[Aa])lle 1(?:[:.]00)?(?![\d:.]*\d)", lambda m, base: f"{m['a']}ll'una"),
    form("es", r"(?<=\b[Aa] la )1:00(?! ?h)", "una"),
    form("es", r"(?<!\d)(?P<n>[13])\.?er(?!\w)", lambda m, base: "primer" if m["n"] == "1" else "tercer"),
    form("es it", r"(?<![\d.,])(?P<n>1|[2-9]1)\s?%", _percent_of_one),
    form("fr", r"(?:(?<=\dh)|(?<=\d h)|(?<=h[0-5]\d))\s?[–—-]\s?(?=\d{1,2}\s?h)", " à "),  # hours on both sides of a stroke
    form("pt", r"(?:(?<=\dh)|(?<=h[0-5]\d))\s?[–—-]\s?(?=\d{1,2}\s?h)", " às "),
    form("fr pt", r"(?<![\d.,])(?P<h>[01]?\d|2[0-4])\s?h\s?(?P<m>[0-5]\d)?(?![\w/])(?!\s?/)", _hours),
    form("fr", r"(?<![\d.,])(?P<n>\d?1)\s?(?P<u>min|s)(?![\w/])", lambda m, base:
         f"{re.sub('un$', 'une', number_words(m['n'], 'fr'))} "
         f"{dict(min='minute', s='seconde')[m['u']]}{'s' if m['n'] != '1' else ''}"),
    form("fr", r"(?<!\d)1ère\b", "première"), form("fr", r"(?<!\d)2nde\b", "seconde"), form("fr", r"(?<!\d)2nd\b", "second"),
    form("fr", r"\b[Dd]e 1(?= à \d+\s?h)", "d'une"),
    form("fr", r"\b(?P<d>[Dd])e (?=1[\s\u00a0]?(?:€|(?!à\b|ers?\b|re\b|ère)[a-zA-Zéè]))", lambda m, base: f"{m['d']}'"),
    # Russian years.
    form("ru", r"(?<![\d.,])(?P<y>(?:1[5-9]|20)\d\d) ?(?P<word>года|году|годом|год|г\.)(?![а-яё])", _year_russian),
    # Others.
    form("id", r"\b(?P<before>[Pp]ukul|[Jj]am) (?P<h>[01]?\d|2[0-4])[.:](?P<m>[0-5]\d)(?![.\d]|\s?[–-]\s?\d)", _hour_id),
    form("id", rf"\b(?P<before>[Tt]anggal|[Tt]gl\.?) (?P<d>{_DAY})/(?P<m>{_MONTH})(?![\d/])", _day_of("")),
    form("id", r"\bs\.?/?d\.?(?=\s\d)", "sampai dengan"), form("id", r"(?<=\d)\s?gr\b", " gram"),
    form("id", r"(?<=\d)\s?ltr\b", " liter"),
    form("vi", rf"\b(?P<before>[Nn]gày|[Mm]ùng|[Tt]ừ|[Đđ]ến|[Hh]ôm) (?P<d>{_DAY})/(?P<m>{_MONTH})(?![\d/]| giá)",
         _vietnamese_day),
    form("vi", r"\b(?P<before>[Tt]hứ|[Tt]háng) 4(?!\d)", lambda m, base: f"{m['before']} tư"),
    form("vi", r"(?<!\w)T(?P<a>[2-6])\s?[–-]\s?(?P<b>T[3-7]|CN)(?!\w)", _week_vietnamese),
    form("hi", rf"(?<![\d/.])(?P<d>{_DAY})/(?P<m>{_MONTH})(?= (?:से|तक|को))", _day_month),
    form("ar", rf"(?:(?<=من )|(?<=إلى )|(?<=حتى )|(?<=يوم ))(?P<d>{_DAY})/(?P<m>{_MONTH})(?![\d/])", _day_month),
    form("hi", r"(?<![\d:])(?P<h>1?\d|2[0-3]):00(?=\s?(?:से|तक|पर|[,.।]|$))", lambda m, base: f"{int(m['h'])} बजे"),
    form("ar", r"(?<![\d:])(?P<h>1?\d|2[0-3]):00(?![\d:])", lambda m, base: m["h"]),
    form("th", rf"(?P<before>วันที่)\s?(?P<d>{_DAY})/(?P<m>{_MONTH})(?![\d/])", _day_of("")),
    form("ja zh", rf"(?<![\d/.])(?P<m>{_MONTH})/(?P<d>{_DAY})\s?[〜～~–-]\s?(?P<m2>{_MONTH})/(?P<d2>{_DAY})(?![\d/])",
         _days_hans),
    form("zh", r"(?<!\d)(?P<y>20[0-4]\d)(?=款|版|新款|春|夏|秋|冬|系列|赛季)",
         lambda m, base: "".join(_HAN[int(c)] for c in m["y"])),
    form("ja zh", rf"(?<![\d/.])(?P<y>(?:19|20)\d\d)/(?P<m>{_MONTH})/(?P<d>{_DAY})(?![\d/])", _date_hans),
    form("ja", rf"(?<![\d/.])(?P<y>)(?P<m>{_MONTH})/(?P<d>{_DAY})(?=まで|から|より|に|の|発売|以降|入荷|到着|〜|～)",
         _date_hans),
    form("ja", rf"(?<![\d/.])(?P<m>{_MONTH})/(?P<d>{_DAY})\s?[(（](?P<y>)(?P<week>[月火水木金土日])[)）]",
         lambda m, base: f"{_date_hans(m, base)}、{m['week']}曜日、"),
    form("zh", r"(?<![\d:])(?P<h>[01]?\d|2[0-3]):0(?P<m>[1-9])(?![\d:])", _chinese_clock),
    form("ru", rf"(?<![\d.])(?P<a>{_DAY})[–-](?P<b>{_DAY}) (?=(?:январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр"
         r"|ноябр|декабр))",
         lambda m, base: f"{ordinal(int(m['a']), 'ru', 'g')}{RANGE['ru']}{ordinal(int(m['b']), 'ru', 'g')} "),
)
