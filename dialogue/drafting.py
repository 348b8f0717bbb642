"""A first script for a product out of its facts: hook, function with scene, proof, offer, question prompt. Pure.

Facts are said in the words that answers use, each with its citation; the rest claims nothing. Every wording goes through the
policy, and what it does not pass is left out and named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assets.knowledge import Passage
from assets.product import ProductModel
from assets.rundown_file import parse_text
from avatar.speech import Utterance
from dialogue.grounding import catalogue_row
from dialogue.lexicon import table
from dialogue.policy import Verdict
from dialogue.replies import AttributeReply, in_language, plain_truth
from dialogue.said_facts import said_fact
from dialogue.wording import base_of, template_language

FACTS_A_VARIANT, MAX_FACT_VARIANTS = 3, 5
_CHOICE = re.compile(r"\{([^{}]*)\}")
_OWN_SIGNS = str.maketrans("{}[]", "()()")  # of a script


@dataclass(frozen=True, slots=True)
class Draft:
    """toml: one [[item]] for rundown.toml; left_out: sentences that the policy does not pass, with the rule."""

    toml: str
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    cites: tuple[str, ...] = ()
    mood: str = "warm"


def draft(product: ProductModel, passages: Sequence[Passage], language: str, check: Callable[[Utterance], Verdict],
          reworded: Callable[[Utterance], str | None] = lambda utterance: None) -> Draft:
    """A script in `language` from the product's attributes. check: the policy; reworded: a language model's words for a cited
    line, through its gate, None where they do not hold: they become variants beside the line itself, never in its place."""
    said_in = template_language(language)
    name, left_out = product.name(said_in), list[str]()

    def passed(line: _Line) -> bool:
        for form in _forms(line.text):
            verdict = check(Utterance("draft", form, said_in, product=product.sku, citations=line.cites))
            if not verdict.allowed or verdict.rewritten:
                left_out.append(f"{form} — {verdict.rule}: {verdict.reason}")
                return False
        return True

    def of(kind: str, mood: str = "warm", cites: tuple[str, ...] = (), **parts: str) -> list[_Line]:
        texts = table("script")[kind].get(said_in) or table("script")[kind]["en"]
        lines = [_Line(_filled(text, parts), cites, mood) for text in texts]
        return [line for line in lines if passed(line)]

    facts = [line for line in _facts(product, passages, said_in) if passed(line)]
    def retold(line: _Line) -> _Line | None:
        text = reworded(Utterance("draft", line.text, said_in, product=product.sku, citations=line.cites))
        other = _Line(text.translate(_OWN_SIGNS), line.cites, line.mood) if text and text != line.text else None
        return other if other is not None and passed(other) else None

    scenes = of("scene")
    groups = [facts[i : i + FACTS_A_VARIANT] for i in range(0, len(facts), FACTS_A_VARIANT)][:MAX_FACT_VARIANTS]
    groups += [others for group in groups if (others := [line for one in group if (line := retold(one)) is not None])]
    told = [[*group, *scenes[i % len(scenes) : i % len(scenes) + 1]] if scenes else group for i, group in enumerate(groups)]
    sections = [("hook", [[line, *scenes[:1]] for line in of("hook", "happy", name=name)]), ("facts", told)]
    proof = [line for line in _proof(product, passages, said_in) if passed(line)][:MAX_FACT_VARIANTS]
    proof += [other for line in proof if (other := retold(line)) is not None]
    sections.append(("proof", [[line] for line in proof]))
    if product.price is not None:
        sections.append(("offer", [[line] for line in of("offer", cites=(catalogue_row(product)[0],))]))
    sections.append(("question", [[line] for line in of("question", "happy")]))
    return Draft(_toml(product.sku, [s for s in sections if s[1]]), tuple(left_out))


def _facts(product: ProductModel, passages: Sequence[Passage], language: str) -> list[_Line]:
    """One line for each attribute, in the language where the knowledge base has it, else by template."""
    by_attribute: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.sku == product.sku and passage.attribute:
            by_attribute.setdefault(passage.attribute, []).append(passage)
    lines = []
    for group in by_attribute.values():
        told = AttributeReply(product, tuple(group), None, 1.0).worded(language)
        if base_of(told.language) == language:  # a sentence that exists in another language only is not read out
            plain = _as_said(product, group, language, told.text).translate(_OWN_SIGNS)
            lines.append(_Line(plain, told.citations, "neutral"))
    return lines


def _as_said(product: ProductModel, group: Sequence[Passage], language: str, told: str) -> str:
    """A product's own sentence as it stands; in the place of a template what a host would say."""
    blank = tuple(replace(passage, text="-") for passage in group)
    passage = in_language(group, language)
    if told != AttributeReply(product, blank, None, 1.0).worded(language).text or not passage.value:
        return told
    return said_fact(passage.attribute or "", passage.value, passage.unit, language, plain_truth(passage)) or told


def _proof(product: ProductModel, passages: Sequence[Passage], language: str) -> list[_Line]:
    """Reports, certificates and reviews in their authors' words, where they are in the language."""
    own = (p for p in passages if p.kind == "text" and p.sku == product.sku and base_of(p.language) == language)
    return [_Line(p.text.strip().translate(_OWN_SIGNS), (p.id,), "neutral") for p in own]


def _filled(text: str, parts: dict[str, str]) -> str:
    """`{a|b}` is a choice and stays, `{name}` is filled."""
    return _CHOICE.sub(lambda m: parts.get(m[1], m[0]), text)


def _forms(text: str) -> list[str]:
    """Each side of each choice once, without marks."""
    plain = parse_text(text)[0]
    most = max((c.count("|") + 1 for c in _CHOICE.findall(plain)), default=1)

    def form(index: int) -> str:
        def side(match: re.Match[str]) -> str:
            sides = match[1].split("|")
            return sides[min(index, len(sides) - 1)]

        return _CHOICE.sub(side, plain)

    return [form(i) for i in range(most)]


def _toml(sku: str, sections: Sequence[tuple[str, Sequence[Sequence[_Line]]]]) -> str:
    out = ["[[item]]", f"product = {json.dumps(sku)}"]
    for kind, variants in sections:
        said_as = "facts" if kind == "proof" else kind
        out += ["", "[[item.section]]", f'id = "{sku}-{kind}"', f'kind = "{said_as}"']
        for variant in variants:
            out += ["", "[[item.section.variant]]", "lines = ["]
            for line in variant:
                cites = f", cites = {json.dumps(list(line.cites))}" if line.cites else ""
                out.append(f'  {{ text = {json.dumps(line.text, ensure_ascii=False)}, mood = "{line.mood}"{cites} }},')
            out.append("]")
    return "\n".join(out) + "\n"
