"""`make bench`: what the show costs on this machine, in one run, as CPU time and ratios; compared with the run before.

Writes tests/benchmark/results/latest.json (not committed) and prints a row for history.csv beside it.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.benchmark.anchor_frames import anchor_frames
from tests.benchmark.answer_latency import answer_latency
from tests.benchmark.answers import answers
from tests.benchmark.barge_in import barge_in
from tests.benchmark.chat_load import chat_load
from tests.benchmark.giving_up import giving_up
from tests.benchmark.intelligibility import intelligibility
from tests.benchmark.lip_peers import lips
from tests.benchmark.packs import packs
from tests.benchmark.poses import poses
from tests.benchmark.speech import alignment, curves, peers
from tests.fakes.running_show import RunningShow
from tests.fakes.viewer import Viewer

RESULTS = Path(__file__).with_name("results")
FRAMES, WARM_UP = 200, 10
SENTENCES = (
    "Good evening, and welcome to the window that never closes.", "It weighs less than a litre of water.",
    "Turn the brass knob on the base, and it dims without steps.", "The strap is padded, and the zips run smoothly.",
    "Ask me anything about it in the chat, I read every question.", "Where would you put it?",
)
QUESTIONS = ("how tall is the lamp?", "what does the backpack weigh?", "is it waterproof?", "怎么退货?",
             "how much is the watch?", "do you ship to Germany?", "what does the mug weigh?", "这个多少钱")


def frames() -> dict[str, float]:
    """CPU ms per delivered picture of the demo's medium shot, all threads, split by what it is spent on."""
    from avatar.idle import IdleLife
    from avatar.sampling import pose_at
    from render.clock import frame_ticks
    from render.cue import ProductCue
    from render.encoder import AacEncoder, VideoEncoder, to_i420
    from render.overlays import caption, card, compose, label
    from render.packet import VideoSettings
    from render.shots import resolve
    from tests.fakes.show_parts import demo_content

    content = demo_content()
    stage = _stage(content)
    spent = dict.fromkeys(("pose", "draw", "read", "overlay", "convert", "encode"), 0.0)
    pixels = stage._pixels

    def timed(texture: Any) -> Any:
        start = time.process_time()
        out = pixels(texture)
        spent["read"] += time.process_time() - start
        return out

    stage._pixels = timed
    idle, step = IdleLife(1), frame_ticks(25)
    video, audio = VideoEncoder(VideoSettings()), AacEncoder()
    camera, cue = resolve("medium", content.spec, content.products["lamp"]), ProductCue(0, "lamp")
    over = [o for o in (caption(SENTENCES[0], "en", 960, 540), card(("Lamp", "$89"), "en", 960, 540),
                        label("AI", "en", 960, 540)) if o]
    silence = np.zeros(step, np.int16)
    for n in range(FRAMES + WARM_UP):
        if n == WARM_UP:
            spent.update(dict.fromkeys(spent, 0.0))
        marks = [time.process_time()]
        pose = pose_at(n / 25, idle, [])
        marks.append(time.process_time())
        picture = stage.draw(n * step, camera, cue, {"anchor": pose})
        marks.append(time.process_time())
        compose(picture, over)
        marks.append(time.process_time())
        planes = to_i420(picture)
        marks.append(time.process_time())
        video.encode(planes, n * step)
        audio.encode(silence, n * step)
        marks.append(time.process_time())
        for name, a, b in zip(("pose", "draw", "overlay", "convert", "encode"), marks[:-1], marks[1:], strict=True):
            spent[name] += b - a
    spent["draw"] -= spent["read"]
    out = {f"frame_{name}_ms": 1000 * value / FRAMES for name, value in spent.items()}
    out["frame_total_ms"] = sum(out.values())
    return out


def _stage(content: Any) -> Any:
    """The demo's stage with its products and the default anchor."""
    from assets.avatar_model import AvatarModel
    from assets.glb import read_glb
    from assets.packs.coarser import staged_scene
    from render.engine import Engine
    from render.puppet import Puppet
    from render.stage import Stage
    from showroom.avatars import prepare_avatar

    avatar, engine = prepare_avatar(lambda share, what: None), Engine("auto")
    stage = Stage(engine, 960, 540, content.spec, read_glb(content.spec.room_glb), read_glb(content.plinth_glb),
                  {"anchor": Puppet(AvatarModel.load(avatar.npz), engine.shaders)})
    for sku, product in content.products.items():
        stage.set_product(product, staged_scene(product.packs["broadcast"]), content.homes[sku])
    return stage


def speech() -> dict[str, float]:
    """How many times faster than real time voice, lips and performance are."""
    from avatar.lipsync import mouth_curves
    from avatar.perform import perform
    from avatar.speech import Utterance
    from avatar.visemes import VISEME_WEIGHTS
    from dialogue.adapters.espeak import EspeakVoice
    from tests.fakes.show_parts import demo_content

    mark = demo_content().spec.marks[0]

    async def spoken() -> tuple[list[Any], float]:
        voice = EspeakVoice()
        await voice.speak("ready", "en")
        start = time.perf_counter()
        said = [await voice.speak(s, "en") for s in SENTENCES]
        took = time.perf_counter() - start
        await voice.close()
        return said, took

    said, voice_s = asyncio.run(spoken())
    length = sum(s.duration_s for s in said)

    def ratio(work: Callable[[Any], object]) -> float:
        start = time.process_time()
        for s in said:
            work(s)
        return length / (time.process_time() - start)

    return {"voice_x_real_time": length / voice_s, "lipsync_x_real_time": ratio(lambda s: mouth_curves(s, VISEME_WEIGHTS)),
            "perform_x_real_time": ratio(lambda s: perform(s, Utterance("b", "b", "en"), visemes=VISEME_WEIGHTS, targets={},
                                                           mark=mark, seed=1))}


def on_air() -> dict[str, float]:
    """Start-up, memory, question -> text and question -> first sound of the real program."""
    folder = Path(tempfile.mkdtemp(prefix="nightwindow-bench-"))
    start = time.perf_counter()
    show = RunningShow(folder, voice="auto")
    try:
        show.wait_on_air()
        started = time.perf_counter() - start
        listener = Viewer(show.ws_port, "listen")
        text_s, sound_s = [], []
        for question in QUESTIONS:
            asker = Viewer(show.ws_port, "listen")
            asker.wait(lambda m: m["type"] == "hello", 5)
            asked = time.monotonic()
            answer = asker.ask(question, "en")
            text_s.append(next(t for t, m in asker.texts if m.get("id") == answer["id"]) - asked)
            if answer.get("queued"):
                spoken = asker.wait(lambda m: m["type"] == "answering", 60)
                heard = None
                while heard is None:
                    heard = next((t for t, at, _, _ in list(listener.chunks) if at <= spoken["at"] < at + 4800), None)
                    time.sleep(0.02)
                sound_s.append(heard - asked)
            asker.close()
        state = show.state()
        memory = {f"rss_{p['name'].split()[0]}_mb": p["rss_mb"] for p in state["processes"]}
        cut = statistics.quantiles
        return {"start_up_s": started, "question_text_p50_ms": 1000 * statistics.median(text_s),
                "question_text_p95_ms": 1000 * cut(text_s, n=20)[18], "question_sound_p50_s": statistics.median(sound_s),
                "question_sound_p95_s": cut(sound_s, n=20)[18], **memory}
    finally:
        show.stop()


def main() -> int:
    """Measure, print beside the last run, keep."""
    out = Console()
    figures: dict[str, float] = {}
    for part in (frames, anchor_frames, poses, packs, speech, alignment, curves, peers, lips, intelligibility, answer_latency,
                 giving_up, barge_in, answers, chat_load, on_air):
        out.print(f"{part.__name__} …")
        figures |= part()
    latest = RESULTS / "latest.json"
    before = json.loads(latest.read_text()) if latest.exists() else {}
    table = Table("figure", "now", "before", "ratio")
    for name, value in figures.items():
        old = before.get(name)
        table.add_row(name, f"{value:.2f}", f"{old:.2f}" if old else "", f"{value / old:.2f}" if old else "")
    out.print(table)
    RESULTS.mkdir(exist_ok=True)
    latest.write_text(json.dumps(figures, indent=1))
    history = RESULTS / "history.csv"
    columns = history.read_text().splitlines()[0].split(",") if history.exists() else ["date", *figures]
    row = [time.strftime("%Y-%m-%d"), *(f"{figures.get(c, float('nan')):.3g}" for c in columns[1:])]
    out.print("for history.csv:", ",".join(columns), ",".join(row), sep="\n", soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
