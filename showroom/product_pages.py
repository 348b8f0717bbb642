"""Addresses about products for the operator's board: pictures and report of a version."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from showroom.comparison import compared
from showroom.layout import layout_fields
from showroom.page_words import refusal
from showroom.placing import place_of
from showroom.product_report import PictureError, draw_pictures, report_html
from showroom.shopper_words import page_language
from showroom.store import StoreError
from showroom.versions import Version, VersionError

if TYPE_CHECKING:
    from showroom.app import App

PICTURES = ("before.jpg", "after.jpg", "true_size.jpg", "poster.jpg", "turntable.webp", *(f"view_{k}.jpg" for k in range(8)))


class ProductPages:
    """allows(request): whether it carries a merchandiser's token; denied(): the answer when it does not."""

    def __init__(self, app: App, allows: Any, denied: Any) -> None:
        self._app, self._allows, self._denied = app, allows, denied
        self._drawing = asyncio.Lock()

    def routes(self) -> list[Route]:
        """For the server."""
        return [Route("/api/compare.json", self._compare), Route("/api/layout", self._layout, methods=["GET", "POST"]),
                Route("/api/products/{sku}/pictures/{name}", self._picture),
                Route("/api/products/{sku}/report.html", self._report)]

    async def _layout(self, request: Request) -> Response:
        """Plinths with what stands on them; POST {"homes": {sku: plinth or null}} arranges products anew,
        {"places": {plinth: {"x_m", "z_m", "heading_deg"} or null}} moves plinths."""
        if not self._allows(request):
            return self._denied()
        if request.method == "POST":
            try:
                given = await request.json()
                places = {str(id_): place_of(place) if place else None for id_, place in given.get("places", {}).items()}
                wanted = {str(sku): str(plinth) if plinth else None for sku, plinth in given.get("homes", {}).items()}
                if places:
                    await self._app.shelf.move(places)
                if wanted or not places:
                    await self._app.shelf.arrange(wanted)
            except VersionError as error:
                return JSONResponse(error.fields, 400)
            except (ValueError, KeyError, TypeError, AttributeError):
                return refusal("The body must be JSON such as {\"homes\": {\"mug\": \"right\"}}.", 400)
            except StoreError as error:
                return refusal(f"Not kept: {error}", 507)
        return JSONResponse(layout_fields(self._app.content), headers={"Cache-Control": "no-store"})

    async def _compare(self, request: Request) -> Response:
        """Two products side by side, for every visitor: ?a=sku&b=sku&language=de."""
        content = self._app.content
        both = [content.products.get(request.query_params.get(k, "")) for k in ("a", "b")]
        a, b = both
        if a is None or b is None:
            return refusal("There is no such product; give two skus as a and b.", 404)
        language = page_language(request.query_params.get("language", ""), content.market.language)
        return JSONResponse({"titles": [a.name(language), b.name(language)],
                             "rows": [[r.label, r.a, r.b, *r.sources] for r in compared(a, b, language)]})

    async def _picture(self, request: Request) -> Response:
        if not self._allows(request):
            return self._denied()
        version, name = self._version(request), request.path_params["name"]
        if version is None or name not in PICTURES:
            return refusal("There is no such picture.", 404)
        try:
            file = (await self._pictures(version)) / name
        except (PictureError, OSError) as error:
            return refusal(f"{version.sku}: no pictures ({error}).", 503)
        if not file.exists():
            return refusal("There is no such picture of this product.", 404)
        mime = "image/webp" if file.suffix == ".webp" else "image/jpeg"
        data = await asyncio.to_thread(file.read_bytes)
        return Response(data, media_type=mime, headers={"Cache-Control": "private, max-age=3600"})

    async def _report(self, request: Request) -> Response:
        if not self._allows(request):
            return self._denied()
        version = self._version(request)
        if version is None:
            return refusal("There is no such version.", 404)
        try:
            folder = await self._pictures(version)
            pictures = {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name in PICTURES}
        except (PictureError, OSError):
            pictures = {}
        about = version.about
        name = (about.get("names") or {}).get("en") or version.sku
        return Response(report_html(f"{name} ({version.sku})", about, pictures), media_type="text/html",
                        headers={"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; img-src data:; "
                                 "style-src 'unsafe-inline'"})

    def _version(self, request: Request) -> Version | None:
        """The one that is asked for, else the newest that has a model."""
        wanted = request.query_params.get("version")
        found = [v for v in self._app.shelf.versions.of(request.path_params["sku"]) if v.model_file
                 and (wanted is None or str(v.id) == wanted)]
        return found[-1] if found else None

    async def _pictures(self, version: Version) -> Path:
        """Drawn once, one version at a time: the studio needs the machine. Raises PictureError, OSError."""
        model = version.model_file
        assert model is not None
        folder = model.parent / "pictures"
        async with self._drawing:
            if not (folder / "after.jpg").exists():  # drawn last but one
                original = next(iter(sorted(model.parent.glob("original.*"))), None)
                await asyncio.to_thread(draw_pictures, model, original, folder, self._app.config.picture.driver, 10)
        return folder
