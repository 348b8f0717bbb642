"""Lines as real shoppers type them, one or two of each class that was answered wrongly or declined though the shop knows it."""

from datetime import UTC, datetime

import pytest

from assets.knowledge import Passage
from assets.market import Market
from dialogue.answering import MEANT_FIT, MEANT_FOREIGN_YES, MEANT_YES, Answerer, _least_meant
from dialogue.attributes import Asked, kinds
from dialogue.language import detect
from dialogue.meaning import Kinds
from dialogue.misspelt import corrected
from dialogue.part_questions import parts_of
from dialogue.question import Answer, Question
from dialogue.suggested import candidates
from tests.fakes.show_parts import demo_content

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    content = demo_content()
    return Answerer(content.passages, content.products, Market("us-en", "en", "espeak", "own-site", "USD"))


def asked(answerer: Answerer, text: str, language: str, sku: str | None) -> Answer:
    return answerer.answer(Question("q", "v", text, language, datetime.now(UTC)), on_show=sku)


@pytest.mark.parametrize(("text", "language", "sku", "cited"), [
    ("im 6'4 and 280 lbs am i gonna snap it", "en", "chair", "chair:max_load"),
    ("my thermos is 1 liter does it go in the side thing", "en", "backpack", "backpack:bottle_pocket"),
    ("how long til theyre full", "en", "headphones", "headphones:charge_time"),
    ("what if i dont wear it for 3 days", "en", "watch", "watch:power_reserve"),
    ("pair w laptop n phone same time?", "en", "headphones", "headphones:multipoint"),
    ("my grandpa is 150 kg", "en", "chair", "chair:max_load"), ("没电了能插线听吗", "zh", "headphones", "headphones:cable_use"),
    ("is the paint toxic", "en", "mug", "mug:glaze"), ("q foco lleva", "es", "lamp", "lamp:bulb"),
    ("viene armada o hay q armarla", "es", "chair", "chair:assembly"),
    ("passt ein 16 zoll macbook rein", "de", "backpack", "backpack:fits_laptop"),
    ("ist die schon zusammengebaut", "de", "chair", "chair:assembly"),
    ("poids max", "fr", "chair", "chair:max_load"), ("cest fait ou", "fr", "mug", "mug:origin"),
    ("cabe quanto de café", "pt", "mug", "mug:capacity"), ("dura quantas horas", "pt", "headphones", "headphones:battery_life"),
    ("dá pra levar no avião de mão", "pt", "backpack", "backpack:cabin_size"),
    ("ci sta un portatile da 17", "it", "backpack", "backpack:fits_laptop"),
    ("几个麦", "zh", "headphones", "headphones:microphones"), ("明るさ調整できる？", "ja", "lamp", "lamp:dimmable"),
    ("有線でも使えますか", "ja", "headphones", "headphones:cable_use"),
    ("كم تشيل مل", "ar", "mug", "mug:capacity"), ("تتحمل كم كيلو", "ar", "chair", "chair:max_load"),
    ("kitne ghante me charge hota hai", "hi", "headphones", "headphones:charge_time"),
    ("isme kitna chai aata hai", "hi", "mug", "mug:capacity"),
    ("do phone ek sath chalega", "hi", "headphones", "headphones:multipoint"),
    ("kitna wajan utha sakti hai", "hi", "chair", "chair:max_load"),
    ("warranty kitni hai", "hi", "watch", "watch:warranty"), ("плавать в них можно", "ru", "watch", "watch:water_resistance"),
    ("kuat berapa kilo", "id", "chair", "chair:max_load"), ("ada brp kantong", "id", "backpack", "backpack:pockets"),
    ("bs dipake renang ga", "id", "watch", "watch:water_resistance"), ("ปรับแสงได้ไหม", "th", "lamp", "lamp:dimmable"),
    ("đi bơi dc ko", "vi", "watch", "watch:water_resistance"),
])
def test_the_attribute_that_is_meant_is_told(answerer: Answerer, text: str, language: str, sku: str, cited: str) -> None:
    assert asked(answerer, text, language, sku).citations == (cited,)


@pytest.mark.parametrize(("text", "language", "said"), [
    ("bs dipake renang ga", "id", "Tidak."), ("お風呂で使える？", "ja", "いいえ"), ("đi bơi dc ko", "vi", "Không."),
])
def test_swimming_is_no_splash_in_any_language(answerer: Answerer, text: str, language: str, said: str) -> None:
    assert asked(answerer, text, language, "headphones").text.startswith(said), "IPX2 keeps out drizzle"


@pytest.mark.parametrize(("text", "language"), [
    ("je pèse {} kg ça tient ?", "fr"), ("peso {} kg, aguanta?", "es"), ("eu peso {} quilos aguenta?", "pt"),
    ("体重{}キロでも大丈夫？", "ja"), ("я вешу {} кг выдержит?", "ru"), ("berat saya {} kg kuat ga", "id"),
    ("mình nặng {} kg ngồi dc ko", "vi"), ("وزني {} كيلو تتحملني؟", "ar"),
    ("मेरा वज़न {} किलो है, चलेगी?", "hi"),
])
def test_the_asker_s_weight_is_held_against_the_load(answerer: Answerer, text: str, language: str) -> None:
    light, heavy = (asked(answerer, text.format(kilos), language, "chair") for kilos in (120, 150))
    assert light.citations == heavy.citations == ("chair:max_load",)
    assert light.text != heavy.text, "yes to one, no to the other"


@pytest.mark.parametrize(("text", "language"), [
    ("will it break if im 120 kg", "en"), ("im 120 kg too heavy for it?", "en"), ("120公斤会不会坐坏", "zh"),
])
def test_whether_it_breaks_gets_the_measure_and_no_yes(answerer: Answerer, text: str, language: str) -> None:
    answer = asked(answerer, text, language, "chair")
    assert answer.citations == ("chair:max_load",) and not answer.text.startswith(("Yes", "No", "是", "不"))


@pytest.mark.parametrize(("text", "language"), [
    ("do u have gift cards", "en"), ("habt ihr gutscheine", "de"), ("你们有礼品卡吗", "zh"),
])
def test_a_gift_card_is_no_gift_wrapping(answerer: Answerer, text: str, language: str) -> None:
    assert asked(answerer, text, language, "lamp").refusal


@pytest.mark.parametrize(("text", "language", "country"), [
    ("cuanto tarda en llegar a chile", "es", "Canadá"), ("ship về vn ko", "vi", "Canada"), ("ส่งไทยมั้ยคะ", "th", "แคนาดา"),
    ("توصلون للسعودية؟", "ar", "كندا"), ("how long does delivery to Brazil take", "en", "Canada"),
])
def test_where_nothing_is_sent_gets_the_list_and_no_days(answerer: Answerer, text: str, language: str, country: str) -> None:
    answer = asked(answerer, text, language, None)
    assert answer.citations == ("faq.en:countries",) and country in answer.text and "2" not in answer.text


def test_where_it_is_sent_gets_the_days(answerer: Answerer) -> None:
    assert "2 to 5" in asked(answerer, "how long does delivery to Canada take", "en", None).text


@pytest.mark.parametrize(("text", "language", "cited"), [
    ("能装多少 带盖子吗", "zh", {"mug:capacity", "mug:lid"}),
    ("何ml入る 食洗機は", "ja", {"mug:capacity", "mug:dishwasher_safe"}),
])
def test_a_blank_divides_two_questions_in_chinese_and_japanese(
    answerer: Answerer, text: str, language: str, cited: set[str],
) -> None:
    assert set(asked(answerer, text, language, "mug").citations) == cited


def test_sending_back_and_who_pays_is_one_matter() -> None:
    assert parts_of("买错了能退不 运费谁出", "zh") == []


@pytest.mark.parametrize("text", ["paise kab wapas milenge", "aap kaha se ho", "do phone ek sath chalega"])
def test_hindi_in_latin_letters_is_hindi(text: str) -> None:
    assert detect(text, "hi") == "hi"


def test_german_is_not_taken_for_it() -> None:
    assert detect("meine karte geht nicht", "en") == "de"


@pytest.mark.parametrize(("word", "language"), [("renang", "id"), ("cargar", "es")])
def test_a_word_that_questions_are_made_of_is_no_slip(word: str, language: str) -> None:
    assert corrected(f"x {word}", language, ()) == f"x {word}"


def _passage(identity: str, text: str, language: str) -> Passage:
    return Passage(id=identity, text=text, language=language, kind="faq", source="t")


@pytest.mark.parametrize(("texts", "least"), [
    ((("It comes in a box.", "en"),), MEANT_FIT), ((("Yes. They have microphones.", "en"),), MEANT_YES),
    ((("可以，耳机带有麦克风。", "zh"), ("Yes. They have microphones.", "en")), MEANT_YES),
    ((("可以，耳机带有麦克风。", "zh"),), MEANT_FOREIGN_YES),
])
def test_a_yes_by_meaning_alone_has_to_be_surer(texts: tuple[tuple[str, str], ...], least: float) -> None:
    found = [_passage(f"f{n}", text, language) for n, (text, language) in enumerate(texts)]
    assert _least_meant(found, "en") == least


def test_who_pays_for_a_return_is_not_told_how_to_pay(answerer: Answerer) -> None:
    assert asked(answerer, "muss ich rücksendung zahlen", "de", None).citations[0] == "returns.en:cost"


def test_words_for_what_meaning_does_not_know_go_before_a_weak_meaning() -> None:
    meant = Kinds({"noise_level": 0.56, "other": 0.44})
    assert next(one.name for one in candidates("没电了能插线听吗", "zh", (), meant)) == "cable_use"


def test_a_weak_meaning_does_not_outvote_two_words() -> None:
    meant = Kinds({"weight": 0.49, "other": 0.37, "material": 0.14})
    found: list[Asked] = candidates("es automatico o de pila", "es", (), meant)
    assert found and all(one.name != "weight" for one in found) and "weight" in kinds()
