"""Nothing recorded is overwritten, no stream key is shown, the disk floor stops the recording only."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from render.feed_messages import Evidence, FeedBeat, shown_url
from render.packet import Packet
from render.pose_stream import PoseChunk, encode
from render.wire import encode_chunk
from showroom import broadcast
from showroom.broadcast import Broadcast, free_name
from tests.fakes.virtual_loop import run_virtual

pytestmark = pytest.mark.unit


def test_a_recording_gets_a_name_of_its_own(tmp_path: Path) -> None:
    wanted = tmp_path / "night.mp4"
    for expected in ("night.mp4", "night-002.mp4", "night-003.mp4"):
        name = free_name(wanted)
        assert name.name == expected
        name.touch()


@pytest.mark.parametrize(("url", "shown"), [
    ("rtmp://live.example/app/SECRET", "rtmp://live.example/app"),
    ("rtmp://live.example:1936/app/SECRET?token=SECRET", "rtmp://live.example:1936/app"),
    ("rtmps://user:SECRET@live.example/app/x/SECRET", "rtmps://live.example/app"),
    ("srt://h.example:9000?streamid=SECRET&passphrase=SECRET", "srt://h.example:9000/"),
    ("out/live.m3u8", "out/live.m3u8")])
def test_stream_keys_stay_hidden(url: str, shown: str) -> None:
    assert shown_url(url) == shown and "SECRET" not in shown_url(url)


class Sent:
    """In place of a supervised child."""

    def __init__(self) -> None:
        self.messages: list[object] = []
        self.closed = False
        self.health = SimpleNamespace(name="x", detail={})

    def send(self, message: object) -> bool:
        self.messages.append(message)
        return True

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        self.closed = True


def make(record: Path | None, alarms: list[str] | None = None, keys: list[int] | None = None, now=lambda: 0.0) -> Broadcast:
    keys = keys if keys is not None else []
    made = Broadcast(("rtmp://a/b/c",), record, lambda url, recording: None, lambda: keys.append(1), 500,
                     (alarms if alarms is not None else []).append, monotonic=now)
    for feed in made.feeds:
        feed.child = Sent()
    return made


def test_packets_go_to_all_and_evidence_to_the_recording_only(tmp_path: Path) -> None:
    from tests.property.render.test_wire_formats import poses

    made = make(tmp_path / "r.mp4")
    push, record = (f.child.messages for f in made.feeds)
    made.packet(Packet(0, 1920, "video", True, b"x"))
    made.evidence(5, event="question")
    for n in range(25):
        body = encode(PoseChunk(0, n * 4800, 1600, poses(n, 3)))
        made.chunk(n * 4800, encode_chunk(n * 4800, [body], [b"opus"]))
    assert len(push) == 1 and isinstance(record[0], Packet)
    lines = [m for m in record if isinstance(m, Evidence)]
    assert [m.at for m in lines] == [5, 0, 48000, 96000]
    assert len(lines[1].fields["weights"]) == 52 and len(lines[1].fields["joints"]) == 16


def test_key_frames_are_asked_for_once_a_second_for_all_feeds_together(tmp_path: Path) -> None:
    now, keys = [0.0], []
    made = make(None, keys=keys, now=lambda: now[0])
    for n in range(100):
        now[0] = n * 0.1
        made._beat(FeedBeat("slate", 0, 0, 0, True))
        made._beat(FeedBeat("live", 0, 0, 0, False))
    assert 9 <= len(keys) <= 11


def test_a_full_disk_stops_the_recording_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alarms: list[str] = []
    made = make(tmp_path / "r.mp4", alarms)
    push, record = (f.child for f in made.feeds)
    free = [600]
    monkeypatch.setattr(broadcast.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, free[0] * 2**20))

    async def night() -> None:
        run = asyncio.create_task(made.run())
        await asyncio.sleep(60)
        assert not record.closed and not alarms
        free[0] = 499
        await asyncio.sleep(30)
        assert record.closed and not push.closed and not run.done()
        run.cancel()

    run_virtual(night())
    assert len(alarms) == 1 and "499 MB free" in alarms[0]
    made.packet(Packet(0, 1920, "video", True, b"x"))
    made.evidence(1, event="late")
    assert len(push.messages) == 1 and not record.messages
