"""The nets that hear claims: reading ahead is reading, and what is trained is what is asked."""

from collections.abc import Sequence

import numpy as np
import pytest

from dialogue.ports import Embedded
from dialogue.sense import KEPT, NONE, ClaimSense
from dialogue.training.claim_net import AXES, JOINED, LONGEST, LOOKS, UNITS, WHOLE, Read, WordAxes, with_joined

pytestmark = pytest.mark.unit


class DrawnEmbedder:
    """Vectors drawn by the text, under the name of the model that the nets know."""

    name, dimension = "multilingual-e5-small/drawn", 384

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str], *, question: bool) -> list[Embedded]:
        self.asked += texts
        return [self._drawn(text) for text in texts]

    def _drawn(self, text: str) -> Embedded:
        chance, count = np.random.default_rng(list(text.encode())), len(text.split())
        vector = chance.normal(size=384).astype(np.float32)
        words = chance.normal(size=(count, 768)).astype(np.float32)
        return Embedded(vector / np.linalg.norm(vector), words, np.ones(count, np.float32))


def test_what_was_read_ahead_is_not_read_again() -> None:
    embedder, alone = DrawnEmbedder(), ClaimSense(DrawnEmbedder())
    sense = ClaimSense(embedder)
    sense.read_ahead([("it cures colds", "en"), ("it is blue", "en"), ("it is blue", "en")])
    found = sense.kinds("it is blue", "en")
    assert embedder.asked == ["it cures colds", "it is blue"]
    assert found == pytest.approx(alone.kinds("it is blue", "en")) and sum(found.values()) == pytest.approx(1.0, abs=1e-3)
    assert sense.kinds("it is blue", "de") != found, "each language has its own middle"


def test_more_than_is_kept_is_judged_all_the_same() -> None:
    sense = ClaimSense(DrawnEmbedder())
    sense._kept = {(str(n), "en"): {NONE: 1.0} for n in range(KEPT)}
    assert 0.0 < sense.kinds("it is blue", "en")[NONE] < 1.0
    assert len(sense._kept) == 1


def test_a_folded_net_sees_what_was_trained() -> None:
    chance = np.random.default_rng(1)
    states = chance.normal(2.0, 3.0, size=(5, 768)).astype(np.float32)
    axes = WordAxes(chance.normal(size=768).astype(np.float32), chance.uniform(1, 4, 768).astype(np.float32),
                    chance.normal(0, 0.04, (768, AXES)).astype(np.float32))
    net = {name: chance.normal(size=shape).astype(np.float32) for name, shape in {
        "words": (AXES, UNITS), "words_at": (UNITS,), "looks": (UNITS, LOOKS), "whole": (384, WHOLE), "whole_at": (WHOLE,),
        "out": (UNITS * (LOOKS + 1) + WHOLE, 3), "out_at": (3,)}.items()}
    folded = axes.folded(net)
    read = axes.read([states], np.zeros((1, 384), np.float32)).words[0, :5].astype(np.float32)
    straight = states @ folded["words"][:, :-1].T + folded["words"][:, -1]
    np.testing.assert_allclose(straight, read @ net["words"] + net["words_at"], atol=0.1)


def test_joined_sentences_keep_their_label_and_their_words() -> None:
    chance, count = np.random.default_rng(2), 40
    lengths = chance.integers(2, LONGEST[-1] // 2, count)
    mask = np.arange(LONGEST[-1]) < lengths[:, None]
    words = np.where(mask[:, :, None], np.arange(1, count + 1)[:, None, None], 0).repeat(AXES, axis=2).astype(np.float16)
    labels, languages = np.arange(count) % 3, np.where(np.arange(count) % 2, "en", "zh")
    of = Read(words, mask, chance.normal(size=(count, 8)).astype(np.float32))
    more, told = with_joined(of, labels, languages, 0, chance)
    assert len(more.words) == len(told) == count + int(JOINED * count)
    for row in range(count, len(told)):
        parts = [int(n) - 1 for n in dict.fromkeys(more.words[row, more.mask[row], 0].tolist())]
        assert more.mask[row].sum() in (sum(lengths[parts]), 2 * lengths[parts[0]])
        assert len(set(languages[parts])) == 1 and told[row] in labels[parts] and 0 in labels[parts]
