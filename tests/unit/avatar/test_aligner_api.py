"""Bad input to the aligner, the size of its weights, and training on a toy."""

from __future__ import annotations

import numpy as np
import pytest

from avatar import aligner
from avatar.aligner import align
from avatar.lipsync import LipSync, analyse
from avatar.listener import EARS, Listener
from avatar.phone_classes import CLASS, CLASSES, classes_of
from avatar.phone_net import OUTPUTS, WEIGHTS, as_arrays, from_arrays, load
from avatar.speech import Phone
from avatar.training.course import teach
from avatar.training.lessons import Sentence, first_targets

pytestmark = pytest.mark.unit


def test_the_weights_are_small_and_whole() -> None:
    assert WEIGHTS.stat().st_size <= 1_000_000
    for name in ("align", *EARS):
        net = load(name)
        assert net.layers[-1][0].shape[1] == OUTPUTS and net.prior.sum() == pytest.approx(1.0, abs=1e-3)
    assert all(load(name).after * 10 + 12.5 - 5 <= 60 for name in EARS), "milliseconds of look-ahead"


@pytest.mark.parametrize("make", [lambda: align(np.zeros(100), 4000, ["a"]), lambda: Listener(4000)])
def test_too_few_samples_a_second_are_refused_in_one_sentence(make: object) -> None:
    with pytest.raises(ValueError, match=r"4000 samples a second; .* at least 8000"):
        make()  # type: ignore[operator]


def test_an_array_that_is_no_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        align(np.zeros((2, 2, 2)), 16000, ["a"])


def test_what_is_not_a_number_is_silence() -> None:
    sound = np.full(8000, np.nan)
    assert align(sound, 16000, ["a", "p"])[-1].end_s == 0.5


def buzz(seconds: float, rate_hz: int = 16000) -> np.ndarray:
    """A voice-like buzz in syllables, float -1..1."""
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    return np.asarray(0.3 * np.sin(2 * np.pi * 150 * t) * np.sign(np.sin(2 * np.pi * 450 * t)) * np.abs(np.sin(7 * t)))


def said(pcm: np.ndarray, text: str | None = "ba ma la", rate_hz: int = 16000) -> LipSync:
    return analyse(pcm, rate_hz, text, "en", phonemise=lambda text, language: [("b", "a"), ("m", "a"), ("l", "a")])


@pytest.mark.parametrize("text", ["ba ma la", None])
def test_one_sound_in_any_array_gives_the_same_lips(text: str | None) -> None:
    sound = buzz(0.6)
    known = said(sound, text)
    assert len(known.curves) == 60 and known.phones[-1].end_s == pytest.approx(0.6)
    for other in (sound.astype(np.float32), np.stack([sound, sound], 1), np.stack([sound, sound]), sound[:, None], sound[None],
                  list(sound), 0.05 * sound):
        found = said(other, text)
        assert [p.ipa for p in found.phones] == [p.ipa for p in known.phones]
        assert np.allclose([p.start_s for p in found.phones], [p.start_s for p in known.phones], atol=0.011)
    for coarse in ((sound * 32767).astype(np.int16), (sound * 2**30).astype(np.int32)):
        assert said(coarse, text).curves == pytest.approx(known.curves, abs=0.15)


@pytest.mark.parametrize("text", ["ba ma la", None])
@pytest.mark.parametrize("pcm", [np.zeros(16000), np.zeros((16000, 2), np.int16), np.full(16000, np.nan), np.full(16000, 0.3),
                                 np.array([0, 1, -1, 0] * 4000, np.int16)])
def test_in_a_sound_without_any_the_mouth_rests(pcm: np.ndarray, text: str | None) -> None:
    found = said(pcm, text)
    assert {name for name, _, _ in found.visemes} == {"sil"} and found.openness.max() < 0.05
    assert found.phones[-1].end_s == 1.0


def test_a_long_sound_is_aligned_as_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a band of states, whatever the band: the same borders, and the same when it is too short."""
    rng = np.random.default_rng()
    phones = [str(p) for p in rng.choice(["b", "a", "s", "", "m", "i", "t"], 60)]
    sound = buzz(8.0) + 0.01 * rng.normal(size=128_000)
    exact, crowded = align(sound, 16000, phones), align(sound[:8000], 16000, phones)
    monkeypatch.setattr(aligner, "LONG_CELLS", 0)
    assert align(sound, 16000, phones) == exact and align(sound[:8000], 16000, phones) == crowded


@pytest.mark.parametrize(("ipa", "names"), [
    ("ˈaɪ", "a ɪ"), ("tʃ", "tʃ"), ("ts.h", "tʃ"), ("tɕʰ", "tʃ"), ("ɜː", "ɚ"), ("ɔ̃", "ɔ"), ("ni2", "n i"), ("ʁ", "x"),
    ("pʲ", "p"), ("oʊ", "o ʊ"), ("ˈ", ""), ("", ""),
])
def test_sounds_of_many_languages_have_a_class(ipa: str, names: str) -> None:
    assert [CLASSES[c] for c in classes_of(ipa)] == names.split()


def test_targets_share_a_phone_among_its_sounds_and_parts() -> None:
    targets = first_targets((Phone("", 0.0, 0.1), Phone("aɪ", 0.1, 0.4), Phone("", 0.4, 0.5)), 50)
    assert not targets[:10].any() and not targets[40:].any()
    a, i = (1 + 3 * (CLASS[c] - 1) for c in ("a", "ɪ"))
    assert sorted(set(targets[10:40])) == sorted([a, a + 1, a + 2, i, i + 1, i + 2])


def test_a_toy_language_is_learned_and_aligned() -> None:
    """Noise for s, a low buzz for u, silence between: after a few hundred steps borders are found to the frame."""
    rng = np.random.default_rng(int(np.random.default_rng().integers(2**31)))

    def sentence() -> Sentence:
        parts, phones, at = [], [], 0.0
        for ipa in ("", *rng.permutation(["s", "u", "s", "u"]), ""):
            n = int(rng.uniform(0.09, 0.2) * 16000)
            t = np.arange(n) / 16000
            sound = {"s": rng.normal(size=n) * 0.2, "u": np.sign(np.sin(2 * np.pi * 130 * t)) * 0.3, "": np.zeros(n)}[str(ipa)]
            parts.append(sound + rng.normal(size=n) * 1e-4)
            phones.append(Phone(str(ipa), at, at + n / 16000))
            at += n / 16000
        return Sentence(np.concatenate(parts), 16000, tuple(phones), exact=True)

    net, _ = teach([sentence() for _ in range(12)], steps=80, variants=0, seed=3)
    back = from_arrays(as_arrays({"align": net}), "align")
    from avatar.aligner import frame_states
    from avatar.phone_net import STATE_CLASS
    from avatar.sound_frames import log_mel, normalised

    fresh = sentence()
    states = frame_states(normalised(log_mel(fresh.sound, 16000)), [p.ipa for p in fresh.phones], back)
    assert states is not None
    wanted = STATE_CLASS[first_targets(fresh.phones, len(states))]
    assert (STATE_CLASS[states] == wanted).mean() > 0.9
