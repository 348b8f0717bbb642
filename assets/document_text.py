"""Text out of a document, in pieces with their place: PDF, DOCX, HTML, Markdown, plain text, CSV, JSON.

Runs in the locked worker (assets.document_worker): a document may be hostile. Raises DocumentError with one sentence.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

MAX_PAGES = 500
MAX_PIECES = 5000  # of one document
MAX_XML_BYTES = 30 * 1024**2  # unpacked
MIN_CHARS, MAX_CHARS = 20, 700  # of a piece: a heading answers nothing, a page is not an answer
SUFFIXES = (".pdf", ".docx", ".html", ".htm", ".md", ".txt", ".csv", ".json")
FIELDS = ("id", "text", "question", "answer", "sku", "language", "region", "valid_until")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Piece = dict[str, str]  # "text", "place" and any of FIELDS


class DocumentError(ValueError):
    """A document that cannot be used; the message is one sentence that says how to mend it."""


def pieces(path: Path) -> list[Piece]:
    """The document's pieces in order."""
    data, suffix = path.read_bytes(), path.suffix.lower()
    if suffix == ".pdf":
        found = _pdf(data)
    elif suffix == ".docx":
        found = _paragraphs(_docx(data))
    elif suffix in (".html", ".htm"):
        found = _paragraphs(_html(decoded(data)))
    elif suffix in (".csv", ".json"):
        found = _rows(csv.DictReader(io.StringIO(decoded(data))) if suffix == ".csv" else _json(decoded(data)))
    else:
        found = _paragraphs(re.split(r"\n\s*\n|\n(?=#)", decoded(data)))
    if len(found) > MAX_PIECES:
        raise DocumentError(f"holds {len(found)} pieces of text, more than {MAX_PIECES}; split it")
    return found


def decoded(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or GB18030 where that gives Chinese. Raises DocumentError."""
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise DocumentError("is neither UTF-8 nor GB18030 text; save it as UTF-8") from None
    letters = [c for c in text if ord(c) > 127]
    if sum("\u3000" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef" for c in letters) < 0.8 * len(letters):
        raise DocumentError("is not UTF-8 text; save it as UTF-8")
    return text


def _pdf(data: bytes) -> list[Piece]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise DocumentError("is locked with a password; save it without")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise DocumentError(f"has {count} pages, more than {MAX_PAGES}; split it")
        found, empty = list[Piece](), 0
        for number, page in enumerate(reader.pages, 1):
            text = page.extract_text() or ""
            empty += not text.strip()
            found += _paragraphs(re.split(r"\n\s*\n|(?<=[.!?。！？])\s*\n", text), f"page {number}")
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError("is damaged, so its text cannot be read; save it anew as PDF") from None
    if not found:
        raise DocumentError(f"has no text on its {count} pages ({empty} are pictures); run it through OCR, or take it out")
    return found


def _docx(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo("word/document.xml").file_size > MAX_XML_BYTES:
                raise DocumentError("unpacks to more than 30 MB of text; split it")
            with archive.open("word/document.xml") as member:
                root = ElementTree.fromstring(member.read(MAX_XML_BYTES + 1))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, RuntimeError, EOFError):
        raise DocumentError("is no readable DOCX; save it anew from the word processor") from None
    return ["".join(t.text or "" for t in p.iter(f"{_W}t")) for p in root.iter(f"{_W}p")]


class _Visible(HTMLParser):
    """Text that a reader of the page sees, block by block."""

    _BLOCKS = frozenset(("p", "div", "li", "h1", "h2", "h3", "h4", "td", "th", "br", "tr", "section", "article", "dd", "dt"))
    _HIDDEN = frozenset(("script", "style", "template", "noscript", "head", "title"))
    _VOID = frozenset(("br", "img", "hr", "input", "meta", "link", "source", "wbr", "area", "col", "embed"))

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BLOCKS:
            self.blocks.append("")
        if tag not in self._VOID:
            style = "".join((dict(attrs).get("style") or "").split()).lower()
            unseen = "hidden" in dict(attrs) or any(x in style for x in ("display:none", "visibility:hidden", "font-size:0"))
            self._open.append((tag, unseen or tag in self._HIDDEN))

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _ in self._open):
            while self._open and self._open.pop()[0] != tag:
                pass
        if tag in self._BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not any(unseen for _, unseen in self._open):
            self.blocks[-1] += data


def _html(text: str) -> list[str]:
    parser = _Visible()
    parser.feed(text)
    parser.close()
    return parser.blocks


def _json(text: str) -> list[Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise DocumentError("is not JSON; it should be a list of objects with 'text', or 'question' and 'answer'") from None
    if not isinstance(read, list):
        raise DocumentError("should be a list of objects with 'text', or 'question' and 'answer'")
    return read


def _rows(rows: Any) -> list[Piece]:
    found: list[Piece] = []
    try:
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                raise DocumentError(f"row {number} is no object with 'text', or 'question' and 'answer'")
            kept = {k: str(row[k]).strip() for k in FIELDS if row.get(k) not in (None, "")}
            if not kept.get("text") and not kept.get("answer"):
                raise DocumentError(f"row {number} has neither 'text' nor 'answer'")
            found.append({**kept, "text": kept.get("text") or kept["answer"], "place": f"row {number}"})
    except csv.Error as error:
        raise DocumentError(f"cannot be read as CSV: {error}") from None
    return found


def _paragraphs(blocks: list[str], page: str = "") -> list[Piece]:
    found = []
    for number, block in enumerate(blocks, 1):
        text = " ".join(re.sub(r"^[#>*\-\s]+", "", block).split())
        for part in _short(text):
            if len(part) >= MIN_CHARS or (len(part) >= 8 and ord(part[0]) > 0x2E7F):
                found.append({"text": part, "place": page or f"paragraph {number}"})
    return found


def _short(text: str) -> list[str]:
    """Pieces of at most MAX_CHARS, cut between sentences."""
    if len(text) <= MAX_CHARS:
        return [text]
    parts = [""]
    for sentence in re.split(r"(?<=[.!?。！？])\s*", text):
        if len(parts[-1]) + len(sentence) > MAX_CHARS:
            parts.append("")
        parts[-1] += (" " if parts[-1] and sentence.isascii() else "") + sentence[:MAX_CHARS]
    return parts
