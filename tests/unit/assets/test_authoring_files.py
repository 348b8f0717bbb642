"""Authored files: every mistake at once, each with its file and line; good files become values."""

from __future__ import annotations

import random
import string
from pathlib import Path

import numpy as np
import pytest

from assets.catalogue import load_catalogue
from assets.findings import AuthoringError
from assets.glb import GlbMesh, GlbNode, GlbPrimitive, GlbScene
from assets.glb_write import write_glb
from assets.knowledge_file import load_knowledge
from assets.market_file import load_market
from assets.rundown_file import load_rundown, parse_text
from assets.scene_file import load_showroom

pytestmark = pytest.mark.unit


def word() -> str:
    return "".join(random.choices(string.ascii_lowercase, k=9))


def write_box(path: Path, size: tuple[float, float, float]) -> None:
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (0, 1) for z in (-0.5, 0.5)]) * size
    faces = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6]])
    p = GlbPrimitive(corners.astype(np.float32), np.tile([0, 1, 0], (8, 1)).astype(np.float32), faces.astype(np.int32))
    write_glb(path, GlbScene((GlbNode("box", np.eye(4, dtype=np.float32), None, 0),), (GlbMesh("m", (p,)),)))


def knowledge(folder: Path, attributes: str = "", faq: str = "", policy: str = "") -> Path:
    (folder / "policies").mkdir(parents=True, exist_ok=True)
    (folder / "attributes.csv").write_text("id,sku,attribute,value,unit,text\n" + attributes)
    (folder / "faq.csv").write_text("id,language,question,answer,sku\n" + faq)
    if policy:
        (folder / "policies" / "p.en.md").write_text(policy)
    return folder


def test_attributes_become_passages_with_the_value_in_the_sentence(tmp_path) -> None:
    value = str(random.randint(10, 99))
    passages = load_knowledge(
        knowledge(
            tmp_path,
            f'lamp:power,lamp,power,{value},W,"It draws {{value}} {{unit}}, no more."\nlamp:x,lamp,{word()},{value},,\n',
            "faq.zh:r,zh,怎么退货？,三十天内可以退货。,\n",
            "---\nid: returns\nlanguage: en\n---\n# Returns\n\n## How long? {#period}\nThirty\ndays.\n",
        )
    )
    by_id = {p.id: p for p in passages}
    assert by_id["lamp:power"].text == f"It draws {value} W, no more." and by_id["lamp:power"].value == value
    assert by_id["lamp:x"].text.endswith(f": {value}") and by_id["lamp:x"].unit is None
    assert by_id["faq.zh:r"].question == "怎么退货？" and by_id["faq.zh:r"].sku is None
    assert by_id["returns.en:period"].text == "Thirty days." and by_id["returns.en:period"].kind == "policy"
    assert by_id["lamp:power"].source == "attributes.csv:2"


def test_a_row_without_an_id_is_refused_with_file_and_line(tmp_path) -> None:
    folder = knowledge(tmp_path, f"lamp:power,lamp,power,8,W,\n,lamp,{word()},9,,\n", ",en,Why?,Because.,\n")
    with pytest.raises(AuthoringError) as caught:
        load_knowledge(folder)
    text = str(caught.value)
    assert f"{folder}/attributes.csv:3: " in text and f"{folder}/faq.csv:2: " in text and text.count("no id") == 2


def test_knowledge_mistakes_come_all_at_once(tmp_path) -> None:
    folder = knowledge(
        tmp_path,
        "a:b,lamp,power,8,W,\na:b,lamp,weight,2,kg,\n",
        "f,english please,Why?,Because.,\ng,en,,Because.,\n",
        "---\nid: returns\nlanguage: en\n---\n## No name here\ntext\n",
    )
    with pytest.raises(AuthoringError) as caught:
        load_knowledge(folder)
    places = {(m.file.name, m.line) for m in caught.value.mistakes}
    assert places == {("attributes.csv", 3), ("faq.csv", 2), ("faq.csv", 3), ("p.en.md", 5)}


def test_a_quoted_line_break_does_not_shift_line_numbers(tmp_path) -> None:
    folder = knowledge(tmp_path, 'a:b,lamp,power,8,W,"two\nlines"\n,lamp,weight,2,kg,\n')
    with pytest.raises(AuthoringError) as caught:
        load_knowledge(folder)
    assert [m.line for m in caught.value.mistakes] == [4]


SHOWROOM = """id = "s"
room = "room.glb"
ambient = [0.3, 0.3, 0.3]
entrance_m = [0, 0, 4]
walk_polygon_m = [[-3, -3], [3, -3], [3, 3]]

[[mark]]
anchor_id = "anchor"
position_m = [0, 0, 0]

[[plinth]]
id = "hero"
hero = true
position_m = [0.75, 0, 0.35]
top_m = 0.9
max_size_m = [0.8, 1.2, 0.8]

[[light]]
kind = "key"
direction = [0, -2, 0]
colour = [1, 1, 1]
"""


def test_a_showroom_is_read(tmp_path) -> None:
    (tmp_path / "room.glb").write_bytes(b"glTF")
    path = tmp_path / "showroom.toml"
    path.write_text(SHOWROOM)
    spec = load_showroom(path)
    assert spec.hero.id == "hero" and spec.lights[0].direction.tolist() == [0, -1, 0]
    assert [0.75, 0.35] in np.round(spec.walk_around_m[:, :2].astype(float), 3).tolist()  # plinths are walked around


def test_a_plinth_with_a_model_can_be_moved_and_its_model_must_be_there(tmp_path) -> None:
    (tmp_path / "room.glb").write_bytes(b"glTF")
    path, home = tmp_path / "showroom.toml", '[[plinth]]\nid = "home"\nmodel = "column.glb"\nradius_m = 0.3\n'
    path.write_text(f"{SHOWROOM}\n{home}position_m = [1, 0, 1]\ntop_m = 0.7\nmax_size_m = [0.4, 0.4, 0.4]\n")
    with pytest.raises(AuthoringError, match=r"'column\.glb' does not exist beside this file; without a model"):
        load_showroom(path)
    (tmp_path / "column.glb").write_bytes(b"glTF")
    spec = load_showroom(path)
    assert spec.plinth("home").glb == tmp_path / "column.glb" and spec.hero.glb is None
    assert [1.0, 1.0, pytest.approx(0.55)] in spec.walk_around_m.tolist()
    path.write_text(path.read_text().replace("hero = true", 'hero = true\nmodel = "column.glb"'))
    with pytest.raises(AuthoringError, match="none for the hero plinth"):
        load_showroom(path)


def test_showroom_mistakes_come_with_line_and_suggestion(tmp_path) -> None:
    (tmp_path / "room.glb").write_bytes(b"glTF")
    path = tmp_path / "showroom.toml"
    path.write_text(
        SHOWROOM.replace("top_m", "topm")
        .replace('kind = "key"', 'kind = "key"\nshadow = true')
        .replace("entrance_m = [0, 0, 4]", "entrance_m = [0, 4]")
    )
    with pytest.raises(AuthoringError) as caught:
        load_showroom(path)
    lines = str(caught.value).splitlines()
    assert any(f"{path}:15: unknown key 'plinth.0.topm'; did you mean 'top_m'?" in line for line in lines)
    assert any("'plinth.0.top_m' is missing" in line for line in lines)
    assert any(line.startswith(f"{path}:20: unknown key 'light.0.shadow'") for line in lines)
    assert any(line.startswith(f"{path}:4: 'entrance_m") for line in lines)


def test_broken_toml_and_a_missing_room_are_one_sentence(tmp_path) -> None:
    path = tmp_path / "showroom.toml"
    path.write_text(SHOWROOM)
    with pytest.raises(AuthoringError, match=r"showroom\.toml:2: the room 'room\.glb' does not exist"):
        load_showroom(path)
    path.write_text(SHOWROOM + "\nthis is not TOML")
    with pytest.raises(AuthoringError, match="not valid TOML"):
        load_showroom(path)


def test_a_market_is_read_and_judged(tmp_path) -> None:
    path = tmp_path / "market.toml"
    good = 'id = "us"\nlanguage = "en"\nvoice = "v"\npolicy = "own-site"\ncurrency = "USD"\n'
    path.write_text(good + 'section_order = ["facts", "hook"]\n')
    assert load_market(path).section_order == ("facts", "hook")
    path.write_text(good.replace('"en"', '"not a language"') + 'gesture_stile = "calm"\n')
    with pytest.raises(AuthoringError, match=r":6: unknown key 'gesture_stile'; did you mean 'gesture_style'\?"):
        load_market(path)
    path.write_text(good.replace('"en"', '"not a language"'))
    with pytest.raises(AuthoringError, match=r"market\.toml:2: .*BCP 47"):
        load_market(path)


def test_gesture_marks_count_words() -> None:
    before, after = [word() for _ in range(random.randint(0, 6))], [word() for _ in range(random.randint(1, 6))]
    text, marks, wrong = parse_text(" ".join([*before, "[point:camera]", *after]))
    assert not wrong and text.split() == before + after
    assert (marks[0].name, marks[0].word, marks[0].target) == ("point", len(before), "camera")
    text, marks, wrong = parse_text("{a|b c} d, [open] e")
    assert text == "{a|b c} d, e" and marks[0].word == 2 and not wrong


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[piont] look", "did you mean 'point'"),
        ("[point:cmaera] look", "did you mean 'camera'"),
        ("look [point]", "behind the last word"),
        ("{a|b look", "brace"),
        ("[nod]", "nothing to say"),
    ],
)
def test_wrong_marks_are_named(text: str, says: str) -> None:
    assert any(says in w for w in parse_text(text)[2])


def test_a_rundown_is_read_and_judged(tmp_path) -> None:
    path = tmp_path / "rundown.toml"
    sku = word()
    head = f'[[item]]\nproduct = "{sku}"\n[[item.section]]\nid = "s"\nkind = "hook"\n[[item.section.variant]]\nlines = [\n'
    path.write_text(head + '  { text = "Hello [point] there", mood = "happy", cites = ["a:b"] },\n]\n')
    line = load_rundown(path).items[0].sections[0].variants[0][0]
    assert (line.text, line.mood, line.cites, line.marks[0].word) == ("Hello there", "happy", ("a:b",), 1)
    assert line.marked == "Hello [point] there"
    path.write_text(head + '  { text = "Hello [pint] there", cites = ["not an id"] },\n]\n')
    with pytest.raises(AuthoringError) as caught:
        load_rundown(path)
    assert all(str(m).startswith(f"{path}:7: line 1") for m in caught.value.mistakes) and len(caught.value.mistakes) == 2


def test_a_bad_catalogue_row_leaves_the_others(tmp_path) -> None:
    write_box(tmp_path / "box.glb", (0.2, 0.3, 0.1))
    (tmp_path / "broken.glb").write_bytes(b"glTF\2\0\0\0")
    path = tmp_path / "catalogue.csv"
    path.write_text(
        "sku,name_en,name_zh,model,price,currency,stock,width_m,height_m,depth_m\n"
        "good,Box,盒子,box.glb,12.50,USD,3,0.2,0.3,0.1\n"
        "dear,Box,,box.glb,cheap,USD,3,0.2,0.3,0.1\n"
        "big,Box,,box.glb,1,USD,3,20,30,10\n"
        "gone,Box,,gone.glb,1,USD,3,0.2,0.3,0.1\n"
        "bad,Box,,broken.glb,1,USD,3,0.2,0.3,0.1\n"
        "good,Box,,box.glb,1,USD,3,0.2,0.3,0.1\n"
        "away,Box,,../box.glb,1,USD,3,0.2,0.3,0.1\n"
    )
    passages = load_knowledge(knowledge(tmp_path / "k", "good:power,good,power,8,W,\n"))
    catalogue = load_catalogue(path, tmp_path, passages)
    assert list(catalogue.products) == ["good"]
    product = catalogue.products["good"]
    assert product.name("zh-CN") == "盒子" and str(product.price.amount) == "12.50" and product.stock == 3
    assert product.parts == ("box",) and product.facts[0].id == "good:power"
    assert [m.line for m in catalogue.errors] == [3, 4, 5, 6, 7, 8]
    said = {m.line: str(m) for m in catalogue.errors}
    assert "price 'cheap'" in said[3] and "0.2 x 0.3 x 0.1 m" in said[4] and "gone.glb" in said[5] and "twice" in said[7]


def test_a_wrong_catalogue_header_is_refused(tmp_path) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_text("sku,name_en,model,prize,currency,width_m,height_m,depth_m\n")
    with pytest.raises(AuthoringError, match=r":1: unknown column 'prize'; did you mean 'price'\?"):
        load_catalogue(path, tmp_path)
