"""espeak-ng through ctypes. Only ever loaded in a worker process: it is GPL, and one process holds one of it."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 22_050  # of every espeak voice
WORD, END, PHONEME = 1, 5, 7  # espeak_EVENT_TYPE in speak_lib.h
_SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT: espeak_Synth returns when the last callback did
_PHONEME_EVENTS, _IPA = 1, 2  # options of espeak_Initialize
_NAMED = 0x100  # espeakPHONEMES
_UTF8, _CHARACTER = 1, 1  # flags and position_type of espeak_Synth
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4  # espeak_PARAMETER
_IPA_MODE = 0x02  # of espeak_TextToPhonemes
_SEPARATOR = "_"  # between phonemes there


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Id),
    ]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class Event:
    """type: WORD, END or PHONEME; position: of the first character, from 0; sample: at RATE_HZ; ipa: of a PHONEME."""

    type: int
    position: int
    sample: int
    ipa: str = ""


@dataclass(frozen=True, slots=True)
class Tone:
    """How to speak. voice: espeak voice with variant ("en-us+f2"); rate_wpm: words a minute, 80..450;
    pitch, pitch_range: 0..100, 50 is the voice's own."""

    voice: str
    rate_wpm: int = 165
    pitch: int = 50
    pitch_range: int = 55


@dataclass(slots=True)
class _Take:
    sound: list[NDArray] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class EspeakLibrary:
    """The library, initialised. One per process."""

    def __init__(self) -> None:
        import espeakng_loader

        os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()  # without it the library calls exit()
        self._lib = ctypes.CDLL(espeakng_loader.get_library_path(), ctypes.RTLD_GLOBAL)
        self._lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        rate = self._lib.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS | _IPA)
        if rate != RATE_HZ:
            raise RuntimeError(f"espeak-ng did not start (code {rate})")
        self._take, self._given_up = _Take(), False
        self._callback = _CALLBACK(self._on_samples)  # kept: ctypes would free it
        self._lib.espeak_SetSynthCallback(self._callback)
        self._voice = ""

    def synthesise(self, text: str, tone: Tone, named: bool = False) -> tuple[NDArray, list[Event]]:
        """(n,) int16 at RATE_HZ and the events in order of time. named: text in [[ ]] is phonemes by espeak's names.
        Raises ValueError for a voice that is not there, RuntimeError when it was cancelled."""
        self._use(tone)
        self._take, self._given_up = _Take(), False
        take = self._take
        data = text.encode()
        code = self._lib.espeak_Synth(data, len(data) + 1, 0, _CHARACTER, 0, _UTF8 | (_NAMED if named else 0), None, None)
        if self._given_up:
            raise RuntimeError("given up")
        if code:
            raise RuntimeError(f"espeak-ng could not speak (code {code})")
        sound = np.concatenate(take.sound) if take.sound else np.zeros(0, np.int16)
        return sound, sorted(take.events, key=lambda event: event.sample)

    def cancel(self) -> None:
        """From another thread: what is being said ends with the next 60 ms of sound, which take a fraction of a millisecond."""
        self._given_up = True

    def phonemes(self, text: str, tone: Tone) -> list[list[str]]:
        """IPA phonemes of each word of `text`, without sound."""
        self._use(tone)
        data = ctypes.create_string_buffer(text.encode() + b"\0")
        pointer = ctypes.c_void_p(ctypes.addressof(data))
        clauses = []
        while pointer.value:
            part = self._lib.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, _IPA_MODE | ord(_SEPARATOR) << 8)
            clauses.append((part or b"").decode("utf-8", "replace"))
        return [[p for p in word.split(_SEPARATOR) if p] for word in " ".join(clauses).split()]

    def _use(self, tone: Tone) -> None:
        if tone.voice != self._voice:
            if self._lib.espeak_SetVoiceByName(tone.voice.encode()):
                raise ValueError(f"espeak-ng has no voice {tone.voice!r}")
            self._voice = tone.voice
        settings = ((_RATE, tone.rate_wpm), (_PITCH, tone.pitch), (_RANGE, tone.pitch_range), (_VOLUME, 90))
        for parameter, value in settings:
            self._lib.espeak_SetParameter(parameter, value, 0)

    def _on_samples(self, wave: object, count: int, events: object) -> int:
        if wave and count > 0:
            self._take.sound.append(np.ctypeslib.as_array(wave, (count,)).copy())  # type: ignore[call-overload]
        index = 0
        while events[index].type:  # type: ignore[index]
            event = events[index]  # type: ignore[index]
            if event.type in (WORD, END, PHONEME):
                raw = ctypes.string_at(ctypes.addressof(event.id), 8).split(b"\0")[0] if event.type == PHONEME else b""
                self._take.events.append(
                    Event(event.type, max(event.text_position - 1, 0), event.sample, raw.decode("utf-8", "ignore"))
                )
            index += 1
        return int(self._given_up)
