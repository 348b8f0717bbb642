"""The knowledge folder: attributes.csv, faq.csv and policies/*.md become passages that may be cited."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from assets.checked import FieldError
from assets.csv_file import Row, read_csv
from assets.documents import load_documents
from assets.evidence_file import evidence_passages
from assets.findings import AuthoringError, Mistake
from assets.knowledge import Passage

ATTRIBUTE_COLUMNS = ("id", "sku", "attribute", "value")
FAQ_COLUMNS = ("id", "language", "question", "answer")
_SHARED = ("region", "valid_until", "source")
_SECTION = re.compile(r"^##\s+(.*?)\s*\{#([A-Za-z0-9_-]+)\}\s*$")


def load_knowledge(folder: Path) -> tuple[Passage, ...]:
    """All passages of the folder, in file order; ids are unique.

    attributes.csv: id, sku, attribute, value, unit, text; `{value}` and `{unit}` in the text are filled in, without a text
    the sentence is "attribute: value unit". faq.csv: id, language, question, answer, sku. policies/*.md: front matter with
    id and language, then sections "## Title {#name}", each a passage "id.language:name".
    documents/: see assets.documents.
    Raises AuthoringError with every mistake of all files; OSError when the folder cannot be read.
    """
    folder = Path(folder)
    mistakes: list[Mistake] = []
    passages: list[Passage] = []
    files = [folder / "attributes.csv", folder / "faq.csv", *sorted((folder / "policies").glob("*.md"))]
    if not folder.is_dir():
        raise AuthoringError([Mistake(folder, 0, "no such folder; it should hold attributes.csv, faq.csv and policies/")])
    if not any(f.is_file() for f in files) and not (folder / "documents").is_dir():
        raise AuthoringError([Mistake(folder, 0, "holds neither attributes.csv nor faq.csv nor policies/*.md")])
    for file in files:
        if not file.is_file():
            continue
        try:
            passages += (_attributes(file, mistakes) if file.name == "attributes.csv" else
                         _faq(file, mistakes) if file.name == "faq.csv" else _policy(file, mistakes))
        except AuthoringError as error:
            mistakes.extend(error.mistakes)
    try:
        passages += evidence_passages(folder)
    except AuthoringError as error:
        mistakes.extend(error.mistakes)
    passages += load_documents(folder / "documents", mistakes)
    first: dict[str, Passage] = {}
    for passage in passages:
        if passage.id in first:
            name, _, line = passage.source.rpartition(":")
            place = (folder / name, int(line)) if line.isdigit() else (folder / "evidence.csv", 0)
            mistakes.append(Mistake(*place, f"the id {passage.id!r} is taken by {first[passage.id].source}"))
        first.setdefault(passage.id, passage)
    if mistakes:
        raise AuthoringError(mistakes)
    return tuple(passages)


def _attributes(path: Path, mistakes: list[Mistake]) -> list[Passage]:
    made = []
    for row in read_csv(path, ATTRIBUTE_COLUMNS, ("unit", "text", "language", *_SHARED)):
        if not _complete(path, row, ATTRIBUTE_COLUMNS, mistakes):
            continue
        value, unit = row["value"], row["unit"]
        text = row["text"] or f"{row['attribute'].replace('_', ' ').capitalize()}: {{value}} {{unit}}"
        text = re.sub(r"\s+([.,;]|$)", r"\1", text.replace("{value}", value).replace("{unit}", unit))
        made.append(_passage(path, row.line, mistakes, id=row["id"], kind="attribute", text=text,
                             language=row["language"] or "en", sku=row["sku"], attribute=row["attribute"], value=value,
                             unit=unit or None, **_rest(path, row, mistakes)))
    return [p for p in made if p]


def _faq(path: Path, mistakes: list[Mistake]) -> list[Passage]:
    made = []
    for row in read_csv(path, FAQ_COLUMNS, ("sku", *_SHARED)):
        if _complete(path, row, FAQ_COLUMNS, mistakes):
            made.append(_passage(path, row.line, mistakes, id=row["id"], kind="faq", text=row["answer"],
                                 language=row["language"], question=row["question"], sku=row["sku"] or None,
                                 **_rest(path, row, mistakes)))
    return [p for p in made if p]


def _complete(path: Path, row: Row, columns: tuple[str, ...], mistakes: list[Mistake]) -> bool:
    empty = [c for c in columns if not row[c]]
    if "id" in empty:
        mistakes.append(Mistake(path, row.line, "this row has no id; answers cite it, so give it one that is not used yet"))
    mistakes.extend(Mistake(path, row.line, f"the cell '{c}' is empty") for c in empty if c != "id")
    return not empty


def _rest(path: Path, row: Row, mistakes: list[Mistake]) -> dict[str, str | None]:
    until = row["valid_until"]
    if until:
        try:
            date.fromisoformat(until)
        except ValueError:
            mistakes.append(Mistake(path, row.line, f"valid_until is {until!r}; write a date such as 2027-03-31"))
    return {"region": row["region"] or None, "valid_until": until or None}


def _policy(path: Path, mistakes: list[Mistake]) -> list[Passage]:
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise AuthoringError([Mistake(path, 0, f"not UTF-8 text (byte {error.start})")]) from None
    head, start = _front_matter(path, lines)
    missing = [k for k in ("id", "language") if not head.get(k)]
    if missing:
        raise AuthoringError([Mistake(path, 1, f"the front matter has no '{k}'") for k in missing])
    made: list[Passage | None] = []
    title, name, begun, body = "", "", 0, list[str]()

    def close() -> None:
        text = " ".join(" ".join(body).split())
        if name and text:
            made.append(_passage(path, begun, mistakes, id=f"{head['id']}.{head['language']}:{name}", kind="policy", text=text,
                                 language=head["language"], question=title, region=head.get("region"),
                                 valid_until=head.get("valid_until")))
        elif name:
            mistakes.append(Mistake(path, begun, f"the section {title!r} is empty"))

    for number, line in enumerate(lines[start:], start + 1):
        if line.startswith("## "):
            close()
            section = _SECTION.match(line)
            title, name, begun, body = (section[1], section[2], number, []) if section else ("", "", number, [])
            if not section:
                mistakes.append(Mistake(path, number, "this section has no name; write it as '## Title {#name}'"))
        elif not line.startswith("# "):
            body.append(line.lstrip("-* "))
    close()
    return [p for p in made if p]


def _front_matter(path: Path, lines: list[str]) -> tuple[dict[str, str], int]:
    if not lines or lines[0].strip() != "---":
        raise AuthoringError([Mistake(path, 1, "does not begin with front matter (--- id: … language: … ---)")])
    head: dict[str, str] = {}
    for number, line in enumerate(lines[1:], 2):
        if line.strip() == "---":
            return head, number
        key, colon, value = line.partition(":")
        if not colon:
            raise AuthoringError([Mistake(path, number, "front matter lines are 'key: value'")])
        head[key.strip()] = value.strip()
    raise AuthoringError([Mistake(path, 1, "the front matter is not closed with ---")])


def _passage(path: Path, line: int, mistakes: list[Mistake], **fields: str | None) -> Passage | None:
    try:
        place = f"policies/{path.name}" if path.parent.name == "policies" else path.name
        return Passage(source=f"{place}:{line}", **fields)  # type: ignore[arg-type]
    except FieldError as error:
        mistakes.append(Mistake(path, line, str(error)))
        return None
