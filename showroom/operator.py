"""What the operator page shows: one JSON picture of the running show."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import psutil

from render.clock import seconds
from showroom.fact_script import item_for
from showroom.listed import listed_skus
from showroom.page_words import chinese
from showroom.rundown import worded
from showroom.staging import price_text
from showroom.versions import OFF, WAITING, Version, why_words

if TYPE_CHECKING:
    from showroom.app import App

_HOST = psutil.Process()
MOST_LISTED = 30  # skus named on the board; the others are counted


def state_fields(app: App) -> dict[str, Any]:
    """JSON values of /api/operator/state."""
    director, current = app.director, app.director.current
    feeds = app.broadcast.feeds if app.broadcast else []
    with _HOST.oneshot():
        host = {"name": "host", "state": "up", "pid": _HOST.pid, "cpu_percent": _HOST.cpu_percent(),
                "rss_mb": _HOST.memory_info().rss / 2**20, "restarts": 0, "last_end": "", "detail": {}}
    return {
        "at": app.now(), "on_air_s": round(seconds(app.now())), "title": app.config.show.title,
        "muted": director.muted, "slate": director.slate, "on_show": director.on_show,
        "saying": current.utterances[0].text if current else "",
        "answering": bool(current and current.waiting),
        "rundown": [{"sku": line.sku, "section": line.section_id, "kind": line.kind, "text": line.text}
                    for line in app.cursor.peek(5)],
        "voices": dict(app.voice.spoken), "voice": app.voice.now, "voice_chosen": app.voice.chosen,
        "voices_resting": app.voice.resting(),
        "spoken": director.spoken, "blocked": director.blocked, "cut": director.cut,
        "questions": [{"text": w.question.text, "language": w.question.language, "answer": w.answer.text,
                       "citations": w.answer.citations, "askers": len(w.askers),
                       "waiting_s": round(time.monotonic() - w.since_s)} for w in app.questions.list()],
        "unanswered": app.handover.groups(), "viewers": app.audience.count,
        "processes": [host, asdict(app.studio.health), *(asdict(f.child.health) for f in feeds)],
        "scene_version": app.scene_version, "alarms": app.alarms[-20:], "products": product_rows(app),
        "warnings": app.content.warnings, "warnings_zh": [chinese(w) for w in app.content.warnings],
        "chat": app.chat.fields(), "human": app.take_over.fields(),
        "listed": {"count": len(listed := listed_skus(app.store)), "skus": listed[:MOST_LISTED]},
    }


def product_rows(app: App) -> list[dict[str, Any]]:
    """Products in the show, waiting and withdrawn: what the merchandiser's part of the page lists."""
    content, versions = app.content, app.shelf.versions.all()
    skus = [*content.products, *(v.sku for v in versions if v.state in (WAITING, OFF) and v.sku not in content.products)]
    return [_product_row(app, sku, [v for v in versions if v.sku == sku]) for sku in dict.fromkeys(skus)]


def _product_row(app: App, sku: str, versions: list[Version]) -> dict[str, Any]:
    product, language = app.content.products.get(sku), app.content.market.language
    waiting = next((v for v in reversed(versions) if v.state == WAITING), None)
    named = product or (app.shelf.shown(waiting) if waiting else None)
    row: dict[str, Any] = {"sku": sku, "name": named.name(language) if named else sku, "plinth": app.content.homes.get(sku),
           "price": price_text(product.price) if product and product.price else "",
           "state": "on_air" if product else "waiting" if waiting else "withdrawn",
           "versions": sum(v.folder is not None for v in versions), "waiting": None}
    if waiting is not None and named is not None:
        written = any(item.product == sku for item in app.content.rundown.items)
        lines = [] if written else [worded(line.text, 0) for section in item_for(named, language).sections
                                    for line in section.variants[0]]
        row["waiting"] = {"version": waiting.id, "why": why_words(waiting.why), "lines": lines,
                          "findings": list(waiting.about.get("findings", ())),
                          "price": price_text(waiting.price) if waiting.price else ""}
    return row
