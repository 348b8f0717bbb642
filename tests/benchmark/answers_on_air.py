"""`python -m tests.benchmark.answers_on_air [COUNT] [--voice NAME]`: how long viewers wait for spoken answers of a whole show.

`nightwindow run` draws, encodes and records the demo at 1280x720; viewers ask over their sockets. Every other time the operator
cuts the sentence short as soon as the written answer is there, so that the answer has to begin out of nothing (`cut`); else it
comes after the sentence that is being said (`turn`). Times are of the cues that studio and browsers play by: from the skip, or
from the end of the sentence before, to the first sample of the answer, and to its first word behind an opening; the longest
hole between two of its pieces; sentences that reached the studio too late for their own beginning."""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from dialogue.openings import OPENINGS
from render.clock import seconds
from tests.benchmark.barge_in import epoch_s
from tests.fakes.running_show import RunningShow, copy_demo, until
from tests.fakes.viewer import Viewer

QUESTIONS = (
    "How do I return something?", "When do I get my money back?", "How long does shipping take?", "How much is shipping?",
    "Can I track my parcel?", "Which countries do you ship to?", "What if it breaks?", "How can I pay?", "Do I get an invoice?",
    "Can I cancel my order?", "Can you wrap it as a gift?", "How heavy is the backpack?", "How much is the lamp?",
    "What is the mug made of?", "How long does the battery of the headphones last?", "Is the watch waterproof?",
    "What colours does the backpack come in?", "How much is the chair?", "How big is the lamp?", "Who packs the parcels?")
PICTURE = ("width_px = 960\nheight_px = 540", "width_px = 1280\nheight_px = 720")
LIMIT_S = 90.0  # for an answer's turn


def answers_on_air(count: int, voice: str) -> dict[str, float]:
    """Seconds by figure, and the loads of the machine (1 min) while it ran."""
    with tempfile.TemporaryDirectory() as folder:
        path = copy_demo(Path(folder) / "show", voice)
        path.write_text(path.read_text("utf-8").replace(*PICTURE), "utf-8")
        show = RunningShow(Path(folder), "--record", str(Path(folder) / "night.mp4"), show=path)
        try:
            show.wait_on_air(180)
            seen = list(_asked(show, count))
            state = show.state()
        finally:
            show.stop()
    said = state["voices"]
    studio = next(p for p in state["processes"] if p["name"] == "studio")
    return {**_figures(seen), "by_kokoro_share": said.get("kokoro", 0) / max(1, sum(said.values())),
            "late_cues": studio["detail"]["late_cues"], "frames_repeated_share":
            studio["detail"]["repeated"] / max(1, studio["detail"]["frames"])}


def _asked(show: RunningShow, count: int) -> Iterator[dict[str, Any]]:
    """One answer after the other: which way, times in seconds."""
    viewer = Viewer(show.ws_port)
    zero_s = epoch_s(viewer)
    began_s = time.monotonic()
    viewer.ask("Do you have any lamps?", limit_s=LIMIT_S)  # the model of meaning is read while a show begins
    print(f"the first written answer took {time.monotonic() - began_s:.1f} s", flush=True)
    for n, question in enumerate(random.sample(QUESTIONS, min(count, len(QUESTIONS)))):
        def speaking() -> bool:
            now = (time.monotonic() - zero_s) * 48_000
            return any(c["at"] + 24_000 < now < c["until"] - 72_000 for c in viewer.cues("play")[-1:])
        until(speaking, LIMIT_S, "she is in the middle of a sentence")
        asker = Viewer(show.ws_port)  # each may ask one question in five seconds
        written = asker.ask(question, limit_s=LIMIT_S)
        way = ("cut", "turn")[n % 2]
        from_s = None
        if way == "cut":
            from_s = time.monotonic() - zero_s
            show.post("/api/operator/skip", {"on": True})
        mine = written.get("question_id")
        try:
            at = asker.wait(lambda m, mine=mine: m["type"] == "answering" and m["id"] == mine, LIMIT_S)["at"]
        except AssertionError:
            print(f"not said: {question!r} ({written.get('text')})", flush=True)
            continue
        finally:
            asker.close()
        yield {**_one(viewer, at, way, from_s, zero_s), "load": os.getloadavg()[0], "question": question}
    viewer.close()


def _one(viewer: Viewer, at: int, way: str, from_s: float | None, zero_s: float) -> dict[str, Any]:
    first = viewer.wait(lambda m: m["type"] == "cue" and m["cue"] == "play" and m["at"] == at, 20)
    mine, end_s = [first], time.monotonic() + LIMIT_S
    while time.monotonic() < end_s:
        mine = [c for c in viewer.cues("play") if c["utterance_id"] == first["utterance_id"]]
        if any(c["at"] > mine[-1]["at"] for c in viewer.cues("play") if c not in mine) or \
                time.monotonic() - zero_s > seconds(mine[-1]["until"]) + 2:
            break
        time.sleep(0.1)
    before = [c for c in viewer.cues("play") if c["at"] < at and (from_s is None or seconds(c["at"]) > from_s)]
    if from_s is None or before:  # behind a skip, too, a sentence that was prepared already may come first
        way, from_s = "turn", max((seconds(c["until"]) for c in before), default=seconds(at))
    opened = mine[0]["text"] in OPENINGS["en"]
    content = mine[1] if opened and len(mine) > 1 else mine[0]
    holes = [seconds(b["at"] - a["until"]) for a, b in pairwise(mine)]
    out = {"way": way, "first": seconds(at) - from_s, "content": seconds(content["at"]) - from_s,
           "hole": max(holes, default=0.0), "opened": opened}
    print({k: round(v, 3) if isinstance(v, float) else v for k, v in out.items()}, flush=True)
    return out


def _figures(seen: list[dict[str, Any]]) -> dict[str, float]:
    out: dict[str, float] = {"load_least": min(s["load"] for s in seen), "load_most": max(s["load"] for s in seen)}
    for way in ("cut", "turn"):
        if mine := [s for s in seen if s["way"] == way]:
            out |= {f"{way}_count": len(mine), f"{way}_first_p50_s": statistics.median(s["first"] for s in mine),
                    f"{way}_first_max_s": max(s["first"] for s in mine),
                    f"{way}_content_p50_s": statistics.median(s["content"] for s in mine),
                    f"{way}_content_max_s": max(s["content"] for s in mine), f"{way}_hole_max_s": max(s["hole"] for s in mine),
                    f"{way}_opened_share": statistics.mean(s["opened"] for s in mine)}
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=len(QUESTIONS))
    parser.add_argument("--voice", default="auto")
    given = parser.parse_args()
    for name, value in answers_on_air(given.count, given.voice).items():
        print(f"{name:28} {value:.3f}")
