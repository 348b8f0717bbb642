"""The files behind product lists: CSV, TSV, JSON and XML as rows of text under our own column names, each with its line."""

from __future__ import annotations

import contextlib
import csv
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from assets.findings import AuthoringError, Mistake
from assets.product import LAYERS
from assets.sheet import EVIDENCE_PREFIX, PREFIXES

MAX_BYTES = 100 * 1024**2
MAX_DEPTH = 20  # of XML elements
# Google's attribute -> ours. Source: Google Merchant Center, product data specification.
_GOOGLE = {"id": "sku", "title": "name", "description": "text", "link": "checkout_url", "price": "price",
           "availability": "stock", "brand": "brand", "image_link": "image_urls", "product_width": "width_m",
           "product_height": "height_m", "product_length": "depth_m", "product_highlight": "function"}
# Shopify's product CSV -> ours. Source: Shopify Help Center, product CSV columns.
_SHOPIFY = {"Variant SKU": "sku", "Title": "name", "Body (HTML)": "text", "Variant Price": "price", "Vendor": "brand",
            "Variant Inventory Qty": "stock", "Image Src": "image_urls"}
_METAFIELD = re.compile(r"\(product\.metafields\.[\w-]+\.([\w-]+)\)$")  # a column of Shopify's export for a field of one's own
_BY_LANGUAGE = ("name", "text", *LAYERS)
_PREFIXES = ("text_", EVIDENCE_PREFIX, *PREFIXES)
_REPEATED = ("product_highlight", "certification")  # Google lets these stand several times in an item
_EVIDENCE = ("title", "text", "source", "issued", "valid_until", "stars")
_OWN = {"sku", "price", "currency", "stock", "checkout_url", "width_m", "height_m", "depth_m", "model", "brand", "image_urls"}


@dataclass(frozen=True, slots=True)
class RawRow:
    """line: 1-based; cells: text by our column names; problem: what already went wrong with the row, or ""."""

    line: int
    cells: dict[str, str]
    problem: str = ""

    def get(self, key: str) -> str:
        """The cell, "" when absent."""
        return self.cells.get(key, "")


def read_rows(path: Path, language: str) -> tuple[str, list[RawRow]]:
    """(kind, rows). Raises AuthoringError when the file is of no known kind, OSError when it cannot be read."""
    if path.stat().st_size > MAX_BYTES:
        raise AuthoringError([Mistake(path, 0, "the file has more than 100 MB; split it")])
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AuthoringError([Mistake(path, 0, f"not UTF-8 text (byte {error.start}); save it as UTF-8")]) from None
    start = text.lstrip()[:1]
    if start == "<":
        return "google", [_google(line, cells, language) for line, cells in _xml_items(path, text)]
    if start in ("[", "{"):
        return _json_rows(path, text, language)
    return _table_rows(path, text, language)


def _table_rows(path: Path, text: str, language: str) -> tuple[str, list[RawRow]]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if first.count("\t") > first.count(",") else ",")
    try:
        header = [h.strip() for h in next(reader, [])]
        rows = list(_lines(reader, header))
    except csv.Error as error:
        raise AuthoringError([Mistake(path, reader.line_num, f"the table cannot be read ({error})")]) from None
    if "Handle" in header and "Variant Price" in header:
        return "shopify", _shopify(rows, language)
    lower = {h.lower().replace(" ", "_").removeprefix("g:"): h for h in header}
    if {"id", "title", "price"} <= set(lower) and "sku" not in header:
        return "google", [_google(line, {k: cells.get(h, "") for k, h in lower.items()}, language, problem)
                          for line, cells, problem in rows]
    if {"sku", "price"} <= set(header):
        return "own", [RawRow(line, _own(cells, language), problem) for line, cells, problem in rows]
    raise AuthoringError([Mistake(path, 1, "the columns are neither ours (sku, name_en, price, currency, …), nor Shopify's "
                                           "(Handle, Title, Variant Price, …), nor Google's (id, title, price, …)")])


def _lines(reader: Any, header: list[str]) -> Iterator[tuple[int, dict[str, str], str]]:
    start = reader.line_num + 1
    for cells in reader:
        line, start = start, reader.line_num + 1
        if any(c.strip() for c in cells):
            many = f"{len(cells)} cells for {len(header)} columns; quote text with commas"
            problem = many if len(cells) > len(header) else ""
            yield line, {h: c.strip() for h, c in zip(header, cells, strict=False)}, problem


def _own(cells: dict[str, str], language: str) -> dict[str, str]:
    out = {k: v for k, v in cells.items() if k in _OWN or k.startswith(_PREFIXES)}
    for key in _BY_LANGUAGE:
        if cells.get(key):
            out.setdefault(f"{key}_{language}", cells[key])
    return out


def _named(cells: dict[str, str], names: dict[str, str], language: str) -> dict[str, str]:
    out = {}
    for theirs, ours in names.items():
        if cells.get(theirs):
            out[f"{ours}_{language}" if ours in _BY_LANGUAGE else ours] = cells[theirs]
    return out


def _google(line: int, cells: dict[str, str], language: str, problem: str = "") -> RawRow:
    out = _named(cells, _GOOGLE, language)
    if f"function_{language}" in out and "\n" not in out[f"function_{language}"]:  # a table has them behind one another
        out[f"function_{language}"] = "\n".join(next(csv.reader([out[f"function_{language}"]], skipinitialspace=True)))
    if proofs := [_certified(c) for c in re.split(r"[\n,]", cells.get("certification", "")) if c.strip()]:
        out[f"{EVIDENCE_PREFIX}certificate"] = "\n".join(proofs)
    if cells.get("sale_price"):
        out["price"] = cells["sale_price"]
    return RawRow(line, out, problem)


def _certified(value: str) -> str:
    """"EC:EPREL:123456" (authority, name, code) as a line of evidence; the authority is who says so."""
    authority, name, code = ([p.strip() for p in value.split(":", 2)] + ["", ""])[:3]
    return f"{name or authority} {code}".strip() + f" | {authority} {name} {code}".rstrip() + f" | {authority}"


def _shopify(rows: list[tuple[int, dict[str, str], str]], language: str) -> list[RawRow]:
    """A product's first row has its title; the rows after it are further variants, or only further pictures."""
    made: list[RawRow] = []
    heads: dict[str, dict[str, str]] = {}
    for line, cells, problem in rows:
        handle = cells.get("Handle", "")
        if cells.get("Title"):
            heads[handle] = cells
        if not cells.get("Variant Price") and not cells.get("Variant SKU") and not cells.get("Title") and not problem:
            continue
        head = heads.get(handle, {})
        out = _named({**{k: head.get(k, "") for k in ("Title", "Body (HTML)", "Vendor")},
                      **{k: v for k, v in cells.items() if v}}, _SHOPIFY, language)
        out |= _metafields({**head, **{k: v for k, v in cells.items() if v}}, language)
        options = [cells.get(f"Option{k} Value", "") for k in (1, 2, 3)]
        chosen = " / ".join(o for o in options if o and o != "Default Title")
        if out.get(f"name_{language}") and chosen:
            out[f"name_{language}"] += f" – {chosen}"
        out.setdefault("sku", handle if not chosen else re.sub(r"[^A-Za-z0-9]+", "-", f"{handle}-{chosen}").strip("-"))
        if out.get(f"text_{language}"):
            out[f"text_{language}"] = without_tags(out[f"text_{language}"])
        if handle:
            out["checkout_url"] = f"/products/{handle}"
        made.append(RawRow(line, out, problem or ("" if handle else "the handle is missing")))
    return made


def _metafields(cells: dict[str, str], language: str) -> dict[str, str]:
    """The shop's own fields whose key is one of our columns: function, scene_de, checkout_url_FR, evidence_certificate."""
    found = {}
    for column, value in cells.items():
        match = _METAFIELD.search(column)
        if match is None or not value:
            continue
        with contextlib.suppress(ValueError):  # a list field is exported as JSON
            given = json.loads(value)
            value = "\n".join(map(str, given)) if isinstance(given, list) else value
        found[match[1]] = value
    return _own({k: v for k, v in found.items() if k not in _OWN}, language)


def without_tags(text: str) -> str:
    """HTML as plain text."""
    bare = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<[^>]*>", " ", text)
    return re.sub(r"\s+", " ", html.unescape(bare)).strip()


def _json_rows(path: Path, text: str, language: str) -> tuple[str, list[RawRow]]:
    """A list of objects, or an object with the list under "products"; Shopify's API answers look like that, too."""
    found = re.match(r'\s*(?:\{\s*"products"\s*:\s*)?\[', text)
    if not found:
        raise AuthoringError([Mistake(path, 1, 'JSON with products is a list, or an object that begins with "products"')])
    decoder, at, line, counted = json.JSONDecoder(), found.end(), 1, 0
    rows: list[RawRow] = []
    kind = "own"
    while True:
        at = _skipped(text, at)
        line, counted = line + text.count("\n", counted, at), at
        if at >= len(text) or text[at] == "]":
            break
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise AuthoringError([Mistake(path, line, f"the JSON cannot be parsed here ({str(error)[:80]})")]) from None
        if not isinstance(value, dict):
            rows.append(RawRow(line, {}, "an object is expected"))
        elif isinstance(value.get("variants"), list):
            kind = "shopify"
            rows += _shopify_json(line, value, language)
        else:
            rows.append(RawRow(line, _own({k: _text(v) for k, v in _flat(value).items()}, language)))
    return kind, rows


def _skipped(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _flat(value: dict[str, Any]) -> dict[str, Any]:
    """{"name": {"en": …}} as {"name_en": …}, {"points": {"scene": {"en": […]}}} as {"scene_en": …}; lists as words, evidence
    as lines; "default" of several addresses as the address."""
    out: dict[str, Any] = {}
    points = value.get("points")
    plain = {k: v for k, v in value.items() if k != "points"} | (points if isinstance(points, dict) else {})
    for key, inner in plain.items():
        if isinstance(inner, dict):
            out |= {key if k == "default" else f"{key}_{k}": _listed(key, v) for k, v in inner.items()}
        elif key == "evidence" and isinstance(inner, list):
            for item in (i for i in inner if isinstance(i, dict)):
                column = f"{EVIDENCE_PREFIX}{_text(item.get('kind'))}"
                line = " | ".join(_text(item.get(k)).replace("|", "/").replace("\n", " ") for k in _EVIDENCE)
                out[column] = f"{out[column]}\n{line}" if column in out else line
        else:
            out[key] = _listed(key, inner)
    return out


def _listed(key: str, value: Any) -> Any:
    """A list as one text: a line each for what is told in sentences."""
    return ("\n" if key.startswith(LAYERS) else " ").join(_text(v) for v in value) if isinstance(value, list) else value


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _shopify_json(line: int, value: dict[str, Any], language: str) -> list[RawRow]:
    made = []
    handle = _text(value.get("handle"))
    for variant in value["variants"]:
        if not isinstance(variant, dict):
            made.append(RawRow(line, {}, "a variant is not an object"))
            continue
        chosen = _text(variant.get("title"))
        name = _text(value.get("title")) + (f" – {chosen}" if chosen not in ("", "Default Title") else "")
        out = {"sku": _text(variant.get("sku")) or handle, f"name_{language}": name, "price": _text(variant.get("price")),
               "stock": _text(variant.get("inventory_quantity")), "brand": _text(value.get("vendor")),
               f"text_{language}": without_tags(_text(value.get("body_html"))), "checkout_url": f"/products/{handle}"}
        made.append(RawRow(line, out))
    return made


def _xml_items(path: Path, text: str) -> list[tuple[int, dict[str, str]]]:
    """The <item> or <entry> elements of an RSS or Atom feed. Declared entities are refused: a feed needs none."""
    parser = expat.ParserCreate()
    items: list[tuple[int, dict[str, str]]] = []
    stack: list[str] = []
    words: list[str] = []

    def begin(tag: str, _attributes: dict[str, str]) -> None:
        stack.append(tag.split(":")[-1])
        words.clear()
        if len(stack) > MAX_DEPTH:
            raise AuthoringError([Mistake(path, parser.CurrentLineNumber, "the XML is nested too deeply")])
        if stack[-1] in ("item", "entry"):
            items.append((parser.CurrentLineNumber, {}))

    def end(_tag: str) -> None:
        name, told = stack.pop(), "".join(words).strip()
        words.clear()
        if not items or not stack:
            return
        cells = items[-1][1]
        if stack[-1] == "certification":  # authority, name and code are elements of their own
            cells["certification "] = f"{cells.get('certification ', '')}:{told}".strip(":")
        elif stack[-1] in ("item", "entry") and name in _REPEATED:
            told = cells.pop("certification ", "") or told
            cells[name] = f"{cells[name]}\n{told}" if name in cells else told
        elif stack[-1] in ("item", "entry"):
            cells.setdefault(name, told)

    def doctype(*_: Any) -> None:
        raise AuthoringError([Mistake(path, parser.CurrentLineNumber, "the feed declares a document type; remove it")])

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = words.append, doctype
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise AuthoringError([Mistake(path, error.lineno, f"the XML cannot be parsed ({error})")]) from None
    return items
