"""Which attributes a question may mean, its words and its meaning weighed against each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assets.knowledge import Passage
from dialogue.analyser import content_terms
from dialogue.attributes import Asked, asked_attributes, kinds, word_end
from dialogue.concepts import DENSE
from dialogue.evidence import speaks_of, wants
from dialogue.lexicon import table
from dialogue.meaning import Kinds
from dialogue.naming import Named
from dialogue.quantities import has_number, quantities
from dialogue.wording import base_of

SIZE = "dimensions"
FAIR = 0.6  # share below which it does not outvote the words for two, or for what it does not know
SURE = 0.8  # share from which meaning outvotes another attribute's words that it does not exclude


def _settled(found: list[Asked], meant: Kinds) -> list[Asked]:
    """What words suggest, after what the question plainly means: other attributes of the same list are not meant."""
    plain = meant.plain
    if plain is None or not found:
        return found
    if _outvoted(found, meant) or _beyond(found, plain):
        return found
    known = table("asks")
    first = next((asked for asked in found if asked.name == plain), Asked(plain, kinds()[plain], found[0].span))
    beside = [asked for asked in found if asked.name not in known]
    return [*beside, first] if meant.shares[plain] < FAIR else [first, *beside]


def _beyond(found: Sequence[Asked], plain: str | None) -> bool:
    """Whether words name more than meaning knows: of "battery replaceable" it knows the battery alone."""
    known, theirs = table("asks"), next((asked.span for asked in found if asked.name == plain), None)
    return theirs is not None and any(asked.name not in known and _holds(asked.span, theirs) for asked in found)


def _outvoted(found: Sequence[Asked], meant: Kinds) -> bool:
    """Whether two signs, words and a fair share of the meaning, stand for another attribute than the likeliest."""
    plain = meant.plain
    if plain is None or meant.shares[plain] >= SURE or plain in {asked.name for asked in found}:
        return False
    if meant.shares[plain] < FAIR and len(found) > 1:
        return True  # "es automatico o de pila" names two, and is a little like asking for the weight
    return any(asked.name in meant.shares and not meant.speaks_against(asked.name) for asked in found)


def _without_size(found: list[Asked], meant: Kinds) -> list[Asked]:
    """Without the size as a whole where one length or plainly something else is asked for: "how many metres does the cable
    measure" and "功率多大" are not for it."""
    lengths = {asked.name for asked in found if asked.kind is not None and asked.kind.dimension == "length"} - {SIZE}
    another = lengths or meant.plain not in (None, "height", "width")  # meaning knows no other word for the size
    return [asked for asked in found if asked.name != SIZE] if another else found


def candidates(folded: str, language: str, own: Sequence[Passage], meant: Kinds) -> list[Asked]:
    """What words suggest and meaning does not speak against; where a name is believed, in the words' order."""
    found = _without_size(asked_attributes(folded, language, own), meant)
    believed = [asked for asked in found if _believed(asked, folded, meant.plain, found)
                or _says_all(asked, folded, language, found)]
    return [asked for asked in (found if believed else _settled(found, meant))
            if asked in believed or not meant.speaks_against(asked.name)]


def another_named(folded: str, language: str, own: Sequence[Passage], meant: Kinds) -> bool:
    """Whether the words name an attribute, and not the kind that is plainly meant."""
    found, kind = asked_attributes(folded, language, own), meant.plain
    if _outvoted(found, meant) or _beyond(found, kind):
        return True
    told = {asked.name for asked in found if _believed(asked, folded, kind, found)}
    return bool(told) and kind not in told


def knows(asked: Asked, meant: Kinds) -> bool:
    """Whether meaning knows questions for the attribute."""
    return asked.kind is not None and asked.kind.id in meant.shares


def unlikely(asked: Asked, meant: Kinds) -> bool:
    """Whether meaning is for something else than the attribute, or for another matter."""
    return asked.kind is not None and (meant.speaks_against(asked.kind.id) or meant.other_than(asked.kind.id))


def begged(asked: Asked, passage: Passage, folded: str, language: str) -> bool:
    """Whether a number that no word of the question suggests would be told where yes or no is asked: "can it take my blood
    pressure?" - "It weighs 68 g"."""
    measured = asked.kind is not None and bool(asked.kind.dimension) and has_number(passage.text)
    return measured and not wants("wh", folded, language) and not quantities(folded)


def _believed(asked: Asked, folded: str, plain: str | None, found: Sequence[Asked]) -> bool:
    """Whether words are believed though the meaning seems another: the attribute's very name, where the two are not measured
    alike ("maximum weight" is named after weight and means the load); a phrase, where they are (vectors tell "runs on one
    charge" from "is charged" badly, words well)."""
    words = folded[slice(*asked.span)]
    dimension = asked.kind.dimension if asked.kind is not None else ""
    theirs = next((a.span for a in found if a.name == plain), None)
    if theirs is not None and _holds(asked.span, theirs):
        theirs = None  # "kuat berapa kilo" holds "berapa kilo"
    if theirs is not None and asked.name != plain and theirs[0] <= asked.span[1] + 1 and asked.span[1] <= theirs[1]:
        return False  # "power cable": the first word says of which kind the second is; "time to charge" holds "charge"
    if any(other.name != asked.name and _holds(other.span, asked.span) for other in found):
        return False  # "a 220 V socket" is not for the bulb's
    alike = bool(dimension) and plain is not None and kinds()[plain].dimension == dimension
    return " " in words if alike else asked.is_name(words)


def _holds(longer: tuple[int, int], span: tuple[int, int]) -> bool:
    """Whether a span lies in a longer one."""
    return longer != span and longer[0] <= span[0] and span[1] <= longer[1]


def _says_all(asked: Asked, folded: str, language: str, found: Sequence[Asked]) -> bool:
    """Whether the one attribute that words name leaves nothing of the question: "woraus sind die?" tells meaning no more."""
    rest = folded[: asked.span[0]] + " " + folded[word_end(folded, asked.span[1], language) :]
    least = 1 if base_of(language) in DENSE else 3  # letters: "он" of "они" says nothing
    return len(found) == 1 and not any(len(term) >= least for term in content_terms(rest, language))


def about_whole(asked: Asked, named: Named, passage: Passage) -> bool:
    """Not about a part ("what does the strap weigh") unless the attribute or the passage is."""
    return speaks_of([part for part in named.parts if not asked.covers(part)], passage)
