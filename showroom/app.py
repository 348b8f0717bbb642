"""The composition root: everything is made here, started in order, stopped in reverse."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from assets.cache import cache_dir
from assets.product import ProductModel
from assets.rundown_file import Rundown
from avatar.speech import Utterance
from dialogue.adapters.e5 import installed
from dialogue.answering import Answerer
from dialogue.citing import Cited
from dialogue.desk import AnswerDesk
from dialogue.policy import Policy, Verdict
from render.clock import media_now
from render.cue import Cue, Play, StopSpeech
from render.feed_messages import FeedSettings
from render.link import ProcessLink
from render.messages import (
    BedSettings,
    Chunk,
    ForceKey,
    PlacePlinths,
    PutProduct,
    RemoveProduct,
    Started,
    Still,
    StudioBeat,
)
from render.packet import Packet
from render.timeline import Timeline
from showroom.audience import Audience, Viewer
from showroom.avatars import AvatarFiles
from showroom.broadcast import Broadcast
from showroom.casting import make_speaker
from showroom.chat_wiring import make_chat_room
from showroom.config import ShowConfig
from showroom.content import Content
from showroom.demand import Demand
from showroom.director import Director, Unit
from showroom.epoch import current_epoch_s
from showroom.handover import Handover
from showroom.house_sound import music_bed
from showroom.incoming import Incoming
from showroom.inquiries import Inquiries, Person, Show
from showroom.page_words import chinese
from showroom.performing import Performing
from showroom.questions import Questions, Waiting
from showroom.rehearsal import Rehearsal
from showroom.retention import Keeper
from showroom.rundown import Cursor
from showroom.shelf import Shelf
from showroom.slates import make_slate, video_settings
from showroom.staging import Staging
from showroom.store import Store
from showroom.studio_settings import file_mark, studio_settings
from showroom.supervisor import Child, Limits
from showroom.take_over import TakeOver
from showroom.viewer_protocol import PROTOCOL, Ask, cue_fields, text
from showroom.wiring import make_captions, make_chats, make_phraser

log = structlog.get_logger("app")

STUDIO_LIMITS = Limits(beat_s=5.0, start_s=60.0, memory_mb=2500, recycle_s=24 * 3600)
OPENING_LIMIT_S = 20.0  # a driver that needs longer than that to warm up gets a show on the slate
PICTURE_LIMIT_TICKS = 5 * 48_000  # a picture this old while the pacer runs: the driver hangs


class App:
    """One show. Make it, `await start()`, `await run()`, `await stop()`."""

    def __init__(self, config: ShowConfig, content: Content, avatars: AvatarFiles) -> None:
        self.config, self.content, self.avatars = config, content, avatars
        self.session = secrets.token_hex(4)
        self.store = Store(config.state_folder / "show.sqlite")
        self.epoch_s = current_epoch_s(self.store)
        self.alarms: list[dict[str, Any]] = []
        self.last_still: bytes | None = None
        self.beat: StudioBeat | None = None
        self.driver, self._opened, self.scene_version, self.ids = "", False, 1, itertools.count(1)
        self._timeline = Timeline()
        self._staged: dict[str, tuple[Path, str | None]] = {}
        market, chats = content.market, make_chats(config)  # what show.toml lacks is said before anything runs
        self.ai_label = market.ai_label
        self.cited = Cited()
        self.policy = Policy(content.policy, self.cited)
        self.voice, self.speaker = make_speaker(config, market, self.policy, self._voice_failed, self._judged)
        self.shelf = Shelf(config, content, self.store, put=self.put_product, moved=self.plinths_moved,
                           remove=self.remove_product, script=self._script_changed, alarm=self.alarm, learn=self._learn)
        watched = config.products.watch
        self.incoming = Incoming(config, content, config.path(watched), self.alarm) if watched else None
        rundown = self.shelf.open()
        self.handover = Handover(self.store, self.policy)
        passages = self.shelf.passages() + self.handover.passages()
        self._sources, self._known = {p.id: p.source for p in passages}, 0
        self.cited.know(passages, content.products)
        self.desk = AnswerDesk(Answerer(passages, content.products, market), self.policy.hearing(installed),
                               make_phraser(config, content, self.cited, self.policy))
        self.questions = Questions(time.monotonic)
        self.cursor = Cursor(rundown, market.section_order, self.store, lambda words: self.store.event("repeat", text=words))
        self.captions = make_captions(config, market, self.policy, self.cursor, self.alarm)
        self.rehearsal = Rehearsal(self.speaker, self.cursor, market.language, asyncio.sleep,
                                   lambda why: self.alarm(f"rehearsal: {why}"), self._next_answer)
        self.staging = Staging(content.spec, content.products, market.language, self.ai_label,
                               content.policy.beside_price(market.language))
        self.director = Director(
            cursor=self.cursor, questions=self.questions, speaker=self.speaker,
            performer=Performing(content.spec, avatars, config.show.seed, market.gesture_style, content.products),
            send=self._cue, now=self.now, sleep=asyncio.sleep, staging=self.staging, language=market.language,
            anchor_id=content.spec.marks[0].anchor_id, on_spoken=self._spoken, on_answering=self._answering,
            on_blocked=lambda u, why: self.alarm(f"not said: {why}"))
        show = Show(self.session, market.language, lambda: self.director.on_show, self.shelf.rundown,
                    lambda: self._known, lambda id_: self._sources.get(id_, "catalogue"),
                    lambda sku: self.shelf.bring(sku, self.cursor.bring), self._evidence)
        self.inquiries = Inquiries(show, self.desk, self.questions, self.handover, self.store, self.policy,
                                   Demand(time.monotonic))
        self.chat = make_chat_room(config, chats, self.inquiries, market.language, self.policy, self.store, self.alarm,
                                   self.director.forget_question)
        self.audience = Audience(
            snapshot=self._snapshot, on_ask=self._ask, now=self.now, new_id=lambda: secrets.token_urlsafe(9),
            max_viewers=config.server.max_viewers, allowed_origins=config.server.allowed_origins)
        self.studio = Child("studio", self._studio_link, limits=STUDIO_LIMITS, on_message=self._from_studio,
                            on_down=self._studio_down)
        self.take_over = TakeOver(
            self.director, cue=self._cue, studio=self.studio.send, now=self.now, visemes=avatars.visemes,
            anchor_id=content.spec.marks[0].anchor_id, alarm=self.alarm, evidence=self._evidence, spec=content.spec)
        self.broadcast: Broadcast | None = None
        self._slate: Path | None = None
        self._bed: BedSettings | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._replies: set[asyncio.Task[None]] = set()

    def now(self) -> int:
        """MediaTime."""
        return media_now(self.epoch_s, time.monotonic())

    def alarm(self, sentence: str) -> None:
        """Something the seller should know."""
        log.warning("alarm", what=sentence)
        self.alarms = [*self.alarms[-49:], {"at_s": time.time(), "text": sentence, "text_zh": chinese(sentence)}]
        self.store.event("alarm", text=sentence)

    def _next_answer(self) -> tuple[Utterance, ...]:
        waiting = self.questions.next(self.director.on_show)
        return () if waiting is None else waiting.spoken()

    def _voice_failed(self, voice: str, why: str) -> None:
        self.alarm(f"voice {voice}: {why}")

    async def start(self) -> None:
        """Slate, socket, studio, feeds, director. Raises OSError when a port is taken."""
        server = self.config.server
        await self.audience.start(server.host, server.ws_port)
        await self._warm_voice()
        await self.rehearsal.opening()
        self._bed = await asyncio.to_thread(music_bed, self.config, self.alarm)
        self._slate = await make_slate(self.config, self.content, cache_dir("slates"))
        feeds = self.config.feeds
        record = self.config.path(feeds.record) if feeds.record else None
        self.broadcast = Broadcast(feeds.push, record, self._feed_settings, self._force_key, feeds.disk_floor_mb, self.alarm)
        self.store.event("start", session=self.session)
        keeper = Keeper(self.store, self.content.policy.retention, self.config.state.keep_days,
                        record if self.config.state.delete_recordings else None, self.alarm)
        for name, work in (("studio", self.studio.run()), ("feeds", self.broadcast.run()),
                           ("director", self.director.run()), ("rehearsal", self.rehearsal.run()),
                           ("captions", self.captions.run()), ("shelf", self._keep_shelf()), ("chat", self.chat.run()),
                           ("housekeeping", self._housekeeping()), ("retention", keeper.run())):
            self._tasks.append(asyncio.create_task(work, name=name))

    async def _warm_voice(self) -> None:
        """The first word of a voice takes its process' start with it: have all of them behind us before the show begins."""
        if not await self.voice.warm(self.content.market.language):
            self.alarm("no voice speaks: captions only")

    async def run(self) -> None:
        """Until a part of the host itself fails, or cancelled."""
        await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    async def stop(self) -> None:
        """In reverse order; what was recorded is finished."""
        self.store.event("stop", session=self.session)
        for task in reversed(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.broadcast is not None:
            await self.broadcast.close()
        await self.studio.close()
        await self.voice.close()
        await self.captions.close()
        await self.audience.close()
        self.desk.close()
        for reply in self._replies:
            reply.cancel()
        self.store.close()

    # Studio -------------------------------------------------------------------------------------------------

    def _studio_link(self, on_message: Callable[[Any], None]) -> ProcessLink:
        assert self._slate is not None
        state = self._timeline.state()
        # Sentences in progress are said again from their beginning by the director.
        keep = tuple(c for c in state.cues if not isinstance(c, Play | StopSpeech))
        settings = studio_settings(self.config, self.content, self.avatars, self._slate, epoch_s=self.epoch_s,
                                   state=type(state)(keep), bed=self._bed)
        return ProcessLink("render.studio", settings, on_message)

    def _from_studio(self, message: Any) -> None:
        match message:
            case Packet():
                assert self.broadcast is not None
                self.broadcast.packet(message)
                if message.track == "video":
                    self.audience.broadcast_video(message.at, message.key, message.data)
            case Chunk():
                assert self.broadcast is not None
                self.audience.broadcast_chunk(message.data)
                self.broadcast.chunk(message.at, message.data)
            case Still():
                self.last_still = message.jpeg
                self.audience.keep_still(message.at, message.jpeg)
            case StudioBeat():
                self._studio_beat(message)
            case Started():
                self._studio_started(message)

    def _studio_started(self, message: Started) -> None:
        """The first sentence of a night waits for the picture; after a lost studio the voice comes back at once."""
        self.driver = message.driver
        if message.driver == "starting":
            if self._opened:
                self.director.on_air()
            else:
                asyncio.get_running_loop().call_later(OPENING_LIMIT_S, self._open_show)
            return
        log.info("studio", driver=message.driver)
        if message.why:
            self.alarm(f"no picture: {message.why}; the broadcast shows the slate, browsers that walk see the show")
        assert self.broadcast is not None
        self.broadcast.evidence(message.at, event="studio", driver=message.driver)
        self._open_show()

    def _open_show(self) -> None:
        if not self._opened:
            self._opened = True
            self.director.on_air()

    def _studio_beat(self, beat: StudioBeat) -> None:
        self.beat = beat
        self.studio.health.detail = {"fps": self.config.picture.fps, "driver": self.driver, **beat.figures}
        drawing = self.driver not in ("off", "slate", "starting", "") and beat.picture_at
        if drawing and beat.at - beat.picture_at > PICTURE_LIMIT_TICKS:
            self.studio.restart("the picture hangs")

    def _studio_down(self, why: str) -> None:
        self.driver = ""
        self.alarm(f"studio ended ({why}); the feeds show the slate")
        self.director.off_air()
        self._timeline.add(StopSpeech(self.now()))
        self.audience.broadcast(text("cue", **cue_fields(StopSpeech(self.now()))))

    def _feed_settings(self, url: str, recording: bool) -> FeedSettings:
        assert self._slate is not None
        sidecar = Path(url).with_suffix(".jsonl") if recording else None
        mark = file_mark(self.config, self.content) if recording else ""
        return FeedSettings(url, self.epoch_s, video_settings(self.config), self._slate, recording, sidecar, mark)

    def _force_key(self) -> None:
        self.studio.send(ForceKey())

    def put_product(self, model: ProductModel, plinth: str | None) -> None:
        """A product on the stage and in the browsers. The stage knows no prices: it is told of models and places only."""
        staged = (model.packs["broadcast"], plinth)
        if self._staged.get(model.sku) != staged:
            self._staged[model.sku] = staged
            self.studio.send(PutProduct(model, plinth))
        self._scene_changed()

    def plinths_moved(self) -> None:
        """Plinths stand elsewhere, on the stage and in the browsers."""
        self.studio.send(PlacePlinths(self.content.standing.plinths))
        self._scene_changed()

    def remove_product(self, sku: str) -> None:
        """Withdraw a product at once."""
        self.director.forget_product(sku)
        self._staged.pop(sku, None)
        self.studio.send(RemoveProduct(sku))
        self._scene_changed()

    def _script_changed(self, rundown: Rundown) -> None:
        """Turns came or went."""
        self.cursor.replace(rundown)

    def _scene_changed(self) -> None:
        self.scene_version += 1
        self._learn()
        self.audience.broadcast(text("scene", version=self.scene_version))

    # Director -----------------------------------------------------------------------------------------------

    def _cue(self, cue: Cue) -> None:
        cue = self.captions.shown(cue)
        self._timeline.add(cue)
        self._timeline.forget(self.now())
        self.studio.send(cue)
        self.audience.broadcast(text("cue", **cue_fields(cue)))
        if self.broadcast is not None:
            self.broadcast.cue(cue)
        self.take_over.heard(cue)

    def _spoken(self, unit: Unit) -> None:
        for utterance in unit.utterances:
            self.store.said(utterance.text)
        if unit.waiting is not None:
            for _, question_id in unit.waiting.askers:
                self.store.question_state(question_id, "spoken")

    def _answering(self, waiting: Waiting, at: int) -> None:
        for viewer, question_id in waiting.askers:
            self.audience.send_to(viewer, text("answering", id=question_id, at=at))

    # Viewers ------------------------------------------------------------------------------------------------

    def _snapshot(self) -> dict[str, Any]:
        now = self.now()
        self._timeline.forget(now)
        return {"protocol": PROTOCOL, "session": self.session, "title": self.config.show.title,
                "language": self.content.market.language, "ai_label": self.ai_label,
                "label_share": self.content.policy.label_size.min_height_share,
                "anchors": [m.anchor_id for m in self.content.spec.marks], "fps": self.config.picture.fps,
                "picture": self.config.picture.driver != "off", "scene_version": self.scene_version,
                "cues": [cue_fields(c) for c in self._timeline.state().cues]}

    def _ask(self, viewer: Viewer, ask: Ask) -> None:
        admission = self.questions.admit(viewer.id, ask.text)
        if admission.state == "refused" or self.desk.is_full:
            self.audience.send(viewer, text("refused", id=ask.id, reason=admission.reason or "full"))
            return
        self._replies.add(reply := asyncio.create_task(self._reply(viewer, ask)))
        reply.add_done_callback(self._replies.discard)

    async def _reply(self, viewer: Viewer, ask: Ask) -> None:
        reply = await self.inquiries.answer(Person(viewer.id), ask.text, ask.language or viewer.language, ask.id)
        self.audience.send(viewer, text("answer", **reply))

    async def teach(self, question: str, words: str, sku: str | None) -> dict[str, Any]:
        """See Inquiries.teach. Raises HandoverError, StoreError."""
        return await self.inquiries.teach(
            question, words, sku, self._learn, lambda viewer, fields: self.audience.send_to(viewer, text("answer", **fields)))

    def _learn(self) -> None:
        """What is known has changed: the next answer knows it."""
        passages = self.shelf.passages() + self.handover.passages()
        self._sources = {p.id: p.source for p in passages}
        self._known += 1
        self.cited.know(passages, self.content.products)
        self.desk.replace(passages, self.content.products)
        self.director.rest_on(self.cited.stands)

    def _judged(self, said: Utterance, verdict: Verdict) -> None:
        self._evidence(event="policy", id=said.id, decision=verdict.decision, rule=verdict.rule, source=verdict.source,
                       licence=verdict.licence, citations=said.citations, text=said.text, profile=self.policy.profile.id)

    def _evidence(self, **fields: Any) -> None:
        if self.broadcast is not None:
            self.broadcast.evidence(self.now(), **fields)

    async def _keep_shelf(self) -> None:
        """What commands, the catalogue file and the watched folder bring."""
        while True:
            more = self.incoming is not None and await self.incoming.look()
            await self.shelf.sync()  # each is on air when it is through the gate, not when the last one is
            self.shelf.pack()
            await asyncio.sleep(0.2 if more else 2)

    async def _housekeeping(self) -> None:
        while True:
            await asyncio.sleep(2)
            if self.audience.wants_key:
                self.studio.send(ForceKey())
            self.studio.measure()
            for feed in self.broadcast.feeds if self.broadcast else ():
                feed.child.measure()
            if self.store.write_failures:
                self.alarm(f"{self.store.write_failures} writes of the state file failed ({self.store.last_failure}); "
                           "is its disk full?")
                self.store.write_failures = 0

