"""Written forms that were heard wrong in shops' sentences: prices by the weight, diameters, days of the week, numbers behind
"Tel.", ranges in the gender of their noun. Before all other forms but those of signs. Pure."""

from __future__ import annotations

import re

from dialogue.counted_forms import hers
from dialogue.form import Form, Say, form
from dialogue.spoken_words import RANGE, number_words

_PER = {"en": "per", "de": "pro", "fr": "les", "es": "por", "it": "per", "pt": "por", "ru": "за", "id": "per", "vi": "mỗi",
        "th": "ต่อ", "zh": "每", "ja": "につき", "hi": "प्रति", "ar": "لكل"}
_ACROSS = {"en": "diameter", "de": "Durchmesser", "es": "diámetro", "fr": "diamètre", "it": "diametro", "pt": "diâmetro",
           "zh": "直径", "ja": "直径", "ru": "диаметр", "id": "diameter", "th": "เส้นผ่านศูนย์กลาง", "vi": "đường kính",
           "hi": "व्यास", "ar": "قطر"}
_BY_AREA = {"en": " grams per square meter", "de": " Gramm pro Quadratmeter", "fr": " grammes par mètre carré",
            "es": " gramos por metro cuadrado", "it": " grammi al metro quadro", "pt": " gramas por metro quadrado",
            "zh": "克每平方米", "ja": "グラム毎平方メートル", "ru": " граммов на квадратный метр",
            "id": " gram per meter persegi", "vi": " gam trên mét vuông"}
_WEEK = {  # as written short, and in full
    "es": {"lun": "lunes", "mar": "martes", "mié": "miércoles", "jue": "jueves", "vie": "viernes", "sáb": "sábado",
           "dom": "domingo"},
    "fr": {"lun": "lundi", "mar": "mardi", "mer": "mercredi", "jeu": "jeudi", "ven": "vendredi", "sam": "samedi",
           "dim": "dimanche"},
    "it": {"lun": "lunedì", "mar": "martedì", "mer": "mercoledì", "gio": "giovedì", "ven": "venerdì", "sab": "sabato",
           "dom": "domenica"},
    "pt": {"seg": "segunda", "ter": "terça", "qua": "quarta", "qui": "quinta", "sex": "sexta", "sáb": "sábado",
           "dom": "domingo"},
}  # fmt: skip
_DAY = {base: "|".join(f"[{name[0]}{name[0].upper()}]{name[1:]}" for name in names) for base, names in _WEEK.items()}
_DIALLED = (r"(?P<before>\b(?:[Tt][eé]l|[Pp]hone|[Tt]elefon|[Tt]eléfono|[Tt]éléphone|[Tt]elefone|[Tt]elefono|WhatsApp"
            r"|[Cc]all us at|电话|電話|โทร|टेल|هاتف|Телефон|Тел)(?:\.:|\.|:|：)?\s?)(?P<number>\d[\d ()./-]{5,}\d)(?!\d)")
_IT_LITTLE = "di|da|in|a|e|con|su|per|tra|fra|o|ma|al|alla|il|la|lo|max|min|circa"


def _days(match: re.Match[str], base: str) -> str:
    first, last = (_WEEK[base][match[k].lower()] for k in "ab")
    return f"{first} {'au' if base == 'fr' else 'al' if base == 'es' else RANGE[base]} {last}"


def _dialled(match: re.Match[str], base: str) -> str:
    from dialogue.written_forms import digits_said  # which lists these forms

    return match["before"] + (" " if match["before"][-1:] not in " ：电话話" else "") + digits_said(match["number"], base)


def _range(match: re.Match[str], base: str) -> str | None:
    """"1-2 semaines": both in the gender of the noun."""
    first, last = number_words(match["a"], base), number_words(match["b"], base)
    noun = match["noun"].lower()
    if base == "ru":
        if not noun.endswith(("ы", "и")):
            return None
        first, last = (re.sub(r"\bдва$", "две", re.sub(r"\bодин$", "одна", one)) for one in (first, last))
        return f"{first}-{last}"
    if hers(noun, base) or (base == "it" and noun.endswith("e")):
        ends = {"es": ((r"\buno$", "una"),), "fr": ((r"\bun$", "une"),), "it": ((r"\buno$", "una"),),
                "pt": ((r"\bum$", "uma"), (r"\bdois$", "duas"))}[base]
        for pattern, said in ends:
            first, last = re.sub(pattern, said, first), re.sub(pattern, said, last)
    else:
        first = re.sub(r"\buno$", "un", first) if base in ("es", "it") else first
    return f"{first} {RANGE[base]} {last}"


def _great(match: re.Match[str], base: str) -> str:
    """"1 000 000 pièces" with plain blanks; whole millions have an "of" behind them."""
    number = match.group().replace(" ", "")
    joint = {"fr": " de", "es": " de", "pt": " de", "it": " di"}.get(base, "") if number.endswith("000000") else ""
    return number_words(number, base) + joint


def _ordinal_it(match: re.Match[str], base: str) -> str:
    from num2words import num2words

    return str(num2words(int(match["n"]), to="ordinal", lang="it"))


def _ordinal_de(match: re.Match[str], base: str) -> str:
    from num2words import num2words

    return f"{num2words(int(match['n']), to='ordinal', lang='de')}n"


def _spaced(table: dict[str, str]) -> Say:
    return lambda match, base: None if base not in table else table[base] if base in ("zh", "ja", "th") else f" {table[base]} "


_DIGIT_HAN = "零一二三四五六七八九"
_MONTHS_DE = "Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
HEARD_FORMS: tuple[Form, ...] = (
    form("en", r"(?<!\d)(?<!\d )\b[Mm]mm+\b", "hmm"),  # else spelled, "em em em"
    form("", _DIALLED, _dialled),
    form("ru fr es it pt de", r"(?<![\w.,/+-])(?<!\d )[1-9]\d{0,2}(?: \d{3})+(?!\s?\d)(?=\s[^\W\d_]{4,})",
         _great),
    form("", r"(?<=[\d€$£¥₽₹元円])\s?/\s?(?=\d+\s?(?:g|kg|ml|mL|l|L|m|m²|W)(?![\w/]))", _spaced(_PER)),
    form("", r"[Øø⌀]\s?(?=\d)", _spaced(_ACROSS)),
    form("", r"(?<=\d)\s?g/m²", lambda match, base: _BY_AREA.get(base)),
    form("en", r"(?<![\w.])(?P<n>\d+)\s?[x×]\s?(?=\d+(?:\.\d+)?\s?(?:ml|mL|l|L|g|kg|oz|W|A)\b|A{1,4}\b)",
         lambda m, base: f"{number_words(m['n'], 'en')} times "),
    *(form(base, rf"\b(?P<a>{day})\.?\s?(?:[–-]|a|à|al|au)\s?(?P<b>{day})(?!\w)(?:\.(?=,|\s[a-z\d]))?", _days)
      for base, day in _DAY.items()),
    form("es fr it pt ru", r"(?<![\w.,:/$€£₽-])(?P<a>\d{1,2})\s?(?:[–-]|à(?= ))\s?(?P<b>\d{1,2})"
         r"(?=\s(?P<noun>[^\W\d_]{4,})(?!\w))", _range),
    form("de", r"(?<![\w.,:/$€-])1\s?[–-]\s?(?=\d{1,2}\s[A-ZÄÖÜ])", "ein bis "),
    form("de", r"(?<![\d.,])(?P<n>[1-9]|[12]\d|3[01])\."
         rf"(?=\s?(?:bis|und|oder|[–-])\s?(?:zum\s)?\d{{1,2}}\.\s?(?:{_MONTHS_DE}))", _ordinal_de),
    form("it", rf"(?<![\d,.])(?P<n>[1-9]|1\d|20)°(?=\s(?!(?:{_IT_LITTLE})\b)[a-z])", _ordinal_it),
    form("es", r"(?<=%)(?: de)? dto\.(?=\s[a-z]|,)", " de descuento"),
    form("fr", r"(?<=\d h)\s?[–—-]\s?(?=\d{1,2}\s?h)", " à "),
    form("zh", r"(?<=\d)\s?[-~–]\s?2(?=[周天节个次件年小])", "到两"),
    form("zh", r"(?<![\d第/-])(?<!\d[.,])2(?=[节周对列排圈罐袋间面辆部项])", "两"),
    form("zh", r"(?<!\d)(?P<a>[05-9])0后", lambda m, base: f"{_DIGIT_HAN[int(m['a'])]}零后"),
    form("ru", r"(?<=\d)\s?В(?=[,.;:!?)]|$)", " вольта"),
)
