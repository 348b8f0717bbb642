"""Which product stands where, which card and shot go with a sentence. Pure: sentence in, cues out."""

from __future__ import annotations

from collections.abc import Mapping

from assets.product import Fact, ProductModel
from assets.rundown_file import CARDS
from assets.scene import ShowroomSpec
from avatar.performance import Performance
from avatar.speech import Utterance
from render.clock import ticks
from render.cue import CardCue, Cue, ExplodeCue, HoldCue, LabelCue, ProductCue, ShotCue
from render.shots import resolve
from showroom.comparison import MOST_ROWS, compared, facts_in, price_text
from showroom.shopper_words import fact_line

MIN_SHOT_TICKS = ticks(5.0)  # faster cutting is restless on a product show
MOST_HELD_M = 0.36  # of a product's longest side: what a hand carries in front of a chest and a camera still frames
EASE_S = {"wide": 0.0, "medium": 0.0, "product": 0.0}
CARD_FACTS = ("water_resistance", "luminous_flux", "battery_life", "capacity", "weight", "material", "fits_laptop")


class Staging:
    """Remembers what stands and which shot is up, so that cues are sent only for changes."""

    def __init__(self, spec: ShowroomSpec, products: Mapping[str, ProductModel], language: str, ai_label: str,
                 price_note: str = "") -> None:
        """price_note: what the policy wants beside every price."""
        self._spec, self._language, self._ai_label, self._price_note = spec, language, ai_label, price_note
        self.products = products
        self.restart()

    def restart(self) -> None:
        """A new studio knows nothing: the next sentence brings everything."""
        self.sku: str | None = getattr(self, "sku", None)
        self._sent_sku: str | None = None
        self._shot = ""
        self._shot_at = -MIN_SHOT_TICKS
        self._turn = 0
        self._apart = False
        self._beside: CardCue | None = None

    def cues(self, utterance: Utterance, kind: str, at: int) -> list[Cue]:
        """What changes at `at` with a sentence of a section kind ("hook", "facts", "offer", "question", "answer")."""
        out: list[Cue] = []
        anchor = self._spec.marks[0].anchor_id  # what is on show belongs to the show, whoever speaks
        if not self._shot:
            out.append(LabelCue(at, self._ai_label, anchor))
        # A product may have been withdrawn since it was put on show.
        sku = next((s for s in (utterance.product, self.sku) if s in self.products), None)
        fresh = sku != self._sent_sku
        if fresh:
            self.sku = self._sent_sku = sku
            out.append(ProductCue(at, sku, anchor_id=anchor))
        beside = self._card_beside(utterance, sku, at)
        if beside is not None or fresh or self._beside is not None:
            out.append(beside or self._own_card(sku, at, anchor))
        self._beside = beside
        product_model = self.products.get(sku) if sku else None
        apart = product_model is not None and product_model.exploded is not None and any(
            mark.name == "explode" for mark in utterance.marks)
        if apart != self._apart and (apart or not fresh):
            out.append(ExplodeCue(at, 1.0 if apart else 0.0, anchor_id=anchor))
        shot = "product" if apart else self._next_shot(kind, fresh, any(m.name not in CARDS for m in utterance.marks))
        if fresh or apart != self._apart or (shot != self._shot and at - self._shot_at >= MIN_SHOT_TICKS):
            out.append(ShotCue(at, shot, resolve(shot, self._spec, product_model, apart=apart), EASE_S[shot], anchor))
            self._shot, self._shot_at = shot, at
        self._apart = apart
        return out

    def hold(self, utterance: Utterance, performance: Performance, at: int) -> list[Cue]:
        """The product into the palm that a sentence at `at` opens for it, and back; [] where it is too large for a hand."""
        if utterance.anchor_id != self._spec.marks[0].anchor_id:
            return []  # the hero plinth stands beside the first anchor
        return hold_cues(self.products.get(self.sku) if self.sku else None, performance, at, utterance.anchor_id)

    def _own_card(self, sku: str | None, at: int, anchor: str) -> CardCue:
        return product_card(self.products.get(sku) if sku else None, self._language, self._price_note, at, anchor)

    def _card_beside(self, utterance: Utterance, sku: str | None, at: int) -> CardCue | None:
        """The card that a sentence asks for in place of the product's own; None where there is nothing to show."""
        product = self.products.get(sku) if sku else None
        mark = next((m for m in utterance.marks if m.name in CARDS), None)
        if product is None or mark is None:
            return None
        if mark.name == "compare":
            other = self.products.get(mark.target)
            if other is None or other.sku == product.sku:
                return None
            rows = compared(product, other, self._language, MOST_ROWS, self._price_note)
            names = product.name(self._language), other.name(self._language)
            return CardCue(at, names, sku, self._spec.marks[0].anchor_id, "compare",
                           tuple((r.label, r.a, r.b) for r in rows))
        named = [e for e in product.evidence if mark.target in ("evidence", e.id)]
        found = next((e for e in named if e.id in utterance.citations), named[0] if named else None)
        if found is None:
            return None
        return CardCue(at, found.card_lines(self._language), sku, self._spec.marks[0].anchor_id, "evidence")

    def _next_shot(self, kind: str, fresh: bool, gesture: bool) -> str:
        self._turn += 1
        if fresh or kind == "hook":
            return "wide" if fresh and self._turn > 1 else "medium"
        if gesture:
            return "medium"  # a pointing hand must be seen
        if kind == "facts":
            return "product" if self._turn % 2 else "medium"
        return "medium" if self._turn % 4 else "wide"


def hold_cues(product: ProductModel | None, performance: Performance, at: int, anchor_id: str) -> list[Cue]:
    """As Staging.hold, for a product that is known."""
    if performance.hold is None or product is None or float(max(product.size_m)) > MOST_HELD_M:
        return []
    start_s, end_s, side = performance.hold
    return [HoldCue(at + ticks(start_s), side, anchor_id=anchor_id), HoldCue(at + ticks(end_s), "", anchor_id=anchor_id)]


def product_card(product: ProductModel | None, language: str, price_note: str, at: int = 0, anchor: str = "anchor") -> CardCue:
    """A product's own card; an empty one for None."""
    lines = card_lines(product, language, price_note) if product is not None else ()
    firm = 3 if price_note and product is not None and product.price is not None else 2
    return CardCue(at, lines, product.sku if product is not None else None, anchor, firm=firm)


def card_lines(product: ProductModel, language: str, price_note: str = "") -> tuple[str, ...]:
    """Title, price with its note, two facts; where there are fewer, what the seller says it does."""
    lines = [product.name(language)]
    if product.price is not None:
        lines.append(price_text(product.price))
        lines += [price_note] if price_note else []
    shown = card_facts(product, language)
    lines += [": ".join(fact_line(fact, language)) for fact in shown]
    lines += [p.text for p in product.points_in(language)][:2 - len(shown)]
    return tuple(lines)


def card_facts(product: ProductModel, language: str) -> list[Fact]:
    """The facts of a product's card: the two that are asked for most."""
    facts = facts_in(product, language)
    return [facts[a] for a in CARD_FACTS if a in facts][:2]


__all__ = ["CARD_FACTS", "EASE_S", "MIN_SHOT_TICKS", "Staging", "card_facts", "card_lines", "price_text", "product_card"]
