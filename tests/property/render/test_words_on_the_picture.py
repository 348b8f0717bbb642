"""Captions, cards and labels: lines that fit, words that are all there, colours as the arithmetic says."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from render.overlays import Overlay, caption, card, compose, font, label, wrap

pytestmark = pytest.mark.property
WORD = st.text("abcdefghijklmnopqrstuvwxyzäöüéñ.,!-'", min_size=1, max_size=14)
LATIN = st.lists(WORD, min_size=1, max_size=25).map(" ".join)
LONG = st.text("abcdefgh", min_size=40, max_size=120)
CJK = st.text("这盏台灯的灯臂可以自由弯折光线很柔和，。！", min_size=1, max_size=60)
ARABIC = st.lists(st.sampled_from(["هذا", "المصباح", "مصنوع", "من", "الفولاذ", "المطلي", "بالمينا"]),
                  min_size=1, max_size=20).map(" ".join)
THAI = st.lists(st.sampled_from(["ที่", "โคมไฟ", "ตั้งโต๊ะ", "นี้", "ทำจาก", "เหล็ก"]), min_size=1, max_size=20).map("".join)
HINDI = st.lists(st.sampled_from(["यह", "दीपक", "इस्पात", "से", "बना", "है"]), min_size=1, max_size=20).map(" ".join)
TEXT = st.one_of(*(st.tuples(st.just(tag), s) for tag, s in (
    ("en", LATIN), ("en", LONG), ("zh", CJK),
    ("zh", st.tuples(LATIN, CJK).map("".join)), ("ar", ARABIC), ("th", THAI), ("hi", HINDI))))


@settings(max_examples=150, deadline=None)
@given(TEXT, st.integers(12, 40), st.integers(120, 700))
def test_no_line_is_too_wide_and_nothing_is_lost(tagged: tuple[str, str], size_px: int, width_px: int) -> None:
    language, text = tagged
    face = font(language, size_px)
    lines = wrap(text, face, width_px)
    widest_sign = max(face.getlength(c) for c in text)
    for before, line in zip(["", *lines], lines, strict=False):
        assert line and face.getlength(line) <= max(width_px, 3 * widest_sign), f"{line!r} is too wide"
        assert not unicodedata.category(line[0]).startswith("M"), f"{line!r} begins with a sign that belongs to another"
        # A closing sign begins a line only after a row of them.
        assert line[0] not in "，。！" or not before or all(c in "，。！？" for c in before[-2:])
    assert "".join("".join(lines).split()) == "".join(text.split())


@settings(max_examples=40, deadline=None)
@given(TEXT, st.sampled_from(((960, 540), (1280, 720), (426, 240), (320, 180))))
def test_a_caption_is_inside_the_picture(tagged: tuple[str, str], size: tuple[int, int]) -> None:
    language, text = tagged
    made = caption(text, language, *size)
    assert made is not None
    left, top, right, bottom = made.box
    assert 0 <= left < right <= size[0] and size[1] * 0.4 < top < bottom <= size[1]
    middle = made.pixels[:, made.pixels.shape[1] // 8 : -made.pixels.shape[1] // 8, :3]
    assert middle.max() > 200, "no words in the caption"


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXT.map(lambda t: t[1]), min_size=1, max_size=5), st.sampled_from(((960, 540), (426, 240))))
def test_card_and_label_stand_apart_inside_the_picture(lines: list[str], size: tuple[int, int]) -> None:
    made, mark = card(tuple(lines), "zh", *size), label("AI-generated presenter", "en", *size)
    assert made is not None and mark is not None
    for o in (made, mark):
        left, top, right, bottom = o.box
        assert 0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]
    assert mark.box[2] <= made.box[0], "the card must not cover the AI label"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(-5, 70), st.integers(-5, 50))
def test_compose_is_the_float_formula(seed: int, x: int, y: int) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (48, 64, 4)).astype(np.uint8)
    picture[..., 3] = 255
    alpha = rng.integers(0, 256, (20, 30, 1))
    colour = rng.integers(0, 256, (20, 30, 3))
    over = np.concatenate([colour * alpha // 255, alpha], axis=2)
    x, y = max(0, x), max(0, y)
    wanted = picture[..., :3].astype(float)
    h, w = max(0, min(20, 48 - y)), max(0, min(30, 64 - x))
    part = alpha[:h, :w] / 255
    wanted[y : y + h, x : x + w] = wanted[y : y + h, x : x + w] * (1 - part) + colour[:h, :w] * part
    compose(picture, [Overlay(over.astype(np.uint8), np.repeat(255 - alpha, 4, axis=2).astype(np.uint8), x, y)])
    assert np.abs(picture[..., :3] - wanted).max() <= 2
    assert (picture[..., 3] == 255).all()


def test_nothing_to_say_is_no_overlay() -> None:
    assert caption(" ", "en", 960, 540) is None and card((), "en", 960, 540) is None and label("", "en", 960, 540) is None


@settings(max_examples=30, deadline=None)
@example(("en", "a" * 40), ("zh", "。"), (320, 180))
@example(("zh", "。"), ("en", "a" * 40), (320, 180))
@given(TEXT, TEXT, st.sampled_from(((960, 540), (1280, 720), (320, 180))))
def test_two_languages_stand_below_each_other_inside_the_picture(
    first: tuple[str, str], second: tuple[str, str], size: tuple[int, int]
) -> None:
    alone, both = caption(first[1], first[0], *size), caption(first[1], first[0], *size, second[1], second[0])
    assert alone is not None and both is not None
    left, top, right, bottom = both.box
    assert 0 <= left < right <= size[0] and size[1] * 0.25 < top < alone.box[1] and bottom <= size[1]
    blue, red = both.pixels[..., 0].astype(int), both.pixels[..., 2].astype(int)
    warm = np.argwhere((red > 70) & (red - blue > 20))  # a full stop in a small picture is never quite lit, in either colour
    white = np.argwhere((blue > 120) & (red - blue <= 20))
    assert len(warm) and len(white) and warm[:, 0].mean() > white[:, 0].mean(), "the other language is the lower one"
