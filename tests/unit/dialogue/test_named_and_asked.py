"""A product by any of its names, something asked of it, while another is on show: fourteen languages, with the search model and
by words alone."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from assets.market import Market
from dialogue.adapters.e5 import installed
from dialogue.analyser import normal
from dialogue.answering import Answerer
from dialogue.meaning import OTHER, Kinds
from dialogue.naming import ProductNames
from dialogue.question import Answer, Question
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit
NAMES = {
    "en": "desk lamp|backpack|watch|headphones|mug|lounge chair", "de": "Lampe|Rucksack|Armbanduhr|Kopfhörer|Tasse|Sessel",
    "fr": "lampe|sac à dos|montre|casque|tasse|fauteuil", "es": "lámpara|mochila|reloj|auriculares|taza|silla",
    "it": "lampada|zaino|orologio|cuffie|tazza|poltrona", "pt": "luminária|mochila|relógio|fone|caneca|cadeira",
    "zh": "台灯|双肩包|手表|耳机|杯子|休闲椅", "ja": "ランプ|バックパック|腕時計|ヘッドホン|マグカップ|椅子",
    "ru": "лампа|рюкзак|часы|наушники|кружка|кресло", "id": "lampu|ransel|jam tangan|headphone|mug|kursi",
    "vi": "đèn|ba lô|đồng hồ|tai nghe|cốc|ghế", "th": "โคมไฟ|กระเป๋าเป้|นาฬิกา|หูฟัง|แก้ว|เก้าอี้",
    "ar": "المصباح|الحقيبة|الساعة|السماعات|الكوب|الكرسي", "hi": "लैंप|बैकपैक|घड़ी|हेडफ़ोन|मग|कुर्सी",
}
SKUS = ("lamp", "backpack", "watch", "headphones", "mug", "chair")
ASKED = {
    "weight": {"en": "tell me the weight of the {}", "de": "Gewicht {}?", "fr": "quel est le poids : {} ?", "it": "peso {}?",
               "es": "¿Qué peso tiene la {}?", "pt": "qual o peso da {}?", "zh": "{}重不重，多重？", "ja": "{}の重さは？",
               "ru": "{} сколько кг?", "id": "{} beratnya berapa?", "vi": "{} nặng mấy kg?", "th": "{}หนักกี่กรัม",
               "ar": "ما وزن {}؟", "hi": "{} का वज़न बताओ"},
    "catalogue": {"en": "{} - price?", "de": "{}: Preis?", "fr": "{} : prix ?", "it": "prezzo {}?", "es": "precio {}?",
                  "ar": "سعر {}؟", "pt": "preço {}?", "zh": "{}价格？", "ja": "{}の値段は？", "ru": "{} цена?",
                  "id": "{} harganya?", "vi": "{} giá?", "th": "{}ราคากี่บาท", "hi": "{} की कीमत?"},
}
OTHERS = {  # of which the shop knows nothing
    "en": ("does the watch take my blood pressure?", "can the watch count my steps?", "who won the football match?"),
    "de": ("Misst die Uhr den Blutdruck?", "Wer hat gestern das Spiel gewonnen?"),
    "fr": ("La montre mesure la tension ?", "Quel temps fera-t-il dimanche ?"), "es": ("¿El reloj mide la tensión?",),
    "it": ("L'orologio misura la pressione del sangue?", "Che tempo farà domenica?"), "pt": ("O relógio mede a pressão?",),
    "ru": ("Часы измеряют давление?",), "id": ("Apakah jam tangan bisa mengukur tekanan darah?",),
    "vi": ("Đồng hồ có đo huyết áp không?",), "th": ("นาฬิกาวัดความดันได้ไหม",), "hi": ("क्या घड़ी ब्लड प्रेशर नापती है?",),
    "ar": ("هل تقيس الساعة ضغط الدم؟",), "zh": ("手表能测血压吗？",), "ja": ("この腕時計で血圧は測れますか？",),
}


@pytest.fixture(scope="module", params=["with the model", "by words"])
def answerer(request: pytest.FixtureRequest) -> Answerer:
    embedder = installed() if request.param == "with the model" else None
    if embedder is None and request.param == "with the model":
        pytest.skip("the search model is not here")
    content = demo_content()
    return Answerer(content.passages, content.products, Market("us-en", "en", "espeak", "own-site", "USD"), embedder=embedder)


def ask(answerer: Answerer, text: str, language: str, on_show: str) -> Answer:
    return answerer.answer(Question("q", "v", text, language, datetime.now(UTC)), on_show=on_show)


@pytest.mark.parametrize("language", sorted(NAMES))
@pytest.mark.parametrize("fact", sorted(ASKED))
def test_the_one_that_is_named_is_told_of(answerer: Answerer, fact: str, language: str) -> None:
    for sku, name in zip(SKUS, NAMES[language].split("|"), strict=True):
        text = ASKED[fact][language].format(name)
        other = random.choice([s for s in SKUS if s != sku])
        answer = ask(answerer, text, language, other)
        cited = f"catalogue:{sku}" if fact == "catalogue" else f"{sku}:{fact}"
        assert cited in answer.citations, (text, other, answer.text)


@pytest.mark.parametrize("language", sorted(OTHERS))
def test_another_matter_is_declined(answerer: Answerer, language: str) -> None:
    for text in OTHERS[language]:
        answer = ask(answerer, text, language, "watch")
        assert answer.refusal, (text, answer.text)


def test_names_are_blanked_and_called_it() -> None:
    names = ProductNames(demo_content().products)
    for text, language, read in (("Wie schwer ist die Lampe?", "de", "Wie schwer ist das?"), ("这款台灯多重", "zh", "这个多重"),
                                 ("¿Cuánto pesa la lámpara de escritorio?", "es", "¿Cuánto pesa esto?")):
        words = names.find(normal(text), None, text, language).words
        assert names.nameless(text, language, words) == read
        assert names.masked(normal(text), words).replace(" ", "") == normal(text).replace(words[0], "").replace(" ", "")
        assert len(names.masked(normal(text), words)) == len(normal(text))


def test_a_kind_that_nothing_suggests_is_another_matter() -> None:
    assert Kinds({"weight": 0.01, OTHER: 0.9}).other_than("weight")
    assert not Kinds({"weight": 0.2, OTHER: 0.7}).other_than("weight")
    assert not Kinds({"weight": 0.01, "height": 0.8, OTHER: 0.1}).other_than("weight")
    assert not Kinds({}).other_than("weight") and not Kinds({OTHER: 1.0}).other_than("weight")
