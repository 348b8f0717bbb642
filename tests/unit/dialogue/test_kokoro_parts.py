"""What the neural voice is made of, without the network: its signs, Mandarin, its worker, giving up in mid-sentence."""

from __future__ import annotations

import asyncio
import random
import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from avatar.phone_classes import classes_of
from avatar.speech import RATE_HZ, Phone, Word
from dialogue.adapters.kokoro import VOICES, KokoroVoice, kept_kokoro
from dialogue.adapters.kokoro_mandarin import mandarin_words
from dialogue.adapters.kokoro_model import MAX_SIGNS, Cancelled, KokoroModel, tapped
from dialogue.adapters.kokoro_model import RATE_HZ as MODEL_HZ
from dialogue.adapters.kokoro_symbols import signs_of
from dialogue.adapters.kokoro_worker import KokoroHandler
from dialogue.adapters.timeline import spoken_words
from dialogue.adapters.worker_process import WorkerProcess
from dialogue.ports import VoiceError

pytestmark = pytest.mark.unit
KNOWN = set("abdefhijklmnoprstuvwxyzæçðøŋœɐɑɒɔəɚɛɜɡɪɲɹɾʁʃʊʌʒʔθʣʤʦʧʨʥꭧʰɤɨɻɥʂɕˈˌː↓→↗↘AIOQTWYᵊᵻ .,!?;:—…")


def text_of(words: list[tuple[str, tuple[str, ...]]], accent: str) -> str:
    return "".join(s.text for s in signs_of(words, [accent] * len(words), KNOWN))


@pytest.mark.parametrize(("accent", "words", "signs"), [
    ("en-us", [("Good", ("ɡ", "ˈʊ", "d")), ("choice,", ("tʃ", "ˈɔɪ", "s")), ("no?", ("n", "ˈoʊ"))], "ɡˈʊd ʧˈYs, nˈO?"),
    ("en-us", [("better", ("b", "ˈɛ", "ɾ", "ɚ")), ("bird!", ("b", "ˈɜː", "d"))], "bˈɛTəɹ bˈɜɹd!"),
    ("en", [("go", ("ɡ", "ˈəʊ")), ("now", ("n", "ˈaʊ"))], "ɡˈQ nˈW"),
    ("es-419", [("noche.", ("n", "ˈo", "tʃ", "e"))], "nˈoʧe."),
    ("fr", [("jour", ("ʒ", "ˈu", "ʁ")), ("!", ())], "ʒˈuʁ !"),
])
def test_espeaks_phones_become_the_models_signs(accent: str, words: list, signs: str) -> None:
    assert text_of(words, accent) == signs


def test_every_sign_knows_its_phone_and_unknown_ones_are_left_out() -> None:
    words = [("a", ("ˈaɪ", "☃")), ("b", ("p",))]
    row = signs_of(words, ["en-us"] * 2, KNOWN)
    assert {(s.word, s.phone) for s in row if s.word >= 0} == {(0, 0), (1, 0)} and "☃" not in "".join(s.text for s in row)


def test_mandarin_is_read_with_tones_and_words() -> None:
    assert [(w, "".join(p)) for w, p in mandarin_words("你好，这个背包防水。")] == [
        ("你好，", "ni↓xau↓"), ("这个", "ꭧɤ↘kɤ"), ("背包", "pei→pau→"), ("防水。", "fa↗ŋʂwei↓")]
    numbers = "".join(random.sample("一二三四五六七八九", 6))
    assert sum(map(len, (w for w, _ in mandarin_words(numbers)))) == 6
    assert all(classes_of(p) for _, phones in mandarin_words("绿色的女鞋二十块日元出租车") for p in phones)


@pytest.mark.parametrize(("text", "sign", "reading"), [
    ("这只手表很好。", "只", "ꭧɨ→"), ("她只喜欢红色。", "只", "ꭧɨ↓"),
    ("请量一下桌子。", "量", "lja↗ŋ"), ("数量不多。", "量", "lja↘ŋ"),
    ("台灯可以调光。", "调", "tʰjau↗"), ("银行行长来了。", "长", "ꭧa↓ŋ"),
    ("长约三十厘米。", "长", "ꭧʰa↗ŋ"), ("今天打八折。", "折", "ꭧɤ↗"),
    ("重新包装。", "重", "ꭧʰʊ↗ŋ"), ("净重三百克。", "重", "ꭧʊ↘ŋ"),
    ("我们退还您的钱。", "还", "xwa↗n"), ("还有两只杯子。", "还", "xai↗"),
    ("还有两只杯子。", "只", "ꭧɨ→"),
])
def test_characters_with_several_readings_are_read_as_a_shop_says_them(text: str, sign: str, reading: str) -> None:
    for word, phones in mandarin_words(text):
        if sign in word:
            syllables = "".join(phones)
            assert reading in syllables, (word, syllables)
            return
    raise AssertionError(f"{sign} is not in a word")


def test_words_get_the_phones_that_start_in_them() -> None:
    phones = [Phone("", 0, 0.1), Phone("a", 0.1, 0.2), Phone("b", 0.2, 0.3), Phone("c", 0.3, 0.4)]
    assert spoken_words(phones, [Word("x", 0.1, 0.3), Word("y", 0.3, 0.4)]) == [("x", ("a", "b")), ("y", ("c",))]


def test_the_tap_is_a_protobuf_message_behind_the_model() -> None:
    name = "/encoder/Clip_output_0" * random.randint(1, 9)
    tail = tapped(b"model", name)[5:]
    for field in (7, 12, 1):
        assert tail[0] == field << 3 | 2
        size = shift = 0
        at = 1
        while True:
            size |= (tail[at] & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if not tail[at - 1] & 0x80:
                break
        tail = tail[at:]
        assert len(tail) == size
    assert tail.decode() == name


class Tone:
    """A model that hums for 50 ms a sign, with silence around it as the real one leaves."""

    signs = dict.fromkeys(KNOWN, 1)

    def __init__(self, goes_on: int = 99) -> None:
        self.said: list[str] = []
        self._goes_on = goes_on

    def go_on(self) -> None:
        self._goes_on -= 1
        if self._goes_on < 0:
            raise Cancelled("the sentence was given up")

    def say(self, signs: str, voice: str, speed: float) -> tuple[np.ndarray, np.ndarray]:
        self.said.append(signs)
        n = int(0.05 * MODEL_HZ) * len(signs)
        hum = 0.2 * np.sign(np.sin(2 * np.pi * 140 * np.arange(n) / MODEL_HZ))
        return np.concatenate([np.zeros(7200), hum, np.zeros(7200)]).astype(np.float32), np.zeros(len(signs))


def test_the_worker_trims_silence_and_times_words() -> None:
    reply, body = KokoroHandler(Tone())({"words": [["one", ["w", "ˈʌ", "n"], "en-us"], ["two.", ["t", "ˈuː"], "en-us"]],  # type: ignore[arg-type]
                                         "voice": "v", "speed": 1.0})
    duration_s = len(body) / 2 / RATE_HZ
    assert 0.5 < duration_s < 0.75 and [w[0] for w in reply["words"]] == ["one", "two."]
    assert reply["phones"][-1][2] == pytest.approx(duration_s)
    assert [p[0] for p in reply["phones"] if p[0]] == ["w", "ˈʌ", "n", "t", "ˈuː"]


@pytest.mark.parametrize("steps", [0, 1])
def test_what_is_given_up_while_the_model_ends_is_not_finished(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step that is left out is a tenth of a second on a busy machine, in which the next sentence would wait."""
    done: list[str] = []

    def finished(*given: Any, **how: Any) -> np.ndarray:
        done.append("loud")
        return np.ones(48_000, np.int16)

    monkeypatch.setattr("dialogue.adapters.kokoro_worker.finished", finished)
    monkeypatch.setattr("dialogue.adapters.kokoro_worker.align_words", lambda *a: done.append("timed"))
    with pytest.raises(Cancelled):
        KokoroHandler(Tone(steps))({"words": [["one", ["w", "n"], "en-us"]], "voice": "v", "speed": 1.0})  # type: ignore[arg-type]
    assert done == ["loud"][:steps]


def test_too_many_signs_are_said_in_parts() -> None:
    model = Tone()
    words = [[f"w{i}", ["a", "b", "a", "b"] * 5, "es"] for i in range(80)]
    reply, _ = KokoroHandler(model)({"words": words, "voice": "v", "speed": 1.0})  # type: ignore[arg-type]
    assert len(model.said) > 1 and max(map(len, model.said)) <= MAX_SIGNS and len(reply["words"]) == 80
    with pytest.raises(ValueError, match="one word of"):
        KokoroHandler(model)({"words": [["w", ["a"] * 600, "es"]], "voice": "v", "speed": 1.0})  # type: ignore[arg-type]


async def test_without_its_parts_the_voice_says_how_to_get_them(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path))
    voice = KokoroVoice()
    with pytest.raises(VoiceError, match="nightwindow prepare"):
        await voice.speak("hello", "en")
    with pytest.raises(VoiceError, match=r"does not speak 'xx'; it speaks .*en"):
        await voice.speak("hello", "xx")
    assert set(VOICES) <= {"en", "es", "fr", "hi", "it", "ja", "pt", "zh"} and voice.worker.starts == 0
    await voice.close()


def test_the_market_names_the_speaker(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only one that speaks its language."""
    monkeypatch.setenv("NIGHTWINDOW_CACHE", str(tmp_path))
    own, michael, foreign = (kept_kokoro("en-US", name)._version for name in ("", "am_michael", "zf_xiaobei"))
    assert "am_michael" in michael and "af_heart" in own and own == foreign


def test_a_sentence_that_is_given_up_before_the_model_runs_is_not_said() -> None:
    """Its words are still being looked up: a whole sentence would hold up the next one."""
    model, ran = object.__new__(KokoroModel), []
    model.signs, model._styles, model._inputs = {"a": 1}, {"v": np.zeros((510, 256), np.float32)}, ["ids", "style", "speed"]
    model._speed_type, model._sound, model._lock = np.float32, "sound", threading.Lock()
    model._under_way, model._given_up, model._run_options = None, False, lambda: SimpleNamespace(terminate=False)
    model._session = SimpleNamespace(run=lambda *args: ran.append(args) or (np.zeros(2400), np.ones(3)))
    model.begin()
    model.cancel()
    with pytest.raises(Cancelled):
        model.say("a", "v", 1.0)
    assert not ran
    model.begin()
    assert len(model.say("a", "v", 1.0)[0]) == 2400 and len(ran) == 1


async def test_work_that_nobody_waits_for_is_given_up() -> None:
    """The worker's handler waits for a minute unless it is told; the next request is served long before that."""
    worker = WorkerProcess("patient", "tests.fakes.patient_worker", limit_s=30)
    try:
        assert (await worker.ask({"op": "hello"}))[0] == {"said": "hello"}
        for _ in range(2):
            waiting = asyncio.create_task(worker.ask({"op": "wait"}))
            behind = asyncio.create_task(worker.ask({"op": "wait"}))
            next_one = asyncio.create_task(worker.ask({"op": "next"}))
            await asyncio.sleep(0)
            while not worker._turn.locked():
                await asyncio.sleep(0)
            behind.cancel()
            waiting.cancel()
            assert (await next_one)[0] == {"said": "next"}
        assert worker.starts == 1
    finally:
        await worker.close()
