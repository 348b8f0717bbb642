"""Thai as it is read: words found by BudouX (Apache-2.0), syllables by Thai spelling, each with its tone. espeak-ng's own
rules for Thai read hardly a word rightly; its Thai sounds are good.

The spelling: vowels stand before, over, under, after or around their consonant, short o and a are not written; the tone
follows from the class of the first consonant, its mark, the length and the end of the syllable. Of all ways to cut a word
into syllables the one that leaves fewest vowels unwritten is taken. What is spelled against these rules and said often in a
shop is in thai_words.toml. Not known: other irregular words, most of them Indian loans.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dialogue.adapters.japanese import Reading

# espeak's names of its Thai phonemes: before a vowel, after one.
_INITIAL = {
    "ก": "k", "ข": "kh", "ฃ": "kh", "ค": "kh", "ฅ": "kh", "ฆ": "kh", "ง": "N", "จ": "tS;", "ฉ": "tSh",
    "ช": "tSh", "ซ": "s", "ฌ": "tSh", "ญ": "j", "ฎ": "d", "ฏ": "t", "ฐ": "th", "ฑ": "th", "ฒ": "th",
    "ณ": "n", "ด": "d", "ต": "t", "ถ": "th", "ท": "th", "ธ": "th", "น": "n", "บ": "b", "ป": "p",
    "ผ": "ph", "ฝ": "f", "พ": "ph", "ฟ": "f", "ภ": "ph", "ม": "m", "ย": "j", "ร": "r", "ล": "l",
    "ว": "w", "ศ": "s", "ษ": "s", "ส": "s", "ห": "h", "ฬ": "l", "อ": "?", "ฮ": "h",
}  # fmt: skip
_FINAL = {**dict.fromkeys("กขคฆ", "k"), **dict.fromkeys("จชซฌฎฏฐฑฒดตถทธศษส", "t"), **dict.fromkeys("ญณนรลฬ", "n"),
          **dict.fromkeys("บปพฟภ", "p"), "ง": "N", "ม": "m", "ย": "j", "ว": "w"}
_MID, _HIGH, _SONORANT = frozenset("กจฎฏดตบปอ"), frozenset("ขฃฉฐถผฝศษสห"), frozenset("งญนมยรลว")
_PLAIN, _LOW, _FALLING, _HIGHER, _RISING = "3", "2", "1", "4", "5"  # espeak's names of the five tones
_MARK = {"่": (_LOW, _FALLING), "้": (_FALLING, _HIGHER), "๊": (_HIGHER, _HIGHER), "๋": (_RISING, _RISING)}  # mid and high, low
_CLUSTER = "กร|กล|กว|ขร|ขล|ขว|คร|คล|คว|ตร|ปร|ปล|ผล|พร|พล|บร|บล|ดร|ฟร|ฟล|ห[งญนมยรลว]"
_C = f"(?P<c>{_CLUSTER}|อย(?=[\u0e39\u0e48\u0e32])|(?!{_CLUSTER})[ก-รลว-ฮ])"  # not half a cluster
_ONE = "(?P<c>[ก-รลว-ฮ])"
_T = "(?P<t>[่้๊๋]?)"
_F = "(?P<f>[กขคฆงจชซฌญฎฏฐฑฒณดตถทธนบปพฟภมยรลวศษสฬ](?![ะาำิีึืุูั็]))"
_MUTE = "(?P<f>[ตท])[ิุ]$"  # ชาติ, เหตุ: an end that is not said
# How a syllable is spelled, its vowel, its length, what ends it besides what is written, and the price of reading it so.
_SHAPES = """
เ{c}ี{t}ย{f} i:a long - 1 | เ{c}ี{t}ย i:a long - 1 | เ{c}ื{t}อ{f} W:a long - 1
เ{c}ื{t}อ W:a long - 1 | {c}ั{t}วะ ua short - 1 | {c}ั{t}ว u:a long - 1 | เ{c}{t}าะ O short - 1
เ{c}{t}า a short w 1 | เ{c}{t}อะ @ short - 1 | เ{c}{t}อ{f} @: long - 1.2 | เ{c}{t}อ @: long - 1
เ{c}ิ{t}{f} @: long - 1 | เ{c}{t}ย @: long j 1 | เ{c}{t}ะ e short - 1 | เ{c}็{f} e short - 1
เ{c}{t}{f} e: long - 1 | เ{c}{t} e: long - 1.3 | เ{c}{t}{m} e: long - 0.9 | แ{c}{t}ะ E short - 1
แ{c}็{f} E short - 1 | แ{c}{t}{f} E: long - 1 | แ{c}{t} E: long - 1.4 | โ{c}{t}ะ o short - 1
โ{c}{t}{f} o: long - 1 | โ{c}{t} o: long - 1.2 | ไ{c}{t}ย? a short j 1 | ใ{c}{t} a short j 1
{c}{t}ำ a short m 1 | {c}{t}ะ a short - 1 | {c}ั{t}{f} a short - 1 | {c}{t}า{f} a: long - 1
{c}{t}า a: long - 1.1 | {c}{t}า{m} a: long - 0.9 | {c}ิ{t}{f} i short - 1 | {c}ิ{t} i short - 1.1
{c}ี{t}{f} i: long - 1 | {c}ี{t} i: long - 1.1 | {c}ึ{t}{f} W short - 1 | {c}ึ{t} W short - 1.1
{c}ื{t}{f} W: long - 1 | {c}ื{t}อ? W: long - 1 | {c}ุ{t}{f} u short - 1 | {c}ุ{t} u short - 1.1
{c}ู{t}{f} u: long - 1 | {c}ู{t} u: long - 1.1 | {c}็{t}อ{f} O short - 1 | {c}{t}อ{f} O: long - 1
{c}{t}อ O: long - 1.2 | {c}{t}ว{f} u:a long - 1 | {c}รร{f} a short - 1 | {c}รร a short n 1
{one}{t}ร$ O: long n 1.34 | {c}{t}{f} o short - 1.35 | {one}(?!$) a short - 2.2 | {one}$ O: long - 3
ฤ rW short - 1.5 | ฤๅ rW: long - 1.5
"""
_ROWS = [tuple(row.split()) for line in _SHAPES.strip().splitlines() for row in line.split(" | ")]


def _patterns(onset: str, more: float) -> list[tuple[re.Pattern[str], str, bool, str, float]]:
    """The rows with `onset` for their first consonants, dearer by `more`."""
    return [(re.compile(shape.format(c=onset, one=_ONE, t=_T, f=_F, m=_MUTE)), vowel, long == "long", end.strip("-"),
             float(price) + more)
            for shape, vowel, long, end, price in _ROWS]


_PATTERNS = [*_patterns(_C, 0.0), *_patterns(_ONE, 0.3)]  # the letters of a cluster may belong to two syllables
_ALONE = f"{_ONE}(?!$)"  # nothing is written after it: a short a
_SILENCED = re.compile(r"(?:[ทตด]ร|[ก-รลว-ฮ])[ิุ]?์")  # with the sign of silence over it
_THAI = re.compile(r"[\u0e00-\u0e7f]+")
_BEFORE = frozenset("เแโไใ")


@dataclass(frozen=True, slots=True)
class Syllable:
    """onset: its consonants as written; final: espeak's name, "" for none; hidden: its vowel is not written, and short a."""

    onset: str
    vowel: str
    long: bool
    mark: str
    final: str
    hidden: bool


def thai_words(text: str) -> list[Reading]:
    """Each word as written and as espeak reads it in phoneme mode ("[[wan3]]"); joined, the written ones are the text.
    Other scripts stay as they are, with the blanks around them."""
    out: list[Reading] = []
    for part in re.split(r"(\s+)", text):
        if part.isspace() and out:
            out[-1] = (out[-1][0] + part, out[-1][1])
            continue
        at = 0
        for run in _THAI.finditer(part):
            if run.start() > at:
                out.append((part[at : run.start()], part[at : run.start()]))
            out += [(word, phonemes(word)) for word in words_in(run.group())]
            at = run.end()
        if at < len(part):
            out.append((part[at:], part[at:]))
    return out


@lru_cache(maxsize=1)
def _parser() -> Any:
    import budoux

    return budoux.load_default_thai_parser()


def words_in(run: str) -> list[str]:
    """A stretch of Thai letters cut into words or phrases."""
    return [word for word in _parser().parse(run) if word]


@lru_cache(maxsize=1)
def irregular() -> dict[str, str]:
    """Words and their syllables as they would be spelled by rule, with "-" between them; longest first."""
    table = tomllib.loads(Path(__file__).with_name("thai_words.toml").read_text(encoding="utf-8"))["said"]
    return dict(sorted(table.items(), key=lambda item: -len(item[0])))


def phonemes(word: str) -> str:
    """In espeak's phoneme mode, "" for signs that are not said."""
    syllables = [s for part in _regular(word) for s in syllables_of(part)]
    said = []
    for i, one in enumerate(syllables):
        led = i > 0 and syllables[i - 1].hidden and one.onset[0] in _SONORANT and len(one.onset) == 1
        said.append(_spelled(one, syllables[i - 1].onset[0] if led else one.onset[0]))
    return f"[[{''.join(said)}]]" if said else ""


def _regular(word: str) -> list[str]:
    """Stretches that are spelled by rule."""
    text = unicodedata.normalize("NFC", word).replace("ํา", "ำ").replace("เเ", "แ").replace("ฯ", "")
    text = re.sub(r"(.+)ๆ", r"\1-\1", text)
    for written, said in irregular().items():
        text = text.replace(written, f"-{said}-")
    return [part for part in _SILENCED.sub("", text).split("-") if part]


@lru_cache(maxsize=4096)
def syllables_of(word: str) -> tuple[Syllable, ...]:
    """The cheapest way to read a word. A letter that fits nowhere is passed over."""
    best: list[tuple[float, tuple[Syllable, ...]] | None] = [None] * (len(word) + 1)
    best[0] = (0.0, ())
    for at in range(len(word)):
        here = best[at]
        if here is None:
            continue
        for end, price, one in [*_starting(word, at), (at + 1, 6.0, None)]:
            total = here[0] + price
            there = best[end]
            if there is None or total < there[0] - 1e-9:
                best[end] = (total, (*here[1], one) if one else here[1])
    found = best[-1]
    return found[1] if found else ()


def _starting(word: str, at: int) -> list[tuple[int, float, Syllable]]:
    out = []
    for pattern, vowel, long, end, price in _PATTERNS:
        match = pattern.match(word, at)
        if match is None:
            continue
        parts = match.groupdict()
        onset = parts.get("c") or "ร"
        final = end or _FINAL.get(parts.get("f") or "", "")
        out.append((match.end(), price, Syllable(onset, vowel, long, parts.get("t") or "", final, pattern.pattern == _ALONE)))
    return out


def _spelled(one: Syllable, leader: str) -> str:
    onset = one.onset[1:] if len(one.onset) == 2 and (one.onset[0] == "ห" or one.onset == "อย") else one.onset
    sounds = "" if one.vowel.startswith("r") else "".join(_INITIAL[c] for c in onset)
    return f"{sounds}{one.vowel}{one.final}{tone_of(one, leader)}"


def tone_of(one: Syllable, leader: str) -> str:
    """By the class of the first consonant, the mark, and how the syllable ends."""
    middle, high = leader in _MID, leader in _HIGH
    if one.mark:
        return _MARK[one.mark][0 if middle or high else 1]
    if one.final in ("p", "t", "k") or not (one.long or one.final):
        return _LOW if middle or high else _FALLING if one.long else _HIGHER
    return _RISING if high else _PLAIN
