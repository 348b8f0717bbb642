"""Written forms of shops that voices read wrong: protection classes, sizes, fractions, ratings, days without a year, measures
with an x between them, units in a language's own letters. Pure."""

from __future__ import annotations

import re

from dialogue.form import Form, Say, form
from dialogue.spoken_words import SIGNS, number_words

_FRACTIONS = {
    "en": {"1/2": "one half", "1/3": "one third", "2/3": "two thirds", "1/4": "one quarter", "3/4": "three quarters",
           "1/8": "one eighth", "3/8": "three eighths", "5/8": "five eighths", "7/8": "seven eighths"},
    "de": {"1/2": "ein halb", "1/3": "ein Drittel", "2/3": "zwei Drittel", "1/4": "ein Viertel", "3/4": "drei Viertel"},
    "es": {"1/2": "medio", "1/3": "un tercio", "2/3": "dos tercios", "1/4": "un cuarto", "3/4": "tres cuartos"},
    "fr": {"1/2": "un demi", "1/3": "un tiers", "2/3": "deux tiers", "1/4": "un quart", "3/4": "trois quarts"},
    "it": {"1/2": "mezzo", "1/3": "un terzo", "2/3": "due terzi", "1/4": "un quarto", "3/4": "tre quarti"},
    "id": {"1/2": "setengah"}, "th": {"1/2": "ครึ่งหนึ่ง"}, "vi": {"1/2": "một nửa"}, "hi": {"1/2": "आधे"}, "ar": {"1/2": "نصف"},
    "pt": {"1/2": "meio", "1/3": "um terço", "2/3": "dois terços", "1/4": "um quarto", "3/4": "três quartos"},
}
_OUT_OF = {"en": "out of", "de": "von", "es": "de", "fr": "sur", "it": "su", "pt": "de", "ru": "из", "id": "dari", "vi": "trên",
           "th": "เต็ม", "ar": "من"}
_NUMBER_SIGN = {"en": "number ", "de": "Nummer ", "es": "número ", "fr": "numéro ", "it": "numero ", "pt": "número ",
                "zh": "第", "id": "nomor ", "vi": "số ", "ru": "номер "}
_STARS = {  # one, several
    "en": (" star", " stars"), "de": (" Stern", " Sterne"), "es": (" estrella", " estrellas"), "fr": (" étoile", " étoiles"),
    "it": (" stella", " stelle"), "pt": (" estrela", " estrelas"), "zh": ("星", "星"), "ja": ("つ星", "つ星"),
    "id": (" bintang", " bintang"), "vi": (" sao", " sao"), "ru": (" звезда", " звёзд"), "th": ("ดาว", "ดาว"),
    "hi": (" सितारा", " सितारे"), "ar": (" نجمة", " نجوم"),
}  # fmt: skip
_JOINED = ("zh", "ja", "th")  # written without blanks between words
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")


def _letters(match: re.Match[str], base: str) -> str:
    """Letters by name, digits one by one."""
    blank = "" if base in _JOINED else " "
    out = [" ".join(part) if part.isalpha() else blank.join(number_words(d, base) for d in part)
           for part in re.findall(r"[A-Z]+|\d+", match.group())]
    return " ".join(out)


_WITH_WHOLE = {"en": "and", "de": "und", "es": "y", "fr": "et", "it": "e", "pt": "e"}


def _fraction(match: re.Match[str], base: str) -> str | None:
    if base == "ja":
        return f"{number_words(match['b'], 'ja')}分の{number_words(match['a'], 'ja')}"
    said = _FRACTIONS.get(base, {}).get(f"{match['a']}/{match['b']}")
    if said is None or not match["whole"]:
        return said
    if base not in _WITH_WHOLE:
        return None
    joint = _WITH_WHOLE[base]
    short = {"one half": "a half", "one quarter": "a quarter", "one third": "a third"}.get(said, said)
    return f"{number_words(match['whole'].strip(), base)} {joint} {short}"


def _inch_part(match: re.Match[str], base: str) -> str | None:
    said = _fraction(match, base)
    if said is None:
        return None
    return f"{said} inches" if match["whole"] else f"{said.removesuffix('s')} inch"


def _rating(match: re.Match[str], base: str) -> str | None:
    """Before a fraction is looked for: "4.7/5" is not four point "seven fifths"."""
    if base == "zh":  # the full marks behind
        return f"{number_words(match['a'], 'zh')}分，满分{number_words(match['b'], 'zh')}分"
    if base == "ja":
        return f"{number_words(match['b'], 'ja')}点満点中{number_words(match['a'], 'ja')}"
    if base == "hi":
        return f"{match['b']} में से {match['a']}"
    full = {"5": "пяти", "10": "десяти"}[match["b"]] if base == "ru" else number_words(match["b"], base)
    return f"{number_words(match['a'], base)} {_OUT_OF[base]} {full}"


def _stars(match: re.Match[str], base: str) -> str | None:
    return f"{number_words(match['one'], base)}{_STARS[base][match['one'] != '1']}" if base in _STARS else None


def _row_of_stars(match: re.Match[str], base: str) -> str | None:
    full = match.group().count("★") + match.group().count("⭐")
    return f"{number_words(str(full), base)}{_STARS[base][full != 1]}" if base in _STARS else None


def _month_names(base: str) -> list[str]:
    from babel.dates import get_month_names

    names = get_month_names("wide", locale={"pt": "pt_BR"}.get(base, base))
    return [str(names[i]) for i in range(1, 13)]


def _day(joint: str) -> Say:
    """"el 24/12": a day and a month behind a word that only stands before days."""

    def say(match: re.Match[str], base: str) -> str | None:
        day, month = int(match["a"]), int(match["b"])
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return None
        first = {"fr": "premier", "it": "primo", "es": "primero"}.get(base)
        said = first if day == 1 and first else number_words(str(day), base)
        return f"{match['before']} {said} {joint}{_month_names(base)[month - 1]}"

    return say


def _day_english(match: re.Match[str], base: str) -> str | None:
    from num2words import num2words

    month, day = int(match["a"]), int(match["b"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{match['before']} {_MONTHS[month - 1]} {str(num2words(day, to='ordinal', lang='en')).replace('-', ' ')}"


def _day_german(match: re.Match[str], base: str) -> str:
    from num2words import num2words

    return f"{num2words(int(match['a']), to='ordinal', lang='de')}n {_month_names('de')[int(match['b']) - 1]}"


def _by(match: re.Match[str], base: str) -> str:
    said = SIGNS["×"].get(base, "×")
    return said if base in _JOINED else f" {said} "


def _units(languages: str, table: dict[str, str], end: str = r"(?!\w)") -> list[Form]:
    """Units in a language's own letters behind a number."""
    return [form(languages, rf"(?<=\d)\s?{re.escape(short)}{end}", said) for short, said in table.items()]


def _count_en(one: str) -> Say:
    return lambda match, base: f"{number_words(match['n'], 'en')} {one if match['n'] == '1' else one + 's'}"


def _inches(match: re.Match[str], base: str) -> str:
    """`8"x10"`, as prints and frames are sold."""
    return " by ".join(number_words(n, "en") for n in re.findall(r"[\d.]+", match.group())) + " inches"


_PERIODS = {"mo": "month", "month": "month", "yr": "year", "year": "year", "wk": "week", "week": "week", "day": "day",
            "hr": "hour", "kg": "kilogram", "lb": "pound", "oz": "ounce", "pc": "piece", "ea": "piece", "pair": "pair",
            "set": "set"}
_THOUSANDS = {"en": " thousand", "id": " ribu", "vi": " nghìn", "es": " mil", "pt": " mil"}
_WOMENS = (r"(?:unidade|peça|caixa|hora|semana|garrafa|lâmpada|camada|velocidade|porta|gaveta|cadeira|camisa|camiseta|calça"
           r"|meia|pilha|bateria|parcela|pessoa|xícara|toalha|bolsa|almofada)s?|cor(?:es)?|luz(?:es)?|vez(?:es)?|opç(?:ão|ões)")


def _area_russian(match: re.Match[str], base: str) -> str:
    last, teen = match["n"][-1], match["n"][-2:-1] == "1"
    what = "квадратн" if match["power"] == "²" else "кубическ"
    ends = (("ый" if what == "квадратн" else "ий") + " метр") if last == "1" and not teen else \
        ("ых" if what == "квадратн" else "их") + (" метра" if last in "234" and not teen else " метров")
    return f"{number_words(match['n'], 'ru')} {what}{ends}"


_D = r"(?P<a>0?[1-9]|[12]\d|3[01])/(?P<b>0?[1-9]|1[0-2])(?![\d/])"
SHOP_FORMS: tuple[Form, ...] = (
    # Read as words ("ips four") or as Roman numbers ("XL" is forty to a German voice).
    form("", r"(?<![A-Za-z0-9])IP(?:X\d|\d[0-9X])K?(?![A-Za-z0-9])", _letters),
    form("", r"(?<![A-Za-z0-9])(?<!\d-)(?:[2-6]X[LS]|X{1,3}[LS])(?![A-Za-z0-9])", _letters),
    form("en de es fr it pt id vi", r"(?<![A-Za-z0-9])(?:LEDs?|LCD|PVC|SUV|EVA|UV|RGB|CPU|SSD|NFC)(?![A-Za-z0-9])",
         lambda m, base: " ".join(m.group().rstrip("s")) + ("s" if m.group().endswith("s") else "")),
    form("en", r"(?<![\d/.,])(?P<whole>\d{1,2} )?(?P<a>\d)/(?P<b>[2348])\"", _inch_part),
    form("", r"(?<![\d/.,])(?P<a>\d[.,]\d)/(?P<b>5|10)(?![\d/]|[.,]\d)", _rating),
    form("", r"(?<![\d/.,])(?P<whole>\d{1,2} )?(?P<a>\d)/(?P<b>\d)(?![\d/]|[.,]\d)", _fraction),
    form("en", r"(?<!\d)24/7(?!\d)", "twenty-four seven"),
    form("en", r"(?<![\w.])\d+(?:\.\d+)?\"\s?[xX×]\s?\d+(?:\.\d+)?\"(?:\s?[xX×]\s?\d+(?:\.\d+)?\")?", _inches),
    form("en", rf"(?<=\d)\s?/\s?(?P<per>{'|'.join(_PERIODS)})\b\.?", lambda m, base: f" per {_PERIODS[m['per']]}"),
    form("en", r"(?<=\d)[x×](?=\s(?:faster|slower|more|brighter|stronger|longer|larger|lighter)\b)", " times"),
    form("en es pt id vi", r"(?<![\w.,$€£])(?P<n>\d+(?:[.,]\d)?)k(?![A-Za-z0-9])",
         lambda m, base: number_words(m["n"], base) + _THOUSANDS[base]),
    form("es pt", r"\b(?P<a>[Aa])prox\.(?=\s)", lambda m, base: f"{m['a']}proximadamente"),
    form("fr", r"\b(?P<e>[Ee])nv\.(?=\s\d)", lambda m, base: f"{m['e']}nviron"),
    form("pt", rf"(?<![\w.,])(?P<n>[12])(?=\s(?:{_WOMENS})\b)", lambda m, base: "uma" if m["n"] == "1" else "duas"),
    form("", r"#(?=\d)", lambda m, base: _NUMBER_SIGN.get(base)),
    form("", r"(?:[★⭐]\ufe0f?){2,5}[☆✩]*", _row_of_stars),
    form("en", r"(?<![\d.,])(?P<one>\d(?:\.\d)?)\s?[★⭐]\ufe0f?(?=\s(?:rating|review))",
         lambda m, base: f"{number_words(m['one'], 'en')} star"),
    form("", r"(?<![\d.,])(?P<one>\d(?:[.,]\d)?)\s?[★⭐]\ufe0f?", _stars),
    *(form("en", rf"(?<![\w.,])(?P<n>\d+)\s?{short}s?\b(?:\.(?=,|\s+[a-z\d(&]))?", _count_en(word))  # its dot, not a full stop
      for short, word in (("hr", "hour"), ("min", "minute"), ("sec", "second"), ("yr", "year"), ("gal", "gallon"),
                          ("qt", "quart"), ("yd", "yard"))),
    form("en", r"\b(?P<before>[Oo]n|[Bb]y|[Uu]ntil|[Ff]rom|[Tt]hrough|[Bb]efore|[Ss]ince|[Ee]nds) "
         r"(?P<a>0?[1-9]|1[0-2])/(?P<b>0?[1-9]|[12]\d|3[01])(?![\d/])", _day_english),
    form("de", r"(?<![\d.,])(?P<a>0?[1-9]|[12]\d|3[01])\.(?P<b>0?[1-9]|1[0-2])\.(?!\d)", _day_german),
    form("es", rf"\b(?P<before>[Ee]l|[Aa]l|[Dd]el|[Hh]asta el) {_D}", _day("de ")),
    form("pt", rf"\b(?P<before>[Dd]ia|[Aa]té|[Ee]m|[Dd]e) {_D}", _day("de ")),
    form("fr", rf"\b(?P<before>[Ll]e|[Aa]u|[Dd]u) {_D}", _day("")),
    form("it", rf"\b(?P<before>[Ii]l|[Aa]l|[Dd]al|[Ee]ntro il) {_D}", _day("")),
    form("", r"(?<=\d)\s?x\s?(?=\d)", lambda m, base: None if base in ("en", "zh") else _by(m, base)),
    form("zh", r"(?<=\d)\s?[xX]\s?(?=\d)", "乘"),
    *_units("fr", {"Go": " gigaoctets", "Mo": " mégaoctets", "To": " téraoctets"}),
    form("fr", r"\b1re\b", "première"),
    form("fr", r"\b(?P<n>[2-9]|[1-9]\d)(?:e|ème)\b", lambda m, base: _ordinal_french(int(m["n"]))),
    form("es", r"(?<=:\d\d)\s?h(?:s|rs)?\b\.?", " horas"),
    *_units("th", {"ซม.": " เซนติเมตร", "มม.": " มิลลิเมตร", "กม.": " กิโลเมตร", "กก.": " กิโลกรัม", "มล.": " มิลลิลิตร",
                   "ตร.ม.": " ตารางเมตร", "ม.": " เมตร",
                   "น.": " นาฬิกา"}, ""),
    form("ru", r"(?<![\w.,])(?P<n>\d{1,6})\s?м(?P<power>[²³])", _area_russian),
    *_units("ar", {"سم": " سنتيمتر", "مم": " مليمتر", "كم": " كيلومتر", "كجم": " كيلوغرام", "كغ": " كيلوغرام", "مل": " مليلتر",
                   "غ": " غرام", "م": " متر"}),
)


def _ordinal_french(number: int) -> str:
    from num2words import num2words

    return str(num2words(number, to="ordinal", lang="fr"))
