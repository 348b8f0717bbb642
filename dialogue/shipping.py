""""Do you ship to Austria?": answered from the sentence that lists where to, the country found in it in any language; "what
does shipping cost?" from a passage that says so, and from no other. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from assets.knowledge import Passage
from dialogue import wording
from dialogue.analyser import normal
from dialogue.concepts import concepts_in
from dialogue.evidence import FREE, wants
from dialogue.grounding import sums_of_money
from dialogue.replies import Worded, in_language
from dialogue.wording import base_of

LISTED = 3  # places that make a list of where to; "2 to 5 days, in the USA 3" is none
# Members of the European Union, ISO 3166 (europa.eu, since 2020).
_MEMBERS = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
_UNION = frozenset(_MEMBERS.split())
_SHORT = {"uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "britain": "GB", "great britain": "GB", "us": "US",
          "usa": "US", "u.s.": "US", "america": "US", "the states": "US", "eu": "EU", "estados unidos": "US", "eeuu": "US",
          "mainland china": "CN", "中国大陆": "CN", "china": "CN", "欧盟": "EU", "holland": "NL", "eua": "US", "сша": "US",
          "السعودية": "SA", "الإمارات": "AE", "أمريكا": "US", "англию": "GB", "германию": "DE", "австрию": "AT", "россию": "RU",
          "францию": "FR", "испанию": "ES", "италию": "IT", "канаду": "CA", "японию": "JP", "швейцарию": "CH", "польшу": "PL",
          "vn": "VN", "ไทย": "TH"}
# Words that are countries' names and other things too, or nobody's destination.
_NOT_PLACES = ("chad", "world", "jersey", "georgia", "man", "ad", "guinea", "turkey")


@dataclass(frozen=True, slots=True)
class ShippingReply:
    """passages: the list in one or more languages; code: of the country asked for (ISO 3166); listed: whether it is in it."""

    passages: tuple[Passage, ...]
    code: str
    listed: bool
    confidence: float = 0.9

    def worded(self, language: str) -> Worded:
        """Yes with the country's name, and the list in its author's words where it is in that language."""
        said_in = wording.template_language(language)
        passage = in_language(self.passages, said_in)
        native = base_of(passage.language) == said_in
        if native:
            opening = wording.sentence("yes", said_in) if self.listed else ""
            return Worded(opening + passage.text.strip(), said_in, (passage.id,), (passage.text,))
        names = _listed_names(passage.text, passage.language, said_in)
        opening = wording.sentence("yes", said_in) if self.listed else ""
        return Worded(opening + wording.sentence("ships_to", said_in, text=wording.joined(names, said_in)), said_in,
                      (passage.id,), (passage.text, "; ".join(names)))

    def topic(self, language: str) -> str:
        """None: the passage speaks for itself."""
        return ""


def shipped_to(text: str, language: str, usable: Sequence[Passage], sku: str | None) -> ShippingReply | None:
    """None where no country is asked for, or nothing says where to it is sent."""
    folded = normal(text)
    if not ("shipping" in concepts_in(folded, language) or wants("sends", folded, language)):
        return None
    named = places(folded, base_of(language))
    asked = named - {"EU"} or named
    if len(asked) != 1:
        return None
    lists = [p for p in usable if not p.attribute and p.sku in (None, sku) and len(_listed(p)) >= LISTED
             and "shipping" in concepts_in(normal(p.text), p.language)]
    (code,) = asked
    if not lists:
        return None
    longest = max(lists, key=lambda p: (base_of(p.language) == base_of(language), len(_listed(p))))
    listed = code in _spread(_listed(longest))
    if listed and (wants("price", folded, language) or wants("time", folded, language)):
        return None  # what it costs and how long it takes to there stands elsewhere; not to where nothing is sent
    same = [p for p in lists if _listed(p) == _listed(longest)]
    return ShippingReply((longest, *(p for p in same if p.id != longest.id)), code, listed)


def asks_cost(text: str, language: str) -> bool:
    """Whether a question is for what sending costs, and neither for sending back nor for how long it takes."""
    folded = normal(text)
    return wants("shipping_cost", folded, language) and not (
        wants("sends_back", folded, language) or wants("time", folded, language))


def cost_of_sending(text: str, language: str, usable: Sequence[Passage], sku: str | None) -> Passage | None:
    """The passage that says it: one whose own question asks for it, else one that tells a sum for sending; of several, one that
    names the country asked for, then one in the asker's language."""
    fitting = [p for p in usable if not p.attribute and p.sku in (None, sku) and _has_sum(p)]
    found = [p for p in fitting if p.question and asks_cost(p.question, p.language)]
    found = found or [p for p in fitting if asks_cost(p.text, p.language)] or list(filter(_speaks_of_sending, fitting))
    asked, base = places(normal(text), base_of(language)) - {"EU"}, base_of(language)

    def place(p: Passage) -> tuple[bool, bool, bool]:
        return not asked & _spread(_listed(p)), base_of(p.language) != base, base_of(p.language) != "en"

    return min(found, key=place, default=None)


def _has_sum(passage: Passage) -> bool:
    return bool(any(sums_of_money(passage.text)) or FREE.search(normal(passage.text)))


def _speaks_of_sending(passage: Passage) -> bool:
    folded, language = normal(passage.text), passage.language
    sending = "shipping" in concepts_in(folded, language) or wants("sends", folded, language)
    return sending and any(sums_of_money(passage.text)) and not wants("sends_back", folded, language)


def places(folded: str, base: str) -> set[str]:
    """ISO codes of the countries that a folded text names, "EU" for the union; English names count in every language."""
    found: set[str] = set()
    pattern, codes = _names(base)
    for match in pattern.finditer(folded):
        found.add(codes[match.group()])
    return found


def _listed(passage: Passage) -> frozenset[str]:
    return _places_of(passage.text, base_of(passage.language))


@lru_cache(maxsize=1024)  # passages are asked again with every question about shipping
def _places_of(text: str, base: str) -> frozenset[str]:
    return frozenset(places(normal(text), base))


def _spread(codes: frozenset[str]) -> frozenset[str]:
    return codes | (_UNION if "EU" in codes else frozenset())


def _listed_names(text: str, written: str, language: str) -> list[str]:
    """The list's places by their names in another language, in the list's order."""
    from babel import Locale

    pattern, codes = _names(base_of(written))
    names = Locale.parse(base_of(language)).territories
    return [str(names[code]) for code in dict.fromkeys(codes[m.group()] for m in pattern.finditer(normal(text)))]


@cache
def _names(base: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all names, longest first, and each one's code."""
    from babel import Locale, UnknownLocaleError

    codes: dict[str, str] = {}
    for tag in dict.fromkeys(("en", base)):
        try:
            territories = Locale.parse(tag).territories
        except (UnknownLocaleError, ValueError):
            continue
        for code, name in territories.items():
            folded = normal(str(name))
            if ((code.isalpha() and len(code) == 2) or code == "EU") and len(folded) > 1 and folded not in _NOT_PLACES:
                codes[folded] = code
    codes |= _SHORT
    if base == "ar":  # "to" is written to the name
        codes |= {f"لل{name[2:]}" if name.startswith("ال") else f"ل{name}": code for name, code in codes.items()
                  if name[0] > "\u0600"}
    longest_first = sorted(codes, key=len, reverse=True)
    whole = (re.escape(name) if _dense(name) else rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest_first)
    return re.compile("|".join(whole)), codes


def _dense(name: str) -> bool:
    """Scripts that write no blanks."""
    return any(ord(c) > 0x2E7F or 0x0E00 <= ord(c) <= 0x0E7F for c in name)


def where_we_are(passages: Sequence[Passage]) -> Passage | None:
    """What says where the shop is: a question that asks for that, with its answer; None where there is none. The countries that
    goods are sent to, and customs, say nothing of it."""
    return next((p for p in passages if p.question and wants("seat", normal(p.question), p.language)), None)
