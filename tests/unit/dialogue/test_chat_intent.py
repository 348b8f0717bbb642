"""What lines of chat want, in 14 languages, and how their writers are named."""

from __future__ import annotations

import random

import pytest

from dialogue import wording
from dialogue.chat.addressing import lead, speakable
from dialogue.chat.intent import DOUBTS, doubt_of, intent_of, is_abuse
from dialogue.lexicon import table
from dialogue.ports import LANGUAGES

pytestmark = pytest.mark.unit

# Lines as people type them; none is the text of a pattern.
DOUBTING = {
    "dear": {"en": "hmm that's too expensive for a lamp", "zh": "这也太贵了吧", "ja": "ちょっと高いなあ", "es": "es muy caro",
             "fr": "c'est trop cher pour moi", "de": "das ist mir zu teuer", "pt": "achei muito caro",
             "it": "mi sembra troppo caro",
             "hi": "यह तो बहुत महंगा है", "ar": "والله غالي", "ru": "как-то дорого", "id": "mahal banget kak", "th": "แพงไปอะ",
             "vi": "sao mắc quá vậy"},
    "genuine": {"en": "is this real leather or fake? looks fake", "zh": "是正品吗", "ja": "これ本物？", "es": "¿es original?",
                "fr": "c'est une arnaque ?", "de": "ist das echt?", "pt": "é original?", "it": "è originale?",
                "hi": "असली है क्या",
                "ar": "هل هو أصلي", "ru": "это не подделка?", "id": "ini ori kak?", "th": "ของแท้ไหมคะ",
                "vi": "hàng thật hay hàng giả"},
}
IDLE = {"en": "hello from Brighton", "zh": "主播晚上好", "ja": "こんばんは", "es": "hola a todos",
        "fr": "bonsoir tout le monde",
        "de": "guten abend zusammen", "pt": "boa noite pessoal", "it": "ciao a tutti", "hi": "नमस्ते दोस्तों",
        "ar": "السلام عليكم",
        "ru": "всем привет", "id": "halo semuanya", "th": "สวัสดีทุกคน", "vi": "chào cả nhà"}
PRICE = {"en": "how much is it", "zh": "多少钱", "ja": "いくら", "es": "cuánto vale", "fr": "c'est combien",
         "de": "was kostet das",
         "pt": "quanto custa", "it": "quanto costa", "hi": "कितने का है", "ar": "بكم", "ru": "сколько стоит",
         "id": "berapa harganya",
         "th": "ราคาเท่าไหร่", "vi": "giá bao nhiêu"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_doubts_and_greetings_are_told_apart(language: str) -> None:
    assert intent_of(PRICE[language], language).asks
    assert not intent_of(IDLE[language], language).matters
    for kind, lines in DOUBTING.items():
        assert doubt_of(lines[language], language) == kind
    assert intent_of(f"{IDLE[language]}?", language).asks, "a question mark asks in every language"


def test_who_wants_to_have_it() -> None:
    for line, language in (("I'll take two", "en"), ("怎么下单", "zh"), ("quiero comprar uno", "es"),
                           ("ich möchte einen bestellen", "de"),
                           ("как заказать", "ru"), ("mau beli dong", "id"), ("chốt đơn", "vi")):
        assert intent_of(line, language).buys, line
    assert not intent_of("it is red", "en").buys


@pytest.mark.parametrize("kind", DOUBTS)
def test_every_doubt_has_words_in_every_language(kind: str) -> None:
    row = table("doubts")[kind]
    for part in ("says", "heard", "probes"):
        assert set(row[part]) == set(LANGUAGES)


@pytest.mark.parametrize(("shown", "said"), [
    ("Ana", "Ana"), ("ana_92", "ana"), ("小明", "小明"), ("Jean Luc", "Jean Luc"), ("Иван", "Иван"), ("O'Neil", "O'Neil"),
    ("", ""), ("x", ""), ("buy at shop.com", ""), ("support", ""), ("one two three", ""), ("a" * 30, ""), ("fuck_you", ""),
    ("<b>Bob</b>", ""), ("💖💖", ""), ("官方", ""), ("A\u202enA", ""), ("A\u0336n\u0336a\u0336", ""), ("Аna", ""),
    ("Aaaaaaaah", ""), ("Müller", "Müller"), ("Nguyễn Ánh", "Nguyễn Ánh"), ("मीना", "मीना"), ("สมชาย", "สมชาย")])
def test_only_plain_names_are_said(shown: str, said: str) -> None:
    assert speakable(shown) == said


def test_one_is_named_and_many_are_counted() -> None:
    rng = random.Random()
    for language in LANGUAGES:
        topic, name, count = rng.choice(("Gewicht", "色", "peso")), rng.choice(("Ana", "Lee")), rng.randrange(2, 90)
        assert name in lead(language, topic, (name,), 1, "q1") and topic in lead(language, topic, (name,), 1, "q1")
        many = lead(language, topic, (name, "Bo"), count, "q1")
        assert str(count) in many and topic in many and name not in many
        assert name in lead(language, "", ("http://x", name), 1, "q1"), "the first name that can be said"
        assert lead(language, topic, (), 1, "q1") == wording.lead(language, __import__("zlib").crc32(b"q1"), topic)
        assert lead(language, "", (), 1, "q1") == ""
        greeted = [lead(language, "", (name,), 1, f"q{n}") for n in range(20)]
        assert len(set(greeted)) == 2 and all(name in words for words in greeted)


@pytest.mark.parametrize(("name", "languages"), [
    ("小明", {"zh", "ja"}), ("さくら", {"ja"}), ("Иван", {"ru"}), ("मीना", {"hi"}), ("سارة", {"ar"}), ("สมชาย", {"th"}),
    ("지민", set())])
def test_a_name_is_said_where_the_voice_can_read_it(name: str, languages: set[str]) -> None:
    assert {tag for tag in LANGUAGES if name in lead(tag, "", (name,), 1, "q1")} == languages


def test_abuse_is_seen_and_honest_words_are_not() -> None:
    assert is_abuse("you stupid bitch", "en") and is_abuse("傻逼主播", "zh") and is_abuse("FUCK you", "de")
    for line, language in (("assess the class", "en"), ("Scunthorpe", "en"), ("насколько хорошо", "ru"), ("computadora", "es"),
                           ("dispute the charge", "en"), ("颜色太贱卖了", "zh"), ("hebat", "id")):
        assert not is_abuse(line, language), line
