"""`nightwindow voices`: the same sentences by every voice of a language, side by side on one page, with what each costs."""

from __future__ import annotations

import asyncio
import base64
import html
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from assets.market import Market
from avatar.speech import RATE_HZ, Speech
from dialogue.adapters import edge, kokoro
from dialogue.adapters.espeak import EspeakVoice
from dialogue.adapters.pyttsx3_voice import Pyttsx3Voice
from dialogue.clauses import word_count
from dialogue.delivery import Part, shaped
from dialogue.house_voice import HouseVoice
from dialogue.polish import loudness_lufs
from dialogue.ports import Voice, VoiceError
from dialogue.spoken import spoken_text
from dialogue.wording import base_of
from showroom.config import ConfigError, ShowConfig
from showroom.own_voices import anchors, chosen_name, over_music, section
from showroom.page_words import chinese
from showroom.speakers import ESPEAK, espeak_style, is_mans_name, kokoro_speakers
from showroom.wiring import VOICES, engine_of, house_of, make_voice

SENTENCES: dict[str, tuple[str, str]] = {
    "en": ("This lamp costs $79.90, it is 46 cm tall and weighs 1.2 kg.", "Ask me anything in the chat, I read it all."),
    "zh": ("这盏台灯只要 79.9 元，高 46 厘米，重 1.2 公斤。", "有问题请发在聊天里，我每一条都会看。"),
    "ja": ("このランプは7,990円で、高さは46cm、重さは1.2kgです。", "チャットでなんでも聞いてください。"),
    "es": ("Esta lámpara cuesta 79,90 €, mide 46 cm y pesa 1,2 kg.", "Pregúntame lo que quieras en el chat."),
    "fr": ("Cette lampe coûte 79,90 €, mesure 46 cm et pèse 1,2 kg.", "Posez-moi vos questions dans le chat."),
    "de": ("Diese Lampe kostet 79,90 €, ist 46 cm hoch und wiegt 1,2 kg.", "Fragt mich im Chat, ich lese jede Frage."),
    "pt": ("Este abajur custa R$ 79,90, tem 46 cm e pesa 1,2 kg.", "Pergunte o que quiser no chat."),
    "it": ("Questa lampada costa 79,90 €, è alta 46 cm e pesa 1,2 kg.", "Chiedetemi quello che volete in chat."),
    "hi": ("यह लैंप ₹799 का है, 46 cm ऊँचा और 1.2 kg का है।", "चैट में कुछ भी पूछिए।"),
    "ar": ("سعر هذا المصباح 79 دولارا وارتفاعه 46 سم.", "اسألوني أي شيء في الدردشة."),
    "ru": ("Эта лампа стоит 799 ₽, её высота 46 см, а вес 1,2 кг.", "Спрашивайте в чате, я читаю каждый вопрос."),
    "id": ("Lampu ini Rp799.000, tingginya 46 cm dan beratnya 1,2 kg.", "Tanyakan apa saja di obrolan."),
    "th": ("โคมไฟนี้ราคา 799 บาท สูง 46 cm หนัก 1.2 kg", "ถามได้ทุกเรื่องในแชตนะคะ"),
    "vi": ("Chiếc đèn này giá 799.000₫, cao 46 cm và nặng 1,2 kg.", "Hãy hỏi tôi bất cứ điều gì trong khung chat."),
}
START_S = 15.0  # nobody waits here
_STYLE = """
pre{font:12px/1.4 ui-monospace,monospace;margin:.2rem 0;color:#35506f}.moods audio{width:12rem}h2{margin-top:2rem}
body{font:16px/1.5 system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif;max-width:66rem;margin:2rem auto;padding:0 1rem;
color:#1b2030}table{border-collapse:collapse;width:100%}td,th{border-top:1px solid #d5d9e2;padding:.5rem .6rem;
text-align:left;vertical-align:top}audio{width:15rem;display:block}small,.zh{color:#5a6275}.now{background:#eef5ff}
.bad{color:#a11}td.n{font-variant-numeric:tabular-nums;white-space:nowrap}
"""
_HEADS = (("Voice", "声音"), ("Sentences", "例句"), ("Loudness", "响度"), ("Pace", "语速"),
          ("Work per second of sound", "每秒声音的计算时间"), ("First time", "首次"))


@dataclass(frozen=True, slots=True)
class Sample:
    """One voice. speeches: of the sentences, in order; work_s: for the sentences; start_s: for the first word, its process
    included; why: it does not speak, "" when it does; now: the one that the show has chosen."""

    name: str
    speeches: tuple[Speech, ...]
    work_s: float
    start_s: float
    why: str = ""
    now: bool = False

    @property
    def sound_s(self) -> float:
        """Length of the sentences."""
        return sum(s.duration_s for s in self.speeches)


def voices_of_language(config: ShowConfig, market: Market, language: str,
                       network: bool) -> Iterator[tuple[str, Callable[[], Voice]]]:
    """Name and maker of each voice that may speak a language here; the show's own first. network: also those that send
    the sentences to others."""
    found = list(_voices(config, market, language, network))
    now = chosen_name(config, market, language)
    yield from sorted(found, key=lambda one: one[0] != now)


def _voices(config: ShowConfig, market: Market, language: str, network: bool) -> Iterator[tuple[str, Callable[[], Voice]]]:
    base, chosen = base_of(language), engine_of(config, language)
    remote = chosen in ("openai", "edge")
    if (remote and network) or (not remote and chosen not in VOICES):
        yield chosen, lambda: make_voice(chosen, config, market)
    if base in kokoro.VOICES:
        model = kokoro.KokoroVoice()
        names = kokoro_speakers(base)
        for speaker in [*names, *({kokoro.MEN[base]} - set(names) if names else ())]:
            yield f"kokoro {speaker}", partial(model.as_speaker, base, speaker)
    espeak = EspeakVoice(limit_s=START_S)
    for variant in ESPEAK:
        yield f"espeak {variant}", partial(espeak.in_style, espeak_style(variant, man=False))
    yield "pyttsx3", partial(Pyttsx3Voice, limit_s=START_S)
    if network and chosen != "edge":
        for speaker in (edge.VOICES[base], edge.MEN[base]):
            yield f"edge {speaker}", partial(edge.EdgeVoice, voices={base: speaker})


async def _all(makers: list[tuple[str, Callable[[], Voice]]], texts: tuple[str, ...], language: str, house: HouseVoice,
               chosen: str, progress: Callable[[float, str], None]) -> list[Sample]:
    samples: list[Sample] = []
    voices: list[Voice] = []
    try:
        for i, (name, make) in enumerate(makers):
            progress(i / len(makers), name)
            voices.append(make())
            samples.append(await sampled(name, voices[-1], texts, language, house, name == chosen))
    finally:
        for voice in voices:
            await voice.close()
    return samples


async def sampled(name: str, voice: Voice, texts: tuple[str, ...], language: str, house: HouseVoice,
                  now: bool) -> Sample:
    """What a voice makes of the sentences, as the house has it said."""
    speeches: list[Speech] = []
    try:
        start = time.monotonic()
        await voice.speak(spoken_text(texts[0], language), language)
        started = time.monotonic()
        for text in texts:
            said = await voice.speak(spoken_text(text, language), language)
            speeches.append(shaped(replace(said, words=()), Part(text), house.manner_of("warm")))
        return Sample(name, tuple(speeches), time.monotonic() - started, started - start, "", now)
    except VoiceError as error:
        return Sample(name, (), 0.0, 0.0, str(error), now)
    except Exception as error:  # a voice of the seller's own
        return Sample(name, (), 0.0, 0.0, f"{type(error).__name__}: {error}", now)


def page(samples: list[Sample], texts: tuple[str, ...], language: str, own: str = "", left_out: int = 0) -> str:
    """The page, English and Chinese, nothing to load. own: of the show itself; left_out: voices that are not on it."""
    heads = "".join(f'<th>{en}<br><span class="zh">{zh}</span></th>' for en, zh in _HEADS)
    said = "".join(f"<li>{html.escape(text)} <small>→ {html.escape(spoken_text(text, language))}</small></li>"
                   for text in texts)
    rows = "".join(_row(sample, texts) for sample in samples)
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Voices · 声音试听 ({language})</title>'
            f"<style>{_STYLE}</style><h1>Voices side by side · 声音并列试听 ({html.escape(language)})</h1>"
            "<p>The same sentences by every voice that speaks here, as the show would sound. "
            'The shaded one is chosen.<br><span class="zh">每种可用的声音读相同的句子，效果与直播一致。'
            "底色标出的是当前选用的声音。</span></p>"
            f"{_left_out(left_out)}{own}<h2>All voices · 全部声音</h2>"
            f"<ol>{said}</ol><table><tr>{heads}</tr>{rows}</table>"
            "<p><small>Loudness: ITU-R BS.1770, −16 LUFS wanted. Work: below 1 is faster than speech; measured on this "
            "machine as it is now.<br>响度：ITU-R BS.1770，目标 −16 LUFS。"
            "计算时间小于 1 即快于说话，为本机此刻实测。</small></p></html>")


def _left_out(count: int) -> str:
    return (f'<p class="bad">{count} more voices are not on this page; --most shows them.<br>'
            f'<span class="zh">还有 {count} 种声音未列出；用 --most 显示。</span></p>') if count else ""


def how_to_choose(name: str) -> str:
    """What voice.toml needs for a voice of the page."""
    engine, _, speaker = name.partition(" ")
    return f'engine = "{engine}"' + (f'\nspeaker = "{speaker}"' if speaker else "")


def _who(name: str) -> str:
    """Woman or man, and where from, as far as the name says; in both languages."""
    engine, _, speaker = name.partition(" ")
    if engine == "edge":
        return html.escape("-".join(speaker.split("-")[:2]))
    man = is_mans_name(speaker)
    if not speaker or not (man or speaker[0] == "f" or speaker[1:3] == "f_"):
        return ""
    accent = {"a": "US · 美式", "b": "UK · 英式"}.get(speaker[0], "") if engine == "kokoro" else ""
    return f'{"man · 男" if man else "woman · 女"}{" · " if accent else ""}{accent}'


def _row(sample: Sample, texts: tuple[str, ...]) -> str:
    shade = ' class="now"' if sample.now else ""
    name = (f"<td><b>{html.escape(sample.name)}</b> <small>{_who(sample.name)}</small>"
            f"<pre>{html.escape(how_to_choose(sample.name))}</pre></td>")
    if sample.why:
        return f'<tr{shade}>{name}<td colspan="5" class="bad">{html.escape(sample.why)}{_in_chinese(sample.why)}</td></tr>'
    players = "".join(player_of(s.pcm) for s in sample.speeches)
    sound = np.concatenate([s.pcm for s in sample.speeches]) / 32768.0
    words = sum(word_count(text) for text in texts)
    return (f"<tr{shade}>{name}<td>{players}</td><td class=n>{loudness_lufs(sound):.1f} LUFS</td>"
            f"<td class=n>{60 * words / sample.sound_s:.0f} words/min</td>"
            f"<td class=n>{sample.work_s / sample.sound_s:.3f} s</td><td class=n>{sample.start_s:.1f} s</td></tr>")


def _in_chinese(sentence: str) -> str:
    zh = chinese(sentence)
    return f'<br><span class="zh">{html.escape(zh)}</span>' if zh and zh != sentence else ""


def player_of(pcm: NDArray[np.int16]) -> str:
    """HTML that plays (n,) int16 at 48 kHz, the sound inside."""
    file = io.BytesIO()
    soundfile.write(file, pcm, RATE_HZ, format="MP3", subtype="MPEG_LAYER_III")
    return f'<audio controls preload="none" src="data:audio/mpeg;base64,{base64.b64encode(file.getvalue()).decode()}"></audio>'


def _own(config: ShowConfig, market: Market, text: str) -> str:
    """The part of the page about the show itself."""
    found = asyncio.run(anchors(config, market, text))
    heard = next((a.moods[2][0] for a in found if a.moods), None)
    music = over_music(config, heard) if heard is not None else (None, "", "")
    player = player_of(music[0]) if music[0] is not None else ""
    sounds = [[player_of(speech.pcm) for speech, _ in anchor.moods] for anchor in found]
    return section(found, music, player, sounds)


def voices_command(config: ShowConfig, market: Market, language: str, out: Path, texts: tuple[str, ...], network: bool,
                   most: int, progress: Callable[[float, str], None]) -> dict[str, Any]:
    """`nightwindow voices`. market: the show's; language: of the page."""
    base = base_of(language)
    if base not in SENTENCES:
        line = f"--language {language}: no voice here speaks it; choose one of {', '.join(SENTENCES)}."
        return {"code": 2, "lines": [line], "errors": [line]}
    mute = [f"--say {t!r}: nothing in it can be said." for t in texts if not spoken_text(t, language)]
    if not out.resolve().parent.is_dir():  # known before, not after minutes of voices
        mute.append(f"-o {out}: there is no folder {out.resolve().parent}.")
    if mute:
        return {"code": 2, "lines": mute, "errors": mute}
    said = texts or SENTENCES[base]
    try:
        house, chosen = house_of(config), chosen_name(config, market, language)
        makers = list(voices_of_language(config, market, language, network))
        make_voice(engine_of(config, market.language), config, market)
    except ConfigError as error:
        return {"code": 2, "lines": [str(error)], "errors": [str(error)]}
    left_out = max(0, len(makers) - most)
    samples = asyncio.run(_all(makers[:most], said, language, house, chosen, progress))
    own = _own(config, market, said[0]) if base == base_of(market.language) and _is_private(config, market, network) else ""
    try:
        out.write_text(page(samples, said, language, own, left_out), encoding="utf-8")
    except OSError as error:
        line = f"-o {out}: cannot be written ({error.strerror})."
        return {"code": 2, "lines": [line], "errors": [line]}
    progress(1.0, "done")
    rows = [{"voice": s.name, "why": s.why} if s.why else
            {"voice": s.name, "sound_s": round(s.sound_s, 2), "work_ratio": round(s.work_s / s.sound_s, 3),
             "start_s": round(s.start_s, 2),
             "lufs": round(loudness_lufs(np.concatenate([p.pcm for p in s.speeches]) / 32768.0), 1)} for s in samples]
    written = f"{out}: {len(samples)} voice{'s' * (len(samples) != 1)}"
    lines = [written + (f", {left_out} left out (--most)" if left_out else "")]
    return {"code": 0, "lines": lines, "voices": rows}


def _is_private(config: ShowConfig, market: Market, network: bool) -> bool:
    """Whether hearing the show's own voices sends nothing to others, or may."""
    house = house_of(config)
    engines = {engine_of(config, market.language), *(guest.engine for guest in house.guests.values())}
    return network or not engines & {"openai", "edge"}
