"""A chat room in front of the demo show's knowledge: real screening, answers and queue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from assets.rundown_file import Rundown
from dialogue.answering import Answerer
from dialogue.chat.line import ChatFeed, ChatLine, ChatReplies
from dialogue.desk import AnswerDesk
from dialogue.policy import Policy
from showroom.chat import ChatRoom
from showroom.demand import Demand
from showroom.handover import Handover
from showroom.inquiries import Inquiries, Show
from showroom.questions import Questions
from showroom.replying import Replying
from showroom.store import Store
from tests.fakes.show_parts import demo_content


@dataclass
class Room:
    """A chat room in front of the demo show's knowledge. on_show may be set."""

    chat: ChatRoom
    questions: Questions
    store: Store
    desk: AnswerDesk
    alarms: list[str]
    brought: list[str]
    on_show: list[str] = field(default_factory=lambda: ["backpack"])
    forgotten: list[str] = field(default_factory=list)

    async def until(self, done: Callable[[], bool]) -> None:
        for _ in range(12_000):
            if done():
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"never: {self.chat.fates} {self.chat.fields()} {self.alarms}")

    def fates(self) -> dict[str, list[str]]:
        self.chat._keep(self.chat._rows)
        self.chat._rows = []
        out: dict[str, list[str]] = {}
        for id_, fate in self.store.rows("SELECT id, fate FROM chat_line"):
            out.setdefault(id_, []).append(fate)
        return out


def make_room(folder: Path, *feeds: ChatFeed, say_names: bool = True, writers: dict[str, ChatReplies] | None = None,
              per_minute: int = 10) -> Room:
    """writers: of answers, by chat, at most per_minute each; None for none."""
    content = demo_content()
    store, policy, questions = Store(folder / "show.sqlite"), Policy(content.policy), Questions(time.monotonic)
    desk = AnswerDesk(Answerer(content.passages, content.products, content.market))
    alarms: list[str] = []
    brought: list[str] = []
    show = Show("s", "en", lambda: out.on_show[0], lambda: Rundown(content.rundown.items), lambda: 1, lambda id_: "file",
                lambda sku: brought.append(sku) is None, lambda **fields: None)
    inquiries = Inquiries(show, desk, questions, Handover(store, policy), store, policy, Demand(time.monotonic))
    replying = Replying(writers, policy, time.monotonic, alarms.append, per_minute) if writers is not None else None
    chat = ChatRoom(feeds, inquiries, "en", say_names=say_names, monotonic=time.monotonic, wall_s=time.time,
                    sleep=lambda s: asyncio.sleep(min(s, 0.01)), alarm=alarms.append, keep=store.chat_lines, salt="pepper",
                    replying=replying, forget=lambda id_: out.forgotten.append(id_))
    out = Room(chat, questions, store, desk, alarms, brought)
    return out


async def running(room: Room, body: Callable[[], Awaitable[None]]) -> None:
    """The room runs while `body` does."""
    task = asyncio.create_task(room.chat.run())
    try:
        await body()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def line(text: str, n: int = 0, **fields: object) -> ChatLine:
    """A line that was written just now, by another person for each n."""
    given = {"feed": "test", "id": f"m{n}", "author": f"u{n}", "name": f"Ana{n}", "text": text, "sent_at": datetime.now(UTC),
             **fields}
    return ChatLine(**given)  # type: ignore[arg-type]
