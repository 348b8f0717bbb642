"""Which adapter stands behind each port, by the name in show.toml: one typed table. "module:Class" is a user's own."""

from __future__ import annotations

import importlib
from typing import Any

from dialogue.ports import Voice
from showroom.config import ConfigError

VOICES: dict[str, str] = {
    "espeak": "dialogue.adapters.espeak:EspeakVoice",
    "pyttsx3": "dialogue.adapters.pyttsx3_voice:Pyttsx3Voice",
    "edge": "dialogue.adapters.edge:EdgeVoice",
}


def make_voice(name: str) -> Voice:
    """The voice of that name. Raises ConfigError with one sentence when there is none."""
    return _make(VOICES, name, "voice.engine")


def _make(table: dict[str, str], name: str, key: str) -> Any:
    target = table.get(name, name)
    module, _, attribute = target.partition(":")
    if not attribute:
        raise ConfigError([f"{key} = {name!r}: known are {', '.join(table)}, or 'module:Class' of your own"])
    try:
        return getattr(importlib.import_module(module), attribute)()
    except (ImportError, AttributeError) as error:
        raise ConfigError([f"{key} = {name!r}: cannot be loaded ({error})"]) from None
