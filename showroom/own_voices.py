"""How this show sounds: each anchor's voice in each mood, and under its music, for the page of voices."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assets.market import Market
from avatar.speech import RATE_HZ, Speech
from dialogue.adapters.kokoro import VOICES
from dialogue.cached_voice import CachedVoice
from dialogue.delivery import Part, shaped
from dialogue.house_voice import HouseVoice
from dialogue.ports import Voice, VoiceError
from dialogue.prosody import Manner
from dialogue.spoken import spoken_text
from dialogue.wording import base_of
from render.mixer import Mixer
from render.music_bed import bed_of
from showroom.casting import part_of
from showroom.config import ShowConfig
from showroom.house_sound import BedRefused, prepared_bed
from showroom.speakers import espeak_style
from showroom.wiring import engine_of, house_of, is_man, make_voice, own_speaker

MOODS = (("neutral", "平静"), ("happy", "愉快"), ("warm", "亲切"), ("serious", "严肃"))
HOST = "host · 主持人"
_BEFORE_S, _AFTER_S = 1.5, 3.0  # of music alone


@dataclass(frozen=True, slots=True)
class Anchor:
    """One of the stage. moods: speech and manner by mood, the same order for all; why: no voice of theirs spoke, "" else."""

    name: str
    voice: str
    moods: tuple[tuple[Speech, Manner], ...]
    why: str = ""


def chosen_name(config: ShowConfig, market: Market, language: str) -> str:
    """"kokoro af_heart": the row of the page that is the show's own voice; "edge" where the engine has one row."""
    engine, base, house = engine_of(config, language), base_of(language), house_of(config)
    if engine == "kokoro":
        speaker = house.speaker or (own_speaker(config, market) if base == base_of(market.language) else "")
        return f"kokoro {speaker or VOICES[base][0]}"
    if engine == "espeak":
        return f"espeak {espeak_style(house.speaker, is_man(config.show.avatar)).variant}"
    return engine


async def anchors(config: ShowConfig, market: Market, text: str) -> list[Anchor]:
    """Everybody on the stage says `text` in each mood. Raises ConfigError."""
    engine, house = engine_of(config, market.language), house_of(config)
    first = make_voice(engine, config, market)
    parts = [("", first, house)]
    for name in config.show.anchors:
        part = part_of(config, market, name, [first])
        parts.append((name, part.voices[0], part.house))
    try:
        return [await _heard(name, voice, own, text, market.language, engine) for name, voice, own in parts]
    finally:
        for voice in {id(voice): voice for _, voice, _ in parts}.values():
            await voice.close()


async def _heard(name: str, voice: Voice, house: HouseVoice, text: str, language: str, engine: str) -> Anchor:
    if isinstance(voice, CachedVoice):
        voice.in_time_s = float("inf")  # nobody waits here
    label = " ".join(filter(None, (house.engine or engine, house.speaker)))
    try:
        said = replace(await voice.speak(spoken_text(text, language), language), words=())
    except VoiceError as error:
        return Anchor(name, label, (), str(error))
    except Exception as error:  # a voice of the seller's own
        return Anchor(name, label, (), f"{type(error).__name__}: {error}")
    manners = [house.manner_of(mood) for mood, _ in MOODS]
    return Anchor(name, label, tuple((shaped(said, Part(text), manner), manner) for manner in manners))


def over_music(config: ShowConfig, speech: Speech) -> tuple[NDArray[np.int16] | None, str, str]:
    """(n,) int16 at 48 kHz of the speech over the show's music, as the studio mixes it; None without music, with the reason in
    English and Chinese where it is refused."""
    try:
        bed = prepared_bed(config)
    except BedRefused as refused:
        return None, refused.finding.en, refused.finding.zh
    except OSError as error:
        return None, f"its loop cannot be kept ({error.strerror}).", f"无法保存循环音乐（{error.strerror}）。"
    if bed is None:
        return None, "", ""
    mixer, start = Mixer(bed_of(bed)), int(_BEFORE_S * RATE_HZ)
    mixer.play("", start, speech.pcm)
    end = start + len(speech.pcm) + int(_AFTER_S * RATE_HZ)
    step = RATE_HZ // 50
    return np.concatenate([mixer.read(at, step) for at in range(0, end, step)]), "", ""


def manner_line(manner: Manner) -> str:
    """What voice.toml would say of it; "" for as it comes."""
    given = (("pace", manner.pace, 1.0), ("pitch", manner.semitones, 0.0), ("energy_db", manner.energy_db, 0.0))
    return ", ".join(f"{name} = {value:g}" for name, value, usual in given if value != usual)


def section(found: list[Anchor], music: tuple[NDArray[np.int16] | None, str, str], player: str,
            sounds: list[list[str]]) -> str:
    """A table, a row for each anchor, a column for each mood. player: HTML of the music's player; sounds: of each mood's."""
    heads = "".join(f'<th>{en}<br><span class="zh">{zh}</span></th>' for en, zh in (("Anchor", "主播"), *MOODS))
    rows = []
    for anchor, players in zip(found, sounds, strict=True):
        who = f"<td><b>{html.escape(anchor.name) or HOST}</b><br><small>{html.escape(anchor.voice)}</small></td>"
        if anchor.why:
            rows.append(f'<tr>{who}<td colspan="4" class="bad">{html.escape(anchor.why)}</td></tr>')
            continue
        cells = "".join(f"<td>{sound}<small>{manner_line(manner) or '—'}</small></td>"
                        for sound, (_, manner) in zip(players, anchor.moods, strict=True))
        rows.append(f"<tr>{who}{cells}</tr>")
    heard = f"<p>With the show's music · <span class=\"zh\">配上本节目的音乐</span> {player}</p>" if player else ""
    if music[1]:
        heard = (f'<p class="bad">No music · 没有音乐: {html.escape(music[1])}<br>'
                 f'<span class="zh">{html.escape(music[2])}</span></p>')
    return (f"<h2>Your show now · 本节目现在的声音</h2><p>By mood, as voice.toml beside show.toml has it."
            f'<br><span class="zh">按情绪，依 show.toml 旁边的 voice.toml。</span></p>'
            f'<table class="moods"><tr>{heads}</tr>{"".join(rows)}</table>{heard}')
