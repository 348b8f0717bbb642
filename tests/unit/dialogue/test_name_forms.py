"""Names of things as sentences write them: articles written to them, cases, no blanks, no accents."""

from __future__ import annotations

import pytest

from assets.product import ProductModel
from dialogue.analyser import normal
from dialogue.name_forms import stands, unaccented
from dialogue.naming import ProductNames
from tests.benchmark.shoppers.sheet import Shop

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def products() -> dict[str, ProductModel]:
    return Shop().products


@pytest.fixture(scope="module")
def names(products: dict[str, ProductModel]) -> ProductNames:
    return ProductNames(products)


@pytest.mark.parametrize(("text", "language", "sku"), [
    ("هل كوبكم ثقيل", "ar", "mug"), ("أريد شراء كرسي", "ar", "chair"), ("للحقيبه كم جيب", "ar", "backpack"),
    ("هالمصباح يدور؟", "ar", "lamp"), ("والسماعة فيها ميكروفون؟", "ar", "headphones"), ("قطر الساعة كم ملم", "ar", "watch"),
    ("ремешок часов кожаный?", "ru", "watch"), ("у наушников есть чехол", "ru", "headphones"),
    ("мне нужна кружку большую", "ru", "mug"), ("кто-нибудь сидел в кресле", "ru", "chair"),
    ("с рюкзаком в самолёт", "ru", "backpack"),
    ("หูหิ้วของแก้วใหญ่ไหม", "th", "mug"), ("สายนาฬิกาเปลี่ยนได้ไหม", "th", "watch"), ("เฮดโฟนพับได้ไหม", "th", "headphones"),
    ("कुर्सियों पर कितना वज़न रख सकते हैं", "hi", "chair"), ("मग में कितनी चाय आती है", "hi", "mug"),
    ("ranselnya muat buat dua hari?", "id", "backpack"), ("kursinya bisa dilipat", "id", "chair"),
    ("o relogio risca facil?", "pt", "watch"), ("a luminaria esquenta?", "pt", "lamp"), ("lampara regulable?", "es", "lamp"),
    ("dong ho co kinh gi", "vi", "watch"),
])
def test_a_name_is_known_as_it_is_typed(names: ProductNames, text: str, language: str, sku: str) -> None:
    assert names.find(normal(text), None, text, language).sku == sku


@pytest.mark.parametrize(("text", "language"), [
    ("كم الساعة الآن؟", "ar"), ("البث يبدأ الساعة 9", "ar"), ("كم ساعة تبقى مشحونة", "ar"),
    ("сколько часов она светит", "ru"), ("какие у вас часы работы", "ru"), ("через 3 часа будет?", "ru"),
    ("ส่งก่อน 18 นาฬิกาไหม", "th"), ("หน้าปัดทำจากแก้วหรือเปล่า", "th"), ("ยอดขายถึงเป้าหมายไหม", "th"),
    ("मगर यह महँगा है", "hi"), ("मगरमच्छ की खाल?", "hi"),
])
def test_the_same_letters_with_another_meaning_name_nothing(names: ProductNames, text: str, language: str) -> None:
    assert names.find(normal(text), None, text, language).sku is None


def test_names_are_told_in_the_order_in_which_they_stand(names: ProductNames) -> None:
    said = [sku for _, sku in sorted(names.all(normal("что тяжелее: в кружке чай или рюкзаки?"), None))]
    assert said == ["mug", "backpack"]
    said = [sku for _, sku in sorted(names.all(normal("أيهما أثقل الحقيبة أو الكوب"), None))]
    assert said == ["backpack", "mug"]


def test_what_names_it_is_the_word_as_typed(names: ProductNames) -> None:
    assert names.find(normal("سعر الكرسي"), None, "سعر الكرسي", "ar").words == ("الكرسي",)
    assert stands(normal("рюкзак"), normal("цена рюкзаков?")) == (5, 13)


def test_letters_lose_their_signs_in_place_and_only_latin_ones() -> None:
    text = normal("Đồng hồ à la lámpara ёлка कुर्सी")
    assert unaccented(text) == normal("dong ho a la lampara ёлка कुर्सी")
    assert len(unaccented(text)) == len(text)
