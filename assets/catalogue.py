"""catalogue.csv with a folder of models: what is on sale, at which price, in which size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np

from assets.csv_file import Row, read_csv
from assets.explode import exploded
from assets.findings import Mistake
from assets.glb import GlbScene, read_glb, scene_bounds
from assets.hotspots import hotspots
from assets.knowledge import Passage
from assets.product import Fact, Price, ProductModel
from assets.sheet import PREFIXES, checked_url, points_of, regional_urls

REQUIRED = ("sku", "name_en", "model", "price", "currency", "width_m", "height_m", "depth_m")
OPTIONAL = ("stock", "checkout_url", "category", "lowest_price_30d")
SOURCE = "the seller's catalogue"
SIZE_TOLERANCE = 0.03  # Khronos asset auditor: +-3 % of the product sheet


@dataclass(frozen=True, slots=True)
class Catalogue:
    """products by sku, in file order; errors: rows that were left out, one mistake each; left_out: their skus."""

    products: Mapping[str, ProductModel]
    errors: tuple[Mistake, ...] = ()
    left_out: frozenset[str] = frozenset()


def load_catalogue(csv_path: Path, models_folder: Path, passages: Iterable[Passage] = ()) -> Catalogue:
    """Read the catalogue; a bad row is left out and reported, the others stay.

    Columns: sku, name_en (name_zh, name_pt-BR, ... as wanted), model (file in models_folder), price, currency, width_m,
    height_m, depth_m, stock, category, lowest_price_30d (in the price's currency), checkout_url (checkout_url_DE, …), selling
    points (function_en, scene_en, emotion_en, function_zh, …; several with "|" between them). passages: their attributes
    become the products' facts.
    Raises AuthoringError for a wrong header, OSError when the file cannot be read.
    """
    csv_path, models_folder = Path(csv_path), Path(models_folder)
    facts = _facts(passages)
    products: dict[str, ProductModel] = {}
    errors: list[Mistake] = []
    listed: set[str] = set()
    for row in read_csv(csv_path, REQUIRED, OPTIONAL, PREFIXES):
        listed.add(row["sku"])
        if row["sku"] in products:
            errors.append(Mistake(csv_path, row.line, f"the sku {row['sku']!r} stands twice"))
            continue
        try:
            products[row["sku"]] = _product(row, models_folder, facts.get(row["sku"], ()))
        except ValueError as error:  # FieldError and GlbError are ValueErrors
            errors.append(Mistake(csv_path, row.line, f"{row['sku'] or 'this row'}: {error}"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            errors.append(Mistake(csv_path, row.line, f"{row['sku']}: the model {row['model']!r} cannot be read ({reason})"))
    return Catalogue(products, tuple(errors), frozenset(listed - products.keys()))


def _facts(passages: Iterable[Passage]) -> dict[str, tuple[Fact, ...]]:
    by_sku: dict[str, list[Fact]] = {}
    for p in passages:
        if p.kind == "attribute" and p.sku:
            by_sku.setdefault(p.sku, []).append(
                Fact(p.id, p.text, p.source, p.language, p.attribute, p.value, p.unit, p.valid_until))
    return {sku: tuple(facts) for sku, facts in by_sku.items()}


def _product(row: Row, folder: Path, facts: tuple[Fact, ...]) -> ProductModel:
    empty = [c for c in REQUIRED if not row[c]]
    if empty:
        raise ValueError(f"the cell{'s' if len(empty) > 1 else ''} {', '.join(empty)} must be filled")
    if Path(row["model"]).name != row["model"]:
        raise ValueError(f"the model {row['model']!r} must be a file name in the models folder")
    size = np.array([_number(row, c) for c in ("width_m", "height_m", "depth_m")])
    try:
        price = Price(Decimal(row["price"]), row["currency"])
    except InvalidOperation:
        raise ValueError(f"the price {row['price']!r} is not a number; write 49.90") from None
    stock = None
    if row["stock"]:
        if not row["stock"].isdigit():
            raise ValueError(f"the stock {row['stock']!r} is not a whole number")
        stock = int(row["stock"])
    url = checked_url(row["checkout_url"]) if row["checkout_url"] else None
    path = folder / row["model"]
    scene = read_glb(path)
    _check_size(scene, size, row["model"])
    names = {c.removeprefix("name_"): v for c, v in row.cells.items() if c.startswith("name_") and v}
    parts = tuple(dict.fromkeys(n.name for n in scene.nodes if n.mesh is not None))
    return ProductModel(row["sku"], names, {"broadcast": path}, size, parts, scene.variants, hotspots(scene), facts,
                        price, stock, url, exploded=exploded(scene), checkout_urls=regional_urls(row.cells),
                        points=points_of(row["sku"], row.cells, SOURCE),
                        extra={"materials": "\n".join(m.name for m in scene.materials), "category": row["category"],
                               "lowest_price_30d": _lowest(row, price)})


def _lowest(row: Row, price: Price) -> str:
    """The lowest price of the last 30 days, in the currency of the price, "" where it is not given."""
    given = row["lowest_price_30d"]
    try:
        if given and not (Decimal(given).is_finite() and Decimal(given) > 0):
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(f"lowest_price_30d is {given!r}; write a number such as 49.90, in {price.currency}") from None
    return given


def _number(row: Row, column: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        raise ValueError(f"{column} is {row[column]!r}; write metres such as 0.42") from None
    if not 0 < value < 100:
        raise ValueError(f"{column} is {row[column]}; a length in metres between 0 and 100 is expected")
    return value


def _check_size(scene: GlbScene, listed: np.ndarray, name: str) -> None:
    low, high = scene_bounds(scene)
    size = high - low
    # Compared by the longest side: a strap may hang, but a wrong unit is a factor of 2.54 or more.
    longest = int(listed.argmax())
    if abs(size[longest] / listed[longest] - 1) > SIZE_TOLERANCE:
        shown = " x ".join(f"{v:.3g}" for v in size)
        wanted = " x ".join(f"{v:.3g}" for v in listed)
        raise ValueError(f"{name} measures {shown} m, the catalogue says {wanted} m; correct one of them, "
                         "or pass the model through `nightwindow add`")
