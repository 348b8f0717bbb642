"""Everything authored for one show, loaded and checked together: all mistakes of all files at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from numpy.typing import NDArray

from assets.catalogue import load_catalogue
from assets.evidence_file import load_evidence
from assets.findings import AuthoringError, suggestion
from assets.knowledge import Passage
from assets.knowledge_file import load_knowledge
from assets.market import Market
from assets.market_file import load_market
from assets.policy import PolicyError, PolicyProfile
from assets.policy_file import load_policy
from assets.product import ProductModel
from assets.rundown_file import Rundown, load_rundown
from assets.scene import ShowroomSpec, with_guests
from assets.scene_file import load_showroom
from showroom.config import ConfigError, ShowConfig
from showroom.model_facts import with_model_facts
from showroom.packing import with_packs
from showroom.placing import Place, standing

T = TypeVar("T")
PLAIN_LABEL = "AI-generated presenter"  # what market.toml says when it says nothing


@dataclass(frozen=True, slots=True)
class Content:
    """What the director works with. products, homes (sku -> plinth id): of the show now; catalogue, catalogue_homes: as the
    files have them, price_at_s: since when (1970) a price of theirs holds; warnings: sentences for the operator;
    layout: sku -> plinth id or None, as a person has arranged it (showroom.layout); places: where a person has moved
    plinths to (showroom.placing); spec: the showroom as its file has it."""

    spec: ShowroomSpec
    products: dict[str, ProductModel]
    passages: tuple[Passage, ...]
    market: Market
    policy: PolicyProfile
    rundown: Rundown
    plinth_glb: Path
    homes: dict[str, str | None]
    warnings: tuple[str, ...] = ()
    catalogue: dict[str, ProductModel] = field(default_factory=dict)
    catalogue_homes: dict[str, str | None] = field(default_factory=dict)
    layout: dict[str, str | None] = field(default_factory=dict)
    price_at_s: dict[str, float] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def standing(self) -> ShowroomSpec:
        """The showroom with its plinths where they stand now."""
        return standing(self.spec, self.places)


def load_content(config: ShowConfig) -> Content:
    """Read all files that show.toml names. Raises ConfigError with every mistake found."""
    mistakes: list[str] = []
    warnings: list[str] = []

    def read(load: Callable[[], T]) -> T | None:
        try:
            return load()
        except (AuthoringError, PolicyError) as error:
            mistakes.extend(str(error).splitlines())
        except OSError as error:
            mistakes.append(f"{error.filename}: {error.strerror}")
        return None

    show = config.show
    spec = read(lambda: load_showroom(config.path(show.showroom)))
    market = read(lambda: load_market(config.path(show.market)))
    rundown = read(lambda: load_rundown(config.path(show.rundown)))
    passages = read(lambda: load_knowledge(config.path(show.knowledge)))
    catalogue = read(lambda: load_catalogue(config.path(show.catalogue), config.path(show.models), passages or ()))
    evidence = read(lambda: load_evidence(config.path(show.knowledge))) or ()
    profile = market.policy if market else None
    policy = read(lambda: load_policy(profile)) if profile else None
    plinth = config.path(show.showroom).parent / "plinth.glb"
    if not plinth.exists():
        mistakes.append(f"{plinth}: no such file; it is the column under the product on show, 1 m high")
    if catalogue is not None and rundown is not None:
        for item in rundown.items:
            if item.product not in catalogue.products:
                mistakes.append(f"{config.path(show.rundown)}: product {item.product!r} is not in {show.catalogue}")
        warnings.extend(str(e) for e in catalogue.errors)
    if passages is not None and rundown is not None:
        mistakes.extend(_unknown_citations(config.path(show.rundown), rundown, {p.id for p in passages}))
    if rundown is not None and catalogue is not None:
        known = {e.id for e in evidence} | {"evidence"}
        mistakes.extend(_unknown_cards(config.path(show.rundown), rundown, known,
                                       {*catalogue.products, *catalogue.left_out}))
    if spec is not None:
        spec = with_guests(spec, show.anchors)
        if rundown is not None:
            mistakes.extend(_unknown_speakers(config.path(show.rundown), rundown, [m.anchor_id for m in spec.marks]))
    if mistakes or not (spec and market and rundown and catalogue and policy) or passages is None:
        raise ConfigError(mistakes)
    if market.ai_label == PLAIN_LABEL:  # not the market's own words: the profile's, in the language of the show
        market = replace(market, ai_label=policy.label(market.language))
    today = date.today()
    warnings.extend(f"{e.id}: this evidence ended on {e.valid_until}; it is not shown"
                    for e in evidence if not e.holds_on(today))
    proofs = {sku: tuple(e for e in evidence if e.sku == sku and e.holds_on(today)) for sku in catalogue.products}
    products = {sku: with_model_facts(replace(with_packs(product), evidence=proofs[sku]), market.language)
                for sku, product in catalogue.products.items()}
    homes = assign_plinths(spec, products)
    return Content(spec, products, tuple(passages), market, policy, rundown, plinth, homes, tuple(warnings),
                   dict(products), dict(homes))


def _unknown_citations(path: Path, rundown: Rundown, known: set[str]) -> list[str]:
    return [
        f"{path}: {item.product}.{section.id}: no passage {cite!r} in the knowledge base"
        for item in rundown.items for section in item.sections for variant in section.variants for line in variant
        for cite in line.cites if cite not in known and not cite.startswith("catalogue:")
    ]


def _unknown_speakers(path: Path, rundown: Rundown, anchors: list[str]) -> list[str]:
    return [
        f"{path}: {item.product}.{section.id}: by = {line.by!r} is none of the anchors ({', '.join(anchors)})"
        f"{suggestion(line.by, anchors)}; name them in show.toml: [show] anchors = {{ {line.by} = \"adam\" }}"
        for item in rundown.items for section in item.sections for variant in section.variants for line in variant
        if line.by and line.by not in anchors
    ]


def _unknown_cards(path: Path, rundown: Rundown, evidence: set[str], skus: set[str]) -> list[str]:
    return [
        f"{path}: {item.product}.{section.id}: [{mark.name}:{mark.target}] names no "
        f"{'piece of evidence' if mark.name == 'card' else 'other product of the catalogue'}"
        for item in rundown.items for section in item.sections for variant in section.variants for line in variant
        for mark in line.marks
        if (mark.name == "card" and mark.target not in evidence)
        or (mark.name == "compare" and mark.target not in skus - {item.product})
    ]


def assign_plinths(spec: ShowroomSpec, products: Mapping[str, ProductModel]) -> dict[str, str | None]:
    """Each product to the smallest free plinth that it fits, largest products first; None when none is left."""
    homes: dict[str, str | None] = {}
    for sku, product in sorted(products.items(), key=lambda item: -float(item[1].size_m.prod())):
        homes[sku] = free_plinth(spec, homes, product.size_m)
    return homes


def free_plinth(spec: ShowroomSpec, homes: Mapping[str, str | None], size_m: NDArray) -> str | None:
    """The smallest free plinth that a product of that size fits, or None."""
    taken = set(homes.values())
    fitting = [p for p in spec.plinths if not p.hero and p.id not in taken and bool((size_m <= p.max_size_m + 1e-3).all())]
    best = min(fitting, key=lambda p: float(p.max_size_m.prod()), default=None)
    return best.id if best else None
