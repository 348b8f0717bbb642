"""What shops write and voices read wrong, in the words that are said."""

from __future__ import annotations

import random

import pytest

from avatar.speech import Word
from dialogue.spoken import spoken_text, spoken_with_words

pytestmark = pytest.mark.unit
SAID = (
    ("en", "IPX4 and IP67", "I P X four and I P six seven"), ("en", "Size 2XL, LED light", "Size two X L, L E D light"),
    ("en", "10 000 mAh", "ten thousand milliamp hours"),
    ("en", "1 1/2 cups, 3/4 inch", "one and a half cups, three quarters inch"),
    ("en", "rated 4.8/5, #1 seller", "rated four point eight out of five, number one seller"),
    ("en", "5★ rating, ★★★★★", "five star rating, five stars"), ("en", "open 24/7 until 12/24", "open twenty-four seven until "
     "December twenty fourth"), ("en", "6'2\" and 3 hrs", "six feet two inches and three hours"),
    ("de", "am 24.12. in XL", "am vierundzwanzigsten Dezember in X L"), ("de", "20 x 30 cm", "zwanzig mal dreißig Zentimeter"),
    ("fr", "128 Go, 2e étage", "cent vingt-huit gigaoctets, deuxième étage"), ("fr", "le 1/12", "le premier décembre"),
    ("es", "a las 20:30 h, el 24/12", "a las veinte treinta horas, el veinticuatro de diciembre"),
    ("pt", "20 x 30 cm", "vinte por trinta centímetros"), ("it", "entro il 24/12", "entro il ventiquattro dicembre"),
    ("ja", "1/2カップ、IPX4", "二分の一カップ、I P X 四"), ("zh", "★★★★★ IPX4", "五星 I P X 四"),
    ("vi", "13 inch", "mười ba inch"),
    ("th", "ยาว 2 ซม.", "ยาว สอง เซนติเมตร"), ("ar", "طول 2 م", "طول مترين"), ("hi", "20 x 30 cm", "20 गुणा 30 सेंटीमीटर"),
)
AS_BEFORE = (  # near misses that stay what they are
    ("en", "model X3 and axl", "model X3 and axl"), ("en", "and/or", "and or"),
    ("de", "Version 2.5", "Version zwei Komma fünf"),
    ("en", "4x4", "four by four"), ("en", "4K at 5 km", "4K at five kilometers"),
    ("en", "the M2 chip, 10K", "the M2 chip, 10K"),
    ("zh", "1,234,567人", "一百二十三万四千五百六十七人"), ("es", "el 24", "el veinticuatro"),
)


@pytest.mark.parametrize(("language", "written", "said"), [*SAID, *AS_BEFORE])
def test_it_is_said_as_people_say_it(language: str, written: str, said: str) -> None:
    assert spoken_text(written, language) == said


def test_words_of_what_is_said_otherwise_are_the_written_ones() -> None:
    language, written, said = random.choice([case for case in SAID if case[0] in ("en", "de", "es", "fr", "pt", "it")])
    text, as_written = spoken_with_words(written, language)
    assert text == said
    words = as_written(tuple(Word(w, i * 0.3, i * 0.3 + 0.25) for i, w in enumerate(said.split())))
    assert " ".join(w.text for w in words).replace(" ", "") == written.replace(" ", ""), written
