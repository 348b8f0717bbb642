"""What is said to a question that is not for the goods shown: for the presenter, or for goods of other shops. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from assets.product import ProductModel
from dialogue import wording
from dialogue.evidence import wants
from dialogue.naming import Named
from dialogue.question import Question

NAMED_GOODS = 8  # told to who asks for other goods


def for_others(folded: str, question: Question, named: Named, products: Mapping[str, ProductModel]) -> str | None:
    """Who speaks, to "are you a robot"; what is shown, to "do you sell fridges"; None for all other questions."""
    if wants("ai", folded, question.language):
        return wording.sentence("presenter", question.language)
    asks = wants("sells", folded, question.language) or wants("has", folded, question.language)
    if named.sku is None and named.foreign is not None and asks and products:  # what we cannot tell may be on sale
        names = wording.joined([p.name(question.language) for p in products.values()][:NAMED_GOODS], question.language)
        return wording.sentence("not_shown", question.language, names=names)
    return None
