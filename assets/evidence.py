"""What stands behind a product: reports, certificates, origin, carbon footprint, customers' own words, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assets.checked import require, require_id, require_language

# kind -> its name in the languages of the show; English for the others.
KINDS: dict[str, dict[str, str]] = {
    "test_report": {"en": "Test report", "zh": "检测报告", "es": "Informe de ensayo", "de": "Prüfbericht",
                    "fr": "Rapport d'essai", "ja": "試験報告書"},
    "certificate": {"en": "Certificate", "zh": "认证证书", "es": "Certificado", "de": "Zertifikat", "fr": "Certificat",
                    "ja": "認証"},
    "origin": {"en": "Where it comes from", "zh": "产地", "es": "Origen", "de": "Herkunft", "fr": "Origine", "ja": "原産地"},
    "carbon": {"en": "Carbon footprint", "zh": "碳足迹", "es": "Huella de carbono", "de": "CO₂-Bilanz",
               "fr": "Empreinte carbone", "ja": "カーボンフットプリント"},
    "review": {"en": "A customer's words", "zh": "顾客评价", "es": "Palabras de un cliente", "de": "Stimme eines Kunden",
               "fr": "Avis d'un client", "ja": "お客様の声"},
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """id: also the passage that a line cites; kind: one of KINDS; title: such as the report's number; text: what it says;
    source: who says so, never empty; issued, valid_until: dates or None; stars: 1..5 of a review or None."""

    id: str
    sku: str
    kind: str
    title: str
    text: str
    source: str
    language: str = "en"
    issued: date | None = None
    valid_until: date | None = None
    stars: int | None = None

    def __post_init__(self) -> None:
        require_id("Evidence", "id", self.id)
        require_id("Evidence", "sku", self.sku)
        require_language("Evidence", "language", self.language)
        require(self.kind in KINDS, "Evidence", "kind", self.kind, f"one of {', '.join(KINDS)}")
        for name in ("title", "text", "source"):
            value = getattr(self, name)
            require(bool(value.strip()), "Evidence", name, value, "words: nothing is shown as evidence without them")
        require(self.stars is None or (self.kind == "review" and 1 <= self.stars <= 5), "Evidence", "stars", self.stars,
                "1 to 5, of a review only")

    def holds_on(self, day: date) -> bool:
        """Whether it may still be shown."""
        return self.valid_until is None or day <= self.valid_until

    def kind_name(self, language: str) -> str:
        """What it is, in `language` or English."""
        return KINDS[self.kind].get(language.split("-")[0], KINDS[self.kind]["en"])

    def card_lines(self, language: str) -> tuple[str, ...]:
        """What it is, its title, what it says, who says so and when: the lines of a card."""
        stars = "★" * (self.stars or 0) + "☆" * (5 - self.stars if self.stars else 0)
        said = f"“{self.text}”" if self.kind == "review" else self.text
        when = f" · {self.issued.isoformat()}" if self.issued else ""
        title = f"{self.title} {stars}".strip()
        return self.kind_name(language), title, said, self.source + when
