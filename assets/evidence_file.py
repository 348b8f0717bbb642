"""evidence.csv of the knowledge folder: values for cards, and passages that lines and answers cite."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from assets.checked import FieldError
from assets.csv_file import Row, read_csv
from assets.evidence import Evidence
from assets.findings import AuthoringError, Mistake
from assets.knowledge import Passage

FILE = "evidence.csv"
COLUMNS = ("id", "sku", "kind", "title", "text", "source")
MORE = ("language", "issued", "valid_until", "stars")
# A review is what somebody wrote, never a fact about the product: the sentence says so.
_QUOTED = {"zh": "一位顾客写道：“{text}”", "de": "Ein Kunde schrieb: „{text}“", "es": "Un cliente escribió: «{text}»",
           "fr": "Un client a écrit : « {text} »", "ja": "お客様の声：「{text}」", "en": "A customer wrote: “{text}”"}


def load_evidence(folder: Path) -> tuple[Evidence, ...]:
    """All rows in file order, () without a file. Columns: id, sku, kind, title, text, source; language, issued,
    valid_until (dates such as 2027-03-31), stars. Raises AuthoringError with every mistake, OSError."""
    path = Path(folder) / FILE
    if not path.is_file():
        return ()
    mistakes: list[Mistake] = []
    made: dict[str, Evidence] = {}
    for row in read_csv(path, COLUMNS, MORE):
        try:
            item = _evidence(row)
        except ValueError as error:  # FieldErrors are ValueErrors
            mistakes.append(Mistake(path, row.line, str(error)))
            continue
        if item.id in made:
            mistakes.append(Mistake(path, row.line, f"the id {item.id!r} stands twice"))
        made[item.id] = item
    if mistakes:
        raise AuthoringError(mistakes)
    return tuple(made.values())


def evidence_passages(folder: Path) -> tuple[Passage, ...]:
    """The same rows as passages. Raises as load_evidence."""
    return tuple(map(said, load_evidence(folder)))


def said(item: Evidence) -> Passage:
    """A piece of evidence as the passage that a line cites."""
    return Passage(item.id, "text", _sentence(item), item.source, item.language, item.sku,
                   valid_until=item.valid_until.isoformat() if item.valid_until else None)


def _sentence(item: Evidence) -> str:
    if item.kind != "review":
        return item.text
    return _QUOTED.get(item.language.split("-")[0], _QUOTED["en"]).format(text=item.text)


def _evidence(row: Row) -> Evidence:
    stars = row["stars"]
    if stars and stars not in "12345":
        raise ValueError(f"stars is {stars!r}; write 1 to 5")
    return Evidence(row["id"], row["sku"], row["kind"], row["title"], row["text"], row["source"], row["language"] or "en",
                    _day(row, "issued"), _day(row, "valid_until"), int(stars) if stars else None)


def _day(row: Row, column: str) -> date | None:
    if not row[column]:
        return None
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise ValueError(f"{column} is {row[column]!r}; write a date such as 2027-03-31") from None


__all__ = ["FieldError", "evidence_passages", "load_evidence", "said"]
