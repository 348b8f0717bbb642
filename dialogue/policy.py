"""Whether a sentence may be said: trigger, context, evidence. Pure; one sentence costs some microseconds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from ahocorasick_rs import AhoCorasick

from assets.policy import PolicyProfile, Rule
from avatar.speech import Utterance

EVIDENCE_RULE = "number-needs-source"
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
    """allowed: may be said as `text`; rule, reason: of the first rule that fired, also when it only rewrote;
    rewritten: `text` differs from the utterance's."""

    allowed: bool
    text: str
    rule: str | None = None
    reason: str | None = None
    rewritten: bool = False


class Policy:
    """A profile ready to judge. Immutable, safe to share."""

    def __init__(self, profile: PolicyProfile) -> None:
        self.profile = profile
        self._rules = tuple(profile.rules)
        self._terms: list[tuple[int, str]] = [
            (index, folded(term)) for index, rule in enumerate(self._rules) for term in rule.triggers
        ]
        self._matcher = AhoCorasick([term for _, term in self._terms]) if self._terms else None
        self._context = [re.compile(rule.context, re.IGNORECASE) if rule.context else None for rule in self._rules]
        self._exceptions = [[re.compile(e, re.IGNORECASE) for e in rule.exceptions] for rule in self._rules]

    def check(self, utterance: Utterance) -> Verdict:
        """Judge one utterance. Rewrites are judged again before they pass."""
        text, first, rewritten = unicodedata.normalize("NFC", utterance.text), None, False
        for _ in range(_MAX_REWRITES):
            hit = self._first_hit(replace(utterance, text=text))
            if hit is None:
                break
            rule, found = hit
            first = first or rule
            if rule.action != "rewrite":
                return Verdict(False, utterance.text, rule.id, rule.reason, False)
            text, rewritten = _replaced(text, found, rule), True
            if not text.strip():
                return Verdict(False, utterance.text, rule.id, rule.reason, False)
        else:
            if (hit := self._first_hit(replace(utterance, text=text))) is not None:
                return Verdict(False, utterance.text, hit[0].id, hit[0].reason, False)
        if self.profile.numbers_need_source and not utterance.citations and _QUANTITY.search(folded(text)):
            return Verdict(False, utterance.text, EVIDENCE_RULE,
                           "A price, measure or share is claimed without a passage that shows it.", False)
        return Verdict(True, text, first.id if first else None, first.reason if first else None, rewritten)

    def ai_label(self, language: str) -> str:
        """The label for a language, else the English one."""
        return self.profile.label(language)

    def _first_hit(self, utterance: Utterance) -> tuple[Rule, re.Match[str]] | None:
        """The first rule, in the profile's order, that the text breaks, and where."""
        text = folded(utterance.text)
        if self._matcher is None:
            return None
        hits = {self._terms[found[0]][0] for found in self._matcher.find_matches_as_indexes(text, overlapping=True)}
        base = utterance.language.split("-")[0]
        for index in sorted(hits):
            rule = self._rules[index]
            if base not in rule.languages or (rule.action == "evidence" and utterance.citations):
                continue
            found = self._found(index, utterance.text)
            if found is not None:
                return rule, found
        return None

    def _found(self, index: int, text: str) -> re.Match[str] | None:
        pattern = self._context[index] or _terms_pattern(self._rules[index].triggers)
        spared = [m.span() for e in self._exceptions[index] for m in e.finditer(text)]
        for match in pattern.finditer(text):
            if not any(a < match.end() and match.start() < b for a, b in spared):
                return match
        return None


def folded(text: str) -> str:
    """Text for comparing: width and case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


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
