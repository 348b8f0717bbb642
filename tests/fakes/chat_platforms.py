"""YouTube and Twitch as far as a reader sees them: real sockets on this machine, a scripted session, faults where asked."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

KEY, VIDEO, CHAT = "a-key-for-tests", "dQw4w9WgXcQ", "chat-1"


@dataclass(frozen=True)
class Row:
    """A line somebody wrote."""

    id: str
    author: str
    name: str
    text: str
    paid: bool = False


def rows(texts: list[str], rng: random.Random) -> list[Row]:
    """Lines with ids and authors drawn by `rng`, each by another person."""
    return [Row(f"id-{rng.randrange(10**9)}-{n}", f"u{rng.randrange(10**9)}-{n}", f"Ana{n}", text)
            for n, text in enumerate(texts)]


def youtube_item(row: Row) -> dict[str, Any]:
    """A liveChatMessage resource."""
    kind = "superChatEvent" if row.paid else "textMessageEvent"
    paid = {"superChatDetails": {"userComment": row.text}} if row.paid else {}
    return {"id": row.id, "snippet": {"type": kind, "publishedAt": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
                                      "displayMessage": row.text, **paid},
            "authorDetails": {"channelId": row.author, "displayName": f"@{row.name}"}}


@dataclass
class YouTubeDouble:
    """pages: what each poll brings, rows or resources; an int instead of a page is an HTTP error with its reason, None a broken
    answer; posted: what was written, with its token; refuse: status of an answer to that, 0 to take it;
    accepts: the only token that is taken, "" for any; renewed: what renewals were asked with."""

    pages: list[list[Row | dict[str, Any]] | tuple[int, str] | None]
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuse: int = 0
    accepts: str = ""
    renewed: list[dict[str, list[str]]] = field(default_factory=list)
    polls: list[dict[str, str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    live: bool = True

    def reply(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        if query.get("key"):
            return 400, b"{}"
        if path.endswith("/videos"):
            details = {"activeLiveChatId": CHAT} if self.live else {}
            items = [{"liveStreamingDetails": details}] if query["id"] == VIDEO else []
            return 200, json.dumps({"items": items}).encode()
        self.polls.append(query)
        at = int(query.get("pageToken", "p0")[1:])
        page = self.pages[at] if at < len(self.pages) else []
        if page is None:
            self.pages[at] = []
            return 200, b"<html>proxy error"
        if isinstance(page, tuple):
            self.pages[at] = []
            return page[0], json.dumps({"error": {"errors": [{"reason": page[1]}]}}).encode()
        value = {"items": [{"id": "x", "snippet": {"type": "tombstone"}},
                           *(item if isinstance(item, dict) else youtube_item(item) for item in page)],
                 "nextPageToken": f"p{at + 1}", "pollingIntervalMillis": 1}
        return 200, json.dumps(value).encode()

    @contextmanager
    def running(self) -> Iterator[str]:
        """The address of its API."""
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                double.keys.append(self.headers.get("X-Goog-Api-Key", ""))
                parts = urlsplit(self.path)
                status, body = double.reply(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()})
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                written = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.endswith("/token"):
                    double.renewed.append(parse_qs(written.decode()))
                    status, value = 200, {"access_token": double.accepts, "expires_in": 3599}
                else:
                    bearer = self.headers.get("Authorization", "")
                    double.posted.append((bearer, json.loads(written)))
                    old = double.accepts and bearer != f"Bearer {double.accepts}"
                    status = double.refuse or (401 if old else 200)
                    reason = "forbidden" if double.refuse else "authError"
                    value = {"id": "own"} if status == 200 else {"error": {"errors": [{"reason": reason}]}}
                answer = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/youtube/v3"
        finally:
            server.shutdown()
            server.server_close()


@dataclass
class TwitchDouble:
    """sessions: for each connection the lines it brings; after its lines a connection ends as `ends` says
    ("abort", "RECONNECT" or "stay")."""

    sessions: list[list[Row | str]]
    ends: list[str]
    heard: list[str] = field(default_factory=list)
    server: Server | None = None

    async def start(self) -> str:
        """The address of its socket."""
        self.server = await serve(self._talk, "127.0.0.1", 0)
        return f"ws://127.0.0.1:{next(iter(self.server.sockets)).getsockname()[1]}"

    async def close(self) -> None:
        """Hang up."""
        if self.server is not None:
            self.server.close()
            await self.server.wait_closed()

    async def _talk(self, socket: ServerConnection) -> None:
        number = min(sum(h.startswith("JOIN") for h in self.heard), len(self.sessions) - 1)
        said = ""
        while not said.startswith("JOIN"):
            said = str(await socket.recv())
            self.heard.append(said)
        channel = said.split()[1]
        await socket.send(":tmi.twitch.tv 001 justinfan1 :Welcome\r\n:tmi.twitch.tv CAP * ACK :twitch.tv/tags\r\n")
        await socket.send("PING :tmi.twitch.tv\r\n")
        for row in self.sessions[number]:
            if isinstance(row, str):
                await socket.send(f"{row}\r\n")
                continue
            sent = int(datetime.now(UTC).timestamp() * 1000)
            name = row.name.replace(" ", "\\s")
            bits = "bits=100;" if row.paid else ""
            await socket.send(f"@{bits}id={row.id};display-name={name};user-id={row.author};tmi-sent-ts={sent} "
                              f":{row.author}!a@b PRIVMSG {channel} :{row.text}\r\n")
        self.heard.append(str(await socket.recv()))  # the answer to our PING: the lines before it have arrived
        end = self.ends[number]
        if end == "abort":
            socket.transport.abort()
        elif end == "RECONNECT":
            await socket.send(":tmi.twitch.tv RECONNECT\r\n")
        with suppress(ConnectionClosed):
            async for message in socket:
                self.heard.append(str(message))
