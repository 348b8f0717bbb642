"""`python -m tests.benchmark.barge_in [COUNT]`: she is cut short while a show is on air; what leaves the machine is looked at.

The demo draws, encodes and records; an operator skips a sentence, mutes or calls the slate in the middle of it, COUNT times
each. From the moment the request is sent (MediaTime by the best of the pings, 1 ms) until the last sample above -50 dBFS in
what a walking viewer's socket got and in the recording, and until the lips in the poses of that socket rest. A viewer lives
that much behind the show (its page's buffer) with picture and sound alike; `arrives` says when the silence reached the
socket."""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from avatar.face import ARKIT, INDEX
from render.clock import CHUNK_TICKS, POSE_TICKS, RATE_HZ, seconds
from render.pose_stream import decode
from tests.fakes.running_show import RunningShow, sidecar, until
from tests.fakes.viewer import Viewer

MOUTH = [INDEX[name] for name in ARKIT if name.startswith(("mouth", "jaw", "tongue"))]
AT_REST = 0.05  # of a weight's 0..1: idle life moves lips that much in half a second
HEARD = 104 / 32768  # -50 dBFS, as in dialogue.fallback
CODEC_TICKS = 1_440  # 30 ms: what comes next is heard a little before it begins, codecs smear
LOOK_S = 0.7  # after the request
KINDS = ("skip", "mute", "slate")


@dataclass
class Cut:
    """kind: of KINDS; at: MediaTime at which it was asked for; sent_s: the same moment, monotonic."""

    kind: str
    at: int
    sent_s: float


def epoch_s(viewer: Viewer) -> float:
    """The monotonic instant of MediaTime 0, by the quickest of thirty pings."""
    best = (float("inf"), 0.0)
    for n in range(30):
        time.sleep(0.06)  # twenty messages a second are a viewer's share
        t0 = time.monotonic()
        viewer.say({"type": "ping", "t": n})
        pong = viewer.wait(lambda m, n=n: m["type"] == "pong" and m["t"] == n, 5)
        t1 = next(t for t, m in viewer.texts if m is pong)
        best = min(best, (t1 - t0, (t0 + t1) / 2 - seconds(pong["now"])))
    return best[1]


def cuts(show: RunningShow, viewer: Viewer, count: int) -> list[Cut]:
    """Cut COUNT sentences short in each way, at random places."""
    zero_s, out = epoch_s(viewer), []
    for kind in random.sample(KINDS * count, len(KINDS) * count):
        def speaking() -> bool:
            now = (time.monotonic() - zero_s) * RATE_HZ
            return any(c["at"] + 0.5 * RATE_HZ < now < c["until"] - 1.2 * RATE_HZ for c in viewer.cues("play")[-1:])
        until(speaking, 60, "she is in the middle of a sentence")
        time.sleep(random.uniform(0.0, 0.3))
        sent_s = time.monotonic()
        show.post(f"/api/operator/{kind}", {"on": True})
        out.append(Cut(kind, round((sent_s - zero_s) * RATE_HZ), sent_s))
        time.sleep(LOOK_S + 0.2)
        if kind != "skip":
            show.post(f"/api/operator/{kind}", {"on": False})
    time.sleep(1.0)
    return out


def heard(viewer: Viewer) -> tuple[int, NDArray[np.float32]]:
    """MediaTime of the first sample, and what the socket's sound decodes to."""
    decoder, chunks = av.CodecContext.create("libopus", "r"), sorted(viewer.chunks, key=lambda c: c[1])
    first = chunks[0][1]
    out = np.zeros(chunks[-1][1] + CHUNK_TICKS - first + RATE_HZ, np.float32)
    for _, start, _, packets in chunks:
        at = start - first
        for data in packets:
            for frame in decoder.decode(av.Packet(data)):
                pcm = _floats(frame)
                out[at : at + len(pcm)] = pcm
                at += len(pcm)
    return first - 312, out  # render.wire: the sound lies that much earlier than its packet says


def _floats(frame: av.AudioFrame) -> NDArray[np.float32]:
    """The first channel, -1..1."""
    pcm = frame.to_ndarray()
    one = pcm[0] if frame.format.is_planar else pcm.reshape(-1)[:: frame.layout.nb_channels]
    return one.astype(np.float32) / (32768 if pcm.dtype == np.int16 else 1)


def recorded(path: Path) -> tuple[int, NDArray[np.float32]]:
    """The same of the recording."""
    first = next(line["at"] for line in sidecar(path.with_suffix(".jsonl")) if line["event"] == "start")
    with av.open(str(path)) as file:
        parts = [(round(float(f.pts * f.time_base) * RATE_HZ), _floats(f)) for f in file.decode(audio=0)]
    out = np.zeros(max(at + len(pcm) for at, pcm in parts), np.float32)
    for at, pcm in parts:
        out[max(0, at) : at + len(pcm)] = pcm[max(0, -at) :]
    return first, out


def mouths(viewer: Viewer) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """MediaTime and mouth weights (n, len(MOUTH)) of every pose of the first anchor."""
    rows = [(start + i * POSE_TICKS, pose.weights[MOUTH]) for _, start, bodies, _ in sorted(viewer.chunks, key=lambda c: c[1])
            for i, pose in enumerate(decode(bodies[0]).poses)]
    return np.array([at for at, _ in rows]), np.array([weights for _, weights in rows])


def silent_s(cut: Cut, end: int, first: int, sound: NDArray[np.float32]) -> float | None:
    """From the request to the last sample that is heard before `end`; None where she was between two words."""
    part = np.abs(sound[cut.at - first : end - first]) > HEARD
    if not (np.abs(sound[cut.at - first - 2400 : cut.at - first + 960]) > HEARD).any():
        return None
    return float(np.flatnonzero(part)[-1] + 1) / RATE_HZ if part.any() else 0.0


def rest_s(cut: Cut, end: int, at: NDArray[np.int64], weights: NDArray[np.float32]) -> float | None:
    """From the request to the first pose from which on the mouth is where it stays; None where it was there already."""
    inside = (at >= cut.at) & (at < end)
    if inside.sum() < 4:
        return None
    times, moved = at[inside], np.abs(weights[inside] - np.median(weights[inside][-3:], axis=0)).max(1)
    away = np.flatnonzero(moved >= AT_REST)
    return float(times[away[-1] + 1] - cut.at) / RATE_HZ if len(away) and away[-1] + 1 < len(times) else None


def barge_in(count: int = 8) -> dict[str, float]:
    """Seconds: median and longest of each kind, how many were heard, and the machine's load."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "night.mp4"
        show = RunningShow(Path(folder), "--record", str(record))
        try:
            show.wait_on_air(180)
            until(lambda: record.exists() and record.stat().st_size > 0, 60, "the recording has begun")
            viewer = Viewer(show.ws_port)
            time.sleep(1.0)
            done = cuts(show, viewer, count)
        finally:
            show.stop()
        viewer.close()
        stream, file, (at, weights) = heard(viewer), recorded(record), mouths(viewer)
    starts = sorted(c["at"] for c in viewer.cues("play"))
    found: dict[str, list[float]] = {}
    for cut in done:
        end = min([cut.at + round(LOOK_S * RATE_HZ), *(s - CODEC_TICKS for s in starts if s > cut.at)])
        quiet = silent_s(cut, end, *stream)
        chunk = (cut.at + round((quiet or 0.0) * RATE_HZ)) // CHUNK_TICKS * CHUNK_TICKS
        arrival = next((t for t, start, _, _ in viewer.chunks if start == chunk), None)
        for name, value in (("silent", quiet), ("recording_silent", silent_s(cut, end, *file)),
                            ("arrives", (arrival and quiet is not None and arrival - cut.sent_s) or None),
                            ("lips_rest", rest_s(cut, end, at, weights) if cut.kind != "mute" else None)):
            if value is not None:
                found.setdefault(f"{cut.kind}_{name}", []).append(value)
    figures = {f"{name}_{what}": pick(values) for name, values in sorted(found.items())
               for what, pick in (("p50_s", statistics.median), ("p90_s", _most), ("max_s", max), ("count", len))}
    return {**figures, "load": os.getloadavg()[0]}


def _most(values: list[float]) -> float:
    return sorted(values)[int(0.9 * (len(values) - 1))]


if __name__ == "__main__":
    for name, value in barge_in(int(sys.argv[1]) if len(sys.argv) > 1 else 8).items():
        print(f"{name:34} {value:.3f}".removesuffix(".000"))
