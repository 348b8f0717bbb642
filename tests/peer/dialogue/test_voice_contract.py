"""Every voice keeps the same promises: the fake, espeak, pyttsx3, and edge against a stand-in for the service."""

import asyncio
import os
import random
import signal
import threading
import time
from collections.abc import AsyncIterator
from functools import partial

import httpx
import numpy as np
import pytest
import pytest_asyncio

from avatar.speech import RATE_HZ
from dialogue.adapters import kokoro
from dialogue.adapters.edge import EdgeVoice
from dialogue.adapters.espeak import VOICES, EspeakVoice
from dialogue.adapters.espeak_library import EspeakLibrary, Tone
from dialogue.adapters.openai_voice import OpenAIVoice
from dialogue.adapters.pyttsx3_voice import Pyttsx3Voice
from dialogue.fallback import SILENT_ENGINE, FallbackVoice
from dialogue.polish import PEAK_DBFS, TARGET_LUFS, loudness_lufs
from dialogue.ports import Voice, VoiceError
from tests.fakes.edge_server import LEAD_S, EdgeServer, edge_server
from tests.fakes.loudness_meter import ebur128_lufs
from tests.fakes.speech_server import LEAD_S as SERVER_LEAD_S
from tests.fakes.speech_server import SpeechServer
from tests.fakes.voice import FakeVoice

pytestmark = pytest.mark.peer

one_process = pytest.mark.asyncio(loop_scope="module")  # a voice is started once for all of these: loading takes seconds
NO_KOKORO = "Kokoro's parts are not in the cache; `nightwindow prepare` of a show with the voice kokoro fetches them"
WORDS = [
    "river",
    "lamp",
    "summer",
    "walking",
    "bright",
    "seven",
    "window",
    "paper",
    "simple",
    "morning",
    "garden",
    "travel",
    "blue",
    "coffee",
    "pocket",
]


def some_sentence(count: int = 6) -> str:
    return " ".join(random.sample(WORDS, count)).capitalize() + "."


@pytest_asyncio.fixture(params=["fake", "espeak", "pyttsx3", "edge", "kokoro", "openai"], scope="module", loop_scope="module")
async def voice(request: pytest.FixtureRequest) -> AsyncIterator[Voice]:
    if request.param == "kokoro" and not kokoro.is_here():
        pytest.skip(NO_KOKORO)
    if request.param == "edge":
        async with edge_server() as server:
            made: Voice = EdgeVoice(address=server.address)
            yield made
            await made.close()
        return
    if request.param == "openai":
        server = SpeechServer(EspeakVoice(name="behind the server"))
        made = OpenAIVoice("http://voices.example/v1", "m", "s", "a-key", limit_s=12.0,
                           transport=httpx.MockTransport(server))
        yield made
        await made.close()
        await server.voice.close()
        return
    made = {"fake": FakeVoice, "espeak": partial(EspeakVoice, limit_s=12.0), "pyttsx3": partial(Pyttsx3Voice, limit_s=12.0),
            "kokoro": kokoro.KokoroVoice}[request.param]()
    yield made
    await made.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_edge() -> AsyncIterator[tuple[EdgeServer, EdgeVoice]]:
    """The edge voice and the stand-in it speaks to, started once for the tests of its service."""
    async with edge_server() as server:
        made = EdgeVoice(address=server.address, first_sound_s=5.0)  # the worker's limit follows from it; tests set their own
        yield server, made
        await made.close()


@one_process
async def test_keeps_the_promises_of_the_port(voice: Voice) -> None:
    for text in (some_sentence(), some_sentence(3), "Hello."):
        speech = await voice.speak(text, "en")
        assert speech.engine == voice.name and speech.pcm.dtype == np.int16 and not speech.is_human
        assert 0.15 * len(text.split()) < speech.duration_s < 1.2 * len(text.split()) + 1
        ends = [edge for p in speech.phones for edge in (p.start_s, p.end_s)]
        assert ends == sorted(ends) and ends[0] >= 0 and ends[-1] <= speech.duration_s + 1e-6
        times = [edge for w in speech.words for edge in (w.start_s, w.end_s)]
        assert times == sorted(times) and times[-1] <= speech.duration_s + 1e-6
        assert [w.text.strip(".").lower() for w in speech.words] == text.strip(".").lower().split()
        sounded = [p for p in speech.phones if p.ipa]
        if len(text) > 30 and voice.name != "fake":
            assert ebur128_lufs(speech.pcm) == pytest.approx(TARGET_LUFS, abs=1.0), "by a meter that is not ours"
            assert abs(loudness_lufs(speech.pcm / 32768) - TARGET_LUFS) < 1.0
            assert np.abs(speech.pcm / 32768).max() <= 10 ** (PEAK_DBFS / 20) + 1e-3
        for word in speech.words:
            assert any(p.start_s < word.end_s and p.end_s > word.start_s for p in sounded), word


@one_process
async def test_speaks_again_after_what_it_cannot_say(voice: Voice) -> None:
    with pytest.raises(VoiceError):
        (await voice.speak("hello", "xx") if voice.name != "fake" else await _failing(voice))
    assert (await voice.speak(some_sentence(4), "en")).duration_s > 0.2


async def _failing(voice: Voice) -> None:
    assert isinstance(voice, FakeVoice)
    voice.fail_next = 1
    await voice.speak("hello", "en")


@one_process
async def test_serves_overlapping_calls(voice: Voice) -> None:
    texts = [some_sentence(n) for n in (2, 5, 3)]
    spoken = await asyncio.gather(*(voice.speak(t, "en") for t in texts))
    assert [len(s.words) for s in spoken] == [2, 5, 3]


@one_process
async def test_a_sentence_given_up_is_left_at_once_and_the_next_is_whole(voice: Voice) -> None:
    if isinstance(voice, FakeVoice):
        voice.hold = asyncio.Event()
    call = asyncio.create_task(voice.speak(" ".join(some_sentence(8) for _ in range(8)), "en"))  # noqa: RUF006 - awaited below
    for _ in range(random.randint(1, 20)):
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    if isinstance(voice, FakeVoice):
        voice.hold = None
    assert [w.text.strip(".") for w in (await voice.speak("Paper window.", "en")).words] == ["Paper", "window"]


def test_espeak_stops_in_the_middle_of_a_text_and_speaks_on() -> None:
    library, tone, text = EspeakLibrary(), Tone("en"), " ".join(WORDS) * 150  # takes seconds

    def stop() -> None:
        while not library._take.sound:
            time.sleep(0)
        library.cancel()

    other = threading.Thread(target=stop)
    other.start()
    with pytest.raises(RuntimeError, match="given up"):
        library.synthesise(text, tone)
    other.join()
    assert len(library.synthesise("Paper window.", tone)[0]) > 10_000


@one_process
@pytest.mark.parametrize("voice", ["espeak"], indirect=True)
async def test_espeak_phones_stand_where_the_sound_is(voice: EspeakVoice) -> None:
    speech = await voice.speak("Shop. Shop. Shop.", "en")
    level = lambda a, b: float(np.sqrt((speech.pcm[int(a * RATE_HZ) : int(b * RATE_HZ)].astype(float) ** 2).mean()))  # noqa: E731
    pauses = [p for p in speech.phones if not p.ipa and p.end_s - p.start_s > 0.1]
    vowels = [p for p in speech.phones if p.ipa.startswith("ˈ")]
    assert len(vowels) == 3 and len(pauses) >= 2
    quiet = max(level(p.start_s + 0.03, p.end_s - 0.03) for p in pauses)
    assert min(level(p.start_s, p.end_s) for p in vowels) > 8 * quiet


HELLO = {
    "zh": "欢迎大家来到直播间",
    "ja": "皆さん、この商品は新しいです",
    "hi": "आप सभी का स्वागत है",
    "ar": "أهلا بكم جميعا",
    "ru": "Добро пожаловать",
    "th": "ยินดีต้อนรับทุกคน",
    "fr": "Bienvenue à tous",
    "de": "Herzlich willkommen",
}


@one_process
@pytest.mark.parametrize("voice", ["espeak"], indirect=True)
async def test_espeak_speaks_every_language(voice: EspeakVoice) -> None:
    await voice.speak("warm up", "en")
    starts = voice.worker.starts
    for language in VOICES:
        hello = HELLO.get(language, "a b o i u welcome")
        speech = await voice.speak(hello, language)
        assert speech.duration_s > 0.6 and len([p for p in speech.phones if p.ipa]) >= 6, language
        assert not any("(" in p.ipa or any(c.isdigit() for c in p.ipa) for p in speech.phones), language
        assert "".join(w.text for w in speech.words).replace(" ", "") == hello.replace(" ", ""), language
    assert voice.worker.starts == starts


async def test_a_hung_worker_is_killed_and_the_next_sentence_is_spoken() -> None:
    voice = EspeakVoice(limit_s=1.0)
    try:
        await voice.speak("warm up", "en")
        first = voice.worker.pid
        os.kill(first, signal.SIGSTOP)
        with pytest.raises(VoiceError, match="did not answer"):
            await voice.speak(some_sentence(), "en")
        assert (await voice.speak(some_sentence(), "en")).duration_s > 0.5
        assert voice.worker.pid not in (None, first) and voice.worker.starts == 2
    finally:
        await voice.close()


@one_process
@pytest.mark.parametrize("voice", ["espeak"], indirect=True)
async def test_a_cancelled_call_leaves_the_pipe_in_step(voice: EspeakVoice) -> None:
    await voice.speak("warm up", "en")
    starts = voice.worker.starts
    call = asyncio.create_task(voice.speak(some_sentence(10), "en"))
    await asyncio.sleep(0)
    call.cancel()
    speech = await voice.speak("Paper window.", "en")
    assert [w.text for w in speech.words] == ["Paper", "window."]
    assert voice.worker.starts == starts


@one_process
@pytest.mark.parametrize("voice", ["espeak"], indirect=True)
async def test_a_killed_worker_is_replaced(voice: EspeakVoice) -> None:
    await voice.speak("warm up", "en")
    first = voice.worker.pid
    os.kill(first, signal.SIGKILL)
    for _ in range(2):  # the first call may be the one that notices
        try:
            speech = await voice.speak(some_sentence(), "en")
            break
        except VoiceError:
            continue
    assert speech.duration_s > 0.5 and voice.worker.pid not in (None, first)


@one_process
@pytest.mark.parametrize("voice", ["kokoro"], indirect=True)
async def test_kokoro_stops_in_mid_sentence_and_speaks_on(voice: kokoro.KokoroVoice) -> None:
    await voice.speak("Hello.", "en")
    starts = voice.worker.starts
    long = " ".join(some_sentence(10) for _ in range(6))
    call = asyncio.create_task(voice.speak(long, "en"))
    while not voice.worker._turn.locked():
        await asyncio.sleep(0.01)
    call.cancel()
    speech = await voice.speak("这个 USB 背包防水。", "zh")
    assert "".join(w.text for w in speech.words).replace(" ", "") == "这个USB背包防水。"
    assert any(p.ipa.endswith(("→", "↗", "↓", "↘")) for p in speech.phones) and voice.worker.starts == starts


@one_process
async def test_edge_times_match_the_sound(at_edge: tuple[EdgeServer, EdgeVoice]) -> None:
    speech = await at_edge[1].speak("paper window garden", "en")
    loud = np.flatnonzero(np.abs(speech.pcm.astype(float)) > 0.1 * np.abs(speech.pcm.astype(float)).max())
    assert abs(loud[0] / RATE_HZ - LEAD_S) < 0.01, "the codec's 46 ms are taken out"
    assert abs(speech.words[0].start_s - LEAD_S) < 0.001


@one_process
async def test_edge_tries_once_more_then_gives_up(at_edge: tuple[EdgeServer, EdgeVoice]) -> None:
    server, voice = at_edge
    server.requests.clear()
    server.refuse_next = 1
    assert (await voice.speak("paper window", "en")).duration_s > 0.5
    server.refuse_next = 2
    with pytest.raises(VoiceError, match=r"^The edge voice failed: no sound after 2 attempts \(the service sent no sound\)\.$"):
        await voice.speak("paper window", "en")
    assert len(server.requests) == 4
    server.fault = "403"
    with pytest.raises(VoiceError, match=r"\(the service answered 403\)\.$"):
        await voice.speak("paper window", "en")
    server.fault = ""


@one_process
async def test_edge_leaves_a_sentence_that_the_service_holds(
        at_edge: tuple[EdgeServer, EdgeVoice], monkeypatch: pytest.MonkeyPatch) -> None:
    server, voice = at_edge
    monkeypatch.setattr(voice, "_first_sound_s", 60.0)
    monkeypatch.setattr(voice.worker, "_limit_s", 240.0)
    await voice.speak("lamp", "en")
    starts = voice.worker.starts
    server.hang = True
    server.requests.clear()
    call = asyncio.create_task(voice.speak("paper window", "en"))
    while not server.requests:
        await asyncio.sleep(0.01)
    call.cancel()
    server.hang = False
    async with asyncio.timeout(30.0):  # the service would have been waited for twice 60 s
        assert (await voice.speak("lamp", "en")).duration_s > 0.3
    assert voice.worker.starts == starts


@one_process
async def test_a_hanging_service_falls_back_to_espeak_in_time(
        at_edge: tuple[EdgeServer, EdgeVoice], monkeypatch: pytest.MonkeyPatch) -> None:
    server, edge = at_edge
    monkeypatch.setattr(edge, "_first_sound_s", 0.3)
    monkeypatch.setattr(server, "hang", True)
    told: list[str] = []
    espeak = EspeakVoice(limit_s=12.0)
    try:
        speech = await FallbackVoice([edge, espeak], step_s=12.0,
                                     on_failure=lambda name, reason: told.append(name)).speak(some_sentence(), "en")
    finally:
        await espeak.close()
    assert speech.engine == "espeak" and told == ["edge"]
    assert speech.engine != SILENT_ENGINE


FAULTS = {"503": "answered 503", "403": "answered 403", "hang": "took over", "half": "broke off", "silence": "silence",
          "html": "no sound", "empty": "no sound", "fast": "whole text", "refused": "cannot be reached"}


async def test_a_server_that_sends_no_speech_is_told_from_one_that_does() -> None:
    server = SpeechServer(EspeakVoice(name="behind the server"))
    voice = OpenAIVoice("http://voices.example/v1/", "m", "s", "a-key", limit_s=9.0, transport=httpx.MockTransport(server))
    chain = FallbackVoice([voice, server.voice], step_s=4.0)
    text = some_sentence(8)
    good = await voice.speak(text, "en")
    assert abs(good.phones[0].end_s - SERVER_LEAD_S) < 0.06 and good.phones[0].ipa == "", "the silence before is not speech"
    for server.fault, words in FAULTS.items():
        voice._limit_s = 0.2 if server.fault == "hang" else 9.0
        with pytest.raises(VoiceError, match=words) as caught:
            await voice.speak(text, "en")
        assert "\n" not in str(caught.value) and "a-key" not in str(caught.value)
        assert (await chain.speak(text, "en")).engine == "behind the server", "the next voice says it"
    assert server.closed >= 1 and set(server.keys) == {"Bearer a-key"}
    await chain.close()
    server.fault = ""
    assert (await voice.speak(text, "en")).engine == "openai", "it may be used again after close"
    for _ in range(4):
        await voice.speak(some_sentence(8), "en")
    server.fault = "rate"
    with pytest.raises(VoiceError, match="rate is not the one"):
        await voice.speak(some_sentence(8), "en")
    await voice.close()
    await server.voice.close()
