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
            r"|[Cc]all(?: us)?(?: at| on)?|[Hh]otline|[Ll]l[aá]m[ae](?:nos)? al|[Aa]ppelez(?:-nous)? (?:le|au)"
            r"|[Ll]igue(?: para)?|[Cc]hiama(?:ci)?(?: il| al)?|[Hh]ubungi|[Tt]elp|Gọi|[Tt]ổng đài|ĐT|कॉल करें|اتصل (?:على|بـ?)"
            r"|电话|電話|拨打|โทร|टेल|هاتف|Телефон|Тел)(?:\.:|\.|:|：)?\s?)(?P<number>\d[\d ()./-]{5,}\d)(?!\d)")
_IT_LITTLE = "di|da|in|a|e|con|su|per|tra|fra|o|ma|al|alla|il|la|lo|max|min|circa"


def _days(match: re.Match[str], base: str) -> str:
    first, last = (_WEEK[base][match[k].lower()] for k in "ab")
    joint = "al" if base == "es" and match.string[: match.start()].lower().endswith("del ") else RANGE[base]
    return f"{first} {'au' if base == 'fr' else joint} {last}"


def _dialled(match: re.Match[str], base: str) -> str:
    from dialogue.written_forms import digits_said  # which lists these forms

    return match["before"] + (" " if match["before"][-1:] not in " ：电话話打" else "") + digits_said(match["number"], base)


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


def _by_amount(match: re.Match[str], base: str) -> str | None:
    """"4.50/100 g", but not "3/4 l"."""
    if re.search(r"(?<![\d€$£¥.,])[1-3]$", match.string[: match.start()]) and match.string[match.end()] in "2348":
        return None
    return _spaced(_PER)(match, base)


_MONTHS_TH = {"ม.ค.": "มกราคม", "ก.พ.": "กุมภาพันธ์", "มี.ค.": "มีนาคม", "เม.ย.": "เมษายน", "พ.ค.": "พฤษภาคม", "มิ.ย.": "มิถุนายน",
              "ก.ค.": "กรกฎาคม", "ส.ค.": "สิงหาคม", "ก.ย.": "กันยายน", "ต.ค.": "ตุลาคม", "พ.ย.": "พฤศจิกายน", "ธ.ค.": "ธันวาคม"}
_HOUR_TH = r"(?P<h{0}>[01]?\d|2[0-4])[.:](?P<m{0}>[0-5]\d)"


def _hours_thai(match: re.Match[str], base: str) -> str:
    """"9.30-18.00 น.": hours and minutes, not decimals."""
    def said(hour: str, minute: str) -> str:
        past = f" {number_words(str(int(minute)), 'th')} นาที" if int(minute) else ""
        return f"{number_words(str(int(hour)), 'th')} นาฬิกา{past}"

    first = said(match["h"], match["m"])
    return first if match["h2"] is None else f"{first} {RANGE['th']} {said(match['h2'], match['m2'])}"


def _feet(match: re.Match[str], base: str) -> str:
    return " by ".join(f"{number_words(n, 'en')} {'foot' if match['rug'] or n == '1' else 'feet'}"
                       for n in (match["a"], match["b"]))


def _decade_de(match: re.Match[str], base: str) -> str:
    from num2words import num2words

    return f"{num2words(int(match['n']), to='year', lang='de')}er"


_SIZED = "Größe|Gr\\.|[Tt]aille|[Tt]alla|[Tt]amanho|[Tt]aglia|[Рр]азмер|[Ss]ize|[Uu]kuran|เบอร์"
_DIGIT_HAN = "零一二三四五六七八九"
_MONTHS_DE = "Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
HEARD_FORMS: tuple[Form, ...] = (
    form("en", r"(?<!\d)(?<!\d )\b[Mm]mm+\b", "hmm"),  # else spelled, "em em em"
    form("", _DIALLED, _dialled),
    form("en", r"(?<![\w.,])(?P<a>\d{1,3})['′’]\s?[xX×]\s?(?P<b>\d{1,3})['′’](?=(?P<rug>\s[a-z]+)?)", _feet),
    form("en", r"(?<![\w.])(?P<n>[2-9]|1\d?)[x×]\s(?=[A-Z])", lambda m, base: f"{number_words(m['n'], 'en')} "),  # 2x USB-C
    form("en", r"(?<![\d/])1/2(?= (?:price|off)\b)", "half"),
    form("fr", r"(?<![\d/])1/2(?= prix\b)", "moitié"),
    form("pt", r"(?<=\bpela )1/2(?= do preço)", "metade"),
    form("es", r"(?<=\ba )1/2(?= de precio)", "mitad"),
    form("fr", r"(?<=[\d€])\s?/\s?(?P<u>g|ml|cl)(?!\w)",
         lambda m, base: f" le {dict(g='gramme', ml='millilitre', cl='centilitre')[m['u']]}"),
    form("fr", r"(?<![\w.,:/$€-])(?P<n>1|\d1)(?=\s(?:seule|grande|petite|nouvelle|belle)s?\s)",
         lambda m, base: re.sub(r"\bun$", "une", number_words(m["n"], "fr"))),
    form("id", r"\bke-(?P<n>\d{1,3})(?!\d)",
         lambda m, base: "pertama" if m["n"] == "1" else f"ke{number_words(m['n'], 'id')}"),
    form("id", r"(?<![\w.,])(?P<n>\d{1,3})[x×](?=[\s.,;!?)]|$)(?!\s\d)", lambda m, base: f"{number_words(m['n'], 'id')} kali"),
    form("id", r"\bRp\.?\s?(?P<n>\d+(?:,\d+)?)\s(?P<many>ribu|juta|miliar)\b",
         lambda m, base: f"{number_words(m['n'], 'id')} {m['many']} rupiah"),
    form("vi", r"\b(?P<before>[Nn]gày )(?P<d>0?[1-9]|[12]\d|3[01])/(?P<m>0?[1-9]|1[0-2])/(?P<y>(?:19|20)\d\d)(?![\d/])",
         lambda m, base: f"{m['before']}{number_words(str(int(m['d'])), 'vi')} tháng {number_words(str(int(m['m'])), 'vi')} "
                         f"năm {number_words(m['y'], 'vi')}"),
    form("th", rf"(?<![\d.,]){_HOUR_TH.format('')}(?:\s?[-–]\s?{_HOUR_TH.format('2')})?\s?น\.", _hours_thai),
    *(form("th", rf"(?<=\d)\s?{re.escape(short)}", f" {month}") for short, month in _MONTHS_TH.items()),
    form("th", r"(?<=\d)\s?ชม\.", " ชั่วโมง"),
    form("hi", r"₹\s?(?P<n>\d+(?:\.\d+)?)\s(?P<many>लाख|करोड़|हज़ार|हजार)", lambda m, base: f"{m['n']} {m['many']} रुपये"),
    form("hi", r"(?<![\w.,])(?P<n>\d{1,3})[x×](?=\s[\u0900-\u097f])", lambda m, base: f"{m['n']} गुना"),
    form("de", r"\b(?P<c>[Cc])a\.(?=\s\d)", lambda m, base: f"{m['c']}irca"), form("de", r"\b[Mm]ind\.(?=\s\d)", "mindestens"),
    form("de", r"(?<=\d)\sJ\.(?=\s)", " Jahre"), form("de", r"\binkl\.(?=\s)", "inklusive"),
    form("de", r"(?<![\w.,])(?P<n>[1-9]\d?)x(?=\s[a-zäöü])",
         lambda m, base: "einmal" if m["n"] == "1" else f"{number_words(m['n'], 'de')}mal"),
    form("de", r"(?<!\d)(?P<n>(?:1[89])\d0)er(?!\w)", _decade_de), form("de", r"(?<!\d)1\.(?= Wahl\b)", "erste"),
    form("de", r"(?<!\d)2\.(?= Wahl\b)", "zweite"),
    form("fr", r"(?<![\w.,])(?P<n>[2-9]|\d\d)x(?=\s(?:plus|moins)\b)", lambda m, base: f"{number_words(m['n'], 'fr')} fois"),
    form("pt", r"(?<![\w.,])(?P<n>[2-9]|\d\d)x(?=\s(?:mais|menos)\b)",
         lambda m, base: re.sub(r"\bdois$", "duas", number_words(m["n"], "pt")) + " vezes"),
    form("it", r"\b(?:N\.|n\.|Nr\.)\s?(?P<n>\d{1,3})(?!\d)", lambda m, base: f"numero {number_words(m['n'], 'it')}"),
    form("zh", r"(?<![\d/])(?P<a>[34]\d)/(?P<b>[34]\d)(?=码)",
         lambda m, base: f"{number_words(m['a'], 'zh')}、{number_words(m['b'], 'zh')}"),
    form("id", r"(?<=\d)\sthn\b\.?", " tahun"), form("id", r"\b(?P<m>[Mm])aks\.(?=\s\d)", lambda m, base: f"{m['m']}aksimal"),
    form("id", r"\bNo\.\s?(?P<n>\d{1,3})(?!\d)", lambda m, base: f"nomor {number_words(m['n'], 'id')}"),
    form("id", r"(?<!\d)(?P<n>(?:1[89]|20)\d0)-an\b", lambda m, base: f"{number_words(m['n'], 'id')}an"),
    form("", rf"\b(?P<what>{_SIZED})\s(?P<a>\d\d)/(?P<b>\d\d)(?![\d/])",
         lambda m, base: f"{m['what']} {number_words(m['a'], base)}, {number_words(m['b'], base)}"),
    form("ru fr es it pt de", r"(?<![\w.,/+-])(?<!\d )[1-9]\d{0,2}(?: \d{3})+(?!\s?\d)(?=\s[^\W\d_]{4,})",
         _great),
    form("", r"(?<=[\d€$£¥₽₹元円đ])\s?/\s?(?=\d+\s?(?:g|kg|ml|mL|l|L|m|m²|W|г|кг|мл|л|غ|غرام|جم|مل)(?![\w/]))",
         _by_amount),
    form("th ar", r"(?:\A|(?<=บาท)|(?<=ريال)|(?<=دولار)|(?<=درهم))\s?/\s?(?=\d)", _spaced(_PER)),
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
)
