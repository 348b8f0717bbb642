"""What a policy profile asks beyond sentences: disclosures, forbidden categories, retention, and what `check` says of it."""

import os
import random
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from assets.catalogue import load_catalogue
from assets.forbidden import forbidden
from assets.policy import Retention
from assets.policy_file import load_policy
from avatar.speech import Utterance
from dialogue.citing import Cited
from dialogue.policy import Policy
from render.feed_target import open_target
from render.packet import VideoSettings
from render.slate import av_packet, load_slate, make_slate
from showroom.additions import products_now
from showroom.config import load_config
from showroom.disclosures import to_confirm, unmet
from showroom.policy_report import setup_findings
from showroom.retention import Keeper, kept_days
from showroom.staging import product_card
from showroom.store import Store
from tests.fakes import shop
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit
DEMO = Path(__file__).parents[3] / "examples" / "demo"


@pytest.mark.parametrize(("category", "profile", "found"), [
    ("Food, Beverages & Tobacco > Tobacco Products > Vaporizers", "eu", True), ("酒类/白酒", "ksa", True),
    ("Home & Garden > Lighting > Lamps", "ksa", False), ("Bier & Spirituosen", "ksa", True),
    ("Kitchen > Barware > Wine glasses", "ksa", False), ("Non-alcoholic drinks", "ksa", False),
    ("Toys > Water guns", "youtube", False), ("Sporting Goods > Firearms", "youtube", True), ("护身符", "cn", True),
    ("Tabakwaren", "eu", True), ("", "cn", False), ("Ginger tea", "youtube", False), ("سجائر", "ksa", True),
])
def test_goods_are_judged_by_their_category(category: str, profile: str, found: bool) -> None:
    assert (forbidden(load_policy(profile), category) is not None) == found


def test_a_forbidden_product_is_named_by_check_and_not_in_the_show() -> None:
    content = demo_content()
    sku = random.choice(list(content.catalogue))
    content.catalogue[sku] = replace(content.catalogue[sku], extra={"category": "Lottery tickets"})
    content = replace(content, policy=load_policy("ksa"))
    assert set(products_now(content, {})) == set(content.catalogue) - {sku}
    (named,) = [f for f in setup_findings(content) if "category" in f.en]
    assert named.en.startswith(f"{sku}: its category 'Lottery tickets' is gambling") and "类目" in named.zh


def test_a_note_stands_beside_every_price_and_with_every_sum() -> None:
    profile = load_policy("ksa")
    product = shop.products()["backpack"]
    card = product_card(product, "ar", profile.beside_price("ar"))
    assert card.lines[2] == "السعر شامل ضريبة القيمة المضافة" and card.firm == 3
    policy = Policy(profile, Cited(shop.passages(), shop.products()))
    row = ("catalogue:backpack",)
    verdict = policy.check(Utterance("u", "It costs $79.90.", "en", citations=row))
    assert verdict.allowed and verdict.shown == ("Price includes VAT",) and verdict.text == "It costs $79.90."
    assert not policy.check(Utterance("u", "It is light.", "en", citations=row)).shown


def test_a_price_reduction_is_said_only_with_the_lowest_price_of_thirty_days() -> None:
    before, lowest = random.randint(81, 99), Decimal(random.randint(7000, 7989)) / 100
    products, passages = shop.products(), shop.passages()
    passages[0] = replace(passages[0], id="sale", text=f"Lowest price of the last 30 days: {lowest}; was {before}, now 79.90.")
    said = Utterance("u", f"It is reduced from {before} dollars.", "en", product="backpack", citations=("sale",))
    blocked = Policy(load_policy("eu"), Cited(passages, products)).check(said)
    assert not blocked.allowed and blocked.rule == "disclosure-prior-price" and "98/6" in (blocked.source or "")
    products["backpack"] = replace(products["backpack"], extra={"lowest_price_30d": str(lowest)})
    verdict = Policy(load_policy("eu"), Cited(passages, products)).check(said)
    assert verdict.allowed and verdict.shown == (f"Lowest price of the last 30 days: ${lowest:.2f}",), (before, lowest)


def test_a_disclaimer_is_spoken_after_the_claim_that_needs_it() -> None:
    passages = [replace(shop.passages()[0], id="trial", text="A trial with 120 people found better joint function.")]
    said = Utterance("u", "It supports joint health.", "en", citations=("trial",))
    verdict = Policy(load_policy("us-ftc"), Cited(passages, {})).check(said)
    assert verdict.allowed and verdict.text.startswith(said.text) and verdict.text.endswith("prevent any disease.")
    assert verdict.shown and not Policy(load_policy("us-ftc"), Cited([], {})).check(said).allowed


def test_check_says_what_a_show_cannot_meet(tmp_path: Path) -> None:
    config, content = load_config(DEMO / "show.toml"), demo_content()

    def told(profile: str, language: str = "en", **market: object) -> tuple[str, str]:
        changed = replace(content, policy=load_policy(profile), market=replace(content.market, language=language, **market))
        return "\n".join(f.en for f in unmet(config, changed)), "\n".join(f.en for f in to_confirm(config, changed))

    assert told("own-site") == ("", "")
    assert "no words for it in 'fr'" in told("ksa", "fr")[0] and not told("ksa", "ar")[0]
    assert "too long" in told("cn", ai_label="This presenter was generated by artificial intelligence. " * 6)[0]
    assert "paid-promotion" in told("youtube")[1] and "youtube-altered-content" in told("youtube")[1]
    assert "paid-promotion" not in told("youtube", confirmed=("paid-promotion",))[1]
    assert "delete_recordings" not in told("own-site")[1]
    assert "1095" in told("cn", "zh")[1] and "feeds.record" in told("cn", "zh")[1]


def test_retention_holds_the_sellers_days_within_the_profiles() -> None:
    days = random.randint(1, 2000)
    assert kept_days(days, Retention()) == days
    assert kept_days(days, Retention(max_days=30)) == min(days, 30)
    assert kept_days(days, Retention(min_days=1095)) == max(days, 1095)


def test_what_is_too_old_is_deleted_and_the_reason_kept(tmp_path: Path) -> None:
    now = [1_800_000_000.0]
    store, day = Store(":memory:", lambda: now[0]), 86400.0
    store.question("q1", "v", "how heavy?", "en", "answered", "1 kg", ())
    store.note_unanswered("who are you?", "en", None)
    files = {"night.mp4": 40, "night.jsonl": 40, "night-002.mp4": 40, "night-003.mp4": 1, "nightly.mp4": 40, "other.mp4": 40}
    for name, age in files.items():
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (0, now[0] + 40 * day - age * day))
    now[0] += 40 * day
    alarms: list[str] = []
    keeper = Keeper(store, load_policy("eu").retention, 365, tmp_path / "night.mp4", alarms.append, lambda s: None)  # type: ignore[arg-type,return-value]
    assert {p.name for p in keeper.sweep()} == {"night.mp4", "night.jsonl", "night-002.mp4"}
    assert {p.name for p in tmp_path.iterdir()} == {"night-003.mp4", "nightly.mp4", "other.mp4"} and not alarms
    assert not store.rows("SELECT * FROM question") and not store.unanswered()
    logged = [e for e in store.events(50) if e["kind"] == "deleted"]
    assert len(logged) == 5 and all(e["because"] == load_policy("eu").retention.source for e in logged)
    long = Keeper(store, load_policy("cn").retention, 30, tmp_path / "other.mp4", alarms.append, lambda s: None)  # type: ignore[arg-type,return-value]
    assert long.days == 1095 and not long.sweep()


def test_a_recording_says_in_its_metadata_that_it_was_generated(tmp_path: Path) -> None:
    import numpy as np

    settings = VideoSettings(160, 96, 25, 200, "ultrafast")
    make_slate(tmp_path / "slate.mp4", settings, lambda phase: np.zeros((96, 160, 4), np.uint8))
    target = open_target(str(tmp_path / "a.mp4"), tmp_path / "slate.mp4", '{"Label": "1"}')
    for packet in load_slate(tmp_path / "slate.mp4", settings).video:
        target.mux(av_packet(packet, target.stream("video")))
    target.close()
    tags = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format_tags", str(tmp_path / "a.mp4")],
                          capture_output=True, text=True, check=True).stdout
    assert 'AIGC={"Label": "1"}' in tags


def test_category_and_lowest_price_are_read_from_the_catalogue(tmp_path: Path) -> None:
    head, row = (DEMO / "catalogue.csv").read_text("utf-8").splitlines()[:2]
    lowest = f"{random.randint(100, 8900) / 100:.2f}"
    file = tmp_path / "catalogue.csv"
    file.write_text(f"{head},category,lowest_price_30d\n{row},Home > Lamps,{lowest}\n", "utf-8")
    (product,) = load_catalogue(file, DEMO / "models").products.values()
    assert (product.extra["category"], product.extra["lowest_price_30d"]) == ("Home > Lamps", lowest)
    file.write_text(f"{head},category,lowest_price_30d\n{row},,cheap\n", "utf-8")
    assert "lowest_price_30d is 'cheap'" in str(load_catalogue(file, DEMO / "models").errors[0])
