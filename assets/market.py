"""A market: language, look, manners and rules of the show for one audience."""

from __future__ import annotations

from dataclasses import dataclass

from assets.checked import require_id, require_language


@dataclass(frozen=True, slots=True)
class Market:
    """language: BCP 47 of what is spoken; voice: name of the voice; policy: id of the policy profile;
    currency: ISO 4217; gesture_style: "calm" or "lively"; section_order: order of rundown sections of a product;
    confirmed: ids of disclosures that the seller has seen to elsewhere."""

    id: str
    language: str
    voice: str
    policy: str
    currency: str
    outfit: str = "blazer"
    set: str = "studio"
    gesture_style: str = "calm"
    section_order: tuple[str, ...] = ("hook", "facts", "offer")
    ai_label: str = "AI-generated presenter"
    confirmed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_id("Market", "id", self.id)
        require_language("Market", "language", self.language)
