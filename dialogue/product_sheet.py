"""A product described in one TOML file, without a show around it: enough to draft a script from.

    sku = "kettle"
    name = "Ember Kettle"            # or a table: name = { en = "Ember Kettle", de = "Wasserkocher Ember" }
    language = "en"                  # of the facts; "en" unless given
    price = "49.90 EUR"              # optional; it is not written into the script
    proof = ["Boils 1 l in 4 minutes, report K-7."]
    [attributes]                     # name = value, with its unit where it has one
    weight = "1.2 kg"
    dishwasher_safe = false
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np

from assets.knowledge import Passage
from assets.product import Price, ProductModel
from dialogue import wording
from dialogue.attributes import kind_of

_KEYS = ("sku", "name", "language", "price", "proof", "attributes")
_VALUE = re.compile(r"(?P<value>[\d.,]+(?: ?[x×] ?[\d.,]+)*) (?P<unit>[^\d\s][^\d]{0,14})")


def product_sheet(path: Path) -> tuple[ProductModel, tuple[Passage, ...]]:
    """(product, its passages). Raises ValueError with one sentence for a file that is no such thing."""
    try:
        row = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is not UTF-8; save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: is not TOML ({error}).") from error
    if strange := [key for key in row if key not in _KEYS]:
        raise ValueError(f"{path}: has no use for {', '.join(strange)}; it knows {', '.join(_KEYS)}.")
    return _read(path, row)


def _read(path: Path, row: dict[str, Any]) -> tuple[ProductModel, tuple[Passage, ...]]:
    sku, attributes = row.get("sku", path.stem), row.get("attributes", {})
    language, proof = row.get("language", "en"), row.get("proof", [])
    if not isinstance(language, str) or not isinstance(sku, str):
        raise ValueError(f"{path}: sku and language are texts in quotes.")
    names = row.get("name", sku)
    names = {language: names} if isinstance(names, str) else names
    if not isinstance(names, dict) or not names or not all(isinstance(v, str) and v.strip() for v in names.values()):
        raise ValueError(f"{path}: name is a text, or a table of texts by language.")
    if not isinstance(attributes, dict) or not attributes:
        raise ValueError(f"{path}: has no [attributes]; a script says nothing that is not known.")
    if not isinstance(proof, list) or not all(isinstance(one, str) and one.strip() for one in proof):
        raise ValueError(f"{path}: proof is a list of sentences.")
    called = names.get(language, next(iter(names.values())))
    passages = [_attribute(path, sku, language, called, name, value) for name, value in attributes.items()]
    passages += [Passage(f"{sku}:proof-{n}", "text", text, str(path), language, sku) for n, text in enumerate(proof, 1)]
    try:
        packs, size_m = {"broadcast": Path(f"{sku}.glb")}, np.full(3, 0.3)  # nothing of it is shown
        product = ProductModel(sku, names, packs, size_m, price=_price(path, row.get("price")))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return product, tuple(passages)


def _attribute(path: Path, sku: str, language: str, called: str, name: str, value: Any) -> Passage:
    if not isinstance(value, str | int | float | bool) or value == "":
        raise ValueError(f"{path}: attributes.{name} is a text, a number, true or false.")
    written = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).strip()
    measured = _VALUE.fullmatch(written)
    number, unit = (measured["value"], measured["unit"].strip()) if measured else (written, None)
    label = kind.label(language) if (kind := kind_of(name)) is not None else name.replace("_", " ")
    said = wording.sentence(f"{written}_word", language) if isinstance(value, bool) else wording.valued(number, unit, language)
    form = "truth_value" if isinstance(value, bool) else "value"
    text = wording.sentence(form, language, product=called, label=label, value=said)
    return Passage(f"{sku}:{name}", "attribute", text, str(path), language, sku, None, name, number, unit)


def _price(path: Path, written: Any) -> Price | None:
    if written is None:
        return None
    parts = str(written).split()
    try:
        return Price(Decimal(parts[0]), parts[1])
    except (IndexError, InvalidOperation, ValueError) as error:
        raise ValueError(f"{path}: price is an amount and a currency, such as \"49.90 EUR\".") from error
