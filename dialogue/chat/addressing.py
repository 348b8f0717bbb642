"""How a spoken answer begins: who asked, and about what. Of viewers' words only a name is ever said, and only a plain one.

The topic is the shop's own word for what the answer is about; what the viewer typed is matched, never repeated.
"""

from __future__ import annotations

import re
import unicodedata
import zlib

from dialogue import wording
from dialogue.analyser import normal
from dialogue.chat.intent import is_abuse
from dialogue.ports import LANGUAGES

MAX_NAME = 16  # characters
MAX_WORDS = 2


def lead(language: str, topic: str, names: tuple[str, ...], askers: int, question_id: str) -> str:
    """The words before the answer, "" for none. language: of the show; topic: in that language, "" where the answer speaks
    for itself; names: of askers, as shown by their platform; askers: distinct persons, >= 1."""
    said_in = wording.template_language(language)
    plain = "" if topic else "_plain"
    if askers > 1:
        return wording.chat(f"asked_by_many{plain}", said_in, count=str(askers), topic=topic)
    turn = zlib.crc32(question_id.encode())
    if name := next((n for n in map(speakable, names) if n and readable(n, said_in)), ""):
        thanked = not topic and turn % 2
        return wording.chat("good_question" if thanked else f"asked_by{plain}", said_in, name=name, topic=topic)
    return wording.lead(said_in, turn, topic) if topic else ""


def speakable(name: str) -> str:
    """A display name as it may be said and shown, or "": letters of one script only, at most two words, no abuse, nothing to
    sell."""
    plain = " ".join(unicodedata.normalize("NFKC", name).replace("_", " ").split())
    while plain and unicodedata.category(plain[-1]) == "Nd":
        plain = plain[:-1].rstrip()  # "Ana92" is Ana
    words = plain.split()
    if not 1 <= len(words) <= MAX_WORDS or not 2 <= len(plain) <= MAX_NAME:
        return ""
    if not all(unicodedata.category(c)[0] in "LM" or c in " -'’" for c in plain) or _DRAWN_OUT.search(plain):
        return ""
    scripts = _scripts(plain)
    if len(scripts) > 1 and not scripts <= _OWN["ja"]:  # letters that only look like others hide words
        return ""
    if any(is_abuse(text, tag) for text in (plain, plain.replace(" ", "")) for tag in LANGUAGES):
        return ""
    return "" if normal(plain) in _OFFICES else plain


def readable(name: str, language: str) -> bool:
    """Whether a voice of that language can say it: Latin letters all of them read, others spell what is not their own
    ("Chinese letter, Chinese letter")."""
    return _scripts(name) <= _OWN.get(wording.base_of(language), frozenset()) | {"LATIN"}


def _scripts(name: str) -> frozenset[str]:
    """As Unicode names them; COMBINING stands for a mark on a letter that has none of its own."""
    return frozenset(re.split(r"\W", unicodedata.name(c, "?"))[0] for c in name if unicodedata.category(c)[0] in "LM")


_DRAWN_OUT = re.compile(r"(.)\1\1\1")
_OWN = {"zh": frozenset(("CJK",)), "ja": frozenset(("CJK", "HIRAGANA", "KATAKANA")), "ru": frozenset(("CYRILLIC",)),
        "ar": frozenset(("ARABIC",)), "hi": frozenset(("DEVANAGARI",)), "th": frozenset(("THAI",))}
# Names by which somebody could pass for the shop itself.
_OFFICES = frozenset(("admin", "moderator", "mod", "support", "official", "host", "shop", "seller", "nightwindow", "bot",
                      "system", "staff", "客服", "主播", "管理员", "官方"))
