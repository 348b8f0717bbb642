"""`nightwindow say`: one text through policy, voice, performance, stage and encoder into a file."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from assets.cache import cache_dir
from assets.product import ProductModel
from assets.rundown_file import parse_line
from avatar.perform import perform
from avatar.speech import GestureMark, Utterance
from dialogue.citing import Cited
from dialogue.policy import Policy
from dialogue.speaking import Speaker
from render.clock import ceil_to, ticks
from render.cue import CaptionCue, Cue, LabelCue, Play, ProductCue, ShotCue
from render.framing import dumps
from render.messages import ClipRequest, PutProduct, StudioSettings
from render.performers import targets_m
from render.shots import resolve
from showroom.avatars import AvatarFiles
from showroom.config import ShowConfig
from showroom.content import Content
from showroom.director import marks_within
from showroom.house_sound import music_bed
from showroom.performing import sweep_m
from showroom.slates import make_slate
from showroom.staging import hold_cues, product_card
from showroom.studio_settings import studio_settings, without_driver_off
from showroom.wiring import engine_of, house_of, make_voice, sayings_of

HEAD_S, TAIL_S = 0.3, 0.6  # a breath before and after the sentence
MINUTE = ticks(60)
PICTURE_AT_S = 1.0  # turned a little: a view straight from the front hides the depth
STILL_AT = 0.45  # of the sentence, for a single picture: she is in the middle of it


class ClipError(RuntimeError):
    """The clip could not be made; one sentence."""


async def say(config: ShowConfig, content: Content, avatar: AvatarFiles, text: str, language: str, out: Path, *,
              product: str | None = None, shot: str = "medium", citations: tuple[str, ...] = (), engine: str = "",
              sidecar: Path | None = None, progress: Callable[[str], None] = lambda what: None) -> dict[str, Any]:
    """Write `out` (.mp4, or a picture). text: with gestures in brackets, as in rundowns; engine: instead of the show's. Raises
    dialogue.speaking.Blocked when the policy forbids the text, ClipError when machine or disk refuse."""
    voice = make_voice(engine or engine_of(config, language), config, content.market)
    text, marks, delivery, _ = parse_line(text)
    utterance = Utterance("say", text, language, content.spec.marks[0].anchor_id, product=product, citations=citations,
                          marks=tuple(GestureMark(m.name, m.word, m.target) for m in marks), delivery=delivery)
    model = content.products.get(product) if product else None
    at = ticks(HEAD_S)
    cues: list[Cue] = [LabelCue(0, content.market.ai_label), ProductCue(0, product),
                       ShotCue(0, shot, resolve(shot, content.spec, model))]
    if model:
        cues.append(product_card(model, language, content.policy.beside_price(language)))
    phones: list[tuple[str, float, float]] = []
    engine, words = "", 0
    try:
        progress("voice")
        policy = Policy(content.policy, Cited(content.passages, content.products))
        speaking = Speaker(voice, policy, sayings=sayings_of(config), house=house_of(config)).speak(utterance)
        async with contextlib.aclosing(speaking) as clauses:  # type: ignore[type-var]
            async for _, _, speech in clauses:
                engine = speech.engine
                part = replace(utterance, marks=marks_within(utterance.marks, words, len(speech.words)))
                words += len(speech.words)
                moves = perform(speech, part, visemes=avatar.visemes, rest_m=avatar.rest_m,
                                targets=targets_m(content.spec), mark=content.spec.marks[0], seed=zlib.crc32(text.encode()),
                                sweep_m=sweep_m(model))
                cues.append(Play(at, utterance.anchor_id, utterance.id, moves, speech.pcm, text, language, speech.words,
                                 product, citations))
                cues += hold_cues(model, moves, at, utterance.anchor_id)
                phones += [(p.ipa, p.start_s + at / 48000, p.end_s + at / 48000) for p in speech.phones]
                at += len(speech.pcm)
                if at // MINUTE > (at - len(speech.pcm)) // MINUTE:  # 20 kB of text are twenty minutes of speech
                    progress(f"voice, {at // MINUTE} min so far")
    finally:
        await voice.close()
    cues.append(CaptionCue(ticks(HEAD_S), at + ticks(0.3), text, language))
    end = ceil_to(at + ticks(TAIL_S), 48_000 // config.picture.fps)
    if out.suffix != ".mp4":
        end = ticks(HEAD_S) + round((at - ticks(HEAD_S)) * STILL_AT)
    progress("picture")
    puts = tuple(PutProduct(m, content.homes.get(sku)) for sku, m in content.products.items())
    settings = replace(await _settings(config, content, avatar, puts), bed=music_bed(config, progress))
    cost = await run_clip(ClipRequest(settings, tuple(cues), end, out, sidecar))
    return {"out": str(out), "seconds": round(end / 48000, 3), "engine": engine, "phones": phones, "cost": cost}


async def product_picture(config: ShowConfig, content: Content, avatar: AvatarFiles, product: ProductModel, out: Path) -> None:
    """What a product would look like on the hero plinth, with its card: a .jpg or .png. Raises ClipError."""
    market = content.market
    cues: tuple[Cue, ...] = (
        LabelCue(0, market.ai_label), ProductCue(0, product.sku),
        product_card(product, market.language, content.policy.beside_price(market.language)),
        ShotCue(0, "product", resolve("product", content.spec, product)))
    settings = await _settings(config, content, avatar, (PutProduct(product, None),))
    await run_clip(ClipRequest(settings, cues, ticks(PICTURE_AT_S), out, None), nice=10)


async def _settings(config: ShowConfig, content: Content, avatar: AvatarFiles, puts: tuple[PutProduct, ...]) -> StudioSettings:
    slate = await make_slate(config, content, cache_dir("slates"))
    return replace(without_driver_off(studio_settings(config, content, avatar, slate)), products=puts)


async def run_clip(request: ClipRequest, nice: int = 0) -> dict[str, Any]:
    """Render in a process of its own: the caller holds neither engine nor codec. nice: beside a show on air, 10."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "render.clip", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    if nice:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, nice)
    out, _ = await process.communicate(dumps(request))
    try:
        answer = dict(json.loads(out.decode().strip().splitlines()[-1]))
    except (IndexError, ValueError):
        answer = {"error": f"{request.out}: the clip could not be rendered (exit {process.returncode})"}
    if "error" in answer:
        raise ClipError(str(answer["error"]))
    return answer
