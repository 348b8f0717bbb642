"""Lines of captions end where a phrase does, are never too long, and hold every word once."""

from __future__ import annotations

import itertools
import random
import re

import pytest

from assets.phrases import leans, lines_of

pytestmark = pytest.mark.unit


def broken(text: str, language: str, limit: int) -> list[str]:
    words = text.split("|") if "|" in text else re.findall(r"\S+\s*", text)
    out, at = [], 0
    for count in lines_of(words, language, limit, 2):
        out.append("".join(words[at : at + count]).strip())
        at += count
    assert at == len(words)
    return out


@pytest.mark.parametrize(("language", "text", "lines"), [
    ("en", "This one dims without steps, from a warm glow to full light.",
     ["This one dims without steps,", "from a warm glow to full light."]),
    ("en", "The lamp on this plinth is made of enamelled steel and costs 79 dollars.",
     ["The lamp on this plinth is made", "of enamelled steel and costs 79 dollars."]),
    ("de", "Die Lampe ist aus emailliertem Stahl mit einem Gelenk aus Messing.",
     ["Die Lampe ist aus emailliertem Stahl", "mit einem Gelenk aus Messing."]),
    ("zh", "这|盏|台灯|的|灯罩|是|搪瓷|钢|做|的，|铰链|是|黄铜|的，|只要|七十九|元。",
     ["这盏台灯的灯罩是搪瓷钢做的，", "铰链是黄铜的，只要七十九元。"]),
])
def test_lines_end_where_a_phrase_does(language: str, text: str, lines: list[str]) -> None:
    assert broken(text, language, 18 if language == "zh" else 42) == lines


@pytest.mark.parametrize(("language", "text", "limit", "words"), [
    ("zh", "这款二合一充电器支持快充今天下单明天就能收到还送一个保温杯", 9,
     ["充电器", "支持", "快充", "今天", "明天", "收到", "保温杯"]),
    ("zh", "我们采用食品级不锈钢做的内胆可以放进洗碗机里清洗电池有两万毫安时", 8,
     ["采用", "食品级", "不锈钢", "洗碗机", "毫安时"]),
    ("zh-TW", "這款保溫杯可以保溫十二小時今天下單明天就能收到", 8, ["保溫杯", "可以", "今天", "明天", "收到"]),
    ("ja", "このマグカップは直火でも使えますのでキャンプにもおすすめですし食洗機でも洗えます", 12,
     ["このマグカップは", "直火でも", "キャンプにも", "食洗機でも", "洗えます"]),
    ("th", "กระเป๋าใบนี้กันน้ำได้และมีช่องใส่แล็ปท็อปขนาดสิบห้านิ้วพร้อมสายสะพายที่ปรับได้", 20,
     ["กระเป๋า", "แล็ปท็อป", "ขนาด", "นิ้ว", "สายสะพาย"]),
])
def test_scripts_without_blanks_are_not_broken_within_a_word(language: str, text: str, limit: int, words: list[str]) -> None:
    """Sign by sign, as a picture's captions are set and as espeak's Chinese words come."""
    signs = re.findall(r".[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*", text)
    out, at = [], 0
    for count in lines_of(signs, language, limit, 2):
        out.append("".join(signs[at : at + count]))
        at += count
    assert "".join(out) == text and len(out) > 1 and all(len(line) <= limit for line in out)
    assert all(any(word in line for line in out) for word in words), out


def test_numbers_stay_whole_in_chinese() -> None:
    signs = [*"现在只要一九九元", "￥", "1", "9", "9", *"全国包邮"]
    counts = lines_of(signs, "zh", 10, 2)
    assert "199" in "|".join("".join(signs[sum(counts[:i]) : sum(counts[: i + 1])]) for i in range(len(counts)))


def test_no_line_is_too_long_and_few_end_on_a_word_that_leans() -> None:
    seed = random.randrange(1 << 30)
    rng = random.Random(seed)
    bag = ["the", "lamp", "of", "brass", "weighs", "46", "centimetres", "and", "dims,", "slowly", "in", "evening", "light.",
           "a", "very", "warm", "shade", "on"]
    leaning = ends = 0
    for _ in range(60):
        words = [rng.choice(bag) + " " for _ in range(rng.randint(1, 40))]
        lines = broken("".join(words), "en", 42)
        assert all(len(line) <= 42 for line in lines), f"seed {seed}"
        ends += len(lines) - 1
        leaning += sum(leans(a.split()[-1], b.split()[0], "en") for a, b in itertools.pairwise(lines))
    assert leaning <= 0.1 * ends + 3, f"seed {seed}: {leaning} of {ends}"


def test_what_cannot_be_broken_is_a_line_of_its_own() -> None:
    assert broken("a" * 60 + " b", "en", 42) == ["a" * 60, "b"] and lines_of([], "en", 42, 2) == []
    assert leans("79", "dollars", "en") and leans("台灯", "的", "zh") and not leans("of,", "steel", "en")


def test_captions_in_the_picture_break_so_too() -> None:
    from render.overlays import by_phrase, font, wrap

    text = "The lamp on this plinth is the Halo, made of enamelled steel with a brass hinge, and it is warm."
    face = font("en", 25)
    lines = wrap(text, face, 787)
    assert len(lines) == 2 and by_phrase(text, lines, "en", face, 787) == [
        "The lamp on this plinth is the Halo,", "made of enamelled steel with a brass hinge, and it is warm."]
    assert by_phrase("灯。", ["灯。"], "zh", face, 787) == ["灯。"]
