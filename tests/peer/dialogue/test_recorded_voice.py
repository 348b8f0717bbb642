"""A person's recordings: cut between their clauses, said where the script says them, refused where they are another text."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assets.findings import AuthoringError
from avatar.speech import RATE_HZ
from dialogue.adapters.espeak import EspeakStyle, EspeakVoice
from dialogue.adapters.recorded import RecordedVoice, load_recordings
from dialogue.fallback import FallbackVoice
from dialogue.ports import NotInTime
from dialogue.sayings import Sayings
from dialogue.speaking import said_clauses

pytestmark = pytest.mark.peer
PAUSE_S = 0.45
WORDS = ("river", "lamp", "summer", "walking", "bright", "seven", "window", "paper", "simple", "morning", "garden", "travel")


def some_sentence(count: int) -> str:
    return " ".join(random.choices(WORDS, k=count)).capitalize() + "."


async def a_person(text: str, path: Path, *, lead_s: float = 0.4) -> list[tuple[float, float]]:
    """"Records" a text with another speaker at another rate, quietly, with pauses; where each clause sounds, s."""
    voice = EspeakVoice(EspeakStyle(variant="m3", pace=0.9), name="a person")
    sounds, spans, at = [np.zeros(int(lead_s * RATE_HZ))], [], lead_s
    for clause in said_clauses(text, "en"):
        pcm = (await voice.speak(clause, "en")).pcm * 0.2
        spans.append((at, at + len(pcm) / RATE_HZ))
        sounds += [pcm, np.zeros(int(PAUSE_S * RATE_HZ))]
        at = spans[-1][1] + PAUSE_S
    await voice.close()
    soundfile.write(str(path), np.concatenate(sounds)[::2] / 32768, RATE_HZ // 2)
    return spans


async def test_a_recording_is_said_clause_by_clause_and_the_rest_by_the_next_voice(tmp_path: Path) -> None:
    text = f"{some_sentence(6).rstrip('.')}, and {some_sentence(5).lower()} {some_sentence(7)}"
    spans = await a_person(text, tmp_path / "line.wav")
    (tmp_path / "lines.csv").write_text(f'text,file\n"{text}",line.wav\n', encoding="utf-8")
    espeak = EspeakVoice()
    recorded = RecordedVoice(load_recordings(tmp_path / "lines.csv", "en-GB"), Sayings())
    chain = FallbackVoice([recorded, espeak], step_s=20)
    clauses = said_clauses(text, "en")
    assert len(clauses) == len(spans) >= 3
    for clause, (begin_s, end_s) in zip(clauses, spans, strict=True):
        speech = await chain.speak(clause, "en")
        assert speech.engine == "recorded" and speech.is_human
        assert abs(speech.duration_s - (end_s - begin_s)) < 0.35, (clause, speech.duration_s, end_s - begin_s)
        assert [w.text.lower().strip(".,") for w in speech.words] == clause.lower().replace(",", "").rstrip(".").split()
        sounded = [p for p in speech.phones if p.ipa]
        assert sounded[0].start_s < 0.25 and speech.duration_s - sounded[-1].end_s < 0.3
        loud = np.abs(speech.pcm.astype(float))
        assert loud.max() > 3000, "levelled like every voice"
    other = await chain.speak(some_sentence(4), "en")
    assert other.engine == "espeak" and not other.is_human
    with pytest.raises(NotInTime):
        await recorded.speak(clauses[0], "de")
    await chain.close()


async def test_a_recording_of_something_else_is_left_to_the_next_voice(tmp_path: Path) -> None:
    await a_person("Yes.", tmp_path / "line.wav")
    text = some_sentence(14)
    (tmp_path / "lines.csv").write_text(f"text,file\n{text},line.wav\n", encoding="utf-8")
    chain = FallbackVoice([RecordedVoice(load_recordings(tmp_path / "lines.csv", "en"), Sayings()), EspeakVoice()], step_s=20)
    assert (await chain.speak(said_clauses(text, "en")[0], "en")).engine == "espeak"
    await chain.close()


def test_every_mistake_of_the_table_is_named_with_its_line(tmp_path: Path) -> None:
    soundfile.write(str(tmp_path / "good.wav"), np.zeros(RATE_HZ), RATE_HZ)
    soundfile.write(str(tmp_path / "poor.wav"), np.zeros(8000), 8000)
    soundfile.write(str(tmp_path / "short.wav"), np.zeros(100), RATE_HZ)
    (tmp_path / "noise.wav").write_bytes(random.randbytes(4000))
    path = tmp_path / "lines.csv"
    path.write_text("text,file,language\nFine.,good.wav,\n,good.wav,en\nA.,gone.wav,en\nB.,noise.wav,en\nC.,poor.wav,en\n"
                    "D.,short.wav,en\nE.,../good.wav,en\nF.,good.wav,xx\n", encoding="utf-8")
    with pytest.raises(AuthoringError) as caught:
        load_recordings(path, "en")
    lines = str(caught.value).splitlines()
    assert [int(line.split(":")[1]) for line in lines] == list(range(3, 10))
    wanted = ("a text", "not there", "no sound", "8000 Hz", "lasts", "outside", "no language")
    for words, line in zip(wanted, lines, strict=True):
        assert words in line
    path.write_text("words,sound\nx,y\n", encoding="utf-8")
    with pytest.raises(AuthoringError, match="columns"):
        load_recordings(path, "en")
    path.write_bytes(b"text,file\n\xff\xfe,x\n")
    with pytest.raises(AuthoringError, match="UTF-8"):
        load_recordings(path, "en")
