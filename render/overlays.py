"""Caption, product card and AI label, drawn once by Pillow and laid over each picture.

Drawn outside the engine, so that they look the same on the stage, on the slate and on a machine without a driver.
"""

from __future__ import annotations

import functools
import math
import unicodedata
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, features

from assets.phrases import lines_of

_FOLDERS = ("/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto")
_FACES = {
    "": ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    "zh": ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    "ja": ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    "ar": ("NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"),
    "hi": ("NotoSansDevanagari-Regular.ttf", "NotoSansDevanagari-Bold.ttf"),
    "th": ("NotoSansThai-Regular.ttf", "NotoSansThai-Bold.ttf"),
}
_CJK_INDEX = {"ja": 0, "zh": 2}  # faces inside the Noto CJK collection: JP, KR, SC, TC, HK
# A full letter of each script, by which the height of a label is measured; Latin, Cyrillic and others by a capital.
_FULL_LETTER = {"zh": "国", "ja": "国", "ar": "ا", "hi": "क", "th": "ก"}
LABEL_SHARE = 0.03  # of the frame's shorter side, where a profile says nothing
_CLOSING = "，。！？、；：）」』”"  # never at the beginning of a line
ACCENT, INK, _PAPER = (255, 200, 120), (255, 255, 255), (16, 18, 28)
_SECOND = (255, 224, 178)  # the other language: told apart without reading


@dataclass(frozen=True, slots=True)
class Overlay:
    """pixels: (h, w, 4) uint8 BGRA, colour premultiplied by alpha; inverse: as large, 255 - alpha in every channel; x, y:
    top-left corner in the picture, px."""

    pixels: NDArray[np.uint8]
    inverse: NDArray[np.uint8]
    x: int
    y: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """left, top, right, bottom in px."""
        h, w = self.pixels.shape[:2]
        return self.x, self.y, self.x + w, self.y + h

    @property
    def area_px(self) -> int:
        """Of its box."""
        return int(self.pixels.shape[0] * self.pixels.shape[1])


def font(language: str, size_px: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """A face that has the script of `language`; DejaVu, which comes with matplotlib, where Noto is not installed."""
    return _font(language.split("-")[0], size_px, bold)


@functools.lru_cache(maxsize=64)
def _font(language: str, size_px: int, bold: bool) -> ImageFont.FreeTypeFont:
    layout = ImageFont.Layout.RAQM if features.check("raqm") else ImageFont.Layout.BASIC
    name = _FACES.get(language, _FACES[""])[bold]
    for folder in _FOLDERS:
        path = Path(folder) / name
        if path.exists():
            return ImageFont.truetype(str(path), size_px, _CJK_INDEX.get(language, 0), layout_engine=layout)
    import matplotlib

    face = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts/ttf" / face), size_px, layout_engine=layout)


def compose(picture: NDArray[np.uint8], overlays: list[Overlay]) -> None:
    """Lay overlays over `picture` (h, w, 4) uint8 BGRA in place; parts outside it are cut."""
    for o in overlays:
        h, w = min(o.pixels.shape[0], picture.shape[0] - o.y), min(o.pixels.shape[1], picture.shape[1] - o.x)
        if h <= 0 or w <= 0:
            continue
        under = picture[o.y : o.y + h, o.x : o.x + w]
        cv2.multiply(under, o.inverse[:h, :w], dst=under, scale=1 / 255)
        cv2.add(under, o.pixels[:h, :w], dst=under)


def caption(text: str, language: str, width_px: int, height_px: int, second: str = "",
            second_language: str = "en") -> Overlay | None:
    """At most three lines at the foot of the picture, an ellipsis where words are left out; None for empty text.
    second: at most two smaller lines below them, in another language."""
    if not text.strip():
        return None
    for scale in (0.046, 0.04, 0.034, 0.029):
        face = font(language, max(10, round(height_px * scale)), bold=False)
        lines = wrap(text, face, width_px * 0.82)
        if len(lines) <= 2:
            lines = by_phrase(text, lines, language, face, width_px * 0.82)
            break
    if len(lines) > 3:
        lines = [*lines[:2], lines[2].rstrip(" .,，。") + "…"]
    small = font(second_language, max(10, round(face.size * 0.8)))
    below = wrap(second, small, width_px * 0.82) if second.strip() else []
    if len(below) > 2:
        below = [below[0], below[1].rstrip(" .,，。") + "…"]
    rows = [(line, face, language, INK) for line in lines] + [(line, small, second_language, _SECOND) for line in below]
    box_w = round(max(f.getlength(line) for line, f, _, _ in rows) + face.size * 1.8)
    box_h = round(sum(f.size * 1.38 for _, f, _, _ in rows) + face.size * 0.8)
    image, draw = panel(box_w, box_h, radius=round(face.size * 0.6), alpha=176)
    y = face.size * 0.4
    for line, f, tag, ink in rows:
        draw.text((box_w / 2, y + f.size * 0.69), line, ink, f, anchor="mm",
                  direction="rtl" if tag.split("-")[0] == "ar" and features.check("raqm") else None)
        y += f.size * 1.38
    return overlay_of(image, (width_px - box_w) // 2, height_px - box_h - round(height_px * 0.045))


def card(lines: tuple[str, ...], language: str, width_px: int, height_px: int, scale: float = 1.0) -> Overlay | None:
    """The product card in the upper right: title, price, then details; None when there are no lines. scale: of its size."""
    if not lines:
        return None
    unit = scale * height_px / 540
    title, body = font(language, round(21 * unit), True), font(language, round(15 * unit))
    price = font(language, round(24 * unit), True)
    faces = [title, price, *([body] * (len(lines) - 2))][: len(lines)]
    limit = scale * width_px * 0.26
    rows = [(row, face, i) for i, (text, face) in enumerate(zip(lines, faces, strict=True))
            for row in wrap(text, face, limit)[:2]]
    box_w = round(max(f.getlength(t) for t, f, _ in rows) + 36 * unit)
    box_h = round(sum(f.size * 1.42 for _, f, _ in rows) + 26 * unit)
    image, draw = panel(box_w, box_h, radius=round(14 * unit), alpha=190)
    draw.rounded_rectangle((0, 0, round(5 * unit), box_h), round(3 * unit), (*ACCENT, 255))
    y = 13 * unit
    for text, face, i in rows:
        colour = ACCENT if i == 1 else INK if i == 0 else (214, 218, 230)
        draw.text((18 * unit, y), text, colour, face)
        y += face.size * 1.42
    return overlay_of(image, width_px - box_w - round(26 * unit), round(26 * unit))


def label(text: str, language: str, width_px: int, height_px: int, height_share: float = LABEL_SHARE) -> Overlay | None:
    """The AI label in the upper left, in every frame; None for empty text. height_share: of the frame's shorter side, which
    its capitals (or full letters of another script) have at least. Two lines or more where one would meet the card."""
    if not text.strip():
        return None
    face = _label_face(text, language, max(8, math.ceil(min(width_px, height_px) * height_share)))
    lines = wrap(text, face, width_px * 0.6 - face.size * 1.4)
    box_w = round(max(face.getlength(line) for line in lines) + face.size * 1.4)
    box_h = round(face.size * (0.5 + 1.3 * len(lines)))
    image, draw = panel(box_w, box_h, radius=min(box_h // 2, round(face.size * 0.9)), alpha=165)
    for n, line in enumerate(lines):
        draw.text((box_w / 2, face.size * (0.9 + 1.3 * n)), line, INK, face, anchor="mm",
                  direction="rtl" if language.split("-")[0] == "ar" and features.check("raqm") else None)
    return overlay_of(image, round(height_px * 0.045), round(height_px * 0.045))


def letter_height_px(text: str, face: ImageFont.FreeTypeFont, language: str) -> int:
    """How high the full letters of a text stand: capitals where it has Latin letters, else a full letter of its script.
    Rows of half-tones at their edges do not count."""
    signs = ["H"] if any(c.isascii() and c.isalpha() for c in text) else []
    if any(ord(c) > 0x5FF for c in text):
        signs.append(_FULL_LETTER.get(language.split("-")[0], "H"))
    return min(_solid_rows(face, sign) for sign in signs or ["H"])


def _solid_rows(face: ImageFont.FreeTypeFont, sign: str) -> int:
    image = Image.new("L", (2 * round(face.size), 2 * round(face.size)))
    ImageDraw.Draw(image).text((face.size, face.size), sign, 255, face, anchor="mm")
    rows = np.flatnonzero((np.asarray(image) > 200).any(axis=1))
    return int(rows[-1] - rows[0] + 1) if len(rows) else 0


def _label_face(text: str, language: str, letters_px: int) -> ImageFont.FreeTypeFont:
    """The smallest bold face whose full letters are letters_px high."""
    size = letters_px
    while letter_height_px(text, font(language, size, True), language) < letters_px:
        size += 1
    return font(language, size, True)


def slate_picture(width_px: int, height_px: int, phase: float, title: str, note: str, ai_label: str,
                  language: str, label_share: float = LABEL_SHARE) -> NDArray[np.uint8]:
    """The picture while the stage is away: (h, w, 4) BGRA with a slow glow. phase: 0..1 around the loop; label_share: see
    label()."""
    y = np.linspace(0, 1, height_px, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width_px, dtype=np.float32)[None, :]
    glow = 0.5 + 0.5 * np.cos(2 * np.pi * phase)
    light = np.exp(-(x**2 * 2.2 + (y - 0.45) ** 2 * 7)) * (0.34 + 0.05 * glow)
    base = np.empty((height_px, width_px, 4), np.float32)
    for channel, (night, lamp) in enumerate(((0.16, 0.35), (0.07, 0.62), (0.07, 1.0))):
        base[..., channel] = night * (1 - 0.45 * y) + lamp * light
    base[..., 3] = 1
    picture = (np.clip(base, 0, 1) * 255).astype(np.uint8)
    image = Image.new("RGBA", (width_px, height_px))
    draw = ImageDraw.Draw(image)
    draw.text((width_px / 2, height_px * 0.44), title, INK, font(language, round(height_px * 0.085), True), anchor="mm")
    draw.text((width_px / 2, height_px * 0.56), note, (230, 226, 220), font(language, round(height_px * 0.042)), anchor="mm")
    overlays = [overlay_of(image, 0, 0)]
    if (mark := label(ai_label, language, width_px, height_px, label_share)) is not None:
        overlays.append(mark)
    compose(picture, overlays)
    return picture


def wrap(text: str, face: ImageFont.FreeTypeFont, width_px: float) -> list[str]:
    """Lines no wider than width_px, broken at spaces, else between characters (Chinese, Japanese, Thai, endless words)."""
    lines: list[str] = []
    line = ""
    for whole in _pieces(text):
        for piece in [whole] if face.getlength(whole.rstrip()) <= width_px else _signs(whole):
            if not line or face.getlength((line + piece).rstrip()) <= width_px:
                line += piece
                continue
            lines.append(line.rstrip())
            line = piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def by_phrase(text: str, lines: list[str], language: str, face: ImageFont.FreeTypeFont, width_px: float) -> list[str]:
    """As many lines as `wrap` found, broken where a phrase ends."""
    pieces = _pieces(text)
    counts = lines_of(pieces, language, width_px, len(lines), face.getlength) if len(lines) > 1 else []
    ends = [0, *accumulate(counts)]
    found = ["".join(pieces[a:b]).strip() for a, b in pairwise(ends)]
    return found if len(found) == len(lines) and all(face.getlength(line) <= width_px for line in found) else lines


def _pieces(text: str) -> list[str]:
    """Words with their space, and signs of scripts that are written without spaces."""
    pieces, word = [], ""
    for sign in _signs(" ".join(text.split())):
        if sign == " ":
            pieces.append(word + " ")
            word = ""
        elif 0x0E00 <= ord(sign[0]) <= 0x0E7F or ord(sign[0]) >= 0x2E80:
            if word:
                pieces.append(word)
                word = ""
            pieces.append(sign)
        else:
            word += sign
    return [*pieces, word] if word else pieces


def _signs(text: str) -> list[str]:
    """Characters, each with what may not stand apart from it: combining marks, joiners, closing punctuation."""
    signs: list[str] = []
    for char in text:
        # Two closing signs stay with their character; a row of them ("。。。。") may break like anything else.
        closing = char in _CLOSING and bool(signs) and not all(c in _CLOSING for c in signs[-1][-2:])
        joined = unicodedata.category(char)[0] == "M" or closing or char in "\u200c\u200d"
        if signs and signs[-1] != " " and (joined or signs[-1][-1] == "\u200d"):
            signs[-1] += char
        else:
            signs.append(char)
    return signs


def panel(width: int, height: int, radius: int, alpha: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A dark sheet to draw on, px; alpha: 0..255."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius, (*_PAPER, alpha))
    return image, draw


def overlay_of(image: Image.Image, x: int, y: int) -> Overlay:
    """An RGBA picture as an overlay; x, y: its top left corner, px."""
    rgba = np.asarray(image).astype(np.uint16)
    alpha = rgba[..., 3:]
    bgra = np.concatenate([rgba[..., 2::-1] * alpha // 255, alpha], axis=2).astype(np.uint8)
    return Overlay(bgra, np.repeat((255 - alpha).astype(np.uint8), 4, axis=2), max(0, x), max(0, y))
