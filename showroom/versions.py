"""What merchandisers did to the show's products, in order: versions that wait, are on air, were replaced or withdrawn.

The catalogue's own row is version 0 of its product and never stands here. Every change is one transaction of the state
file, so that a command, the page and a watched folder can work at the same time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from assets.checked import IDENTIFIER
from assets.product import Price
from showroom.store import Store

PRICE_LIMIT = 0.20  # a change by more than this is most often a typing error; a person looks at it first
WAITING, ON_AIR, REPLACED, OFF = "waiting", "on_air", "replaced", "off"
REJECTED, ROLLED_BACK = "rejected", "rolled_back"


class VersionError(ValueError):
    """What was asked for makes no sense for this product; one sentence, and the same in Chinese as `zh`."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh

    @property
    def fields(self) -> dict[str, str]:
        """JSON values for a page."""
        return {"error": str(self), "error_zh": self.zh}


@dataclass(frozen=True, slots=True)
class Version:
    """state: "waiting" for approval, "on_air", "replaced" by a later one, "off" (withdrawn), "rejected", "rolled_back";
    why: why it waits, as JSON values ({} when it doesn't); plinth: of a version on air, or None;
    folder: of its files, None for a withdrawal; since_s: seconds since 1970 when it came into its state; about: its
    product.json."""

    id: int
    sku: str
    state: str
    why: Mapping[str, Any]
    plinth: str | None
    folder: Path | None
    since_s: float
    about: Mapping[str, Any]

    @property
    def price(self) -> Price | None:
        """As its merchandiser gave it; None: the catalogue's."""
        given = self.about.get("price")
        return Price(Decimal(str(given["amount"])), str(given["currency"])) if given else None

    @property
    def model_file(self) -> Path | None:
        """Its GLB; None: the catalogue's."""
        name = self.about.get("model", "model.glb")
        return (self.folder / name).resolve() if self.folder and name else None


def price_asks(old: Price | None, new: Price | None) -> dict[str, Any]:
    """Why a new price must be approved, {} when it need not be: another currency, or a change of more than PRICE_LIMIT."""
    if old is None or new is None or old == new:
        return {}
    fields = {"code": "price_change", "from": f"{old.amount} {old.currency}", "to": f"{new.amount} {new.currency}"}
    if old.currency != new.currency:
        return fields | {"percent": None}
    if old.amount == 0:
        return fields | {"percent": None}
    change = (new.amount - old.amount) / old.amount
    return fields | {"percent": float(round(change * 100, 1))} if abs(change) > Decimal(str(PRICE_LIMIT)) else {}


def why_words(why: Mapping[str, Any]) -> dict[str, str]:
    """The reason as a sentence in English and Chinese."""
    match why.get("code"):
        case "price_change":
            by = f" ({why['percent']:+g} %)" if why.get("percent") is not None else ""
            return {"en": f"The price would change from {why['from']} to {why['to']}{by}; approve it if that is meant.",
                    "zh": f"价格将从 {why['from']} 改为 {why['to']}{by}；确认无误后请批准。"}
        case "asks":
            return {"en": "New versions wait for approval here (products.auto_publish is off).",
                    "zh": "新版本需要批准后才会上架（products.auto_publish 已关闭）。"}
        case "empty":
            return {"en": "The file draws nothing; approve it only if an empty plinth is meant.",
                    "zh": "文件中没有可见内容；确认要展示空展台时再批准。"}
    return {"en": "", "zh": ""}


class Versions:
    """The ledger in the state file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Version]:
        """Every version whose files are whole, oldest first."""
        rows = self._store.rows("SELECT id, sku, state, why, plinth, folder, since_s FROM version ORDER BY id")
        return [v for row in rows if (v := _version(row)) is not None]

    def of(self, sku: str) -> list[Version]:
        """Those of one product, oldest first."""
        return [v for v in self.all() if v.sku == sku]

    def active(self) -> dict[str, Version]:
        """sku -> the version that is on air or withdraws its product."""
        return {v.sku: v for v in self.all() if v.state in (ON_AIR, OFF)}

    def waiting(self) -> list[Version]:
        """Those that a person must look at, oldest first."""
        return [v for v in self.all() if v.state == WAITING]

    def propose(self, sku: str, folder: Path, why: Mapping[str, Any], plinth: str | None) -> int:
        """Enter a version; on air at once unless there is a reason to wait. Its id. Raises StoreError."""
        with self._store.changing() as db:
            if not why:
                _retire(db, sku)
            state = WAITING if why else ON_AIR
            row = (sku, state, json.dumps(dict(why)), plinth, str(folder), self._store.wall_s())
            entered = db.execute("INSERT INTO version(sku, state, why, plinth, folder, since_s) VALUES(?,?,?,?,?,?)", row)
            return int(entered.lastrowid or 0)

    def approve(self, sku: str, plinth: str | None) -> Version:
        """The newest waiting version goes on air. Raises VersionError, StoreError."""
        version = self._waiting(sku)
        with self._store.changing() as db:
            _retire(db, sku)
            _move(db, version.id, ON_AIR, WAITING)
            db.execute("UPDATE version SET plinth=?, since_s=? WHERE id=?", (plinth, self._store.wall_s(), version.id))
        return replace(version, state=ON_AIR, plinth=plinth, since_s=self._store.wall_s())

    def reject(self, sku: str) -> Version:
        """The newest waiting version never goes on air. Raises VersionError, StoreError."""
        version = self._waiting(sku)
        with self._store.changing() as db:
            _move(db, version.id, REJECTED, WAITING)
        return replace(version, state=REJECTED)

    def withdraw(self, sku: str, in_catalogue: bool) -> None:
        """Take a product out of the show. Raises VersionError, StoreError."""
        now = self.active().get(sku)
        if (now is None and not in_catalogue) or (now is not None and now.state == OFF):
            raise VersionError(f"{sku}: it is not in the show.", f"{sku}：不在这场直播里。")
        with self._store.changing() as db:
            _retire(db, sku)
            db.execute("INSERT INTO version(sku, state, why, plinth, folder, since_s) VALUES(?,?,?,?,?,?)",
                       (sku, OFF, "{}", None, "", self._store.wall_s()))

    def roll_back(self, sku: str, in_catalogue: bool) -> Version | None:
        """Back to the version before the active one; None when that is the catalogue's own. Raises VersionError, StoreError."""
        now = self.active().get(sku)
        if now is None:
            raise VersionError(f"{sku}: there is no earlier version to go back to.", f"{sku}：没有更早的版本可以退回。")
        earlier = [v for v in self.of(sku) if v.state == REPLACED and v.id < now.id]
        if not earlier and not in_catalogue:
            raise VersionError(f"{sku}: this is its first version; withdraw it instead.",
                               f"{sku}：这是它的第一个版本；请改为下架。")
        with self._store.changing() as db:
            db.execute("DELETE FROM version WHERE id=? AND state=?", (now.id, OFF))
            # Not "replaced": going back twice must go back two versions.
            db.execute("UPDATE version SET state=? WHERE id=? AND state=?", (ROLLED_BACK, now.id, ON_AIR))
            if earlier:
                _move(db, earlier[-1].id, ON_AIR, REPLACED)
                db.execute("UPDATE version SET since_s=? WHERE id=?", (self._store.wall_s(), earlier[-1].id))
        return replace(earlier[-1], state=ON_AIR) if earlier else None

    def _waiting(self, sku: str) -> Version:
        found = [v for v in self.of(sku) if v.state == WAITING]
        if not found:
            raise VersionError(f"{sku}: no version of it waits for approval.", f"{sku}：没有等待批准的版本。")
        return found[-1]


def _retire(db: Any, sku: str) -> None:
    """What was on air is replaced; a withdrawal is over."""
    db.execute("UPDATE version SET state=? WHERE sku=? AND state=?", (REPLACED, sku, ON_AIR))
    db.execute("DELETE FROM version WHERE sku=? AND state=?", (sku, OFF))


def _move(db: Any, id_: int, to: str, expected: str) -> None:
    if db.execute("UPDATE version SET state=? WHERE id=? AND state=?", (to, id_, expected)).rowcount != 1:
        raise VersionError("Somebody else has just decided about this version; look again.",
                           "刚才已有别人处理了这个版本；请再看一下。")


def _version(row: tuple[Any, ...]) -> Version | None:
    """None when its folder was taken away: the version is gone with it."""
    id_, sku, state, why, plinth, folder, since_s = row
    if not folder:
        return Version(id_, sku, state, {}, None, None, since_s, {})
    try:
        about = json.loads((Path(folder) / "product.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(about, dict) or not IDENTIFIER.match(sku):
        return None
    return Version(id_, sku, state, json.loads(why), plinth, Path(folder), since_s, about)
