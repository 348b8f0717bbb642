"""What the gate says of a model."""

from __future__ import annotations

from dataclasses import dataclass

from assets.checked import require
from assets.glb import GlbScene

TIERS = ("refused", "repaired", "warned")


@dataclass(frozen=True, slots=True)
class Finding:
    """code: name of the rule; tier: one of TIERS; message_en, message_zh: one sentence each; number: what was measured,
    limit: what is allowed (both None where the rule has none); source: where the rule comes from; mend_en, mend_zh: what
    the seller can do about it, "" where the message says it."""

    code: str
    tier: str
    message_en: str
    message_zh: str
    number: float | None = None
    limit: float | None = None
    source: str = ""
    mend_en: str = ""
    mend_zh: str = ""

    def __post_init__(self) -> None:
        require(self.tier in TIERS, "Finding", "tier", self.tier, f"one of {TIERS}")


@dataclass(frozen=True, slots=True)
class Report:
    """findings: refusals first; scene: the file as read, None when it is refused."""

    findings: tuple[Finding, ...]
    scene: GlbScene | None = None

    @property
    def refused(self) -> bool:
        """Whether the file may not be used."""
        return any(f.tier == "refused" for f in self.findings)

    @property
    def needs_repair(self) -> bool:
        """Whether `repair` would change something."""
        return not self.refused and any(f.tier == "repaired" for f in self.findings)
