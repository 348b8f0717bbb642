"""All that a studio, or a clip, needs to start: from what was authored and what is on air."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from render.cue import StageState
from render.messages import BedSettings, PictureSettings, PutProduct, StudioSettings
from showroom.avatars import AvatarFiles
from showroom.config import ShowConfig
from showroom.content import Content
from showroom.slates import slate_words


def studio_settings(config: ShowConfig, content: Content, avatars: AvatarFiles, slate: Path, *, epoch_s: float = 0.0,
                    state: StageState | None = None, bed: BedSettings | None = None) -> StudioSettings:
    """All products of the show, each in its place. state: what holds now."""
    p, words, size = config.picture, slate_words(config, content), content.policy.label_size
    return StudioSettings(
        epoch_s, PictureSettings(p.width_px, p.height_px, p.fps, p.bitrate_kbps, p.preset, p.driver), content.standing,
        content.plinth_glb, {m.anchor_id: avatars.of(m.anchor_id).npz for m in content.spec.marks},
        tuple(PutProduct(m, content.homes.get(sku)) for sku, m in content.products.items()), slate, words["title"],
        words["note"], words["ai_label"], words["language"], config.show.seed, state or StageState(), bed,
        size.min_height_share, size.max_frame_share, file_mark(config, content))


def file_mark(config: ShowConfig, content: Content) -> str:
    """What a recording says of itself in its metadata, where the policy asks: JSON with the keys of GB 45438; else ""."""
    if not content.policy.marks_recordings:
        return ""
    return json.dumps({"Label": "1", "ContentProducer": config.show.title, "ProduceID": content.market.id}, ensure_ascii=False)


def without_driver_off(settings: StudioSettings) -> StudioSettings:
    """For a clip: it is a picture, also of a show without one."""
    driver = "auto" if settings.picture.driver == "off" else settings.picture.driver
    return replace(settings, picture=replace(settings.picture, driver=driver))
