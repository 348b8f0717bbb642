"""Where the show is in its script: a position that survives interruption and restart, and variants that rotate.

No sentence is spoken twice word for word within REPEAT_S as long as the script has another form of it; when it has
none, the one that was spoken longest ago is taken and counted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from assets.rundown_file import Line, Rundown, parse_line
from assets.ssml import Delivery
from avatar.speech import GestureMark

REPEAT_S = 3 * 3600.0
_CHOICE = re.compile(r"\{([^{}]*\|[^{}]*)\}")
MAX_FORMS = 4096  # of one line; more than a year of nights needs


class Memory(Protocol):
    """What was said and when (showroom.store.Store)."""

    def last_said_s(self, text: str) -> float | None: ...
    def put(self, key: str, value: Any) -> None: ...
    def get(self, key: str, default: Any = None) -> Any: ...


@dataclass(frozen=True, slots=True)
class Spot:
    """A sentence of the script. item, section, variant, line: indices; form: which of the line's wordings."""

    item: int
    section: int
    variant: int
    line: int
    form: int


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """The sentence at a spot, ready to be said."""

    spot: Spot
    sku: str
    section_id: str
    kind: str
    text: str
    mood: str
    marks: tuple[GestureMark, ...]
    cites: tuple[str, ...]
    delivery: tuple[Delivery, ...] = ()
    by: str = ""


def form_count(text: str) -> int:
    """How many wordings a line has: `{a|b}` is one choice of two; no nesting. At most MAX_FORMS are used."""
    return min(MAX_FORMS, math.prod(group.count("|") + 1 for group in _CHOICE.findall(text)))


def covering_forms(text: str) -> list[int]:
    """Numbers of the fewest wordings that have each alternative of each choice once or more."""
    counts = [group.count("|") + 1 for group in _CHOICE.findall(text)]
    steps = [math.prod(counts[:i]) for i in range(len(counts))]
    return [sum(n % count * step for count, step in zip(counts, steps, strict=True)) for n in range(max(counts, default=1))]


def worded(text: str, form: int) -> str:
    """The wording number `form` of a line (or of the first part of one: the same choices). The first choice varies
    fastest, so that neighbouring numbers differ at their beginning."""

    def choose(match: re.Match[str]) -> str:
        nonlocal form
        options = match[1].split("|")
        form, index = divmod(form, len(options))
        return options[index]

    return " ".join(_CHOICE.sub(choose, text).split())


def _same(a: ScriptLine, b: ScriptLine) -> bool:
    """Whether they are one wording of one sentence, wherever the script has it now."""
    return (a.section_id, a.spot.variant, a.spot.line, a.spot.form) == (
        b.section_id, b.spot.variant, b.spot.line, b.spot.form)


class Cursor:
    """Issues lines ahead of the position; the position moves only when a line was spoken to its end."""

    def __init__(self, rundown: Rundown, order: tuple[str, ...], memory: Memory,
                 on_repeat: Callable[[str], None] = lambda text: None) -> None:
        self._memory, self._order, self._on_repeat = memory, order, on_repeat
        self._issued: list[ScriptLine] = []
        self._detour: dict[int, int] = {}  # item -> the item after it, where that is not the next
        self.replace(rundown)
        saved = memory.get("rundown_position")
        self._position = self._valid(saved) or self._enter(0, 0)
        self._keep()  # killed before its end, the first sentence is the same again, too

    def replace(self, rundown: Rundown) -> None:
        """Take a changed script; the position stays at its sentence, or at what follows a product that is gone."""
        at = self.position if hasattr(self, "_position") else None
        self._rundown = rundown
        self._detour = {}
        rank = {kind: i for i, kind in enumerate(self._order)}
        self._sections = [
            sorted(range(len(item.sections)), key=lambda i: (rank.get(item.sections[i].kind, len(rank)), i))
            for item in rundown.items
        ]
        # What was issued is being prepared or said: it is not issued again.
        self._issued = [replace(line, spot=spot) for line in self._issued if (spot := self._home(line)) is not None]
        if at is not None:
            self._position = self._home(at) or self._enter(min(at.spot.item, len(rundown.items) - 1), 0)
            self._keep()

    def _home(self, line: ScriptLine) -> Spot | None:
        """Where a line stands now: sections have ids of their own, items may have come or gone before it."""
        for i, item in enumerate(self._rundown.items):
            for s, index in enumerate(self._sections[i]):
                if item.sections[index].id == line.section_id:
                    spot = replace(line.spot, item=i, section=s)
                    return spot if self._find(spot) is not None else None
        return None

    def next(self) -> ScriptLine:
        """The line after the last one issued."""
        spot = self._after(self._issued[-1].spot) if self._issued else self._position
        line = self._line(spot)
        self._issued.append(line)
        return line

    def peek(self, count: int = 1) -> list[ScriptLine]:
        """What will come, without issuing it."""
        out: list[ScriptLine] = []
        spot = self._after(self._issued[-1].spot, remember=False) if self._issued else self._position
        for _ in range(count):
            out.append(self._line(spot))
            spot = self._after(spot, remember=False)
        return out

    def done(self, line: ScriptLine) -> None:
        """`line` was spoken (or skipped): the position is the one after it."""
        self._issued = [i for i in self._issued if not _same(i, line)]
        spot = self._home(line)
        if self._issued:
            self._position = self._issued[0].spot
        elif spot is not None:
            self._position = self._after(spot)
        self._keep()

    def rewind(self) -> None:
        """Lines issued but not done will be issued again."""
        self._issued.clear()

    def skip_item(self) -> None:
        """Go to the next product."""
        self._issued.clear()
        self._position = self._enter(self._item_after(self._position.item), 0)
        self._keep()

    def _keep(self) -> None:
        if self._position.item not in self._detour:
            self._detour = {}
        self._memory.put("rundown_position", [*self._spot_list(self._position)])

    @property
    def position(self) -> ScriptLine:
        """The first line not yet spoken to its end."""
        return self._line(self._position)

    @staticmethod
    def _spot_list(spot: Spot) -> tuple[int, ...]:
        return spot.item, spot.section, spot.variant, spot.line, spot.form

    def _valid(self, saved: object) -> Spot | None:
        if not isinstance(saved, list) or len(saved) != 5 or not all(isinstance(v, int) for v in saved):
            return None
        spot = Spot(*saved)
        return spot if self._find(spot) is not None else None

    def _find(self, spot: Spot) -> Line | None:
        try:
            section = self._rundown.items[spot.item].sections[self._sections[spot.item][spot.section]]
            return section.variants[spot.variant][spot.line]
        except IndexError:
            return None

    def _line(self, spot: Spot) -> ScriptLine:
        item = self._rundown.items[spot.item]
        section = item.sections[self._sections[spot.item][spot.section]]
        line = section.variants[spot.variant][spot.line]
        text, marks, delivery, _ = parse_line(worded(line.marked, spot.form))  # gestures stand on the words of this wording
        return ScriptLine(spot, item.product, section.id, section.kind, text, line.mood,
                          tuple(GestureMark(m.name, m.word, m.target) for m in marks), line.cites, delivery, line.by)

    def _after(self, spot: Spot, remember: bool = True) -> Spot:
        item = self._rundown.items[spot.item]
        section = item.sections[self._sections[spot.item][spot.section]]
        if spot.line + 1 < len(section.variants[spot.variant]):
            return self._worded(Spot(spot.item, spot.section, spot.variant, spot.line + 1, 0), remember)
        if spot.section + 1 < len(self._sections[spot.item]):
            return self._enter(spot.item, spot.section + 1, remember)
        return self._enter(self._item_after(spot.item), 0, remember)

    def bring(self, sku: str) -> bool:
        """Have a product come next, when the one on show is through; after it the order goes on where it was left.
        False when the script does not have it, or when it is on or next anyway."""
        wanted = next((i for i, item in enumerate(self._rundown.items) if item.product == sku), None)
        now = (self._issued[-1].spot if self._issued else self._position).item
        if wanted is None or wanted in (now, self._item_after(now)):
            return False
        self._detour = {now: wanted, wanted: self._item_after(now)}
        return True

    def _item_after(self, item: int) -> int:
        return self._detour.get(item, (item + 1) % len(self._rundown.items))

    def _enter(self, item: int, section: int, remember: bool = True) -> Spot:
        """Begin a section with the variant whose sentences were spoken longest ago."""
        variants = self._rundown.items[item].sections[self._sections[item][section]].variants

        def age_s(index: int) -> float:
            return min(self._best_form(line.text)[1] for line in variants[index])

        best = max(range(len(variants)), key=lambda i: (min(age_s(i), REPEAT_S), self._variant_age(item, section, i)))
        if remember:
            self._memory.put(f"variant {item} {section} {best}", self._tick())
        return self._worded(Spot(item, section, best, 0, 0), remember)

    def _variant_age(self, item: int, section: int, variant: int) -> int:
        return -int(self._memory.get(f"variant {item} {section} {variant}", 0))

    def _tick(self) -> int:
        count = int(self._memory.get("variant tick", 0)) + 1
        self._memory.put("variant tick", count)
        return count

    def _worded(self, spot: Spot, remember: bool = True) -> Spot:
        line = self._find(spot)
        assert line is not None
        form, age_s = self._best_form(line.text)
        if age_s < REPEAT_S and remember:
            self._on_repeat(line.text)
        return Spot(spot.item, spot.section, spot.variant, spot.line, form)

    def _best_form(self, text: str) -> tuple[int, float]:
        """The first wording not said within REPEAT_S, else the one said longest ago; with its age."""
        best, best_age = 0, -1.0
        issued = {line.text for line in self._issued}
        for index in range(form_count(text)):
            wording = worded(text, index)
            age = self._memory.last_said_s(wording)
            if wording in issued:
                age = 0.0
            if age is None or age >= REPEAT_S:
                return index, float("inf")
            if age > best_age:
                best, best_age = index, age
        return best, best_age
