"""Written text as words a synthesiser reads well: prices, units, numbers and signs become words, emoji go. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby

from avatar.speech import Word
from dialogue.counted_forms import feminine, hers
from dialogue.price_forms import elided
from dialogue.sayings import Sayings
from dialogue.spoken_words import (
    CENTS,
    CENTS_NAMED,
    CURRENCIES,
    MINOR,
    OF_MILLIONS,
    RANGE,
    RATIO,
    SIGNS,
    SINGULAR,
    UNIT_WORDS,
    UNITS,
    UNSPACED,
    currency_code,
    number_words,
    plain_number,
)
from dialogue.written_forms import digits_said, formed, spoken_date

# Grouped by commas (also the Indian way), by points or by thin blanks, then plain; what the separators mean: plain_number.
_NUMBER = (r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:[\u00a0\u202f]\d{3})+(?:[.,]\d+)?"
           r"|\d+(?:[.,]\d+)?")
_SPACED = r"\d{1,3}(?: \d{3})+(?:,\d+)?"  # 1 299,50 with plain blanks: only before a currency
_SYMBOL = r"US\$|A\$|R\$|HK\$|S\$|NT\$|C\$|CN¥|[$€£¥₹₽฿₫₩]|RM|Rp|Rs\.?"
_CODE = "|".join(CURRENCIES)
_UNIT = "|".join(re.escape(u) for u in sorted(UNITS, key=len, reverse=True))
# No letter of a word behind, with or without a mark ("2 lần", "5 Löffel"); Chinese goes on without a blank.
_LATIN_END = r"(?![A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff])"
_TOKEN = re.compile(
    rf"(?P<money>(?:(?P<sym>{_SYMBOL}|(?<![A-Za-z])(?:{_CODE})(?=\s\d))\s?(?P<a1>{_NUMBER})(?![.,]?\d)(?:\s?(?:元|円|(?P<code>{_CODE}){_LATIN_END}))?)|(?:(?<![\d.,])(?P<a2>{_SPACED}|{_NUMBER})\s?(?P<post>{_SYMBOL}|(?:{_CODE}){_LATIN_END})))"
    r"|(?P<date>(?<![\d-])(?P<y>\d{4})-(?P<mo>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?![\d-]))"
    r"|(?P<tall>(?<!\d)(?P<feet>\d{1,2})['′](?P<inches>\d{1,2})(?:\"|″|''))"
    r"|(?P<ratio>(?<![\d:])(?P<w>\d{1,2}):(?P<r>\d)(?![\d:]))"
    rf"|(?P<span>(?<![A-Za-z\d_.,-])(?P<from>{_NUMBER})\s?[–—~-]\s?(?P<to>{_NUMBER})(?![\d-])(?:[\s-]?(?P<unit2>{_UNIT}){_LATIN_END})?)"
    rf"|(?P<measure>(?<![A-Za-z0-9])(?P<n>-?(?:{_SPACED}|{_NUMBER}))[\s-]?(?P<unit>{_UNIT}){_LATIN_END}(?:(?<=ft|in|oz|lb|bs|cs|kg|cm|mm|ml)\.(?=\s[\da-z(&]))?)"
    r"|(?P<clock>(?<!\d)(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?!\d))"
    rf"|(?P<number>(?<![A-Za-z0-9.,/-])(?:{_NUMBER})(?![A-Za-z0-9]|[.,/-]\d))"
    r"|(?P<url>https?://\S+)"
    r"|(?P<sign>[&+=×±%@#/°~^|<>*_\\])"
)
NO_SAYINGS = Sayings()
_DROPPED = ("Cc", "Cf", "Co", "Cs", "So", "Sk")  # control, format, private, surrogate, pictures
_WIDE = str.maketrans("￥＄％￡٪−～〜₀₁₂₃₄₅₆₇₈₉″٫٬", "¥$%£%-~~0123456789\".,")
# "38-44,1.5kg", "1,299元,12,999元": commas of no number, in Chinese and Japanese.
_LISTED = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d)|\d{4})|(?<=[^\d\s,]),(?=\d)")
_UNSEEN = frozenset("\ufe0e\ufe0f\u20e3")  # picture or text style, key cap: parts of emoji
_KEPT = frozenset("\u200c\u200d")  # joiners that Hindi and Arabic spelling needs


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the written text and how it is said (may be empty); the `written` ones joined are the text."""

    written: str
    spoken: str


Fixed = tuple[int, int, str]  # characters of the written text, and how they are said


def spoken_text(text: str, language: str, sayings: Sayings = NO_SAYINGS, fixed: Sequence[Fixed] = ()) -> str:
    """What a voice is given for `text`. language: BCP 47; fixed: stretches, in order and apart, said as given. Empty when
    nothing is left to say."""
    return _joined(_with_fixed(text, language, sayings, fixed))[0]


def warm(language: str) -> None:
    """Read what saying numbers, units, prices and dates takes: 0.04 s, on a busy machine 0.2 s, which the first answer with a
    number would wait for."""
    spoken_text("12.5, 2 kg, $12.99, 2026-01-05, 9:30, 3-5", language)


def _with_fixed(text: str, language: str, sayings: Sayings, fixed: Sequence[Fixed]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = 0
    for start, end, said in fixed:
        pieces += [*spoken_pieces(text[at:start], language, sayings), Piece(text[start:end], said)]
        at = end
    return (*pieces, *spoken_pieces(text[at:], language, sayings))


def spoken_pieces(text: str, language: str, sayings: Sayings = NO_SAYINGS) -> tuple[Piece, ...]:
    """`text` cut into what stays and what is said otherwise; the seller's sayings go before every rule."""
    parts = sayings.split(text, language)
    return tuple(piece for part, said in parts
                 for piece in (_by_rule(part, language) if said is None else (Piece(part, said),)))


@lru_cache(maxsize=1024)  # a sentence is asked for when it is planned, said and captioned; a script comes again all night
def _by_rule(text: str, language: str) -> tuple[Piece, ...]:
    base = language.split("-")[0].lower()
    parts = formed(_plain_digits(text), base)
    pieces = [piece for part, said in parts for piece in (_by_token(part, base) if said is None else (Piece(part, said),))]
    ends = list(accumulate(len(piece.written) for piece in pieces))
    return tuple(Piece(text[end - len(piece.written) : end], piece.spoken) for piece, end in zip(pieces, ends, strict=True))


def _plain_digits(text: str) -> str:
    """Digits of other scripts and lowered ones as 0-9, other signs of money, percent, minus and range as the plain ones, one
    for one."""
    if text.isascii():
        return text
    text = text.translate(_WIDE)
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() and unicodedata.category(c) == "Nd" else c
                   for c in text)


def _by_token(text: str, base: str) -> tuple[Piece, ...]:
    if base in ("zh", "ja") and (comma := _LISTED.search(text)):
        return (*_by_token(text[: comma.start()], base), Piece(",", ","), *_by_token(text[comma.end() :], base))
    pieces: list[Piece] = []
    at = 0
    for match in _TOKEN.finditer(text):
        said = _said(match, base, text)
        if said is None:
            continue
        if match.start() > at:
            pieces += _plain(text[at : match.start()])
        pieces.append(Piece(match.group(), said))
        at = match.end()
    if at < len(text):
        pieces += _plain(text[at:])
    return tuple(pieces)


def spoken_with_words(
    text: str, language: str, sayings: Sayings = NO_SAYINGS, fixed: Sequence[Fixed] = ()
) -> tuple[str, Callable[[Sequence[Word]], tuple[Word, ...]]]:
    """The spoken text, and a function that turns a voice's words over it into words as written in `text`."""
    pieces = _with_fixed(text, language, sayings, fixed)
    said, spans = _joined(pieces)

    def as_written(words: Sequence[Word]) -> tuple[Word, ...]:
        return _as_written(words, text, said, spans)

    return said, as_written


def _plain(text: str) -> list[Piece]:
    """Text that stays, with its control signs and pictures as pieces that are not said."""
    parts = groupby(text, key=lambda c: c in _UNSEEN or (unicodedata.category(c) in _DROPPED and c not in _KEPT))
    return [Piece(run, " " if dropped else run) for dropped, run in ((d, "".join(g)) for d, g in parts)]


def _said(match: re.Match[str], base: str, text: str) -> str | None:
    """The words for a token; None leaves it to the text around it."""
    group = match.group
    if group("url"):
        return " "
    if group("sign"):
        return _sign(group(), base, text, match)
    if group("clock"):
        return None if base in ("th", "ar", "hi") else _clock(int(group("h")), int(group("m")), base)
    if group("date"):
        return spoken_date(int(group("y")), int(group("mo")), int(group("d")), base)
    if group("tall"):
        parts = (group("feet"), "ft"), (group("inches"), "inches" if base == "en" and group("inches") != "1" else '"')
        return " ".join(f"{number_words(n, base)} {_unit(unit, n, base)}" for n, unit in parts)
    if group("ratio"):
        word = RATIO.get(base)
        return f"{number_words(group('w'), base)} {word} {number_words(group('r'), base)}" if word else None
    if group("money"):
        symbol = (group("code") if group("sym") == "$" else "") or group("sym") or group("post")
        return _money(group("a1") or group("a2"), currency_code(symbol, base), base)
    if group("span"):
        if re.match(r"0\d", group("to")) or re.match(r"0\d", group("from")):
            return None  # a telephone or article number
        joint = RANGE.get(base, RANGE["en"]) if base == "ru" else f" {RANGE.get(base, RANGE['en'])} "
        number = f"{number_words(group('from'), base)}{joint}{number_words(group('to'), base)}"
        return number if not group("unit2") else f"{number} {_unit(group('unit2'), group('to'), base)}"
    if group("measure"):
        if group("unit") == "K" and len(group("n")) < 4:
            return None  # "4K" is a picture size, "2700 K" a colour of light
        if group("unit") == "A" and "-" in group() and len(group("n")) > 2:
            return digits_said(group("n"), base) + " A"  # "4471-A" is an article number, "10-A" a fuse
        if group("unit") == "%" and base == "zh":
            return f"百分之{number_words(group('n'), base)}"
        blank = "" if base in UNSPACED else " "
        return f"{_before_noun(number_words(group('n'), base), base)}{blank}{_unit(group('unit'), group('n'), base)}"
    if base == "de" and re.match(r"\. [A-ZÄÖÜ]", text[match.end() :]) and len(group()) < 3:
        return None  # "5. Mai": the voice says the ordinal
    return number_words(group(), base)


def _sign(sign: str, base: str, text: str, match: re.Match[str]) -> str | None:
    if sign == "/" and re.match(r"\d/\d", text[match.start() - 1 : match.end() + 1]):
        return None  # "3/4": the voices know fractions
    if sign == "/" and not (text[match.end() : match.end() + 1].isspace() or text[: match.start()].endswith(" ")):
        return " "  # "and/or"
    words = SIGNS.get(sign)
    return f" {words.get(base, words['en'])} " if words else " "


def _money(amount: str, code: str, base: str) -> str:
    from babel.numbers import get_currency_name

    whole, _, part = plain_number(amount, base).partition(".")
    part = f"{part}0" if len(part) == 1 else part  # "$1.5" are fifty cents
    if len(part) == 3:  # "$1,299" in a language whose comma is the decimal one: no price has thousandths
        whole, part = whole + part, ""
    name = CURRENCIES.get(code, {}).get(base) or get_currency_name(code, count=float(whole), locale=_locale(base)).lower()
    if whole == "1":
        name = name.removesuffix("s") if base == "en" else SINGULAR.get(name, name)
    if base == "zh" and whole == "2" and not part.strip("0"):
        return f"两{name}"
    if base in ("zh", "ja"):
        return f"{number_words(whole + ('.' + part.rstrip('0') if part.strip('0') else ''), base)}{name}"
    said, cents = f"{_of_money(whole, name, base)} {name}", CENTS.get(base, {})
    if int(whole) >= 10**6 and int(whole) % 10**6 == 0:  # "un millón de euros"
        said = elided(f"{number_words(whole, base)}{OF_MILLIONS.get(base, '')} {name}", base)
    if part.strip("0") and len(part) == 2:
        count, hundredths = number_words(str(int(part)), base), cents.get(code, cents.get("", ""))
        one = hundredths.removesuffix("s") if part == "01" else hundredths
        if whole == "0" and hundredths:
            return f"{_before_noun(count, base)} {one}"
        if base == "en" and int(part) < 10 and hundredths:  # "five dollars five" is no price
            return f"{said} and {count} {one}"
        said += f" {MINOR.get(base, '')} {count}".replace("  ", " ")
        said += f" {hundredths}" if hundredths and base in CENTS_NAMED else ""
    return said


def _of_money(whole: str, name: str, base: str) -> str:
    """"veintiuna libras": some currencies are feminine."""
    words = number_words(whole, base)
    first = name.split()[0]
    if base in ("es", "fr", "it", "pt") and (hers(first, base) or first in ("livre", "livres")):  # a book is masculine
        return feminine(words, base)
    return _before_noun(words, base)


def _before_noun(words: str, base: str) -> str:
    """One is shortened before what it counts."""
    if base == "es":
        return re.sub(r"uno$", "un", words.replace("veintiuno", "veintiún"))
    return re.sub(r"eins$", "ein", words) if base == "de" else re.sub(r"^uno$", "un", words) if base == "it" else words


def _unit(unit: str, number: str, base: str) -> str:
    from babel.units import format_unit

    entry = UNITS[unit]
    value = float(plain_number(number, base))
    if unit in UNIT_WORDS.get(base, {}):
        return UNIT_WORDS[base][unit]
    if base in entry.words:
        return _ENGLISH_ENDING.sub("", entry.words[base]) if base == "en" and value == 1 else entry.words[base]
    whole = int(value) if value == int(value) else value
    try:
        said = format_unit(whole, entry.cldr, length="long", locale=_locale(base))
    except Exception:  # the locale's data has no such unit: English name
        said = entry.words.get("en") or f"{whole} {entry.cldr.split('-', 1)[-1]}"
    return re.sub(r"[-\d.,\u00a0\u202f]+", " ", said).strip()


def _clock(hour: int, minute: int, base: str) -> str:
    said = _HOURS_HERS.get(base, {}).get(hour) or number_words(str(hour), base)
    if base == "zh":
        return f"{said}点" + (f"{number_words(str(minute), base)}分" if minute else "")
    if base == "ja":
        return f"{said}時" + (f"{number_words(str(minute), base)}分" if minute else "")
    if not minute:
        return said + (" o'clock" if base == "en" and 0 < hour <= 12 else _HOURS.get(base, ""))
    return f"{said} {'oh ' if base == 'en' and minute < 10 else ''}{number_words(str(minute), base)}"


_ENGLISH_ENDING = re.compile(r"(?:(?<=ch)es|s)(?= per |$)")  # of several: "one inch", "one frame per second"
_HOURS_HERS = {  # hours are feminine
    "es": {1: "una", 21: "veintiuna"}, "pt": {1: "uma", 2: "duas", 21: "vinte e uma", 22: "vinte e duas"},
    "fr": {1: "une", 21: "vingt et une"}, "de": {1: "ein", 21: "einundzwanzig"},
}  # fmt: skip
_HOURS = {"de": " Uhr", "fr": " heures", "es": " horas", "pt": " horas"}


def _locale(base: str) -> str:
    return {"zh": "zh_Hans_CN", "pt": "pt_BR", "en": "en_US"}.get(base, base)


def _joined(pieces: Sequence[Piece]) -> tuple[str, list[tuple[int, int, int, int]]]:
    """The spoken text and, for each piece, (spoken start, spoken end, written start, written end)."""
    said, spans, written_at = "", [], 0
    for piece in pieces:
        spoken = re.sub(r"\s+", " ", piece.spoken)
        if spoken and said and said[-1].isalnum() and spoken[0].isalnum() and ord(spoken[0]) < 0x2E80:
            spoken = " " + spoken
        if (not said or said.endswith(" ")) and spoken.startswith(" "):
            spoken = spoken.lstrip(" ")
        spans.append((len(said), len(said) + len(spoken), written_at, written_at + len(piece.written)))
        said += spoken
        written_at += len(piece.written)
    said = said.rstrip()
    return (said if any(c.isalnum() for c in said) else ""), spans


def _as_written(
    words: Sequence[Word], text: str, said: str, spans: Sequence[tuple[int, int, int, int]]
) -> tuple[Word, ...]:
    """Each spoken word's place in the written text; words of one replaced piece become one word."""
    result: list[tuple[int, int, float, float]] = []
    at = 0
    for word in words:
        found = said.find(word.text, at)
        if found < 0:
            continue
        at = found + len(word.text)
        start, end = _place(found, spans, text, said, first=True), _place(at - 1, spans, text, said, first=False)
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]), result[-1][2], word.end_s)
        else:
            result.append((start, end, word.start_s, word.end_s))
    return tuple(Word(text[a:b].strip(), s, e) for a, b, s, e in result if text[a:b].strip())


def _place(position: int, spans: Sequence[tuple[int, int, int, int]], text: str, said: str, *, first: bool) -> int:
    """Index in the written text of a spoken character: exact in plain pieces of equal length, else the piece's edge."""
    for spoken_start, spoken_end, start, end in spans:
        if spoken_start <= position < spoken_end:
            if said[spoken_start:spoken_end].strip() == text[start:end].strip():
                lead = len(said[spoken_start:spoken_end]) - len(said[spoken_start:spoken_end].lstrip())
                written_lead = end - start - len(text[start:end].lstrip())
                offset = start + written_lead + position - spoken_start - lead
                return offset if first else offset + 1
            return start if first else end
    return len(text)

