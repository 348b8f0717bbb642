"""How much a body moves while it speaks: a market's gesture style as numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """beats_per_s: at most so many beats; size: of beats and of open hands, 1 as they were filmed; nod_deg: on a phrase's
    end; nod_chance: that an inner phrase has one; drift: of head and trunk; open_hands: chance that a long sentence without a
    mark opens a hand."""

    beats_per_s: float
    size: float
    nod_deg: float
    nod_chance: float
    drift: float
    open_hands: float


STYLES: dict[str, Style] = {
    # beats: 0.3 to 0.6 a second in seated speakers (McNeill 1992 counts); Mediterranean and American hosts at the upper end
    "calm": Style(0.34, 0.85, 3.0, 0.45, 0.85, 0.15),
    "lively": Style(0.58, 1.2, 3.8, 0.65, 1.2, 0.45),
}


def style_of(name: str) -> Style:
    """The style of a market's gesture_style; calm for a name that nobody knows."""
    return STYLES.get(name, STYLES["calm"])
