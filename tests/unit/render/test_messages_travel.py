"""Every message between host and children survives the pipe as an equal value."""

from __future__ import annotations

import dataclasses
import inspect
import socket
import typing
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from avatar.capture.captured import mouth_only
from render import cue, feed_messages, messages, packet
from render.framing import Channel, pack
from tests.fakes.show_parts import STILL, demo_content

pytestmark = pytest.mark.unit


def _value(hint: object, content: object) -> object:
    """Any value of a field's type."""
    made = {int: 7, str: "wörter 水", bytes: b"\0\1", bool: True, float: 0.5, Path: Path("a/b")}
    if hint in made:
        return made[hint]
    named = {"Performance": STILL, "Captured": mouth_only(np.full(52, 0.25, np.float32)), "ShowroomSpec": content.spec,
             "Plinth": content.spec.plinth("guest"),
             "Camera": cue.Camera((0, 1, 2), (0, 0, 0), 30),
             "ProductModel": next(iter(content.products.values())), "StageState": cue.StageState((cue.LabelCue(1, "AI"),))}
    name = getattr(hint, "__name__", "")
    if name in named:
        return named[name]
    if dataclasses.is_dataclass(hint):
        return _made(hint, content)
    origin = typing.get_origin(hint)
    if origin is tuple:
        parts = typing.get_args(hint)
        return tuple(_value(p, content) for p in parts if p is not Ellipsis)
    if origin is dict:
        return {"anchor": _value(typing.get_args(hint)[1], content) if typing.get_args(hint)[1] is not typing.Any else 1}
    if type(None) in typing.get_args(hint):
        return _value(typing.get_args(hint)[0], content)
    if origin is typing.Union or type(hint).__name__ == "UnionType":
        return _value(typing.get_args(hint)[0], content)
    return np.arange(480, dtype=np.int16)  # the arrays of a Play


def _made(kind: type, content: object) -> object:
    hints = typing.get_type_hints(kind)
    return kind(**{f.name: _value(hints[f.name], content) for f in dataclasses.fields(kind)})


def _equal(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)
    if dataclasses.is_dataclass(a):
        return type(a) is type(b) and all(_equal(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a))
    if isinstance(a, dict | MappingProxyType):
        return type(a) is type(b) and a.keys() == b.keys() and all(_equal(a[k], b[k]) for k in a)
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(_equal, a, b))
    return a == b


KINDS = [value for module in (cue, messages, feed_messages, packet)
         for _, value in inspect.getmembers(module, dataclasses.is_dataclass)
         if inspect.isclass(value) and value.__module__ == module.__name__]


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_it_arrives_equal(kind: type) -> None:
    made = _made(kind, demo_content())
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    data = pack(made)
    with ours:
        child = Channel(theirs.detach())
        import threading

        sender = threading.Thread(target=ours.sendall, args=(data,))
        sender.start()
        got = child.receive()
        sender.join()
    assert _equal(made, got)


def test_the_list_of_kinds_is_not_empty() -> None:
    names = {k.__name__ for k in KINDS}
    assert {"Play", "ShotCue", "StudioSettings", "PutProduct", "FeedSettings", "Packet", "Chunk"} <= names
