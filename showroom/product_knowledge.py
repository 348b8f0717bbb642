"""What is known: the knowledge folder's files, read again when one of them is written, added or taken away while on air, and
what the products' models and sheets say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from assets.evidence import Evidence
from assets.evidence_file import FILE, load_evidence, said
from assets.findings import AuthoringError
from assets.knowledge import Passage
from assets.knowledge_file import load_knowledge
from assets.product import ProductModel
from showroom.model_facts import MODEL_SOURCES


class ProductKnowledge:
    """folder: of the knowledge base, whose files have been checked."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._file = folder, folder / FILE
        self._files_stamp = _stamps(folder)
        self._gone: set[str] = set()  # files, as passages name them, that went while another could not be read
        self._files: tuple[Passage, ...] | None = None
        self._stamp = _stamp(self._file)
        self._at_start = {e.id for e in load_evidence(folder)}
        self._fresh: tuple[Evidence, ...] | None = None
        self._day = date.today()

    def changed(self) -> bool:
        """Read the file again if it was written, or if a day has ended on which something may have. Raises AuthoringError,
        OSError; what was known stays then."""
        stamp, today = _stamp(self._file), date.today()
        if stamp == self._stamp and today == self._day:
            return False
        self._stamp, self._day = stamp, today
        self._fresh = load_evidence(self._file.parent)
        return True

    def files_changed(self) -> bool:
        """Read the folder again if a file in it was written, added or taken away. Raises AuthoringError, OSError: what was
        known stays then, without what came from files that are gone."""
        stamps = _stamps(self._folder)
        if stamps == self._files_stamp:
            return False
        gone = self._files_stamp.keys() - stamps.keys()
        self._files_stamp = stamps
        try:
            self._files = load_knowledge(self._folder)
            self._at_start, self._fresh = {e.id for e in load_evidence(self._folder)}, None
        except (AuthoringError, OSError):
            self._gone |= gone
            raise
        self._gone = set()
        return True

    def evident(self, products: Mapping[str, ProductModel]) -> dict[str, ProductModel]:
        """The products with the evidence of the file as it was read last."""
        if self._fresh is None:
            return dict(products)
        return {sku: replace(p, evidence=tuple(e for e in self._fresh if e.sku == sku and e.holds_on(self._day)))
                for sku, p in products.items()}

    def passages(self, authored: tuple[Passage, ...], products: Mapping[str, ProductModel]) -> tuple[Passage, ...]:
        """authored: of the files at the start."""
        kept = authored if self._files is None else self._files
        if self._gone:
            kept = tuple(p for p in kept if not any(p.source == name or p.source.startswith(f"{name}:") for name in self._gone))
        if self._fresh is not None:
            kept = tuple(p for p in authored if p.id not in self._at_start) + tuple(map(said, self._fresh))
        known = {p.id for p in kept}
        return kept + tuple(p for sku, product in products.items() for p in _own(sku, product) if p.id not in known)


def _own(sku: str, product: ProductModel) -> Iterable[Passage]:
    """What the product's own model, sheet and feed say."""
    for f in product.facts:
        if f.attribute and f.value and f.source in MODEL_SOURCES:
            yield Passage(f.id, "attribute", f.text, f.source, f.language, sku, None, f.attribute, f.value, f.unit)
    for point in product.points:
        yield Passage(point.id, "text", point.text, point.source, point.language, sku)
    yield from map(said, product.evidence)


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file of a knowledge folder but evidence.csv, by its name in it, with when it was written and how long it is."""
    return {str(path.relative_to(folder)): _stamp(path) for path in folder.rglob("*")
            if path.is_file() and path.name != FILE and not path.name.startswith((".", "~"))}


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size
