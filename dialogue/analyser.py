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
_RUN = re.compile(
    r"(?P<han>[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff々ー]+)|(?P<thai>[\u0e00-\u0e7f]+)|(?P<word>[^\W_]+(?:['’][^\W_]+)?)"
)
_ARABIC = re.compile(r"[\u0600-\u06ff]")


def normal(text: str) -> str:
    """NFKC, case folded: the form in which everything is compared."""
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def terms(text: str, language: str) -> list[str]:
    """Search terms in order, repeated as they occur; "©return" is a concept shared by all languages.

    Han and kana give pairs and single signs, Thai gives triples, Arabic words and triples, others stems.
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
            found.append(stem(run, language))
            if _ARABIC.match(run) and len(run) > 3:
                found += [run[i : i + 3] for i in range(len(run) - 2)]
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
            kept.append(stem(run, language))
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
