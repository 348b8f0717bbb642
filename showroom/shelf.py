"""Which products are in the running show: the catalogue's rows, and over them the versions of the ledger.

`sync` is called every two seconds: it reads the ledger, the catalogue file when it has changed, and the watched folder,
and brings stage, browsers, knowledge and rundown to what they say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from assets.catalogue import load_catalogue
from assets.findings import AuthoringError
from assets.knowledge import Passage
from assets.packs.kept import USDZ
from assets.product import Price, ProductModel
from assets.rundown_file import Item, Rundown
from showroom.additions import AddError, change_price, homes_now, plinth_for, product_of, products_now
from showroom.comparison import sayable
from showroom.config import ConfigError, ShowConfig
from showroom.content import Content, assign_plinths
from showroom.fact_script import item_for
from showroom.layout import checked_layout, keep_layout, kept_layout
from showroom.model_facts import with_model_facts
from showroom.packing import for_iphones, packed, with_packs
from showroom.placing import Place, checked_places, keep_places, kept_places, place_fields
from showroom.policy_report import forbidden_goods
from showroom.product_knowledge import ProductKnowledge
from showroom.store import Store, StoreError
from showroom.versions import WAITING, Version, VersionError, Versions, price_asks

KEPT_READ = 16  # waiting versions whose models are kept in memory for the operator's page


class Shelf:
    """put, remove: a product comes to or leaves stage and browsers; script: a changed rundown; alarm: a sentence for the
    operator; moved: plinths stand elsewhere. Everything is called in the event loop's thread; files are read in another."""

    def __init__(self, config: ShowConfig, content: Content, store: Store, *, put: Callable[[ProductModel, str | None], None],
                 remove: Callable[[str], None], script: Callable[[Rundown], None], alarm: Callable[[str], None],
                 moved: Callable[[], None] = lambda: None, learn: Callable[[], None] = lambda: None) -> None:
        """learn: the knowledge base is another."""
        self._tell = learn
        self._config, self._content, self._store = config, content, store
        self._put, self._remove, self._script, self._alarm, self._moved = put, remove, script, alarm, moved
        self.versions = Versions(store)
        self._wanted: list[str] = list(store.get("wanted", []))
        self._evidence = ProductKnowledge(config.path(config.show.knowledge))
        self._file = config.path(config.show.catalogue)
        self._file_stamp = _stamp(self._file)
        self._ledger: list[tuple[object, ...]] | None = None
        self._lock = asyncio.Lock()
        self._read: dict[int, ProductModel | None] = {}
        self._packing: asyncio.Task[None] | None = None
        self._tried: set[tuple[str, Path]] = set()
        self._for_phones = False

    @classmethod
    def quiet(cls, config: ShowConfig, content: Content, store: Store) -> Shelf:
        """One that tells nobody: for commands beside the show."""
        return cls(config, content, store, put=lambda model, plinth: None, remove=lambda sku: None,
                   script=lambda rundown: None, alarm=lambda sentence: None)

    def open(self) -> Rundown:
        """Bring `content` to what the ledger says, before the show begins; the rundown that goes with it."""
        self._content.layout.update(kept_layout(self._store))
        places = kept_places(self._store, self._content.spec)
        try:
            places = checked_places(places, {}, self._content.spec, self._content.catalogue.values())
        except VersionError as error:
            self._alarm(f"the plinths stand where showroom.toml has them: {error}")
            places = {}
        _replace(self._content.places, places)
        self._ledger = self._rows()
        _settle_prices(self._config, self._content, self._store, self._alarm, dict(self._content.catalogue))
        active = self.versions.active()
        products, homes = products_now(self._content, active), homes_now(self._content, active)
        _replace(self._content.products, products)
        _replace(self._content.homes, {sku: homes.get(sku) for sku in products})
        withheld = list(forbidden_goods(self._content))
        for finding in withheld:
            self._alarm(finding.en)
        if withheld and not products:
            raise ConfigError([finding.en for finding in withheld])
        return self.rundown()

    def passages(self) -> tuple[Passage, ...]:
        """The knowledge base as its files are now, with what the products' models and sheets say of themselves."""
        return self._evidence.passages(self._content.passages, self._content.products)

    def shown(self, version: Version) -> ProductModel | None:
        """The product as this version would show it. Its model is read once; the last few are kept."""
        if version.id not in self._read:
            self._read[version.id] = product_of(version, self._content.catalogue.get(version.sku),
                                                language=self._content.market.language)
            while len(self._read) > KEPT_READ:
                del self._read[next(iter(self._read))]
        return self._read[version.id]

    async def decide(self, sku: str, action: str) -> None:
        """action: "approve", "reject", "withdraw" or "rollback". Raises VersionError, StoreError."""
        in_catalogue = sku in self._content.catalogue
        match action:
            case "approve":
                waiting = [v for v in self.versions.of(sku) if v.state == WAITING]
                model = await asyncio.to_thread(self.shown, waiting[-1]) if waiting else None
                self.versions.approve(sku, plinth_for(self._content, self.versions.active(), sku, model.size_m)
                                      if model is not None else None)
            case "reject":
                self.versions.reject(sku)
            case "withdraw":
                self.versions.withdraw(sku, in_catalogue)
            case "rollback":
                self.versions.roll_back(sku, in_catalogue)
            case _:
                raise VersionError(f"{action}: choose approve, reject, withdraw or rollback.",
                                   f"{action}：请选择批准、拒绝、下架或退回。")
        self._store.event("product", sku=sku, action=action)
        await self.sync()

    async def arrange(self, wanted: Mapping[str, str | None]) -> None:
        """Products on other plinths, kept and at once. wanted: sku -> plinth id or None. Raises VersionError, StoreError."""
        layout = checked_layout(wanted, self._content.layout, self._content.products, self._content.spec, self._content.homes)
        keep_layout(self._store, layout)
        _replace(self._content.layout, layout)
        self._store.event("layout", **{sku: plinth or "" for sku, plinth in wanted.items()})
        self._ledger = None
        await self.sync()

    async def move(self, wanted: Mapping[str, Place | None]) -> None:
        """Plinths elsewhere, kept and at once. wanted: plinth id -> its place, or None for where showroom.toml has it.
        Raises VersionError, StoreError."""
        content = self._content
        async with self._lock:
            places = await asyncio.to_thread(checked_places, wanted, dict(content.places), content.spec,
                                             list(content.products.values()))
            keep_places(self._store, places)
            _replace(content.places, places)
        self._store.event("plinths", **{id_: list(place_fields(p).values()) if p else "" for id_, p in wanted.items()})
        self._moved()

    def want(self, sku: str) -> bool:
        """Enough viewers ask for a product of the catalogue that the script leaves out: it gets a turn from its checked facts,
        tonight and after a restart. Whether the script has changed."""
        if sku in self._wanted or sku not in self._content.products:
            return False
        self._wanted.append(sku)
        self._store.put("wanted", self._wanted)
        self._script(self.rundown())
        return True

    def bring(self, sku: str, next_is: Callable[[str], bool]) -> bool:
        """Have a product come next (next_is: of the script's cursor); one that the script leaves out gets a turn first."""
        return next_is(sku) or (self.want(sku) and next_is(sku))

    def rundown(self) -> Rundown:
        """The authored turns of the products that are in the show, then turns from the facts of those nobody wrote about, and
        of those that viewers have asked for."""
        products, language = self._content.products, self._content.market.language
        authored = [item for item in self._content.rundown.items if item.product in products]
        written = {item.product for item in authored}
        added: list[Item] = [item_for(product, language) for sku, product in products.items() if sku not in written
                             and (sku not in self._content.catalogue or sku in self._wanted)]
        return sayable(Rundown(tuple(authored + added) or self._content.rundown.items), products)

    async def sync(self) -> None:
        """Take over what has changed. Never raises for a file's sake: the operator is told."""
        async with self._lock:
            stamp = await asyncio.to_thread(_stamp, self._file)
            if stamp != self._file_stamp:
                self._file_stamp = stamp
                await self._catalogue_changed()
            await self._evidence_changed()
            await self._knowledge_changed()
            rows = self._rows()
            if rows == self._ledger:
                return
            self._ledger = rows
            active = self.versions.active()
            products = await asyncio.to_thread(products_now, self._content, active)
            self._apply(products, homes_now(self._content, active))

    def pack(self) -> None:
        """Begin to make the packs of a product that has none yet, then the file for iPhones that one has not: one at a time,
        beside the show, for the next sync."""
        if self._packing is not None and not self._packing.done():
            return
        for wanted, make in (("tour", self._pack), (USDZ, self._for_iphones)):
            for sku, product in self._content.products.items():
                model = product.packs["broadcast"]
                if wanted not in product.packs and (wanted, model) not in self._tried:
                    self._tried.add((wanted, model))
                    self._packing = asyncio.create_task(make(sku, product))
                    return
        if self._for_phones:  # all at once: each change makes every page look at the scene again
            self._ledger, self._for_phones = None, False

    async def _pack(self, sku: str, product: ProductModel) -> None:
        sizes, note = await asyncio.to_thread(packed, product.packs["broadcast"], 10)
        if note is not None:
            self._alarm(f"{sku}: {note.message_en}")
        elif sizes:
            self._look_again(sku)
            self._ledger = None

    async def _for_iphones(self, sku: str, product: ProductModel) -> None:
        if why := await asyncio.to_thread(for_iphones, product, 10):
            self._alarm(f"{sku}: {why}")
            return
        self._look_again(sku)
        self._for_phones = True

    def _look_again(self, sku: str) -> None:
        if sku in self._content.catalogue:
            self._content.catalogue[sku] = with_packs(self._content.catalogue[sku])

    def _rows(self) -> list[tuple[object, ...]]:
        return self._store.rows("SELECT id, sku, state, plinth FROM version WHERE state IN ('on_air', 'off') ORDER BY id")

    def _apply(self, products: Mapping[str, ProductModel], homes: Mapping[str, str | None]) -> None:
        before, stood = dict(self._content.products), dict(self._content.homes)
        _replace(self._content.homes, {sku: homes.get(sku) for sku in products})
        for sku in before.keys() - products.keys():
            self._content.products.pop(sku, None)
            self._remove(sku)
        for sku, product in products.items():
            self._content.products[sku] = product
            if sku not in before or not _same(before[sku], product) or stood.get(sku) != homes.get(sku):
                self._put(product, homes.get(sku))
        self._script(self.rundown())

    async def _catalogue_changed(self) -> None:
        """Rows of a catalogue that was edited while on air. Prices that moved too far wait for a person."""
        models = self._config.path(self._config.show.models)
        try:
            fresh = await asyncio.to_thread(load_catalogue, self._file, models, self.passages())
        except (AuthoringError, OSError) as error:
            self._alarm(f"the changed catalogue is not used: {str(error).splitlines()[0]}")
            return
        for mistake in fresh.errors:
            self._alarm(f"a row of the catalogue is left out: {mistake}")
        old = self._content.catalogue
        rows = self._evidence.evident({
            sku: with_model_facts(replace(with_packs(product), evidence=old[sku].evidence if sku in old else ()),
                                  self._content.market.language) for sku, product in fresh.products.items()})
        for mistake in fresh.errors:  # half a word typed in a row must not take its product off the air
            sku = mistake.sentence.split(":")[0]
            if sku in old and sku not in rows:
                rows[sku] = old[sku]
        _replace(self._content.catalogue_homes, assign_plinths(self._content.spec, rows))
        _settle_prices(self._config, self._content, self._store, self._alarm, rows)
        self._ledger = None

    async def _evidence_changed(self) -> None:
        """evidence.csv was edited while on air: cards, sheets and answers have it at once."""
        try:
            changed = await asyncio.to_thread(self._evidence.changed)
        except (AuthoringError, OSError) as error:
            self._alarm(f"the changed evidence is not used: {str(error).splitlines()[0]}")
            return
        if changed:
            _replace(self._content.catalogue, self._evidence.evident(self._content.catalogue))
            self._ledger = None

    async def _knowledge_changed(self) -> None:
        """Knowledge files were edited, added or taken away while on air: the next answer knows it, and facts on cards, too."""
        try:
            if not await asyncio.to_thread(self._evidence.files_changed):
                return
        except (AuthoringError, OSError) as error:
            self._alarm(f"the changed knowledge is not used: {str(error).splitlines()[0]}")
        # What came from a file that is gone is known no more, also where another cannot be read.
        await self._catalogue_changed()
        self._store.event("knowledge", passages=len(self.passages()))
        self._tell()


def _settle_prices(config: ShowConfig, content: Content, store: Store, alarm: Callable[[str], None],
                   rows: dict[str, ProductModel]) -> None:
    """Take rows as the catalogue, with the prices that may be said: one that moved too far stays what it was, over a
    restart too, until a person has approved the version that is entered for it."""
    asked: list[tuple[str, Price]] = []
    for sku, product in rows.items():
        if (price := product.price) is None:
            continue
        seen = store.get(f"catalogue_price {sku}")
        kept = Price(Decimal(seen["price"][0]), seen["price"][1]) if seen else price
        row = [str(price.amount), price.currency]
        if seen is not None and seen["row"] != row:
            now = content.products.get(sku)
            if price_asks(now.price if now else kept, price):
                asked.append((sku, price))
                seen = {**seen, "row": row}
            else:
                kept, seen = price, {"row": row, "price": row, "at_s": store.wall_s()}
        seen = seen or {"row": row, "price": row, "at_s": 0.0}
        store.put(f"catalogue_price {sku}", seen)
        rows[sku] = replace(product, price=kept)
        content.price_at_s[sku] = float(seen["at_s"])
    _replace(content.catalogue, rows)
    for sku, price in asked:
        try:
            said = change_price(config, content, store, sku, price)
            alarm(f"{sku}: {said['lines'][0]}")
        except (AddError, StoreError, OSError) as error:
            alarm(f"{sku}: its new price is not used: {error}")


def _same(a: ProductModel, b: ProductModel) -> bool:
    """Whether stage and browsers would show the same."""
    return (a.packs == b.packs and a.price == b.price and a.stock == b.stock and dict(a.names) == dict(b.names)
            and a.checkout_url == b.checkout_url and (a.size_m == b.size_m).all()
            and dict(a.checkout_urls) == dict(b.checkout_urls) and a.points == b.points and a.evidence == b.evidence)


def _replace(old: dict, new: Mapping) -> None:  # type: ignore[type-arg]
    """In place: others hold the dictionary."""
    for key in old.keys() - new.keys():
        del old[key]
    old.update(new)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size
