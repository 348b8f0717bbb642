"""How the house sounds: voice.toml, pace and pitch put into finished speech, tags in lines of the script."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assets.findings import AuthoringError
from assets.policy_file import load_policy
from assets.rundown_file import load_rundown, parse_line
from assets.ssml import LONGEST_BREAK_S, Delivery
from avatar.speech import RATE_HZ, Phone, Speech, Utterance, Word
from dialogue.delivery import said_as
from dialogue.house_voice import HouseVoice, load_house_voice
from dialogue.policy import Policy
from dialogue.polish import PEAK_DBFS, loudness_lufs
from dialogue.prosody import PLAIN, Break, Manner, Span, delivered
from dialogue.respelling import respelled
from dialogue.speaking import Speaker
from tests.fakes.voice import FakeVoice

pytestmark = pytest.mark.unit
POLICY = Policy(load_policy("own-site"))


def hum(hz: float, seconds: float = 2.0) -> Speech:
    """A buzz with four words in it, a quarter of it silent between them."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    sound = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 12))
    sound = sound * ((t * 4 / seconds) % 1 < 0.75) * 3000
    words = tuple(Word(f"w{i}", i * seconds / 4, (i + 0.75) * seconds / 4) for i in range(4))
    return Speech(sound.astype(np.int16), tuple(Phone("a", w.start_s, w.end_s) for w in words), words, "hum")


def pitch_hz(pcm: np.ndarray) -> float:
    x = pcm[4800:16800].astype(float)
    spectrum = np.abs(np.fft.rfft(x * np.hanning(len(x)), 1 << 17)) ** 2
    rows = np.fft.irfft(spectrum)[:800]
    return RATE_HZ / (150 + int(rows[150:].argmax()))


@pytest.mark.parametrize("pace", [0.7, 0.85, 1.2, 1.4, 1.0])
def test_pace_and_pitch_are_what_was_asked_for(pace: float) -> None:
    hz, semitones = random.uniform(110, 220), random.choice([-3.0, 0.0, 2.5])
    speech = hum(hz)
    out = delivered(speech, Manner(pace, semitones))
    assert out.duration_s == pytest.approx(speech.duration_s / pace, rel=0.01)
    assert pitch_hz(out.pcm) == pytest.approx(pitch_hz(speech.pcm) * 2 ** (semitones / 12), rel=0.03)
    pause_s = 0.125 / pace
    for before, after in zip(speech.words, out.words, strict=True):
        assert after.start_s == pytest.approx(before.start_s / pace, abs=0.02)
        inside = np.abs(out.pcm[int((after.start_s + 0.03) * RATE_HZ) : int((after.end_s - 0.03) * RATE_HZ)].astype(int))
        gap = np.abs(out.pcm[int((after.end_s + 0.03) * RATE_HZ) : int((after.end_s + pause_s - 0.03) * RATE_HZ)].astype(int))
        assert inside.reshape(-1)[:9600].max() > 20 * gap.max(), "sound is where the words are"


def test_plain_speech_is_left_alone_and_energy_is_loudness() -> None:
    speech, db = hum(150), random.uniform(-6, 3)
    assert delivered(speech, PLAIN) is speech
    louder = delivered(speech, Manner(1.0, 0.0, db))
    change = loudness_lufs(louder.pcm / 32768) - loudness_lufs(speech.pcm / 32768)
    assert change == pytest.approx(db, abs=0.4)
    assert np.abs(delivered(hum(150), Manner(1.0, 0.0, 3.0)).pcm.astype(int)).max() <= 32767 * 10 ** (PEAK_DBFS / 20) + 1


def test_breaks_are_silence_of_their_length_and_everything_after_moves() -> None:
    speech, long_s = hum(150), random.uniform(0.2, 1.5)
    at_s = speech.words[1].end_s
    out = delivered(speech, breaks=[Break(at_s, long_s)])
    assert out.duration_s == pytest.approx(speech.duration_s + long_s, abs=0.002)
    assert not out.pcm[int((at_s + 0.01) * RATE_HZ) : int((at_s + long_s - 0.01) * RATE_HZ)].any()
    assert out.words[2].start_s - out.words[1].end_s == pytest.approx(
        speech.words[2].start_s - speech.words[1].end_s + long_s, abs=0.01)
    edges = [e for p in out.phones for e in (p.start_s, p.end_s)]
    assert edges == sorted(edges)


def test_a_stressed_word_is_longer_and_louder_than_its_neighbours() -> None:
    speech, n = hum(150), random.randrange(4)
    word = speech.words[n]
    out = delivered(speech, spans=[Span(word.start_s, word.end_s, Manner(0.8, 0.0, 2.5))])
    lengths = [w.end_s - w.start_s for w in out.words]
    assert lengths[n] > 1.1 * max(lengths[:n] + lengths[n + 1 :])
    levels = [np.abs(out.pcm[int((w.start_s + 0.1) * RATE_HZ) : int((w.end_s - 0.1) * RATE_HZ)].astype(float)).mean()
              for w in out.words]
    assert levels[n] > 1.2 * max(levels[:n] + levels[n + 1 :])


def test_voice_toml_says_how_moods_sound(tmp_path: Path) -> None:
    path = tmp_path / "voice.toml"
    path.write_text('engine = "kokoro"\npace = 1.1\n[mood.happy]\npace = 1.05\npitch = 1\n[mood.serious]\nenergy_db = -1.5\n')
    house = load_house_voice(path)
    assert house.engine == "kokoro" and house.manner_of("warm") == Manner(1.1)
    assert house.manner_of("happy") == Manner(pytest.approx(1.155), 1.0, 0.0) and house.manner_of("serious").energy_db == -1.5


@pytest.mark.parametrize(("text", "line", "says"), [
    ("pace = 3", 1, "pace"), ("\npich = 1", 2, "did you mean 'pitch'"), ("[mood.jolly]\npace = 1", 1, "jolly"),
    ("[mood.happy]\nenergy_db = 'loud'", 2, "energy_db"), ("pace =", 1, "not valid TOML")])
def test_mistakes_in_voice_toml_have_their_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = tmp_path / "voice.toml"
    path.write_text(text)
    with pytest.raises(AuthoringError) as caught:
        load_house_voice(path)
    [mistake] = caught.value.mistakes
    assert mistake.line in (line, 0) and says in str(mistake) and "\n" not in str(mistake)


def test_tags_leave_the_text_and_keep_their_places() -> None:
    plain, marks, delivery, wrong = parse_line(
        'Look <break time="400ms"/> at <emphasis level="strong">this one</emphasis>, [point] model '
        '<say-as interpret-as="characters">AX-7</say-as>. <break strength="weak"/>')
    assert plain == "Look at this one, model AX-7." and not wrong and marks[0].word == 4
    assert [(d.kind, plain[d.start : d.end], d.value) for d in delivery] == [
        ("break", "", "0.4"), ("emphasis", "this one", "strong"), ("say-as", "AX-7", "characters"), ("break", "", "0.2")]
    assert delivery[0].start == 5 and delivery[-1].start == len(plain)


@pytest.mark.parametrize(("text", "says"), [
    ("a <emphasise>b</emphasise>", "did you mean 'emphasis'"), ("a <emphasis>b", "not closed"),
    ("a b</emphasis>", "closes nothing"),
    ("<break/> only <break time='forty'/>", "no time 'forty'"), (f"a <break time='{LONGEST_BREAK_S + 1}s'/> b", "at most"),
    ("<emphasis level='huge'>a</emphasis>", "no level 'huge'"), ("<say-as>12</say-as>", "interpret-as"),
    ("<say-as interpret-as='number'>12</say-as>", "does not know"), ("<phoneme alphabet='x-sampa' ph='a'>b</phoneme>", "ipa"),
    ("<emphasis>a <emphasis>b</emphasis></emphasis>", "inside"), ("<emphasis></emphasis>a", "no words"),
    ("a <break> b", "slash"), ("a <b c", "no tag"), ("<break/>", "nothing to say")])
def test_bad_tags_get_one_sentence_each_with_file_and_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "rundown.toml"
    path.write_text('[[item]]\nproduct = "lamp"\n[[item.section]]\nid = "a"\nkind = "hook"\n[[item.section.variant]]\n'
                    f'lines = [{{ text = """{text}""" }}]\n')
    with pytest.raises(AuthoringError) as caught:
        load_rundown(path)
    assert any(says in str(m) and m.line == 7 for m in caught.value.mistakes), caught.value
    told = [str(m) for m in caught.value.mistakes]
    assert not any("\n" in m for m in told) and len(set(told)) == len(told), "a tag opens and closes: one mistake"
    parse_line("5 < 6 and 7 > 3")  # signs that are no tags


async def test_the_speaker_does_what_tags_and_moods_ask_for() -> None:
    text, delivery, _ = (lambda p: (p[0], p[2], p[3]))(parse_line(
        'Take the <say-as interpret-as="characters">AX7</say-as> home. <break time="900ms"/> It is <emphasis level="strong">'
        'really</emphasis> <break time="300ms"/> light.'))
    utterance = Utterance("u", text, "en", mood="happy", delivery=delivery)
    house = HouseVoice(moods={"happy": Manner(1.2)})
    plain_voice, voice = FakeVoice(), FakeVoice()
    plain = [s async for _, _, s in Speaker(plain_voice, POLICY).speak(replace(utterance, delivery=()))]
    said = [s async for _, _, s in Speaker(voice, POLICY, house=house).speak(utterance)]
    assert voice.calls == ["Take the A X seven home.", "It is really light."]
    assert [[w.text for w in s.words] for s in said] == [["Take", "the", "AX7", "home."], ["It", "is", "really", "light."]]
    assert said[1].words[3].start_s - said[1].words[2].end_s > 0.3
    assert said[1].words[2].end_s - said[1].words[2].start_s > 1.05 * (
        plain[1].words[2].end_s - plain[1].words[2].start_s) / 1.2
    quiet = np.flatnonzero(said[0].pcm)[-1]
    assert (len(said[0].pcm) - quiet) / RATE_HZ > 0.9, "the break before a clause follows the one before it"
    for s in said:
        for a, b in pairwise(s.words):
            assert a.end_s <= b.start_s + 1e-6


async def test_a_recorded_person_keeps_her_own_manner() -> None:
    class Recorded(FakeVoice):
        async def speak(self, text: str, language: str) -> Speech:
            return replace(await super().speak(text, language), is_human=True)

    house = HouseVoice(manner=Manner(1.3, 2.0))
    lengths = [[len(s.pcm) async for _, _, s in Speaker(Recorded(), POLICY, house=h).speak(Utterance("u", "Come in.", "en"))]
               for h in (house, HouseVoice())]
    assert lengths[0] == lengths[1]


@pytest.mark.parametrize(("written", "way", "language", "said"), [
    ("AX-7", "characters", "en", "A X seven"), ("0170", "digits", "en", "zero one seven zero"), ("1,200", "cardinal", "en",
    "one thousand two hundred"), ("3", "ordinal", "en", "third"), ("3", "ordinal", "zh", "第三"), ("2026-11-22", "date", "en",
    "November twenty second"), ("x", "cardinal", "en", "")])
def test_say_as(written: str, way: str, language: str, said: str) -> None:
    assert said_as(written, way, language).replace("-", " ").startswith(said)
    assert Delivery("say-as", 0, 1, way).kind == "say-as"


@pytest.mark.parametrize(("ipa", "language", "letters"), [
    ("ˈheɪloʊ", "en", "hayloh"), ("ʒakɛt", "fr", "jakèt"), ("ˈtʃiza", "it", "ciza"), ("ʃpɪts", "de", "schpiz"),
    ("ka", "zh", ""), ("ǃa", "en", "")])
def test_phonemes_become_letters(ipa: str, language: str, letters: str) -> None:
    assert respelled(ipa, language) == letters


async def test_a_phoneme_tag_is_said_and_the_caption_keeps_the_word() -> None:
    text, _, delivery, wrong = parse_line('Meet the <phoneme alphabet="ipa" ph="ˈheɪloʊ">Halo</phoneme> lamp.')
    voice = FakeVoice()
    [(_, clause, speech)] = [x async for x in Speaker(voice, POLICY).speak(Utterance("u", text, "en", delivery=delivery))]
    assert not wrong and voice.calls == ["Meet the hayloh lamp."] and clause == "Meet the Halo lamp."
    assert [w.text for w in speech.words] == ["Meet", "the", "Halo", "lamp."]


def test_mistakes_are_said_in_a_sellers_words(tmp_path: Path) -> None:
    path = tmp_path / "voice.toml"
    path.write_text('pace = "fast"\npitch = 9\nspeaker = 5\nmood = 3\n[anchor]\nadam = "x"\n', encoding="utf-8")
    with pytest.raises(AuthoringError) as caught:
        load_house_voice(path)
    said = [line.partition(": ")[2] for line in str(caught.value).splitlines()]
    assert said == ["'pace': give a number, got 'fast'", "'pitch': give at most 4, got 9",
                    "'speaker': give a text in quotes, got 5", "'mood': give a table, got 3",
                    "'anchor.adam': give a table, got 'x'"]
    path.write_text("[mood.angry]\npace = 1.0\n", encoding="utf-8")
    with pytest.raises(AuthoringError, match=r"'mood\.angry': give one of 'neutral', 'happy', 'warm' or 'serious'"):
        load_house_voice(path)
