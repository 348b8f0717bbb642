"""Which lines are let in: no floods, no repeats, no advertising, no abuse; each line turned away has its reason. Pure but
for a given clock."""

from __future__ import annotations

import re
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from dialogue.analyser import normal
from dialogue.chat.intent import is_abuse
from dialogue.chat.line import ChatLine

# Why a line is not let in; the words for them are in showroom/web/src/operator.js.
REASONS = ("empty", "too_long", "command", "emote", "advertising", "abuse", "flood", "muted", "repeat", "copied")
MAX_CHARS = 400
FLOOD_LINES, FLOOD_S = 5, 10.0  # of one writer; people type slower, and Twitch's own slow modes start at 3 s a line
MUTE_S = 120.0  # after a flood or abuse; each time again twice as long
MAX_MUTE_S = 3600.0
REPEAT_S = 60.0
COPIES, COPIES_S = 12, 20.0  # the same line of so many writers so fast is a raid, not a question
MAX_WRITERS, MAX_TEXTS = 5000, 2000

_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]+\.(?:com|net|org|ru|cn|shop|store|xyz|top|link|me|gg|io|info|biz)\b(?:/|\b)")
_CONTACT = re.compile(r"\+\d[\d\s().-]{7,}\d|\b\d{9,}\b|\b\d{3,4}[\s.-]\d{3,4}[\s.-]\d{3,4}\b|[\w.+-]+@[\w-]+\.\w{2,}"
                      r"|(?:whatsapp|telegram|wechat|weixin|line id|加微信|加我微信|加v|薇信|vx|tg)\s*[:：@]?\s*[\w+]{3,}")
_REPEATED = re.compile(r"(.)\1{9,}")


@dataclass(slots=True)
class _Writer:
    times: deque[float] = field(default_factory=deque)
    said: dict[str, float] = field(default_factory=dict)
    muted_until_s: float = 0.0
    mutes: int = 0


class Screening:
    """Remembers writers and texts for as long as it matters, and no longer. monotonic: seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._writers: OrderedDict[tuple[str, str], _Writer] = OrderedDict()
        self._texts: OrderedDict[str, deque[float]] = OrderedDict()

    def reason(self, line: ChatLine, text: str, language: str) -> str:
        """Why the line is not let in, one of REASONS; "" when it is. text: the line's, cleaned; language: BCP 47."""
        now = self._monotonic()
        writer = self._writer(line)
        if now < writer.muted_until_s:
            return "muted"
        if plain := _plain_reason(text):
            return plain
        if is_abuse(text, language):
            self._mute(writer, now)
            return "abuse"
        while writer.times and now - writer.times[0] > FLOOD_S:
            writer.times.popleft()
        writer.times.append(now)
        if len(writer.times) > FLOOD_LINES:
            self._mute(writer, now)
            return "flood"
        if _advertises(text):
            return "advertising"
        key = " ".join(re.sub(r"[\W_]+", " ", normal(text)).split())
        writer.said = {k: t for k, t in writer.said.items() if now - t < REPEAT_S}
        if key in writer.said and not line.paid:
            return "repeat"
        writer.said[key] = now
        return "copied" if self._copied(key, now) else ""

    def _writer(self, line: ChatLine) -> _Writer:
        key = (line.feed, line.author)
        writer = self._writers.setdefault(key, _Writer())
        self._writers.move_to_end(key)
        if len(self._writers) > MAX_WRITERS:
            self._writers.popitem(last=False)
        return writer

    @staticmethod
    def _mute(writer: _Writer, now: float) -> None:
        writer.muted_until_s = now + min(MUTE_S * 2**writer.mutes, MAX_MUTE_S)
        writer.mutes += 1
        writer.times.clear()

    def _copied(self, key: str, now: float) -> bool:
        """Long lines only: "how much?" is asked by many at once, and should be."""
        if len(key) < 40:
            return False
        times = self._texts.setdefault(key, deque(maxlen=COPIES + 1))
        self._texts.move_to_end(key)
        if len(self._texts) > MAX_TEXTS:
            self._texts.popitem(last=False)
        times.append(now)
        return len(times) > COPIES and now - times[0] < COPIES_S


def _plain_reason(text: str) -> str:
    if not text:
        return "empty"
    if len(text) > MAX_CHARS:
        return "too_long"
    if text[0] in "!/" and text[1:2].isalpha():
        return "command"
    letters = sum(unicodedata.category(c)[0] in "LMN" for c in text)
    return "emote" if letters == 0 and not any(mark in text for mark in "?？؟") else ""


def _advertises(text: str) -> bool:
    folded = normal(text)
    return bool(_LINK.search(folded) or _CONTACT.search(folded) or _REPEATED.search(folded))
