"""How well a passage answers a question, 0..1, and the hard checks that no similarity outvotes. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from assets.knowledge import Passage
from dialogue.analyser import content_terms, normal
from dialogue.concepts import bounded
from dialogue.grounding import sums_of_money
from dialogue.lexicon import table
from dialogue.quantities import has_number, has_time
from dialogue.retrieval import indexed_text
from dialogue.wording import base_of

CONCEPT_WEIGHT = 2.0  # "return" in whatever words says more than one stem
UNKNOWN_WEIGHT = 1.0  # of the rarest term: words the shop never uses speak against every passage
_HAN_PAIR_WEIGHT = 0.6  # pairs overlap and straddle words
FREE = re.compile(r"free|gratis|kostenlos|gratuit|offert|grátis|免费|包邮|無料|मुफ़्त|مجان|бесплатн|ฟรี|miễn phí"
                   r"|charge|discount|%|refund")
_OPENERS = re.compile(r"^(?:hi|hello|hey|请问|你好|主播|hola|bonjour|hallo)[\s,!，。！]*")


def wants(slot: str, folded: str, language: str) -> bool:
    """Whether a question has the slot ("wh", "number", "time", "price", ...) of dialogue/lexicon/slots.toml."""
    row = table("slots")[slot]
    tags = dict.fromkeys((base_of(language), "en")) if base_of(language) not in row else (base_of(language),)
    bare = _OPENERS.sub("", folded)
    strict = slot == "wh"  # "que" is no "qué"
    return any(re.search(bounded(row[tag], tag, accents=strict and tag != "vi"), bare) for tag in tags if tag in row)


class Weights:
    """How telling each term is, from the passages themselves."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        counts: Counter[str] = Counter()
        for passage in passages:
            counts.update(set(content_terms(indexed_text(passage), passage.language)))
        total = max(len(passages), 1)
        self._weights = {term: math.log(1 + total / count) for term, count in counts.items()}
        self._rarest = math.log(1 + total) * UNKNOWN_WEIGHT

    def of(self, term: str) -> float:
        """> 0; concepts count CONCEPT_WEIGHT times."""
        if term.startswith("©"):
            return CONCEPT_WEIGHT * max(self._weights.get(term, self._rarest), 1.0)
        weight = self._weights.get(term, self._rarest)
        return weight * (_HAN_PAIR_WEIGHT if ord(term[0]) > 0x2E7F else 1.0)

    def covered(self, wanted: Iterable[str], held: Iterable[str]) -> float:
        """The share of `wanted`'s weight that stands in `held`, 0..1; 0 when nothing is wanted."""
        wanted, held = set(wanted), set(held)
        total = sum(self.of(term) for term in wanted)
        return sum(self.of(term) for term in wanted & held) / total if total else 0.0


@lru_cache(maxsize=20_000)
def _held(passage: Passage) -> frozenset[str]:
    return frozenset(content_terms(indexed_text(passage), passage.language))


@lru_cache(maxsize=20_000)
def _asked(passage: Passage) -> frozenset[str]:
    return frozenset(content_terms(passage.question or "", passage.language))


def match(question: Sequence[str], passage: Passage, weights: Weights, ignored: frozenset[str], cross: bool) -> float:
    """How well `passage` fits the question's content terms, 0..1.

    ignored: terms of the product's names, which say nothing of what is asked; cross: the passage is in another
    language, so only concepts can meet.
    """
    wanted = {t for t in question if t not in ignored}
    if cross:
        shared = {t for t in wanted if t.startswith("©")}
        if not shared:
            return 0.0
        # Both ways: "within 30 days of delivery" touches delivery, but is not about it. Its own question says it best.
        sides = [(held, {t for t in held if t.startswith("©")}) for held in (_held(passage), _asked(passage))]
        return 0.75 * max(0.6 * weights.covered(shared, held) + 0.4 * weights.covered(meant, wanted) for held, meant in sides)
    if passage.question:
        asked = {t for t in _asked(passage) if t not in ignored}
        forward, back = weights.covered(wanted, asked), weights.covered(asked, wanted)
        own = 2 * forward * back / (forward + back) if forward + back else 0.0
        whole = weights.covered(wanted, _held(passage))
        return max(own, 0.85 * whole if forward >= 0.34 else 0.0)
    return weights.covered(wanted, _held(passage))


def fits_slots(folded: str, language: str, passage: Passage) -> bool:
    """A question for a number needs a number, one for a time needs a time, one for what something costs a sum, or "free"."""
    if wants("price", folded, language) and not (FREE.search(normal(passage.text)) or any(sums_of_money(passage.text))):
        return False
    if wants("time", folded, language):
        return has_time(passage.text)
    return has_number(passage.text) if wants("number", folded, language) else True


def speaks_of(words: Iterable[str], passage: Passage) -> bool:
    """Whether a passage mentions every one of the words (parts of a product, say)."""
    text = normal(indexed_text(passage))
    return all(word in text or word.rstrip("s") in text for word in words)
