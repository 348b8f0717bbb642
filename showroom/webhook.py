"""POST /api/chat/{feed}: lines of a chat that another program reads (docs/CHAT.md)."""

from __future__ import annotations

import asyncio
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dialogue.chat.line import Removed
from dialogue.chat.webhook import MAX_BODY, WebhookError, read
from showroom.app import App
from showroom.wiring import chat_secret

LINES_A_TURN = 50  # the loop has a picture to serve


def chat_route(app: App) -> Route:
    """The route; it answers 404 where the show has no webhook."""

    async def take(request: Request) -> Response:
        if not app.config.chat.webhook:
            return JSONResponse({"error": "This show takes no chat lines here; set webhook = true under [chat]."}, 404)
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            return JSONResponse({"error": f"Say how long the body is (Content-Length), at most {MAX_BODY >> 10} kB."}, 413)
        try:
            lines = read(request.path_params["feed"], await request.body(), request.headers, chat_secret(), time.time())
        except WebhookError as error:
            return JSONResponse({"error": str(error)}, error.status)
        fates = {}
        for n, line in enumerate(lines):
            if isinstance(line, Removed):
                app.chat.remove(line)
                fates[line.id] = "removed"
                continue
            fates[line.id] = app.chat.take(line) or "waiting"
            if n % LINES_A_TURN == LINES_A_TURN - 1:
                await asyncio.sleep(0)
        return JSONResponse({"lines": fates}, 202)

    return Route("/api/chat/{feed}", take, methods=["POST"])
