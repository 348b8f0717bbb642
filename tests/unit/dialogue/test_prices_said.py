"""Prices, sizes, dates and percentages as a native speaker says them; each was heard wrong once in 400 sentences of shops."""

from __future__ import annotations

import random

import pytest

from dialogue.russian_cases import accusative, form_of
from dialogue.spoken import spoken_text
from dialogue.spoken_words import number_words

pytestmark = pytest.mark.unit

SAID = {
    "en": {"until 3 May 2027": "until May third, twenty twenty-seven",
           "31st March 2027": "March thirty first, twenty twenty-seven",
           "A $10 gift card, 1/2 L, 3x": "A ten dollar gift card, half a liter, three times",
           "100s of colors": "hundreds of colors", "11/24-11/30": "November twenty fourth to November thirtieth",
           "$1.5": "one dollar fifty", "$1.5 million": "one point five million dollars",
           "$5.05 or 99¢": "five dollars and five cents or ninety-nine cents", "$.99": "ninety-nine cents",
           "1 in. or 18 in x 24 in": "one inch or eighteen inches by twenty-four inches", "3/4 in": "three quarter inch",
           "a .5 oz sample": "a point five ounces sample", "Jan 5-8": "January fifth to eighth",
           "the 2026 model, Jan 2026": "the twenty twenty-six model, January twenty twenty-six",
           "Friday 5/1, 50/50": "Friday, May first, fifty-fifty",
           '30"W x 20"D x 40"H': "thirty wide by twenty deep by forty high", "a 2-for-1 deal": "a two-for-one deal",
           "We have 3 in stock": "We have three in stock"},
    "de": {"am 3. Mai 1999": "am dritten Mai eintausendneunhundertneunundneunzig",
           "1-Liter-Flasche, 3er-Pack, 10-€-Gutschein": "ein-Liter-Flasche, dreier-Pack, zehn-Euro-Gutschein",
           "1,80 m lang": "einen Meter achtzig lang", "1/2 l Milch": "ein halber Liter Milch",
           "Das kostet 1 €.": "Das kostet einen Euro.", "für 1,50 €": "für einen Euro fünfzig",
           "Nur 1 € Rabatt": "Nur ein Euro Rabatt", "1 m hoch, mit 1 kg": "einen Meter hoch, mit einem Kilogramm",
           "Sie wiegt 1 kg.": "Sie wiegt ein Kilogramm.", "10–20 €": "zehn bis zwanzig Euro",
           "5 €/Monat": "fünf Euro im Monat", "um 1 Uhr": "um ein Uhr", "vom 1. bis 3.5.": "vom ersten bis dritten Mai",
           "1.–3. März": "ersten bis dritten März",
           "seit 1998, jeder 10. Kunde": "seit neunzehnhundertachtundneunzig, jeder zehnte Kunde",
           "1200 m": "eintausendzweihundert Meter", "dauert 1 Tag": "dauert einen Tag"},
    "es": {"el 1/3 de la caja, el 15/3": "el un tercio de la caja, el quince de marzo",
           "en 1-3 días, 1 h y 21 min": "en uno a tres días, una hora y veintiún minutos",
           "4,9/5 en 1.203 opiniones": "cuatro coma nueve de cinco en mil doscientos tres opiniones",
           "$500 pesos": "quinientos pesos", "£21": "veintiuna libras",
           "el 1 %, el 21 %": "el uno por ciento, el veintiuno por ciento",
           "5 €/mes, 9 €/noche": "cinco euros al mes, nueve euros por noche", "a la 1:00": "a la una",
           "1.000.000 €, €2 millones": "un millón de euros, dos millones de euros", "S/ 50": "cincuenta soles",
           "el 3.er año": "el tercer año"},
    "fr": {"de 1er choix": "de premier choix",
           "bouteille de 1 L, dès 1 €, de 1 à 3": "bouteille d'un litre, dès un euro, de un à trois",
           "1 h, 21h30, 1 min": "une heure, vingt et une heures trente, une minute", "£1": "une livre",
           "5 €/mois": "cinq euros par mois", "12 x 10 €": "douze fois dix euros", "1 000 000 €": "un million d'euros",
           "la 1ère, le 2nd": "la première, le second", "10–20 €": "dix à vingt euros"},
    "pt": {"110/220 V": "cento e dez, duzentos e vinte volts", "às 2h, 22h": "às duas horas, vinte e duas horas",
           "£2": "duas libras", "2.000 peças": "duas mil peças",
           "1 de março, dia 1/3": "primeiro de março, dia primeiro de março", "R$ 10–20": "dez a vinte reais",
           "R$ 2 milhões": "dois milhões de reais", "em até 12x": "em até doze vezes",
           "12x R$ 9,99": "doze vezes de nove reais e noventa e nove"},
    "it": {"l'1%": "l'uno per cento", "dall'1 marzo, il 1/3": "dal primo marzo, il primo marzo", "£1": "una sterlina",
           "alle 1:00": "all'una", "€1,5 milioni": "uno virgola cinque milioni di euro", "5 €/mese": "cinque euro al mese"},
    "ru": {"в течение 14 дней, к 18:00": "в течение четырнадцати дней, к восемнадцати часам",
           "весит 1,1 кг": "весит одну целую одну десятую килограмма",
           "с 2 999 ₽ до 1 999 ₽":
               "с двух тысяч девятисот девяноста девяти рублей до тысячи девятисот девяноста девяти рублей",
           "стоит 1 000 рублей": "стоит одну тысячу рублей", "за 21 000 ₽": "за двадцать одну тысячу рублей",
           "от 1 000 до 2 000 рублей": "от тысячи до двух тысяч рублей", "цена 1 000 ₽": "цена одна тысяча рублей",
           "по 1 000 ₽, по 1 шт": "по одной тысяче рублей, по одной штуке",
           "1 %, 22 %, 5 %": "один процент, двадцать два процента, пять процентов",
           "220 В, 5 А": "двести двадцать вольт, пять ампер", "за 1 мин": "за одну минуту",
           "в 2026 году, с 1998 года": "в две тысячи двадцать шестом году, с тысяча девятьсот девяносто восьмого года",
           "25.12.2026": "двадцать пятого декабря две тысячи двадцать шестого года",
           "при 20 °C": "при двадцати градусах Цельсия", "с 10 % скидкой": "с десятипроцентной скидкой",
           "на 1 человека, 2 человек": "на одного человека, двух человек", "300 ₽/мес": "триста рублей в месяц",
           "более 1 000 000 покупателей": "более одного миллиона покупателей",
           "$1,299": "одна тысяча двести девяносто девять долларов"},
    "ar": {"بقي 2 قطعة": "بقي قطعتان", "من 24/11": "من 24 نوفمبر", "5 ألف ريال": "5 آلاف ريال",
           "السعر 2 دولار": "السعر دولاران", "بسعر 2 دولار": "بسعر دولارين", "سعرها $200": "سعرها مئتا دولار",
           "يزن 2 كغ": "يزن كيلوغرامين", "2 قطع": "قطعتان", "1 دولار، 1 قطعة": "دولار واحد، قطعة واحدة",
           "السعر 2000 ريال": "السعر ألفا ريال", "$5, 12 شهر": "5 دولارات, 12 شهر", "رقم 2": "رقم 2"},
    "zh": {"￥1.2万，10w+": "一点二万元，十万 加", "11/24-11/30，2026款": "十一月二十四日到十一月三十日，二零二六款",
           "12:05": "十二点零五分", "¥2，2万件": "两元，两万件", "100%": "百分之百", "￥2-5": "二到五元",
           "2026/12/25": "二零二六年十二月二十五日", "500g/袋": "五百克每袋", "22元，第2代": "二十二元，第二代"},
    "ja": {"11/24〜11/30": "十一月二十四日から十一月三十日", "12/25まで": "十二月二十五日まで",
           "12/25(金)": "十二月二十五日、金曜日、"},
    "id": {"pukul 7.05": "pukul tujuh lima", "pukul 09.00-21.00": "pukul sembilan sampai dua puluh satu",
           "Rp 2 M, 2,5x lebih": "dua miliar rupiah, dua koma lima kali lebih",
           "Rp 15.000-20.000": "lima belas ribu sampai dua puluh ribu rupiah", "pukul 09.05": "pukul sembilan lima",
           "tanggal 1/3, s.d. 50%": "tanggal satu Maret, sampai dengan lima puluh persen",
           "Rp 10.000/bulan": "sepuluh ribu rupiah per bulan"},
    "vi": {"phòng 5m2": "phòng năm mét vuông",
           "T2-T6, 19.900đ/100g": "thứ hai đến thứ sáu, mười chín nghìn chín trăm đồng mỗi một trăm gam",
           "giá 1tr2, cao 1m7": "giá một triệu hai trăm nghìn, cao một mét bảy",
           "ngày 1/4, thứ 4": "ngày một tháng tư, thứ tư"},
    "th": {"99.99 บาท/ชิ้น": "เก้าสิบเก้า บาท เก้าสิบเก้า สตางค์ต่อชิ้น", "1/2 ลิตร": "ครึ่ง ลิตร",
           "฿100-200": "หนึ่งร้อยถึงสองร้อย บาท", "99.50 บาท": "เก้าสิบเก้า บาท ห้าสิบ สตางค์",
           "วันที่ 1/3": "วันที่ หนึ่ง มีนาคม", "฿99/ชิ้น": "เก้าสิบเก้า บาท ต่อชิ้น"},
    "hi": {"1.5 घंटे, 2.5 साल, ₹1.5 लाख": "डेढ़ घंटे, ढाई साल, डेढ़ लाख रुपये",
           "24/11 से, सुबह 9:00 तक": "24 नवंबर से, सुबह 9 बजे तक", "₹1": "1 रुपया", "₹199/-": "199 रुपये",
           "₹100/महीना": "100 रुपये प्रति महीना"},
}  # fmt: skip


@pytest.mark.parametrize(("language", "written"), [(language, written) for language in SAID for written in SAID[language]])
def test_it_is_said_as_people_say_it(language: str, written: str) -> None:
    assert " ".join(spoken_text(written, language).split()) == SAID[language][written]


def test_no_price_loses_its_hundredths() -> None:
    for _ in range(60):
        base, sign = random.choice(("en", "de", "es", "fr", "it", "pt")), random.choice("$€£")
        whole, part = random.randint(1, 999), random.randint(1, 99)
        written = f"{sign}{whole}.{part:02}" if base == "en" else f"{whole},{part:02} {sign}"
        said = f"{spoken_text(written, base)} "
        assert f"{number_words(str(part), base)} " in said, (base, written, said)
        tenth = spoken_text(f"{sign}{whole}.{part // 10}" if base == "en" else f"{whole},{part // 10} {sign}", base)
        assert part < 10 or number_words(str(part // 10 * 10), base) in tenth, (base, written, tenth)


def test_russian_thousands_agree_with_what_governs_them() -> None:
    for _ in range(60):
        value = random.randint(1, 999) * 1000 + random.randint(0, 999)
        grouped = f"{value // 1000} {value % 1000:03}"
        plain = spoken_text(f"цена {grouped} ₽", "ru").removeprefix("цена ")
        assert spoken_text(f"стоит {grouped} ₽", "ru") == f"стоит {accusative(plain)}"
        assert plain.endswith(form_of(value, ("рубль", "рубля", "рублей")))
        assert "одна тысяча" not in spoken_text(f"за {grouped} ₽", "ru")
