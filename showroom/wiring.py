"""Which adapter stands behind each port, by the name in show.toml: one typed table. "module:Class" is a user's own."""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from assets.findings import AuthoringError
from assets.market import Market
from assets.parts import PARTS, PartError
from avatar.speech import Utterance
from dialogue.adapters import kokoro
from dialogue.adapters.edge import EdgeVoice
from dialogue.adapters.espeak import EspeakVoice
from dialogue.adapters.google_token import GoogleToken
from dialogue.adapters.kokoro import kept_kokoro
from dialogue.adapters.openai_chat import ChatWriter
from dialogue.adapters.openai_voice import OpenAIVoice
from dialogue.adapters.recorded import RecordedVoice, load_recordings
from dialogue.adapters.twitch_chat import TwitchChat
from dialogue.adapters.youtube_chat import YouTubeChat
from dialogue.cached_voice import IN_TIME_S, CachedVoice
from dialogue.chat.line import ChatFeed
from dialogue.citing import Cited
from dialogue.house_voice import FILE as HOUSE_FILE
from dialogue.house_voice import HouseVoice, load_house_voice
from dialogue.phrasing import Phraser
from dialogue.policy import Policy
from dialogue.ports import Voice
from dialogue.sayings import Sayings, load_sayings
from dialogue.translating import Translator
from dialogue.wording import base_of
from showroom.config import ConfigError, ShowConfig
from showroom.content import Content
from showroom.parts import fetch
from showroom.rundown import Cursor
from showroom.second_captions import SecondCaptions
from showroom.speakers import AUTO, edge_speaker, espeak_style

NEURAL_CORES = 2  # below, the studio and a neural voice would starve each other
LOCAL_FLOOR = ("espeak", "pyttsx3")  # chosen for a small machine: no second model is loaded beside them
AT_ONCE = 3  # downloads; more do not make a usual line quicker
MIN_SECRET = 16  # characters of a secret that is worth the name
VOICES: dict[str, str] = {
    "espeak": "dialogue.adapters.espeak:EspeakVoice",
    "pyttsx3": "dialogue.adapters.pyttsx3_voice:Pyttsx3Voice",
    "edge": "dialogue.adapters.edge:EdgeVoice",
    "kokoro": "dialogue.adapters.kokoro:kept_kokoro",
}


def make_voice(name: str, config: ShowConfig, market: Market | None = None) -> Voice:
    """The voice of that name; a voice with several speakers speaks as the one that the market names.
    Raises ConfigError with one sentence when there is none."""
    if name == "openai":
        given = config.voice
        if not given.url.startswith(("http://", "https://")):
            raise ConfigError([f"voice.url = {given.url!r}: give the address of the server up to /v1, with http:// or https://"])
        speaker = house_of(config).speaker or given.speaker
        return OpenAIVoice(given.url, given.model, speaker, os.environ.get("NIGHTWINDOW_VOICE_KEY", ""))
    speaker = house_of(config).speaker
    if name == "kokoro" and market is not None:
        return kept_kokoro(market.language, speaker or own_speaker(config, market))
    if name == "espeak":
        return EspeakVoice(espeak_style(speaker, is_man(config.show.avatar)))
    if name == "edge" and market is not None and (own := edge_speaker(speaker, base_of(market.language))):
        return EdgeVoice(voices={base_of(market.language): own})
    return _make(VOICES, name, "voice.engine")  # type: ignore[no-any-return]


def is_man(presenter: str) -> bool:
    """Whether a presenter of ours has a man's voice, as show.toml names them; of a file of the seller's own nobody knows."""
    return presenter == "adam"


def own_speaker(config: ShowConfig, market: Market) -> str:
    """Kokoro's speaker without voice.toml: the market's; a man's where Adam is the anchor and the market has just the usual
    one of its language."""
    base = base_of(market.language)
    usual = base in kokoro.VOICES and market.voice in ("", kokoro.VOICES[base][0])
    return kokoro.MEN[base] if usual and is_man(config.show.avatar) else market.voice


def voices_of(config: ShowConfig, market: Market) -> list[Voice]:
    """The chosen voice and those that speak when it fails: the local neural one where it is on this machine, espeak.
    Raises ConfigError."""
    names = [engine_of(config, market.language)]
    if kokoro.is_here() and base_of(market.language) in kokoro.VOICES and names[0] not in LOCAL_FLOOR:
        names.append("kokoro")
    return [make_voice(name, config, market) for name in dict.fromkeys((*names, "espeak"))]


def recorded_of(config: ShowConfig, language: str) -> list[Voice]:
    """The voice of the seller's own recordings; none when the show has no table. Raises ConfigError with all mistakes."""
    if config.voice.recordings is None:
        return []
    path = config.path(config.voice.recordings)
    try:
        return [RecordedVoice(load_recordings(path, language), sayings_of(config))]
    except AuthoringError as error:
        raise ConfigError(str(error).splitlines()) from None
    except OSError as error:
        raise ConfigError([f"voice.recordings = {str(config.voice.recordings)!r}: cannot be read ({error.strerror})"]) from None


def house_of(config: ShowConfig) -> HouseVoice:
    """How the house sounds, where there is a voice.toml beside show.toml. Raises ConfigError with all mistakes."""
    path = config.folder / HOUSE_FILE
    if not path.is_file():
        return HouseVoice()
    try:
        house = load_house_voice(path)
    except AuthoringError as error:
        raise ConfigError(str(error).splitlines()) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read ({error.strerror})"]) from None
    if house.engine and house.engine not in (AUTO, "openai", *VOICES) and ":" not in house.engine:
        raise ConfigError([f"{path}: engine = {house.engine!r}: known are {AUTO}, {', '.join(VOICES)}, openai, or "
                           "'module:Class' of your own"])
    return house


def engine_of(config: ShowConfig, language: str) -> str:
    """The chosen voice: voice.toml's, else show.toml's; AUTO is decided by language (BCP 47) and machine.
    Raises ConfigError."""
    chosen = house_of(config).engine or config.voice.engine
    if chosen != AUTO:
        return chosen
    return "kokoro" if base_of(language) in kokoro.VOICES and len(os.sched_getaffinity(0)) >= NEURAL_CORES else "espeak"


def key_missing(config: ShowConfig, language: str) -> list[str]:
    """A sentence where the chosen voice is OpenAI's own and there is no key for it: every clause would be another voice's."""
    hosted = engine_of(config, language) == "openai" and urlsplit(config.voice.url).hostname == "api.openai.com"
    if not hosted or os.environ.get("NIGHTWINDOW_VOICE_KEY"):
        return []
    return ["没有设置 NIGHTWINDOW_VOICE_KEY：api.openai.com 会拒绝请求，将由下一个声音说话。" if language.startswith("zh") else
            "NIGHTWINDOW_VOICE_KEY is not set: api.openai.com will refuse, and the next voice will speak."]


def sayings_of(config: ShowConfig) -> Sayings:
    """The seller's sayings, none when the show has no file. Raises ConfigError with all mistakes."""
    if config.voice.sayings is None:
        return Sayings()
    path = config.path(config.voice.sayings)
    try:
        return load_sayings(path)
    except AuthoringError as error:
        raise ConfigError(str(error).splitlines()) from None
    except OSError as error:
        raise ConfigError([f"voice.sayings = {str(config.voice.sayings)!r}: cannot be read ({error.strerror})"]) from None


def keeper_of(voice: Voice) -> CachedVoice | None:
    """The voice, where it keeps what it said; from here on it is on air and says nothing that would come too late."""
    if not isinstance(voice, CachedVoice):
        return None
    voice.in_time_s = IN_TIME_S
    return voice


def voice_ready(name: str, progress: Callable[[float, str], None]) -> str:
    """Fetch the parts of a voice that are not here yet; "" or a sentence why it will not speak (the next voice will)."""
    wanted = [spec for spec in PARTS if spec.name.startswith(f"{name}-")]
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda spec: fetch(spec, progress), wanted))
    except PartError as error:
        return f"The voice {name!r} is not ready: {error}."
    return ""


def ready_engine(config: ShowConfig, language: str, progress: Callable[[float, str], None]) -> tuple[str, str]:
    """The chosen voice, its parts fetched, and "" or why they can't be had; espeak then, where nobody asked for that voice by
    name. Raises ConfigError."""
    engine = engine_of(config, language)
    why = voice_ready(engine, progress)
    by_name = (house_of(config).engine or config.voice.engine) != AUTO
    return (engine, why) if by_name or not why else ("espeak", f"{why} espeak speaks.")


def make_chats(config: ShowConfig) -> list[ChatFeed]:
    """Readers of the chats that show.toml names; secrets from the environment. Raises ConfigError with all mistakes."""
    feeds: list[ChatFeed] = []
    mistakes = []
    chat, key = config.chat, os.environ.get("NIGHTWINDOW_YOUTUBE_KEY", "")
    if chat.youtube and not key:
        mistakes.append("chat.youtube needs an API key of the YouTube Data API v3 in NIGHTWINDOW_YOUTUBE_KEY")
    elif chat.youtube:
        feeds.append(YouTubeChat(chat.youtube, key, poll_s=chat.youtube_poll_s,
                                 token=os.environ.get("NIGHTWINDOW_YOUTUBE_TOKEN", ""),
                                 renewal=GoogleToken.from_environment()))
    if chat.twitch:
        try:
            feeds.append(TwitchChat(chat.twitch, os.environ.get("NIGHTWINDOW_TWITCH_TOKEN", ""), user=chat.twitch_user))
        except ValueError as error:
            mistakes.append(f"chat.twitch = {chat.twitch!r}: {error}")
    if chat.webhook and len(chat_secret()) < MIN_SECRET:
        mistakes.append(f"chat.webhook needs a secret of {MIN_SECRET} characters or more in NIGHTWINDOW_CHAT_SECRET")
    if mistakes:
        raise ConfigError(mistakes)
    return feeds


def make_phraser(config: ShowConfig, content: Content, cited: Cited, policy: Policy,
                 timeout_s: float | None = None) -> Phraser | None:
    """What rewords spoken answers, where show.toml names a language model. timeout_s: of a sentence, None for show.toml's."""
    if not config.llm.base_url:
        return None
    writer = ChatWriter(config.llm.base_url, config.llm.model, os.environ.get("NIGHTWINDOW_LLM_KEY", ""))

    def allowed(utterance: Utterance) -> bool:
        verdict = policy.check(utterance)
        return verdict.allowed and not verdict.rewritten

    return Phraser(writer, cited, lambda: [n for p in content.products.values() for n in p.names.values()], allowed,
                   timeout_s or config.llm.timeout_s)


def lacks_model(config: ShowConfig) -> list[str]:
    """What is missing for the second line of captions."""
    if not config.captions.second or config.llm.base_url:
        return []
    return [f"captions.second = {config.captions.second!r} needs a language model: give base_url in [llm]"]


def make_captions(config: ShowConfig, market: Market, policy: Policy, cursor: Cursor,
                  alarm: Callable[[str], None]) -> SecondCaptions:
    """The second line of captions, where show.toml asks for one. Raises ConfigError without a language model."""
    second, translator = config.captions.second, None
    if lack := lacks_model(config):
        raise ConfigError(lack)
    if second and second != base_of(market.language):
        writer = ChatWriter(config.llm.base_url, config.llm.model, os.environ.get("NIGHTWINDOW_LLM_KEY", ""))

        def allowed(utterance: Utterance) -> bool:
            verdict = policy.check(utterance)
            return verdict.allowed and not verdict.rewritten

        translator = Translator(writer, allowed)
    return SecondCaptions(translator, cursor, market.language, second, asyncio.sleep, alarm)


def chat_secret() -> str:
    """What senders of chat lines sign with; "" for none."""
    return os.environ.get("NIGHTWINDOW_CHAT_SECRET", "")


def _make(table: dict[str, str], name: str, key: str) -> Any:
    target = table.get(name, name)
    module, _, attribute = target.partition(":")
    if not attribute:
        raise ConfigError([f"{key} = {name!r}: known are {AUTO}, {', '.join(table)}, openai, or 'module:Class' of your own"])
    try:
        return getattr(importlib.import_module(module), attribute)()
    except (ImportError, AttributeError) as error:
        raise ConfigError([f"{key} = {name!r}: cannot be loaded ({error})"]) from None
