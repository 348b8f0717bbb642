"""Kokoro-82M: a natural voice, offline, in eight languages, in a process of its own. Real time on a busy core is not sure:
use it behind dialogue.cached_voice, which has the script said beforehand, and dialogue.fallback.FallbackVoice."""

from __future__ import annotations

import json
import re
from copy import copy

from assets.cache import cache_dir
from assets.parts import PARTS, folder_of
from avatar.speech import Speech
from dialogue.adapters.espeak import EspeakVoice
from dialogue.adapters.kokoro_model import PARTS_VARIABLE
from dialogue.adapters.worker_process import WorkerProcess, speech_from
from dialogue.cached_voice import CachedVoice
from dialogue.ports import VoiceError
from dialogue.speech_cache import SpeechCache

MODULE = "dialogue.adapters.kokoro_worker"
PART_NAMES = tuple(spec.name for spec in PARTS if spec.name.startswith("kokoro-"))
VERSION = "kokoro-82m-v1.0-int8 3"  # part of the key of kept clips; the last number counts changes of our own here
# A sentence of 10 s takes 2.5 s of a free core. A rehearsal may take its time on a machine that has none to spare: to end the
# process and load it again would cost more. Live, the chain of voices gives a clause three seconds.
LIMIT_S = 60.0
START_S = 90.0  # 92 MB are read and optimised: 3 s of a free core

# Kokoro's speaker and espeak's accent of each language.
VOICES: dict[str, tuple[str, str]] = {
    "en": ("af_heart", "en-us"), "es": ("ef_dora", "es-419"), "fr": ("ff_siwis", "fr"), "hi": ("hf_alpha", "hi"),
    "it": ("if_sara", "it"), "ja": ("jf_alpha", "ja"), "pt": ("pf_dora", "pt-br"), "zh": ("zf_xiaobei", ""),
}  # fmt: skip
# A man's voice of each language, for a second anchor. French has none of its own; the Spanish one speaks it clearly.
MEN = {"en": "am_michael", "es": "em_alex", "fr": "em_alex", "hi": "hm_omega", "it": "im_nicola", "ja": "jm_kumo",
       "pt": "pm_alex", "zh": "zm_yunjian"}
# First letter of a speaker's name.
SPEAKER_LETTERS = {"en": "ab", "es": "e", "fr": "f", "hi": "h", "it": "i", "ja": "j", "pt": "p", "zh": "z"}
_Word = tuple[str, tuple[str, ...] | None, str]  # as written; phones, None where the worker knows them; accent
_LATIN = re.compile(r"([A-Za-z][A-Za-z0-9.'&+-]*(?: [A-Za-z][A-Za-z0-9.'&+-]*)*)")


class KokoroVoice:
    """Phones come from espeak's rules and are aligned to the sound."""

    def __init__(self, phonemes: EspeakVoice | None = None, *, voices: dict[str, str] | None = None, speed: float = 1.0,
                 limit_s: float = LIMIT_S) -> None:
        """phonemes: the voice asked for phones, one of its own when None; voices: Kokoro's speaker by language, over VOICES;
        speed: 0.5..2."""
        self.name = "kokoro"
        self._speed = speed
        self._voices = {**{k: v for k, (v, _) in VOICES.items()}, **(voices or {})}
        self._phonemes = phonemes or EspeakVoice(name="espeak for kokoro")
        folders = {spec.name: str(folder_of(spec)) for spec in PARTS if spec.name in PART_NAMES}
        self._worker = WorkerProcess(self.name, MODULE, limit_s, {PARTS_VARIABLE: json.dumps(folders)}, START_S)

    @property
    def worker(self) -> WorkerProcess:
        """The process, for the supervisor's page."""
        return self._worker

    def as_speaker(self, base: str, speaker: str) -> KokoroVoice:
        """The same model, in the same process, with another speaker for a language; closing one closes both."""
        other = copy(self)
        other._voices = {**self._voices, base: speaker}
        return other

    @property
    def version(self) -> str:
        """What else than text and language decides the sound."""
        return f"{VERSION} {sorted(self._voices.items())} {self._speed}"

    async def speak(self, text: str, language: str) -> Speech:
        """See dialogue.ports.Voice. Takes a quarter of the sound's length on a free core that multiplies bytes (VNNI). A call
        that is cancelled ends within 80 ms, and with it the work."""
        base = language.split("-")[0].lower()
        if base not in self._voices:
            raise VoiceError(f"The {self.name} voice does not speak {language!r}; it speaks {', '.join(self._voices)}.")
        if not is_here():
            raise VoiceError(f"The {self.name} voice is not on this machine yet; `nightwindow prepare` fetches it.")
        speaker = self._voices[base]
        accent = "en" if base == "en" and speaker.startswith("b") else VOICES.get(base, ("", base))[1]
        if not any(c.isalnum() for c in text):
            raise VoiceError(f"The {self.name} voice has no sound for {text!r}.")
        words = await (self._read_there(text, accent) if base in ("zh", "ja") else self._words(text, language, accent))
        reply = await self._worker.ask({"words": words, "voice": speaker, "speed": self._speed})
        return speech_from(*reply, self.name)

    async def _words(self, text: str, language: str, accent: str) -> list[_Word]:
        return [(word, ipas, accent) for word, ipas in await self._phonemes.spoken_words(text, language, accent)]

    async def _read_there(self, text: str, accent: str) -> list[_Word]:
        """Chinese and Japanese are read by the worker; Latin words in them are read as English."""
        out: list[_Word] = []
        for part in _LATIN.split(text):
            if _LATIN.fullmatch(part):
                out += await self._words(part, "en", "en-us")
            elif part.strip():
                out.append((part, None, accent))
        return out

    async def close(self) -> None:
        """See dialogue.ports.Voice."""
        await self._worker.close()
        await self._phonemes.close()


def speaks(base: str, speaker: str) -> bool:
    """Whether a name is that of one of Kokoro's speakers of a language ("en")."""
    return len(speaker) > 3 and speaker[0] in SPEAKER_LETTERS.get(base, "") and speaker[1:3] in ("f_", "m_")


def kept_as(kept: CachedVoice, language: str, speaker: str) -> CachedVoice | None:
    """`kept_kokoro` as another speaker, in the same process and with the same memory; None for a voice that is not Kokoro's."""
    model = kept.itself
    if not isinstance(model, KokoroVoice):
        return None
    other = model.as_speaker(language.split("-")[0].lower(), speaker)
    return kept.with_voice(other, other.version)


def kept_kokoro(language: str = "en", speaker: str = "") -> CachedVoice:
    """The voice with its memory, as a show uses it. speaker: Kokoro's speaker for that language ("am_michael"); a name that
    is none of Kokoro's for it leaves the language's own."""
    base = language.split("-")[0].lower()
    voice = KokoroVoice(voices={base: speaker} if speaks(base, speaker) or speaker == MEN.get(base) else None)
    return CachedVoice(voice, SpeechCache(cache_dir("speech")), voice.version, present=is_here,
                       ready=lambda: voice.worker.ready)


def is_here() -> bool:
    """Whether every part has been fetched."""
    return all(folder_of(spec).is_dir() for spec in PARTS if spec.name in PART_NAMES)
