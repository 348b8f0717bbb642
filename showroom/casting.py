"""Which voice each anchor of a show has: the first one's is the show's, a guest's their own, out of the same processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from assets.cache import cache_dir
from assets.market import Market
from avatar.speech import Utterance
from dialogue.adapters import edge, kokoro
from dialogue.adapters.edge import EdgeVoice
from dialogue.adapters.espeak import EspeakVoice
from dialogue.adapters.pyttsx3_voice import Pyttsx3Voice
from dialogue.cached_voice import CachedVoice
from dialogue.cast import Cast
from dialogue.fallback import FallbackVoice
from dialogue.house_voice import FILE, HouseVoice
from dialogue.kept_clips import KeptClips
from dialogue.policy import Policy, Verdict
from dialogue.ports import Voice
from dialogue.prosody import Manner
from dialogue.speaking import Speaker
from dialogue.speech_cache import SpeechCache
from dialogue.wording import base_of
from showroom.config import ConfigError, ShowConfig
from showroom.speakers import edge_speaker, espeak_style, market_voice_mistakes, speaker_mistakes
from showroom.wiring import engine_of, house_of, is_man, keeper_of, make_voice, recorded_of, sayings_of, voices_of

LOWER, HIGHER = -4.0, 2.5  # semitones, where a guest would have the first anchor's voice: a man, anybody else


@dataclass(frozen=True)
class Part:
    """What a guest speaks with. voices: in order; house: manner and moods."""

    voices: list[Voice]
    house: HouseVoice


def make_speaker(config: ShowConfig, market: Market, policy: Policy, on_failure: Callable[[str, str], None],
                 on_verdict: Callable[[Utterance, Verdict], None]) -> tuple[FallbackVoice, Cast]:
    """The voices of a show and who speaks with them. Raises ConfigError with all mistakes."""
    house, sayings, cache = house_of(config), sayings_of(config), SpeechCache(cache_dir("speech"))
    if mistakes := (speaker_mistakes(house, config.voice.engine, market.language)
                    + market_voice_mistakes(market, engine_of(config, market.language))):
        raise ConfigError(mistakes)
    recorded, voices = recorded_of(config, market.language), voices_of(config, market)
    keepers = [keeper_of(voice) for voice in voices]  # all: the neural voice behind a server that is gone must be quick, too
    chain = FallbackVoice([*recorded, *voices], clips=KeptClips(cache), on_failure=on_failure)
    first = Speaker(chain, policy, keepers[0], sayings, house, on_verdict, _openers(voices))
    guests = {}
    for name in config.show.anchors:
        part = part_of(config, market, name, voices)
        beside = chain.beside([*recorded, *part.voices], KeptClips(cache, name))
        guests[name] = Speaker(beside, policy, keeper_of(part.voices[0]), sayings, part.house, on_verdict,
                               _openers(part.voices))
    return chain, Cast(first, guests)


def _openers(voices: list[Voice]) -> list[Voice]:
    """The chosen voice, and the last one, which speaks where another would come too late."""
    return voices[:1] + voices[1:][-1:]


def part_of(config: ShowConfig, market: Market, name: str, firsts: list[Voice]) -> Part:
    """A guest's voices. firsts: those of the show. `[anchor.name]` of voice.toml decides; else a man's voice for adam, and the
    first anchor's a little higher or lower where there is no second one. Raises ConfigError."""
    house = house_of(config)
    own = house.guests.get(name, HouseVoice(manner=house.manner, moods=house.moods))
    man = is_man(config.show.anchors[name])
    voices, known = [], list(firsts)
    if own.engine and own.engine != engine_of(config, market.language):
        known.insert(0, make_voice(own.engine, config, market))
    shifted = False
    for i, voice in enumerate(known):
        other = _as_guest(voice, base_of(market.language), own.speaker if i == 0 else "", man)
        shifted |= i == 0 and other is voice and voice in firsts
        voices.append(other)
    if shifted and not own.manner.semitones:
        own = replace(own, manner=own.manner.with_(Manner(semitones=LOWER if man else HIGHER)))
    return Part(list({id(v): v for v in voices}.values()), own)


def _as_guest(voice: Voice, base: str, speaker: str, man: bool) -> Voice:
    """The same engine with another speaker, the voice itself where it has none."""
    if isinstance(voice, CachedVoice):
        wanted = speaker if kokoro.speaks(base, speaker) else kokoro.MEN[base] if man else kokoro.VOICES[base][0]
        other = kokoro.kept_as(voice, base, wanted)
        return voice if other is None or other.version == voice.version else other
    if isinstance(voice, EdgeVoice):
        wanted = edge_speaker(speaker, base) or (edge.MEN if man else edge.VOICES)[base]
        return EdgeVoice(voices={base: wanted})
    if isinstance(voice, EspeakVoice):
        return voice.in_style(espeak_style(speaker, man))
    if isinstance(voice, Pyttsx3Voice):
        return EspeakVoice(espeak_style("", man))  # the same library
    return voice


def voice_mistakes(config: ShowConfig, market: Market) -> list[str]:
    """All that is wrong with what the show speaks with: the voices, their speakers' names, recordings, sayings."""
    def of_names() -> None:
        language = market.language
        if names := casting_mistakes(config, language) + market_voice_mistakes(market, engine_of(config, language)):
            raise ConfigError(names)

    looks: tuple[Callable[[], object], ...] = (partial(recorded_of, config, market.language), partial(sayings_of, config),
                                               partial(voices_of, config, market), of_names)
    out: list[str] = []
    for look in looks:
        try:
            look()
        except ConfigError as error:
            out += error.mistakes
    return list(dict.fromkeys(out))  # a broken voice.toml is met more than once


def casting_mistakes(config: ShowConfig, language: str) -> list[str]:
    """Names in voice.toml that no anchor or no voice of that language (BCP 47) has. Raises ConfigError."""
    names = [*config.show.anchors]
    nobody = [f"{config.folder / FILE}: [anchor.{name}]: nobody on this stage has that name"
            + (f"; guests are {', '.join(names)}" if names else "; name a guest in show.toml: [show] anchors = "
               f"{{ {name} = \"adam\" }}") for name in house_of(config).guests if name not in names]
    return nobody + speaker_mistakes(house_of(config), config.voice.engine, language)


__all__ = ["ConfigError", "Part", "casting_mistakes", "make_speaker", "part_of", "voice_mistakes"]
