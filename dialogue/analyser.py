"""Text as search terms in fourteen languages, with no dictionary: stems, character pairs and shared concepts. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from dialogue.concepts import concepts_in, without_phrases
from dialogue.lexicon import table

_STEMMERS = {"en": "english", "es": "spanish", "fr": "french", "de": "german", "pt": "portuguese", "it": "italian",
             "hi": "hindi", "ar": "arabic", "ru": "russian", "id": "indonesian", "tr": "turkish", "el": "greek",
             "nl": "dutch", "sv": "swedish", "da": "danish", "no": "norwegian", "fi": "finnish", "hu": "hungarian",
             "ro": "romanian", "ca": "catalan"}
# Signs that are written to a letter, without which a word falls apart: \w knows the letters of Hindi, not their vowels.
_MARKS = ("\\u0300-\\u036f\\u0591-\\u05c7\\u0610-\\u061a\\u0640\\u064b-\\u065f\\u0670"
          "\\u0900-\\u0963\\u0970-\\u0dff\\u200c\\u200d")
_LETTER = rf"(?:[^\W_]|[{_MARKS}])"
_RUN = re.compile(
    r"(?P<han>[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff々ー]+)|(?P<thai>[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+)"
    rf"|(?P<word>[^\W_]{_LETTER}*(?:['’]{_LETTER}+)?)"
)
_ARABIC, _HANGUL = re.compile(r"[\u0600-\u06ff]"), re.compile(r"[\uac00-\ud7a3]")
# What writers put or leave out: Arabic vowels and the stretch, forms of alef; the dot under Hindi letters, the moon above
# them; joiners; the dot that folding a Turkish I leaves behind.
_SPELT = str.maketrans("أإآٱىँ", "ااااي\u0902", "\u0640\u0670\u093c\u0307\u200c\u200d"
                       + "".join(map(chr, (*range(0x064B, 0x0660), *range(0x0610, 0x061B), *range(0x0591, 0x05C8)))))

_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_UNWRITTEN = re.compile("[\u0640\u064b-\u0652\u0670]")


def normal(text: str) -> str:
    """NFKC, case folded, without the vowels and stretches of Arabic: the form in which everything is compared."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    # NFKC takes Thai's "am" apart, and many type its ring before the tone: it is one sign as keyboards and lexicons have it.
    return folded if folded.isascii() else _UNWRITTEN.sub("", _AM.sub("\\1\u0e33", folded))


def terms(text: str, language: str) -> list[str]:
    """Search terms in order, repeated as they occur; "©return" is a concept shared by all languages.

    Han and kana give pairs and single signs, Thai (and what else is written without blanks) triples, Arabic words and
    triples, Korean words and pairs, others stems.
    """
    folded = normal(text)
    found: list[str] = [f"©{name}" for name in concepts_in(folded, language)]
    for match in _RUN.finditer(folded):
        run = match.group()
        if match.group("han"):
            found += [run[i : i + 2] for i in range(len(run) - 1)]
            found += list(run)
        elif match.group("thai"):
            found += [run[i : i + 3] for i in range(max(len(run) - 2, 1))]
        else:
            plain = run.translate(_SPELT)
            found.append(stem(plain, language))
            if _ARABIC.match(plain) and len(plain) > 3:
                found += [plain[i : i + 3] for i in range(len(plain) - 2)]
            elif _HANGUL.match(plain):  # particles are written to the word
                found += [plain[i : i + 2] for i in range(len(plain) - 1)]
    return found


def content_terms(text: str, language: str) -> list[str]:
    """The terms that carry meaning: without stop words, single Han signs and the signs of question words."""
    base = language.split("-")[0]
    stops = _stop_words(base)
    folded = normal(text)
    kept: list[str] = [f"©{name}" for name in concepts_in(folded, language)]
    for match in _RUN.finditer(without_phrases(folded, language)):
        run = match.group()
        if match.group("han"):
            for stop in sorted(stops, key=len, reverse=True):
                run = run.replace(stop, " ")
            for part in run.split():
                kept += [part[i : i + 2] for i in range(len(part) - 1)]
        elif match.group("thai"):
            kept += [run[i : i + 3] for i in range(max(len(run) - 2, 1))]
        elif run not in stops and run.split("'")[0] not in stops:
            kept.append(stem(run.translate(_SPELT), language))
    return kept


def stem(word: str, language: str) -> str:
    """The stem of one folded word; words of other scripts and languages without a stemmer stay as they are."""
    base = language.split("-")[0]
    if word.isascii() and base not in _STEMMERS:
        base = "en"  # English words inside Chinese, Japanese, Thai
    stemmer = _stemmer(base)
    bare = word.removesuffix("'s")
    return stemmer.stemWord(bare) if stemmer is not None else bare


@cache
def _stemmer(base: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(_STEMMERS[base]) if base in _STEMMERS else None


@cache
def _stop_words(base: str) -> frozenset[str]:
    written = str(table("stop_words").get(base, ""))
    if base == "vi":  # chats leave the accents out
        bare = unicodedata.normalize("NFD", written.replace("đ", "d"))
        written += " " + "".join(sign for sign in bare if not unicodedata.combining(sign)) + " ko k dc"
    return frozenset(written.split())
