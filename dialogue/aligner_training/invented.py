"""Words of no language: sounds follow each other as they do in our sentences, but no word can be learned by heart."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from avatar.phone_classes import classes_of
from dialogue.adapters.timeline import SpokenWord

_EDGE = ""  # before the first sound of a word and after its last
_FLAT = 0.5  # power of the counts: rare neighbours come oftener than they do in speech
_SHORTEST, _LONGEST = 2, 8  # sounds of a word
_VOWELS = frozenset("iɪeɛæaɑɔoʊuʌəɚyøɐɒɜɨᵻœɯɤʉ")


class Inventor:
    """Draws words out of the neighbours of sounds in known words."""

    def __init__(self, words: Sequence[SpokenWord]) -> None:
        """words: at least one with two sounds, else there is nothing to draw."""
        follow: dict[str, Counter[str]] = defaultdict(Counter)
        for _, ipas in words:
            sounds = [ipa for ipa in ipas if classes_of(ipa)]
            for a, b in zip([_EDGE, *sounds], [*sounds, _EDGE], strict=True):
                follow[a][b] += 1
        self._follow = {a: (list(after), [n**_FLAT for n in after.values()]) for a, after in follow.items()}

    def sentence(self, rng: random.Random, most: int = 8) -> list[SpokenWord]:
        """Four to `most` words, the last with a full stop, now and then one with a comma."""
        count = rng.randint(4, most)
        out = []
        for i in range(count):
            sign = "." if i == count - 1 else "," if rng.random() < 0.12 else ""
            out.append((f"w{i}{sign}", self.word(rng)))
        return out

    def word(self, rng: random.Random) -> tuple[str, ...]:
        """Its sounds; one of them is a vowel."""
        while True:
            sounds: list[str] = []
            while len(sounds) <= _LONGEST:
                after, weights = self._follow[sounds[-1] if sounds else _EDGE]
                drawn = rng.choices(after, weights)[0]
                if drawn == _EDGE:
                    break
                sounds.append(drawn)
            if _SHORTEST <= len(sounds) <= _LONGEST and any(set(s) & _VOWELS for s in sounds):
                return tuple(sounds)


def reordered(words: Sequence[SpokenWord], rng: random.Random, most: int = 8) -> list[SpokenWord]:
    """Known words in an order that means nothing, for a language whose syllables can't be put together sound by sound."""
    drawn = [rng.choice(words) for _ in range(rng.randint(4, most))]
    bare = [(text.rstrip("，。！？、"), ipas) for text, ipas in drawn]
    return [*bare[:-1], (bare[-1][0] + "。", bare[-1][1])]
