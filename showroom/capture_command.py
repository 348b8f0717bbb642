"""`nightwindow capture`: the performer's side. Camera and microphone here, the show wherever it runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import platformdirs
from rich.console import Console
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from avatar.capture.camera import LARGE_PX, SIZE_PX, Camera, CameraError
from avatar.capture.microphone import Microphone, MicrophoneError
from avatar.capture.neutral import CALIBRATION_S, CalibrationError
from avatar.capture.performer import Performer
from avatar.capture.person_mask import MODEL_FILE, SEGMENTER, PersonMask
from avatar.capture.wire import VERSION, CutOutRow, FaceRow, Row, SoundBlock, encode
from showroom.take_over import LOST

TRIES = 3
WAITING_SOUND, WAITING_FACES = 100, 15  # messages that wait for the network: 2 s of sound, half a second of faces; oldest go
WAITING_PICTURES = 2  # the newest counts; none is sent before all that was sent has left this machine
HALF_BODY_M = 0.78  # from the eyes to the foot of the half-body shot: what a camera must see of who is shown
PATIENCE_S = 5.0  # of --take
PATH = "/capture"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
QUESTION = (
    "Your face is read on this machine; no picture leaves it. Sent to the show: 52 numbers of your expression, how your head\n"
    "and eyes turn, and your voice. On air the anchor moves and speaks with them; recordings of the show keep voice and\n"
    "movement. Do this with your own face only. Agreed?\n"
    "你的脸只在本机上读取，画面不会离开本机。发送给直播间的是：52 个表情数值、头部和眼睛的转动，以及你的声音。\n"
    "主播将用它们在直播中动作和说话；节目录像会保留声音和动作。只能用于你本人的脸。同意吗？ [y/N] ")
PICTURE_QUESTION = (
    "You yourself will be seen: while you are on air your picture leaves this machine, cut out from your room (what stands\n"
    "behind you is taken away here), and goes with your voice to the show, to its platforms and into its recordings. A mask\n"
    "makes mistakes: have nothing behind you that nobody may see. Only yourself, nobody else. Agreed?\n"
    "画面中会出现你本人：直播期间，你的画面（背景已在本机去除）会离开本机，连同声音一起进入直播间、直播平台和节目录像。\n"
    "抠像会有误差：身后不要放不能让人看到的东西。只能是你本人，不能有别人。同意吗？ [y/N] ")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for. camera: None for the voice alone; picture: the person is seen, not the anchor."""

    camera: str | None
    microphone: str
    to: str
    take: bool
    consent: bool
    insecure: bool
    picture: bool = False


def capture_command(wish: Wish, out: Console, err: Console) -> int:
    """Until the performer quits; the exit code: 0 ended by wish, 1 refused or lost, 2 wrong usage."""
    token = os.environ.get("NIGHTWINDOW_OPERATOR_TOKEN", "")
    try:
        url = socket_url(wish.to, wish.insecure)
    except ValueError as error:
        err.print(str(error), markup=False, soft_wrap=True)
        return 2
    if not token:
        err.print("NIGHTWINDOW_OPERATOR_TOKEN is not set; the operator's token of the show must be in it.", markup=False)
        return 2
    if wish.picture and wish.camera is None:
        err.print("--picture needs the camera that --voice-only leaves out; give one of them.\n"
                  "--picture 需要摄像头，--voice-only 不用摄像头；两者只能选一个。", markup=False, soft_wrap=True)
        return 2
    if not agreed(wish.consent, consent_file(wish.picture), PICTURE_QUESTION if wish.picture else QUESTION):
        err.print("Not agreed: nothing was opened, nothing was sent. Run it again and answer y, or give --consent.",
                  markup=False, soft_wrap=True)
        return 1
    try:
        return asyncio.run(_Session(wish, url, token, out, err).run())
    except (CameraError, MicrophoneError, CalibrationError) as error:
        err.print(str(error), markup=False, soft_wrap=True)
        return 1


def socket_url(to: str, insecure: bool) -> str:
    """ws(s)://host/capture from what a person types. Raises ValueError with a sentence."""
    parts = urlsplit(to if "://" in to else f"wss://{to}")
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    if scheme not in ("ws", "wss") or not parts.hostname:
        raise ValueError(f"{to!r} is no address of a show; write wss://shop.example or http://127.0.0.1:8080")
    if scheme == "ws" and parts.hostname not in LOOPBACK and not insecure:
        raise ValueError(f"ws:// to {parts.hostname} would send your voice and the token unencrypted; use wss:// "
                         "(deploy/Caddyfile shows how), or --insecure in a network of your own")
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/").removesuffix(PATH) + PATH, "", ""))


def consent_file(picture: bool = False) -> Path:
    """Where the answer is kept; delete it to be asked again. picture: to being seen oneself, another answer."""
    return Path(platformdirs.user_config_dir("nightwindow")) / f"capture-consent{'-picture' if picture else ''}.json"


def agreed(given: bool, file: Path, question: str = QUESTION) -> bool:
    """Asked once on a machine, before a camera is opened."""
    with contextlib.suppress(OSError, ValueError):
        if json.loads(file.read_text("utf-8")).get("question") == question:
            return True
    if not given:
        if not sys.stdin.isatty():
            return False
        given = input(question).strip().lower() in ("y", "yes", "是", "同意")
    if given:
        with contextlib.suppress(OSError):  # not kept: asked again
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps({"question": question}, ensure_ascii=False), "utf-8")
    return given


class _Session:
    """One performer, one connection."""

    def __init__(self, wish: Wish, url: str, token: str, out: Console, err: Console) -> None:
        self._wish, self._url, self._token, self._out, self._err = wish, url, token, out, err
        self._sound: deque[bytes] = deque(maxlen=WAITING_SOUND)
        self._faces: deque[bytes] = deque(maxlen=WAITING_FACES)
        self._pictures: deque[bytes] = deque(maxlen=WAITING_PICTURES)
        self._performer: Performer | None = None
        self._fresh = asyncio.Event()
        self._wishes: asyncio.Queue[str] = asyncio.Queue(8)
        self._lost: str | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._said = ""
        self._seen_faces = 1
        self._patient_until_s = 0.0

    async def run(self) -> int:
        self._loop = asyncio.get_running_loop()
        camera, task, mask = None, None, None
        if self._wish.camera is not None:
            from assets.parts import part
            from showroom.parts import fetch

            camera = Camera(self._wish.camera, LARGE_PX if self._wish.picture else SIZE_PX)
            task = next(fetch(part("face-landmarker")).rglob("face_landmarker.task"))
            mask = PersonMask(fetch(SEGMENTER) / MODEL_FILE) if self._wish.picture else None
        performer = Performer(camera, Microphone(self._wish.microphone), task, self._row, self._gone, mask)
        self._performer = performer
        try:
            await self._calibrate(performer)
            self._framed(performer)
            return await self._perform(performer)
        finally:
            await asyncio.to_thread(performer.close)

    async def _calibrate(self, performer: Performer) -> None:
        for left in range(TRIES - 1, -1, -1):
            if performer.mode == "face":
                self._say(f"Look into the camera, mouth closed, for {CALIBRATION_S:.0f} seconds …")
            try:
                await asyncio.to_thread(performer.calibrate)
                return
            except CalibrationError as error:
                if not left:
                    raise
                self._say(f"Again: {error}.")

    def _framed(self, performer: Performer) -> None:
        """Say so when the camera does not see as much of the person as the shot shows."""
        sees_m = performer.framing.below_eyes_m if performer.framing is not None else HALF_BODY_M
        if performer.mode == "picture" and sees_m < HALF_BODY_M:
            self._say(f"The camera sees you only {100 * sees_m:.0f} cm down from your eyes, the picture on air shows "
                      f"{100 * HALF_BODY_M:.0f} cm: step back, or you end in the air.\n"
                      f"摄像头只拍到眼睛以下 {100 * sees_m:.0f} 厘米，直播画面需要 {100 * HALF_BODY_M:.0f} 厘米：请退后一些，"
                      "否则身体下方会是空的。")

    async def _perform(self, performer: Performer) -> int:
        assert self._loop is not None
        try:
            async with connect(self._url, additional_headers={"Authorization": f"Bearer {self._token}"}, compression=None,
                               max_size=2**16, proxy=None) as socket:
                await socket.send(json.dumps({"type": "join", "version": VERSION, "mode": performer.mode, "consent": True}))
                performer.start()
                threading.Thread(target=self._keys, name="keys", daemon=True).start()
                self._say("Ready. t takes over, h hands back, q quits.")
                if self._wish.take:
                    self._patient_until_s = self._loop.time() + PATIENCE_S
                    self._wishes.put_nowait("t")
                return await self._until_done(socket, performer)
        except InvalidStatus as error:
            status = error.response.status_code
            self._err.print("The show does not take this token (NIGHTWINDOW_OPERATOR_TOKEN)." if status in (401, 403)
                            else f"The show answered {status}; is {self._url} its address?", markup=False)
        except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
            self._err.print(f"No show answers at {self._url} ({error}).", markup=False, soft_wrap=True)
        return 1

    async def _until_done(self, socket: ClientConnection, performer: Performer) -> int:
        tasks = [asyncio.create_task(work) for work in (self._send(socket), self._hear(socket), self._obey(socket))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            code = 0
            for task in done:
                code = max(code, task.result())
        except ConnectionClosed as closed:
            reason = closed.rcvd.reason if closed.rcvd else ""
            self._err.print(f"The show closed the connection{': ' + reason if reason else ''}.", markup=False, soft_wrap=True)
            code = 1
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if performer.frame_s:
            times = sorted(performer.frame_s)
            self._say(f"From picture to row: {1000 * times[len(times) // 2]:.0f} ms in the middle, "
                      f"{1000 * times[int(len(times) * 0.95)]:.0f} ms at the 95th percentile.")
        return code

    def _row(self, row: Row) -> None:
        """From the performer's threads."""
        if isinstance(row, FaceRow) and row.faces != self._seen_faces:
            self._seen_faces = row.faces
            if row.faces != 1:
                self._say(self._faces_words(row.faces))
        queue = self._sound if isinstance(row, SoundBlock) else self._pictures if isinstance(row, CutOutRow) else self._faces
        queue.append(encode(row))
        self._wake()

    def _faces_words(self, faces: int) -> str:
        if not self._wish.picture:
            return ("No face is seen: the AI takes over after a second." if faces == 0 else
                    "Two faces are seen; only the one that was calibrated is followed.")
        return ("No face is seen: turned away you are shown for ten seconds more; gone, the AI takes over. "
                "看不到脸：若只是转身，画面再保留十秒；若人已离开，由 AI 接管。" if faces == 0 else
                "Two faces are seen: nobody is shown, the anchor moves with your face instead. "
                "看到两张脸：不显示真人画面，由数字人跟随你的表情。")

    def _gone(self, what: str) -> None:
        self._lost = what
        self._wake()

    def _wake(self) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._fresh.set)

    async def _send(self, socket: ClientConnection) -> int:
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            while self._sound or self._faces:
                await socket.send((self._sound or self._faces).popleft())
            if self._pictures and socket.transport.get_write_buffer_size() == 0:  # a thin line has the voice first
                await socket.send(self._pictures.pop())
                self._pictures.clear()
            if self._lost is not None:
                await socket.send(json.dumps({"type": "lost", "what": self._lost}))
                self._err.print(f"The {self._lost} is gone (or its file has ended); the AI goes on.", markup=False)
                return 1

    async def _hear(self, socket: ClientConnection) -> int:
        async for message in socket:
            given = json.loads(message)
            if given.get("type") == "refused":
                await self._refused(given["why"])
            elif given.get("type") == "state":
                if self._performer is not None:
                    self._performer.shown = given["state"] in ("on_air", "leaving")
                words = {"ready": "off air", "on_air": "ON AIR", "leaving": "handing back", "away": "away"}[given["state"]]
                words += f" ({LOST.get(given['lost'], given['lost'])}; the AI has taken over)" if given["lost"] else ""
                if words != self._said:
                    self._said = words
                    self._say(words)
        raise ConnectionClosed(None, None)

    async def _obey(self, socket: ClientConnection) -> int:
        while True:
            key = await self._wishes.get()
            if key == "q":
                return 0
            if key in ("t", "h"):
                await socket.send(json.dumps({"type": "on", "on": key == "t"}))

    async def _refused(self, why: str) -> None:
        """--take is meant for when all is there: the first rows may still be on their way."""
        assert self._loop is not None
        if self._patient_until_s > self._loop.time():
            self._loop.call_later(0.3, self._press, "t")
            return
        self._say(f"Not done: {why}.")

    def _keys(self) -> None:
        """Lines of standard input; when there is none the board's buttons remain."""
        for line in sys.stdin:
            assert self._loop is not None
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._press, line.strip().lower()[:1])

    def _press(self, key: str) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._wishes.put_nowait(key)

    def _say(self, words: str) -> None:
        self._out.print(words, markup=False, soft_wrap=True)
