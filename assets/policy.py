"""What may be said and shown in a market: rules with their legal source, and sentences that prove each rule."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Outcome = Literal["allowed", "rewritten", "blocked"]
Action = Literal["block", "rewrite", "evidence"]
Severity = Literal["high", "medium", "low"]


class PolicyError(ValueError):
    """A profile cannot be used; one line per mistake: file, place, what is wrong."""


class Strict(BaseModel):
    """A table of a policy file: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleTest(Strict):
    """A sentence and what must become of it. cited: with a citation behind it; evidence: what the cited passage says;
    says: the text after a rewrite."""

    text: str
    expect: Outcome
    language: str = ""
    cited: bool = False
    evidence: str | None = None
    says: str | None = None


class Rule(Strict):
    """triggers: terms of which one must occur (case and width folded); empty: taken from the context;
    context: regular expression that must then match (default: the term itself, as a whole word); exceptions: a match that
    overlaps one of these is spared; action: "block", "rewrite" (context -> rewrite, groups as \\1), or "evidence" (blocked
    unless a cited passage says it too); shows: what such a passage must say, in its own language or in any; family: rules
    of one kind in several languages; negation_inside: a "not" inside the match takes the claim out too; reason_zh: for
    Chinese readers."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    languages: tuple[str, ...] = Field(min_length=1)
    source: str = Field(min_length=3)
    reason: str = Field(min_length=3)
    reason_zh: str = ""
    action: Action
    severity: Severity
    triggers: tuple[str, ...] = ()
    context: str | None = None
    exceptions: tuple[str, ...] = ()
    rewrite: str | None = None
    family: str = ""
    shows: str | None = None
    needs_number: bool = False
    negation_inside: bool = True
    tests: tuple[RuleTest, ...] = Field(min_length=2)

    @field_validator("context", "shows", "exceptions")
    @classmethod
    def _compiles(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for pattern in (value,) if isinstance(value, str) else value or ():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from None
        return value

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        if (self.action == "rewrite") != (self.rewrite is not None):
            raise ValueError("'rewrite' goes with action = \"rewrite\", and only with it")
        if not self.triggers and self.context is None:
            raise ValueError("a rule needs triggers, a context or both")
        return self


class Label(Strict):
    """How the AI label stands in the picture. min_height_share: of its letters, in the frame's shorter side (as GB 45438
    counts); max_frame_share: of the frame's area that label and card together may cover."""

    when: Literal["always", "start"] = "always"
    min_height_share: float = Field(default=0.03, gt=0, le=0.5)
    max_frame_share: float = Field(default=0.2, gt=0, le=1)


class AiVoice(Strict):
    """Whether a generated voice may speak: "yes", "with-label" or "no"."""

    allowed: Literal["yes", "with-label", "no"] = "with-label"
    source: str = ""


class Imagery(Strict):
    """dress: what the rules say, for people; outfits: names of outfits that meet it, empty for any."""

    dress: str = ""
    outfits: tuple[str, ...] = ()


class Retention(Strict):
    """How long recordings and questions are kept, in days."""

    min_days: int | None = Field(default=None, ge=1)
    max_days: int | None = Field(default=None, ge=1)
    source: str = ""


class Forbidden(Strict):
    """A kind of goods that may not be shown."""

    category: str
    source: str


class Disclosure(Strict):
    """What has to be said or shown. when: in the law's words; met_by: what of ours meets it: "label" (the AI label),
    "price" (beside every price shown and with every sum said), "claim" (with every sentence that makes a claim of one of
    `families`), "recording" (a mark in the file's metadata), "seller" (a switch elsewhere, confirmed in market.toml);
    text: by language, English at least, "{price}" is the lowest of the last 30 days; spoken: said, too, not only shown."""

    id: str
    when: str
    source: str
    met_by: Literal["label", "price", "claim", "recording", "seller"] = "seller"
    families: tuple[str, ...] = ()
    text: dict[str, str] = {}
    spoken: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Disclosure:
        if self.met_by in ("price", "claim") and "en" not in self.text:
            raise ValueError(f"disclosure {self.id!r}: what is shown needs its text, in English at least")
        if (self.met_by == "claim") != bool(self.families):
            raise ValueError(f"disclosure {self.id!r}: 'families' go with met_by = \"claim\", and only with it")
        return self

    def words(self, language: str) -> str:
        """Its text in a language, else in English; "" where it has none."""
        return self.text.get(language) or self.text.get(language.split("-")[0]) or self.text.get("en", "")


class PolicyProfile(Strict):
    """ai_label: the disclosure shown in every frame, by language, English at least;
    numbers_need_source: a price, measure or share needs a citation."""

    id: str = Field(pattern=r"^[a-z][a-z0-9+-]*$")
    title: str
    languages: tuple[str, ...] = ()
    ai_label: dict[str, str]
    label_size: Label = Label()
    ai_voice: AiVoice = AiVoice()
    imagery: Imagery = Imagery()
    retention: Retention = Retention()
    forbidden: tuple[Forbidden, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    numbers_need_source: bool = True
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> PolicyProfile:
        if "en" not in self.ai_label:
            raise ValueError("ai_label needs at least 'en'")
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise ValueError(f"two rules have the id {rule.id!r}")
            seen.add(rule.id)
        return self

    def label(self, language: str) -> str:
        """The AI label in a language, else in English."""
        return self.ai_label.get(language) or self.ai_label.get(language.split("-")[0]) or self.ai_label["en"]

    def beside_price(self, language: str) -> str:
        """What has to stand beside every price; "" for nothing."""
        return " ".join(d.words(language) for d in self.disclosures if d.met_by == "price")

    @property
    def marks_recordings(self) -> bool:
        """Whether a recording has to say in its metadata that it was generated."""
        return any(d.met_by == "recording" for d in self.disclosures)


def merged(first: PolicyProfile, second: PolicyProfile) -> PolicyProfile:
    """A market's profile on a platform: every rule of both, and of each other value the stricter one."""
    names = {rule.id for rule in first.rules}
    more = [rule if rule.id not in names else rule.model_copy(update={"id": f"{rule.id}-{second.id}"}) for rule in second.rules]
    size, other = first.label_size, second.label_size
    strict = ("yes", "with-label", "no")
    voice = max(first.ai_voice, second.ai_voice, key=lambda v: strict.index(v.allowed))
    outfits = first.imagery.outfits or second.imagery.outfits
    if first.imagery.outfits and second.imagery.outfits:
        outfits = tuple(o for o in first.imagery.outfits if o in second.imagery.outfits)
    days = [r.min_days for r in (first.retention, second.retention) if r.min_days]
    most = [r.max_days for r in (first.retention, second.retention) if r.max_days]
    least = max(days, default=None)
    return PolicyProfile(
        id=f"{first.id}+{second.id}", title=f"{first.title}; {second.title}",
        languages=tuple(dict.fromkeys((*first.languages, *second.languages))), ai_label={**second.ai_label, **first.ai_label},
        label_size=Label(when="always" if "always" in (size.when, other.when) else "start",
                         min_height_share=max(size.min_height_share, other.min_height_share),
                         max_frame_share=min(size.max_frame_share, other.max_frame_share)),
        ai_voice=voice, imagery=Imagery(dress=f"{first.imagery.dress}; {second.imagery.dress}", outfits=outfits),
        # A duty to keep goes before a wish to delete.
        retention=Retention(min_days=least, max_days=None if least else min(most, default=None),
                            source="; ".join(dict.fromkeys(s for s in (first.retention.source, second.retention.source) if s))),
        forbidden=(*first.forbidden, *second.forbidden), disclosures=(*first.disclosures, *second.disclosures),
        numbers_need_source=first.numbers_need_source or second.numbers_need_source, rules=(*first.rules, *more))
