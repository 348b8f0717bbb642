"""The page's own words: a whole set in each language, every one used, and first questions that the demo's answers know."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

import showroom
from assets.catalogue import load_catalogue
from assets.knowledge_file import load_knowledge
from assets.market import Market
from dialogue.answering import Answerer
from dialogue.ports import LANGUAGES
from dialogue.question import Question

pytestmark = pytest.mark.unit
WEB = Path(showroom.__file__).parent / "web"
DEMO = Path(__file__).parents[3] / "examples" / "demo"
OTHERS = sorted(set(LANGUAGES) - {"en"})
LETTERS = {"zh": r"[\u4e00-\u9fff]", "ja": r"[\u3040-\u30ff\u4e00-\u9fff]", "hi": r"[\u0900-\u097f]", "ar": r"[\u0600-\u06ff]",
           "ru": r"[\u0400-\u04ff]", "th": r"[\u0e00-\u0e7f]"}


@cache
def words(language: str) -> dict[str, str]:
    """All of one language; a key that stands twice would hide a sentence."""
    pairs = json.loads((WEB / "strings" / f"{language}.json").read_text("utf-8"), object_pairs_hook=list)
    assert len(dict(pairs)) == len(pairs), language
    return dict(pairs)


def places(text: str) -> list[str]:
    """What is filled in, in braces."""
    return sorted(re.findall(r"\{\w+\}", text))


def test_the_page_speaks_the_languages_of_the_answers() -> None:
    files = {path.stem for path in (WEB / "strings").iterdir()}
    table = (WEB / "src" / "strings.js").read_text("utf-8").split("LANGUAGES = ")[1].split("};")[0]
    listed = set(re.findall(r"\b([a-z]{2}): \"", table))
    assert files == listed == set(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_missing_left_over_or_left_in_english(language: str) -> None:
    english, theirs = words("en"), words(language)
    assert list(theirs) == list(english)
    for key, text in theirs.items():
        assert text.strip() == text != "" and places(text) == places(english[key]), key
        assert text != english[key], key
        assert re.search(LETTERS.get(language, r"[a-z]"), text), key
        assert len(text) <= 2.2 * len(english[key]) + 12, f"{key}: too long for where it stands"


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    operators = ("operator", "layout")  # their page has words of its own
    sources = [path.read_text("utf-8") for path in (WEB / "src").glob("*.js") if not path.name.startswith(operators)]
    code = "\n".join([*sources, (WEB / "viewer.html").read_text("utf-8")])
    used = set(re.findall(r"\bt\(\"(\w+)\"", code)) | set(re.findall(r"data-t=\"(\w+)\"", code))
    assert used <= set(words("en")), used - set(words("en"))
    quoted = set(re.findall(r"\"(\w+)\"", code))
    replies = {"too_fast", "full", "too_long", "empty", "full_house"}  # named by the server
    assert set(words("en")) - replies <= quoted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_questions_are_answered(language: str) -> None:
    """What the page itself offers to tap must not be declined: of every product that has the fact, in the page's language."""
    answerer, products, passages = _demo()
    for key, fact in (("try_1", "water_resistance"), ("try_2", "weight"), ("try_3", "returns")):
        for sku in [sku for sku in products if f"{sku}:{fact}" in passages] or products:
            asked = Question("q", "viewer", words(language)[key], language, datetime.now(UTC))
            answer = answerer.answer(asked, on_show=sku)
            assert not answer.refusal and any(fact in cited for cited in answer.citations), (key, sku, answer.text)


@cache
def _demo() -> tuple[Answerer, tuple[str, ...], frozenset[str]]:
    passages = load_knowledge(DEMO / "knowledge")
    products = load_catalogue(DEMO / "catalogue.csv", DEMO / "models", tuple(passages)).products
    answerer = Answerer(tuple(passages), products, Market("us-en", "en", "espeak", "own-site", "USD"))
    return answerer, tuple(products), frozenset(p.id for p in passages)
