"""Which product a question is about. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from assets.product import ProductModel
from dialogue.analyser import normal
from dialogue.attributes import asked_attributes
from dialogue.concepts import DENSE
from dialogue.elsewhere import HEAD_FIRST, kinds, other_goods, other_name, sold_kinds, unknown_thing
from dialogue.lexicon import table
from dialogue.name_forms import Span, own_script, stands, unaccented
from dialogue.quantities import unit_named
from dialogue.wording import base_of


@dataclass(frozen=True, slots=True)
class Named:
    """sku: of the product named, None when none is; words: what named it, folded; foreign: the kind of goods that is
    named but not sold here; companion: another thing named beside the product ("laptop"); part: of a product, named."""

    sku: str | None
    words: tuple[str, ...]
    foreign: str | None
    companion: str | None
    parts: tuple[str, ...]


# What stands before the thing that a question is about; "my" and "on" do not.
_ARTICLES = (
    "the|this|that|these|those|your|a|an|any|other|of|about|sell|have|got|is|are|do|does"
    "|el|la|le|les|los|las|un|una|der|die|das|ein|eine"
)

_IT = {"en": "it", "zh": "这个", "ja": "これ", "es": "esto", "fr": "ça", "de": "das", "pt": "isto", "it": "questo", "hi": "यह",
       "ar": "هذا", "ru": "это", "id": "ini", "th": "อันนี้", "vi": "cái này"}

# Articles and the like that go with a product's name.
_BEFORE_NAMES = {
    "en": "the|this|that|these|those|your|a|an", "es": "el|la|los|las|una?|este|est[ao]s?", "fr": "les?|la|l'|ce|cette|une?",
    "de": "der|die|das|den|dem|des|eine?[rnms]?|diese[rsnm]?", "pt": "[oa]s?|uma?|ess[ea]s?|est[ea]s?",
    "it": "il|lo|la|i|gli|le|l'|un[ao]?|quest[oaei]",
    "zh": "[这那](?:个|款|只|把|盏|条|副|块|张)?", "ja": "[このそあ]の"}

# "light" is a lamp behind such words, or in the plural, and else what weighs little.
_LIGHT = re.compile(r"\b(?:the|this|that|these|those|your|desk|night|reading) (?:\w+ )?lights?\b(?! (?:one|weight))|\blights\b")
_NO_PLURALS = ("lighter", "lighten")  # English, and not more than one "light"


class ProductNames:
    """Names of the products on sale, ready to be found in questions of any language."""

    def __init__(self, products: Mapping[str, ProductModel], words: Iterable[str] = (),
                 labels: Mapping[str, str] | None = None) -> None:
        """words: folded ones that the knowledge base uses; a name made of them is no stranger's. labels: names of known
        attributes by language, folded."""
        self._labels = labels or {}
        goods = table("goods")
        self._companions = _words_of(goods["companions"])
        self._parts = [(word, "part") for text in goods["parts"].values() for word in text.split()]
        phrases: dict[str, set[str]] = {}
        sold: set[str] = set()
        for sku, product in products.items():
            for language, name in product.names.items():
                phrases.setdefault(normal(name), set()).add(sku)
                distinct = [w for w in normal(name).split() if len(w) > 3]
                ends = [normal(name)[at:] for at in range(1, len(name) - 2)] if base_of(language) == "zh" else []
                for word in [*distinct[:-1], *ends]:  # a Chinese name is one word: its end names the thing ("海湾休闲椅")
                    if not _usual(word, language):
                        phrases.setdefault(word, set()).add(sku)
            for kind in _kinds_of(product, goods["kinds"]):
                sold.add(kind)
                for word in _all_words(goods["kinds"][kind]):
                    phrases.setdefault(normal(word), set()).add(sku)
                for phrase in _about(product, goods["kinds"][kind]):
                    phrases.setdefault(phrase, set()).add(sku)
        self._sold = sold_kinds(p.names for p in products.values())
        for sku, product in products.items():
            for kind in sold_kinds([product.names]):
                for written in kinds()[kind].values():
                    for word in written:
                        phrases.setdefault(word, set()).add(sku)
        named = {w for product in products.values() for name in product.names.values() for w in normal(name).split()}
        self._known = frozenset(named) | frozenset(words)
        self._phrases = sorted(phrases.items(), key=lambda item: len(item[0]), reverse=True)
        given = sorted({normal(n) for p in products.values() for n in p.names.values()}, key=len, reverse=True)
        self._given = re.compile("|".join(map(re.escape, given)), re.IGNORECASE) if given else None
        self._foreign = _words_of({k: v for k, v in goods["kinds"].items() if k not in sold})
        self._foreign = [(word, kind) for word, kind in self._foreign if word not in phrases]

    def all(self, folded: str, on_show: str | None) -> list[tuple[int, str]]:
        """(place, sku) of every product that a folded question names, one on sale that shares its name with others left out
        unless it is on show."""
        left, found = folded, []
        for phrase, skus in self._phrases:
            if (place := _place(phrase, left)) is None:
                continue
            sku = on_show if on_show in skus else next(iter(skus)) if len(skus) == 1 else None
            if sku is not None:
                found.append((place[0], sku))
            left = _without(left, place)
        return found

    def masked(self, folded: str, named: Sequence[str] = ()) -> str:
        """A folded question with products' full names blanked, place by place: "Quiet Hour" asks neither for noise nor for a
        time. named: other words that name the product, blanked too."""
        left = self._given.sub(lambda found: " " * len(found.group()), folded) if self._given is not None else folded
        for name in named:
            left = left.replace(name, " " * len(name), 1)
        return left

    def nameless(self, text: str, language: str, named: Sequence[str] = ()) -> str:
        """A question as typed with "it" for products' full names: what a name means is not what is asked. named: other words,
        folded, that name the product, with their article ("the desk lamp", "die Lampe")."""
        word, base = _IT.get(base_of(language), _IT["en"]), base_of(language)
        if self._given is not None:
            text = self._given.sub(word, unicodedata.normalize("NFKC", text).replace("’", "'"))
        articles = rf"(?:(?<!\w)(?:{_BEFORE_NAMES[base]})\s*)?" if base in _BEFORE_NAMES else ""
        for name in named:
            edges = ("", "") if base in DENSE else (r"(?<!\w)", r"(?!\w)")
            text = re.sub(rf"{articles}{edges[0]}{re.escape(name)}{edges[1]}", word, text, count=1, flags=re.IGNORECASE)
        return text

    def find(self, folded: str, on_show: str | None, text: str = "", language: str = "en") -> Named:
        """The product that a folded question names, the longest name first; a shared name means the one on show.
        text: the question as typed, for names that only their capitals tell."""
        left, sku, words = folded, None, []
        for phrase, skus in self._phrases:
            if (place := _place(phrase, left)) is not None:
                words.append(left[slice(*place)])
                left = _without(left, place)
                if sku is None:
                    sku = on_show if on_show in skus else sorted(skus)[0] if len(skus) == 1 else None
        foreign = _first_subject(self._foreign, left)
        if sku is None and foreign is None:
            foreign = other_goods(left, language, self._sold, self._labels) or other_name(text, language, self._known) or (
                unknown_thing(left, language, self._known))
        return Named(
            sku, tuple(words), foreign, _first(self._companions, left),
            tuple(word for word, _ in self._parts if _found(word, left)),
        )


def _without(text: str, place: Span) -> str:
    """A text with what stood there blanked wherever it stands, as long as before."""
    named = text[slice(*place)]
    return text.replace(named, " " * len(named)) if named.strip() else text


def _usual(word: str, language: str) -> bool:
    """Whether a word of a name is asked about all goods: "Quiet Hour" is named neither by "how many hours?" nor by "is it
    quiet?", "Halo Desk Lamp" not by a desk."""
    goods = {normal(known) for row in table("goods")["kinds"].values() for known in row.get(base_of(language), "").split()}
    return bool(unit_named(word) or word in goods or asked_attributes(word, language, ()))


def _kinds_of(product: ProductModel, kinds: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The kinds of goods that a product's names speak of: the word that stands last in the name decides, in languages that
    begin with it the first ("lampe de bureau" is no desk)."""
    best: list[str] = []
    for language, name in product.names.items():
        folded = normal(name)
        ends: list[tuple[int, int, str]] = []
        for kind, by_language in kinds.items():
            for word in by_language.get(language.split("-")[0], "").split():
                position = folded.rfind(normal(word))
                if position >= 0 and _found(normal(word), folded):
                    ends.append((position + len(normal(word)), len(word), kind))
        if ends:
            best.append((min(ends) if language.split("-")[0] in HEAD_FIRST else max(ends))[2])
    return list(dict.fromkeys(best))


def _about(product: ProductModel, kind: Mapping[str, str]) -> set[str]:
    """Parts of a product's names that hold a word of its kind and more: "lámpara de escritorio", "desk lamp"."""
    found: set[str] = set()
    for language, name in product.names.items():
        known, held = kind.get(base_of(language), "").split(), normal(name).split()
        for start, end in combinations(range(len(held) + 1), 2):
            if 1 < end - start < len(held) and len(held[end - 1]) > 3 and len(held[start]) > 3 and any(
                    _found(normal(word), one) for word in known for one in held[start:end]):
                found.add(" ".join(held[start:end]))
    return found


def _all_words(by_language: Mapping[str, str]) -> list[str]:
    return [word for text in by_language.values() for word in text.split()]


def _words_of(kinds: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    pairs = [(normal(word), kind) for kind, by_language in kinds.items() for word in _all_words(by_language)]
    return sorted(pairs, key=lambda pair: len(pair[0]), reverse=True)


def _first(pairs: list[tuple[str, str]], folded: str) -> str | None:
    return next((kind for word, kind in pairs if _found(word, folded)), None)


def _first_subject(pairs: list[tuple[str, str]], folded: str) -> str | None:
    """The first kind that the question is about: "the sofa", "你们的沙发", not "on my sofa"."""
    for word, kind in pairs:
        if not _found(word, folded):
            continue
        bare = re.escape(word)
        about = (
            rf"\b(?:{_ARTICLES})\s+(?:\w+\s)?{bare}|{bare}nya\b|^(?:how much (?:is|are)\s+)?{bare}"
            rf"|(?:[这那]\w?|你们?的?|[有卖款件双台把条])\s?{bare}|(?:この|その){bare}"
        )
        if re.search(about, folded):
            return kind
    return None


def _found(word: str, folded: str) -> bool:
    return _place(word, folded) is not None


def _place(word: str, folded: str) -> Span | None:
    """Where a word stands in a text: whole where words have blanks, endings and articles allowed; None for nowhere."""
    if _unspaced(word):
        at = folded.find(word)
        return (at, at + len(word)) if at >= 0 and (len(word) > 1 or _dense_word(word, folded)) else None
    if own_script(word):
        return stands(word, folded)
    if word == "light":
        return _span(_LIGHT.search(folded))
    at = folded.find(word)  # most words are not there: a search for each would be half of an answer's time
    if at >= 0 and (found := re.search(rf"(?<!\w){re.escape(word)}(?:s|es|'s|nya)?(?!\w)", folded)):
        return found.span()  # Indonesian writes "the" behind: "kursinya"
    bare, text = unaccented(word), unaccented(folded)
    if len(word) > 3 and bare in text:
        found = re.search(rf"(?<!\w){re.escape(bare)}(?:s|e|n|en|er|i)?(?!\w)", text)
        if found is not None and found.group() not in _NO_PLURALS:
            return found.span()  # "Rucksäcke", "Lampen", "relogio"
    beside = at >= 0 and any(f"{a}{word}" in folded or f"{word}{a}" in folded for a in _han_around(word, folded))
    return (at, at + len(word)) if beside else None


def _span(found: re.Match[str] | None) -> Span | None:
    return found.span() if found is not None else None


@lru_cache(maxsize=4096)  # a question is held against a thousand words that are always the same
def _unspaced(word: str) -> bool:
    """Of a script that writes no blanks."""
    return not word.isascii() and any(ord(c) > 0x2E7F for c in word)


def _dense_word(word: str, folded: str) -> bool:
    """One Han sign is a product's name only after "this" or as the last word: "这包", not "包邮"."""
    return bool(re.search(rf"[这那款个只把条块][^\W]?{word}(?![邮装裹退换修括])|{word}[的?？]", folded))


def _han_around(word: str, folded: str) -> list[str]:
    """Han signs that touch an ASCII word ("这个iphone吗")."""
    at = folded.find(word)
    around = folded[max(at - 1, 0) : at] + folded[at + len(word) : at + len(word) + 1]
    return [c for c in around if ord(c) > 0x2E7F]


