"""What slips in with the texts of web shops and language models and nobody would write: markup, entities, signs that cannot be
seen, halves of a letter. It is neither said nor shown. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace

from avatar.speech import Utterance

# Not any word in angle brackets: "<M>" may be a size.
_TAG = re.compile(
    r"</?(?:a|b|i|u|s|p|em|br|hr|li|ul|ol|td|tr|th|h[1-6]|div|img|sub|sup|span|font|code|small|strong|table|tbody|style|script"
    r"|speak|break|emphasis|prosody|say-as|phoneme|voice)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_HALF = re.compile("[\ud800-\udfff]")
_NOBODYS = "\ufffd"  # for half a letter: a picture, which no voice reads
_JOINERS = frozenset("\u200c\u200d")  # that Hindi, Arabic and pictures need


def tidied(text: str) -> str:
    """The text without them. Empty when nothing else was there."""
    plain = _ENTITY.sub(lambda m: html.unescape(m[0]), _TAG.sub(_gap, text))
    seen = "".join(_seen(sign) for sign in _HALF.sub(_NOBODYS, plain))
    return text if seen == text else re.sub(" {2,}", " ", seen).strip()


def tidy(utterance: Utterance) -> Utterance:
    """Ready for policy, voice and caption. One whose words are counted, for gestures or tags of its own, keeps them all;
    where nothing is left, a sign is that nobody says."""
    counted = utterance.marks or utterance.delivery
    text = _HALF.sub(_NOBODYS, utterance.text) if counted else tidied(utterance.text) or _NOBODYS
    return utterance if text == utterance.text else replace(utterance, text=text)


def _gap(tag: re.Match[str]) -> str:
    """A blank where words would run together: "lamp<br>desk", but not "<b>Br</b>ass"."""
    return " " if re.match(r"</?(?:br|p|div|li|h\d|td|tr|th|hr)\b", tag[0], re.IGNORECASE) else ""


def _seen(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Cf" and sign not in _JOINERS:
        return ""
    return " " if kind == "Cc" and sign not in "\n\t" else sign
