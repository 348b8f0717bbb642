"""Spoken clauses kept on disk, so that what was said once costs nothing the second time. May be deleted at any time."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from avatar.speech import RATE_HZ, Phone, Speech, Word

MAX_MB = 400.0  # about three hours of speech
ROOM = 0.1  # of the bound, made free at once: to look at 15,000 clips takes a quarter of a second of a core
LOOK_EVERY = 200  # clips: other processes fill the folder, too
_LAYOUT = 1  # of the files; another number and none of the old ones is found


def clip_key(text: str, language: str, voice: str, version: str) -> str:
    """The name of a clip: everything that decides its sound."""
    return hashlib.sha256(json.dumps([_LAYOUT, text, language, voice, version], ensure_ascii=False).encode()).hexdigest()[:40]


class SpeechCache:
    """A folder of FLAC files, each with its times in a JSON file beside it. The clips used longest ago go first.

    Several processes may share the folder; a damaged clip is removed and made again.
    """

    def __init__(self, folder: Path, max_mb: float = MAX_MB) -> None:
        """max_mb: the folder stays below it, but for LOOK_EVERY clips of each other process that fills it."""
        self._folder, self._max_bytes = Path(folder), int(max_mb * 1e6)
        self._room_bytes, self._unseen = 0, LOOK_EVERY  # what may still be put, and since how many clips nobody looked

    def has(self, key: str) -> bool:
        """Whether `get` will likely find it."""
        return self._times(key).exists()

    def get(self, key: str) -> Speech | None:
        """The clip, None when it is not there or damaged."""
        import soundfile

        try:
            times: dict[str, Any] = json.loads(self._times(key).read_text(encoding="utf-8"))
            pcm, rate_hz = soundfile.read(self._sound(key), dtype="int16")
            if rate_hz != RATE_HZ or len(pcm) != times["samples"]:
                raise ValueError("the sound is not the one that was kept")
            speech = Speech(pcm, tuple(Phone(*p) for p in times["phones"]), tuple(Word(*w) for w in times["words"]),
                            times["engine"], times["is_human"])
        except FileNotFoundError:
            return None
        except Exception:  # half a file, another program's file: as if it were not there
            self._remove(key)
            return None
        with suppress(OSError):
            os.utime(self._times(key))
        return speech

    def put(self, key: str, speech: Speech) -> None:
        """Keep a clip; silently not when the disk refuses: it is only a cache."""
        import soundfile

        times = {"samples": len(speech.pcm), "engine": speech.engine, "is_human": speech.is_human,
                 "phones": [[p.ipa, p.start_s, p.end_s] for p in speech.phones],
                 "words": [[w.text, w.start_s, w.end_s] for w in speech.words]}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            half = self._sound(key).with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
            soundfile.write(half, np.asarray(speech.pcm), RATE_HZ, format="FLAC", subtype="PCM_16")
            half.replace(self._sound(key))
            half.write_text(json.dumps(times, ensure_ascii=False), encoding="utf-8")
            size = self._sound(key).stat().st_size + half.stat().st_size
            half.replace(self._times(key))  # last: a clip without its times is not there
            self._room_bytes, self._unseen = self._room_bytes - size, self._unseen + 1
            if self._room_bytes < 0 or self._unseen >= LOOK_EVERY:
                self._make_room()
        except (OSError, RuntimeError):
            self._remove(key)

    def _make_room(self) -> None:
        sizes: dict[str, int] = {}
        used: dict[str, float] = {}
        for file in os.scandir(self._folder):  # no Path for each of 15,000: it keeps their names
            key, kind = os.path.splitext(file.name)
            with suppress(OSError):
                if kind in (".json", ".flac"):
                    sizes[key] = sizes.get(key, 0) + file.stat().st_size
                if kind == ".json":
                    used[key] = file.stat().st_mtime
        clips = [(at_s, key, sizes[key]) for key, at_s in used.items()]
        total = sum(size for _, _, size in clips)
        wanted = self._max_bytes if total <= self._max_bytes else self._max_bytes * (1 - ROOM)
        for _, key, size in sorted(clips):
            if total <= wanted:
                break
            self._remove(key)
            total -= size
        self._room_bytes, self._unseen = self._max_bytes - total, 0

    def _remove(self, key: str) -> None:
        for path in (self._times(key), self._sound(key)):
            with suppress(OSError):
                path.unlink()

    def _times(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _sound(self, key: str) -> Path:
        return self._folder / f"{key}.flac"
