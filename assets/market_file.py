"""market.toml: one audience's language, voice, look and rules."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from assets.checked import FieldError
from assets.findings import AuthoringError, Mistake
from assets.market import Market
from assets.toml_file import StrictModel, read_toml

SECTION_KINDS = ("hook", "facts", "offer", "question")


class _Market(StrictModel):
    id: str
    language: str
    voice: str
    policy: str
    currency: str = Field(pattern="^[A-Z]{3}$")
    outfit: str = "blazer"
    set: str = "studio"
    gesture_style: str = Field("calm", pattern="^(calm|lively)$")
    section_order: tuple[str, ...] = ("hook", "facts", "offer")
    ai_label: str = Field("AI-generated presenter", min_length=1)
    confirmed: tuple[str, ...] = ()

    @field_validator("section_order")
    @classmethod
    def _known_kinds(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [v for v in value if v not in SECTION_KINDS]
        if unknown or not value or len(set(value)) != len(value):
            raise ValueError(f"each of {', '.join(SECTION_KINDS)} at most once, at least one")
        return value


def load_market(path: Path) -> Market:
    """Read market.toml. Raises AuthoringError with every mistake, OSError when the file cannot be read."""
    path = Path(path)
    file, lines = read_toml(path, _Market)
    try:
        return Market(**file.model_dump())
    except FieldError as error:
        raise AuthoringError([Mistake(path, lines.get((error.field,), 0), str(error))]) from None
