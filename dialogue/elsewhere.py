"""Whether a question is about something that is not sold here, so that it is not answered of the product on show. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from dialogue.analyser import normal
from dialogue.lexicon import table
from dialogue.wording import base_of

_LATIN = ("en", "es", "fr", "de", "pt", "it", "id", "vi")
# A name of its own: with a number behind it, after an article or "of", or two capitals in a row.
_NUMBERED = re.compile(r"(?<![\w-])([A-ZÀ-Þ][\w-]{2,}) (?:\d{2,}\w*|[A-Z]\d+)\b")
_TWO = re.compile(r"(?<=[\w,] )([A-ZÀ-Þ][a-zà-ÿ]{2,}) [A-ZÀ-Þ][a-zà-ÿ]{2,}")
_OF = re.compile(r"\b(?:the|of|del|de la|du|de l['’]|della|dell['’]|do|da|el|la|le|il|dari|của) ?([A-ZÀ-Þ][a-zà-ÿ]{2,})\b")
_FOREIGN_LETTERS = re.compile(r"(?<![A-Za-z])([A-Z][A-Za-z]{2,})(?: \d+)?")


_ENDINGS = {"en": "s|es", "es": "s|es", "fr": "s|x", "de": "e|en|n|s|es", "it": "i|e", "pt": "s|es", "ru": "ов|ы|у|ой|а|е|ом|и"}
# After an article stands what a question is about: "is the hammock foldable".
_ARTICLE = {
    "en": r"\b(?:the|that|your)\s+(\w{4,})", "de": r"\b(?:der|die|das|den|dem)\s+(\w{4,})",
    "fr": r"\b(?:le|la|du|de la|les)\s+(\w{4,})|\b[ld]['’](\w{4,})", "es": r"\b(?:el|la|los|las|del)\s+(\w{4,})",
    "pt": r"\b(?:o|a|do|da)\s+(\w{4,})", "it": r"\b(?:il|lo|la|del|della)\s+(\w{4,})|\b(?:l|dell)['’](\w{4,})",
}
HEAD_FIRST = ("es", "fr", "pt", "it", "ar", "id", "th", "vi")  # languages in which a name begins with the kind of thing
_NO_LABELS: Mapping[str, str] = {}


@cache
def vocabulary() -> frozenset[str]:
    """Folded words that questions and answers about goods are made of: all of our tables'."""
    tables = ("asks", "asked_words", "attributes", "concepts", "slots", "labels", "stop_words", "goods", "doubts", "wording",
              "units", "chat")
    texts = [text for name in tables for text in _strings(table(name))] + list(_strings(table("elsewhere")["familiar"]))
    return frozenset(word for text in texts for word in re.findall(r"\w{3,}", normal(text)))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def unknown_thing(folded: str, language: str, known: frozenset[str]) -> str | None:
    """What stands after an article, where neither the shop nor our tables know the word or one of its stem."""
    base = base_of(language)
    if base not in _ARTICLE or _matches("deictic", folded, base):
        return None
    for match in re.finditer(_ARTICLE[base], folded):
        word = next(g for g in match.groups() if g)
        if not _familiar(word, known) and not _familiar(word, vocabulary()):
            return word
    return None


@lru_cache(maxsize=1024)
def _familiar(word: str, words: frozenset[str]) -> bool:
    if word in words or word.rstrip("s") in words or f"{word}s" in words:
        return True
    stem = word[: max(4, len(word) - 3)]
    return any(w.startswith(stem) for w in words)


@cache
def goods_words(base: str) -> frozenset[str]:
    """Folded words for goods of any kind in a language, and in English."""
    names = (name for by_language in kinds().values() for tag in (base, "en") for name in by_language.get(tag, ()))
    return frozenset(word for name in names for word in name.split())


@cache
def kinds() -> dict[str, dict[str, tuple[str, ...]]]:
    """kind -> language -> its words, folded, from dialogue/lexicon/elsewhere.toml."""
    read = table("elsewhere")
    return {
        kind: {language: tuple(normal(word.replace("_", " ")) for word in words.split())
               for language, words in zip(read["order"], row.split("|"), strict=True)}
        for kind, row in read["kinds"].items()
    }


def sold_kinds(names: Iterable[Mapping[str, str]]) -> frozenset[str]:
    """The kinds that products' names (by language) speak of: of several the one that stands last, in languages that begin
    with it the first ("lampe de bureau" and "desk lamp" are no desks)."""
    sold: set[str] = set()
    for by_language in names:
        for language, name in by_language.items():
            base, folded = base_of(language), normal(name)
            places = [(folded.find(word), kind) for kind, words in kinds().items() for word in words.get(base, ())
                      if _stands(word, folded, base)]
            head = (min if base in HEAD_FIRST else max)(places, default=(0, ""))[0]
            sold |= {kind for at, kind in places if at == head}
    return frozenset(sold)


def other_goods(folded: str, language: str, sold: frozenset[str], labels: Mapping[str, str] = _NO_LABELS) -> str | None:
    """The kind of goods not sold here that a folded question is about; None when it speaks of what is shown, or of the
    asker's own things. labels: by language, names of known attributes, folded: "bottle pocket" is no bottle."""
    base = base_of(language)
    if _matches("deictic", folded, base):
        return None
    for kind, by_language in kinds().items():
        if kind in sold:
            continue
        for word in dict.fromkeys((*by_language.get(base, ()), *by_language["en"])):
            named = _stands(word, folded, base) and not _stands(word, labels.get(base, ""), base)
            if named and not _beside(word, folded, base):
                return kind
    return None


def other_name(text: str, language: str, known: frozenset[str]) -> str | None:
    """A proper name, as typed, that nothing on sale or written down here bears: a product of somebody else's.

    known: folded words of all names and passages.
    """
    base = base_of(language)
    if _matches("deictic", normal(text), base):
        return None
    patterns = [_FOREIGN_LETTERS] if base not in _LATIN else [_NUMBERED] if base == "de" else [_NUMBERED, _TWO, _OF]
    for pattern in patterns:
        for match in pattern.finditer(text):
            if normal(match[1]) not in known and not match[1].isupper():
                return match[1]
    return None


def _stands(word: str, folded: str, base: str) -> bool:
    """Whether a word stands in a text: whole where words have blanks; Arabic's may carry its article or "for"."""
    if word not in folded:  # most words of most kinds: no pattern need be made for them
        return False
    if base in ("zh", "ja", "th") and not word.isascii():
        return word in folded
    before = r"(?<!\w)(?:[dl]['’]|nell['’]|dell['’])?"
    if base == "ar":
        before = r"(?:(?<!\w)|(?<=\bال)|(?<=\bلل)|(?<=\bبال)|(?<=\bوال))"
    after = rf"(?:{_ENDINGS[base]})?(?!\w)" if base in _ENDINGS else r"(?!\w)"
    after += r"(?![ -](?:safe|proof|suitable|friendly|compatible))" if base == "en" else ""
    return bool(re.search(before + re.escape(word) + after, folded)) or (base not in _LATIN and word.isascii() and word in
                                                                        re.findall(r"[a-z]+", folded))


def _beside(word: str, folded: str, base: str) -> bool:
    """Whether a word names the asker's own thing or a place; Japanese marks what is asked about behind the word."""
    if base == "ja":
        return not re.search(rf"{re.escape(word)}(?:の|は|って|も|が|、)", folded)
    own = table("elsewhere")["own"].get(base)
    return bool(own and re.search(f"(?:{own})(?:[dl]['’])?{re.escape(word)}", folded))


def _matches(kind: str, folded: str, base: str) -> bool:
    pattern = table("elsewhere")[kind].get(base)
    return bool(pattern and re.search(pattern, folded))
