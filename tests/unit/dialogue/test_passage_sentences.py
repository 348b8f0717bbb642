"""Passages are cut where sentences end, in any script, and found by the sentence that answers."""

from pathlib import Path

import numpy as np
import pytest

from dialogue.answering import Corpus
from dialogue.passage_sentences import LEAST, MOST, SENTENCES, sentences_of
from dialogue.signals import COLUMNS
from tests.fakes.embedder import FakeEmbedder

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("text", "count"), [
    ("It weighs 2.4 kg. It is made of steel.", 2),
    ("It weighs 2.4 kg and lasts, e.g. in rain, for years.", 0),  # a dot inside a number or before a small letter ends nothing
    ("收到商品后三十天内可以退货。运费由我们承担，请保留原包装。", 2),
    ("返品は三十日以内にお願いします。送料は当店が負担します。", 2),
    ("यह बैग दो किलो का है। इसकी वारंटी दो साल की है।", 2),
    ("كم وزن الحقيبة تقريبا؟ وزنها كيلوغرامان فقط.", 2),
    ("Ok. Yes. No.", 0),  # too short to say anything alone
    ("One line without a full stop\nand another one below it", 2),
    ("", 0),
])  # fmt: skip
def test_sentences_end_where_their_script_says(text: str, count: int) -> None:
    found = sentences_of(text)
    assert len(found) == count
    assert "".join("".join(found).split()) in ("", "".join(text.split()))


def test_text_without_full_stops_is_cut_at_blanks() -> None:
    word = "กระเป๋าใบนี้กันน้ำได้ดี"
    found = sentences_of(" ".join([word] * 40))
    assert len(found) > 2 and set(" ".join(found).split()) == {word} and all(LEAST < len(one) <= MOST for one in found)
    assert len(sentences_of(f"{word * 3}. A sentence of its own. " * 200)) == SENTENCES


def test_a_paragraph_is_found_by_the_sentence_that_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path))
    filler = "Our workshop stands beside the harbour. Boats come and go all day. Rain falls in autumn and winter."
    embedder = FakeEmbedder()
    rows = [{"id": "long", "text": f"{filler} The glass survives an oven.", "language": "en"},
            {"id": "one", "text": "Boats come and go all day.", "language": "en"},
            {"id": "fact", "text": "Care: wipe it. Never soak it for long.", "attribute": "care"}]
    corpus = Corpus.build(rows, embedder=embedder)
    signals = corpus.signals("The glass survives an oven.", "en")
    across, sentence = signals.column("across"), signals.column("sentence")
    at = {corpus.entry_at(int(row)).id: n for n, row in enumerate(signals.rows)}
    assert sentence[at["long"]] > across[at["long"]] and sentence[at["long"]] == pytest.approx(1.0, abs=0.01)
    assert sentence[at["one"]] == across[at["one"]], "one sentence is the whole"
    monkeypatch.setattr("dialogue.passage_sentences.IN_MEMORY", 0)
    read_each_time = Corpus.build(rows, embedder=embedder).signals("The glass survives an oven.", "en")
    assert np.allclose(read_each_time.table, signals.table, atol=1e-5), "in memory or not"
    assert sentence[at["fact"]] == across[at["fact"]], "an attribute is not cut"
    read = len(embedder.calls)
    corpus.changed([{"id": "long", "text": f"{filler} The glass survives an oven.", "language": "en"}])
    assert len(embedder.calls) == read, "sentences are kept"
    words_only = Corpus.build([{"id": "long", "text": filler, "language": "en"}], embedder=None).signals("boats", "en")
    assert not np.any(words_only.table[:, COLUMNS.index("sentence")])
