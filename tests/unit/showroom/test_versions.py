"""The ledger of versions: approved, rejected, withdrawn, rolled back; nothing lost when two work at once."""

from __future__ import annotations

import json
import random
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from assets.product import Price
from showroom.store import Store
from showroom.versions import OFF, ON_AIR, Version, VersionError, Versions, price_asks, why_words

pytestmark = pytest.mark.unit
ASKS = {"code": "asks"}


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(Store(tmp_path / "show.sqlite"))


def folder(tmp_path: Path, name: str, price: str | None = None) -> Path:
    path = tmp_path / name
    path.mkdir()
    about = {"names": {"en": name}, "price": {"amount": price, "currency": "USD"} if price else None}
    (path / "product.json").write_text(json.dumps(about))
    return path


def on_air(versions: Versions, sku: str) -> Version | None:
    found = versions.active().get(sku)
    return found if found and found.state == ON_AIR else None


def test_a_version_without_a_reason_is_on_air_at_once_and_the_next_replaces_it(versions: Versions, tmp_path: Path) -> None:
    first = versions.propose("cup", folder(tmp_path, "a", "9.90"), {}, "p1")
    assert on_air(versions, "cup").id == first and on_air(versions, "cup").price == Price(Decimal("9.90"), "USD")
    second = versions.propose("cup", folder(tmp_path, "b"), {}, "p1")
    assert on_air(versions, "cup").id == second and [v.state for v in versions.of("cup")] == ["replaced", "on_air"]
    assert versions.roll_back("cup", False).id == first and on_air(versions, "cup").id == first
    with pytest.raises(VersionError, match="first version"):
        versions.roll_back("cup", False)


def test_what_waits_changes_nothing_until_it_is_approved(versions: Versions, tmp_path: Path) -> None:
    first = versions.propose("cup", folder(tmp_path, "a"), {}, "p1")
    second = versions.propose("cup", folder(tmp_path, "b"), ASKS, None)
    assert on_air(versions, "cup").id == first and [v.id for v in versions.waiting()] == [second]
    assert versions.approve("cup", "p2").id == second and on_air(versions, "cup").plinth == "p2"
    assert not versions.waiting()
    versions.propose("cup", folder(tmp_path, "c"), ASKS, None)
    versions.reject("cup")
    assert on_air(versions, "cup").id == second and not versions.waiting()
    for decide in (lambda: versions.approve("cup", None), lambda: versions.reject("cup")):
        with pytest.raises(VersionError, match="no version of it waits"):
            decide()


def test_withdrawn_and_back_again_also_for_the_catalogues_own(versions: Versions, tmp_path: Path) -> None:
    versions.withdraw("lamp", in_catalogue=True)
    assert versions.active()["lamp"].state == OFF
    for sku, there in (("lamp", True), ("nothing", False)):
        with pytest.raises(VersionError, match="not in the show"):
            versions.withdraw(sku, there)
    assert versions.roll_back("lamp", True) is None and "lamp" not in versions.active()
    only = versions.propose("cup", folder(tmp_path, "a"), {}, None)
    versions.withdraw("cup", False)
    assert versions.roll_back("cup", False).id == only and on_air(versions, "cup").id == only
    with pytest.raises(VersionError, match="no earlier version"):
        versions.roll_back("chair", True)


def test_any_order_of_decisions_leaves_at_most_one_on_air(versions: Versions, tmp_path: Path) -> None:
    rng = random.Random()
    for step in range(60):
        try:
            match rng.randrange(6):
                case 0 | 1:
                    versions.propose("cup", folder(tmp_path, f"v{step}"), rng.choice(({}, ASKS)), None)
                case 2:
                    versions.approve("cup", None)
                case 3:
                    versions.reject("cup")
                case 4:
                    versions.withdraw("cup", False)
                case 5:
                    versions.roll_back("cup", False)
        except VersionError:
            pass
        assert sum(v.state in (ON_AIR, OFF) for v in versions.of("cup")) <= 1


def test_two_merchandisers_at_once_lose_nothing(tmp_path: Path) -> None:
    Store(tmp_path / "show.sqlite").close()
    folders = {name: [folder(tmp_path, f"{name}{n}") for n in range(20)] for name in "ab"}

    def work(name: str) -> None:
        mine = Versions(Store(tmp_path / "show.sqlite"))
        for n, path in enumerate(folders[name]):
            mine.propose(f"{name}-{n % 3}", path, {}, None)
            mine.propose("both", folder(tmp_path, f"{name}both{n}"), {}, None)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = Versions(Store(tmp_path / "show.sqlite"))
    assert len(found.all()) == 80 and len(found.of("both")) == 40
    assert sorted(found.active()) == sorted({f"{n}-{k}" for n in "ab" for k in range(3)} | {"both"})


def test_prices_that_move_far_ask_and_say_by_how_much() -> None:
    rng = random.Random()
    old = Decimal(rng.randint(1000, 99999)) / 100
    for percent, asks in ((-30, True), (-19, False), (19, False), (21, True), (900, True)):
        new = (old * (100 + percent) / 100).quantize(Decimal("0.01"))
        why = price_asks(Price(old, "USD"), Price(new, "USD"))
        assert bool(why) is asks
        if asks:
            assert abs(why["percent"] - percent) < 0.2
            for words in why_words(why).values():
                assert str(old) in words and str(new) in words and f"{percent:+d}"[:3] in words.replace(".0", "")
    assert price_asks(Price(old, "USD"), Price(old, "EUR")), "another currency is another price"
    assert not price_asks(None, Price(old, "USD"))
