"""What in a knowledge base contradicts itself, its page or the catalogue: findings for `nightwindow check`. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assets.knowledge import Passage
from assets.product import ProductModel
from dialogue.analyser import normal
from dialogue.attributes import kind_of
from dialogue.other_prices import another_price
from dialogue.quantities import Quantity, compare, dimension_of, quantities, unit_named
from dialogue.replies import states_its_value
from dialogue.wording import base_of

SAME = 0.005  # two values that differ by less are one, rounded differently


@dataclass(frozen=True, slots=True)
class Finding:
    """en, zh: one sentence each, what, where and how to mend it; sources: files and lines of the passages."""

    en: str
    zh: str
    sources: tuple[str, ...]


def contradictions(passages: Sequence[Passage], products: Mapping[str, ProductModel], today: date) -> list[Finding]:
    """Two values of one attribute, a sentence that does not state its value, a price that is not the catalogue's, what
    has expired."""
    return [*_values(passages), *_sentences(passages), *_prices(passages, products), *_expired(passages, today)]


def _values(passages: Sequence[Passage]) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for passage in passages:
        if passage.attribute and passage.sku:
            kind = kind_of(passage.attribute)
            groups[passage.sku, kind.id if kind else normal(passage.attribute)].append(passage)
    for (sku, name), group in groups.items():
        for other in group[1:]:
            if _differ(group[0], other):
                a, b = (f"{p.value} {p.unit or ''}".strip() for p in (group[0], other))
                where = (group[0].source, other.source)
                yield Finding(f"{sku}: {name} is {a} ({where[0]}) and {b} ({where[1]}); delete the wrong one.",
                              f"{sku}：{name} 一处是 {a}（{where[0]}），另一处是 {b}（{where[1]}）；请删除错误的一条。", where)
                break


def _differ(first: Passage, second: Passage) -> bool:
    """Whether two values cannot both be right; words of different languages are not compared."""
    if first.attribute != second.attribute and base_of(first.language) == base_of(second.language):
        return False  # "strap" and "strap_colour" may be one kind and two facts
    one, two = _measured(first), _measured(second)
    if one is not None and two is not None:
        difference = compare(one, two)
        return difference is None or abs(difference) > SAME * max(abs(one.value), 1e-9)
    same_language = base_of(first.language) == base_of(second.language)
    return same_language and normal(first.value or "") != normal(second.value or "") and (one is None) is (two is None)


def _measured(passage: Passage) -> Quantity | None:
    found = quantities(f"{passage.value} {passage.unit or ''}")
    if len(found) != 1 or not re.fullmatch(r"\s*[\d.,]+\s*\S*\s*", passage.value or ""):
        return None
    unit = found[0].unit or unit_named(passage.unit or "")
    return Quantity(found[0].value, unit, dimension_of(unit))


def _sentences(passages: Sequence[Passage]) -> Iterator[Finding]:
    for passage in passages:
        if passage.attribute and _measured(passage) is not None and not states_its_value(passage):
            value = f"{passage.value} {passage.unit or ''}".strip()
            yield Finding(
                f"{passage.source}: the sentence {passage.text!r} does not state its value {value}; until one is mended, "
                "the value is said.",
                f"{passage.source}：句子“{passage.text}”与其数值 {value} 不一致；改正之前只说数值。", (passage.source,))


def _prices(passages: Sequence[Passage], products: Mapping[str, ProductModel]) -> Iterator[Finding]:
    for passage in passages:
        found = another_price(passage, products) if passage.sku is None or passage.sku in products else None
        price = products[found[0]].price if found is not None else None
        if found is None or price is None:
            continue
        (sku, wrong), right = found, f"{price.amount.normalize()} {price.currency}"
        yield Finding(f"{passage.source}: {sku} is said to cost {wrong}, the catalogue says {right}; the passage is not said "
                      "until it agrees.",
                      f"{passage.source}：这里写 {sku} 的价格是 {wrong}，商品目录是 {right}；一致之前不会说出这一条。",
                      (passage.source,))


def _expired(passages: Sequence[Passage], today: date) -> Iterator[Finding]:
    for passage in passages:
        if passage.valid_until and passage.valid_until < today.isoformat():
            yield Finding(f"{passage.source}: {passage.id} was valid until {passage.valid_until} and is no longer said; "
                          "delete it or give it a new date.",
                          f"{passage.source}：{passage.id} 的有效期到 {passage.valid_until}，已不再使用；请删除或更新日期。",
                          (passage.source,))
