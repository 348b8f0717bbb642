"""Russian sums and measures in the case of the word before them: "стоит одну тысячу рублей", "от тысячи до двух тысяч рублей",
"по одной тысяче", "при двадцати градусах", "с десятипроцентной скидкой"; measures in the form of their number. Pure."""

from __future__ import annotations

import re

from dialogue.form import Form, form
from dialogue.russian_forms import genitive
from dialogue.spoken_words import number_words, plain_number

_N = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,9}"
_MONEY = r"₽|руб\.?(?!\w)|\$|€|кг|г|м|см|л|мл|мин|шт|ч|км"
_FILLED = r"(?: (?:всего|только|лишь|уже|ещё|еще|ровно|почти|примерно|целых|вам|нам|вас|теперь|сейчас|будет|в среднем))*"
# Words behind which a sum is in the accusative, which is heard in one thing only: "одну тысячу", "одну минуту".
_ACCUSATIVE = (r"[Зз]а|[Нн]а|[Вв]|[Чч]ерез|[Пп]ро|[Вв]сего за|[Сс]то(?:ит|ят|ил[аои]?|ить)|[Цц]еной в|[Зз]аплат\w+|[Пп]лат\w+"
               r"|[Оо]плат(?:ите|ить|ил[аи]?)|[Сс]эконом\w+|[Ээ]коном(?:ьте|ите|ишь|ить|ят|им)|[Пп]олуч(?:ите|ите|ишь|ить|ил[аи]?|ает\w*)"
               r"|[Вв]ерн(?:ём|ем|ут|ите|уть)|[Дд]ар(?:им|ят|ит)|[Сс]остав(?:ит|ляет|ил[аои]?)|[Вв]мещает|[Вв]ес(?:ит|ят|ил[аои]?)"
               r"|[Пп]отрат\w+|[Дд]обавьте|[Вв]ыигра(?:йте|ть|ет\w*)|[Бб]ерите|[Вв]озьмите|[Кк]упите|[Кк]упить|[Зз]акажите"
               r"|[Сс]кидк(?:у|ой) в|[Кк]ажд(?:ую|ые|ый)|[Дд]лится|[Рр]аботает|[Дд]ержит|[Пп]рослужит|[Дд]ают|[Дд]аёт|[Дд]аст")
_GENITIVE = (r"[Дд]о|[Оо]т|[Оо]коло|[Бб]олее|[Мм]енее|[Сс]выше|[Ии]з|[Дд]ля|[Бб]ез|[Пп]осле|[Вв]место|[Кк]роме|[Пп]ротив"
             r"|[Бб]ольше|[Мм]еньше|[Вв] пределах|[Вв] размере|[Нн]е более|[Нн]е менее")
_TO_ONE = {"₽": "рублю", "руб": "рублю", "руб.": "рублю", "$": "доллару", "шт": "штуке", "кг": "килограмму", "л": "литру",
           "мин": "минуте", "м": "метру", "г": "грамму", "ч": "часу", "см": "сантиметру", "мл": "миллилитру", "км": "километру",
           "€": "евро"}
_MEASURES = {  # one, two to four and parts, five and more
    "В": ("вольт", "вольта", "вольт"), "А": ("ампер", "ампера", "ампер"), "К": ("кельвин", "кельвина", "кельвинов"),
    "Гц": ("герц", "герца", "герц"), "кВт": ("киловатт", "киловатта", "киловатт"), "дБ": ("децибел", "децибела", "децибел"),
    "лм": ("люмен", "люмена", "люменов"), "Мп": ("мегапиксель", "мегапикселя", "мегапикселей"), "км": (
        "километр", "километра", "километров"), "МБ": ("мегабайт", "мегабайта", "мегабайт"),
    "Вт·ч": ("ватт-час", "ватт-часа", "ватт-часов"), "ккал": ("килокалория", "килокалории", "килокалорий"),
    "сут": ("сутки", "суток", "суток"), "мес": ("месяц", "месяца", "месяцев"), "уп": ("упаковка", "упаковки", "упаковок"),
}  # fmt: skip
_HERS = frozenset(("ккал", "уп"))
_MEASURE = "|".join(re.escape(u) for u in sorted(_MEASURES, key=len, reverse=True))


def form_of(value: int, forms: tuple[str, str, str]) -> str:
    """The form that a whole number asks for."""
    if value % 10 == 1 and value % 100 != 11:
        return forms[0]
    return forms[1] if value % 10 in (2, 3, 4) and value % 100 not in (12, 13, 14) else forms[2]


def accusative(words: str) -> str:
    """Number words with their measure, of things without a soul: only one feminine thing sounds otherwise."""
    words = re.sub(r"\bодна тысяча\b", "одну тысячу", words)
    words = re.sub(r"\bодна (цел|десят|сот)ая\b", r"одну \1ую", words)
    for one, said in (("минута", "минуту"), ("штука", "штуку"), ("копейка", "копейку")):
        words = re.sub(rf"\bодна {one}\b", f"одну {said}", words)
    return words


def _said(number: str, unit: str) -> str:
    from dialogue.spoken import spoken_text  # which asks for these forms

    number = plain_number(number, "ru").replace(".", ",")
    return spoken_text(f"{number} {unit}", "ru") if unit else number_words(number, "ru")


def _accusative(match: re.Match[str], base: str) -> str | None:
    words = _said(match["n"], match["unit"] or "")
    said = accusative(words)
    return None if said == words else f"{match['before']} {said}"


def _each(match: re.Match[str], base: str) -> str | None:
    """"по 1 000 ₽": of one thing in the dative, of more as they are."""
    value, unit = int(plain_number(match["n"], "ru")), match["unit"] or ""
    if value == 1 and unit in _TO_ONE:
        return f"{match['before']} {'одной' if unit in ('шт', 'мин') else 'одному'} {_TO_ONE[unit]}"
    words = _said(match["n"], unit)
    said = re.sub(r"\bодна тысяча\b", "одной тысяче", words)
    return None if said == words else f"{match['before']} {said}"


def _genitive(match: re.Match[str], base: str) -> str:
    """A number that blanks group: the forms below know digits in a row only."""
    value = int(plain_number(match["n"], "ru"))
    noun = (match["noun"] or "").lower()
    return f"{match['before']} {genitive(value, noun.endswith(('ы', 'и')))}"


def _measure(match: re.Match[str], base: str) -> str:
    number, unit = plain_number(match["n"], "ru"), match["unit"]
    whole, _, part = number.partition(".")
    words = number_words(match["n"], "ru")
    if part.strip("0"):
        return f"{words} {_MEASURES[unit][1]}"
    if unit in _HERS:
        words = re.sub(r"\bодин$", "одна", re.sub(r"\bдва$", "две", words))
    return f"{words} {form_of(int(whole), _MEASURES[unit])}"


def _degrees(match: re.Match[str], base: str) -> str:
    value, before = int(match["n"]), match["before"]
    one = value % 10 == 1 and value % 100 != 11
    at = before.lower() == "при"
    noun = ("градусе" if at else "градуса") if one else ("градусах" if at else "градусов")
    number = re.sub("одного$", "одном", genitive(value)) if at else genitive(value)
    celsius = " Цельсия" if match["c"] else ""
    return f"{before} {'минус ' if match['minus'] else ''}{number} {noun}{celsius}"


def _percent(match: re.Match[str], base: str) -> str:
    """"с 10 % скидкой": one adjective."""
    value = int(match["n"])
    stem = {1: "одно", 90: "девяносто", 100: "сто", 40: "сорока"}.get(value) or re.sub(
        r"одного$", "одно", genitive(value)).replace(" ", "").replace("девяноста", "девяносто")
    return f"{match['before']} {stem}процентн{'ой' if match['what'] == 'скидкой' else 'ым'}"


def _from(match: re.Match[str], base: str) -> str:
    """"с 2 999 ₽ до 1 999 ₽"."""
    value = int(plain_number(match["n"], "ru"))
    many = value % 10 != 1 or value % 100 == 11
    noun = ("процентов" if many else "процента") if match["unit"] == "%" else ("рублей" if many else "рубля")
    return f"{match['before']} {genitive(value)} {noun}"


def _towards(match: re.Match[str], base: str) -> str:
    """"к 18:00"."""
    from num2words import num2words

    hour = int(match["h"])
    one = hour % 10 == 1 and hour != 11
    return f"{match['before']} {num2words(hour, lang='ru', case='d')} {'часу' if one else 'часам'}"


def _people(match: re.Match[str], base: str) -> str:
    """"на 1 человека", "2 человек": people are counted in the genitive."""
    return genitive(int(match["n"]))


RUSSIAN_CASES: tuple[Form, ...] = (
    form("ru", rf"\b(?P<before>(?:{_GENITIVE}){_FILLED}) (?P<n>\d{{1,3}}(?:[ \u00a0\u202f]\d{{3}})+)"
         r"(?![\d.,:/]\d|[\d–—-]|[ \u00a0]\d{3})"
         rf"(?=\s(?P<noun>[а-яё]{{2,}}))(?!\s(?:{_MONEY}|тыс|млн)(?!\w))", _genitive),
    form("ru", rf"\b(?P<before>[Сс]о?) (?P<n>{_N})\s?(?P<unit>₽|руб\.?|%)(?= до \d)", _from),
    form("ru", r"\b(?P<before>[Кк]) (?P<h>[01]?\d|2[0-3])(?::00)(?!\d)", _towards),
    form("ru", r"\b(?P<before>[Сс]о?) (?P<n>\d{1,3})\s?%(?:-\w+)? ?(?=(?P<what>скидкой|кэшбэком|кешбэком|бонусом))",
         lambda m, base: _percent(m, base) + " "),
    form("ru", r"\b(?P<before>[Пп]ри|[Дд]о|[Оо]т|[Нн]иже|[Вв]ыше|[Оо]коло|[Сс]выше|[Бб]олее|[Мм]енее) "
         r"(?P<minus>[-−–]?)(?P<n>\d{1,3})\s?°\s?(?P<c>[CСcс]?)(?!\w)", _degrees),
    form("ru", rf"\b(?P<before>[Пп]о) (?P<n>{_N})(?:\s?(?P<unit>{_MONEY})(?!\w))?(?![\d.,:/]\d)"
         r"(?=[\s.,;:!?]|$)(?!\s\d)", _each),
    form("ru", rf"\b(?P<before>(?:{_ACCUSATIVE}){_FILLED}) (?P<n>(?:{_N})(?:,\d{{1,2}})?)(?:\s?(?P<unit>{_MONEY})(?!\w))?"
         r"(?![\d.,:/]\d|[\d–—-]|[ \u00a0]\d{3})(?!\s(?:год|году|года)\b|\s[а-яё]+[ая]х\b)", _accusative),
    form("ru", r"(?<![\d.,:/–-])(?P<n>\d{0,3}1(?= человека\b)|[2-4](?= человек\b))(?<!11)", _people),
    form("ru", rf"(?<![\w.,/–-])(?P<n>\d{{1,3}}(?: \d{{3}})+|\d+(?:,\d+)?)\s?(?P<unit>{_MEASURE})(?![\w·/])"
         r"(?:(?<=[а-я])\.(?=,|\s+[а-яёa-z\d(&]))?", _measure),
)
