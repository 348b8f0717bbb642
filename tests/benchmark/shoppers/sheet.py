"""Shoppers' lines at the demo and what has to be said to each; right, wrong and declined counted by language.

`learned.txt` may be read while anything is mended. `held.txt` was written before anything was measured and is only measured:
`python -m tests.benchmark.shoppers.sheet held`. A value counts when its passage is cited and its number stands in the answer.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assets.catalogue import load_catalogue
from assets.knowledge import Passage
from assets.knowledge_file import load_knowledge
from assets.market import Market
from assets.product import ProductModel
from dialogue import wording
from dialogue.answering import Answerer
from dialogue.ports import LANGUAGES, Embedder
from dialogue.question import Answer, Question

HERE = Path(__file__).parent
DEMO = HERE.parents[2] / "examples" / "demo"
MARKET = Market("us-en", "en", "espeak", "own-site", "USD")
RIGHT, WRONG, DECLINED = "right", "wrong", "declined"
# Another source that says the same: of height the sizes, of days the policy beside the question with an answer.
ALSO = {"lamp:height": "lamp:dimensions", "shipping": ":time", "returns": ":period"}


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of the sheet. cites: ends of ids that all have to be cited, () where it must be declined; polarity: what the
    answer must not begin with ("yes" or "no", "" for neither); first: sku whose name has to come first, "" for any."""

    on_show: str
    cites: tuple[str, ...]
    polarity: str = ""
    first: str = ""


# In the order of the files' lines. The last eight are not in the knowledge base.
SLOTS = (
    Slot("mug", ("catalogue:lamp",)), Slot("watch", ("catalogue:watch",)), Slot("mug", ("lamp:weight",)),
    Slot("headphones", ("headphones:weight",)), Slot("lamp", ("chair:weight",)), Slot("backpack", ("backpack:dimensions",)),
    Slot("watch", ("lamp:height",)), Slot("lamp", ("headphones:colours",)), Slot("lamp", ("lamp:colours",)),
    Slot("chair", ("mug:material",)), Slot("chair", ("watch:warranty",)), Slot("chair", ("chair:warranty",)),
    Slot("mug", ("headphones:battery_life",)), Slot("headphones", ("headphones:charge_time",)),
    Slot("lamp", ("backpack:fits_laptop",), "no"), Slot("lamp", ("catalogue:mug",), "no"),
    Slot("watch", ("catalogue:watch",), "no"), Slot("mug", ("countries",), "no"), Slot("lamp", ("shipping",)),
    Slot("watch", ("returns",), "no"), Slot("lamp", ("headphones:weight", "mug:weight"), first="headphones"),
    Slot("lamp", ("catalogue:watch", "catalogue:chair")), Slot("backpack", ("mug:dishwasher_safe",), "yes"),
    Slot("lamp", ("watch:origin",)), Slot("backpack", ("backpack:water_resistance",)), Slot("chair", ("catalogue:chair",)),
    Slot("mug", ("backpack:weight",)), Slot("lamp", ("lamp:cable_length",)),
    Slot("lamp", ()), Slot("backpack", ()), Slot("chair", ()), Slot("chair", ()), Slot("mug", ()), Slot("watch", ()),
    Slot("lamp", ()), Slot("lamp", ()),
)
STOCKED = (15, 16)  # lines of SLOTS that ask for stock; the catalogue's other rows are asked for the price
FIRST = {"learned": {21: "watch"}, "held": {21: "chair"}}  # "cheaper" in one part, "dearer" in the other


@dataclass(frozen=True, slots=True)
class Line:
    """at: its place in SLOTS; text: as typed."""

    at: int
    language: str
    text: str


def lines(part: str) -> Iterator[Line]:
    """All lines of a part ("learned", "held"). Raises ValueError where a language has not as many as SLOTS."""
    for block in (HERE / f"{part}.txt").read_text("utf-8").split("## ")[1:]:
        language, *texts = block.strip().split("\n")
        if len(texts) != len(SLOTS):
            raise ValueError(f"{part}.txt, {language}: {len(texts)} lines, not {len(SLOTS)}")
        yield from (Line(at, language, text) for at, text in enumerate(texts))


class Shop:
    """The demo's shop, asked line by line."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        """embedder: None for words alone, as where `nightwindow prepare` has not been run."""
        self._passages = {p.id: p for p in load_knowledge(DEMO / "knowledge")}
        loaded = load_catalogue(DEMO / "catalogue.csv", DEMO / "models", tuple(self._passages.values()))
        self.products: dict[str, ProductModel] = dict(loaded.products)
        self._answerer = Answerer(tuple(self._passages.values()), self.products, MARKET, embedder=embedder)

    def ask(self, line: Line) -> Answer:
        """The answer to one line, while its slot's product is on show."""
        question = Question("q", "viewer", line.text, line.language, datetime.now(UTC))
        return self._answerer.answer(question, on_show=SLOTS[line.at].on_show)

    def judged(self, line: Line, answer: Answer, part: str) -> str:
        """RIGHT, WRONG or DECLINED; a line without an answer is right where it is declined."""
        slot = SLOTS[line.at]
        if answer.refusal or not slot.cites:
            return (DECLINED if slot.cites else RIGHT) if answer.refusal else WRONG
        first = FIRST[part].get(line.at, slot.first)
        right = all(self._tells(cited, line, answer) for cited in slot.cites) and not _begins(
            answer.text, slot.polarity, line.language) and self._comes_first(first, answer, line.language)
        return RIGHT if right else WRONG

    def _tells(self, wanted: str, line: Line, answer: Answer) -> bool:
        for end in (wanted, ALSO.get(wanted, wanted)):
            cited = next((c for c in answer.citations if c == end or c.endswith(f":{end.lstrip(':')}")), None)
            if cited is not None and self._numbers(cited, line) <= _numbers(answer.text):
                return True
        return False

    def _numbers(self, cited: str, line: Line) -> set[str]:
        """What has to stand in the answer: the price or nothing of a catalogue's row, a passage's value."""
        if cited.startswith("catalogue:"):
            price = self.products[cited.split(":")[1]].price
            return set() if line.at in STOCKED or price is None else {f"{float(price.amount):g}"}
        passage: Passage = self._passages[cited]
        measured = passage.value and re.fullmatch(r"[\d.]+(?: x [\d.]+)*", passage.value)
        return _numbers(passage.value or "") if measured else set()

    def _comes_first(self, sku: str, answer: Answer, language: str) -> bool:
        """Whether a product's name stands before all others'; True of none."""
        places = {other: answer.text.find(p.name(language)) for other, p in self.products.items()}
        told = {other: at for other, at in places.items() if at >= 0}
        return not sku or (bool(told) and min(told, key=lambda other: told[other]) == sku)


def _begins(text: str, polarity: str, language: str) -> bool:
    said_in = wording.template_language(language)
    return bool(polarity) and text.casefold().startswith(wording.sentence(f"{polarity}_word", said_in).casefold())


def _numbers(text: str) -> set[str]:
    """All numbers of a text, in ASCII digits and with a point."""
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in unicodedata.normalize("NFKC", text))
    return {f"{float(n.replace(',', '.').replace('٫', '.')):g}" for n in re.findall(r"\d+(?:[.,٫]\d+)?", plain)}


def measured(part: str, shop: Shop) -> dict[str, Counter[str]]:
    """Counts by language: right, wrong and declined of lines with an answer; "refused" and "made up" of those without."""
    found: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for line in lines(part):
        judged = shop.judged(line, shop.ask(line), part)
        without = {RIGHT: "refused", WRONG: "made up"}
        found[line.language][judged if SLOTS[line.at].cites else without[judged]] += 1
    return found


def main() -> None:
    """Print the table; --read: each learned line that is not right, with what was said. The held part is never printed."""
    from dialogue.adapters.e5 import installed

    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.shoppers.sheet")
    parser.add_argument("part", choices=("learned", "held"))
    parser.add_argument("--words", action="store_true", help="without the search model")
    parser.add_argument("--read", action="store_true")
    chosen = parser.parse_args()
    shop = Shop(None if chosen.words else installed())
    columns = (RIGHT, WRONG, DECLINED, "refused", "made up")
    total: Counter[str] = Counter()
    print("| language |", " | ".join(columns), "|")
    for language, counted in measured(chosen.part, shop).items():
        total += counted
        print(f"| {language} |", " | ".join(str(counted[c]) for c in columns), "|")
    print("| all |", " | ".join(str(total[c]) for c in columns), "|")
    for line in lines(chosen.part) if chosen.read and chosen.part == "learned" else ():
        answer = shop.ask(line)
        if (judged := shop.judged(line, answer, chosen.part)) != RIGHT:
            print(f"{judged} {line.language} [{SLOTS[line.at].on_show}] {line.text} -> {answer.text} {answer.citations}")


if __name__ == "__main__":
    main()
