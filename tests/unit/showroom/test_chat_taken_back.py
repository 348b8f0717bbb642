"""Lines that moderators take back are not answered, and answers go back into the chats, lawful, short and not too many."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dialogue.adapters.twitch_chat import TwitchChat
from dialogue.adapters.webhook_replies import WebhookReplies
from dialogue.adapters.youtube_chat import YouTubeChat
from dialogue.chat.line import ChatLine, FeedError, Removed
from dialogue.chat.webhook import SIGNATURE, TIMESTAMP, read, signature
from dialogue.question import Answer
from showroom.inquiries import Person
from showroom.replying import shortened
from tests.fakes.chat_platforms import CHAT, KEY, VIDEO, TwitchDouble, YouTubeDouble, rows
from tests.fakes.chat_room import Room, line, make_room, running

pytestmark = pytest.mark.unit
ASKED = "how heavy is the lamp?"


class Pen:
    """Keeps what is written."""

    most_characters = 120

    def __init__(self) -> None:
        self.written: list[tuple[str, str]] = []

    async def reply(self, line: ChatLine, text: str) -> None:
        self.written.append((line.id, text))


def night(folder: Path, body, **given) -> Room:
    room = make_room(folder, **given)

    async def whole() -> None:
        await running(room, lambda: body(room))

    try:
        asyncio.run(whole())
    finally:
        room.desk.close()
    return room


def test_a_line_taken_back_before_its_answer_is_not_answered(tmp_path: Path) -> None:
    async def body(room: Room) -> None:
        room.chat.take(line(ASKED, 1))
        room.chat.remove(Removed("test", "m1"))
        room.chat.take(line("how heavy is the mug?", 2))
        await room.until(lambda: len(room.questions) == 1)

    room = night(tmp_path, body)
    assert room.fates()["m1"] == ["removed"] and "mug" in room.questions.list()[0].question.text


def test_a_line_taken_back_after_its_answer_is_neither_said_nor_kept(tmp_path: Path) -> None:
    async def body(room: Room) -> None:
        for n in (1, 2):
            room.chat.take(line(ASKED, n))
        await room.until(lambda: room.chat.fates["answered"] == 2)
        room.chat.remove(Removed("test", "m1"))
        (waiting,) = room.questions.list()
        assert waiting.persons == 1 and "Ana1" not in waiting.spoken()[0].text
        room.chat.remove(Removed("test", author="u2"))
        assert not len(room.questions)

    room = night(tmp_path, body)
    assert len(room.forgotten) == 2 and not room.store.rows("SELECT * FROM question")
    assert room.fates()["m2"] == ["answered", "removed"]


def test_an_answer_is_written_back_once_short_and_not_too_often(tmp_path: Path) -> None:
    pen, most = Pen(), random.randint(1, 4)

    async def body(room: Room) -> None:
        for n in range(6):
            room.chat.take(line(ASKED, n))
        await room.until(lambda: room.chat.fates["answered"] == 6 and len(pen.written) == most)
        room.chat.take(line(pen.written[0][1], 50))  # our own line, read back
        assert room.chat.fates["own"] == 1
        room.chat.take(line("who will win the football match tonight?", 60))
        await room.until(lambda: room.chat.fates["declined"] == 1)

    room = night(tmp_path, body, writers={"test": pen}, per_minute=most)
    assert len(pen.written) == most and all("kg" in text and len(text) <= 120 for _, text in pen.written)
    assert room.chat.fields()["replies"] == {"sent": most, "too many": 6 - most}


def test_what_the_policy_forbids_is_not_written(tmp_path: Path) -> None:
    pen = Pen()
    room = make_room(tmp_path, writers={"test": pen})
    replying = room.chat._replying
    assert replying.offer(line("?"), "It cures back pain.", "en", ()) == "forbidden"
    assert replying.offer(line("?"), "It weighs 1.2 kg.", "en", ()) == "forbidden", "a number without a source"
    assert replying.offer(line("?", feed="elsewhere"), "Hello.", "en", ()) == ""
    room.desk.close()


@pytest.mark.parametrize("most", [40, 120, 200])
def test_texts_are_cut_where_they_may_be(most: int) -> None:
    text = "It weighs 1.2 kg. " + "And it has a long story behind it that nobody will read in a chat " * 5
    cut = shortened(text, most)
    assert len(cut) <= most and (cut.endswith(".") or cut.endswith("…")) and text.startswith(cut.rstrip("…"))
    assert shortened("短句。", most) == "短句。"


def test_youtube_takes_back_and_is_written_to(tmp_path: Path) -> None:
    given = rows([ASKED, "how heavy is the mug?", "how big is the lamp?"], random.Random())
    gone = {"id": "d1", "snippet": {"type": "messageDeletedEvent",
                                    "messageDeletedDetails": {"deletedMessageId": given[0].id}}}
    banned = {"id": "d2", "snippet": {"type": "userBannedEvent", "userBannedDetails": {
        "bannedUserDetails": {"channelId": given[1].author}}}}
    double = YouTubeDouble([[*given, gone, banned]])

    async def read_all(feed: YouTubeChat) -> list:
        found = []
        async for item in feed.lines():
            if item is None:
                break
            found.append(item)
        await feed.reply(found[-1] if isinstance(found[-1], ChatLine) else line("?", name="Ana"), "It weighs 1.2 kg. " * 20)
        return found

    with double.running() as api:
        feed = YouTubeChat(VIDEO, KEY, poll_s=0.01, api=api, token="a-token")
        found = asyncio.run(read_all(feed))
        double.refuse = 403
        with pytest.raises(FeedError) as refused:
            asyncio.run(feed.reply(line("?"), "Hello."))
    removed = [f for f in found if isinstance(f, Removed) and f.id != "x"]
    assert removed == [Removed("youtube", given[0].id), Removed("youtube", author=given[1].author)]
    bearer, body = double.posted[0]
    text = body["snippet"]["textMessageDetails"]["messageText"]
    assert bearer == "Bearer a-token" and body["snippet"]["liveChatId"] == CHAT and len(text) <= 200 and text.startswith("@Ana")
    assert refused.value.final


def test_twitch_takes_back_and_is_written_to() -> None:
    (row,) = rows([ASKED], random.Random())
    double = TwitchDouble([[row, f"@target-msg-id={row.id} :tmi.twitch.tv CLEARMSG #shop :{ASKED}",
                            f"@target-user-id={row.author} :tmi.twitch.tv CLEARCHAT #shop :ana"]], ["stay"])

    async def whole() -> list:
        feed = TwitchChat("shop", "a-token", address=await double.start(), ping_s=0.05, user="shopbot")
        found = []
        async for item in feed.lines():
            found += [item] if item is not None else []
            if len(found) == 3:
                await feed.reply(found[0], "It weighs 1.2 kg.\r\nPRIVMSG #other :hello")
                break
        for _ in range(400):
            if any("PRIVMSG" in h for h in double.heard):
                break
            await asyncio.sleep(0.005)
        await double.close()
        with pytest.raises(FeedError):
            await TwitchChat("shop").reply(found[0], "no token")
        return found

    found = asyncio.run(whole())
    assert found[1:] == [Removed("twitch", row.id), Removed("twitch", author=row.author)]
    said = next(h for h in double.heard if "PRIVMSG" in h)
    assert said.startswith(f"@reply-parent-msg-id={row.id} PRIVMSG #shop :It weighs") and "\n" not in said
    assert "NICK shopbot" in double.heard


def test_a_webhook_takes_back_and_answers_are_signed() -> None:
    secret, posted = f"secret-{random.random()}", []
    body = json.dumps({"removed": ["m7"]}).encode()
    given = read("shop", body, {TIMESTAMP: "1000", SIGNATURE: signature(secret, "1000", body)}, secret, 1000.0)
    assert given == [Removed("shop", "m7")]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    asyncio.run(WebhookReplies(f"http://127.0.0.1:{server.server_address[1]}/", secret).reply(line("?", 7), "1.2 kg"))
    thread.join(5)
    server.server_close()
    headers, sent = posted[0]
    assert headers[SIGNATURE] == signature(secret, headers[TIMESTAMP], sent)
    assert json.loads(sent) == {"feed": "test", "id": "m7", "author": "u7", "text": "1.2 kg"}


def test_the_written_answer_does_not_wait_for_a_language_model(tmp_path: Path) -> None:
    class SlowPhraser:
        def __init__(self) -> None:
            self.ready = asyncio.Event()

        async def reworded(self, answer: Answer) -> Answer:
            await self.ready.wait()
            return replace(answer, utterances=tuple(replace(u, text=f"Well, {u.text}") for u in answer.utterances))

    async def whole() -> None:
        room = make_room(tmp_path)
        room.desk._phraser = phraser = SlowPhraser()  # type: ignore[assignment]
        reply = await room.chat._inquiries.answer(Person("v"), ASKED, "en", "1")
        assert "kg" in reply["text"] and reply["queued"], "at once, while the model still thinks"
        (waiting,) = room.questions.list()
        assert not waiting.answer.utterances[0].text.startswith("Well")
        phraser.ready.set()
        await room.until(lambda: waiting.answer.utterances[0].text.startswith("Well, "))
        room.desk.close()

    asyncio.run(whole())
