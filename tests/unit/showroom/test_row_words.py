"""Every sentence that a row of a list, an alarm or a refusal can be exists in Chinese, with the same values in it."""

from __future__ import annotations

import ast
import inspect
import random
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import showroom
from assets import listing_files, listings, sheet
from showroom.page_words import both, chinese

pytestmark = pytest.mark.unit
ERRORS = ("AddError", "KeepError", "TakeOverError", "HandoverError", "PictureError", "ClipError")
# Said to programs, not to people: what a request has to look like.
TO_PROGRAMS = ("The body must be JSON", "Say how long", "This show takes no chat lines here")


Parts = tuple[str | None, ...]  # of a sentence; None: a gap for a value


def written(node: ast.expr) -> Iterator[Parts]:
    """The sentences that an expression can be."""
    if isinstance(node, ast.IfExp):
        yield from written(node.body)
        yield from written(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield (node.value,)
    elif isinstance(node, ast.JoinedStr):
        yield tuple(str(v.value) if isinstance(v, ast.Constant) else None for v in node.values)


def called(node: ast.AST, names: tuple[str, ...]) -> bool:
    return isinstance(node, ast.Call) and bool(node.args) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names


def raised(module: ModuleType) -> list[Parts]:
    """The sentences of its ValueErrors."""
    return [found for node in ast.walk(ast.parse(inspect.getsource(module)))
            if isinstance(node, ast.Raise) and node.exc is not None and called(node.exc, ("ValueError",))
            for found in written(node.exc.args[0])]  # type: ignore[attr-defined]


def on_the_page() -> list[Parts]:
    """Alarms and refusals of the whole package. What only hands on another sentence has none of its own."""
    found = [said for path in sorted(Path(showroom.__file__).parent.glob("*.py"))
             for node in ast.walk(ast.parse(path.read_text("utf-8")))
             if called(node, ("alarm", "_alarm", "refusal", "both", *ERRORS)) for said in written(node.args[0])]  # type: ignore[attr-defined]
    return [s for s in found if not (s[0] or "").startswith(TO_PROGRAMS) and any(c.isalpha() for p in s if p for c in p)]


def with_values(parts: Parts) -> tuple[str, list[str]]:
    """The sentence with a number drawn for each gap, and those numbers."""
    values = [str(random.randint(10, 99)) for p in parts if p is None]
    drawn = iter(values)
    return "".join(next(drawn) if p is None else p for p in parts), values


def name(parts: Parts) -> str:
    return "".join("…" if p is None else p for p in parts)


def is_chinese(words: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in words)


@pytest.mark.parametrize("parts", [s for module in (listings, sheet) for s in raised(module)], ids=name)
def test_a_rows_mistake(parts: Parts) -> None:
    sentence, values = with_values(parts)
    zh = chinese(f"night-lamp: {sentence}")
    assert zh.startswith("night-lamp：") and is_chinese(zh) and all(v in zh for v in values), zh


@pytest.mark.parametrize("parts", on_the_page(), ids=name)
def test_an_alarm_or_a_refusal(parts: Parts) -> None:
    sentence, values = with_values(parts)
    zh = chinese(sentence)
    assert is_chinese(zh) and all(v in zh for v in values), zh


def test_there_are_sentences_and_unknown_ones_stay() -> None:
    assert len(raised(listings)) > 9 and len(raised(sheet)) > 5 and len(on_the_page()) > 50 and listing_files
    assert chinese("something: quite new") == "something: quite new"
    assert chinese("this row: the sku is missing") == "本行：缺少 SKU"
    assert chinese("studio ended (signal 9); the feeds show the slate") == "演播室进程结束（信号 9）；各推流显示待机画面"
    assert both("the camera sees no face") == {"error": "the camera sees no face", "error_zh": "摄像头看不到脸"}


@pytest.mark.parametrize("words", ["{0} {name}", "a" * 5000, "x: " * 400, "sku: {", "\n\0: 7 rows are left out: "])
def test_hostile_words_are_only_words(words: str) -> None:
    assert words in chinese(f"{words} is refused: {words}") or chinese(words)
