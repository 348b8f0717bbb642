"""What the operator page shows: one JSON picture of the running show."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import psutil

from render.clock import seconds

if TYPE_CHECKING:
    from showroom.app import App

_HOST = psutil.Process()


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
        "spoken": director.spoken, "blocked": director.blocked, "cut": director.cut,
        "questions": [{"text": w.question.text, "language": w.question.language, "answer": w.answer.text,
                       "citations": w.answer.citations, "askers": len(w.askers),
                       "waiting_s": round(time.monotonic() - w.since_s)} for w in app.questions.list()],
        "unanswered": app.store.unanswered(20), "viewers": app.audience.count,
        "processes": [host, asdict(app.studio.health), *(asdict(f.child.health) for f in feeds)],
        "alarms": app.alarms[-20:], "products": [
            {"sku": sku, "name": p.name(app.content.market.language), "plinth": app.content.homes.get(sku)}
            for sku, p in app.content.products.items()],
        "warnings": app.content.warnings,
    }
