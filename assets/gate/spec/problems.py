"""Breaches of the specification, as found: a code, where, and a few words of detail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

KEPT_PER_CODE = 5  # a broken exporter repeats one mistake thousands of times; the first few are enough to find it


@dataclass(frozen=True, slots=True)
class Problem:
    """code: a name from assets.gate.spec.rules; where: JSON pointer, or "byte N" in a GLB; detail: what was found."""

    code: str
    where: str
    detail: str = ""


@dataclass(slots=True)
class Problems:
    """Collects problems; counts all, keeps the first few of each code."""

    counts: Counter[str] = field(default_factory=Counter)
    _kept: dict[str, list[Problem]] = field(default_factory=dict)

    def add(self, code: str, where: str, detail: object = "") -> None:
        """Note one breach."""
        self.counts[code] += 1
        kept = self._kept.setdefault(code, [])
        if len(kept) < KEPT_PER_CODE:
            kept.append(Problem(code, where[:200], str(detail)[:120]))

    def __iter__(self) -> Iterator[Problem]:
        for kept in self._kept.values():
            yield from kept

    def first(self, code: str) -> Problem:
        """The first problem with this code. Raises KeyError when there is none."""
        return self._kept[code][0]
