"""Prices as shops write them and people say them: sums in millions, ranges with the sign behind, prices by the month or the
piece, hundredths by their own sign, inches with a bare "in". Before all other forms, while the text is whole. Pure."""

from __future__ import annotations

import re

from dialogue.form import Form, form
from dialogue.spoken_words import CURRENCIES, RANGE, SIGNS, SINGULAR, UNSPACED, currency_code, number_words

_SIGN = r"US\$|R\$|A\$|Rp\.?|RM|[$€£¥₹₽฿₫₩]"
_NUM = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_GREAT = {  # as written behind a number: one, several; what stands between them and the currency
    "en": {"thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion"},
    "de": {"Million": "Millionen", "Millionen": "Millionen", "Milliarden": "Milliarden", "Tausend": "Tausend"},
    "es": {"mil": "mil", "millón": "millón de", "millones": "millones de"},
    "pt": {"mil": "mil", "milhão": "milhão de", "milhões": "milhões de", "bilhões": "bilhões de"},
    "fr": {"mille": "mille", "million": "million de", "millions": "millions de", "milliards": "milliards de"},
    "it": {"mila": "mila", "milione": "milione di", "milioni": "milioni di", "miliardi": "miliardi di"},
}  # fmt: skip
_GREAT_WORD = {base: "|".join(sorted(words, key=len, reverse=True)) for base, words in _GREAT.items()}
_PER = {"en": "per", "de": "pro", "fr": "par", "pt": "por", "id": "per", "vi": "mỗi", "th": "ต่อ", "hi": "प्रति", "ar": "لكل",
        "zh": "每", "ja": "毎"}
_PER_WORD = {  # where each word has its own joint, or a short form
    "es": {"mes": "al mes", "día": "al día", "año": "al año", "semana": "a la semana", "hora": "por hora", "ud": "por unidad"},
    "it": {"mese": "al mese", "giorno": "al giorno", "anno": "all'anno", "settimana": "a settimana", "ora": "all'ora",
           "notte": "a notte", "persona": "a persona", "pezzo": "al pezzo", "pz": "al pezzo"},
    "ru": {"шт": "за штуку", "мес": "в месяц", "месяц": "в месяц", "год": "в год", "день": "в день", "сут": "в сутки",
           "час": "в час", "ч": "в час", "чел": "с человека", "ночь": "за ночь", "уп": "за упаковку", "упак": "за упаковку",
           "кг": "за килограмм", "л": "за литр", "м": "за метр", "пара": "за пару", "комплект": "за комплект"},
    "de": {"Monat": "im Monat", "Jahr": "im Jahr", "Stk": "pro Stück", "St": "pro Stück", "Std": "pro Stunde"},
    "id": {"bln": "per bulan", "thn": "per tahun", "pcs": "per buah", "org": "per orang"},
    "pt": {"un": "por unidade"}, "fr": {"pers": "par personne"},
}  # fmt: skip
_EVERY = {"es": "por", "it": "a", "ru": "за"}  # words that are not in the table above
_AFTER_PRICE = r"(?:(?<=[\d€$£¥₹₽฿₫元円đ])|(?<=บาท)|(?<=ريال)|(?<=دولار)|(?<=درهم))"
_HALF = {
    "en": {"l": "half a liter", "kg": "half a kilogram", "m": "half a meter"},
    "de": {"l": "ein halber Liter", "kg": "ein halbes Kilogramm", "m": "ein halber Meter"},
    "es": {"l": "medio litro", "kg": "medio kilo", "m": "medio metro"},
    "fr": {"l": "un demi-litre", "kg": "un demi-kilo", "m": "un demi-mètre"},
    "it": {"l": "mezzo litro", "kg": "mezzo chilo", "m": "mezzo metro"},
    "pt": {"l": "meio litro", "kg": "meio quilo", "m": "meio metro"},
    "ru": {"l": "пол-литра", "kg": "полкилограмма", "m": "полметра"},
    "id": {"l": "setengah liter", "kg": "setengah kilogram", "m": "setengah meter"},
    "vi": {"l": "nửa lít", "kg": "nửa ký", "m": "nửa mét"}, "th": {"l": "ครึ่งลิตร", "kg": "ครึ่งกิโลกรัม", "m": "ครึ่งเมตร"},
    "hi": {"l": "आधा लीटर", "kg": "आधा किलो", "m": "आधा मीटर"}, "ar": {"l": "نصف لتر", "kg": "نصف كيلوغرام", "m": "نصف متر"},
    "zh": {"l": "半升", "kg": "半公斤", "m": "半米"}, "ja": {"l": "半リットル", "kg": "半キログラム", "m": "半メートル"},
}  # fmt: skip
_HALF_MORE_HI = {"1": "डेढ़", "2": "ढाई"}  # Hindi has words of its own for one and a half and two and a half
_HALVED_HI = "लाख|करोड़|हज़ार|घंटे|साल|लीटर|किलो|मीटर|महीने|दिन|गुना|मिनट|इंच"
_ZH_THING = "件个只台双条张块瓶盒包套份箱袋罐桶支把根杯卷片人天月年次晚位"


def _said(price: str, base: str) -> str:
    from dialogue.spoken import spoken_text  # which asks for these forms

    return spoken_text(price, base)


def _joint(base: str) -> str:
    word = RANGE.get(base, RANGE["en"])
    return word if base in UNSPACED or base == "ru" else f" {word} "


def _in_millions(match: re.Match[str], base: str) -> str:
    """"$1.5 million": the magnitude belongs to the number; "dos millones de dólares"."""
    great = _GREAT[base][match["great"]]
    number = number_words(match["n"], base)
    if base in ("es", "pt", "it") and match["n"] == "1":
        number = "" if great in ("mil", "mila") else "um" if base == "pt" else "un"
    if base == "de" and match["n"] == "1":
        number, great = "eine", "Million"
    name = currency_name(currency_code(match["sign"], base), base)
    return elided(f"{number}{'' if great == 'mila' else ' '}{great} {name}".strip(), base)


def currency_name(code: str, base: str) -> str:
    """Of many."""
    from babel.numbers import get_currency_name

    return CURRENCIES.get(code, {}).get(base) or get_currency_name(code, count=5, locale=base).lower()


def elided(words: str, base: str) -> str:
    """"un million d'euros"."""
    return re.sub(r"\bde (?=[aeiouhéè])", "d'", words) if base == "fr" else words


def _range_behind(match: re.Match[str], base: str) -> str:
    """"10–20 €": the sign is said once, behind both."""
    return f"{number_words(match['a'], base)}{_joint(base)}{_said(match['b'] + match['sign'], base)}"


def _range_before(match: re.Match[str], base: str) -> str:
    """"Rp 15.000-20.000"."""
    return f"{number_words(match['a'], base)}{_joint(base)}{_said(match['sign'] + match['b'], base)}"


def _blank_range(match: re.Match[str], base: str) -> str:
    """"1 000–2 000 ₽": blanks group both."""
    first = number_words(match["a"].replace(" ", ""), base)
    return f"{first}{_joint(base)}{_said(match['b'] + ' ' + match['sign'], base)}"


def _per(match: re.Match[str], base: str) -> str | None:
    word = match["word"]
    named = _PER_WORD.get(base, {}).get(word)
    if named is not None:
        return f" {named}"
    if len(word) < 3 and base not in UNSPACED:
        return None
    joint = _PER.get(base) or _EVERY[base]
    return f"{joint}{word}" if base in UNSPACED else f" {joint} {word}"


def _cents(match: re.Match[str], base: str) -> str:
    word = {"en": "cents", "de": "Cent", "fr": "cents", "es": "centavos", "pt": "centavos", "it": "centesimi"}[base]
    count = number_words(match["n"], base)
    return f"{count} {SINGULAR.get(word, word.removesuffix('s')) if match['n'] == '1' else word}"


def _inch(match: re.Match[str], base: str) -> str:
    return f"{number_words(match['n'], 'en')} {'inch' if match['n'] == '1' else 'inches'}"


def _furniture(match: re.Match[str], base: str) -> str:
    """`30"W x 20"D x 40"H`, as furniture is measured."""
    names = {"W": "wide", "D": "deep", "H": "high", "L": "long"}
    return " by ".join(f"{number_words(n, 'en')} {names[side.upper()]}"
                       for n, side in re.findall(r"(\d+(?:\.\d+)?)\"?\s?([WDHL])", match.group()))


def _vietnamese_short(match: re.Match[str], base: str) -> str:
    """"1tr2", "2tr5", "1tr250": one million two hundred thousand, as people write prices."""
    part = match["part"]
    rest = number_words(part, "vi") + (" trăm nghìn" if len(part) == 1 else " nghìn")
    return f"{number_words(match['n'], 'vi')} triệu {rest}"


def _times_between(match: re.Match[str], base: str) -> str:
    word = SIGNS["×"].get(base, "×")
    return word if base in UNSPACED else f" {word} "


def _great_of(languages: str) -> list[Form]:
    return [form(base, rf"(?P<sign>{_SIGN})\s?(?P<n>\d+(?:[.,]\d+)?) ?(?P<great>{_GREAT_WORD[base]})(?!\w)", _in_millions)
            for base in languages.split()] + [
        form(base, rf"(?<![\w.,])(?P<n>\d+(?:[.,]\d+)?) (?P<great>{_GREAT_WORD[base]}) (?P<sign>[€$£])", _in_millions)
        for base in languages.split()]


PRICE_FORMS: tuple[Form, ...] = (
    # While units are still beside it: "18 in x 24 in".
    form("", r"(?:(?<=\d [cm]m)|(?<=\d[cm]m)|(?<=\d m)|(?<=\dm)|(?<=\d in)|(?<=\din))\s?[xX×]\s?(?=\d)", _times_between),
    *_great_of("en de es pt fr it"),
    # Ranges: the sign behind both, before both with a blank, blanks that group.
    form("de es fr it pt ru en", r"(?<![\w.,$€£-])(?P<a>\d{1,3}(?: \d{3})+)\s?[–—-]\s?(?P<b>\d{1,3}(?: \d{3})+)\s?"
         r"(?P<sign>[€£₽$])", _blank_range),
    form("de es fr it pt en id th hi ar zh ja vi", rf"(?<![\w.,$€£₹¥-])(?P<a>{_NUM})\s?[–—~-]\s?(?P<b>{_NUM})\s?"
         r"(?P<sign>[€£$₹฿₫₩¥])(?!\s?\d)", _range_behind),
    form("pt id th vi hi zh", rf"(?P<sign>R\$|Rp\.?|RM|[฿₫¥])\s?(?P<a>{_NUM})\s?[–—~-]\s?(?:(?P=sign)\s?)?"
         rf"(?P<b>{_NUM})(?![\w%]|[.,]\d)", _range_before),
    form("id", rf"\bRp\.?\s?(?P<a>{_NUM})\s?(?P<many>rb|ribu|jt|juta)\s?[–-]\s?(?:Rp\.?\s?)?(?P<b>{_NUM})\s?(?P=many)\b",
         lambda m, base: f"{number_words(m['a'], 'id')} sampai {number_words(m['b'], 'id')} "
                         f"{'ribu' if m['many'][0] == 'r' else 'juta'} rupiah"),
    # By the month, the night, the piece.
    form("zh", rf"(?<=[\dgLl元块克升盒箱袋瓶件装])/(?P<word>[{_ZH_THING}])", _per),
    form("de es fr it pt ru id vi th hi ar", rf"{_AFTER_PRICE}\s?/\s?(?P<word>[^\s\d_/.,;:!?()]+)\.?(?=[\s,;:!?.)]|$)", _per),
    # Hundredths and decimals without a nought.
    form("en de fr es pt it", r"(?<![\w.,])(?P<n>\d{1,3})\s?¢", _cents),
    form("en", r"(?<![\w.])(?P<sign>[$€£])\.(?P<n>\d\d)(?!\d)", lambda m, base: _said(f"{m['sign']}0.{m['n']}", "en")),
    form("en", r"(?<![\w.])\.(?P<n>\d+)\s?(?P<unit>in(?:ch(?:es)?)?|oz|mm|cm|lbs?|kg|L|ml|\")(?!\w)",
         lambda m, base: f"point {' '.join(number_words(d, 'en') for d in m['n'])} {_said('2 ' + m['unit'], 'en')[4:]}"),
    form("hi", r"(?<=\d)\s?/-", " "), form("id", r"(?<=\d),-(?=\s|$|[.!])", ""), form("th", r"(?<=\d)\.-", ""),
    form("th", r"(?<![\d.,])(?P<n>\d{1,3}(?:,\d{3})*|\d+)\.(?P<part>\d\d)\s?บาท",
         lambda m, base: _said(f"฿{m['n']}.{m['part']}", "th")),
    form("hi", r"₹\s?1(?![\d.,]| ?(?:लाख|करोड़|हज़ार))", "1 रुपया"),
    form("es", rf"\$\s?(?P<n>{_NUM})(?= (?:pesos|soles|quetzales|colones|bolívares|guaraníes|lempiras|córdobas|balboas)\b)",
         lambda m, base: number_words(m["n"], "es")),
    form("es", rf"(?<!\w)S/\.?\s?(?P<n>{_NUM})", lambda m, base: f"{_said(m['n'] + ' PEN', 'es')}".replace(" peruanos", "")),
    form("fr", r"(?<![\w.,])(?P<n>\d{1,2})\s?x\s?(?=\d+(?:[.,]\d+)?\s?€)",
         lambda m, base: f"{number_words(m['n'], 'fr')} fois "),
    form("pt", r"(?<![\w.,])(?P<n>\d{1,2})\s?x\s(?=R\$)", lambda m, base: f"{_feminine_pt(m['n'])} vezes de "),
    form("pt", r"(?<![\w.,])(?P<n>\d{1,2})x(?=[\s.,;!?)]|$)(?!\s?\d)",
         lambda m, base: "uma vez" if m["n"] == "1" else f"{_feminine_pt(m['n'])} vezes"),
    form("vi", r"(?<![\w.,])(?P<n>\d{1,3})tr(?P<part>\d{1,3})(?!\w)", _vietnamese_short),
    form("zh", r"¥\s?(?P<n>\d+(?:\.\d+)?)(?P<great>[万亿千])", lambda m, base: f"{_two_zh(m['n'])}{m['great']}元"),
    form("zh", r"(?<![\d.])(?P<n>\d+(?:\.\d+)?)[wW](?![a-zA-Z])", lambda m, base: f"{_two_zh(m['n'])}万"),
    form("id", r"\bRp\.?\s?(?P<n>\d+(?:,\d+)?)\s?M(?!\w)", lambda m, base: f"{number_words(m['n'], 'id')} miliar rupiah"),
    form("id", r"(?<![\w.,])(?P<n>\d+,\d)x(?= lebih\b)", lambda m, base: f"{number_words(m['n'], 'id')} kali"),
    form("th", r"(?<![\d/])1/2\s?(?=ลิตร|กิโล|เมตร|แผ่น|แก้ว|ถ้วย|ชั่วโมง)", "ครึ่ง"),
    form("hi", rf"(?<![\d.₹])(?<!₹ )(?P<n>[12])\.5(?= (?:{_HALVED_HI}))", lambda m, base: _HALF_MORE_HI[m["n"]]),
    form("hi", r"₹\s?(?P<n>[12])\.5 (?P<great>लाख|करोड़|हज़ार)", lambda m, base: f"{_HALF_MORE_HI[m['n']]} {m['great']} रुपये"),
    form("hi", r"(?<=\d)\s?किग्रा(?!\w)", " किलोग्राम"),
    form("vi", r"(?<![\w.,])(?P<n>\d)m(?P<part>(?![23](?!\d))[1-9]\d?)(?![\w²])",
         lambda m, base: f"{number_words(m['n'], 'vi')} mét {number_words(m['part'], 'vi')}"),
    form("en", r"(?:(?<=\b[Aa] )|(?<=\b[Aa]n ))\$(?P<n>\d+(?:,\d{3})*)(?= (?!million|billion|thousand|and\b|or\b)[a-z])",
         lambda m, base: f"{number_words(m['n'], 'en')} dollar"),  # "a ten dollar gift card"
    form("en", r"(?<![\w.])(?P<n>[2-9]|1\d|100)[x×](?=[\s.,;!?)]*$|[.,;!?)])",
         lambda m, base: f"{number_words(m['n'], 'en')} times"),
    form("en", r"(?<![\w$.,])(?P<n>100|1,?000)s(?= of\b)", lambda m, base: "hundreds" if m["n"] == "100" else "thousands"),
    # Sizes.
    form("", r"(?<![\d/.,€$£])1/2\s?(?P<unit>l|L|kg|m)(?!\w)", lambda m, base: _HALF.get(base, {}).get(m["unit"].lower())),
    form("es pt it fr de id", r"(?<![\d/])(?P<a>\d{3})/(?=\d{3}\s?V(?!\w))", lambda m, base: f"{number_words(m['a'], base)}, "),
    form("en", r"(?<![\w.,/])(?P<n>(?:\d+ )?\d/[2348]) ?in(?=$|[;,)!?]| [x×] \d)",
         lambda m, base: _said(m["n"] + '"', "en")),
    form("en", r"(?<![\w.,/])(?P<n>\d+(?:\.\d+)?) ?in(?=$|[;,)!?]| [x×] \d)", _inch),
    form("en", r"(?<![\w.,/])(?P<n>1) in\.(?=,|\s|$)", _inch),
    form("en", r"(?<!\w)\d+(?:\.\d+)?\"?\s?W\s?[x×]\s?\d+(?:\.\d+)?\"?\s?D(?:\s?[x×]\s?\d+(?:\.\d+)?\"?\s?H)?(?!\w)",
         _furniture),
    form("en", r"(?<=\d)-for-(?P<n>\d)(?!\d)", lambda m, base: f"-for-{number_words(m['n'], 'en')}"),
    form("en", r"(?<![\d/])50/50(?![\d/])", "fifty-fifty"),
    form("zh", r"(?<=[a-zA-Z\d])\*(?=\d)", "乘"), form("zh", r"(?<!\d)100\s?%", "百分之百"),
    form("zh", r"(?<![\d第/.,-])2(?=[元万亿成吨秒]|千克|平方米|立方米)(?!万[年])", "两"),
)


def _two_zh(number: str) -> str:
    return "两" if number == "2" else number_words(number, "zh")


def _feminine_pt(number: str) -> str:
    return re.sub(r"\bdois$", "duas", re.sub(r"\bum$", "uma", number_words(number, "pt")))
