"""German one in the case that its sentence asks for: "kostet einen Euro", "in einem Tag", "für einen Monat", "einen Meter
hoch". Pure."""

from __future__ import annotations

import re

from dialogue.counted_forms import hers
from dialogue.form import Form, form
from dialogue.spoken_words import number_words

_NEUTER = re.compile(
    r"(?:chen|lein|ment|um|nis|jahr|kabel|stück|gerät|set|paar|kilo|gramm|glas|buch|bett|zimmer|haus|licht|fenster|kissen|tuch"
    r"|messer|brett|bild|blatt|kind|produkt|netzteil|modell|regal|sofa|band|fach|netz|öl|handy|tablet|auto|rad|spiel|zelt|schloss"
    r"|besteck|geschirr|bad|ticket|paket|angebot|foto|video|mal|teil|gehäuse|gewinde|ende|pfund|pack|etui|case|display)$")
_DATIVE = "[Ii]n|[Nn]ach|[Mm]it|[Vv]or|[Ss]eit|[Vv]on|[Aa]us|[Bb]ei|[Zz]u|[Aa]b|[Aa]n|[Bb]innen"
_ACCUSATIVE = ("[Pp]asst in|[Pp]assen in|[Ff]ür|[Uu]m|[Oo]hne|[Gg]egen|[Dd]urch|(?:haben|hat|gibt(?: es)?|bekommen|bekommst"
               "|erhalten|erhältst|kaufen|kaufst|enthält|brauchen|brauchst|dauert|hält|gilt)"
               "(?: (?:Sie|wir|du|noch|nur|nur noch))?")
_ONE_DE = r"(?<=\s)1(?=\s(?P<noun>[A-ZÄÖÜ][a-zäöüß]+)(?![\w-]))"
_LISTED_DE = r"(?:\s\d+\s[A-ZÄÖÜ][a-zäöüß]+(?:,| und| oder))*\s$"
_DATIVE_BEFORE = re.compile(rf"(?:^|[\s(])(?:{_DATIVE}){_LISTED_DE}")
_ACCUSATIVE_BEFORE = re.compile(rf"(?:^|[\s(])(?:{_ACCUSATIVE}){_LISTED_DE}")


def _german(match: re.Match[str], base: str) -> str | None:
    before, noun = match.string[: match.start()], match["noun"].lower()
    if _ACCUSATIVE_BEFORE.search(before):
        return None if hers(noun, "de") or _NEUTER.search(noun) else "einen"
    return None if not _DATIVE_BEFORE.search(before) else "einer" if hers(noun, "de") else "einem"


_UNIT = {  # gender, and the word behind one
    "€": "mEuro", "Euro": "mEuro", "EUR": "mEuro", "$": "mDollar", "Dollar": "mDollar", "Cent": "mCent", "l": "mLiter",
    "L": "mLiter", "Liter": "mLiter", "m": "mMeter", "Meter": "mMeter", "cm": "mZentimeter", "Zentimeter": "mZentimeter",
    "mm": "mMillimeter", "Zoll": "mZoll", "kg": "nKilogramm", "Kg": "nKilogramm", "KG": "nKilogramm", "Kilo": "nKilo",
    "Kilogramm": "nKilogramm", "g": "nGramm", "Gramm": "nGramm", "%": "nProzent", "Prozent": "nProzent", "Watt": "nWatt",
    "W": "nWatt", "h": "fStunde", "Std.": "fStunde", "min": "fMinute",
}  # fmt: skip
_UNITS = "|".join(map(re.escape, sorted(_UNIT, key=len, reverse=True)))
_ENDS = {"m": ("ein", "einen", "einem"), "n": ("ein", "ein", "einem"), "f": ("eine", "eine", "einer")}
_FILLED = (r"(?:(?:nur|noch|bloß|genau|gerade|mal|jetzt|etwa|rund|circa|ca\.|das|dies|der|die|Sie|wir|ihr|du|ich|er|sie"
           r"|es|insgesamt|fast|knapp|gut|schon|lediglich|derzeit|aktuell|pro Stück|dann|mindestens|höchstens|maximal)\s)*$")
_PAID = re.compile(r"(?:^|[\s(])(?:[Kk]oste(?:t|n|te|ten)|[Ff]ür|[Uu]m|[Oo]hne|[Gg]egen|[Jj]e|[Ss]par(?:e|st|t|en)"
                   r"|[Zz]ahl(?:e|st|t|en)|[Bb]ezahl(?:e|st|t|en)|[Bb]eträgt|[Bb]etragen|[Ww]ieg(?:t|en)|[Ff]ass(?:t|en)|[Mm]isst"
                   r"|[Mm]essen|[Hh]ält|[Dd]auert|[Hh]at|[Ee]nthält|[Ll]iefert|[Vv]erbraucht|[Bb]ekomm(?:t|en)|[Ee]rhalten"
                   rf"|[Kk]assiert)\s{_FILLED}")
_FROM = re.compile(r"(?:^|[\s(])(?:[Mm]it|[Vv]on|[Bb]ei|[Nn]ach|[Ss]eit|[Aa]b|[Aa]us|[Ii]n|[Uu]nter|[Vv]or|[Zz]u|[Ss]tatt)"
                   rf"\s{_FILLED}")
_ADVERB = re.compile(r"\s(?:hoch|breit|lang|tief|dick|weit|groß|schwer|günstiger|billiger|teurer|weniger|mehr|länger|kürzer"
                     r"|leichter|höher|breiter)\b")


def _one_measure(match: re.Match[str], base: str) -> str:
    """"kostet einen Euro", "mit einem Kilogramm", "einen Meter hoch"."""
    before, unit = match.string[: match.start()], _UNIT[match["unit"]]
    governed = _PAID.search(before) or _ADVERB.match(match.string, match.end())
    wants = 2 if _FROM.search(before) else 1 if governed else 0
    part = f" {number_words(str(int(match['part'])), 'de')}" if match["part"] and int(match["part"]) else ""
    return f"{_ENDS[unit[0]][wants]} {unit[1:]}{part}"


GERMAN_CASES: tuple[Form, ...] = (
    form("de", rf"(?<![\w.,:/$€-])1(?:,(?P<part>\d\d)(?=\s?€|\s?Euro|\s?m\b|\s?Meter\b))?\s?(?P<unit>{_UNITS})(?![\w²³/])",
         _one_measure),
    form("de", _ONE_DE, _german),
    form("de", r"(?<![\w.,])1(?=-[A-ZÄÖÜ][a-zäöüß]+-)", "ein"), form("de", r"(?<=\d)-€-(?=[A-ZÄÖÜ])", "-Euro-"),
    form("de", r"(?<![\w.,])(?P<n>[2-9]|1\d|20)er(?=-(?:Pack|Set|Karton|Box|Bündel)\b)",
         lambda m, base: f"{number_words(m['n'], 'de')}er"),
    form("de", r"(?<=\b[Zz]um )1/2(?= [A-ZÄÖÜ])", "halben"),
)
