"""Attributes of products: which one is asked for, and what its value says to a yes/no question. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from assets.knowledge import Passage
from dialogue.analyser import normal, stem
from dialogue.concepts import DENSE, WORD_ENDS, bounded
from dialogue.lexicon import table
from dialogue.quantities import Quantity, compare, dimension_of, is_stretch, most, quantities, unit_named
from dialogue.wording import base_of

_UNIT_SUFFIX = re.compile(
    r"_(?:kg|g|cm|mm|m|l|ml|h|hrs?|hours?|min|minutes?|w|wh|mah|k|lm|inch(?:es)?|in|days?|years?|db|pct)$"
)
# Where the asked attribute itself is not in the knowledge base, one that contains it may answer (value only, no yes/no).
_SIZES = ("dimensions", "height", "width", "diameter", "thickness")  # of a thing that has to go somewhere
_CONTAINED_IN = {
    "height": "dimensions", "width": "dimensions", "dimensions": "diameter", "fabric_only": "material", "shell": "material",
    "dimmable": "dimming_range", "charge_time": "quick_charge", "packaging": "gift_box", "bulb_life": "bulb",
    "noise_level": "noise_cancelling",
}


@dataclass(frozen=True, slots=True)
class AttributeKind:
    """One row of dialogue/lexicon/attributes.toml; dimension "" for values in words; holds: "max" or "value"."""

    id: str
    aliases: frozenset[str]
    dimension: str
    holds: str
    labels: dict[str, str]
    asks: dict[str, re.Pattern[str]]

    def label(self, language: str) -> str:
        """Its name inside a sentence, in the language or in English."""
        return self.labels.get(base_of(language), self.labels["en"])


@dataclass(frozen=True, slots=True)
class Asked:
    """An attribute that a question may be after; span: of the words that say so, in the folded question."""

    name: str
    kind: AttributeKind | None
    span: tuple[int, int]

    def covers(self, part: str) -> bool:
        """Whether the attribute is one of that part of the product ("strap": "strap_material")."""
        if self.kind is None:
            return part.rstrip("s") in self.name
        return self.named(part) or any(pattern.search(part) for pattern in self.kind.asks.values())

    def named(self, words: str) -> bool:
        """Whether the words stand in one of the attribute's names."""
        if self.kind is None:
            return words in self.name
        names = " ".join((*self.kind.aliases, *self.kind.labels.values())).replace("_", " ")
        return words in names or (len(words) > 3 and words.rstrip("s") in names)


    def is_name(self, words: str) -> bool:
        """Whether the words, folded, are one of the attribute's names and no more."""
        names = (self.name, *self.kind.aliases, *self.kind.labels.values()) if self.kind is not None else (self.name,)
        return words in {normal(name).replace("_", " ") for name in names}


@cache
def kinds() -> dict[str, AttributeKind]:
    """All attribute kinds by id."""
    return {name: _kind(name, row) for name, row in table("attributes").items()}


def _kind(name: str, row: dict[str, Any]) -> AttributeKind:
    row = {**row, "label": {**table("labels").get(name, {}), **row["label"]}}
    further = {tag: words[name] for tag, words in table("asked_words").items() if name in words}
    written = {tag: (_names(name, row, tag), row["ask"].get(tag), further.get(tag))
               for tag in {**row["label"], **row["ask"], **further}}
    asks = {tag: re.compile(bounded("|".join(filter(None, ways)), tag)) for tag, ways in written.items()}
    return AttributeKind(name, frozenset(row["aliases"]) | {name}, row["dimension"], row["holds"], dict(row["label"]), asks)


def _names(name: str, row: dict[str, Any], tag: str) -> str:
    """The attribute's label in a language and, in English, its names in knowledge bases, as a pattern of whole words."""
    names = {normal(row["label"].get(tag, row["label"]["en"]))}
    if tag == "en":
        names |= {alias.replace("_", " ") for alias in (name, *row["aliases"])}
    if tag == "ar":  # the article is written to the word and comes and goes: `bounded` allows it
        names = {re.sub(r"^ال", "", name) for name in names}
    edge = "" if tag in DENSE else WORD_ENDS.get(tag, r"\b")
    return "|".join(re.escape(phrase) + edge for phrase in sorted(names, key=len, reverse=True))


@lru_cache(maxsize=4096)  # a knowledge base has few names, and asks for each in every language
def kind_of(attribute: str) -> AttributeKind | None:
    """The kind behind a knowledge base's name of an attribute ("Weight_kg"), None for one we have no words for."""
    plain = re.sub(r"[\s-]+", "_", normal(attribute)).strip("_")
    for name in (plain, _UNIT_SUFFIX.sub("", plain)):
        for kind in kinds().values():
            if name in kind.aliases:
                return kind
    return None


def asked_attributes(folded: str, language: str, passages: Sequence[Passage]) -> list[Asked]:
    """Attributes the question may mean, the longest wording first. passages: of the product, for names we have no words for."""
    base = base_of(language)
    found: list[Asked] = []
    for kind in kinds().values():
        for tag in dict.fromkeys((base, "en")):
            match = kind.asks[tag].search(folded) if tag in kind.asks else None
            if match:
                found.append(Asked(kind.id, kind, match.span()))
                break
    for name in {p.attribute for p in passages if p.attribute and kind_of(p.attribute) is None}:
        if span := _named_span(name, folded):
            found.append(Asked(name, None, span))
    # The longest wording first; of two alike, the one whose very name it is ("fabric" before "material").
    found.sort(key=lambda asked: (asked.span[1] - asked.span[0], asked.named(folded[slice(*asked.span)])), reverse=True)
    return found


def passages_for(asked: Asked, passages: Sequence[Passage]) -> list[Passage]:
    """The passages that hold the asked attribute, in the knowledge base's order."""
    def holds(wanted: str) -> list[Passage]:
        return [p for p in passages if p.attribute
                and (kind.id == wanted if (kind := kind_of(p.attribute)) else p.attribute == wanted)]

    found = holds(asked.name) or holds(_CONTAINED_IN.get(asked.name, ""))
    return found or (holds("height") or holds("width") if asked.name == "dimensions" else [])  # of the size what is known


def word_end(folded: str, at: int, language: str) -> int:
    """Where the word ends that a wording only begins ("влаг" of "влагозащищённые"); `at` where no blanks are written."""
    while base_of(language) not in DENSE and 0 < at < len(folded) and folded[at - 1].isalnum() and folded[at].isalnum():
        at += 1
    return at


def label_of(passage: Passage, language: str) -> str:
    """The attribute's name for a sentence; its own words where we have none."""
    kind = kind_of(passage.attribute or "")
    return kind.label(language) if kind else (passage.attribute or "").replace("_", " ")


def truth(value: str) -> bool | None:
    """Whether a value means yes or no: "yes", "是", "none"; None for anything else."""
    folded = normal(value).strip(" .。!")
    words = table("wording")["truth"]
    if folded in words["yes"].split() or re.match(r"^(?:yes|sí|oui|ja|si)\b|^(?:是|支持|可以)", folded):
        return True
    if folded in words["no"].split() or re.match(r"^(?:no|not|none|without|kein\w*|sans|sin)\b|^(?:不|没|无)", folded):
        return False
    return None


def verdict(asked: Asked, passage: Passage, folded: str, language: str) -> bool | None:
    """Yes, no, or None when the value alone does not decide it. folded: the question, which has no question word."""
    kind, value = asked.kind, passage.value or ""
    if kind is not None and kind_of(passage.attribute or "") is not kind:
        return None  # answered by what contains it
    if _denied(folded, language) or _BREAKS.search(folded):
        return None
    plain = truth(value) if not passage.unit else None  # "1 year" is no yes
    if plain is not None and not _negative(folded, language):
        return plain
    if kind is None:
        return None
    if kind.id == "colours":
        return _comes_in(value, folded)
    if kind.id == "water_resistance":
        return None if _LETS_IN.search(folded) else _water(value, passage.unit, folded)
    asked_for = [q for q in quantities(folded) if q.dimension == kind.dimension]
    if not kind.dimension or not asked_for:
        return None
    stated = _own_quantities(passage)
    compared = _slot("more", folded, language) or _slot("less", folded, language)
    if not compared and (span := _span(value, stated, kind.dimension)):
        return _lies_in(span, asked_for[-1])
    if kind.id in _SIZES and not compared and _slot("room", folded, language):
        return _has_room([q for q in stated if dimension_of(q.unit) == "length"], asked_for[-1])
    own = most(stated, kind.dimension)
    return _compared(own, asked_for[-1], kind.holds, folded, language) if own else None


def _span(value: str, stated: Sequence[Quantity], dimension: str) -> tuple[Quantity, Quantity] | None:
    """The ends of a value that is a stretch ("150 to 205", "5–40"), the smaller first; None for any other."""
    if not is_stretch(value):
        return None
    ends = [q for q in stated if q.dimension == dimension or dimension_of(q.unit) == dimension]
    return (ends[0], ends[1]) if len(ends) == 2 and ends[0].value < ends[1].value else None


def _has_room(sides: Sequence[Quantity], wanted: Quantity) -> bool | None:
    """Whether what has these sides goes through or into so much room: yes where each does, no where none does, else open."""
    over = [compare(side, wanted) for side in sides]
    if not over or any(difference is None for difference in over):
        return None
    smaller = [difference <= 0 for difference in over if difference is not None]
    return True if all(smaller) else None if any(smaller) else False


def _lies_in(span: tuple[Quantity, Quantity], wanted: Quantity) -> bool | None:
    """Whether a quantity lies between two, the ends taken in."""
    below, above = compare(wanted, span[0]), compare(wanted, span[1])
    if below is None or above is None:
        return None
    close = 1e-6 * max(abs(wanted.value), 1e-9)
    return below >= -close and above <= close


def _compared(own: Quantity, wanted: Quantity, holds: str, folded: str, language: str) -> bool | None:
    difference = compare(own, wanted)
    if difference is None:
        return None
    close = abs(difference) <= 0.005 * max(abs(own.value), 1e-9)
    if _slot("more", folded, language):
        return difference > 0 and not close
    if _slot("less", folded, language):
        return difference < 0 and not close
    return difference >= 0 or close if holds == "max" else close


def _own_quantities(passage: Passage) -> list[Quantity]:
    found = quantities(f"{passage.value} {passage.unit or ''}")
    unit = unit_named(passage.unit or "")
    return [q if q.unit or not unit else Quantity(q.value, unit, "") for q in found]


def _comes_in(value: str, folded: str) -> bool | None:
    """Yes where a colour that is asked for is one of the list ("cream", "blue" of "Harbour Blue"); never no: "green" may be
    another's word for "forest"."""
    named = [entry.split() for entry in re.split(r"\s*(?:[,;/、，]|\band\b|\bund\b|和)\s*", normal(value)) if entry]
    words = [" ".join(entry) for entry in named if len(entry) <= 2] + [entry[1] for entry in named if len(entry) == 2]
    shade = r"(?<!light )(?<!dark )(?<!pale )(?<!bright )(?<!neon )"
    edge = [r"(?<!\w)", r"(?!\w)"] if value.isascii() else ["", ""]
    return True if any(re.search(edge[0] + shade + re.escape(word) + edge[1], folded) for word in words) else None


# IEC 60529: the second digit of an IP code; 7 and above is immersion. ISO 22810: 30 m is splash, 50 m swimming, 200 m diving.
def _water(value: str, unit: str | None, folded: str) -> bool | None:
    text = normal(f"{value} {unit or ''}")
    code = re.search(r"ip[x\d](\d)", text)
    level = int(code.group(1)) if code else None
    depth = next((q.value * (10 if q.unit in ("bar", "atmosphere") else 1) for q in quantities(text)
                  if q.unit in ("meter", "bar", "atmosphere")), None)
    if level is None and depth is None:
        splash_only = bool(re.search(r"repel|splash|泼|撥|salpic|spritz|déperl", text))
        return False if splash_only and _DEEP.search(folded) else None
    if _DIVE.search(folded):
        return depth >= 200 if depth is not None else False if level is not None and level < 8 else None
    if _SWIM.search(folded):
        return depth >= 50 if depth is not None else False if level is not None and level < 7 else None
    if _SPLASH.search(folded):
        return depth is not None or (level or 0) >= 3
    if level == 0:
        return False
    return True if depth is not None or (level or 0) >= 7 else None


_DIVE = re.compile(r"\bdiv(?:e|ing)\b|scuba|潜水|buce|plong|tauch")
_SWIM = re.compile(
    r"swim|pool|under ?water|submer|immers|shower|bath|游泳|泳|洗澡|浸|泡水|nadar|nager|schwimm|dusch|水泳|風呂|シャワー|プール"
    r"|piscina|duchar|\bbañar|piscine|baign|douche|\bbaden\b|banho|mergulh|nuot|doccia|तैर|नहा|पानी में|pa+ni m"
    r"|سباح|سبح|استحم|плава|купа|душ|renang|mandi|ว่ายน้ำ|อาบน้ำ|\bbơi\b|tắm")
# Of what breaks or is too much a yes would be taken for the opposite: the measure alone is said.
_BREAKS = re.compile(
    r"\b(?:break|snap|crush|collapse|bust)|too (?:heavy|fat|big)|压(?:坏|垮|塌)|坐(?:坏|塌)|会不会(?:断|塌)|壊れ|romp|bricht"
    r"|kaputt|zu schwer|casse|trop lourd|quebr|сломает|слишком тяж|patah|rusak|พัง|gãy|hỏng")
# Of rain that comes through, or does harm, as well: "does rain come through" - "yes, it keeps out rain".
_LETS_IN = re.compile(
    r"\b(?:come|get|go|seep|soak|let|run|drip)s? (?:(?!wet\b)\w+ ){0,3}(?:in|through|inside|into)\b"
    r"|\b(?:will|do|does|would|gonna|my)\b.{0,40}\b(?:wet|soaked|damp)\b"
    r"|\bleak|\b(?:kill|ruin|die|damag|destroy|wreck|spoil|hurt|harm|rust)|进水|漏水|渗|会.{0,4}湿|(?:淋|泡|弄)坏"
    r"|濡れ(?:ます|る|ない)|(?:水|雨)[がはも]?.{0,3}入|漏れ|染み"
    r"|\b(?:entra|cala|pasa|passa|filtra|vaza|molha)\b|se moja\b|si bagna\b"
    r"|\b(?:rentre|passe|trempé)|prend l.eau|\bdurch\b|\b(?:rein|hinein|undicht)\b|(?:wird|werden|bleib).{0,40}nass"
    r"|промок|протек|попада|проник|намок|अंदर|भीग|يدخل|يتسرب|يتبلل|tembus|masuk|rembes|bocor|basah|เข้า|ซึม|รั่ว|เปียก"
    r"|thấm|\bvào\b|lọt|ướt")
_SPLASH = re.compile(r"rain|splash|sweat|drizzle|雨|泼|汗|溅|lluvia|pluie|regen|spritz")
_DEEP = re.compile(f"{_DIVE.pattern}|{_SWIM.pattern}")


def _negative(folded: str, language: str) -> bool:
    """"Isn't it …", "没有…吗": a plain yes would be misread; then only the value is stated."""
    return bool(re.search(r"\b(?:isn't|doesn't|not|without|no)\b|不是|没有吗|不能吗|sin\b|sans\b|nicht|ohne|kein", folded))


# "It isn't waterproof, is it?": what yes would mean there depends on the language and on the ear.
_DENIED = {
    "en": r"\b(?:isn'?t|aren'?t|doesn'?t|don'?t|can'?t|won'?t)\b.*\b(?:is it|are they|right|does it|do they|can (?:i|it))\W*$",
    "es": r"\bno (?:es|son|se|tiene|tienen|puede|vale|sirve)\w*\b.*(?:verdad|no)\W*$",
    "it": r"\bnon (?:è|sono|si|ha|hanno|va|può)\b", "pt": r"\bnão (?:é|são|tem|pode|dá|serve)\b.*(?:né|certo|é)\W*$",
    "de": r"\bnicht\b.*\b(?:oder|stimmt'?s|richtig)\W*$", "fr": r"\bpas\b.*(?:si|hein|n'est-ce pas)\W*$",
    "ru": r"\bне\b.*(?:да|правда|так)\W*$", "zh": r"不.*(?:吧|对吧)\W*$", "ja": r"ない(?:です)?よね",
}


def _denied(folded: str, language: str) -> bool:
    pattern = _DENIED.get(base_of(language))
    return pattern is not None and re.search(pattern, folded) is not None


def _slot(name: str, folded: str, language: str) -> bool:
    row = table("slots")[name]
    return any(re.search(bounded(row[tag], tag), folded) for tag in dict.fromkeys((base_of(language), "en")) if tag in row)


def _named_span(name: str, folded: str) -> tuple[int, int] | None:
    """Where every word of an attribute's own name stands in the question, None when one is missing."""
    words = [w for w in re.split(r"[\W_]+", normal(name)) if w]
    spans: list[tuple[int, int]] = []
    for word in words:
        wanted = stem(word, "en")
        hit = next((m for m in re.finditer(r"\w+", folded) if stem(m.group(), "en") == wanted), None)
        if hit is None and not word.isascii():
            hit = re.search(re.escape(word), folded)
        if hit is None:
            return None
        spans.append(hit.span())
    return (min(a for a, _ in spans), max(b for _, b in spans)) if spans else None
