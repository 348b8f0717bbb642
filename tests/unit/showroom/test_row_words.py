"""Every sentence that a row of a product list can get exists in Chinese, with the same values in it."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

import pytest

from assets import listing_files, listings, sheet
from showroom.row_words import in_chinese

pytestmark = pytest.mark.unit


def raised(module: ModuleType) -> list[str]:
    """The sentences of its ValueErrors, with a word or number in each gap."""
    out = []
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and getattr(node.exc.func, "id", "") == "ValueError":
            argument = node.exc.args[0]
            for part in (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,):
                if isinstance(part, ast.Constant):
                    out.append(str(part.value))
                elif isinstance(part, ast.JoinedStr):
                    out.append("".join(str(v.value) if isinstance(v, ast.Constant) else str(7 + n)
                                       for n, v in enumerate(part.values)))
    return out


@pytest.mark.parametrize("sentence", [s for module in (listings, sheet) for s in raised(module)])
def test_it_exists_in_chinese_with_its_values(sentence: str) -> None:
    zh = in_chinese(f"night-lamp: {sentence}")
    assert zh.startswith("night-lamp：") and any("\u4e00" <= c <= "\u9fff" for c in zh), zh
    for number in (n for n in ("7", "8", "9", "10", "11") if f"{n}" in sentence.replace("2027-03-31", "").replace("49.90", "")
                   .replace("https://", "").split("; write")[0].replace("0 and 100", "").split()):
        assert number in zh


def test_there_are_sentences_and_unknown_ones_stay() -> None:
    assert len(raised(listings)) > 10 and len(raised(sheet)) > 5 and listing_files
    assert in_chinese("something: quite new") == "something: quite new"
    assert in_chinese("this row: the sku is missing") == "本行：缺少 SKU"
