"""Numbers before what they count: the gender that the noun asks for, "one" shortened, a unit before a noun, ordinals. Pure.

A noun's gender is told by its ending (dialogue/lexicon/counted.toml); where nothing is known it is the masculine."""

from __future__ import annotations

import re

from dialogue.form import Form, Say, form
from dialogue.lexicon import table
from dialogue.spoken_words import UNITS, number_words

_N = r"(?<![\w.,:/$€£₽№-])(?P<n>\d{1,4}|\d{1,3}[. \u00a0]\d{3})"
_NOUN = r"(?P<noun>[^\W\d_]{3,})(?!\w)"
_NOUNS = table("counted")
_HERS = {base: re.compile(f"(?:{row['hers']})$") for base, row in _NOUNS.items() if "hers" in row}
_HER_WORDS = {base: frozenset(row["her_words"].split()) for base, row in _NOUNS.items() if "hers" in row}
_HIS_WORDS = {base: frozenset(row["his_words"].split()) for base, row in _NOUNS.items() if "hers" in row}


def hers(noun: str, base: str) -> bool:
    noun = noun.lower()
    return noun in _HER_WORDS[base] or (noun not in _HIS_WORDS[base] and _HERS[base].search(noun) is not None)


def feminine(words: str, base: str) -> str:
    """Number words before a feminine noun, in es, fr, it and pt."""
    if base == "es":
        return re.sub(r"cientos\b", "cientas", re.sub(r"quinientos\b", "quinientas", re.sub(r"uno$", "una", words)))
    if base == "pt":
        words = re.sub(r"\bdois(?= mil\b|$)", "duas", re.sub(r"\bum(?= mil\b|$)", "uma", words))
        return re.sub(r"(?<=zent|hent|nent)os\b", "as", words)
    return re.sub(r"\bun$", "une", words) if base == "fr" else re.sub(r"^uno$", "una", words)


def _counted_es(match: re.Match[str], base: str) -> str | None:
    said = number_words(match["n"], base)
    if hers(match["noun"], base):
        return feminine(said, base)
    return re.sub(r"veintiuno$", "veintiún", re.sub(r"\buno$", "un", said)) if said.endswith("uno") else None


def _counted_pt(match: re.Match[str], base: str) -> str | None:
    return feminine(number_words(match["n"], base), base) if hers(match["noun"], base) else None


def _counted_fr(match: re.Match[str], base: str) -> str | None:
    said = number_words(match["n"], base)
    return re.sub(r"\bun$", "une", said) if hers(match["noun"], base) and re.search(r"\bun$", said) else None


def _counted_it(match: re.Match[str], base: str) -> str | None:
    noun = match["noun"].lower()
    if match["n"] != "1":
        return None
    if hers(noun, base):
        return None if noun[0] in "aeiouàèéìòù" else "una"
    return "uno" if re.match(r"s[^aeiou]|z|ps|gn|x|y", noun) else "un"


def _counted_de(match: re.Match[str], base: str) -> str | None:
    if re.search(rf"(?:{re.escape(_NOUNS['de']['named']).replace(re.escape('|'), '|')})\s$", match.string[: match.start()]):
        return None
    return "eine" if hers(match["noun"], base) else "ein"


# English: a unit before what it describes has no ending. Behind "a" it is always so; elsewhere the noun tells.
_EN_UNIT = {"W": "watt", "mAh": "milliamp hour", "Wh": "watt hour", "V": "volt", "kg": "kilogram", "g": "gram",
            "cm": "centimeter", "mm": "millimeter", "m": "meter", "L": "liter", "l": "liter", "ml": "milliliter",
            "mL": "milliliter", "oz": "ounce", "lb": "pound", "ft": "foot", "GB": "gigabyte", "TB": "terabyte",
            "MB": "megabyte", "MP": "megapixel", "lm": "lumen", "dB": "decibel", "A": "amp", "kWh": "kilowatt hour",
            "kW": "kilowatt", "°": "degree", "h": "hour", "min": "minute", "\"": "inch"}
_UNIT_EN = "|".join(re.escape(u) for u in sorted(_EN_UNIT, key=len, reverse=True))
_AMOUNT = r"(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)[\s-]?"
_NOT_OF = r"(?!(?:of|or|and|to|in|at|is|from|per|more|less|on|for|with|if|when|later|ago|away)\b)"
_DESCRIBED = rf"(?:(?:{_NOUNS['en']['beside']})[\s-])?(?:{_NOUNS['en']['described']})\b"


def _attribute(match: re.Match[str], base: str) -> str:
    return f"{number_words(match['n'], 'en')} {_EN_UNIT[match['unit']]}"


def _noun(words: Say, languages: str) -> Form:
    def say(match: re.Match[str], base: str) -> str | None:
        return None if match["noun"] in UNITS else words(match, base)  # "21 min": said with its unit

    return form(languages, rf"{_N}(?=\s{_NOUN})", say)


_IN_ONE = {  # "2-in-1"
    "de": "{} in eins", "es": "{} en uno", "fr": "{} en un", "it": "{} in uno", "pt": "{} em um", "ru": "{} в одном",
    "id": "{} dalam satu", "vi": "{} trong một", "zh": "{}合一", "th": "{}อินวัน", "ja": "{}インワン", "hi": "{} इन वन",
    "ar": "{} في واحد",
}  # fmt: skip
_AS_ENGLISH = {"ja": ("", "", "ツー", "スリー", "フォー", "ファイブ", "シックス", "セブン", "エイト", "ナイン"),
               "th": ("", "", "ทู", "ทรี", "โฟร์", "ไฟว์", "ซิกซ์", "เซเว่น", "เอท", "ไนน์"),
               "hi": ("", "", "टू", "थ्री", "फ़ोर", "फ़ाइव", "सिक्स", "सेवन", "एट", "नाइन")}
_ALWAYS = {  # 24/7
    "es": "veinticuatro siete", "fr": "vingt-quatre heures sur vingt-quatre, sept jours sur sept",
    "de": "vierundzwanzig sieben",
    "pt": "vinte e quatro por sete", "it": "ventiquattro su sette", "ru": "круглосуточно без выходных",
    "id": "dua puluh empat jam setiap hari", "vi": "hai mươi bốn trên bảy", "zh": "七乘二十四小时", "ja": "二十四時間年中無休",
    "th": "ตลอดยี่สิบสี่ชั่วโมงทุกวัน", "hi": "चौबीसों घंटे सातों दिन", "ar": "على مدار الساعة طوال الأسبوع",
}  # fmt: skip


def _in_one(match: re.Match[str], base: str) -> str | None:
    names = _AS_ENGLISH.get(base)
    count = names[int(match["a"])] if names else number_words(match["a"], base)
    return _IN_ONE[base].format(count) if base in _IN_ONE else None


_MONTHS_DE = "Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_ENDS_DE = {"der": "", "die": "", "das": "", "eine": "", "unsere": "", "ihre": "", "jede": "", "": "", "ein": "r", "unser": "r"}
_BEFORE_DE = ("[Dd]er|[Dd]ie|[Dd]as|[Dd]en|[Dd]em|[Dd]es|[Ee]ine[nmrs]?|[Uu]nsere[nmrs]?|[Ii]hre[nmrs]?"
              "|[Aa]m|[Ii]m|[Vv]om|[Zz]u[mr]|[Bb]eim")
_BEGINS_DE = ("(?:Das|Die|Der|Den|Dem|Wir|Sie|Es|Ich|Er|Und|Mit|Bei|In|Für|Auf|Ein|Eine|Auch|Nur|Jetzt|Hier|Dann|Dazu|Im|Am"
              "|Von|Zum)")


def _ordinal_de(match: re.Match[str], base: str) -> str:
    """"die dritte Generation", "am ersten Mai": espeak says the bare number. A date alone is as behind "bis" and "ab"."""
    from num2words import num2words

    said = str(num2words(int(match["n"]), to="ordinal", lang="de"))
    before = (match["before"] or "").strip()
    return f"{match['before'] or ''}{said}{_ENDS_DE.get(before.lower(), 'n') if before else 'n'}"


COUNTED_FORMS: tuple[Form, ...] = (
    form("", r"(?<![\w.,-])(?P<a>[2-9])(?P<gap>[ -]?)(?:in|en|em|в)(?P=gap)1(?![A-Za-z0-9]|[.,]\d)", _in_one),
    form("", r"(?<![\d/.,])24/7(?![\d/])", lambda match, base: _ALWAYS.get(base)),
    form("fr", r"(?<!\d)24\s?h?/24(?!\d)", "vingt-quatre heures sur vingt-quatre"),
    form("fr", r"(?<!\d)7\s?j?/7(?!\d)", "sept jours sur sept"),
    form("en", rf"(?:(?<=\ba )|(?<=\ban )|(?<=\bA )){_AMOUNT}(?P<unit>{_UNIT_EN})(?=\s{_NOT_OF}[A-Za-z])", _attribute),
    form("en", rf"(?<![\w.,$€£-]){_AMOUNT}(?P<unit>{_UNIT_EN})(?=\s{_DESCRIBED})", _attribute),
    _noun(_counted_es, "es"), _noun(_counted_pt, "pt"), _noun(_counted_fr, "fr"),
    form("it", r"(?<![\w.,:/$€-])1\s(?P<noun>[aeiouAEIOU]\w*(?:a|zione|sione|tà))(?!\w)",
         lambda m, base: f"un'{m['noun']}" if hers(m["noun"], "it") else None),
    _noun(_counted_it, "it"),
    form("de", r"(?<![\w.,:/$€-])(?P<n>1)(?=\s(?P<noun>[A-ZÄÖÜ][a-zäöüß]+)(?![\w-]))", _counted_de),
    form("de", rf"(?:\b(?P<before>(?:{_BEFORE_DE})\s))?(?<![\d.,])(?P<n>[1-9]|[12]\d|3[01])\.(?=\s(?:{_MONTHS_DE})\b)",
         _ordinal_de),
    form("de", rf"\b(?P<before>(?:{_BEFORE_DE})\s)(?P<n>[1-9]\d?)\.(?=\s(?!{_BEGINS_DE}\b)[A-ZÄÖÜ][a-zäöüß]+)", _ordinal_de),
    form("de", r"(?<=\d)\s?Min\.(?=\s)", " Minuten"), form("de", r"(?<=\d)\s?Sek\.(?=\s)", " Sekunden"),
    form("de", r"(?<=\d)\s?Min\.$", " Minuten."), form("de", r"(?<=\d)\s?Sek\.$", " Sekunden."),
    form("es", r"(?<!\d)1\.?º(?=\sde\b)", "primero"),
    # Hours with an h on both sides of a stroke.
    form("vi", r"(?:(?<=\dh)|(?<=h[0-5]\d))\s?[–—-]\s?(?=\d{1,2}\s?h)", " đến "),
    form("vi", r"(?<!\d)(?P<h>[01]?\d|2[0-4])h(?!\w)", lambda m, base: f"{number_words(m['h'], 'vi')} giờ"),
    # A number that begins with a zero is dialled.
    form("", r"(?<![\w.,/+-])0\d{1,4}[ -]\d{5,8}(?![\d-]|[.,/]\d)", lambda m, base: _dialled(m.group(), base)),
)


def _dialled(written: str, base: str) -> str:
    from dialogue.written_forms import digits_said  # which lists these forms

    return digits_said(written, base)
