"""How a spoken answer begins: who asked, and about what. Of viewers' words only a name is ever said, and only a plain one.

The topic is the shop's own word for what the answer is about; what the viewer typed is matched, never repeated.
"""

from __future__ import annotations

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
    if name := next((n for n in map(speakable, names) if n), ""):
        return wording.chat(f"asked_by{plain}", said_in, name=name, topic=topic)
    return wording.lead(said_in, zlib.crc32(question_id.encode()), topic) if topic else ""


def speakable(name: str) -> str:
    """A display name as it may be said and shown, or "": letters only, at most two words, no abuse, nothing to sell."""
    plain = " ".join(unicodedata.normalize("NFKC", name).replace("_", " ").split())
    while plain and unicodedata.category(plain[-1]) == "Nd":
        plain = plain[:-1].rstrip()  # "Ana92" is Ana
    words = plain.split()
    if not 1 <= len(words) <= MAX_WORDS or not 2 <= len(plain) <= MAX_NAME:
        return ""
    if not all(unicodedata.category(c)[0] in "LM" or c in " -'’" for c in plain):
        return ""
    if any(is_abuse(text, tag) for text in (plain, plain.replace(" ", "")) for tag in LANGUAGES):
        return ""
    return "" if normal(plain) in _OFFICES else plain


# Names by which somebody could pass for the shop itself.
_OFFICES = frozenset(("admin", "moderator", "mod", "support", "official", "host", "shop", "seller", "nightwindow", "bot",
                      "system", "staff", "客服", "主播", "管理员", "官方"))
