"""Numbers as a native speaker says them before what they count; each was heard wrong once."""

from __future__ import annotations

import random

import pytest

from dialogue.russian_forms import genitive
from dialogue.spoken import spoken_text

pytestmark = pytest.mark.unit

HEARD = {
    "en": {"a 65W charger": "a sixty-five watt charger",
           "with a 20,000 mAh battery": "with a twenty thousand milliamp hour battery",
           "the 2 kg bag": "the two kilogram bag", "It weighs 2 kg and holds 5 kg of rice.":
           "It weighs two kilograms and holds five kilograms of rice.", "a 13.3″ screen": "a thirteen point three inch screen",
           "5'10\" tall": "five feet ten inches tall", "a 5 m or 10 m cable": "a five meters or ten meter cable"},
    "es": {"1 vela y 21 velas": "una vela y veintiuna velas", "200 piezas": "doscientas piezas",
           "1 día, 21 días": "un día, veintiún días",
           "31 opciones": "treinta y una opciones", "$1.299 MXN": "mil doscientos noventa y nueve pesos mexicanos",
           "El 1.º de mayo, el 1.º piso": "El primero de mayo, el primer piso", "cargador 2-en-1": "cargador dos en uno",
           "atención 24/7": "atención veinticuatro siete", "1 kg y 13,3″": "un kilogramo y trece coma tres pulgadas"},
    "fr": {"1 pièce, 21 pièces": "une pièce, vingt et une pièces", "1 jour": "un jour", "7j/7, 24h/24":
           "sept jours sur sept, vingt-quatre heures sur vingt-quatre",
           "de 9h-18h30": "de neuf heures à dix-huit heures trente"},
    "pt": {"1 vela, 22 velas, 200 peças": "uma vela, vinte e duas velas, duzentas peças", "21 dias": "vinte e um dias",
           "9h–18h": "nove horas às dezoito horas", "2-em-1": "dois em um"},
    "it": {"1 candela, 1 giorno, 1 zaino": "una candela, un giorno, uno zaino", "1 opzione": "un'opzione",
           "Chiama 02 1234567": "Chiama zero due, uno due tre quattro cinque sei sette", "2-in-1": "due in uno"},
    "de": {"1 Woche, 1 Lieferung, 1 Jahr": "eine Woche, eine Lieferung, ein Jahr", "Nr. 1 Marke": "Nummer eins Marke",
           "Am 1. Mai ist die 3. Generation da.": "Am ersten Mai ist die dritte Generation da.",
           "Es gibt 3. Das ist gut.": "Es gibt 3. Das ist gut.", "5 Min. warten": "fünf Minuten warten",
           "Bis 24.12.2026": "Bis vierundzwanzigsten Dezember 2026", "2-in-1": "zwei in eins",
           "030 1234567": "null drei null, eins zwei drei vier fünf sechs sieben"},
    "ru": {"до 24 часов": "до двадцати четырёх часов", "от 3 дней, более 100 рублей": "от трёх дней, более ста рублей",
           "до 5 кг.": "до пяти килограммов.", "с 9:00 до 18:30": "с девяти до восемнадцати тридцати",
           "1 минута, 2 минуты, 5 минут": "одна минута, две минуты, пять минут", "21 устройство": "двадцать одно устройство",
           "за 1 неделю": "за одну неделю", "2 стола": "два стола", "3-е поколение, 2-я полка, 1-го мая":
           "третье поколение, вторая полка, первого мая",
           "Цена 1 299 ₽. Кабель": "Цена одна тысяча двести девяносто девять рублей. Кабель",
           "8 800 555-35-35": "восемь, восемьсот, пятьсот пятьдесят пять, тридцать пять, тридцать пять",
           "8 495 005-07-00": "восемь, четыреста девяносто пять, ноль ноль пять, ноль семь, ноль ноль", "2-в-1": "два в одном"},
    "zh": {"20000元": "两万元", "2200克": "两千二百克", "12000": "一万二千", "200": "二百", "1/2杯": "二分之一杯",
           "全年24/7": "全年七乘二十四小时"},
    "ja": {"2-in-1充電器": "ツーインワン充電器"}, "hi": {"2-in-1": "टू इन वन"}, "th": {"3-in-1": "ทรีอินวัน"},
    "id": {"2-in-1": "dua dalam satu"},
    "vi": {"9h–18h": "chín giờ đến mười tám giờ", "9h30": "chín giờ ba mươi"}, "ar": {"السعر ١٢٩٫٩٩": "السعر 129.99"},
}  # fmt: skip


@pytest.mark.parametrize(("language", "written"), [(language, written) for language in HEARD for written in HEARD[language]])
def test_it_is_said_as_people_say_it(language: str, written: str) -> None:
    assert spoken_text(written, language) == HEARD[language][written]


def test_russian_genitives_have_one_word_for_each_digit_that_counts() -> None:
    for value in [1, 2, 11, 12, 20, 21, 100, 111, 999, 1000, 2000, 21_000, *(random.randint(1, 999_999) for _ in range(200))]:
        said = genitive(value).split()
        thousands, rest = divmod(value, 1000)
        words = sum(bool(part // 100) + (1 if part % 100 < 20 and part % 100 else bool(part % 100 // 10) + bool(part % 10))
                    for part in (thousands if thousands != 1 else 0, rest)) + bool(thousands)
        assert len(said) == words, (value, said)
        assert not any(word.endswith("ь") for word in said), "that is the nominative"
