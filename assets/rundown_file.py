"""rundown.toml: what is said about which product, in which order, in how many wordings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from assets.checked import IDENTIFIER
from assets.findings import AuthoringError, Mistake, suggestion
from assets.ssml import Delivery, held, released
from assets.toml_file import Place, StrictModel, line_of, read_toml

MOODS = ("neutral", "happy", "warm", "serious")
# Those that avatar.gestures knows; "explode" also takes the product apart until the next sentence.
GESTURES = ("point", "open", "wave", "nod", "beat", "count1", "count2", "count3", "count4", "count5", "hold",
            "explode")
TARGETS = ("product", "camera", "chat")
# Not gestures: what stands beside the product while the sentence is said. [card:evidence] is the product's first piece of
# evidence, [card:<id>] a certain one, [compare:<sku>] another product side by side.
CARDS = ("card", "compare")


@dataclass(frozen=True, slots=True)
class LineMark:
    """A gesture: name; word: index of the word it starts on; target: "product", "camera" or "chat". Or one of CARDS:
    target: "evidence", the id of a piece of evidence, or a sku; word 0."""

    name: str
    word: int = 0
    target: str = "product"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence to be said. text: without marks; `{a|b}` in it is a choice of wordings; cites: passage ids;
    marks: at their words in the first wording. marked: the text with its marks; `parse_text` of one of its wordings gives
    that wording's own marks, where sides of a choice differ in words. by: anchor_id of who says it; "": the first anchor."""

    text: str
    marks: tuple[LineMark, ...] = ()
    mood: str = "warm"
    cites: tuple[str, ...] = ()
    marked: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """kind: "hook", "facts", "offer" or "question"; variants: each a short sequence of lines, one is said at a time."""

    id: str
    kind: str
    variants: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One product's turn."""

    product: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Rundown:
    """The script; after the last item it starts again."""

    items: tuple[Item, ...]


class _Line(StrictModel):
    text: str = Field(min_length=1)
    mood: Literal["neutral", "happy", "warm", "serious"] = "warm"
    cites: tuple[str, ...] = ()
    by: str = ""


class _Variant(StrictModel):
    lines: list[_Line] = Field(min_length=1)


class _Section(StrictModel):
    id: str
    kind: Literal["hook", "facts", "offer", "question"]
    variant: list[_Variant] = Field(min_length=1)


class _Item(StrictModel):
    product: str
    section: list[_Section] = Field(min_length=1)


class _Rundown(StrictModel):
    item: list[_Item] = Field(min_length=1)


_MARK = re.compile(r"\[([^\[\]]*)\]\s*")
_CHOICE = re.compile(r"\{([^{}]*)\}")


def parse_text(text: str) -> tuple[str, tuple[LineMark, ...], list[str]]:
    """Text without its marks and tags, the marks, and what is wrong with them."""
    plain, marks, _, wrong = parse_line(text)
    return plain, marks, wrong


def parse_line(text: str) -> tuple[str, tuple[LineMark, ...], tuple[Delivery, ...], list[str]]:
    """Text without its marks and tags, the marks, what the tags of assets.ssml ask for, and what is wrong with them.

    "[point] Look at this" puts a gesture on "Look"; "[point:camera]" names its target. Words are counted in the first
    wording of each choice `{a|b}`.
    """
    marks, wrong, plain = [], [], ""
    text, tags = held(text)
    at = 0
    for match in _MARK.finditer(text):
        plain += text[at:match.start()]
        at = match.end()
        name, _, target = match[1].partition(":")
        if name == "count" and target.isdigit():  # [count:3] is [count3]
            name, target = name + target, ""
        target = target or "product"
        if name in CARDS:
            if not IDENTIFIER.match(target):
                wrong.append(f"[{match[1]}] names nothing to show; write [card:evidence] or [compare:<sku>]")
                continue
            marks.append(LineMark(name, 0, target))
            continue
        if name not in GESTURES:
            wrong.append(f"unknown gesture [{match[1]}]" + suggestion(name, [*GESTURES, *CARDS]))
            continue
        if target not in TARGETS:
            wrong.append(f"unknown target in [{match[1]}]" + suggestion(target, list(TARGETS)))
            continue
        marks.append(LineMark(name, len(_CHOICE.sub(lambda c: c[1].split("|")[0], plain).split()), target))
    plain = re.sub(r"\s+", " ", plain + text[at:]).strip()
    words = len(_CHOICE.sub(lambda c: c[1].split("|")[0], plain).split())
    if marks and words and marks[-1].word >= words:
        wrong.append(f"the gesture [{marks[-1].name}] stands behind the last word")
    if plain.count("{") != plain.count("}") or "{" in _CHOICE.sub("", plain) or "}" in _CHOICE.sub("", plain):
        wrong.append("a brace is not closed, or choices are nested")
    plain, delivery, mistaken = released(plain, tags)
    if not _CHOICE.sub(lambda c: c[1], plain).strip():
        wrong.append("there is nothing to say")
    return plain, tuple(marks), delivery, wrong + mistaken


def load_rundown(path: Path) -> Rundown:
    """Read rundown.toml. Raises AuthoringError with every mistake, OSError when the file cannot be read."""
    path = Path(path)
    file, lines = read_toml(path, _Rundown)
    mistakes: list[Mistake] = []
    items, seen = [], set()
    for i, item in enumerate(file.item):
        sections = []
        for s, section in enumerate(item.section):
            place: Place = ("item", i, "section", s)
            if section.id in seen:
                mistakes.append(Mistake(path, line_of(lines, (*place, "id")), f"the section {section.id!r} stands twice"))
            seen.add(section.id)
            variants = [tuple(_line(line, path, line_of(lines, (*place, "variant", v, "lines")), k, mistakes)
                              for k, line in enumerate(variant.lines)) for v, variant in enumerate(section.variant)]
            sections.append(Section(section.id, section.kind, tuple(variants)))
        if not IDENTIFIER.match(item.product):
            mistakes.append(Mistake(path, line_of(lines, ("item", i, "product")), f"{item.product!r} is not a sku"))
        items.append(Item(item.product, tuple(sections)))
    if mistakes:
        raise AuthoringError(mistakes)
    return Rundown(tuple(items))


def _line(line: _Line, path: Path, number: int, index: int, mistakes: list[Mistake]) -> Line:
    text, marks, wrong = parse_text(line.text)
    wrong += [f"{cite!r} is not a passage id" for cite in line.cites if not IDENTIFIER.match(cite)]
    mistakes.extend(Mistake(path, number, f"line {index + 1} of this variant: {w}") for w in wrong)
    return Line(text or "-", marks, line.mood, line.cites, line.text, line.by)
