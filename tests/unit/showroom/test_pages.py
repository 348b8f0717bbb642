"""The HTTP side without a network: roles, paths that lead nowhere, sentences for every refusal."""

from __future__ import annotations

import asyncio
import functools
import json
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from avatar.capture.wire import SoundBlock
from avatar.visemes import VISEME_WEIGHTS
from dialogue.chat.webhook import SIGNATURE, TIMESTAMP, signature
from dialogue.policy import Policy
from showroom import server
from showroom.config import load_config
from showroom.handover import Handover
from showroom.server import MAX_UPLOAD_BYTES, Tokens, Web, media_path
from showroom.shelf import Shelf
from showroom.store import Store
from showroom.supervisor import Health
from showroom.take_over import TakeOver
from tests.fakes.show_parts import DEMO, demo_content

pytestmark = pytest.mark.unit
content = functools.cache(demo_content)
OPERATOR, MERCHANDISER = "operator-token", "merchandiser-token"


class Director:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.did: list[tuple] = []
        self.muted = self.slate = False
        self.on_show, self.current, self.spoken, self.blocked, self.cut = "lamp", None, 0, 0, 0

    def __getattr__(self, name: str) -> Any:
        return lambda *args: self.did.append((name, *args))


@pytest.fixture
def app(tmp_path: Path) -> SimpleNamespace:
    store = Store(tmp_path / "show.sqlite")
    child = SimpleNamespace(health=Health("studio", "up"), restart=lambda why: director.did.append(("restart", why)))
    director = Director()
    return SimpleNamespace(
        config=load_config(DEMO), content=content(),
        avatars=SimpleNamespace(glb=tmp_path / "avatar.glb", npz=tmp_path / "a.npz"),
        studio=child, director=director, store=store, session="s1", last_still=None, broadcast=None, alarms=[], beat=None,
        scene_version=1, alarm=lambda words: app_alarms.append(words), now=lambda: 48_000, questions=SimpleNamespace(list=list),
        cursor=SimpleNamespace(peek=lambda n: []), audience=SimpleNamespace(count={"tour": 1}),
        shelf=Shelf.quiet(load_config(DEMO), content(), store), handover=Handover(store, Policy(content().policy)),
        voice=SimpleNamespace(spoken={"espeak": 3}, now="espeak", chosen="espeak", resting=dict),
        chat=SimpleNamespace(fields=dict),
        take_over=TakeOver(
            director, cue=lambda cue: None, studio=lambda row: None, now=lambda: 48_000, visemes=VISEME_WEIGHTS,
            anchor_id="anchor", alarm=app_alarms.append, evidence=lambda **fields: None))


app_alarms: list[str] = []


@pytest.fixture
def call(app: SimpleNamespace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NIGHTWINDOW_OPERATOR_TOKEN", OPERATOR)
    monkeypatch.setenv("NIGHTWINDOW_MERCHANDISER_TOKEN", MERCHANDISER)
    asgi = Web(app, Tokens()).asgi()
    app_alarms.clear()

    def request(method: str, path: str, token: str = "", body: bytes = b"", headers: dict[str, str] | None = None):
        given = {"host": "shop.example", **({"authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        if method == "POST" and headers is None:
            given["content-length"] = str(len(body))
        sent: list[dict] = []

        async def receive() -> dict:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict) -> None:
            sent.append(message)

        where, _, query = path.partition("?")
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
                 "path": where, "raw_path": quote(where).encode(), "query_string": query.encode(), "root_path": "",
                 "headers": [(k.encode(), v.encode("latin-1")) for k, v in given.items()],
                 "client": ("127.0.0.1", 5), "server": ("shop.example", 80)}
        try:
            asyncio.run(asgi(scope, receive, send))
        except RuntimeError:
            assert sent, "an error must have been answered"
        data = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
        head = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        is_json = head.get("content-type", "").startswith("application/json")
        return sent[0]["status"], json.loads(data) if is_json else data, head

    return request


@pytest.mark.parametrize(("action", "did"), [
    ("mute", ("set_mute", True)), ("slate", ("set_slate", True)), ("skip", ("skip",)), ("skip-product", ("skip_product",)),
    ("restart-studio", ("restart", "asked by the operator"))])
def test_the_operator_may_and_a_merchandiser_may_not(call, app, action: str, did: tuple) -> None:
    for token in ("", "wrong", MERCHANDISER, OPERATOR[:-1], OPERATOR + "x"):
        status, body, head = call("POST", f"/api/operator/{action}", token)
        assert status == 401 and "token" in body["error"] and head["www-authenticate"] == "Bearer"
    assert not app.director.did
    status, _, _ = call("POST", f"/api/operator/{action}", OPERATOR, b'{"on": true}')
    assert status == 200 and app.director.did == [did]
    assert app.store.events()[0]["action"] == action


def test_signed_chat_lines_come_in_and_others_do_not(call, app, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, taken = "a secret of the show", []
    monkeypatch.setenv("NIGHTWINDOW_CHAT_SECRET", secret)
    app.chat = SimpleNamespace(take=lambda line: taken.append(line) or ("chatter" if line.id == "2" else ""), fields=dict)
    body = json.dumps({"lines": [{"id": n, "author": "u", "text": "多少钱"} for n in "12"]}).encode()
    stamp = str(int(time.time()))
    headers = {TIMESTAMP: stamp, SIGNATURE: signature(secret, stamp, body), "content-length": str(len(body))}
    headers = {k.lower(): v for k, v in headers.items()}
    assert call("POST", "/api/chat/tiktok", "", body, headers)[0] == 404, "not switched on"
    app.config = app.config.model_copy(update={"chat": app.config.chat.model_copy(update={"webhook": True})})
    status, reply, _ = call("POST", "/api/chat/tiktok", "", body, headers)
    assert status == 202 and reply == {"lines": {"1": "waiting", "2": "chatter"}}
    assert [line.feed for line in taken] == ["tiktok"] * 2
    for spoilt in ({SIGNATURE.lower(): "sha256=00"}, {TIMESTAMP.lower(): "1"}):
        assert call("POST", "/api/chat/tiktok", "", body, headers | spoilt)[0] == 401
    assert call("POST", "/api/chat/tiktok", "", body, {k: v for k, v in headers.items() if k != "content-length"})[0] == 413
    assert call("POST", "/api/chat/Bad%20Name", "", body, headers)[0] == 404 and len(taken) == 2


def test_both_may_look_and_strangers_may_not(call) -> None:
    for token, status in (("", 401), (MERCHANDISER, 200), (OPERATOR, 200)):
        assert call("GET", "/api/operator/state", token)[0] == status


def test_the_board_says_what_the_files_lack_in_two_languages(call, app: SimpleNamespace) -> None:
    app.content = replace(app.content, warnings=("lab:drop: this evidence ended on 2026-03-01; it is not shown",))
    app.alarms = []
    status, state, *_ = call("GET", "/api/operator/state", OPERATOR)
    assert status == 200 and state["warnings"] == list(app.content.warnings)
    assert state["warnings_zh"] == ["lab:drop：这份依据已于 2026-03-01 到期，不再展示"]


def test_no_token_of_a_role_that_is_not_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIGHTWINDOW_OPERATOR_TOKEN", raising=False)
    monkeypatch.delenv("NIGHTWINDOW_MERCHANDISER_TOKEN", raising=False)
    tokens = Tokens()
    assert tokens.made_up and len(tokens.operator) >= 16 and tokens.operator != Tokens().operator
    for header in ("", "Bearer ", "Bearer", "Basic x", f"bearer{tokens.operator}"):
        assert not tokens.allows(SimpleNamespace(headers={"Authorization": header}), "operator")
    assert tokens.allows(SimpleNamespace(headers={"Authorization": f"Bearer {tokens.operator}"}), "merchandiser")


@pytest.mark.parametrize("path", [
    "../../../../etc/passwd", "..%2f..%2fetc/passwd", "product/../../show.toml", "product/lamp.glb/../../x", "/etc/passwd",
    "product/.glb", "product/boat.glb", "lamp.glb", "avatar.glb/", "", "product/lamp.glb%00.png", "room.glb.bak"])
def test_media_paths_that_lead_nowhere_are_404(call, app, path: str) -> None:
    status, body, _ = call("GET", f"/media/{path}")
    assert status == 404 and body.endswith(b".\n")
    assert media_path(app, path) is None


@pytest.mark.parametrize("path", ["/web/../server.py", "/web/..%2fserver.py", "/web//etc/passwd", "/web/../../pyproject.toml"])
def test_nothing_outside_the_page_is_served(call, path: str) -> None:
    assert call("GET", path)[0] == 404


@pytest.mark.parametrize("path", ["/web/package.json", "/web/tsconfig.json", "/web/strings/../package.json",
                                  "/web/strings/xx.json", "/web/strings/", "/web/strings"])
def test_no_json_but_the_words_of_the_page_is_served(call, path: str) -> None:
    assert call("GET", path)[0] == 404
    status, body, head = call("GET", "/web/strings/ar.json")
    assert status == 200 and "json" in head["content-type"] and body["ask"]


def test_media_of_the_show(call) -> None:
    for sku in content().products:
        status, body, head = call("GET", f"/media/product/{sku}.glb")
        assert status == 200 and body[:4] == b"glTF" and head["content-type"] == "model/gltf-binary"
    assert call("GET", "/media/room.glb")[0] == call("GET", "/media/plinth.glb")[0] == 200


def test_pages_tell_browsers_where_the_socket_is(call, app) -> None:
    assert call("GET", "/api/show.json")[1]["ws_url"] == "ws://shop.example:8081/"
    behind = call("GET", "/api/show.json", headers={"host": "shop.example", "x-forwarded-proto": "https"})[1]
    assert behind["ws_url"].startswith("wss://")
    server = app.config.server.model_copy(update={"public_ws_url": "wss://cdn.example/socket"})
    app.config = app.config.model_copy(update={"server": server})
    assert call("GET", "/api/show.json")[1]["ws_url"] == "wss://cdn.example/socket"
    for page in ("/", "/operator"):
        status, _, head = call("GET", page)
        assert status == 200 and "default-src 'self'" in head["content-security-policy"]


def test_health_and_poster_before_and_after(call, app) -> None:
    assert call("GET", "/poster.jpg")[0] == 503 and call("GET", "/healthz")[0] == 200
    app.last_still, app.studio.health.state = b"\xff\xd8jpeg", "down"
    assert call("GET", "/poster.jpg")[:2] == (200, b"\xff\xd8jpeg") and call("GET", "/healthz")[0] == 503


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"on"', b"\xff", b"3"])
def test_a_body_that_is_no_object_is_400(call, app, body: bytes) -> None:
    status, reply, _ = call("POST", "/api/operator/mute", OPERATOR, body)
    assert status == 400 and "JSON" in reply["error"] and not app.director.did


def test_an_unknown_action_names_the_known_ones(call, app) -> None:
    status, reply, _ = call("POST", "/api/operator/dance", OPERATOR)
    assert status == 404 and "'dance'" in reply["error"] and "mute" in reply["error"] and not app.director.did


def test_uploads_are_bounded_before_they_are_read(call) -> None:
    huge = {"content-length": str(MAX_UPLOAD_BYTES + 1), "authorization": f"Bearer {MERCHANDISER}"}
    assert call("POST", "/api/products", headers=huge)[0] == 413
    status, reply, _ = call("POST", "/api/products", headers={"authorization": f"Bearer {MERCHANDISER}"})
    assert status == 411 and "Content-Length" in reply["error"]
    assert call("POST", "/api/products", "wrong", b"x")[0] == 401


def test_an_upload_without_a_file_is_400(call) -> None:
    status, reply, _ = call("POST", "/api/products", MERCHANDISER, b"")
    assert status == 400 and "file" in reply["error"]


def test_a_fault_of_ours_is_noted_and_not_shown(call, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(app: object, request: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(server, "add_upload", broken)
    try:
        status, reply, _ = call("POST", "/api/products", MERCHANDISER, b"x")
        assert status == 500 and "secret" not in json.dumps(reply)
    except ZeroDivisionError:
        pass  # Starlette raises it again for the server's log, after it was answered
    assert app_alarms == ["page /api/products: ZeroDivisionError"]


def test_a_person_goes_on_air_by_the_board_only_when_one_is_there(call, app: SimpleNamespace) -> None:
    status, answer = call("POST", "/api/operator/human", OPERATOR, b'{"on": true}')[:2]
    assert status == 409 and "nightwindow capture" in answer["error"]
    app.take_over.join("voice")
    app.take_over.take(SoundBlock(1, np.ones(960, np.int16)))
    assert call("POST", "/api/operator/human", OPERATOR, b'{"on": true}')[0] == 200
    assert app.take_over.fields()["state"] == "on_air" and ("set_human", True, 48_000 + 9_600) in app.director.did
    assert call("POST", "/api/operator/human", OPERATOR, b'{"on": false}')[0] == 200
    assert app.take_over.fields()["state"] == "leaving"
