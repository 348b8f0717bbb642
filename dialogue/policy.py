"""Whether a sentence may be said. First stage: one automaton over all rules' trigger terms. Second stage, only for what
fired: the rule's context, whether the sentence claims it at all, and whether a cited passage says it too. Then, with the search
model, what the sentence claims by its meaning. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ahocorasick_rs import AhoCorasick

from assets.policy import PolicyProfile, Rule
from assets.product import Price
from avatar.speech import Utterance
from dialogue.assertion import about_own, claimed, clause_at, sentence_at, sentences, spans_of_meaning
from dialogue.citing import lowest_id
from dialogue.grounding import sums_of_money
from dialogue.ports import Embedder
from dialogue.quantities import decimals, numbers_in
from dialogue.sense import ANY_LANGUAGE, NONE, ClaimSense
from dialogue.trigger import folded, required_terms
from dialogue.wording import priced

EVIDENCE_RULE = "number-needs-source"
_NUMBER_REASON = "A price, measure or share is claimed without a passage that shows it."
WITHDRAWN_RULE = "source-withdrawn"
_WITHDRAWN = "Nothing of what this sentence cites is known any more."
_WITHDRAWN_ZH = "这句话引用的资料都已撤下。"
_NO_LOWEST = "A price reduction is announced, but the catalogue does not say the lowest price of the last 30 days."
_NO_LOWEST_ZH = "宣布了降价，但商品目录没有给出最近 30 天的最低价（lowest_price_30d）。"
_NUMBER_REASON_ZH = "价格、尺寸或比例没有资料作依据。"
_NUMBER_SOURCE = "Directive 2005/29/EC art. 6, 12; FTC Policy Statement Regarding Advertising Substantiation; 广告法 第十一条"
# Chance that a sentence claims something, from which it is taken to, and that a passage does, to license it: docs/POLICY.md.
SURE, SHOWN = 0.68, 0.3  # of parts eight and nine, each not learnt from, .92 and .97 of claims, .03 and .02 of near-misses
# That neither a sentence nor the clause with a rule's words claims anything, from which the words are no claim: of 1,083
# claims that words catch one is lost, of 20 honest sentences that they stop 17 pass. What no passage licenses needs more.
SURE_NOT, SURE_NOT_BLOCKED = 0.7, 0.8
LIKELY = 0.2  # of a family that the profile has, where a sentence claims something
# Of what a sentence says of the shop's own (context.toml), families that meaning takes it for: it cannot be claiming them.
_NOT_OF_OWN = {"own": ("superlative", "disparage"), "unreduced": ("price-comparison",)}
_MAX_REWRITES = 4  # a sentence that still breaks rules after that is blocked
# A measured quantity, price or share: what a shopper may hold the seller to. Plain counts ("three tips") are not.
_SPELLED = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    "|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half"
)
_SPELLED_UNIT = (
    "percent|per cent|dollars|euros|pounds|yuan|kilos?|kilograms?|grams?|centimetres?|centimeters?|millimetres?|millimeters?"
    "|metres?|meters?|inch(?:es)?|litres?|liters?|watts?|lumens?|kelvins?|hours|days|months|years?"
)
_QUANTITY = re.compile(
    rf"\b(?:{_SPELLED})(?:[- ](?:and |point )?(?:{_SPELLED}))*[- ](?:{_SPELLED_UNIT})\b|"
    r"(?:US\$|[$€£¥₹₽฿₫])\s?\d"
    r"|\d[\d.,]*\s?(?:%|％|percent|per cent|[$€£¥₹₽฿₫]|USD|EUR|GBP|CNY|JPY|dollars?|euros?|pounds?|yuan|yen"
    r"|kg|g|mg|lbs?|oz|mm|cm|m|km|inch(?:es)?|ft|l|ml|litres?|liters?|w|wh|mah|v|hz|khz|db|lm|°c|℃|hours?|h|minutes?|days?|months?|years?)(?![a-z])"
    r"|\d[\d.,]*\s?-?(?:inch|litre|liter|hour|day|month|year)"
    r"|[\d一二三四五六七八九十百千万两]+(?:\.\d+|点[一二三四五六七八九]+)?\s?(?:元|块钱|美元|欧元|公斤|千克|克|斤|厘米|毫米|英寸|寸|升|毫升|瓦|毫安时|小时|个?月质保|年质保|天无理由|折)"
    r"|百分之[一二三四五六七八九十百零点]+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """allowed: may be said as `text`; rule, reason, source: of the first rule that fired, also when it only rewrote or
    evidence licensed it; rewritten: `text` differs from the utterance's; licence: id of the passage that allows a claim;
    shown: disclosures that have to stand in the picture while it is said (those to be said end `text`)."""

    allowed: bool
    text: str
    rule: str | None = None
    reason: str | None = None
    rewritten: bool = False
    source: str | None = None
    licence: str | None = None
    reason_zh: str | None = None
    shown: tuple[str, ...] = ()

    @property
    def decision(self) -> str:
        """"blocked", "rewritten", "licensed" (a cited passage allows the claim) or "allowed"."""
        return "blocked" if not self.allowed else "rewritten" if self.rewritten else "licensed" if self.licence else "allowed"


class Policy:
    """A profile ready to judge. Safe to share; nothing changes but `sense`, which may join later."""

    def __init__(self, profile: PolicyProfile, passage: Callable[[str], str | None] | None = None,
                 sense: ClaimSense | None = None) -> None:
        """passage: the text of a cited passage, None where the id is not known (a person stands behind it); without it a
        citation is taken for what it says it is. sense: claims by their meaning, too; None for the rules' words alone."""
        self.profile, self.sense = profile, sense
        self._passage = passage
        self._rules = tuple(profile.rules)
        terms: list[tuple[int, str]] = []
        self._always: list[int] = []  # rules whose pattern has no telling literal
        for index, rule in enumerate(self._rules):
            found = {folded(t) for t in rule.triggers} or required_terms(rule.context or "")
            terms += [(index, term) for term in sorted(found or ())]
            if not found:
                self._always.append(index)
        self._owners = [index for index, _ in terms]
        self._matcher = AhoCorasick([term for _, term in terms]) if terms else None
        self._context = [re.compile(rule.context, re.IGNORECASE) if rule.context else _terms_pattern(rule.triggers)
                         for rule in self._rules]
        self._exceptions = [[re.compile(e, re.IGNORECASE) for e in rule.exceptions] for rule in self._rules]
        self._shows = _evidence_patterns(self._rules)

    def check(self, utterance: Utterance, *, by_meaning: bool = True) -> Verdict:
        """Judge one utterance. Rewrites are judged again before they pass. by_meaning: False judges by the rules' words alone,
        without the model; never for what is about to be said."""
        if utterance.citations and not self._has_source(utterance):
            return Verdict(False, utterance.text, WITHDRAWN_RULE, _WITHDRAWN, source=_NUMBER_SOURCE, reason_zh=_WITHDRAWN_ZH)
        text, first, licence, rewritten = unicodedata.normalize("NFC", utterance.text), None, None, False
        families: set[str] = set()
        for _ in range(_MAX_REWRITES):
            hit, licensed = self._first_hit(replace(utterance, text=text), by_meaning)
            families |= {rule.family for rule, _ in licensed}
            if licensed and licence is None:
                first, licence = first or licensed[0][0], licensed[0][1]
            if hit is None:
                break
            rule, found = hit
            first = rule if first is None or rule.action != "rewrite" else first
            if rule.action != "rewrite":
                return _blocked(utterance, rule)
            text, rewritten = _replaced(text, found, rule), True
            if not text.strip():
                return _blocked(utterance, rule)
        else:
            hit, _ = self._first_hit(replace(utterance, text=text), by_meaning)
            if hit is not None:
                return _blocked(utterance, hit[0])
        if by_meaning and (sensed := self._sensed(utterance, text)) is not None:
            return _blocked(utterance, sensed)
        if self.profile.numbers_need_source and not self._has_source(utterance) and _QUANTITY.search(folded(text)):
            return Verdict(False, utterance.text, EVIDENCE_RULE, _NUMBER_REASON, source=_NUMBER_SOURCE,
                           reason_zh=_NUMBER_REASON_ZH)
        passed = Verdict(True, text, first.id if first else None, first.reason if first else None, rewritten,
                         first.source if first else None, licence, first.reason_zh if first else None)
        return self._with_disclosures(passed, utterance, families)

    def _with_disclosures(self, verdict: Verdict, utterance: Utterance, families: set[str]) -> Verdict:
        """What the law wants beside such a sentence; blocked where it cannot be had."""
        said: list[str] = []
        shown: list[str] = []
        for disclosure in self.profile.disclosures:
            claim = disclosure.met_by == "claim" and families.intersection(disclosure.families)
            if not claim and not (disclosure.met_by == "price" and sums_of_money(verdict.text)):
                continue
            words = disclosure.words(utterance.language)
            if "{price}" in words:
                lowest = self._lowest(utterance)
                if lowest == "":
                    return Verdict(False, utterance.text, f"disclosure-{disclosure.id}", _NO_LOWEST, source=disclosure.source,
                                   reason_zh=_NO_LOWEST_ZH)
                words = words.replace("{price}", lowest) if lowest is not None else ""
            if words and folded(words) not in folded(verdict.text):
                (said if disclosure.spoken else shown).append(words)
        return replace(verdict, text=" ".join((verdict.text, *said)), shown=(*shown, *said)) if said or shown else verdict

    def _lowest(self, utterance: Utterance) -> str | None:
        """The lowest price of the last 30 days as it is written; "" where the catalogue does not say it, None where nothing is
        known of catalogues."""
        row = self._passage(lowest_id(utterance.product or "")) if self._passage is not None else None
        if not row:
            return row
        amount, currency = row.split()
        return priced(Price(Decimal(amount), currency), utterance.language)

    def _sensed(self, utterance: Utterance, text: str) -> Rule | None:
        """The rule that a sentence breaks by what it means, whatever its words; None where no passage is missed."""
        base = utterance.language.split("-")[0]
        for sentence in spans_of_meaning(text, base) if self.sense is not None else ():
            assert self.sense is not None
            kinds = dict(self.sense.kinds(sentence, base))
            for own, families in _NOT_OF_OWN.items():
                if about_own(own, sentence, base):
                    kinds[NONE] = kinds.get(NONE, 1.0) + sum(kinds.pop(family, 0.0) for family in families)
            if 1.0 - kinds.get(NONE, 1.0) < SURE:
                continue
            rules = [r for r in self._rules if base in self.profile.languages and kinds.get(r.family, 0.0) >= LIKELY]
            # A family that has no words in this language yet means the same in it.
            rule = max(rules, key=lambda r: (kinds[r.family], base in r.languages), default=None)
            if rule is not None and not (rule.action == "evidence" and self._says_so(rule, sentence, utterance.citations)):
                return rule
        return None

    def _says_so(self, rule: Rule, sentence: str, citations: Sequence[str]) -> bool:
        """Whether a cited passage makes such a claim by its words, or any by its meaning, and holds the sentence's numbers."""
        assert self.sense is not None
        cited = [self._passage(c) if self._passage is not None else None for c in citations]
        held = " ".join(p for p in cited if p)
        for passage in cited:
            if passage is None:
                return True
            shown = any(p.search(passage) for p in self._shows[rule.family or rule.id])
            meant = any(1.0 - self.sense.kinds(one, ANY_LANGUAGE).get(NONE, 1.0) >= SHOWN for one in sentences(passage))
            if (shown or meant) and _holds(sentence, held):
                return True
        return False

    def _has_source(self, utterance: Utterance) -> bool:
        """Whether something is cited that is still known."""
        return any(self._passage is None or self._passage(c) != "" for c in utterance.citations)

    def hearing(self, load: Callable[[], Embedder | None]) -> Callable[[], Embedder | None]:
        """`load`, after which claims are judged by meaning too: one model in memory for answers and gate."""
        def loaded() -> Embedder | None:
            embedder = load()
            self.sense = ClaimSense(embedder) if embedder is not None else None
            return embedder

        return loaded

    def read_ahead(self, texts: Iterable[str], language: str) -> None:
        """What many texts mean, in half the time of one after the other: remembered until they are checked."""
        base = language.split("-")[0]
        told = (one for text in texts for one in spans_of_meaning(unicodedata.normalize("NFC", text), base))
        if self.sense is not None:
            self.sense.read_ahead((one, base) for one in told)

    def ai_label(self, language: str) -> str:
        """The label for a language, else the English one."""
        return self.profile.label(language)

    def _first_hit(
        self, utterance: Utterance, by_meaning: bool
    ) -> tuple[tuple[Rule, re.Match[str]] | None, list[tuple[Rule, str]]]:
        """The first rule, in the profile's order, that the text breaks, and where; and those that evidence licenses."""
        text = folded(utterance.text)
        hits = set(self._always)
        if self._matcher is not None:
            hits |= {self._owners[found[0]] for found in self._matcher.find_matches_as_indexes(text, overlapping=True)}
        base = utterance.language.split("-")[0]
        licensed: list[tuple[Rule, str]] = []
        for index in sorted(hits):
            rule = self._rules[index]
            if base not in rule.languages:
                continue
            for found in self._found(index, utterance.text, base):
                by = self._licensed(rule, found, utterance.citations) if rule.action == "evidence" else None
                if by is not None:
                    licensed.append((rule, by))
                elif not (by_meaning and self._claims_nothing(rule, found, base)):
                    return (rule, found), licensed
        return None, licensed

    def _found(self, index: int, text: str, language: str) -> list[re.Match[str]]:
        spared = [m.span() for e in self._exceptions[index] for m in e.finditer(text)]
        inside = self._rules[index].negation_inside
        return [m for m in self._context[index].finditer(text)
                if not any(a < m.end() and m.start() < b for a, b in spared) and claimed(text, m.span(), language, inside)]

    def _claims_nothing(self, rule: Rule, found: re.Match[str], language: str) -> bool:
        """Whether meaning is sure that a rule's words claim nothing here ("red wine might leave a mark"). The clause is asked,
        too: a claim behind an honest half is not excused by it. Rules of a kind that meaning does not know always hold."""
        least = SURE_NOT_BLOCKED if rule.action == "block" else SURE_NOT
        whole, part = sentence_at(found.string, found.span()), clause_at(found.string, found.span(), language)
        for bounds in dict.fromkeys((whole, part)) if self.sense is not None else ():
            assert self.sense is not None
            kinds = self.sense.kinds(found.string[slice(*bounds)].strip(), language)
            if rule.family not in kinds or kinds[NONE] < least:
                return False
        return self.sense is not None

    def _licensed(self, rule: Rule, found: re.Match[str], citations: Sequence[str]) -> str | None:
        """The first citation that says so too: a passage of the same kind of claim, where the claim's numbers (of a price or
        a stock: the whole sentence's) stand in what is cited."""
        cited = {c: self._passage(c) if self._passage is not None else None for c in citations}
        held = " ".join(p for p in cited.values() if p)
        claim = found.string[slice(*sentence_at(found.string, found.span()))] if rule.needs_number else found.group()
        for citation, passage in cited.items():
            if passage is None:
                return citation
            if any(p.search(passage) for p in self._shows[rule.family or rule.id]) and _holds(claim, held):
                return citation
        return None


def _evidence_patterns(rules: Sequence[Rule]) -> dict[str, list[re.Pattern[str]]]:
    """What a passage must say, for each family of rules in all its languages."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for rule in rules:
        pattern = rule.shows or rule.context
        compiled = re.compile(pattern, re.IGNORECASE) if pattern else _terms_pattern(rule.triggers)
        found.setdefault(rule.family or rule.id, []).append(compiled)
    return found


def _holds(claim: str, passage: str) -> bool:
    """Whether every number of a claim stands in the passage."""
    known = {value for written, _ in numbers_in(folded(passage)) for value in decimals(written)}
    return all(any(v in known for v in decimals(written)) for written, _ in numbers_in(folded(claim)))


def _blocked(utterance: Utterance, rule: Rule) -> Verdict:
    return Verdict(False, utterance.text, rule.id, rule.reason, source=rule.source, reason_zh=rule.reason_zh or None)


def _terms_pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    """The terms themselves; as whole words where words have blanks."""
    parts = [rf"\b{re.escape(t)}\b" if t.isascii() else re.escape(t) for t in sorted(terms, key=len, reverse=True)]
    return re.compile("|".join(parts), re.IGNORECASE)


def _replaced(text: str, found: re.Match[str], rule: Rule) -> str:
    said = found.expand(rule.rewrite or "")
    if text[found.start()].isupper() and said:
        said = said[0].upper() + said[1:]
    joined = text[: found.start()] + said + text[found.end() :]
    return re.sub(r"[ \t]{2,}", " ", re.sub(r"[ \t]+([,.!?])", r"\1", joined)).strip()
