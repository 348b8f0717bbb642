"""What nobody can say, through the real speaker, chain and espeak: each kind has a stated outcome, none stops the show."""

from __future__ import annotations

import contextlib
import random

import pytest

from assets.checked import FieldError
from assets.policy_file import load_policy
from avatar.speech import Speech, Utterance
from dialogue.adapters.espeak import EspeakVoice
from dialogue.clauses import LONG_WORDS, clauses, word_count
from dialogue.fallback import SILENT_ENGINE, FallbackVoice
from dialogue.policy import Policy
from dialogue.speaking import Speaker
from showroom.config import ConfigError, ShowConfig, VoiceSection
from showroom.wiring import make_voice

pytestmark = pytest.mark.peer
POLICY = Policy(load_policy("own-site"))
WORDS = ("river", "lamp", "summer", "window", "paper", "garden", "coffee", "pocket")


async def test_each_kind_of_bad_text_has_its_outcome() -> None:
    told: list[str] = []
    voice = FallbackVoice([EspeakVoice()], on_failure=lambda name, why: told.append(why))

    async def said(text: str, language: str = "en", most: int = 99) -> list[tuple[str, Speech]]:
        out = []
        async with contextlib.aclosing(Speaker(voice, POLICY).speak(Utterance("u", text, language))) as said:  # type: ignore[type-var]
            async for _, clause, speech in said:
                out.append((clause, speech))
                if len(out) == most:
                    break
        return out

    try:
        for silent in ("🎉🎁🙏", "…", "?!", "\x00\x07\u202e", "☆ ✦ ♥", "https://shop.example/a?b=c", "‍️"):
            assert await said(silent) == [], f"{silent!r} has no words: nothing is said, nothing fails"
        for noisy in ("\x00The\x07 lamp\u202e is\ufeff here\x1b.", "👍🏽 The lamp is here. 🎉"):
            [(_, speech)] = await said(noisy)
            assert " ".join(w.text for w in speech.words).strip("\x00\x07\u202e\ufeff\x1b 🎉👍🏽").startswith("The")
            assert speech.engine == "espeak"
        long = " ".join(random.choice(WORDS) for _ in range(3300))[:20_000]
        parts = await said(long, most=8)
        assert {s.engine for _, s in parts} == {"espeak"} and len(parts) == 8
        breaths = clauses(long, "en")
        assert "".join(breaths) == long and max(map(word_count, breaths)) <= LONG_WORDS, "20 kB without a full stop"
        unbroken = await said("x" * 2000)
        assert unbroken and max(s.duration_s for _, s in unbroken) < 60
        assert not told
        [(_, speech)] = await said("The lamp is here.", "xx")
        assert speech.engine == SILENT_ENGINE and [w.text for w in speech.words] == ["The", "lamp", "is", "here."]
        assert "does not speak 'xx'" in told[0] and told[-1].startswith("no voice"), "captions, and the operator is told"
        [(_, speech)] = await said("The lamp is back.")
        assert speech.engine == "espeak"
    finally:
        await voice.close()


def test_empty_text_and_voices_that_are_not_there_are_refused_in_one_sentence() -> None:
    for empty in ("", "  \n\t"):
        with pytest.raises(FieldError, match="text"):
            Utterance("u", empty, "en")
    for engine, says in (("espaek", "known are auto, espeak"), ("no.such:Voice", "cannot be loaded"),
                         ("json:Nothing", "cannot be loaded")):
        with pytest.raises(ConfigError, match=says) as caught:
            make_voice(engine, ShowConfig(voice=VoiceSection(engine=engine)))
        assert len(caught.value.mistakes) == 1 and "\n" not in str(caught.value)
