"""The slate of a show, made by a short process because the host holds no codec."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from render.packet import VideoSettings
from showroom.config import ShowConfig
from showroom.content import Content

NOTES = {"en": "Back in a moment", "zh": "马上回来", "ja": "すぐに戻ります", "es": "Volvemos enseguida",
         "fr": "De retour dans un instant", "de": "Gleich wieder da", "pt": "Voltamos já", "it": "Torniamo subito"}


def video_settings(config: ShowConfig) -> VideoSettings:
    """The encoder's part of the configuration."""
    p = config.picture
    return VideoSettings(p.width_px, p.height_px, p.fps, p.bitrate_kbps, p.preset)


def slate_words(config: ShowConfig, content: Content) -> dict[str, str]:
    """title, note, ai_label, language, label_share."""
    language = content.market.language
    return {"title": config.show.title, "note": NOTES.get(language.split("-")[0], NOTES["en"]),
            "ai_label": content.market.ai_label, "language": language,
            "label_share": str(content.policy.label_size.min_height_share)}


async def make_slate(config: ShowConfig, content: Content, folder: Path) -> Path:
    """Path of a slate that loads. Raises RuntimeError: without it a broadcast could go black, so it doesn't start."""
    given = {"words": slate_words(config, content), "settings": asdict(video_settings(config))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "render.slate_tool", str(folder), json.dumps(given), stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("The slate could not be made; a broadcast without it could go black, so it does not start.")
    return Path(out.decode().strip().splitlines()[-1])
