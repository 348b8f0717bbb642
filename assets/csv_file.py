"""CSV files with a header row: rows with their line numbers, checked columns."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from assets.findings import AuthoringError, Mistake, suggestion


@dataclass(frozen=True, slots=True)
class Row:
    """line: 1-based, where the row begins; cells: by column, stripped; absent columns are ''."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read_csv(path: Path, required: Collection[str], optional: Collection[str],
             open_prefix: str | tuple[str, ...] = ()) -> list[Row]:
    """Rows that are not empty. Columns that start with open_prefix, or one of them, are allowed too.

    Raises AuthoringError for a wrong header or a row with too many cells, OSError when the file cannot be read.
    """
    try:
        text = _decoded(path.read_bytes())
    except UnicodeDecodeError as error:
        raise AuthoringError([Mistake(path, 0, f"not UTF-8 text (byte {error.start}); save it as CSV UTF-8")]) from None
    reader = csv.reader(text.splitlines(keepends=True))
    header = [h.strip() for h in next(reader, [])]
    known = [*required, *optional]
    mistakes = [Mistake(path, 1, f"the column '{c}' is missing") for c in required if c not in header]
    mistakes += [Mistake(path, 1, f"unknown column '{c}'" + suggestion(c, known)) for c in header
                 if c not in known and not (open_prefix and c.startswith(open_prefix) and c not in open_prefix)]
    mistakes += [Mistake(path, 1, f"the column '{c}' stands twice") for c in {c for c in header if header.count(c) > 1}]
    rows, start = [], reader.line_num + 1
    for cells in reader:
        line, start = start, reader.line_num + 1
        if not any(c.strip() for c in cells):
            continue
        if len(cells) > len(header):
            mistakes.append(Mistake(path, line, f"{len(cells)} cells for {len(header)} columns; quote text with commas"))
        rows.append(Row(line, {h: c.strip() for h, c in zip(header, cells, strict=False)}))
    if mistakes:
        raise AuthoringError(mistakes)
    return rows


def _decoded(data: bytes) -> str:
    """UTF-8, else GB18030 (what Chinese spreadsheets write) where that gives Chinese. Raises UnicodeDecodeError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
        signs = [c for c in text if ord(c) > 127]
        if sum("\u3000" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef" for c in signs) < 0.8 * len(signs):
            raise
        return text
