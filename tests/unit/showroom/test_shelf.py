"""What the ledger, the catalogue file and the watched folder say is what the show has, two seconds later."""

from __future__ import annotations

import csv
import json
import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assets.product import Price
from assets.rundown_file import Rundown
from avatar.speech import Utterance
from dialogue.answering import Answerer
from dialogue.citing import Cited
from dialogue.policy import Policy
from dialogue.question import Question
from showroom.additions import add_model, change_price
from showroom.config import load_config
from showroom.content import load_content
from showroom.fact_script import item_for
from showroom.incoming import Incoming
from showroom.questions import Questions
from showroom.rundown import Cursor
from showroom.shelf import Shelf
from showroom.store import Store
from showroom.versions import VersionError
from tests.fakes.running_show import copy_demo
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit


class Show:
    """A shelf of the demo as a merchandiser's own copy, and what it told the show."""

    def __init__(self, show: Path) -> None:
        self.config = load_config(show)
        self.content = load_content(self.config)
        self.store = Store(self.config.state_folder / "show.sqlite")
        self.put: list[tuple[str, str | None]] = []
        self.removed: list[str] = []
        self.alarms: list[str] = []
        self.script: Rundown | None = None
        self.shelf = Shelf(self.config, self.content, self.store, put=lambda m, p: self.put.append((m.sku, p)),
                           remove=self.removed.append, script=self._take, alarm=self.alarms.append)
        self.rundown = self.shelf.open()
        self.model = self.config.path(Path("models/mug.glb"))

    def _take(self, rundown: Rundown) -> None:
        self.rundown = rundown

    def add(self, sku: str, **more: Any) -> dict[str, Any]:
        return add_model(self.config, self.content, self.model, sku, f"The {sku}", None, False, **more)

    def price(self, sku: str) -> Decimal:
        return self.content.products[sku].price.amount

    def write_prices(self, **prices: str) -> None:
        path = self.config.path(self.config.show.catalogue)
        rows = list(csv.DictReader(path.open(encoding="utf-8")))
        for row in rows:
            row["price"] = prices.get(row["sku"], row["price"])
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Show:
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    return Show(copy_demo(tmp_path / "show"))


async def test_added_to_stage_knowledge_and_rundown_and_taken_away(show: Show) -> None:
    show.add("cup", price=Price(Decimal("12.50"), "USD"))
    await show.shelf.sync()
    assert show.put == [("cup", "guest")] and show.rundown.items[-1].product == "cup"
    assert any(p.sku == "cup" and p.attribute == "dimensions" for p in show.shelf.passages())
    await show.shelf.sync()
    assert len(show.put) == 1, "told once"
    await show.shelf.decide("cup", "withdraw")
    assert show.removed == ["cup"] and "cup" not in show.content.products
    assert all(item.product != "cup" for item in show.rundown.items)
    assert not any(p.sku == "cup" for p in show.shelf.passages())
    await show.shelf.decide("cup", "rollback")
    assert show.put[-1] == ("cup", "guest") and "cup" in show.content.products


async def test_the_catalogues_own_product_is_withdrawn_changed_and_rolled_back(show: Show) -> None:
    was = show.content.products["lamp"]
    await show.shelf.decide("lamp", "withdraw")
    assert "lamp" in show.removed and all(item.product != "lamp" for item in show.rundown.items)
    await show.shelf.decide("lamp", "rollback")
    assert show.content.products["lamp"] == was and any(item.product == "lamp" for item in show.rundown.items)
    show.add("lamp", new_version=True)
    await show.shelf.sync()
    assert show.content.products["lamp"].packs["broadcast"] != was.packs["broadcast"]
    assert show.content.products["lamp"].price == was.price and show.content.products["lamp"].facts == was.facts
    await show.shelf.decide("lamp", "rollback")
    assert show.content.products["lamp"] == was
    for sku, action, words in (("lamp", "explode", "choose approve"), ("nothing", "withdraw", "not in the show"),
                               ("lamp", "approve", "no version")):
        with pytest.raises(VersionError, match=words):
            await show.shelf.decide(sku, action)


async def test_a_price_that_is_a_typing_error_waits_over_a_restart_too(show: Show) -> None:
    old = show.price("lamp")
    small, typo = (old * Decimal("0.9")).quantize(Decimal("0.01")), (old * Decimal("0.7")).quantize(Decimal("0.01"))
    show.write_prices(lamp=str(small))
    await show.shelf.sync()
    assert show.price("lamp") == small and not show.shelf.versions.waiting()
    show.write_prices(lamp=str(typo))
    await show.shelf.sync()
    assert show.price("lamp") == small and str(typo) in show.alarms[-1]
    (waiting,) = show.shelf.versions.waiting()
    assert waiting.price == Price(typo, "USD")
    again = Show(show.config.folder / "show.toml")
    assert again.price("lamp") == small, "the host was restarted with the typing error in the file"
    assert len(again.shelf.versions.waiting()) == 1
    await again.shelf.decide("lamp", "approve")
    assert again.price("lamp") == typo
    once_more = Show(show.config.folder / "show.toml")
    assert once_more.price("lamp") == typo
    later = (typo * Decimal("1.1")).quantize(Decimal("0.01"))
    once_more.write_prices(lamp=str(later))
    await once_more.shelf.sync()
    assert once_more.price("lamp") == later, "the newer price wins, wherever it was given"


async def test_a_price_given_by_command(show: Show) -> None:
    old = show.price("mug")
    near = Price((old * Decimal("1.1")).quantize(Decimal("0.01")), "USD")
    assert change_price(show.config, show.content, show.store, "mug", near)["state"] == "on_air"
    await show.shelf.sync()
    assert show.price("mug") == near.amount and show.put[-1][0] == "mug"
    assert change_price(show.config, show.content, show.store, "mug", Price(near.amount * 2, "USD"))["state"] == "waiting"
    await show.shelf.sync()
    assert show.price("mug") == near.amount
    await show.shelf.decide("mug", "reject")
    assert show.price("mug") == near.amount and not show.shelf.versions.waiting()


async def test_half_a_word_in_the_catalogue_takes_nothing_off_the_air(show: Show) -> None:
    path, before = show.config.path(show.config.show.catalogue), dict(show.content.products)
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.split("\n", 1)[1], encoding="utf-8")
    await show.shelf.sync()
    assert dict(show.content.products) == before and "not used" in show.alarms[-1]
    price = str(before["lamp"].price.amount)
    path.write_text(whole.replace(price, "abc", 1), encoding="utf-8")
    await show.shelf.sync()
    assert show.content.products.keys() == before.keys() and "left out" in show.alarms[-1]
    path.write_text(whole, encoding="utf-8")
    await show.shelf.sync()
    assert {s: p.price for s, p in show.content.products.items()} == {s: p.price for s, p in before.items()}
    assert not show.removed


async def test_what_waits_is_seen_but_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_STATE", str(tmp_path / "state"))
    path = copy_demo(tmp_path / "show")
    path.write_text(path.read_text().replace("auto_publish = true", "auto_publish = false"))
    show = Show(path)
    result = show.add("cup")
    assert result["state"] == "waiting" and result["why"]["zh"] and result["plinth"] is None
    await show.shelf.sync()
    assert not show.put and "cup" not in show.content.products
    (waiting,) = show.shelf.versions.waiting()
    assert show.shelf.shown(waiting).name("en") == "The cup"
    await show.shelf.decide("cup", "approve")
    assert show.put == [("cup", "guest")]


async def test_a_watched_folder_takes_refuses_and_reports(show: Show, tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    incoming = Incoming(show.config, show.content, folder, show.alarms.append)
    assert not await incoming.look() and folder.is_dir()
    shutil.copyfile(show.model, folder / "Night Cup.glb")
    (folder / "Night Cup.json").write_text(json.dumps({"name": "Night cup", "price": "12.50"}))
    (folder / "broken.glb").write_bytes(b"PK\x03\x04" + random.randbytes(500))
    (folder / "notes.txt").write_text("not a model")
    assert not await incoming.look(), "still being copied, for all it knows"
    assert await incoming.look() and await incoming.look() and not await incoming.look()
    await show.shelf.sync()
    assert show.content.products["night-cup"].price == Price(Decimal("12.50"), "USD")
    assert {p.name for p in folder.iterdir()} == {"done", "refused", "notes.txt"}
    report = json.loads((folder / "refused/broken.glb.report.json").read_text())
    words = (folder / "refused/broken.glb.report.txt").read_text()
    assert report["verdict"] == "refused" and report["findings"] and "已拒绝" in words
    assert report["findings"][0]["message"]["zh"] in words and "broken.glb" in show.alarms[-1]
    assert json.loads((folder / "done/Night Cup.glb.report.json").read_text())["sku"] == "night-cup"


async def test_a_watched_folder_takes_lists_alone_and_with_their_models(show: Show, tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    incoming = Incoming(show.config, show.content, folder, show.alarms.append)
    await incoming.look()
    cents = random.randint(10, 99)
    season = folder / "spring"
    season.mkdir()
    shutil.copyfile(show.model, season / "cup.glb")
    (season / "goods.json").write_text(json.dumps([
        {"sku": "spring-cup", "name_en": "Spring cup", "price": f"12.{cents}", "currency": "USD", "model": "cup.glb"},
        {"sku": "spring-bowl", "name_en": "Spring bowl", "price": "many", "currency": "USD"}]))
    (folder / "pictures").mkdir()
    old = show.price("mug")
    with (folder / "prices.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("sku", "price", "currency"), ("mug", str(old + 1), "USD")])
    (folder / "none.csv").write_text("colour,taste\nred,sweet\n")
    assert not await incoming.look(), "still being copied, for all it knows"
    while await incoming.look():
        pass
    await show.shelf.sync()
    assert show.content.products["spring-cup"].price == Price(Decimal(f"12.{cents}"), "USD")
    assert show.price("mug") == old + 1, (folder / "done/prices.csv.report.txt").read_text("utf-8")
    assert {p.name for p in folder.iterdir()} == {"done", "refused", "pictures"}
    assert {p.name for p in (folder / "done").iterdir() if "report" not in p.name} == {"spring", "prices.csv"}
    words = (folder / "done/spring.report.txt").read_text("utf-8")
    assert "spring-bowl" in words and "不是数字" in words and any("1 rows are left out" in a for a in show.alarms)
    assert (folder / "refused/none.csv.report.txt").exists() and (folder / "done/spring/cup.glb").exists()
    shutil.copytree(folder / "done/spring", season)
    while not await incoming.look():
        pass
    assert (folder / "done/spring-2").is_dir(), "the same folder again takes nothing away"


def test_facts_become_a_turn_that_the_policy_lets_pass() -> None:
    content = demo_content()
    policy = Policy(content.policy)
    for language in ("en", "zh", "de"):
        for product in content.products.values():
            item = item_for(product, language)
            assert item.product == product.sku and item.sections[0].kind == "hook"
            for section in item.sections:
                for line in (line for variant in section.variants for line in variant):
                    verdict = policy.check(Utterance("u", line.text.split("{")[0] or line.text, language, product=product.sku,
                                                     citations=line.cites))
                    assert verdict.allowed or section.kind != "facts", (line.text, verdict)
                    if section.kind == "facts":
                        (fact,) = [f for f in (*product.facts, *product.points) if f.id == line.cites[0]]
                        assert line.text == " ".join(fact.text.split())


def test_a_hostile_name_is_only_words() -> None:
    product = demo_content().products["mug"]
    from dataclasses import replace

    item = item_for(replace(product, names={"en": "[point:nobody] {a|b} cup }{"}), "en")
    first = item.sections[0].variants[0][0]
    assert "(point:nobody)" in first.text and [m.name for m in first.marks] == ["point"]


async def test_the_place_in_the_script_survives_a_product_before_it_leaving(show: Show) -> None:
    cursor = Cursor(show.rundown, show.content.market.section_order, Store(":memory:"))
    products = [item.product for item in show.rundown.items]
    while cursor.position.sku != products[1]:
        cursor.done(cursor.next())
    said, ahead = cursor.next(), cursor.next()
    await show.shelf.decide(products[0], "withdraw")
    cursor.replace(show.rundown)
    assert cursor.position.text == said.text
    after = cursor.next()
    assert after.text not in (said.text, ahead.text), "what was issued is not issued again"
    cursor.done(said)
    assert cursor.position.text == ahead.text
    cursor.done(ahead)
    cursor.done(after)
    await show.shelf.decide(products[1], "withdraw")
    cursor.replace(show.rundown)
    assert cursor.position.sku == show.rundown.items[0].product


async def test_packs_and_then_files_for_iphones_are_made_beside_the_show(show: Show, monkeypatch: pytest.MonkeyPatch,
                                                                         tmp_path: Path) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path / "cache"))
    for sku in [s for s in show.content.products if s != "mug"]:
        await show.shelf.decide(sku, "withdraw")
    product = show.content.products["mug"]
    show.content.catalogue["mug"] = show.content.products["mug"] = replace(
        product, packs={"broadcast": show.config.path(show.config.show.models) / "mug.glb"})
    put = len(show.put)
    for _ in range(4):  # packs, the file for iPhones, the news of it, nothing
        show.shelf.pack()
        if show.shelf._packing:
            await show.shelf._packing
        await show.shelf.sync()
    assert set(show.content.products["mug"].packs) == {"broadcast", "tour", "first", "ar", "usdz"}
    assert len(show.put) == put + 2 and not show.alarms


async def test_evidence_that_is_edited_on_air_is_shown_and_known_at_once(show: Show) -> None:
    tag, path = str(random.randrange(1 << 30)), show.config.path(show.config.show.knowledge) / "evidence.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    gone, rows = rows[0]["id"], rows[1:]
    rows.append({**rows[0], "id": f"chair:report-{tag}", "sku": "chair", "kind": "test_report", "title": f"Report {tag}",
                 "text": f"Held {tag} loads.", "source": "Test house", "stars": "", "issued": "", "valid_until": ""})

    def write(text: str | None = None) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
            file.write(text or "")

    assert gone in {p.id for p in show.shelf.passages()}
    write()
    await show.shelf.sync()
    ids = {p.id for p in show.shelf.passages()}
    assert f"chair:report-{tag}" in ids and gone not in ids
    assert show.put[-1][0] in show.content.products and {sku for sku, _ in show.put} >= {"chair", gone.split(":")[0]}
    assert show.content.products["chair"].evidence[-1].title == f"Report {tag}"
    assert not any(e.id == gone for p in show.content.products.values() for e in p.evidence)
    write("nonsense,chair,gossip,x,y,z\n")
    await show.shelf.sync()
    assert "not used" in show.alarms[-1] and show.content.products["chair"].evidence[-1].title == f"Report {tag}"


async def test_knowledge_files_are_read_again_on_air_and_what_is_taken_away_is_known_no_more(show: Show) -> None:
    folder = show.config.path(show.config.show.knowledge)
    told: list[int] = []
    show.shelf._tell = lambda: told.append(len(show.shelf.passages()))
    before = {p.id for p in show.shelf.passages()}
    hours = random.randint(1000, 9999)
    page = folder / "documents" / "bulb.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text(f"# The bulb\n\nThe bulb of the lamp was tried for {hours} hours in the house laboratory.\n", "utf-8")
    await show.shelf.sync()
    known = [p for p in show.shelf.passages() if p.id not in before]
    assert any(str(hours) in p.text for p in known) and len(told) == 1 and not show.alarms
    question = Question("q", "v", "for how many hours was the bulb of the lamp tried?", "en", datetime.now(UTC))
    answerer = Answerer(show.shelf.passages(), show.content.products, show.content.market)
    answer = answerer.answer(question, on_show="lamp")
    assert str(hours) in answer.text
    cited, questions = Cited(show.shelf.passages(), show.content.products), Questions(lambda: 0.0)
    policy = Policy(show.content.policy, cited)
    questions.offer(question, answer)
    assert policy.check(answer.utterances[0]).allowed

    page.unlink()
    (folder / "faq.csv").write_text("id,half a head", "utf-8")  # and somebody is just typing in another
    await show.shelf.sync()
    assert show.alarms and "the changed knowledge is not used" in show.alarms[-1] and len(told) == 2
    assert {p.id for p in show.shelf.passages()} == before
    cited.know(show.shelf.passages(), show.content.products)
    questions.rest_on(cited.stands)
    assert not len(questions) and not policy.check(answer.utterances[0]).allowed
    answerer.replace(show.shelf.passages(), show.content.products)
    assert str(hours) not in answerer.answer(question, on_show="lamp").text


async def test_a_value_that_is_edited_on_air_is_on_the_card(show: Show) -> None:
    path = show.config.path(show.config.show.knowledge) / "attributes.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    row = next(r for r in rows if r["sku"] == "lamp" and r["attribute"] == "weight")
    row["value"], row["text"] = str(random.randint(200, 900) / 100), ""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    await show.shelf.sync()
    (fact,) = [f for f in show.content.products["lamp"].facts if f.id == row["id"]]
    assert fact.value == row["value"] and not show.alarms


async def test_a_product_that_the_script_leaves_out_gets_a_turn_when_viewers_ask_for_it(show: Show) -> None:
    left_out = random.choice(sorted(show.content.products))
    show.content = replace(show.content, rundown=Rundown(
        tuple(item for item in show.content.rundown.items if item.product != left_out)))
    show.shelf._content = show.content
    show.rundown = show.shelf.rundown()
    assert left_out not in [item.product for item in show.rundown.items]
    cursor = Cursor(show.rundown, ("hook", "facts", "offer"), show.store)
    assert not cursor.bring(left_out) and show.shelf.want(left_out) and not show.shelf.want("no-such")
    cursor.replace(show.rundown)
    assert cursor.bring(left_out)
    while cursor.position.sku != left_out:
        cursor.done(cursor.next())
    facts = [line for line in cursor.peek(6) if line.sku == left_out and line.cites]
    known = {p.id for p in show.shelf.passages()}
    assert facts and all(set(line.cites) <= known | {f"catalogue:{left_out}"} for line in facts)
    policy = Policy(show.content.policy, Cited(show.shelf.passages(), show.content.products))
    for line in facts:
        said = Utterance("u", line.text, show.content.market.language, product=left_out, citations=line.cites)
        assert policy.check(said).allowed, line.text
    again = Shelf.quiet(show.config, show.content, show.store)
    assert left_out in [item.product for item in again.rundown().items], "after a restart, too"
