"""Written text as words: prices, units and signs, and the way back to the written words."""

import random
import subprocess
import sys

import pytest
from num2words import num2words

from avatar.speech import Word
from dialogue.spoken import spoken_text, spoken_with_words
from dialogue.spoken_words import han_number, number_words, plain_number

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "It costs $79.90.", "It costs seventy-nine dollars ninety."),
        (
            "en",
            "It weighs 1.2 kg & fits a 13-inch laptop 🎒",
            "It weighs one point two kilograms and fits a thirteen inch laptop",
        ),
        ("en", "20% off, 5–7 days", "twenty percent off, five to seven days"),
        ("en", "4K film at 2700 K", "4K film at two thousand seven hundred kelvins"),
        ("zh", "只要¥199.5元,重1.2kg", "只要一百九十九点五元,重一点二公斤"),
        ("zh", "防水95%", "防水百分之九十五"),
        ("de", "Das kostet 79,90 €", "Das kostet neunundsiebzig Euro neunzig"),
        ("ja", "価格は¥1,980", "価格は千九百八十円"),
        ("en", "👍🏽 see https://shop.example/x", "see"),
        ("en", "🎉", ""),
        ("zh", "128GB 手机只要 $299", "一百二十八GB 手机只要 二百九十九美元"),
        ("en", "128GB 手机只要 $299", "one hundred and twenty-eight gigabytes 手机只要 two hundred and ninety-nine dollars"),
        ("es", "1.299,50 €", "mil doscientos noventa y nueve euros con cincuenta"),
        ("es", "$1,299.50", "mil doscientos noventa y nueve dólares con cincuenta"),
        ("de", "Ab 1.299 € am 5. Mai", "Ab eintausendzweihundertneunundneunzig Euro am fünften Mai"),
        ("fr", "1 299,50 €", "mille deux cent quatre-vingt-dix-neuf euros cinquante"),
        ("fr", "1\u202f299 €", "mille deux cent quatre-vingt-dix-neuf euros"),
        ("pt", "R$ 1.299,90", "mil duzentos e noventa e nove reais e noventa"),
        ("vi", "Giá 299.000₫", "Giá hai trăm chín mươi chín nghìn đồng"),
        ("id", "Rp 1.250.000", "satu juta dua ratus lima puluh ribu rupiah"),
        ("en", "only ₹12,34,567", "only one million two hundred and thirty-four thousand five hundred and sixty-seven rupees"),
        ("en", "€1.50 each", "one euro fifty each"),
        ("en", "until 2025-03-09", "until March ninth, twenty twenty-five"),
        ("en", "16:9, 5'6\" and 3pcs", "sixteen to nine, five feet six inches and three pieces"),
        ("en", "3/4 cup, call 555-0100", "three quarters cup, call five five five, zero one zero zero"),
        ("en", "AB-1234X, IPX7, version 3.14.15", "A B one two three four X, I P X seven, version 3.14.15"),
        ("zh", "型号AX-773，拨打400-123-4567", "型号 A X 七七三，拨打四零零，幺二三，四五六七"),
        ("zh", "2026年买2件，第2件1/2价，100元/件", "二零二六年买两件，第二件二分之一价，一百元每件"),
        ("en", "$1.2M on Nov 3, 2026 at 3:05",
         "one point two million dollars on November third, twenty twenty-six at three oh five"),
        ("en", "w/ 2x4 cm, no. 5, the 1990s, 7 days/week",
         "with two by four centimeters, number five, the nineteen nineties, seven days per week"),
        ("en", "USD 1,299.50 or EUR 20", "one thousand two hundred and ninety-nine dollars fifty or twenty euros"),
        ("en", "Call 0800 123 456.", "Call zero eight zero zero, one two three, four five six."),
        ("ru", "21 кг, 2 шт., 5 кг, 1 299,50 ₽", "двадцать один килограмм, две штуки, пять килограммов, "
         "одна тысяча двести девяносто девять рублей пятьдесят копеек"),
        ("ru", "№ 5, 1-й, 22.11.2026", "номер пять, первый, двадцать второго ноября две тысячи двадцать шестого года"),
        ("de", "z. B. Nr. 5 um 20:30 Uhr, 1 kg für 1 €",
         "zum Beispiel Nummer fünf um zwanzig Uhr dreißig, ein Kilogramm für einen Euro"),
        ("fr", "n° 5 à 20h30, 1 €", "numéro cinq à vingt heures trente, un euro"),
        ("es", "2.º piso, 1ª calidad, 21 kg, 1,2 kg",
         "segundo piso, primera calidad, veintiún kilogramos, uno coma dos kilogramos"),
        ("pt", "2ª unidade às 20h30", "segunda unidade às vinte horas e trinta"),
        ("it", "n. 5 il 22/11/2026", "numero cinque il 22 novembre 2026"),
        ("vi", "1,2 kg, 299k, lúc 20:30", "một phẩy hai kilôgam, hai trăm chín mươi chín nghìn, lúc hai mươi giờ ba mươi"),
        ("id", "2 pcs pukul 20.30", "dua buah pukul dua puluh tiga puluh"),
        ("ar", "٢٥ ر.س", "25 ريال"),
        ("en", "\x00\x07hi\u202e there", "hi there"),
        ("en", "Since 1998, in 2000 shops, until 24/12",
         "Since nineteen ninety-eight, in two thousand shops, until December twenty fourth"),
        ("en", "IP68 | 1TB | 1 inch, call 1-800-555-0199",
         "I P six eight, one terabyte, one inch, call one, eight zero zero, five five five, zero one nine nine"),
        ("pt", "10x de R$ 12,90, 2x sem juros", "dez vezes de doze reais e noventa, duas vezes sem juros"),
        ("fr", "en 3x sans frais", "en trois fois sans frais"), ("es", "12x sin intereses", "doce veces sin intereses"),
        ("it", "dalle 9.30 alle 18.00", "dalle nove e trenta alle diciotto"), ("id", "jam 20.00", "jam dua puluh"),
        ("ru", "в 21:00, до 9:00, 22:30", "в двадцать один час, до девяти часов, двадцать два тридцать"),
        ("de", "Gr. 38 und Gr. M", "Größe achtunddreißig und Größe M"),
        ("vi", "299.000đ", "hai trăm chín mươi chín nghìn đồng"),
    ],
)
def test_says(language: str, text: str, said: str) -> None:
    assert " ".join(spoken_text(text, language).split()) == said


def test_any_number_is_said_in_words() -> None:
    for _ in range(50):
        value = random.randint(0, 10**9)
        assert number_words(f"{value:,}", "en") == num2words(value).replace(",", "")
        assert spoken_text(f"about {value:,} of them", "en") == f"about {num2words(value).replace(',', '')} of them"
    assert plain_number("1.299", "de") == "1299" and plain_number("1.299", "en") == "1.299"
    assert plain_number("79,9") == "79.9" and plain_number("1,299") == "1299"


def test_han_numbers_read_back() -> None:
    digits = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}

    def read(text: str) -> int:
        total = part = digit = 0
        for sign in text if text[0] != "十" else "一" + text:
            if sign in digits:
                digit = digits[sign]
            elif sign in "十百千":
                part, digit = part + digit * {"十": 10, "百": 100, "千": 1000}[sign], 0
            else:
                total, part, digit = total + (part + digit) * {"万": 10**4, "亿": 10**8}[sign], 0, 0
        return total + part + digit

    for value in [0, 10, 12, 20, 105, 110, 10050, 100000, *(random.randint(0, 10**9) for _ in range(200))]:
        assert read(han_number(value)) == value, han_number(value)


def test_times_come_back_to_the_written_words() -> None:
    price = f"${random.randint(20, 999)}.{random.randint(10, 99)}"
    text = f"Now only {price}, 👍 friends!"
    said, as_written = spoken_with_words(text, "en")
    words = [Word(w, i * 0.5, i * 0.5 + 0.4) for i, w in enumerate(said.split())]
    back = as_written(words)
    assert [w.text for w in back] == ["Now", "only", f"{price},", "friends!"]
    assert back[2].start_s == 1.0 and back[2].end_s == words[-2].end_s


def test_the_first_number_on_air_reads_nothing_from_the_disk() -> None:
    """What says numbers is read before the show: in an answer's way it was 0.2 s of a busy machine."""
    code = """if True:
        import sys
        from dialogue import spoken
        spoken.warm("de")
        known = set(sys.modules)
        for text in ("Nur 12,99 € am 24.12.2026", "3-5 Tage, 2 kg, 30 x 40 cm", "um 9:30 Uhr, 65 W, -20 %"):
            spoken.spoken_text(text, "de")
        print(sorted(set(sys.modules) - known))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]", done.stdout
