"""Every cue goes out as a message of its own: what the page needs is in it, whatever its fields are called."""

from __future__ import annotations

import dataclasses
import json
import typing

import numpy as np
import pytest

from render import cue as cues
from render.shots import resolve
from showroom.viewer_protocol import cue_fields, evidence_fields, text
from tests.fakes.show_parts import STILL, demo_content

pytestmark = pytest.mark.unit


def some(kind: type) -> cues.Cue:
    """A cue of a kind, with a value for each field that has no default."""
    content = demo_content()
    values = {"at": 7, "until": 9, "text": "words", "language": "en", "sku": "lamp", "anchor_id": "anchor", "share": 1.0,
              "amount": 1.0, "side": "left", "lines": ("Lamp", "$89"), "on": True, "name": "medium",
              "utterance_id": "u", "engine": "x", "ease_s": 1.0,
              "camera": resolve("medium", content.spec, content.products["lamp"]), "performance": STILL,
              "pcm": np.zeros(4800, np.int16)}
    needed = [f.name for f in kind.__dataclass_fields__.values()
              if f.default is f.default_factory is dataclasses.MISSING]
    return kind(**{name: values[name] for name in needed})


@pytest.mark.parametrize("kind", typing.get_args(cues.Cue), ids=lambda kind: kind.__name__)
def test_a_cue_is_a_message(kind: type) -> None:
    made = some(kind)
    message = json.loads(text("cue", **cue_fields(made)))
    assert message["type"] == "cue" and message["at"] == 7 and message["cue"]
    json.dumps(evidence_fields(made))
