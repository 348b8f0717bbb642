"""Make the slate of a show if it is not there yet and print its path: `python -m render.slate_tool FOLDER JSON`.

A process of its own, because the host holds no codec.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from render.overlays import LABEL_SHARE, slate_picture
from render.packet import VideoSettings
from render.slate import load_slate, make_slate, slate_path


def main(folder: Path, words: dict[str, str], settings: VideoSettings) -> Path:
    """words: title, note, ai_label, language, label_share (a number). Returns the path of a slate that loads."""
    path = slate_path(folder, settings, json.dumps(words, sort_keys=True))
    try:
        load_slate(path, settings)
    except (OSError, ValueError):
        folder.mkdir(parents=True, exist_ok=True)
        make_slate(path, settings, lambda phase: slate_picture(
            settings.width_px, settings.height_px, phase, words["title"], words["note"], words["ai_label"],
            words["language"], float(words.get("label_share", LABEL_SHARE))))
        load_slate(path, settings)
    return path


if __name__ == "__main__":
    given = json.loads(sys.argv[2])
    try:
        print(main(Path(sys.argv[1]), given["words"], VideoSettings(**given["settings"])))
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error.strerror}.")
