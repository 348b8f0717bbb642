"""The part of SSML that lines of a script may use: break, emphasis, say-as and phoneme. Pure.

`<break time="400ms"/>`, `<emphasis level="strong">now</emphasis>`, `<say-as interpret-as="characters">AX7</say-as>`,
`<phoneme alphabet="ipa" ph="ˈheɪloʊ">Halo</phoneme>`. Captions, policy and evidence see the text without them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assets.findings import suggestion

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*)\s*(/?)>")
_LIKE_A_TAG = re.compile(r"</?[A-Za-z][^<>]*>?")
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FIRST = 0xE000  # of Unicode's private letters: stand for tags while the text around them is read
_MOST = 0x800
STRENGTH_S = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.2}
LEVELS = ("strong", "moderate", "none", "reduced")
INTERPRETATIONS = ("characters", "spell-out", "digits", "telephone", "cardinal", "ordinal", "date", "time", "currency")
LONGEST_BREAK_S = 5.0  # a longer silence is one that viewers take for a fault
_NEEDED = {"break": (), "emphasis": (), "say-as": ("interpret-as",), "phoneme": ("ph",)}
_KNOWN = {"break": ("time", "strength"), "emphasis": ("level",), "say-as": ("interpret-as", "format", "detail"),
          "phoneme": ("ph", "alphabet")}


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a stretch of a line is said. kind: "break" (start == end; value: seconds), "emphasis" (value: a level), "say-as"
    (value: an interpretation) or "phoneme" (value: IPA); start, end: characters of the plain text."""

    kind: str
    start: int
    end: int
    value: str


def held(text: str) -> tuple[str, list[str]]:
    """The text with a private letter in place of each tag, and the tags. Letters stand at a word, never alone."""
    tags: list[str] = []

    def hold(match: re.Match[str]) -> str:
        if len(tags) >= _MOST:
            return ""
        tags.append(match.group())
        return chr(_FIRST + len(tags) - 1)

    text = "".join(c for c in text if not _FIRST <= ord(c) < _FIRST + _MOST)
    text = _LIKE_A_TAG.sub(hold, re.sub(r"\s*(<break\b[^<>]*>)\s*", r" \1", text))
    last = f"[{chr(_FIRST)}-{chr(_FIRST + _MOST - 1)}]"
    return re.sub(rf"\s+({last}+)\s*$", r"\1", text), tags


def released(text: str, tags: list[str]) -> tuple[str, tuple[Delivery, ...], list[str]]:
    """The text without the letters of `held`, what the tags ask for, and what is wrong with them."""
    plain, out, wrong = "", [], []
    open_: tuple[str, str, int] | None = None
    for sign in text:
        if not _FIRST <= ord(sign) < _FIRST + _MOST or ord(sign) - _FIRST >= len(tags):
            plain += sign
            continue
        tag = tags[ord(sign) - _FIRST]
        closing, name, value, why = _read(tag)
        if why:
            wrong.append(why)
        elif name == "break":
            out.append(Delivery("break", len(plain), len(plain), value))
        elif closing:
            if open_ is None or open_[0] != name:
                wrong.append(f"{tag} closes nothing that is open")
            else:
                out.append(Delivery(name, open_[2], len(plain), open_[1]))
                open_ = None
        elif open_ is not None:
            wrong.append(f"{tag} may not stand inside <{open_[0]}>")
        else:
            open_ = (name, value, len(plain))
    if open_ is not None:
        wrong.append(f"<{open_[0]}> is not closed; write </{open_[0]}> behind its last word")
    wrong += [f"<{d.kind}> has no words in it" for d in out if d.kind != "break" and not plain[d.start : d.end].strip()]
    return plain, tuple(out), list(dict.fromkeys(wrong))  # an unknown tag opens and closes


def _read(tag: str) -> tuple[bool, str, str, str]:
    """Whether it closes, its name, its value, and what is wrong with it ("" for nothing)."""
    found = _TAG.fullmatch(tag)
    if found is None:
        return False, "", "", f"{tag} is no tag; write a sign like < as a word"
    closing, name, rest, alone = bool(found[1]), found[2], found[3], bool(found[4])
    if name not in _KNOWN:
        return closing, name, "", f"<{name}> is not known here" + suggestion(name, list(_KNOWN))
    if closing:
        return True, name, "", "" if name != "break" else "</break> is not needed; write <break/>"
    given = {m[1]: m[2] if m[2] is not None else m[3] for m in _ATTRIBUTE.finditer(rest)}
    for key in given:
        if key not in _KNOWN[name]:
            return False, name, "", f"<{name}> has no {key!r}" + suggestion(key, list(_KNOWN[name]))
    for key in _NEEDED[name]:
        if not given.get(key, "").strip():
            return False, name, "", f"<{name}> needs {key}=\"...\""
    if (name == "break") != alone:
        return False, name, "", "write <break/> with its slash" if name == "break" else f"<{name}/> has no words in it"
    value, why = _value(name, given)
    return False, name, value, why


def _value(name: str, given: dict[str, str]) -> tuple[str, str]:
    if name == "break":
        return _break(given)
    if name == "emphasis":
        level = given.get("level", "moderate")
        return level, "" if level in LEVELS else f"<emphasis> has no level {level!r}" + suggestion(level, list(LEVELS))
    if name == "say-as":
        way = given["interpret-as"]
        known = list(INTERPRETATIONS)
        return way, "" if way in known else f"<say-as> does not know {way!r}" + suggestion(way, known)
    alphabet = given.get("alphabet", "ipa")
    return given["ph"].strip(), "" if alphabet == "ipa" else f"<phoneme> takes alphabet=\"ipa\", not {alphabet!r}"


def _break(given: dict[str, str]) -> tuple[str, str]:
    if "time" not in given:
        strength = given.get("strength", "medium")
        if strength not in STRENGTH_S:
            return "", f"<break> has no strength {strength!r}" + suggestion(strength, list(STRENGTH_S))
        return str(STRENGTH_S[strength]), ""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", given["time"].strip())
    if found is None:
        return "", f"<break> has no time {given['time']!r}; write 400ms or 0.4s"
    seconds = float(found[1]) / (1000 if found[2] == "ms" else 1)
    return str(seconds), "" if seconds <= LONGEST_BREAK_S else f"<break> of {seconds:g} s; at most {LONGEST_BREAK_S:g} s"
