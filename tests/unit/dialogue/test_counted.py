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
HEARD_LATER = {
    "en": {"Mmm, 5 mm thick": "hmm, five millimeters thick", "£4.50/100g": "four pounds fifty per one hundred grams",
           "6 x 250 ml": "six times two hundred and fifty milliliters",
           "Ø 30 mm, 180 g/m²": "diameter thirty millimeters, one hundred and eighty grams per square meter",
           "a 45° tilt": "a forty-five degree tilt", "30x40 cm": "thirty by forty centimeters"},
    "de": {"statt 39 € – 10 € sparen": "statt neununddreißig Euro – zehn Euro sparen",
           "10 € – 20 €": "zehn Euro bis zwanzig Euro",
           "1-2 Wochen, vom 5. bis 12. Februar": "ein bis zwei Wochen, vom fünften bis zwölften Februar"},
    "es": {"inclinación de 45°": "inclinación de cuarenta y cinco grados",
           "1-2 semanas, 1-2 días": "una a dos semanas, uno a dos días",
           "Tel. 91 234 56 78": "Tel. nueve uno, dos tres cuatro, cinco seis, siete ocho"},
    "fr": {"1 à 2 semaines, 9 h–18 h": "une à deux semaines, neuf heures à dix-huit heures",
           "1 000 000 pièces": "un million de pièces"},
    "pt": {"1-2 semanas, Seg. a sex.": "uma a duas semanas, segunda a sexta."},
    "it": {"Lun–ven, sul 2° pezzo": "lunedì a venerdì, sul secondo pezzo", "1-2 settimane": "una a due settimane",
           "fino a 45° e 2° C": "fino a quarantacinque gradi e due gradi C"},
    "ru": {"до 21:00, после 9:30": "до двадцати одного часа, после девяти тридцати", "с 1 по 3 мая": "с первого по третье мая",
           "1 из 2 ламп": "один из двух ламп",
           "до 24.12.2026": "до двадцать четвёртого декабря две тысячи двадцать шестого года",
           "до 3 шт., до 5 кг": "до трёх штук, до пяти килограммов",
           "1-2 недели, 2-3 дня": "одна-две недели, два-три дня", "К 1 мая": "К первому мая",
           "1,5 В.": "одна целая пять десятых вольта.",
           "1 000 000 рублей": "один миллион рублей"},
    "zh": {"2节电池，1-2周": "两节电池，一到两周", "90后": "九零后", "约4.5元/100g": "约四点五元每一百克"},
    "id": {"Pukul 20.00 WIB": "Pukul dua puluh WIB"},
}  # fmt: skip
READ_LATER = {  # in 200 sentences of shops, read with the eye of a native speaker
    "en": {"2x USB-C, a 6' x 9' rug at 1/2 price": "two USB-C, a six foot by nine foot rug at half price"},
    "de": {"in 1 Tag, nach 1 Woche, aus 1 Kanne und 1 Glas": "in einem Tag, nach einer Woche, aus einer Kanne und einem Glas",
           "für 1 Monat, ohne 1 Schraube, für 1 Jahr": "für einen Monat, ohne eine Schraube, für ein Jahr",
           "Wir haben noch 1 Stuhl und 1 Sofa.": "Wir haben noch einen Stuhl und ein Sofa.",
           "zum 1/2 Preis": "zum halben Preis",
           "In 1,5 Stunden, 1 Tag": "In eins Komma fünf Stunden, ein Tag"},
    "fr": {"1 seule charge, 0,05 €/g": "une seule charge, cinq centimes le gramme", "à 1/2 prix": "à moitié prix"},
    "es": {"de lun. a vie., del lun. al vie.": "de lunes a viernes, del lunes al viernes."},
    "pt": {"500 colheres, pela 1/2 do preço": "quinhentas colheres, pela metade do preço"},
    "ru": {"первым 100 покупателям, к 5 товарам": "первым ста покупателям, к пяти товарам",
           "в 2 городах и 15 регионах": "в двух городах и пятнадцати регионах",
           "с 3 режимами и 2 кнопками": "с тремя режимами и двумя кнопками", "5 новым моделям": "пяти новым моделям",
           "в 1 коробке, с 1 кабелем, в 1 ящике": "в одной коробке, с одним кабелем, в одном ящике",
           "из 4 чашек и 1 чайника": "из четырёх чашек и одного чайника", "с 21 функцией": "с двадцатью одной функцией",
           "для 2 человек, без 1 винта": "для двух человек, без одного винта", "с 10 до 18 ч": "с десяти до восемнадцати часов",
           "вместо 249 ₽": "вместо двухсот сорока девяти рублей", "не более 3 штук в 1 руки": "не более трёх штук в одни руки",
           "2 стола и 5 раз": "два стола и пять раз", "4,7/5": "четыре целых семь десятых из пяти"},
    "zh": {"评分4.7/5": "评分四点七分，满分五分", "拨打400-820-8820": "拨打四零零，八二零，八八二零"},
    "ja": {"4.7/5": "五点満点中四点七"}, "ar": {"4.7/5": "4.7 من 5", "بسعر 1/2": "بسعر نصف"},
    "hi": {"4.7/5 रेटिंग, 1/2 दाम": "5 में से 4.7 रेटिंग, आधे दाम", "कॉल करें 1800-123-4567": "कॉल करें 1 8 0 0, 1 2 3, 4 5 6 7"},
    "id": {"Rating 4,7/5, cicilan 12x": "Rating empat koma tujuh dari lima, cicilan dua belas kali",
           "barang ke-2, ke-1, Rp10 ribu": "barang kedua, pertama, sepuluh ribu rupiah"},
    "th": {"เปิด 9.30-18.00 น.": "เปิด เก้า นาฬิกา สามสิบ นาที ถึง สิบแปด นาฬิกา", "1 ม.ค.": "หนึ่ง มกราคม", "8 ชม.": "แปด ชั่วโมง"},
    "vi": {"Từ ngày 1/1/2026": "Từ ngày một tháng một năm hai nghìn không trăm hai mươi sáu", "4,7/5": "bốn phẩy bảy trên năm",
           "Gọi 1900 1234": "Gọi một chín không không, một hai ba bốn"},
}  # fmt: skip
READ_AFTER = {  # in the next 140 of them
    "en": {"A 4.5★ rating": "A four point five star rating"},
    "de": {"5 Löffel, 2 mögliche, 2 l": "fünf Löffel, zwei mögliche, zwei Liter",
           "1x im Monat, 2x täglich, 1. Wahl": "einmal im Monat, zweimal täglich, erste Wahl",
           "Ca. 2 l, mind. 5 J. Garantie": "Circa zwei Liter, mindestens fünf Jahre Garantie",
           "den 1990er Jahren, Größe 38/40": "den neunzehnhundertneunziger Jahren, Größe achtunddreißig, vierzig"},
    "fr": {"2 gâteaux, 2 mètres, 3 hôtes": "deux gâteaux, deux mètres, trois hôtes",
           "Env. 5, 2x plus": "Environ cinq, deux fois plus"},
    "es": {"3 láminas, 2 más": "tres láminas, dos más"},
    "pt": {"2 mãos, 3 gêneros, 2x mais": "duas mãos, três gêneros, duas vezes mais"},
    "it": {"N. 1 nelle vendite": "numero uno nelle vendite"},
    "ru": {"на 2 этаже, на 3 месте": "на втором этаже, на третьем месте",
           "Владельцам 2 и более карт": "Владельцам двух и более карт",
           "около 2,5 л": "около двух с половиной литров", "1990-х годов": "тысяча девятьсот девяностых годов"},
    "zh": {"38/40码": "三十八、四十码"}, "hi": {"₹1.5 लाख, 2x तेज़": "डेढ़ लाख रुपये, 2 गुना तेज़"},
    "id": {"1 thn, No. 1, maks. 90": "satu tahun, nomor satu, maksimal sembilan puluh",
           "1990-an": "seribu sembilan ratus sembilan puluhan"},
    "vi": {"2 lần, 101 mẫu, 5 m": "hai lần, một trăm lẻ một mẫu, năm mét", "2026": "hai nghìn không trăm hai mươi sáu"},
}  # fmt: skip
for _more in (HEARD_LATER, READ_LATER, READ_AFTER):
    for _language, _said in _more.items():
        HEARD[_language] |= _said


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
