"""Signs that carry a meaning of their own: minus, comparisons, ranges between whole expressions, telephone numbers, fractions
in one sign, prices by the unit, addresses. Left out they would change what is claimed ("<5 min"). Pure."""

from __future__ import annotations

import re

from dialogue.form import Form, Say, form
from dialogue.offer_forms import year_english
from dialogue.spoken_words import MINUS, RANGE, UNSPACED, number_words

_COMPARED = {  # at least, at most, under, over, about
    "en": ("at least", "at most", "under", "over", "about"), "zh": ("至少", "最多", "不到", "超过", "约"),
    "ja": ("最低", "最大", "最大", "最低", "約"), "es": ("al menos", "como máximo", "menos de", "más de", "unos"),
    "fr": ("au moins", "au plus", "moins de", "plus de", "environ"), "de": ("mindestens", "höchstens", "unter", "über", "etwa"),
    "pt": ("pelo menos", "no máximo", "menos de", "mais de", "cerca de"),
    "it": ("almeno", "al massimo", "meno di", "più di", "circa"),
    "ru": ("минимум", "максимум", "меньше чем", "больше чем", "примерно"),
    "hi": ("कम से कम", "अधिकतम", "से कम", "से ज़्यादा", "लगभग"),
    "ar": ("على الأقل", "على الأكثر", "أقل من", "أكثر من", "حوالي"),
    "id": ("minimal", "maksimal", "kurang dari", "lebih dari", "sekitar"),
    "th": ("อย่างน้อย", "ไม่เกิน", "น้อยกว่า", "มากกว่า", "ประมาณ"),
    "vi": ("ít nhất", "nhiều nhất", "dưới", "trên", "khoảng"),
}  # fmt: skip
_WHICH = {"≥": 0, "≧": 0, ">=": 0, "≤": 1, "≦": 1, "<=": 1, "<": 2, ">": 3, "~": 4, "≈": 4, "≒": 4}
_PLUS = {"hi": "प्लस", "ar": "زائد", "th": "บวก", "vi": "cộng", "ru": "плюс", "zh": "加", "ja": "プラス", "es": "más",
         "pt": "mais", "it": "più"}
_DOT = {"en": "dot", "zh": "点", "ja": "ドット", "es": "punto", "fr": "point", "de": "Punkt", "pt": "ponto", "it": "punto",
        "ru": "точка", "id": "titik", "vi": "chấm", "th": "จุด", "ar": "نقطة", "hi": "डॉट"}
_AT = {"zh": "艾特", "ja": "アット", "es": "arroba", "fr": "arobase", "pt": "arroba", "it": "chiocciola", "ru": "собака",
       "hi": "ऐट", "ar": "آت", "th": "แอท"}
_FRACTION_SIGNS = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
                   "⅞": (7, 8)}
_HALVES = {  # after a whole number, and alone
    "en": (" and a half", "half"), "de": ("einhalb", "halber"), "es": (" y medio", "medio"), "fr": (" et demi", "demi"),
    "it": (" e mezzo", "mezzo"), "pt": (" e meio", "meio"), "ru": (" с половиной", "половина"),
}  # fmt: skip
_PER = {"de": "pro", "fr": "le", "es": "por", "it": "al", "pt": "por", "ru": "за", "id": "per", "vi": "mỗi", "th": "ต่อ",
        "zh": "每", "hi": "प्रति", "ar": "لكل"}
_PER_WHAT = {
    "kg": {"de": "Kilogramm", "fr": "kilo", "es": "kilo", "it": "chilo", "pt": "quilo", "ru": "килограмм", "id": "kilogram",
           "vi": "kilôgam", "th": "กิโลกรัม", "zh": "公斤", "hi": "किलो", "ar": "كيلوغرام"},
    "m²": {"de": "Quadratmeter", "fr": "mètre carré", "es": "metro cuadrado", "it": "metro quadro", "pt": "metro quadrado",
           "ru": "квадратный метр", "id": "meter persegi", "vi": "mét vuông", "th": "ตารางเมตร", "zh": "平方米"},
    "m": {"de": "Meter", "fr": "mètre", "es": "metro", "it": "metro", "pt": "metro", "id": "meter", "vi": "mét", "zh": "米"},
    "l": {"de": "Liter", "fr": "litre", "es": "litro", "it": "litro", "pt": "litro", "id": "liter", "vi": "lít", "zh": "升"},
    "h": {"de": "Stunde", "es": "hora", "pt": "hora", "id": "jam", "zh": "小时"},
}  # fmt: skip
_DAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")}
_ANY_DAY = "|".join(sum(_DAYS.values(), ()))
_DAY_NAMES = {"en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
              "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")}
_ITALIAN = ("", "primo", "secondo", "terzo", "quarto", "quinto", "sesto", "settimo", "ottavo", "nono")
_FR_MONTHS = "jan|fév|mar|avr|mai|jui|aoû|sep|oct|nov|déc"
_RU_MONTHS = "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"


def _spaced(words: str, base: str) -> str:
    return words if base in UNSPACED else f" {words} "


def _compared(match: re.Match[str], base: str) -> str | None:
    words = _COMPARED.get(base)
    return None if words is None else _spaced(words[_WHICH[match["sign"]]], base)


def _compared_after(match: re.Match[str], base: str) -> str:
    """In Hindi and Japanese less and more stand behind what they count: "5 मिनट से कम"."""
    words = {"hi": {"<": "से कम", ">": "से ज़्यादा"}, "ja": {"<": "未満", ">": "超"}}[base][match["sign"]]
    count = match["count"] if base == "hi" else f"{number_words(match['n'], 'ja')}{match['what']}"
    return f"{count}{' ' if base == 'hi' else ''}{words}"


def _to(match: re.Match[str], base: str) -> str | None:
    if match.group()[0].isspace() and match.string[match.start() - 1] in "$€£¥₹元":  # "39 € – 10 € less": a dash
        before = re.search(r"(\d+)(?:[.,]\d{1,2})?\s?\S$", match.string[: match.start()])
        after = re.search(r"\d+", match.string[match.end() :])
        if before is not None and after is not None and int(after[0]) <= int(before[1]):
            return None
    return _spaced(RANGE.get(base, RANGE["en"]), base)


def _prices(match: re.Match[str], base: str) -> str:
    """"$5-10": the currency once, behind both."""
    from dialogue.spoken import spoken_text  # which asks for these forms

    joint = _spaced(RANGE.get(base, RANGE["en"]), base)
    return number_words(match["a"], base) + joint + spoken_text(match["sign"] + match["b"], base)


def _hours_indonesian(match: re.Match[str], base: str) -> str:
    hours = [number_words(str(int(match[h])), base) + (f" {number_words(str(int(match[m])), base)}" if int(match[m]) else "")
             for h, m in (("h", "m"), ("h2", "m2"))]
    return f"{match['at']} {hours[0]} {RANGE[base]} {hours[1]}"


def _telephone(match: re.Match[str], base: str) -> str:
    from dialogue.written_forms import digits_said  # which lists these forms

    plus = f"{_PLUS.get(base, 'plus')} " if match.group().startswith("+") else ""
    return plus + digits_said(match.group(), base)


def _fraction_sign(match: re.Match[str], base: str) -> str | None:
    over, under = _FRACTION_SIGNS[match["sign"]]
    whole = number_words(match["whole"], base) if match["whole"] else ""
    if base == "zh":
        part = "半" if under == 2 and not whole else f"{number_words(str(under), 'zh')}分之{number_words(str(over), 'zh')}"
        return f"{whole}又{part}" if whole else part
    if base == "ja":
        return f"{whole}{'と' if whole else ''}{number_words(str(under), 'ja')}分の{number_words(str(over), 'ja')}"
    if under == 2 and base in _HALVES:
        return whole + _HALVES[base][0] if whole else _HALVES[base][1]
    return f"{match['whole'] or ''} {over}/{under}".strip() if base != "en" or not whole else None


def _quarters(match: re.Match[str], base: str) -> str:
    over, under = _FRACTION_SIGNS[match["sign"]]
    parts = {(1, 4): "a quarter", (3, 4): "three quarters", (1, 3): "a third", (2, 3): "two thirds", (1, 8): "an eighth",
             (3, 8): "three eighths", (5, 8): "five eighths", (7, 8): "seven eighths"}
    part = parts[over, under]
    return f"{number_words(match['whole'], 'en')} and {part}" if match["whole"] else part


def _per(match: re.Match[str], base: str) -> str | None:
    if base == "en":
        return None  # which has rules of its own
    what = _PER_WHAT.get({"L": "l", "m2": "m²"}.get(match["what"], match["what"]), {}).get(base)
    return None if what is None else _spaced(f"{_PER[base]}{'' if base in UNSPACED else ' '}{what}", base).rstrip()


def _address(match: re.Match[str], base: str) -> str:
    dot = f" {_DOT.get(base, 'dot')} "
    host = match["host"].rstrip(".").replace(".", dot)
    return host if not match["name"] else f"{match['name'].replace('.', dot)} {_AT.get(base, 'at')} {host}"


def _half_day(match: re.Match[str], base: str) -> str:
    minute = int(match["m"] or 0)
    said = f" {'oh ' if minute < 10 else ''}{number_words(str(minute), 'en')}" if minute else ""
    return f"{number_words(match['h'], 'en')}{said} {match['half'].lower()}.m."


def _days(match: re.Match[str], base: str) -> str:
    names = dict(zip(_DAYS[base], _DAY_NAMES[base], strict=True))
    return f"{names[match['a']]} {RANGE[base]} {names[match['b']]}"


def _decade_short(match: re.Match[str], base: str) -> str:
    return re.sub("y$", "ies", number_words(match["tens"], "en"))


def _date_zh(match: re.Match[str], base: str) -> str | None:
    month, day = int(match["a"]), int(match["b"])
    return f"{number_words(str(month), 'zh')}月{number_words(str(day), 'zh')}日" if month <= 12 and day <= 31 else None


def _day_russian(match: re.Match[str], base: str) -> str:
    """"24 декабря 2026 г.": both in the genitive, as after "до" and "с"."""
    from num2words import num2words

    towards = re.search(r"\b[Кк] $", match.string[: match.start()]) is not None

    def genitive(number: str) -> str:
        return str(num2words(int(number), to="ordinal", lang="ru", case="g"))

    year = f" {genitive(match['year'])} года" if match["year"] else ""
    day = str(num2words(int(match["day"]), to="ordinal", lang="ru", case="d")) if towards else genitive(match["day"])
    return f"{day} {match['month']}{year}"


def _clock_words(joint: str, after: str) -> Say:
    """Hours and minutes where the voice would run them together; digits stay for voices that read them."""

    def say(match: re.Match[str], base: str) -> str:
        hour, minute = (number_words(str(int(match[k])), base) for k in "hm")
        return f"{hour}{joint}{minute}{after}" if int(match["m"]) else ""

    return lambda match, base: say(match, base) or None


def _thai_clock(match: re.Match[str], base: str) -> str:
    minute = int(match["m"])
    return f"{number_words(str(int(match['h'])), 'th')} นาฬิกา" + (f" {number_words(str(minute), 'th')} นาที" if minute else "")


def _two_oclock(match: re.Match[str], base: str) -> str:
    return f"两点{number_words(str(int(match['m'])), 'zh')}分" if int(match["m"]) else "两点"


_LEFT = r"(?:(?<=℃)|(?<=°C)|(?<=[cmkK][mgW])|(?<=[%元円点时時度$€£¥₹天日])|(?<=:\d\d)|(?<=[ap]m)|(?<=[ap]\.m\.))"
SIGN_FORMS: tuple[Form, ...] = (
    # First, while the text is whole: behind a stretch that another form has said, a hyphen is none.
    form("", r"(?:\A|(?<=[\s(（\u3040-\u9fff]))(?<!\d\s)-(?=\d)", lambda m, base: MINUS.get(base)),
    # Ranges of more than two plain numbers.
    form("", rf"{_LEFT}\s?[~–—-]\s?(?=[$€£¥₹]?-?\d)", _to),
    form("", r"(?<=\d)\s?[~–—-]\s?(?=[$€£¥₹]\s?\d)", _to),
    form("", r"(?P<sign>US\$|R\$|[$€£₹])(?P<a>\d[\d.,]*)\s?[~–—-]\s?(?P<b>\d[\d.,]*)(?<![.,])(?![\w%])", _prices),
    form("en", r"(?<=\d)\s?[–-]\s?(?=\d{1,2}(?::\d\d)?\s?[apAP]\.?[mM]\b)", _to),
    form("id", r"\b(?P<at>[Jj]am|[Pp]ukul) (?P<h>[0-2]?\d)[.:](?P<m>[0-5]\d)\s?[–-]\s?(?P<h2>[0-2]?\d)[.:](?P<m2>[0-5]\d)",
         _hours_indonesian),
    # Comparisons: not between numbers, where "~" is a range and "<" a sum of somebody's.
    form("hi", r"(?P<sign>[<>])\s?(?P<count>\d+(?:[.,]\d+)?\s[^\s.,।]+)", _compared_after),
    form("ja", r"(?<![\w=-])(?P<sign>[<>])\s?(?P<n>\d+(?:\.\d+)?)(?P<what>分|時間|日|円|人|個|枚|本)", _compared_after),
    form("", r"(?<![\dA-Za-z.,%\"”=-])(?<!\d\s)(?!<3(?:\s*$|[.!?,]))(?P<sign>>=|<=|[≥≧≤≦<>~≈≒])\s?(?=[$€£¥₹฿₫₽-]?\s?\d)",
         _compared),
    form("", r"(?<![A-Za-z\d])~(?=\d+(?:[.,]\d+)?\s?(?:g|kg|cm|mm|m|km|ml|l|L|W|h|min)\b)(?<!\d~)", _compared),
    form("en de", rf"\b(?P<a>{_ANY_DAY})\.?\s?[–-]\s?(?P<b>{_ANY_DAY})\b\.?",
         lambda m, base: _days(m, base) if m["a"] in _DAYS[base] and m["b"] in _DAYS[base] else None),
    # Telephone numbers: with a country, by twos, behind an area in brackets or before a stroke; mobiles of China.
    form("", r"(?<![\w+])\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,6}(?![\w])", _telephone),
    form("fr", r"(?<!\d)0\d(?:[ .]\d\d){4}(?![\d])", _telephone),
    form("", r"(?<![\d/.,-])0\d{1,4}-\d{3,4}-\d{3,4}(?![\d-])", _telephone),
    form("it", r"(?<![\d/.,-])0\d{1,3} \d{3,4} \d{3,4}(?![\d-])", _telephone),
    form("de", r"(?<![\d/.,-])0\d{2,4}\s?/\s?\d{4,8}(?![\d/])", _telephone),
    form("pt es ru", r"(?:(?<!\d)8 )?\(\d{2,4}\)\s?\d{3,5}-\d{2,4}(?:-\d\d)?(?!\d)", _telephone),
    form("zh", r"(?<!\d)1[3-9]\d{9}(?!\d)", _telephone),
    form("", r"(?<![\w.,$€£¥₹+-])\d{9,}(?<!000)(?![\d.,%]\d|\d)", _telephone),  # also a barcode
    # Fractions in one sign.
    form("en", r"(?:(?P<whole>\d{1,3})\s?)?(?P<sign>[¼¾⅓⅔⅛⅜⅝⅞])", _quarters),
    form("", r"(?:(?P<whole>\d{1,3})\s?)?(?P<sign>[½¼¾⅓⅔⅛⅜⅝⅞])", _fraction_sign),
    # A price or measure by the unit.
    form("", r"(?<=[\d€$£₽₫元块])\s?/\s?(?P<what>kg|m²|m2|m|l|L|h)(?![\w/²])", _per),
    form("zh", r"(?<=[\da-zA-Z元块℃瓦])/(?=[件个只台双条张瓶盒包套斤天次人月年])", "每"),
    form("zh", r"(?<=\d)\s?V\s?/?(?=\d+(?:\.\d+)?A\b)", "伏"), form("zh", r"(?<=\d)V(?![A-Za-z])", "伏"),
    # Days and hours.
    form("en", r"(?<![\d:.])(?P<h>1[0-2]|0?[1-9])(?::(?P<m>[0-5]\d))?\s?(?P<half>[apAP])\.?[mM]\b\.?", _half_day),
    form("en", r"(?<![\d$£€])['’]?(?P<tens>[2-9]0)['’]?s\b", _decade_short),
    form("en", r"\b(?P<q>Q[1-4]) (?P<year>20\d\d)\b", lambda m, base: f"{m['q']} {year_english(int(m['year']))}"),
    form("zh", r"(?<![\d./A-Za-z])(?P<a>0?[1-9]|1[0-2])/(?P<b>1[3-9]|2\d|3[01])"
         r"(?=\s?(?:$|[日号前起止开晚早上下中周（(\s,，。、至到-]))",
         _date_zh),
    form("zh", r"(?<![\d:])0?2:(?P<m>[0-5]\d)(?!\d)", _two_oclock), form("zh", r"(?<![\d第-])(?<!\d[.,])2(?=点)", "两"),
    form("zh", r"(?<!\d)618(?!\d)", "六一八"),
    form("ja", r"(?<=日)[(（](?P<d>[月火水木金土日])[)）]", lambda m, base: f"、{m['d']}曜日、"),
    form("ja", r"(?<![A-Za-z])No\.\s?1(?!\d)", "ナンバーワン"), form("ja", r"(?<![A-Za-z])No\.\s?(?=\d)", "ナンバー"),
    form("th", r"(?<![\d:])(?P<h>[01]?\d|2[0-3])[:.](?P<m>[0-5]\d)\s?น\.", _thai_clock),
    form("th", r"(?<![\d:])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?![\d:])", _thai_clock),
    form("hi", r"(?<![\d:])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)\s?बजे", _clock_words(" बजकर ", " मिनट")),
    form("ar", r"(?<![\d:])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?![\d:])", _clock_words(" و", " دقيقة")),
    form("ar", r"%\s?(?P<n>\d+(?:[.,]\d+)?)", lambda m, base: f"{m['n']} بالمئة"), form("ar", r"(?<=\d)\s?°م", " درجة مئوية"),
    form("ru", rf"(?<!\d)(?P<day>[0-3]?\d) (?P<month>{_RU_MONTHS})(?: (?P<year>(?:19|20)\d\d)(?: ?г(?:\.|ода?\b))?)?",
         _day_russian),
    form("es", r"(?<=:00)\s?h\b\.?", ""), form("es", r"(?<!\d)(?P<n>[13])\.?[ºo](?=\s(?!de\b)[a-z])",
                                              lambda m, base: "primer" if m["n"] == "1" else "tercer"),
    form("it", r"(?<![\d,.])(?P<n>\d)°(?=\s(?:piano|posto|livello|anno|giorno|premio|prezzo))",
         lambda m, base: _ITALIAN[int(m["n"])] or None),
    form("fr", r"\b1er\b", "premier"),
    form("fr", rf"\b(?P<be>[Ll]e|[Dd]u|[Aa]u) 1(?= (?:{_FR_MONTHS}))", lambda m, base: f"{m['be']} premier"),
    # Abbreviations and joints.
    form("de", r"\bmax\.(?=\s)", "maximal"), form("fr", r"\bmax\.(?=\s)", "maximum"), form("it", r"\bmax\.(?=\s)", "massimo"),
    form("es", r"\bmáx\.(?=\s)", "máximo"), form("pt", r"\bmáx\.(?=\s)", "máximo"), form("en", r"\bmax\.(?=\s)", "maximum"),
    form("de", r"\bMwSt\.?", "Mehrwertsteuer"), form("es", r"(?<=%) dto\.", " de descuento"),
    form("en", r"(?<=\d)(?<!['′]\d)(?<!['′]\d\d)\"(?=\s(?:wide|tall|long|deep|high|thick)\b)", " inches"),
    form("en", r"(?<=\d)-in-(?P<n>\d)\b", lambda m, base: f" in {number_words(m['n'], 'en')}"),
    form("en", r"(?<=[A-Za-z] )[×x](?P<n>\d{1,3})\b", lambda m, base: f"times {number_words(m['n'], 'en')}"),
    # Addresses: of the shop's page its name, without the path; of a mailbox all.
    form("", r"(?<![\w@/.])(?P<name>[\w+-]+(?:\.[\w+-]+)*)@(?P<host>[A-Za-z\d-]+(?:\.[A-Za-z\d-]+)+)", _address),
    form("", r"(?<![\w@/.])(?P<name>)www\.(?P<host>[A-Za-z\d-]+(?:\.[A-Za-z\d-]+)+)(?:[/?#]\S*)?", _address),
)
