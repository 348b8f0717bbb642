"""From a question to an answer that stands on what was authored, or an honest refusal. No network, no model, milliseconds.

Order: price and stock (catalogue only), attributes, questions with answers, policies, free text. Whatever is found is
worded from its passage and checked against it before it leaves. A viewer's words are matched, never obeyed or repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assets.cache import cache_dir
from assets.knowledge import Passage
from assets.market import Market
from assets.product import ProductModel
from avatar.speech import Utterance
from dialogue import wording
from dialogue.analyser import content_terms, normal, terms
from dialogue.attributes import Asked, asked_attributes, kind_of, kinds, label_of, passages_for, truth, verdict, word_end
from dialogue.catalogue_questions import catalogue_reply, cheapest, unclear
from dialogue.corpus import Corpus, Decision
from dialogue.elsewhere import kinds as other_kinds
from dialogue.evidence import Weights, fits_slots, match, speaks_of, wants
from dialogue.for_others import for_others
from dialogue.grounding import Ungrounded, check
from dialogue.meaning import Kinds, Meaning
from dialogue.misspelt import corrected
from dialogue.naming import Named, ProductNames
from dialogue.other_prices import another_price
from dialogue.other_units import unit_asked
from dialogue.part_questions import answered_by_parts
from dialogue.places import place_terms
from dialogue.ports import LANGUAGES, Embedder, Retriever
from dialogue.quantities import has_number, quantities, unit_named, warm_up
from dialogue.question import Answer, Question
from dialogue.replies import AttributeReply, PassageReply, Reply
from dialogue.retrieval import LexicalRetriever
from dialogue.several import SeveralReply, extreme_of_all, several
from dialogue.shipping import asks_cost, cost_of_sending, shipped_to, where_we_are
from dialogue.suggested import about_whole, another_named, begged, candidates, knows, unlikely
from dialogue.wording import base_of

__all__ = ["Answerer", "Corpus", "Decision"]

CANDIDATES = 24  # of retrieval, looked at closely
# Fit from which a finding is said. Below, a shopper is better served by "I don't know that yet".
FAQ_FIT, TEXT_FIT, ATTRIBUTE_FIT = 0.52, 0.56, 0.3
PLACE_BONUS = 0.2  # a passage that names countries, for a question that does
ALIKE = 0.1  # passages whose fits by words are so near are told apart by meaning
NATIVE_FIT = 0.3  # from which a passage in the asker's own language may stand for a foreign one that fits better
# Of a sentence that meaning alone found, for words usually find what answers; and where a "yes" would be said. Of 21 such
# answers to shoppers' lines 9 were right; so, 6 of these and 2 of the 12 wrong ones are said.
MEANT_FIT, MEANT_FOREIGN_YES, MEANT_YES = 0.66, 0.8, 0.87
SURE_FAQ = 0.8  # an authored question this close outranks an attribute that explains little of the question


class Answerer:
    """Answers from passages and products; `replace` changes both at once. Not thread-safe: one owner."""

    def __init__(
        self, passages: Sequence[Passage], products: Mapping[str, ProductModel], market: Market,
        index: Callable[[Sequence[Passage]], Retriever] = LexicalRetriever, embedder: Embedder | None = None,
    ) -> None:
        """index: builds the retriever for a set of passages; embedder: None to go by words alone."""
        self._market, self._index = market, index
        self._meaning: Meaning | None = None
        self.replace(passages, products)
        if embedder is not None:
            self.use(self.read(embedder))
        kinds()  # tables are read now, not at the first question
        warm_up()

    def replace(self, passages: Sequence[Passage], products: Mapping[str, ProductModel]) -> None:
        """Take over a changed knowledge base and catalogue; the next answer knows nothing of the old ones."""
        # A product's own facts are not read: they are copies of passages, and a deleted passage must not live on in one.
        self._passages = tuple(passages)
        self._products = dict(products)
        self._of_presenter = frozenset(p.id for p in self._passages
                                       if p.question and wants("presenter", normal(p.question), p.language))
        told = " ".join(name for product in products.values() for name in product.names.values())
        self._known_words = _words(self._passages) | frozenset(normal(told).split())
        self._names = ProductNames(products, _words(self._passages), _labels(self._passages))
        self._weights = Weights(self._passages)
        self._retriever = self._index(self._passages)
        if self._meaning is not None:
            self._meaning.replace(self._passages)

    def read(self, embedder: Embedder) -> Meaning:
        """The knowledge base by meaning; seconds when it is large and new. May run beside `answer`."""
        meaning = Meaning(embedder, cache_dir("vectors"))
        meaning.replace(self._passages)
        return meaning

    def use(self, meaning: Meaning) -> None:
        """Answer by meaning too from now on."""
        meaning.replace(self._passages)
        self._meaning = meaning

    def answer(self, question: Question, *, on_show: str | None) -> Answer:
        """The answer for the asker and for the show. on_show: sku of the product being shown, None for none."""
        question = replace(question, text=corrected(question.text, question.language, self._known_words))
        named = self._names.find(normal(question.text), on_show, question.text, question.language).sku
        by_parts = answered_by_parts(lambda part: self._one(part, named or on_show), question)
        return by_parts or self._one(question, on_show)

    def _one(self, question: Question, on_show: str | None) -> Answer:
        folded = normal(question.text)
        named = self._names.find(folded, on_show, question.text, question.language)
        sku = named.sku or (on_show if on_show in self._products else None)
        masked = self._names.masked(folded)
        usable, language = self._usable(question), question.language
        if asks_cost(question.text, language):  # nothing else answers that: no price of goods, and no time
            return self._worded(_told(cost_of_sending(question.text, language, usable, sku), usable), question, named, sku)
        if wants("seat", masked, language):  # where the shop is: no list of where it sends to says that
            return self._worded(_told(where_we_are(usable), usable), question, named, sku)
        mentioned = [] if wants("presenter", folded, language) else self._names.all(folded, on_show)
        reply: Reply | None = several(
            folded, language, mentioned, self._products, [p for p in usable if p.attribute], on_show) or cheapest(
            self._products, masked, language, named) or extreme_of_all(
            masked, language, named, self._products, usable) or catalogue_reply(
            self._products.get(sku) if sku else None, self._names.masked(folded, named.words), language, named)
        if reply is None and sku is None and (names := unclear(self._products, folded, language, named)):
            return _refused(question, wording.sentence("which", language, names=names))
        reply = reply or shipped_to(question.text, language, usable, sku)
        if reply is None and len({other for _, other in self._names.all(folded, on_show)}) > 1:
            sku = None  # what is said of one of them is no answer about both
        return self._worded(reply or self._known(folded, question, named, sku), question, named, sku)

    def _worded(self, reply: Reply | None, question: Question, named: Named, sku: str | None) -> Answer:
        """The answer of what was found, checked against it; an honest refusal of nothing."""
        if reply is None or _states_another_price(reply, self._products):
            return _refused(question, for_others(normal(question.text), question, named, self._products))
        asked, spoken = reply.worded(question.language), reply.worded(self._market.language)
        try:
            check(asked.text, asked.evidence)
            check(spoken.text, spoken.evidence)
        except Ungrounded:
            return _refused(question)
        foreign = base_of(asked.language) != base_of(question.language)
        text = (wording.note(question.language, asked.language) if foreign else "") + asked.text
        said = Utterance(f"{question.id}:answer", spoken.text, spoken.language, product=sku, citations=spoken.citations,
                         question_id=question.id)
        citations = tuple(dict.fromkeys((*asked.citations, *spoken.citations)))
        return Answer(question.id, text, base_of(asked.language), (said,), citations, round(reply.confidence, 3), False,
                      reply.topic(spoken.language))

    def _usable(self, question: Question) -> list[Passage]:
        return _in_force(self._passages, question, self._of_presenter)

    def _known(self, folded: str, question: Question, named: Named, sku: str | None) -> Reply | None:
        """The best of attributes and passages that passes the hard checks."""
        if _asks_for_other_goods(folded, question.language, named):
            return None
        usable = self._usable(question)
        ignored = frozenset(t for word in named.words for t in terms(word, question.language))
        attribute = None
        # What a product's name means is not what is asked.
        nameless = self._names.nameless(question.text, question.language, named.words if named.sku else ())
        meant = self._meaning.kinds(nameless, question.language) if self._meaning is not None else Kinds({})
        elsewhere = wants("another", folded, question.language) or wants("presenter", folded, question.language)
        if not (named.foreign and named.sku is None) and not elsewhere:
            masked = self._names.masked(folded, named.words if base_of(question.language) == "th" else ())
            attribute = self._attribute(masked, question.language, named, sku, usable, ignored, meant)
        passage = self._in_own_words(self._passage(folded, question, named, sku, usable, ignored), question, usable, sku)
        bare = named.words and not [t for t in content_terms(question.text, question.language) if t not in ignored]
        if attribute is None and passage is None and bare:
            return None  # "what about the chair?" asks for nothing in particular
        if attribute is None and passage is None and not elsewhere:
            return self._by_meaning(self._names.masked(folded), replace(question, text=nameless), named, sku, usable, meant)
        if attribute is None or passage is None:
            return attribute or passage
        outranked = passage.confidence >= SURE_FAQ and attribute.confidence < passage.confidence
        return passage if outranked else attribute

    def _in_own_words(
        self, found: PassageReply | None, question: Question, usable: Sequence[Passage], sku: str | None
    ) -> PassageReply | None:
        """The like of a foreign finding in the asker's language, where the knowledge base has one that answers."""
        base = base_of(question.language)
        if found is None or self._meaning is None or any(base_of(p.language) == base for p in found.passages):
            return found
        native = [p for p in usable if base_of(p.language) == base and not p.attribute and (p.sku is None or p.sku == sku)]
        decision = self._meaning.decide(question.text, question.language, native)
        best = next((p for p in native if p.id == decision.answer_id), None)
        if best is None:
            wanted = content_terms(question.text, question.language)
            about = {term for term in wanted if term.startswith("©")}
            near = [p for p in native if about and about <= set(terms(p.question or p.text, p.language))
                    and match(wanted, p, self._weights, frozenset(), False) >= NATIVE_FIT]
            best = self._meaning.first(question.text, question.language, near)
        return PassageReply((best, *_likes(best, self._passages)), decision.confidence) if best is not None else found

    def _by_meaning(
        self, folded: str, question: Question, named: Named, sku: str | None, usable: Sequence[Passage], meant: Kinds
    ) -> Reply | None:
        """What words did not find. An attribute that is plainly asked for and not known is not made up from another."""
        language, kind = question.language, meant.plain
        about_money = wants("price", folded, language) or wants("stock", folded, language)
        if self._meaning is None or about_money or named.parts or (named.foreign and named.sku is None):
            return None
        product = self._products.get(sku) if sku else None
        own = [p for p in usable if p.sku == sku and p.attribute] if product is not None else []
        if another_named(folded, language, own, meant):
            kind, own = None, []  # it is not known, and no other is meant
        if product is not None and kind is not None:
            asked = Asked(kind, kinds()[kind], (0, 0))
            if found := passages_for(asked, own):
                reply = _attribute_reply(product, asked, found, folded, language, 0.8)
                return None if reply.yes is None and begged(asked, found[0], folded, language) else reply
        among = [p for p in usable if not p.attribute and (p.sku is None or p.sku == sku)] + ([] if kind else own)
        decision = self._meaning.decide(question.text, language, among)
        best = next((p for p in among if p.id == decision.answer_id), None)
        if best is None:
            return None
        if best.attribute is None or product is None:
            told = (best, *_likes(best, self._passages))
            return PassageReply(told, decision.confidence) if decision.confidence >= _least_meant(told, language) else None
        if place_terms(question.text, language) - place_terms(best.text, best.language):
            return None  # "what is the capital of Peru" is not for the country of origin
        asked = Asked(best.attribute, kind_of(best.attribute), (0, 0))
        if unlikely(asked, meant) or (not knows(asked, meant) and decision.confidence < MEANT_FIT):
            return None  # "does it measure my heart rate" is not for the weight
        same = [best, *(p for p in own if p.attribute == best.attribute and p.id != best.id)]
        found_so = _attribute_reply(product, asked, same, folded, language, decision.confidence)
        return replace(found_so, yes=None) if quantities(folded) else found_so  # whose measure it was is not told by likeness

    def _attribute(
        self, folded: str, language: str, named: Named, sku: str | None, usable: Sequence[Passage], ignored: frozenset[str],
        meant: Kinds,
    ) -> AttributeReply | None:
        product = self._products.get(sku) if sku else None
        if product is None:
            return None
        own = [p for p in usable if p.sku == sku and p.attribute]
        missing: list[tuple[int, int]] = []
        counted = wants("number", folded, language)
        worded = {asked.name for asked in asked_attributes(folded, language, own)} if counted else None
        suggested = candidates(folded, language, own, meant)
        suggested.sort(key=lambda asked: any(map(asked.covers, named.parts)), reverse=True)  # the strap's before the whole's
        for asked in suggested:
            if any(_within(asked.span, span) for span in missing):
                continue  # "how much weight can it carry" without a load is not a question for the weight
            found = passages_for(asked, own)
            if not found or not about_whole(asked, named, found[0]):
                missing.append(asked.span)
                continue
            if worded and asked.name not in worded and not has_number(found[0].text):
                continue  # meaning alone, and no number: "how many hours does it run" of what needs no battery
            fit = self._attribute_fit(asked, folded, language, found, ignored)
            if fit < ATTRIBUTE_FIT and meant.plain != asked.name:
                continue
            return _attribute_reply(product, asked, found, folded, language, 0.4 + 0.6 * fit)
        return None

    def _attribute_fit(
        self, asked: Asked, folded: str, language: str, found: Sequence[Passage], ignored: frozenset[str]
    ) -> float:
        """The share of the question that the attribute explains, 0..1."""
        held = set(content_terms(folded[asked.span[0] : word_end(folded, asked.span[1], language)], language)) | ignored
        for passage in found:
            held |= set(terms(passage.text, passage.language)) | set(terms(label_of(passage, language), language))
        wanted = [t for t in content_terms(folded, language) if t not in ignored and not t.isdigit() and not unit_named(t)]
        if base_of(language) == "th":  # triples cut across words: of a short question the letters say more
            letters = len("".join(folded.split())) or 1
            return max(self._weights.covered(wanted, held), (asked.span[1] - asked.span[0]) / letters)
        measures = {t for q in quantities(folded) for t in (q.unit, f"{q.value:g}")}
        return self._weights.covered(wanted, held | measures) if wanted else 1.0

    def _passage(
        self, folded: str, question: Question, named: Named, sku: str | None, usable: Sequence[Passage],
        ignored: frozenset[str],
    ) -> PassageReply | None:
        """The best question-with-answer, policy or text, and its likes in other languages."""
        language = question.language
        wanted = content_terms(question.text, language)
        if not [t for t in wanted if t not in ignored]:
            return None
        places = place_terms(question.text, language)  # a policy says where; which country is asked is no mismatch
        ignored |= places
        swapped = wants("part_change", folded, language)  # of a part: no rule for exchanging goods or for faults says that
        allowed = {p.id for p in usable if p.kind != "attribute" and (p.sku == sku or (p.sku is None and not swapped))}
        if wants("presenter", folded, language):  # "are you human?" is not for how to reach one
            allowed &= self._of_presenter
        scored: list[tuple[float, Passage]] = []
        for hit in self._retriever.search(question.text, language, sku, CANDIDATES):
            passage = hit.passage
            if passage.id not in allowed or not fits_slots(folded, language, passage):
                continue
            if named.parts and not speaks_of(named.parts, passage) and base_of(passage.language) == base_of(language):
                continue
            cross = base_of(passage.language) != base_of(language)
            if cross and any(base_of(p.language) == base_of(language) for p in _likes(passage, self._passages)):
                continue  # its like in the asker's language is judged by more than concepts
            fit = match(wanted, passage, self._weights, ignored, cross)
            if places and fit and place_terms(passage.text, passage.language):
                fit = min(fit + PLACE_BONUS, 1.0)
            if fit >= (FAQ_FIT if passage.question else TEXT_FIT):
                scored.append((fit, passage))
        if not scored:
            return None
        if places and (naming := [row for row in scored if place_terms(row[1].text, row[1].language)]):
            scored = naming  # "do you ship to Austria" is for the list of countries, and not for how long it takes
        fit, best, alike = _plainest(scored, wanted, language)
        if len(alike) > 1 and self._meaning is not None:
            best = self._meaning.first(question.text, language, alike) or best
        return PassageReply((best, *_likes(best, self._passages)), min(fit, 1.0))


def _told(said: Passage | None, usable: Sequence[Passage]) -> PassageReply | None:
    return PassageReply((said, *_likes(said, usable)), SURE_FAQ) if said is not None else None


def _asks_for_other_goods(folded: str, language: str, named: Named) -> bool:
    """Whether goods that are not sold are asked for: "do you have gift cards" is not for gift wrapping."""
    asks = wants("sells", folded, language) or wants("has", folded, language)
    return asks and named.sku is None and named.foreign in other_kinds()


def _plainest(
    scored: list[tuple[float, Passage]], wanted: Sequence[str], language: str,
) -> tuple[float, Passage, list[Passage]]:
    """(best fit, one passage, those that fit about alike): before others those whose own question is for it ("the invoice
    comes with the shipping notice" is not for shipping), then questions with answers before policies."""
    scored.sort(key=lambda pair: (pair[0], base_of(pair[1].language) == base_of(language)), reverse=True)
    fit, best = scored[0]
    ideas = {term for term in wanted if term.startswith("©")}
    alike = [p for other, p in scored if fit - other <= ALIKE and base_of(p.language) == base_of(best.language)]
    alike = [p for p in alike if p.question and ideas & set(terms(p.question, p.language))] or alike
    alike = [p for p in alike if p.kind == "faq"] or alike
    return fit, best if best in alike else alike[0], alike


def _least_meant(found: Sequence[Passage], language: str) -> float:
    """How sure meaning alone has to be of a sentence, told in one or more languages. What begins with yes or no ("do they leak
    sound" - "Yes. They have microphones") has to be the question itself, all the more in the asker's own language, where
    words have looked for it and not found it."""
    if not any(truth(p.text) is not None for p in found):
        return MEANT_FIT
    return MEANT_YES if any(base_of(p.language) == base_of(language) for p in found) else MEANT_FOREIGN_YES


def _in_force(passages: Sequence[Passage], question: Question, of_presenter: frozenset[str]) -> list[Passage]:
    """What has not expired on the day of the question; who speaks ("made by a computer") only where that is asked."""
    today, folded = question.asked_at.date().isoformat(), normal(question.text)
    meant = any(wants(slot, folded, question.language) for slot in ("presenter", "ai"))
    return [p for p in passages if (not p.valid_until or p.valid_until >= today) and (meant or p.id not in of_presenter)]


def _refused(question: Question, text: str | None = None) -> Answer:
    text = text or wording.sentence("decline", question.language)
    return Answer(question.id, text, base_of(question.language), (), (), 0.0, True)


def _likes(best: Passage, passages: Sequence[Passage]) -> list[Passage]:
    """The same passage in other languages: ids that differ in the language alone."""
    stem = _without_language(best.id, best.language)
    return [p for p in passages if p.id != best.id and p.kind == best.kind and p.sku == best.sku
            and p.language != best.language and _without_language(p.id, p.language) == stem]


def _states_another_price(reply: Reply, products: Mapping[str, ProductModel]) -> bool:
    """Whether a passage gives a product a sum that is not its price: only the catalogue knows prices."""
    passages = reply.passages if isinstance(reply, AttributeReply | PassageReply | SeveralReply) else ()
    return any(another_price(passage, products) is not None for passage in passages)


def _words(passages: Sequence[Passage]) -> frozenset[str]:
    """Every word that the knowledge base uses, folded."""
    texts = (text for p in passages for text in (p.text, p.question, p.value) if text)
    return frozenset(w for text in texts for w in re.findall(r"\w+", normal(text)))


def _labels(passages: Sequence[Passage]) -> dict[str, str]:
    """The names of all known attributes by language, folded."""
    one_each = {p.attribute: p for p in passages if p.attribute}
    return {language: "\n".join(normal(label_of(p, language)) for p in one_each.values()) for language in LANGUAGES}


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    """Whether a span lies in a longer one."""
    return outer[0] <= inner[0] and inner[1] <= outer[1] and inner != outer


def _without_language(passage_id: str, language: str) -> str:
    """"returns:en" and "returns:zh" are one; "returns" is that too."""
    base = base_of(language)
    return re.sub(rf"(?:(?<=[:._-]){base}(?=[:._-]|$)|^{base}(?=[:._-]))", "", passage_id).strip(":._-")


def _attribute_reply(
    product: ProductModel, asked: Asked, found: Sequence[Passage], folded: str, language: str, confidence: float
) -> AttributeReply:
    yes = None if wants("wh", folded, language) else verdict(asked, found[0], folded, language)
    one_each = {base_of(p.language): p for p in reversed(found)}
    unit = unit_asked(folded, asked.kind.dimension) if asked.kind is not None else ""
    return AttributeReply(product, tuple(p for p in found if one_each[base_of(p.language)] is p), yes, confidence, unit)
