"""Pages, files, API and metrics over HTTP: Starlette on uvicorn, in the host's own loop."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import os
import re
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from assets.checked import FieldError
from showroom.additions import AddError, change_price, parse_price
from showroom.app import App
from showroom.capture_route import capture_route
from showroom.clips import ClipError, product_picture
from showroom.files import Files
from showroom.handover import HandoverError
from showroom.operator import state_fields
from showroom.page_words import both, refusal
from showroom.product_pages import ProductPages
from showroom.scene_json import plinth_models, scene_fields
from showroom.shopper_words import label_in, page_language
from showroom.store import StoreError
from showroom.take_over import TakeOverError
from showroom.uploads import add_upload
from showroom.versions import WAITING, VersionError
from showroom.webhook import chat_route

WEB = Path(__file__).resolve().with_name("web")
MAX_UPLOAD_BYTES = 200 * 2**20
MAX_SOCKET_BYTES = 96 * 1024  # a performer's cut-out: avatar.capture.cut_out.MAX_BYTES
AFTER_S = 0.05  # what was asked for goes before what is told of it: an answer that begins now waits for nothing of this
ROLES = {"operator": ("operator",), "merchandiser": ("merchandiser", "operator")}


class Tokens:
    """Role tokens from the environment; an operator token is made up for this run when none is set."""

    def __init__(self) -> None:
        given = {role: os.environ.get(f"NIGHTWINDOW_{role.upper()}_TOKEN", "") for role in ("operator", "merchandiser")}
        self.made_up = not given["operator"]
        given["operator"] = given["operator"] or secrets.token_urlsafe(16)
        self._tokens = {role: token for role, token in given.items() if token}

    @property
    def operator(self) -> str:
        """The operator's token."""
        return self._tokens["operator"]

    def allows(self, request: HTTPConnection, need: str) -> bool:
        """True when the request carries a token of a role that may do it."""
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else ""
        return any(hmac.compare_digest(token.encode(), self._tokens[role].encode())
                   for role in ROLES[need] if role in self._tokens)


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the host stops it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Web:
    """The HTTP side of one App."""

    def __init__(self, app: App, tokens: Tokens) -> None:
        self._app, self._tokens = app, tokens
        self._server: Server | None = None
        self._metrics = Metrics(app)
        self._files = Files()
        self._drawing = asyncio.Lock()

    def bind(self) -> socket.socket:
        """Take the port before anything else is started. Raises OSError."""
        server = self._app.config.server
        family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((server.host, server.port))
        return sock

    async def run(self, sock: socket.socket) -> None:
        """Serve until stop()."""
        config = uvicorn.Config(self.asgi(), log_config=None, lifespan="off", server_header=False, access_log=False,
                                ws_max_size=MAX_SOCKET_BYTES, ws_max_queue=256,
                                timeout_graceful_shutdown=1)
        self._server = Server(config)
        await self._server.serve(sockets=[sock])

    def stop(self) -> None:
        """Finish requests and end."""
        if self._server is not None:
            self._server.should_exit = True

    def asgi(self) -> Starlette:
        """The routes."""
        page = self._page
        routes = [
            Route("/", page("viewer.html")), Route("/operator", page("operator.html")),
            Route("/api/show.json", self._show), Route("/api/scene.json", self._scene),
            Route("/media/{name:path}", self._media), Route("/poster.jpg", self._poster),
            Route("/healthz", self._healthz), Route("/metrics", self._metrics.page),
            Route("/api/operator/state", self._state), Route("/api/operator/answer", self._answer, methods=["POST"]),
            Route("/api/operator/{action}", self._action, methods=["POST"]),
            Route("/api/products", self._upload, methods=["POST"]),
            Route("/api/products/{sku}/preview.jpg", self._preview),
            *ProductPages(self._app, lambda request: self._tokens.allows(request, "merchandiser"), denied).routes(),
            Route("/api/products/{sku}/{action}", self._product, methods=["POST"]),
            Route("/web/{name:path}", self._static), chat_route(self._app),
            capture_route(self._app, lambda connection: self._tokens.allows(connection, "operator")),
        ]
        app = Starlette(routes=routes, exception_handlers={Exception: self._failed})
        return app

    def _page(self, name: str) -> Any:
        async def serve(request: Request) -> Response:
            return await self._files.reply(request, WEB / name, {
                "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer",
                "Content-Security-Policy": "default-src 'self'; connect-src 'self' ws: wss: blob: data:; "
                "img-src 'self' blob: data:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
                "script-src 'self' 'wasm-unsafe-eval'"})

        return serve

    async def _show(self, request: Request) -> Response:
        server = self._app.config.server
        host = request.url.hostname or server.host
        scheme = "wss" if request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https" else "ws"
        url = server.public_ws_url or f"{scheme}://{f'[{host}]' if ':' in host else host}:{server.ws_port}/"
        content, own = self._app.content, request.query_params.get("language", "")
        return JSONResponse({"title": self._app.config.show.title, "ws_url": url, "session": self._app.session,
                             "language": content.market.language,
                             "ai_label_here": label_in(content.policy, page_language(own, content.market.language))},
                            headers={"Cache-Control": "no-store"})

    async def _scene(self, request: Request) -> Response:
        fields = scene_fields(self._app, request.query_params.get("language", ""))
        return JSONResponse(fields, headers={"Cache-Control": "no-store"})

    async def _media(self, request: Request) -> Response:
        path = media_path(self._app, request.path_params["name"])
        if path is None:
            return PlainTextResponse("There is no such file in this show.\n", 404)
        # Addresses with a version name one content for ever (showroom.scene_json).
        keep = "public, max-age=31536000, immutable" if "v" in request.query_params else "no-cache"
        return await self._files.reply(request, path, {"Cache-Control": keep})

    async def _static(self, request: Request) -> Response:
        path = (WEB / request.path_params["name"]).resolve()
        words = path.parent == WEB / "strings" and path.suffix == ".json"  # of the page, one file per language; no other .json
        code = path.is_relative_to(WEB) and path.suffix in (".js", ".css", ".txt") and "node_modules" not in path.parts
        if not (words or code):
            return PlainTextResponse("There is no such file here.\n", 404)
        return await self._files.reply(request, path, {"Cache-Control": "no-cache"})

    async def _poster(self, request: Request) -> Response:
        still = self._app.last_still
        if still is None:
            return PlainTextResponse("No picture yet.\n", 503, {"Retry-After": "2"})
        return Response(still, media_type="image/jpeg", headers={"Cache-Control": "no-store"})

    async def _healthz(self, request: Request) -> Response:
        up = self._app.studio.health.state == "up"
        return JSONResponse({"studio": self._app.studio.health.state}, 200 if up else 503)

    async def _state(self, request: Request) -> Response:
        if not self._tokens.allows(request, "merchandiser"):
            return denied()
        return JSONResponse(state_fields(self._app), headers={"Cache-Control": "no-store"})

    async def _action(self, request: Request) -> Response:
        if not self._tokens.allows(request, "operator"):
            return denied()
        director = self._app.director
        name = request.path_params["action"]
        try:
            given = await request.json() if await request.body() else {}
            on = bool(given.get("on", True))
        except (ValueError, AttributeError):
            return refusal("The body must be JSON such as {\"on\": true}.", 400)
        actions = {"mute": lambda: director.set_mute(on), "slate": lambda: director.set_slate(on),
                   "skip": director.skip, "skip-product": director.skip_product,
                   "human": lambda: self._app.take_over.set_on(on),
                   "restart-studio": lambda: self._app.studio.restart("asked by the operator")}
        if name not in actions:
            return refusal(f"There is no action {name!r}; known are {', '.join(actions)}.", 404)
        try:
            actions[name]()
        except TakeOverError as error:
            return refusal(str(error), 409)
        self._app.store.event("operator", action=name, on=on)
        await asyncio.sleep(AFTER_S)
        return JSONResponse(state_fields(self._app))

    async def _answer(self, request: Request) -> Response:
        """The team's answer to what the knowledge base did not know: {"question": …, "answer": …, "sku": …}."""
        if not self._tokens.allows(request, "operator"):
            return denied()
        try:
            given = await request.json()
            question, answer, sku = str(given["question"]), str(given["answer"]), given.get("sku") or None
        except (ValueError, KeyError, TypeError, AttributeError):
            return refusal("The body must be JSON with question and answer.", 400)
        try:
            taught = await self._app.teach(question, answer, str(sku) if sku else None)
        except (HandoverError, FieldError) as error:
            return refusal(str(error), 400)
        except StoreError as error:
            return refusal(f"Not kept: {error}", 507)
        return JSONResponse({**taught, **state_fields(self._app)})

    async def _upload(self, request: Request) -> Response:
        if not self._tokens.allows(request, "merchandiser"):
            return denied()
        if "content-length" not in request.headers:
            return JSONResponse({"error": "Say how long the file is (Content-Length), or it is not taken."},
                                411)
        length = int(request.headers["content-length"])
        if length > MAX_UPLOAD_BYTES:
            return refusal(f"The file is {length / 2**20:.0f} MB; at most {MAX_UPLOAD_BYTES >> 20} MB.", 413)
        status, fields = await add_upload(self._app, request)
        return JSONResponse(fields, status)

    async def _product(self, request: Request) -> Response:
        """approve, reject, withdraw, rollback; price with {"price": "49.90 USD"}."""
        if not self._tokens.allows(request, "merchandiser"):
            return denied()
        sku, action = request.path_params["sku"], request.path_params["action"]
        app = self._app
        try:
            if action == "price":
                given = await request.json()
                price = parse_price(str(given.get("price") or ""), app.content.market.currency)
                if price is None:
                    raise AddError("Send a price such as {\"price\": \"49.90\"}.")
                change_price(app.config, app.content, app.store, sku, price)
                await app.shelf.sync()
            else:
                await app.shelf.decide(sku, action)
        except (AddError, VersionError) as error:
            return JSONResponse(error.fields if isinstance(error, VersionError) else both(str(error)), 400)
        except (ValueError, AttributeError):
            return refusal("The body must be JSON such as {\"price\": \"49.90\"}.", 400)
        except (StoreError, OSError) as error:
            return refusal(f"Not done: {error}", 507)
        return JSONResponse(state_fields(app))

    async def _preview(self, request: Request) -> Response:
        """What a waiting version would look like on air; drawn once, by a process of its own."""
        if not self._tokens.allows(request, "merchandiser"):
            return denied()
        sku, app = request.path_params["sku"], self._app
        waiting = [v for v in app.shelf.versions.of(sku) if v.state == WAITING and v.folder]
        product = app.shelf.shown(waiting[-1]) if waiting else None
        if product is None:
            return refusal(f"{sku}: no version of it waits for approval.", 404)
        out = Path(str(waiting[-1].folder)) / "preview.jpg"
        async with self._drawing:  # one at a time: the studio needs the machine
            if not out.exists():
                try:
                    await product_picture(app.config, app.content, app.avatars, product, out)
                except (ClipError, OSError) as error:
                    return refusal(f"{sku}: no preview ({error}).", 503)
        return await self._files.reply(request, out, {"Cache-Control": "no-store"})

    async def _failed(self, request: Request, error: Exception) -> Response:
        self._app.alarm(f"page {request.url.path}: {type(error).__name__}")
        return refusal("Something went wrong here; it is noted.", 500)


class Metrics:
    """The figures of /metrics, read when asked."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._registry = CollectorRegistry()

        def gauge(name: str, words: str, *labels: str) -> Gauge:
            return Gauge(f"nightwindow_{name}", words, labels, registry=self._registry)

        self._viewers = gauge("viewers", "viewers by mode", "mode")
        self._cpu = gauge("process_cpu_percent", "CPU of a child process", "process")
        self._rss = gauge("process_rss_mb", "resident memory of a child process", "process")
        self._restarts = gauge("process_restarts", "restarts of a child process", "process")
        self._frames = gauge("frames", "pictures delivered by this studio")
        self._repeated = gauge("frames_repeated", "pictures repeated because the next was late")
        self._spoken = gauge("sentences_spoken", "sentences spoken to their end")
        self._waiting = gauge("questions_waiting", "answers that wait to be spoken")

    async def page(self, request: Request) -> Response:
        """Prometheus text format."""
        app = self._app
        for mode, count in app.audience.count.items():
            self._viewers.labels(mode).set(count)
        for child in (app.studio, *(f.child for f in (app.broadcast.feeds if app.broadcast else ()))):
            h = child.health
            self._cpu.labels(h.name).set(h.cpu_percent)
            self._rss.labels(h.name).set(h.rss_mb)
            self._restarts.labels(h.name).set(h.restarts)
        if app.beat:
            self._frames.set(app.beat.frames)
            self._repeated.set(app.beat.repeated)
        self._spoken.set(app.director.spoken)
        self._waiting.set(len(app.questions))
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)


def denied() -> Response:
    """One sentence for a wrong or missing token."""
    return refusal("Wrong or missing token: send 'Authorization: Bearer <token>'.", 401,
                        {"WWW-Authenticate": "Bearer"})


def media_path(app: App, name: str) -> Path | None:
    """The file behind /media/…: only files of this show, by name, never a path from outside."""
    if name == "room.glb":
        return app.content.spec.room_glb
    if name == "plinth.glb":
        return app.content.plinth_glb
    if name.startswith("plinth/"):
        return plinth_models(app.content.spec).get(name)
    if name.startswith("avatar") and (avatar := re.fullmatch(r"avatar(?:/([a-z0-9_.-]+?))?(-phone)?\.glb", name)):
        body = app.avatars.of(avatar[1]) if avatar[1] else app.avatars
        return body.phone_glb if avatar[2] else body.glb
    sku, _, pack = name.removeprefix("product/").removesuffix(".glb").partition(".")
    product = app.content.products.get(sku) if name.startswith("product/") and name.endswith((".glb", ".usdz")) else None
    if product is None or pack not in ("", "first", "ar", "usdz"):
        return None
    return product.packs.get(pack) if pack else product.packs.get("tour") or product.packs["broadcast"]


async def serve(app: App, tokens: Tokens, ready: asyncio.Event | None = None) -> None:
    """Start the show with its pages and keep both until cancelled. Raises OSError when a port is taken."""
    web, sock = Web(app, tokens), None
    try:
        sock = web.bind()
        await app.start()
    except BaseException:
        if sock is not None:
            sock.close()
        await app.stop()
        raise
    pages = asyncio.create_task(web.run(sock), name="pages")
    if ready is not None:
        ready.set()
    try:
        show = asyncio.create_task(app.run(), name="show")
        done, _ = await asyncio.wait({pages, show}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        web.stop()
        await app.stop()
        await asyncio.gather(pages, return_exceptions=True)
