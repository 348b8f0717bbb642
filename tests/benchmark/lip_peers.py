"""Other lip-sync programs on the same sound as ours, where they are installed; what is not is named.

Python: `pip install pocketsphinx`, `pip install pylipsync` (with librosa). Node: `npm install rhubarb-lip-sync-wasm` in any
folder, whose path goes into $NIGHTWINDOW_PEERS; the same for wawa-lipsync and wlipsync, which work on a browser's AudioContext
and get one from browser_peers.mjs. wlipsync has no profile of a voice with it; $NIGHTWINDOW_WLIPSYNC_PROFILE names one (JSON).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from avatar.aligner import align
from avatar.lipsync import analyse, shapes_of
from avatar.listener import hear, phones_heard
from avatar.pose import HZ
from avatar.speech import RATE_HZ, Phone, Speech
from avatar.visemes import OCULUS, ROW

PEER_HZ = 16_000
# Their shapes as Oculus visemes. Rhubarb's B, "slightly open with clenched teeth", stands for most consonants.
RHUBARB = {"A": "PP", "B": "SS", "C": "E", "D": "aa", "E": "O", "F": "U", "G": "FF", "H": "nn", "X": "sil"}
PYLIPSYNC = {"aa": "aa", "ee": "E", "ih": "I", "oh": "O", "ou": "U", "silence": "sil"}
# Six shapes that all of them can tell apart: shut, teeth on lip, rounded, open, spread or clenched, rest.
SIX = {"sil": 0, "PP": 1, "FF": 2, "O": 3, "U": 3, "RR": 3, "CH": 3, "aa": 4, "E": 4}
SMILE = 5
_NODE = """
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const require = createRequire(process.argv[2] + "/");
const { Rhubarb } = require("rhubarb-lip-sync-wasm");
const out = [];
for (const line of readFileSync(process.argv[3], "utf8").trim().split("\\n")) {
  const { file, text } = JSON.parse(line);
  const done = await Rhubarb.getLipSync(readFileSync(file), text ? { dialogText: text } : {});
  out.push(done.mouthCues);
}
console.log("CUES" + JSON.stringify(out));
process.exit(0);
"""
Segments = list[tuple[str, float, float]]  # viseme, start, end in seconds


def rows_of(segments: Segments, n: int) -> NDArray:
    """(n,) row of OCULUS for each 10 ms."""
    out, t = np.zeros(n, np.int64), (np.arange(n) + 0.5) / HZ
    for name, start_s, end_s in segments:
        out[(t >= start_s) & (t < end_s)] = ROW[name]
    return out


def segments_of(phones: tuple[Phone, ...]) -> Segments:
    """Our own in the same form."""
    return [(s.name, s.start_s, s.end_s) for s in shapes_of(phones)]


def bilabial_f1(wanted: Segments, found: Segments, slack_s: float = 0.04) -> tuple[int, int, int]:
    """Hits, closures wanted, closures found; a hit overlaps within slack_s."""
    want, have = ([(a, b) for name, a, b in s if name == "PP"] for s in (wanted, found))
    free, hits = list(have), 0
    for a, b in want:
        match = next((h for h in free if h[0] < b + slack_s and h[1] > a - slack_s), None)
        if match:
            free.remove(match)
            hits += 1
    return hits, len(want), len(have)


def compared(said: list[Speech]) -> dict[str, float]:
    """Share of frames with the right one of 15 shapes and of six, F1 of closures, and how often faster than speech."""
    ours: dict[str, Callable[[list[Speech]], list[Segments]]] = {
        "align": lambda speeches: [segments_of(align(s.pcm, RATE_HZ, [p.ipa for p in s.phones])) for s in speeches],
        "listen_whole": lambda speeches: [segments_of(analyse(s.pcm, RATE_HZ).phones) for s in speeches],
        "listen_live": lambda speeches: [segments_of(phones_heard(hear(s.pcm, RATE_HZ))) for s in speeches]}
    peers = {"peer_rhubarb": lambda speeches: _rhubarb(speeches, False),
             "peer_rhubarb_text": lambda speeches: _rhubarb(speeches, True), "peer_pylipsync": _pylipsync,
             "peer_wawa": lambda speeches: _in_a_browser("wawa", "wawa-lipsync", speeches),
             "peer_wlipsync": lambda speeches: _in_a_browser("wlipsync", "wlipsync", speeches, _wlipsync_profile()),
             "peer_pocketsphinx_text": _pocketsphinx}
    figures: dict[str, float] = {}
    for name, work in {**ours, **peers}.items():
        start = time.perf_counter()
        try:
            found = work(said)
        except (ImportError, RuntimeError) as error:
            print(f"{name}: left out ({error})")
            continue
        figures |= {f"{name}_{key}": value for key, value in _figures(said, found).items()}
        figures[f"{name}_x_real_time"] = sum(s.duration_s for s in said) / (time.perf_counter() - start)
    return figures


def _figures(said: list[Speech], found: list[Segments]) -> dict[str, float]:
    six = np.array([SIX.get(name, SMILE) for name in OCULUS])
    right, right6, counts = [], [], np.zeros(3)
    for speech, segments in zip(said, found, strict=True):
        wanted = segments_of(speech.phones)
        n = int(speech.duration_s * HZ)
        a, b = rows_of(wanted, n), rows_of(segments, n)
        right.append(float(np.mean(a == b)))
        right6.append(float(np.mean(six[a] == six[b])))
        counts += bilabial_f1(wanted, segments)
    return {"viseme_share": float(np.mean(right)), "six_share": float(np.mean(right6)),
            "bilabial_f1": float(2 * counts[0] / max(1.0, counts[1] + counts[2]))}


def _rhubarb(said: list[Speech], with_text: bool) -> list[Segments]:
    folder = _npm_folder("rhubarb-lip-sync-wasm")
    with tempfile.TemporaryDirectory() as work:
        jobs = _jobs(Path(work), said, PEER_HZ, with_text)
        (Path(work) / "peer.mjs").write_text(_NODE)
        cues = _node("rhubarb-lip-sync-wasm", Path(work) / "peer.mjs", folder, jobs)
    return [[(RHUBARB[c["value"]], float(c["start"]), float(c["end"])) for c in one] for one in cues]


def _in_a_browser(name: str, package: str, said: list[Speech], *more: str) -> list[Segments]:
    folder = _npm_folder(package)
    with tempfile.TemporaryDirectory() as work:
        script, jobs = Path(__file__).with_name("browser_peers.mjs"), _jobs(Path(work), said, RATE_HZ)
        cues = _node(package, script, name, folder, jobs, *more)
    return [[(viseme, float(start_s), float(end_s)) for viseme, start_s, end_s in one] for one in cues]


def _wlipsync_profile() -> str:
    path = os.environ.get("NIGHTWINDOW_WLIPSYNC_PROFILE", "")
    if not Path(path).is_file():
        raise RuntimeError("it comes without a profile of a voice; name one in $NIGHTWINDOW_WLIPSYNC_PROFILE")
    return path


def _npm_folder(package: str) -> str:
    folder = os.environ.get("NIGHTWINDOW_PEERS", "")
    if not shutil.which("node") or not (Path(folder) / "node_modules" / package).is_dir():
        raise RuntimeError(f"npm install {package} in a folder named by $NIGHTWINDOW_PEERS")
    return folder


def _jobs(work: Path, said: list[Speech], rate_hz: int, with_text: bool = False) -> str:
    """A file with one job a line, beside the sounds as int16 at rate_hz."""
    jobs = []
    for i, speech in enumerate(said):
        file = work / f"{i}.pcm"
        sound = speech.pcm if rate_hz == RATE_HZ else soxr.resample(speech.pcm, RATE_HZ, rate_hz)
        file.write_bytes(sound.astype("<i2").tobytes())
        jobs.append(json.dumps({"file": str(file), "text": " ".join(w.text for w in speech.words) if with_text else ""}))
    (work / "jobs").write_text("\n".join(jobs))
    return str(work / "jobs")


def _node(package: str, script: Path, *args: str) -> list[Any]:
    """What a script says behind CUES."""
    done = subprocess.run(["node", str(script), *args], capture_output=True, text=True, timeout=900, check=False)
    line = next((text for text in done.stdout.splitlines() if text.startswith("CUES")), None)
    if line is None:
        raise RuntimeError(f"{package} ended with {done.returncode}: {done.stderr[-200:]}")
    return list(json.loads(line.removeprefix("CUES")))


def _pocketsphinx(said: list[Speech]) -> list[Segments]:
    from tests.benchmark.speech import pocketsphinx_phones

    return [segments_of(pocketsphinx_phones(s)) for s in said]


def _pylipsync(said: list[Speech]) -> list[Segments]:
    from pylipsync import PhonemeAnalyzer  # type: ignore[import-not-found]

    analyzer = PhonemeAnalyzer()
    out = []
    for speech in said:
        sound = soxr.resample(speech.pcm / 32768.0, RATE_HZ, PEER_HZ)
        found = analyzer.extract_phoneme_segments(sound, PEER_HZ, fps=60, return_seconds=True)
        out.append([(PYLIPSYNC.get(s.dominant_phoneme.name, "sil"), float(s.start), float(s.end)) for s in found])
    return out


def lips(count: int = 16) -> dict[str, float]:
    """On English sentences that nobody was trained on, drawn anew; ours also on voices of another engine."""
    from tests.benchmark.speech import LANGUAGES, fresh_sentences
    from tests.benchmark.strangers import strangers

    return compared(fresh_sentences(count * len(LANGUAGES), seed=int(time.time()))[:: len(LANGUAGES)]) | strangers()


if __name__ == "__main__":
    for key, value in lips(24).items():
        print(f"{key}: {value:.3f}")
