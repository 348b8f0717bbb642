"""Signs that carry a meaning of their own are said: what was heard wrong or not at all, one line each."""

import pytest

from dialogue.clauses import clauses
from dialogue.ports import LANGUAGES
from dialogue.spoken import spoken_text
from dialogue.spoken_words import MINUS, UNITS

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "<5 min, ≥ 80 %, ~200 g", "under five minutes, at least eighty percent, about two hundred grams"),
        ("zh", "库存>100件，≤5kg", "库存超过一百件，最多五公斤"),
        ("hi", "<5 मिनट", "5 मिनट से कम"),
        ("ru", "<5 мин", "меньше чем пять минут"),
        ("en", "we <3", "we three"),  # a heart, no number under three
        ("vi", "-20 °C", "âm hai mươi độ C"),  # num2words reads -20 as nought
        ("hi", "-20", "माइनस 20"),
        ("ar", "-20°م", "ناقص 20 درجة مئوية"),
        ("zh", "-5度", "负五度"),
        ("de", "−20 °C bis 60 °C", "minus zwanzig Grad Celsius bis sechzig Grad Celsius"),
        ("en", "9am–5:30pm Mon-Fri", "nine a.m. to five thirty p.m. Monday to Friday"),
        ("en", "$5-$10, $5–10 or 10cm-20cm",
         "five dollars to ten dollars, five to ten dollars or ten centimeters to twenty centimeters"),
        ("zh", "-20℃~60℃，价格50-60元", "负二十摄氏度到六十摄氏度，价格五十 到 六十元"),
        ("zh", "2:30，8:00-20:00，2天后", "两点三十分，八点到二十点，两天后"),
        ("ja", "3〜5日で発送、8:05〜20:30", "三 から 五日で発送、八時五分から二十時三十分"),
        ("ru", "3–5 дней, 24 декабря 2026 г.",
         "три-пять дней, двадцать четвёртого декабря две тысячи двадцать шестого года"),  # it said "26 grams"
        ("id", "jam 20.30-21.00", "jam dua puluh tiga puluh sampai dua puluh satu"),
        ("en", "$0.99 or £0.01", "ninety-nine cents or one pence"),
        ("es", "0,99 € de 9:00 a 21:00 h", "noventa y nueve céntimos de nueve horas a veintiuna horas"),
        ("hi", "₹1,299.50", "1299 रुपये 50 पैसे"),
        ("en", "+44 20 7946 0958", "plus four four, two zero, seven nine four six, zero nine five eight"),
        ("fr", "01 23 45 67 89", "zéro un, deux trois, quatre cinq, six sept, huit neuf"),
        ("zh", "手机13800138000", "手机幺三八零零幺三八零零零"),
        ("ja", "電話03-1234-5678", "電話零三 一二三四 五六七八"),
        ("en", "size 7½, ½ price", "size seven and a half, half price"),
        ("fr", "5€/kg le 01/12/2026", "cinq euros le kilo le premier décembre 2026"),
        ("zh", "￥12.5/斤，5kg/件，5V2A", "十二点五元每斤，五公斤每件，五伏二安"),
        ("en", "AB-1234-XL for 6 ft. 2 in.", "A B one two three four X L for six feet two inches"),
        ("en", "www.shop.com/sale?x=1 or help@shop.com", "shop dot com or help at shop dot com"),
        ("en", "a 3-in-1 tool of the 80's, AAA ×4", "a three in one tool of the eighties, AAA times four"),
        ("th", "20:30 น.", "ยี่สิบ นาฬิกา สามสิบ นาที"),
        ("de", "Mo–Fr 9–17 Uhr, inkl. MwSt.", "Montag bis Freitag neun bis siebzehn Uhr, inklusive Mehrwertsteuer"),
        ("ar", "٪٥٠", "50 بالمئة"),
        ("en", "2 lbs. & 5 in. long, 10 sec. or 3 gal.", "two pounds and five inches long, ten seconds or three gallons."),
        ("en", "It is 5 in. It is 20 min. That is 2 lbs.", "It is five inches. It is twenty minutes. That is two pounds."),
        # What only looks so.
        ("en", "A-5, Model X-500", "A-5, Model X five zero zero"),
        ("en", "Sat-Nav, AT&T", "Sat-Nav, AT and T"),
        ("en", "$1,000,000,000", "one billion dollars"),
    ],
)
def test_said(language: str, text: str, said: str) -> None:
    assert spoken_text(text, language) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_minus_is_never_lost(language: str) -> None:
    for written in ("-7", "-7 °C", "(-7 %)"):
        assert MINUS[language].strip() in spoken_text(f"a {written}", language)


@pytest.mark.parametrize("language", [la for la in LANGUAGES if la in ("ar", "hi", "th", "ru")])
def test_units_are_said_in_the_language(language: str) -> None:
    """In Arabic a volt was "electric volt"."""
    for unit in set(UNITS) - {"GB", "MB", "TB"}:
        said = spoken_text(f"5000 {unit}", language)
        assert not any("a" <= c.lower() <= "z" for c in said), (unit, said)


def test_a_dot_of_a_unit_ends_no_sentence() -> None:
    assert clauses("It is 6 ft. 2 in. tall and weighs 12 oz. net.", "en") == ["It is 6 ft. 2 in. tall and weighs 12 oz. net."]
    assert len(clauses("It is 6 ft. You may come in. We have 2 more left.", "en")) == 3
