"""Japanese for voices that cannot read kanji: words with their readings in katakana, and katakana as phones.

Readings are Janome's (Apache-2.0, with the IPA dictionary). Only ever loaded in a voice's own process.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from avatar.speech import Word
from dialogue.adapters.timeline import SpokenWord

Reading = tuple[str, str]  # as written, and in katakana; Latin words keep their letters
_HIRAGANA = re.compile(r"[\u3041-\u3096]")
_KANA = re.compile(r"[\u30a1-\u30faー]")
_NUMBER = re.compile(r"[〇零一二三四五六七八九十百千万億点]+")
_LATIN = re.compile(r"[A-Za-z]+")
# Parts of speech that begin a word of their own; the rest leans on the word before it.
_HEADS = ("名詞", "動詞", "形容詞", "副詞", "連体詞", "接頭詞", "感動詞", "接続詞")
_LEANING = ("接尾", "非自立")
_DIGITS = ("ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー")
_VALUES = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_HUNDREDS = {3: "サンビャク", 6: "ロッピャク", 8: "ハッピャク", 1: "ヒャク"}
_THOUSANDS = {3: "サンゼン", 8: "ハッセン", 1: "セン"}
_LETTER_NAMES = """エー ビー シー ディー イー エフ ジー エイチ アイ ジェー ケー エル エム エヌ オー ピー キュー アール エス
ティー ユー ブイ ダブリュー エックス ワイ ゼット"""
_LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER_NAMES.split(), strict=True))
# Small numbers with the counters of a shop, where sounds change.
_COUNTED = {"一個": "イッコ", "六個": "ロッコ", "八個": "ハッコ", "十個": "ジュッコ", "一本": "イッポン",
            "三本": "サンボン", "六本": "ロッポン",
            "八本": "ハッポン", "十本": "ジュッポン", "一冊": "イッサツ", "一杯": "イッパイ", "三杯": "サンバイ",
            "一人": "ヒトリ", "二人": "フタリ",
            "一つ": "ヒトツ", "二つ": "フタツ", "三つ": "ミッツ", "四時": "ヨジ", "七時": "シチジ", "九時": "クジ",
            "四月": "シガツ", "七月": "シチガツ",
            "九月": "クガツ", "一日": "ツイタチ", "二日": "フツカ", "三日": "ミッカ", "四日": "ヨッカ",
            "五日": "イツカ", "六日": "ムイカ", "七日": "ナノカ",
            "八日": "ヨウカ", "九日": "ココノカ", "十日": "トオカ", "二十日": "ハツカ", "一分": "イップン",
            "三分": "サンプン", "十分": "ジュップン",
            "四円": "ヨエン", "四人": "ヨニン", "一階": "イッカイ", "三階": "サンガイ", "一週間": "イッシュウカン"}
_COUNTERS = {"年": "ネン", "月": "ガツ", "日": "ニチ", "時": "ジ", "分": "フン", "秒": "ビョー", "個": "コ",
             "本": "ホン", "冊": "サツ", "杯": "ハイ",
             "人": "ニン", "円": "エン", "階": "カイ", "枚": "マイ", "台": "ダイ", "回": "カイ", "週間": "シューカン",
             "時間": "ジカン", "歳": "サイ",
             "位": "イ", "点": "テン", "番": "バン", "種類": "シュルイ", "色": "ショク", "度": "ド", "倍": "バイ",
             "割": "ワリ", "名": "メー"}
_ONCE_ONLY = frozenset("日つ")  # whose odd readings hold for the small number alone
_COUNTER = "|".join(sorted(map(re.escape, _COUNTERS), key=len, reverse=True))


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    from janome.tokenizer import Tokenizer  # type: ignore[import-untyped]

    return Tokenizer()


def readings(text: str) -> list[Reading]:
    """Words in order; the written ones joined are the text, signs and blanks at the ends of words included."""
    out: list[Reading] = []
    for part, said in _numbers(text):
        if said is not None:
            out.append((part, said))
            continue
        open_ = False  # whether the next token leans on the last word
        for token in _tokenizer().tokenize(part):
            kind, detail = token.part_of_speech.split(",")[:2]
            kana = _kana(token.surface, token.phonetic)
            leans = bool(out) and (open_ or kind not in _HEADS or detail in _LEANING or not kana)
            if leans:
                out[-1] = (out[-1][0] + token.surface, out[-1][1] + (" " if _LATIN.search(kana) else "") + kana)
            else:
                out.append((token.surface, kana))
            open_ = kind == "接頭詞"
    return _without_gaps(text, out)


def _without_gaps(text: str, words: list[Reading]) -> list[Reading]:
    """Blanks that the tokenizer dropped go with the word before them."""
    out: list[Reading] = []
    at = 0
    for i, (written, kana) in enumerate(words):
        start = text.find(written, at)
        if start < 0:
            continue
        following = words[i + 1][0] if i + 1 < len(words) else ""
        end = text.find(following, start + len(written)) if following else len(text)
        out.append((text[start : end if end >= 0 else start + len(written)], kana))
        at = start + len(written)
    return out


def _numbers(text: str) -> list[tuple[str, str | None]]:
    """Numbers and counted things with their readings; None for the text between."""
    out: list[tuple[str, str | None]] = []
    at = 0
    for match in re.finditer(rf"(?P<number>{_NUMBER.pattern})(?P<counter>つ|{_COUNTER})?", text):
        said = _counted(match["number"], match["counter"] or "")
        if said is None:
            continue
        if match.start() > at:
            out.append((text[at : match.start()], None))
        out.append((match.group(), said))
        at = match.end()
    return [*out, (text[at:], None)] if at < len(text) else out


def _counted(number: str, counter: str) -> str | None:
    if not counter:
        return number_kana(number)
    if (whole := _COUNTED.get(number + counter)) is not None:
        return whole
    odd = _COUNTED.get(number[-1] + counter)
    if odd is not None and counter not in _ONCE_ONLY and number[-1] + counter not in ("一人", "二人"):
        return (_grouped(number[:-1]) if number[:-1] else "") + odd
    said = number_kana(number) or ("" if counter == "つ" else _grouped(number))
    return said + _COUNTERS[counter] if said and counter in _COUNTERS else None


def number_kana(written: str) -> str | None:
    """A number in kanji as it is said: 三百 is サンビャク. None for what is no number; a single kanji may be part of a word."""
    whole, _, part = written.partition("点")
    if not whole or (len(written) == 1 and written not in _VALUES) or written in ("一", "十", "千", "万"):
        return None
    if all(c in _VALUES for c in whole) and len(whole) > 1:
        said = "".join(_DIGITS[_VALUES[c]] for c in whole)
    else:
        said = _grouped(whole)
    if part:
        said = re.sub("イチ$", "イッ", re.sub("ハチ$", "ハッ", re.sub("ジュー$", "ジュッ", said)))
    return said + ("テン" + "".join(_DIGITS[_VALUES[c]] for c in part if c in _VALUES) if part else "")


def _grouped(whole: str) -> str:
    out, rest = "", whole
    for unit, name in (("億", "オク"), ("万", "マン")):
        if unit in rest:
            head, _, rest = rest.partition(unit)
            out += (_below_10000(head) or "イチ") + name
    return out + (_below_10000(rest) if rest else "") or "ゼロ"


def _below_10000(kanji: str) -> str:
    out, digit = "", 1
    for sign in kanji:
        if sign in _VALUES:
            digit = _VALUES[sign]
            continue
        if sign == "千":
            out += _THOUSANDS.get(digit, _DIGITS[digit] + "セン")
        elif sign == "百":
            out += _HUNDREDS.get(digit, _DIGITS[digit] + "ヒャク")
        else:
            out += ("" if digit == 1 else _DIGITS[digit]) + "ジュー"
        digit = 0
    if kanji and kanji[-1] in _VALUES and digit:
        out += _DIGITS[digit]
    return out


def _kana(surface: str, phonetic: str) -> str:
    if phonetic not in ("*", "") and _KANA.search(phonetic):
        return "".join(c for c in phonetic if _KANA.match(c))
    if _LATIN.search(surface):
        return "".join(_LETTERS.get(c, "") for c in surface) if surface.isupper() and len(surface) <= 4 else surface
    return "".join(c if _KANA.match(c) else chr(ord(c) + 0x60) for c in surface if _KANA.match(c) or _HIRAGANA.match(c))


def written_words(spoken: Sequence[Word], said: str, read: Sequence[Reading]) -> tuple[Word, ...]:
    """The words of speech over `said`, the readings joined by blanks, as they are written."""
    starts: list[int] = []
    at = 0
    for _, kana in read:
        starts.append(at)
        at += len(kana) + 1
    out: list[tuple[int, Word]] = []
    at = 0
    for word in spoken:
        found = said.find(word.text, at)
        if found < 0:
            continue
        at = found + len(word.text)
        index = bisect(starts, found) - 1
        if out and out[-1][0] == index:
            out[-1] = (index, Word(out[-1][1].text, out[-1][1].start_s, word.end_s))
        else:
            out.append((index, Word(read[index][0].strip(), word.start_s, word.end_s)))
    return tuple(word for _, word in out)


_VOWELS = {"ア": "a", "イ": "i", "ウ": "ɯ", "エ": "e", "オ": "o"}
_ROWS = {"カキクケコ": "k", "ガギグゲゴ": "ɡ", "サシスセソ": "s", "ザジズゼゾ": "z", "タチツテト": "t",
         "ダヂヅデド": "d", "ナニヌネノ": "n",
         "ハヒフヘホ": "h", "バビブベボ": "b", "パピプペポ": "p", "マミムメモ": "m", "ラリルレロ": "ɾ"}
_OWN = {"シ": ("ɕ", "i"), "ジ": ("dʑ", "i"), "チ": ("tɕ", "i"), "ヂ": ("dʑ", "i"), "ツ": ("ts", "ɨ"), "ヅ": ("z", "ɨ"),
        "ス": ("s", "ɨ"), "ズ": ("z", "ɨ"), "フ": ("ɸ", "ɯ"),
        "ヒ": ("ç", "i"), "ヤ": ("j", "a"), "ユ": ("j", "ɯ"), "ヨ": ("j", "o"), "ワ": ("w", "a"), "ヲ": ("o",),
        "ヴ": ("v", "ɯ")}
_SMALL = {"ャ": "a", "ュ": "ɯ", "ョ": "o", "ァ": "a", "ィ": "i", "ゥ": "ɯ", "ェ": "e", "ォ": "o"}
_HUSHING = ("ɕ", "dʑ", "tɕ", "j", "ç")


def kana_phones(kana: str) -> tuple[str, ...]:
    """IPA phones of a word in katakana: キャ is kʲ a; ッ holds, ー lengthens, ン takes the place of what follows."""
    out: list[str] = []
    for sign in kana:
        if sign in _SMALL:
            _small(out, sign)
        elif sign == "ー":
            if out and out[-1][-1] in "aiɯɨeo":
                out[-1] += "ː"
        elif sign == "ッ":
            out.append("ʔ")
        elif sign == "ン":
            out.append("ɴ")
        elif (mora := _mora(sign)) is not None:
            _nasal(out, mora[0])
            out += mora
    return tuple(out)


def _mora(sign: str) -> tuple[str, ...] | None:
    if sign in _VOWELS:
        return (_VOWELS[sign],)
    if sign in _OWN:
        return _OWN[sign]
    for row, consonant in _ROWS.items():
        if sign in row:
            vowel = "aiɯeo"[row.index(sign)]
            return (consonant + ("ʲ" if vowel == "i" else ""), vowel)
    return None


def _small(out: list[str], sign: str) -> None:
    """A small kana takes the vowel's place: シャ, ファ, ティ."""
    vowel = _SMALL[sign]
    if len(out) < 2 or out[-1] not in "aiɯɨeo":
        out.append(vowel)
        return
    before = out[-2]
    if sign in "ャュョ" and before not in _HUSHING and not before.endswith("ʲ"):
        out[-2] = before + "ʲ"
    out[-1] = vowel


def _nasal(out: list[str], following: str) -> None:
    if out and out[-1] == "ɴ":
        place = following[0]
        out[-1] = "m" if place in "pbm" else "ŋ" if place in "kɡ" else "n" if place in "tdnszɾ" else "ɴ"


def japanese_words(text: str) -> list[SpokenWord]:
    """Words of a Japanese text with their phones; Latin words have none."""
    return [(written, kana_phones(kana)) for written, kana in readings(text)]
