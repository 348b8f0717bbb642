"""Which attributes a question may mean, its words and its meaning weighed against each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assets.knowledge import Passage
from dialogue.attributes import Asked, asked_attributes, kinds
from dialogue.evidence import speaks_of
from dialogue.lexicon import table
from dialogue.meaning import Kinds
from dialogue.naming import Named


def _settled(found: list[Asked], plain: str | None) -> list[Asked]:
    """What words suggest, after what the question plainly means: other attributes of the same list are not meant."""
    if plain is None or not found:
        return found
    known = table("asks")
    meant = next((asked for asked in found if asked.name == plain), Asked(plain, kinds()[plain], found[0].span))
    return [meant, *(asked for asked in found if asked.name not in known)]


def candidates(folded: str, language: str, own: Sequence[Passage], meant: Kinds) -> list[Asked]:
    """What words suggest and meaning does not speak against; where a name is believed, in the words' order."""
    found = asked_attributes(folded, language, own)
    believed = [asked for asked in found if _believed(asked, folded, meant.plain)]
    return [asked for asked in (found if believed else _settled(found, meant.plain))
            if asked in believed or not meant.speaks_against(asked.name)]


def another_named(folded: str, language: str, own: Sequence[Passage], kind: str | None) -> bool:
    """Whether the words name an attribute, and not the kind."""
    told = {asked.name for asked in asked_attributes(folded, language, own) if _believed(asked, folded, kind)}
    return bool(told) and kind not in told


def _believed(asked: Asked, folded: str, plain: str | None) -> bool:
    """Whether words are believed though the meaning seems another: the attribute's very name, where the two are not measured
    alike ("maximum weight" is named after weight and means the load); a phrase, where they are (vectors tell "runs on one
    charge" from "is charged" badly, words well)."""
    words = folded[slice(*asked.span)]
    dimension = asked.kind.dimension if asked.kind is not None else ""
    alike = bool(dimension) and plain is not None and kinds()[plain].dimension == dimension
    return " " in words if alike else asked.is_name(words)


def about_whole(asked: Asked, named: Named, passage: Passage) -> bool:
    """Not about a part ("what does the strap weigh") unless the attribute or the passage is."""
    return speaks_of([part for part in named.parts if not asked.covers(part)], passage)
