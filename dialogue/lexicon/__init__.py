"""Tables of words, one TOML file each: adding a language is adding lines there."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The contents of dialogue/lexicon/<name>.toml. Do not change what you get: it is shared."""
    return tomllib.loads((files("dialogue.lexicon") / f"{name}.toml").read_text("utf-8"))
