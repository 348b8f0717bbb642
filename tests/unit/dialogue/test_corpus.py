"""A corpus finds what is there and keeps still about what is not: with words only, and with a stand-in for the model."""

import random
from pathlib import Path

import numpy as np
import pytest

from dialogue.answering import Corpus, Decision
from dialogue.dense import PassageVectors
from dialogue.entries import entry_of
from dialogue.evaluate import area, coverage_at, main, measures, outcomes, read_rows
from dialogue.fusion import FEW, fused
from dialogue.signals import COLUMNS, Signals
from dialogue.training.unseen_kinds import set_of
from tests.fakes.embedder import FakeEmbedder

pytestmark = pytest.mark.unit
ROWS = [
    {"id": "weight", "text": "It weighs 2.4 kg without its lid.", "language": "en"},
    {"id": "returns", "text": "You can send anything back within 30 days of delivery.", "language": "en"},
    {"id": "oven", "text": "The glass withstands an oven of up to 260 °C.", "language": "en"},
    {"id": "boat", "text": "Our workshop stands beside the old harbour of Porto.", "language": "en"},
    {"id": "tuihuo", "text": "收到商品后三十天内可以退货。", "language": "zh"},
]


@pytest.fixture(params=["words", "model"])
def corpus(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path))
    return Corpus.build(ROWS, embedder=FakeEmbedder() if request.param == "model" else None)


@pytest.mark.parametrize(("question", "best"), [
    ("may I put it in the oven?", "oven"), ("where is your workshop", "boat"), ("what does it weigh", "weight"),
    ("可以退货吗", "tuihuo"),
])  # fmt: skip
def test_the_right_passage_is_first(corpus: Corpus, question: str, best: str) -> None:
    hits = corpus.search(question)
    assert hits[0][0] == best
    assert [s for _, s in hits] == sorted((s for _, s in hits), reverse=True)
    assert corpus.decide(question).hits[0][0] == best


def test_passages_that_do_not_say_their_language_are_searched_as_if_they_did() -> None:
    bare = [{key: value for key, value in row.items() if key != "language"} for row in ROWS]
    told, untold = Corpus.build(ROWS, embedder=None), Corpus.build(bare, embedder=None)
    assert [untold.entry(row["id"]).language for row in ROWS] == [row["language"] for row in ROWS]
    assert untold.search("可以退货吗") == told.search("可以退货吗")
    assert untold.changed([*bare, {"id": "t", "text": "Ürün iki yıl garantilidir."}]).entry("t").language == "tr"
    one = Corpus.build([{"id": "a", "text": "color: red"}, {"id": "b", "text": "La garantía es de dos años."}], embedder=None)
    assert one.entry("a").language == "es", "what tells nothing is taken for what the others are"


def test_an_attribute_that_only_another_product_states_is_seen_from_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path))
    rows = [{"id": f"{sku}:{name}", "text": f"{name}: {value}", "attribute": name, "language": "en"}
            for sku, name, value in (("a", "thread count", 400), ("a", "weight", "2 kg"), ("b", "height", "9 cm"))]
    corpus = Corpus.build(rows, embedder=FakeEmbedder())
    asked = "what is the thread count"
    here = corpus.signals(asked, "en", ["a:thread count", "a:weight"])
    there = corpus.signals(asked, "en", ["b:height"])
    assert here.names == there.names and here.names[0] == pytest.approx(float(here.column("name").max()))
    assert float(there.column("name").max()) < there.names[0]
    assert Corpus.build(ROWS, embedder=FakeEmbedder()).signals(asked, "en").names == (0.0, 0.0)


def test_candidates_limit_what_is_found(corpus: Corpus) -> None:
    assert {i for i, _ in corpus.search("oven", candidates=["boat", "returns", "of another corpus"])} <= {"boat", "returns"}
    assert corpus.decide("oven", "en", candidates=[]) == Decision(None, 0.0, ())
    assert len(corpus.search("oven", k=2)) <= 2


def test_nonsense_is_not_answered(corpus: Corpus) -> None:
    for _ in range(20):
        words = "".join(random.choices("bcdfgkmpqrstvwxz", k=7)) + " " + "".join(random.choices("bcdfgkmpqrstvwxz", k=5))
        decision = corpus.decide(f"{words}?", "en")
        assert decision.answer_id is None and 0.0 <= decision.confidence < 0.5


def test_the_same_question_gets_the_same_answer(corpus: Corpus) -> None:
    assert corpus.decide("is it safe in an oven?", "en") == corpus.decide("is it safe in an oven?", "en")


def test_only_what_is_new_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path))
    embedder = FakeEmbedder()
    first = Corpus.build(ROWS, embedder=embedder)
    read = len(embedder.calls)
    new = {"id": "colour", "text": f"Its colour is {random.choice(['teal', 'ochre'])}.", "language": "en"}
    second = first.changed([*ROWS[1:], new])
    assert len(embedder.calls) == read + 1 and embedder.calls[-1] == new["text"]
    assert second.search("which colour is it")[0][0] == "colour"
    assert "weight" not in {i for i, _ in second.search("what does it weigh", k=99)}
    again = FakeEmbedder()
    PassageVectors(again, tmp_path / "vectors").of([entry_of(r).searched for r in [*ROWS[1:], new]])
    assert not again.calls, "kept on disk"


def test_bad_rows_are_named() -> None:
    with pytest.raises(ValueError, match="same id"):
        Corpus.build([*ROWS, ROWS[0]], embedder=None)
    with pytest.raises(ValueError, match="embedder"):
        Corpus.build(ROWS, embedder="nonesuch")


def test_measures_are_what_they_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert area([0.9, 0.8], [0.1, 0.2]) == 1.0 and area([0.5], [0.5]) == 0.5 and area([0.1], [0.9]) == 0.0
    questions = [{"text": "oven safe?", "gold": ["oven"], "language": "en"}, {"text": "qqq zzz", "gold": [], "language": "en"},
                 {"text": "oven safe?", "gold": ["boat"], "language": "en"}]  # fmt: skip
    found = outcomes(Corpus.build(ROWS, embedder=None), questions)
    assert [o.rank == 1 for o in found] == [True, False, False]
    numbers = measures(found)
    assert numbers["r@1"] == 0.5 and numbers["answerable"] == 2 and numbers["coverage@95"] == coverage_at(found, 0.95) == 0.0
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(str(r).replace("'", '"') for r in [*ROWS, *questions]), "utf-8")
    assert [len(part) for part in read_rows([file])] == [len(ROWS), 3]
    assert main([str(file), "--words-only"]) == 0 and "words only" in capsys.readouterr().out
    file.write_text("{broken", "utf-8")
    assert main([str(file)]) == 2 and "line 1" in capsys.readouterr().err


def test_many_passages_are_found_on_disk_as_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above WHOLE a short look goes first and vectors stay on disk; what is found is what a full look in memory finds."""
    monkeypatch.setattr("dialogue.dense.WHOLE", 60)
    rng = random.Random()
    words = ["".join(rng.choices("bcdfgklmnprstvz", k=5)) for _ in range(300)]
    rows = [{"id": str(n), "text": " ".join(rng.sample(words, 6)), "language": rng.choice(["en", "de"])} for n in range(400)]
    entries, embedder = [entry_of(row) for row in rows], FakeEmbedder()
    on_disk = Corpus(entries, PassageVectors(embedder, tmp_path), embedder)
    assert on_disk._dense is not None and on_disk._dense._whole is None and list(tmp_path.glob("*.tokens.npy"))
    monkeypatch.setattr("dialogue.dense.WHOLE", 10_000)
    in_memory = Corpus(entries, PassageVectors(embedder), embedder)
    found = 0
    for row in rng.sample(rows, 20):
        question = " ".join(rng.sample(row["text"].split(), 4))
        best, same = on_disk.search(question, "en", k=1)[0], in_memory.search(question, "en", k=1)[0]
        found += best[0] == row["id"]
        assert best[0] == same[0] and abs(best[1] - same[1]) < 0.01, (question, best, same)
    assert found >= 15
    for file in tmp_path.iterdir():
        file.unlink()
    assert on_disk.search(rows[3]["text"], "en", k=1)[0][0] == "3", "the folder may be emptied while it is used"
    (tmp_path / "x.keys.npy").write_bytes(b"torn")
    assert PassageVectors(embedder, tmp_path).of([entries[0].searched])[1].tolist() == [0]


def test_noise_in_the_question_s_language_does_not_win() -> None:
    count = FEW + random.randint(0, 9)
    noise = np.random.default_rng(random.randrange(10**6)).uniform(0.0, 0.1, 2 * count).astype(np.float32)
    noise[:count] += 0.3  # the question's own language: everything in it seems nearer
    right = count + random.randrange(count)
    noise[right] = 0.35
    table = np.zeros((2 * count, len(COLUMNS)), np.float32)
    table[:, COLUMNS.index("across")] = table[:, COLUMNS.index("sentence")] = noise  # passages of one sentence
    tongues = np.repeat([0, 1], count).astype(np.int16)
    signals = Signals(np.arange(2 * count), table, tongues == 1, np.zeros(2 * count, bool), tongues)
    weights = {"mixed_text": np.eye(len(COLUMNS), dtype=np.float32)[COLUMNS.index("across")]}
    assert int(np.argmax(fused(signals, True, weights))) == right


def test_kinds_that_no_table_knows_are_drawn_as_a_set() -> None:
    rows, questions = set_of(random.Random())
    ids = {row["id"] for row in rows}
    assert len(questions) >= 200 and all(set(q["cands"]) <= ids and set(q["gold"]) <= set(q["cands"]) for q in questions)
    assert 0.6 < sum(bool(q["gold"]) for q in questions) / len(questions) < 0.7
