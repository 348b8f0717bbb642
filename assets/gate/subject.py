"""What checks look at: a document, its scene once it could be read, and what the catalogue says of it."""

from __future__ import annotations

from dataclasses import dataclass

from assets.glb import GlbScene
from assets.glb_container import Document


@dataclass(frozen=True, slots=True)
class Subject:
    """document: container and JSON; file_bytes: size of the file; listed_size_m: width, height, depth or None;
    scene: None for checks that run before loading (they must not touch buffers)."""

    document: Document
    file_bytes: int
    listed_size_m: tuple[float, float, float] | None = None
    scene: GlbScene | None = None
