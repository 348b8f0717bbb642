"""The music bed of a show: a file with its licence beside it becomes a loop at the right loudness, kept in the cache."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from assets.cache import cache_dir
from dialogue.contradictions import Finding
from dialogue.polish import loudness_lufs, sounding
from render.clock import RATE_HZ
from render.messages import BedSettings
from showroom.config import ShowConfig

SHORTEST_S, LONGEST_S = 8.0, 600.0  # a shorter loop gets on one's nerves; a longer one is 60 MB in the studio
SEAM_S = 2.0  # of the end, blended into the beginning
PEAK = 0.316  # -10 dBFS: with -12 dB under speech of -1 dBFS nothing is cut off
_LAYOUT = 1  # of the kept loop
_UNKNOWN = frozenset(("unknown", "none", "n/a", "na", "todo", "tbd", "?", "-"))
_NOT_FOR_SHOPS = re.compile(r"\bnc\b|non-?commercial|\bnd\b|no-?deriv", re.IGNORECASE)


class BedRefused(Exception):
    """The music is not played. finding: why, in English and Chinese."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.en)
        self.finding = finding


def licence_file(music: Path) -> Path:
    """"evening.flac" has its licence in "evening.licence.toml"."""
    return music.with_suffix(".licence.toml")


def checked_bed(config: ShowConfig) -> Path | None:
    """The show's music, None when it has none. Raises BedRefused for a file that may not be played or cannot be."""
    if config.sound.bed is None:
        return None
    path = config.path(config.sound.bed)
    if not path.is_file():
        raise _refused(path, "there is no such file", "文件不存在")
    _check_licence(path)
    try:
        info = soundfile.info(str(path))
    except (soundfile.SoundFileError, RuntimeError, OSError):
        raise _refused(path, "it is no sound that can be read; WAV, FLAC, OGG and MP3 can",
                       "不是可读取的声音文件；支持 WAV、FLAC、OGG、MP3") from None
    if not SHORTEST_S <= info.duration <= LONGEST_S:
        raise _refused(path, f"it lasts {info.duration:.1f} s; {SHORTEST_S:.0f} to {LONGEST_S:.0f} s are wanted",
                       f"时长 {info.duration:.1f} 秒；应为 {SHORTEST_S:.0f} 至 {LONGEST_S:.0f} 秒")
    return path


def bed_findings(config: ShowConfig) -> list[Finding]:
    """For `nightwindow check`: why the music would not be played."""
    try:
        checked_bed(config)
    except BedRefused as refused:
        return [refused.finding]
    return []


def prepared_bed(config: ShowConfig) -> BedSettings | None:
    """The loop for the studio, made when it is not in the cache: some 20 ms a second of music. Raises BedRefused."""
    path = checked_bed(config)
    if path is None:
        return None
    lufs = config.sound.bed_lufs
    kept = cache_dir("beds") / f"{hashlib.sha256(path.read_bytes() + f'{_LAYOUT} {lufs}'.encode()).hexdigest()[:32]}.npy"
    if not kept.exists():
        try:
            sound, rate_hz = soundfile.read(str(path), dtype="float64", always_2d=True)
        except (soundfile.SoundFileError, RuntimeError, OSError):
            raise _refused(path, "it breaks off when it is read", "读取时中断") from None
        loop = looped(sound.mean(axis=1), int(rate_hz), lufs)
        if not loop.any():
            raise _refused(path, "it is silent", "没有声音")
        half = kept.with_suffix(".part.npy")
        np.save(half, loop)
        half.replace(kept)
    return BedSettings(kept, config.sound.duck_db)


def music_bed(config: ShowConfig, alarm: Callable[[str], None]) -> BedSettings | None:
    """For a show on air: music that may not be played is left out, and the operator is told why."""
    try:
        return prepared_bed(config)
    except BedRefused as refused:
        alarm(f"no music: {refused.finding.en}")
    except OSError as error:
        alarm(f"no music: its loop cannot be kept ({error.strerror}).")
    return None


def looped(sound: NDArray, rate_hz: int, lufs: float) -> NDArray[np.int16]:
    """(m,) int16 at 48 kHz and `lufs` from (n,) float -1..1: its end is blended into its beginning, so that it repeats
    without a seam. Silence at the ends is left out."""
    if rate_hz != RATE_HZ:
        sound = soxr.resample(sound, rate_hz, RATE_HZ)
    first, last = sounding(np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16))
    sound = sound[int(first * RATE_HZ) : int(last * RATE_HZ)]
    seam = min(int(SEAM_S * RATE_HZ), len(sound) // 4)
    rise = np.sin(np.linspace(0, np.pi / 2, seam, endpoint=False))  # equal power: beginning and end have little in common
    body = sound[seam:].copy()
    body[len(body) - seam :] = body[len(body) - seam :] * np.sqrt(1 - rise**2) + sound[:seam] * rise
    level = loudness_lufs(body)
    if not np.isfinite(level):
        return np.zeros(len(body), np.int16)
    body = body * 10 ** ((lufs - level) / 20)
    return np.round(np.clip(body, -PEAK, PEAK) * 32767).astype(np.int16)


def _check_licence(music: Path) -> None:
    path = licence_file(music)
    if not path.is_file():
        raise _refused(music, f"it has no licence; write {path.name} beside it with licence = \"...\" and source = \"...\"",
                       f"缺少许可说明；请在旁边写一个 {path.name}，内容为 licence = \"...\" 和 source = \"...\"")
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise _refused(music, f"{path.name} cannot be read ({error})", f"{path.name} 无法读取（{error}）") from None
    for key in ("licence", "source"):
        value = given.get(key)
        if not isinstance(value, str) or value.strip().lower() in _UNKNOWN or not value.strip():
            raise _refused(music, f"{path.name} does not say its {key}; without it the music may not be played",
                           f"{path.name} 没有写明 {key}；没有它，音乐不得播放")
    if _NOT_FOR_SHOPS.search(given["licence"]):
        raise _refused(music, f"its licence {given['licence']!r} forbids use in a shop or under speech",
                       f"其许可 {given['licence']!r} 不允许在商店中或在语音下使用")


def _refused(music: Path, en: str, zh: str) -> BedRefused:
    return BedRefused(Finding(f"sound.bed = {music.name!r}: {en}.", f"sound.bed = {music.name!r}：{zh}。", ()))
