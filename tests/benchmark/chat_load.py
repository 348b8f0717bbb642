"""A chat of 300 lines a second: what becomes of each line, and whether what several ask is answered, and once.

`python -m tests.benchmark.chat_load [--seconds 60] [--rate 300] [--seed N]`. Distinct lines of a drawn crowd (talk, wishes,
questions that nobody else asks) with groups in between: one question of the demo in several wordings, languages and persons,
within ten seconds. The show itself does not run; the answering does, with the real model.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dialogue.adapters.e5 import installed
from dialogue.answering import Answerer
from dialogue.chat.line import ChatLine
from dialogue.desk import AnswerDesk
from dialogue.policy import Policy
from showroom.chat import LATE_S, ChatRoom
from showroom.demand import Demand
from showroom.handover import Handover
from showroom.inquiries import Inquiries, Show
from showroom.questions import Questions
from showroom.store import Store
from tests.fakes.show_parts import demo_content

RATE, SECONDS = 300, 60.0
GROUP_WITHIN_S = 10.0
SETTLE_S = 5.0  # after the last line, for those that wait
# One matter in several wordings; each matter once, so that every group has an answer of its own.
MATTERS: dict[str, tuple[tuple[str, str], ...]] = {
    "weight": (("en", "how heavy is the {}?"), ("en", "what does the {} weigh?"), ("de", "wie schwer ist {}?"),
               ("zh", "{}多重？"), ("es", "¿cuánto pesa {}?"), ("fr", "combien pèse {} ?")),
    "price": (("en", "how much is the {}?"), ("en", "price of the {}?"), ("de", "was kostet {}?"), ("zh", "{}多少钱？"),
              ("es", "¿cuánto cuesta {}?"), ("pt", "quanto custa {}?")),
    "stock": (("en", "is the {} in stock?"), ("en", "is the {} still available?"), ("de", "ist {} auf Lager?"),
              ("es", "¿hay {} en stock?"), ("fr", "{} est en stock ?"), ("zh", "{}有货吗？")),
}
RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "returns": (("en", "can I return it?"), ("en", "how long do I have to send it back?"), ("de", "kann ich es zurückgeben?"),
                ("zh", "可以退货吗？"), ("es", "¿puedo devolverlo?"), ("fr", "puis-je le renvoyer ?")),
    "payment": (("en", "how can I pay?"), ("en", "which cards do you take?"), ("de", "wie kann ich bezahlen?"),
                ("zh", "怎么付款？"), ("es", "¿cómo puedo pagar?"), ("fr", "comment puis-je payer ?")),
}
TALK = ("hello from {} {}", "nice {} {}", "love the {} {}", "haha {} {}", "good evening {} {}", "{} {} wow", "my {} {} says hi")
ASKS = ("does the {} go with {}?", "is the {} good for {}?", "would {} like the {}?", "can {} borrow your {}?")
WISHES = ("I want the {} for {}", "buying the {} for {} now")
SHARES = (("talk", 0.75), ("ask", 0.15), ("wish", 0.10))
PLACES = ("lamp", "backpack", "mug", "watch", "chair", "headphones")


@dataclass(frozen=True, slots=True)
class Line:
    """at_s: when it is written; group: of lines that ask the same, "" for one of the crowd."""

    at_s: float
    author: str
    language: str
    text: str
    group: str = ""


def drawn(rng: random.Random, rate: float, seconds: float, names: dict[str, dict[str, str]], groups: int) -> list[Line]:
    """Lines in order of time. names: sku -> language -> the product's name."""
    lines = []
    for n in range(int(rate * seconds)):
        kind = rng.choices([k for k, _ in SHARES], [s for _, s in SHARES])[0]
        form = rng.choice({"talk": TALK, "ask": ASKS, "wish": WISHES}[kind])
        lines.append(Line(n / rate, f"crowd{rng.randrange(6000)}", "en", form.format(rng.choice(PLACES), f"{_word(rng)}{n}")))
    choices = [f"{sku}:{matter}" for sku in names for matter in MATTERS] + [f"shop:{rule}" for rule in RULES]
    for group in rng.sample(choices, min(groups, len(choices))):
        sku, matter = group.split(":")
        start = rng.uniform(0, max(seconds - GROUP_WITHIN_S, 0))
        wordings = MATTERS[matter] if sku in names else RULES[matter]
        for person, (language, form) in enumerate(rng.sample(wordings, rng.randint(3, len(wordings)))):
            text = form.format(names[sku].get(language, names[sku]["en"])) if sku in names else form
            lines.append(Line(rng.uniform(start, start + GROUP_WITHIN_S), f"{group}-{person}", language, text, group))
    return sorted(lines, key=lambda line: line.at_s)


def _word(rng: random.Random) -> str:
    return "".join(rng.choice("bdfgklmnprst") + rng.choice("aeiou") for _ in range(3))


async def played(seconds: float, rate: float, groups: int, seed: int) -> dict[str, float]:
    """Play it in real time; figures by name."""
    content, rng = demo_content(), random.Random(seed)
    names = {sku: {lang: model.name(lang) for lang in ("en", "de", "zh", "es", "fr", "pt")}
             for sku, model in content.products.items()}
    lines = drawn(rng, rate, seconds, names, groups)
    said: list[tuple[str, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        store, policy, questions = Store(Path(folder) / "s.sqlite"), Policy(content.policy), Questions(time.monotonic)
        desk = AnswerDesk(Answerer(content.passages, content.products, content.market), installed)
        by_meaning = desk.by_meaning.result()
        show = Show("bench", "en", lambda: None, lambda: content.rundown, lambda: 1, lambda passage: "", lambda sku: False,
                    lambda **fields: None)
        inquiries = Inquiries(show, desk, questions, Handover(store, policy), store, policy, Demand(time.monotonic))
        kept: list[tuple[str, str, float, str]] = []
        room = ChatRoom([], inquiries, "en", say_names=False, monotonic=time.monotonic, wall_s=time.time, sleep=asyncio.sleep,
                        alarm=print, keep=kept.extend, salt="bench")
        work = asyncio.create_task(room.run())
        of_question: dict[str, str] = {}
        answer = inquiries.answer

        async def followed(person: object, words: str, language: str, page_id: str) -> dict[str, object]:
            reply = await answer(person, words, language, page_id)  # type: ignore[arg-type]
            of_question[str(reply["question_id"])] = page_id
            return reply

        inquiries.answer = followed  # type: ignore[method-assign,assignment]
        began, cpu_s, sent, late_s = time.monotonic(), time.process_time(), 0, 0.0
        while time.monotonic() - began < seconds + SETTLE_S:
            await asyncio.sleep(0.05)
            now = time.monotonic() - began
            while sent < len(lines) and lines[sent].at_s <= now:
                line = lines[sent]
                late_s = max(late_s, now - line.at_s)
                room.take(ChatLine("bench", f"{sent}", line.author, "", line.text, datetime.now(UTC)))
                sent += 1
        used = (time.process_time() - cpu_s) / (time.monotonic() - began)
        waiting = len(room._inbox)
        while room._inbox and time.monotonic() - began < seconds + LATE_S:
            await asyncio.sleep(0.1)
        await asyncio.sleep(1.5)  # the log is written once a second
        while (turn := questions.take(None)) is not None:
            asked = {lines[int(of_question[id_])].group for _, id_ in turn.askers if id_ in of_question}
            said += [(group, len(turn.askers)) for group in asked if group]
        work.cancel()
        desk.close()
        logged = {row[1] for row in kept}
        lost = len(lines) - len(logged)
        return _figures(lines, said, room.fates, used, lost, waiting, late_s, by_meaning)


def _figures(lines: Sequence[Line], said: Sequence[tuple[str, int]], fates: Counter[str], cores: float, lost: int, waiting: int,
             late_s: float, by_meaning: bool) -> dict[str, float]:
    groups = {line.group for line in lines if line.group}
    times = Counter(group for group, _ in said)
    once = sum(times[group] == 1 for group in groups) / len(groups)
    print(f"fates {dict(fates)}, waiting {waiting}, not once {sorted((g, times[g]) for g in groups if times[g] != 1)}")
    return {"chat_lines": float(len(lines)), "chat_cores": cores, "chat_lost_lines": float(lost),
            "chat_groups": float(len(groups)), "chat_groups_answered_once_share": once,
            "chat_busy_share": fates["busy"] / len(lines), "chat_late_max_s": late_s, "chat_by_meaning": float(by_meaning)}


def chat_load(seconds: float = SECONDS, rate: float = RATE, seed: int | None = None) -> dict[str, float]:
    """See the module."""
    return asyncio.run(played(seconds, rate, 18, random.randrange(10**6) if seed is None else seed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.chat_load")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", file=sys.stderr)
    for name, value in chat_load(chosen.seconds, chosen.rate, chosen.seed).items():
        print(f"{name} {value:.3f}")
