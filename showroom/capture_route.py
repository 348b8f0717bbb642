"""WebSocket /capture: what a performer does comes in, the state goes back (avatar.capture.wire, docs/CAPTURE.md)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from avatar.capture.wire import VERSION, WireError, decode
from showroom.take_over import TakeOverError

if TYPE_CHECKING:
    from showroom.app import App

PATH = "/capture"
LOOK_S = 0.1
TELL_EACH = 5  # looks
BAD_MESSAGE, REFUSED = 1008, 4409
MAX_TEXT = 1000


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Join(_Message):
    """First message: the performer is calibrated. mode "voice" sends no face, "picture" cut-outs, too. consent: that they
    agreed to be shown so."""

    type: Literal["join"]
    version: int
    mode: Literal["face", "voice", "picture"]
    consent: Literal[True]


class On(_Message):
    """Take over, or hand back."""

    type: Literal["on"]
    on: bool


class Lost(_Message):
    """The performer's machine has lost its camera or its microphone."""

    type: Literal["lost"]
    what: Literal["camera", "microphone"]


def capture_route(app: App, allowed: Callable[[HTTPConnection], bool]) -> WebSocketRoute:
    """The route; a socket without the operator's token is refused before it opens (403)."""

    async def serve(socket: WebSocket) -> None:
        if not allowed(socket):
            await socket.close()
            return
        await socket.accept()
        joined, telling = False, None
        try:
            join = Join.model_validate_json(await asyncio.wait_for(socket.receive_text(), 10))
            if join.version != VERSION:
                raise WireError(f"the show speaks version {VERSION} of the capture format, you speak {join.version}")
            app.take_over.join(join.mode)
            joined = True
            telling = asyncio.create_task(_tell(app, socket))
            while True:
                if why := _take(app, await socket.receive()):
                    await socket.send_json({"type": "refused", "why": why})
        except (ValidationError, WireError) as error:
            await _close(socket, BAD_MESSAGE, _sentence(error))
        except TakeOverError as error:
            await _close(socket, REFUSED, str(error))
        except (WebSocketDisconnect, TimeoutError, KeyError, RuntimeError):
            await _close(socket, BAD_MESSAGE, "")
        finally:
            if telling is not None:
                telling.cancel()
            if joined:
                app.take_over.leave()

    return WebSocketRoute(PATH, serve)


def _take(app: App, message: Any) -> str:
    """Why a wish was refused, or "". Raises WireError, ValidationError, WebSocketDisconnect."""
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1000)
    if (data := message.get("bytes")) is not None:
        app.take_over.take(decode(data))
        return ""
    words = message.get("text") or ""
    if len(words) > MAX_TEXT:
        raise WireError("a text message is too long")
    if '"lost"' in words:
        lost = Lost.model_validate_json(words)
        app.take_over.lose(lost.what)
        return ""
    on = On.model_validate_json(words).on
    try:
        app.take_over.set_on(on)
    except TakeOverError as error:
        return str(error)
    app.store.event("operator", action="human", on=on)
    return ""


async def _tell(app: App, socket: WebSocket) -> None:
    """Watch over the performer, and say what holds."""
    said: dict[str, Any] = {}
    count = 0
    while True:
        app.take_over.look()
        now = app.take_over.fields() | {"saying": app.director.on_show}
        if now != said or count % (TELL_EACH * 10) == 0:
            await socket.send_json({"type": "state", **now})
            said = now
        count += 1
        await asyncio.sleep(LOOK_S)


async def _close(socket: WebSocket, code: int, why: str) -> None:
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await socket.close(code, why[:120])


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(p) for p in first['loc']) or 'message'}: {first['msg']}"
    return str(error)
