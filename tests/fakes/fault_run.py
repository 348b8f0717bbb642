"""Many sentences through the real chain of voices while each of them fails as scripted: what was heard, and what is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from assets.policy_file import load_policy
from avatar.speech import Speech, Utterance
from dialogue.adapters.edge import EdgeVoice
from dialogue.adapters.espeak import EspeakVoice
from dialogue.adapters.openai_voice import OpenAIVoice
from dialogue.adapters.worker_process import WorkerProcess, speech_from
from dialogue.clauses import clauses
from dialogue.fallback import SILENT_ENGINE, WARMING, FallbackVoice
from dialogue.kept_clips import KeptClips
from dialogue.policy import Policy
from dialogue.ports import Voice
from dialogue.speaking import Speaker
from dialogue.speech_cache import SpeechCache
from tests.fakes.edge_server import edge_server
from tests.fakes.speech_server import SpeechServer

_SOME = """river lamp summer walking bright seven window paper simple morning garden travel blue coffee pocket table
yellow quiet corner letter friend market winter orange bottle kitchen music weekend"""
WORDS = _SOME.split()
SERVER_FAULTS = ("503", "403", "hang", "half", "silence", "html", "empty", "refused", "fast", "rate")
EDGE_FAULTS = ("403", "hang", "half", "silence", "nothing")
WORKER_FAULTS = ("hang", "exit", "error", "odd", "keys", "silence")
ESPEAK_FAULTS = ("killed", "stopped")
SECONDS_A_SENTENCE = 60.0  # of the show: a voice that rests is soon asked again, or it would never meet its faults
# The product's limits are 3 s; here every hang is real time, so they are shorter. Nothing below depends on their size.
LIMIT_S, STEP_S = 0.5, 3.0


@dataclass
class Outcome:
    """What a run was like. sentences: of them cut = barge-ins; lost, twice: clauses; wrong: sentences, for these
    or other reasons; engines: clauses by voice; faults: scripted; told: to the
    operator; slowest_s: longest step of each voice; rss_mb, handles, threads: of this process after each tenth of the run (the
    chains' voices run); voices_mb: of their processes together; left: what is still there when all is closed."""

    sentences: int = 0
    cut: int = 0
    lost: int = 0
    twice: int = 0
    wrong: list[str] = field(default_factory=list)
    engines: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    slowest_s: dict[str, float] = field(default_factory=dict)
    most_processes: int = 0
    rss_mb: list[float] = field(default_factory=list)
    voices_mb: list[float] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class ShakyVoice:
    """The local neural voice: a real process, which does what `fault` says."""

    name = "neural"

    def __init__(self) -> None:
        self.fault = ""
        self.worker = WorkerProcess(self.name, "tests.fakes.shaky_worker", LIMIT_S)

    async def speak(self, text: str, language: str) -> Speech:
        return speech_from(*await self.worker.ask({"text": text, "fault": self.fault}), self.name)

    async def close(self) -> None:
        await self.worker.close()


class Timed:
    """A voice whose answers are timed."""

    def __init__(self, voice: Voice, slowest_s: dict[str, float]) -> None:
        self.voice, self.name, self._slowest_s = voice, voice.name, slowest_s

    async def speak(self, text: str, language: str) -> Speech:
        start = time.monotonic()
        try:
            return await self.voice.speak(text, language)
        finally:
            if text != WARMING:  # a trial that nobody waits for
                self._slowest_s[self.name] = max(self._slowest_s.get(self.name, 0.0), time.monotonic() - start)

    async def close(self) -> None:
        await self.voice.close()


def sentence(rng: random.Random) -> str:
    """One to three clauses; some are said again and again, as a script is."""
    if rng.random() < 0.2:
        rng = random.Random(rng.randrange(12))
    return " ".join(f"{' '.join(rng.sample(WORDS, rng.randint(3, 6))).capitalize()}." for _ in range(rng.randint(1, 3)))


async def fault_run(count: int, seed: int, report: Callable[[str], None] = lambda line: None, lanes: int = 1) -> Outcome:
    """`count` sentences. Everything drawn comes from `seed`. lanes: shows side by side in this process, each with chains,
    servers, worker processes and clips of its own: most of a run is waiting for what hangs."""
    out = Outcome()
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    tasks, handles = asyncio.all_tasks(), _handles()
    with tempfile.TemporaryDirectory(prefix="fault-run-") as scratch, _scratch(Path(scratch) / "tmp"):
        async with asyncio.TaskGroup() as group:
            for lane in range(lanes):
                group.create_task(_lane(Path(scratch) / f"show{lane}", range(lane, count, lanes), seed, out,
                                        lambda: _noted(out, count, before, report)))
        out.left += [f"file {p}" for p in (Path(scratch) / "tmp").rglob("*")]
        out.left += [f"half a clip {p}" for p in Path(scratch).rglob("*.part")]
    out.left += [f"process {p}" for p in psutil.Process().children(recursive=True) if p.pid not in before]
    await asyncio.sleep(0)
    out.left += [f"task {task.get_coro()}" for task in asyncio.all_tasks() - tasks]
    out.left += [f"handle {name}" for name in (_handles() - handles)]
    return out


def _handles() -> Counter[str]:
    """Open files, pipes and sockets of this process by name, numbers left out: those are new each time."""
    found: Counter[str] = Counter()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the one that lists them
            name = os.readlink(entry)
            if name != f"/proc/{os.getpid()}/fd":
                found[name.split(":[")[0]] += 1
    return found


async def _lane(folder: Path, numbers: range, seed: int, out: Outcome, said: Callable[[], None]) -> None:
    rng = random.Random(seed * 1000 + numbers.start)
    folder.mkdir()
    async with _players(folder, out) as players:
        for nth, number in enumerate(numbers):
            await players.one(number, nth * SECONDS_A_SENTENCE, rng)
            said()


def _noted(out: Outcome, count: int, before: set[int], report: Callable[[str], None]) -> None:
    """One more sentence was said."""
    me = psutil.Process()
    now = [p for p in me.children(recursive=True) if p.pid not in before]
    out.most_processes = max(out.most_processes, len(now))
    if out.sentences % max(1, count // 10) == 0:
        voices = 0
        for process in now:
            with contextlib.suppress(psutil.Error):  # it has just been ended
                voices += process.memory_info().rss
        out.rss_mb.append(me.memory_info().rss / 1e6)
        out.voices_mb.append(voices / 1e6)
        out.handles.append(me.num_fds())
        out.threads.append(me.num_threads())
        report(f"{out.sentences} sentences, {len(out.wrong)} wrong, {out.rss_mb[-1]:.0f} MB, voices {voices / 1e6:.0f} MB, "
               f"{out.handles[-1]} handles, {out.threads[-1]} threads")


@contextlib.contextmanager
def _scratch(folder: Path):  # type: ignore[no-untyped-def]
    """Temporary files of this process and its children go to `folder`."""
    folder.mkdir()
    old, cached = os.environ.get("TMPDIR"), tempfile.tempdir
    os.environ["TMPDIR"], tempfile.tempdir = str(folder), None
    try:
        yield
    finally:
        tempfile.tempdir = cached
        os.environ.pop("TMPDIR") if old is None else os.environ.update(TMPDIR=old)


@contextlib.asynccontextmanager
async def _players(folder: Path, out: Outcome) -> AsyncIterator[_Players]:
    server = SpeechServer(EspeakVoice(name="behind the server"))
    async with edge_server() as edge:
        hosted = OpenAIVoice("http://voices.example/v1", "m", "s", limit_s=LIMIT_S + 0.2, transport=httpx.MockTransport(server))
        asked = EdgeVoice(address=edge.address, first_sound_s=LIMIT_S)
        neural, espeak = ShakyVoice(), EspeakVoice(limit_s=3 * LIMIT_S)
        now, slowest_s = [0.0], dict[str, float]()
        chains = [FallbackVoice([Timed(v, slowest_s) for v in (first, neural, espeak)], step_s=STEP_S,
                                clips=KeptClips(SpeechCache(folder / "clips")), clock=lambda: now[0],
                                on_failure=lambda name, why: out.told.update([name])) for first in (hosted, asked)]
        for chain in chains:
            await chain.warm("en")
        slowest_s.clear()
        try:
            yield _Players(chains, server, edge, neural, espeak, out, now)
        finally:
            for chain in chains:
                await chain.close()
            await server.voice.close()
            for name, longest_s in slowest_s.items():
                out.slowest_s[name] = max(longest_s, out.slowest_s.get(name, 0.0))


@dataclass
class _Players:
    chains: list[FallbackVoice]
    server: SpeechServer
    edge: object
    neural: ShakyVoice
    espeak: EspeakVoice
    out: Outcome
    now: list[float]

    async def one(self, number: int, now_s: float, rng: random.Random) -> None:
        """Say one sentence under faults, and compare what came with what was wanted."""
        chain = self.chains[rng.random() < 0.3]
        text, out = sentence(rng), self.out
        self.now[0] = now_s
        faults = self._break(rng)
        cut_after = 0 if rng.random() < 0.03 else None
        got: list[tuple[int, str, Speech]] = []
        speaker = Speaker(chain, POLICY)
        async with contextlib.aclosing(speaker.speak(Utterance(f"s{number}", text, "en"))) as said:  # type: ignore[type-var]
            async for item in said:
                got.append(item)
                if cut_after is not None:
                    break
        out.sentences += 1
        wanted = [c.strip() for c in clauses(text, "en")]
        if cut_after is not None:
            out.cut, wanted = out.cut + 1, wanted[:1]
        heard, asked = Counter(c for _, c, _ in got), Counter(wanted)
        out.twice, out.lost = out.twice + (heard - asked).total(), out.lost + (asked - heard).total()
        if [c for _, c, _ in got] != wanted or [i for i, _, _ in got] != list(range(len(wanted))):
            out.wrong.append(f"sentence {number} under {faults}: wanted {wanted}, got {[c for _, c, _ in got]}")
        for _, clause, speech in got:
            out.engines[speech.engine] += 1
            sounds = int(abs(speech.pcm.astype(int)).max()) > 300
            words = [w.text.strip(".") for w in speech.words]
            if words != clause.strip(".").split() or sounds == (speech.engine == SILENT_ENGINE):
                out.wrong.append(f"sentence {number} under {faults}: {clause!r} by {speech.engine}, sound {sounds}, "
                                 f"words {words}")

    def _break(self, rng: random.Random) -> list[str]:
        """Scripted faults of this sentence."""
        def drawn(kinds: tuple[str, ...], share: float) -> str:
            return rng.choice(kinds) if rng.random() < share else ""

        night = rng.random() < 0.03  # all voices at once
        self.server.fault = drawn(SERVER_FAULTS, 1.0 if night else 0.4)
        self.edge.fault = drawn(EDGE_FAULTS, 1.0 if night else 0.4)  # type: ignore[attr-defined]
        self.neural.fault = drawn(WORKER_FAULTS, 1.0 if night else 0.3)
        espeak = drawn(ESPEAK_FAULTS, 0.7 if night else 0.01)
        if espeak and (pid := self.espeak.worker.pid):
            os.kill(pid, signal.SIGKILL if espeak == "killed" else signal.SIGSTOP)
        faults = [f"server {self.server.fault}", f"edge {self.edge.fault}",  # type: ignore[attr-defined]
                  f"neural {self.neural.fault}", f"espeak {espeak}"]
        faults = [f for f in faults if not f.endswith(" ")]
        self.out.faults.update(faults)
        return faults


POLICY = Policy(load_policy("own-site"))
