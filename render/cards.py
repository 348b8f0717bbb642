"""Cards beside the product's own: a piece of evidence, two products side by side. Drawn once, laid over each picture."""

from __future__ import annotations

import math
from dataclasses import replace

from render.cue import CardCue
from render.overlays import ACCENT, INK, Overlay, card, font, overlay_of, panel, wrap

_QUIET = (198, 204, 220)


SCALES = (1.0, 0.92, 0.85, 0.78)  # of a card that must cover less; smaller cannot be read on a phone


def card_overlay(cue: CardCue, language: str, width_px: int, height_px: int, room_px: float = math.inf) -> Overlay | None:
    """The overlay of a card cue of any kind; None when it is empty. room_px: the area that it may cover; where it would
    cover more it is drawn smaller, then with less in it (never without price and what belongs to it), then not at all."""
    while True:
        for scale in SCALES:
            drawn = _drawn(cue, language, width_px, height_px, scale)
            if drawn is None or drawn.area_px <= room_px:
                return drawn
        if cue.kind == "compare" and len(cue.rows) > 1:
            cue = replace(cue, rows=cue.rows[:-1])
        elif cue.kind == "product" and len(cue.lines) > cue.firm:
            cue = replace(cue, lines=cue.lines[:-1])
        else:
            return None


def _drawn(cue: CardCue, language: str, width_px: int, height_px: int, scale: float) -> Overlay | None:
    if cue.kind == "evidence" and cue.lines:
        return evidence(cue.lines, language, width_px, height_px, scale)
    if cue.kind == "compare" and cue.rows:
        return comparison(cue.lines, cue.rows, language, width_px, height_px, scale)
    return card(cue.lines, language, width_px, height_px, scale)


def evidence(lines: tuple[str, ...], language: str, width_px: int, height_px: int, scale: float = 1.0) -> Overlay:
    """lines: what it is, its title, what it says, who says so."""
    unit = scale * height_px / 540
    faces = (font(language, round(14 * unit), True), font(language, round(20 * unit), True),
             font(language, round(16 * unit)), font(language, round(13 * unit)))
    colours = (ACCENT, INK, INK, _QUIET)
    limit = scale * width_px * 0.30
    rows = [(row, face, colour) for text, face, colour in zip(lines, faces, colours, strict=False)
            for row in wrap(text, face, limit)[:6]]
    box_w = round(max(f.getlength(t) for t, f, _ in rows) + 44 * unit)
    box_h = round(sum(f.size * 1.45 for _, f, _ in rows) + 30 * unit)
    image, draw = panel(box_w, box_h, radius=round(14 * unit), alpha=205)
    draw.rectangle((round(14 * unit), round(14 * unit), round(17 * unit), box_h - round(14 * unit)), fill=(*ACCENT, 255))
    y = 14 * unit
    for text, face, colour in rows:
        draw.text((28 * unit, y), text, colour, face)
        y += face.size * 1.45
    return overlay_of(image, width_px - box_w - round(26 * unit), round(26 * unit))


def comparison(titles: tuple[str, ...], rows: tuple[tuple[str, ...], ...], language: str, width_px: int,
               height_px: int, scale: float = 1.0) -> Overlay:
    """titles: of the two products; rows: label, first, second."""
    unit = scale * height_px / 540
    head, body, small = (font(language, round(16 * unit), True), font(language, round(14 * unit)),
                         font(language, round(12 * unit)))
    column, label = scale * width_px * 0.155, scale * width_px * 0.10
    table = [(("", *(wrap(t, head, column)[:2] for t in titles[:2])), head)]
    table += [((row[0], *(wrap(cell, body, column)[:2] for cell in row[1:3])), body) for row in rows]
    heights = [max(1, *(len(cell) for cell in cells[1:])) * face.size * 1.35 + 5 * unit for cells, face in table]
    box_w, box_h = round(label + 2 * column + 52 * unit), round(sum(heights) + 26 * unit)
    image, draw = panel(box_w, box_h, radius=round(14 * unit), alpha=210)
    y = 13 * unit
    for n, ((cells, face), height) in enumerate(zip(table, heights, strict=True)):
        if n:
            draw.line((16 * unit, y - 2 * unit, box_w - 16 * unit, y - 2 * unit), (255, 255, 255, 46))
            name = wrap(str(cells[0]), small, label)
            draw.text((16 * unit, y + 2 * unit), name[0] if name else "", _QUIET, small)
        for k, cell in enumerate(cells[1:]):
            for j, line in enumerate(cell):
                x = 16 * unit + label + 10 * unit + k * (column + 10 * unit)
                draw.text((x, y + j * face.size * 1.35), line, ACCENT if n == 0 else INK, face)
        y += height
    return overlay_of(image, width_px - box_w - round(26 * unit), round(26 * unit))
