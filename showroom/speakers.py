"""Which names `speaker` of voice.toml may have: what each engine has for a language, on this machine."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

from assets.market import Market
from assets.parts import PARTS, folder_of
from dialogue.adapters import edge, kokoro
from dialogue.adapters.espeak import MAN, EspeakStyle
from dialogue.house_voice import FILE, HouseVoice
from dialogue.wording import base_of

ESPEAK = tuple([f"f{i}" for i in range(1, 6)] + [f"m{i}" for i in range(1, 9)])  # espeak-ng's own variants, women and men
_EDGE = re.compile(r"([a-z]{2,3})-[A-Z]{2}(?:-[a-z]+)?-\w+Neural")
AUTO = "auto"
_ANY = ("openai",)  # a server knows its own names
_MAN = re.compile(r"[a-z]m_\w+|m\d")


def kokoro_speakers(base: str) -> list[str]:
    """Kokoro's speakers of a language on this machine, the default first; none before its parts are fetched."""
    if not kokoro.is_here() or base not in kokoro.VOICES:
        return []
    first, letters = kokoro.VOICES[base][0], kokoro.SPEAKER_LETTERS[base]
    folders = [folder_of(spec) for spec in PARTS if spec.name == "kokoro-voices"]
    found = sorted({p.stem for f in folders for p in f.rglob("*.bin") if p.stem[0] in letters and p.stem[1:2] in "fm"})
    return [first, *(s for s in found if s != first)]


def espeak_style(speaker: str, man: bool) -> EspeakStyle:
    """espeak's style of that name; without one of its names, a man's or a woman's. A name of Kokoro's says which."""
    if speaker in ESPEAK:
        return EspeakStyle(speaker, pitch=(MAN if speaker.startswith("m") else EspeakStyle()).pitch)
    return MAN if man or is_mans_name(speaker) else EspeakStyle()


def is_mans_name(speaker: str) -> bool:
    """Whether it is the name of a man's voice, as Kokoro and espeak name theirs."""
    return _MAN.fullmatch(speaker) is not None or speaker in edge.MEN.values()


def edge_speaker(speaker: str, base: str) -> str:
    """The name, where it is one of edge-tts' for that language; "" otherwise."""
    found = _EDGE.fullmatch(speaker)
    return speaker if found is not None and found[1] == base else ""


def speaker_mistakes(house: HouseVoice, engine: str, language: str) -> list[str]:
    """Names in voice.toml that no voice has: which, what there is instead. engine: show.toml's. AUTO counts as Kokoro wherever
    it speaks the language, however small this machine is."""
    if (house.engine or engine) == AUTO:
        engine = "kokoro" if base_of(language) in kokoro.VOICES else "espeak"
        house = replace(house, engine="")
    whole = [("", house, house.engine or engine)]
    guests = [(f"[anchor.{name}] ", guest, guest.engine or engine) for name, guest in house.guests.items()]
    return [f"{FILE}: {where}speaker = {one.speaker!r}: {why}" for where, one, voice in whole + guests
            if one.speaker and (why := _lacking(voice, one.speaker, base_of(language)))]


def market_voice_mistakes(market: Market, engine: str) -> list[str]:
    """Whether no voice at all has the name in market.toml; a name of another engine or language is passed over when it comes to
    speaking. engine: that speaks, as `engine_of` has it."""
    name, base = market.voice, base_of(market.language)
    if not name or engine in _ANY or ":" in engine or name in ESPEAK or _EDGE.fullmatch(name):
        return []
    known = kokoro_speakers(base)
    own, others = kokoro.speaks(base, name), any(kokoro.speaks(b, name) for b in kokoro.VOICES if b != base)
    if others or (own and (name in known or not known)):
        return []
    there = known or [*kokoro.VOICES.get(base, ())[:1], *ESPEAK]
    close = difflib.get_close_matches(name, there, 1)
    meant = f" (was {close[0]!r} meant?)" if close else ""
    return [f"market.toml: voice = {name!r}: no voice has that name{meant}; there are {', '.join(there)}"]


def _lacking(engine: str, speaker: str, base: str) -> str:
    """Why that engine does not have the speaker; "" when it does, or when only the engine knows."""
    if engine in _ANY or ":" in engine:
        return ""
    if engine == "pyttsx3":
        return "pyttsx3 has one voice of each language; leave speaker out"
    if engine == "edge":
        return "" if edge_speaker(speaker, base) else \
            f"edge has none of that name for {base!r}; names look like {edge.VOICES.get(base, 'en-US-AriaNeural')!r}"
    known = list(ESPEAK) if engine == "espeak" else kokoro_speakers(base)
    if speaker in known or (engine == "kokoro" and speaker == kokoro.MEN.get(base)):
        return ""
    if not known:  # not fetched yet: the form of the name is all there is to go by
        return "" if kokoro.speaks(base, speaker) else f"{engine} has none of that name for {base!r}"
    close = difflib.get_close_matches(speaker, known, 1)
    meant = f" (was {close[0]!r} meant?)" if close else ""
    return f"{engine} has none of that name for {base!r}{meant}; it has {', '.join(known)}"
