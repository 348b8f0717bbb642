"""Written forms of offers that voices read wrong: years, times with a full stop, instalments, telephone numbers. Pure."""

from __future__ import annotations

import re

from dialogue.form import Form, Say, form
from dialogue.spoken_words import number_words

_TIMES = {  # one, several: "10x sem juros" are ten instalments
    "pt": ("uma vez", " vezes"), "fr": ("une fois", " fois"), "es": ("una vez", " veces"), "it": ("una volta", " volte"),
    "de": ("einmal", "mal"),
}
_OFFERED = {"pt": r"de|sem|no|iguais|R\$", "fr": r"sans|par|de", "es": r"sin|de|más", "it": r"senza|da|più",
            "de": r"so|mehr|schneller|pro"}
_AFTER_YEAR = r"(?=\s?(?:[.,;:!?)–—-]|$)|\s(?:and|by|with|we|it|for|at|to|as|the|when|our|in|of|on|is|was)\b)"


def _times(match: re.Match[str], base: str) -> str:
    one, several = _TIMES[base]
    if match["n"] == "1":
        return one
    said = number_words(match["n"], base)
    return (re.sub("dois$", "duas", said) if base == "pt" else said) + several


def year_english(year: int) -> str:
    """1998 -> "nineteen ninety-eight"."""
    first, last = divmod(year, 100)
    if last == 0:
        return number_words(str(year), "en") if first % 10 == 0 else f"{number_words(str(first), 'en')} hundred"
    if 2000 < year < 2010:
        return number_words(str(year), "en")
    return f"{number_words(str(first), 'en')} {'oh ' if last < 10 else ''}{number_words(str(last), 'en')}"


def _time(joint: str) -> Say:
    def say(match: re.Match[str], base: str) -> str:
        hour, minute = number_words(match["h"], base), int(match["m"])
        return hour + (f"{joint}{number_words(str(minute), base)}" if minute else "")

    return say


def _hours_russian(match: re.Match[str], base: str) -> str:
    hour = int(match["h"])
    word = "час" if hour in (1, 21) else "часа" if hour in (2, 3, 4, 22, 23) else "часов"
    return f"{number_words(str(hour), 'ru')} {word}"


def _digits(match: re.Match[str], base: str) -> str:
    return ", ".join(" ".join(number_words(d, base) for d in part) for part in re.findall(r"\d+", match.group()))


def _day_first(match: re.Match[str], base: str) -> str:
    from babel.dates import get_month_names
    from num2words import num2words

    month = get_month_names("wide", locale="en")[int(match["b"])]
    return f"{match['before']} {month} {str(num2words(int(match['a']), to='ordinal', lang='en')).replace('-', ' ')}"


_HOUR = r"(?P<h>[01]?\d|2[0-3])[.:](?P<m>[0-5]\d)(?![\d.,]\d|\d)"
OFFER_FORMS: tuple[Form, ...] = (
    form("en", rf"\b(?P<before>[Ss]ince|[Ii]n|[Ee]st\.|[Cc]irca|[Ss]pring|[Ss]ummer|[Aa]utumn|[Ww]inter|[Mm]odel year) "
         rf"(?P<year>1[89]\d\d|20\d\d){_AFTER_YEAR}", lambda m, base: f"{m['before']} {year_english(int(m['year']))}"),
    form("en", r"\b(?P<before>[Oo]n|[Bb]y|[Uu]ntil|[Ff]rom|[Tt]hrough|[Bb]efore|[Ss]ince|[Ee]nds) "
         r"(?P<a>1[3-9]|2\d|3[01])/(?P<b>0?[1-9]|1[0-2])(?![\d/])", _day_first),
    form("en", r"(?<![\d-])(?:1-)?(?:\(\d{3}\) ?|[2-9]\d\d-)\d{3}-\d{4}(?![\d-])", _digits),
    *(form(base, rf"(?<![\w.,])(?P<n>\d{{1,2}})\s?x(?=\s(?:{words})(?!\w))", _times) for base, words in _OFFERED.items()),
    form("it", rf"(?<=\bore ){_HOUR}", _time(" e ")), form("it", rf"(?<=alle ){_HOUR}", _time(" e ")),
    form("id", rf"(?<=\b[Jj]am ){_HOUR}", _time(" ")),
    form("ru", r"(?<!\d)(?P<h>1?\d|2[0-3]):00(?!\d)", _hours_russian),
    form("de", r"\bGr\.(?=\s?(?:\d|X*[SML]\b))", "Größe"), form("de", r"\bStck\.?(?=\s|$)", "Stück"),
    form("vi", r"(?<=\d)\s?đ(?!\w)", " đồng"),
    form("en de es fr it pt id vi ru", r"(?:(?<=\S)|^)\s[|•·]\s", ", "),  # a list in one line: a short pause, no word
)
