"""Back-pressure without a network: transports that never drain, counted by the byte."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from websockets.protocol import State

from render import wire
from showroom import audience
from showroom.audience import DROPS_PER_MINUTE, HARD_FACTOR, TOUR_LIMIT_BYTES, WATCH_LIMIT_BYTES, Audience, Viewer
from showroom.viewer_protocol import Ask, Mode, Ping, ProtocolError

pytestmark = pytest.mark.unit
POSES, OPUS = [b"p" * 500], [b"o" * 80] * 5
CHUNK = wire.encode_chunk(4800, POSES, OPUS)


class Transport:
    """Keeps what is written; drains only when told."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.waiting = 0
        self.aborted = False
        self.broken = False

    def write(self, data: bytes) -> None:
        if self.broken:
            raise RuntimeError("unable to perform operation; the handler is closed")
        self.frames.append(data)
        self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def crowd(now: list[float]) -> Audience:
    return Audience(snapshot=dict, on_ask=lambda viewer, ask: asked.append((viewer, ask)), now=lambda: 7, new_id=lambda: "new",
                    max_viewers=100, monotonic=lambda: now[0])


asked: list = []


def join(crowd: Audience, mode: str, name: str = "v") -> tuple[Viewer, Transport]:
    transport = Transport()
    viewer = Viewer(name, SimpleNamespace(transport=transport, state=State.OPEN), mode, "en")
    crowd._viewers.add(viewer)
    return viewer, transport


def bodies(transport: Transport) -> list[bytes]:
    """Payloads of the (unmasked) frames."""
    out = []
    for frame in transport.frames:
        size, head = frame[1] & 0x7F, 2
        if size == 126:
            size, head = int.from_bytes(frame[2:4], "big"), 4
        elif size == 127:
            size, head = int.from_bytes(frame[2:10], "big"), 10
        assert len(frame) == head + size
        out.append(frame[head:])
    return out


def test_a_tour_viewer_that_is_behind_loses_poses_first_and_sound_last(crowd: Audience) -> None:
    _, transport = join(crowd, "tour")
    while not transport.aborted:
        crowd.broadcast_chunk(CHUNK)
        assert len(transport.frames) < 10_000, "a viewer that never reads must not eat the server"
    sizes = [len(wire.decode_chunk(b)[1]) for b in bodies(transport)]
    assert sizes == sorted(sizes, reverse=True), "first whole, then without poses"
    assert sizes.count(1) == -(-TOUR_LIMIT_BYTES // len(transport.frames[0])) or sizes.count(1) == TOUR_LIMIT_BYTES // len(
        transport.frames[0]) + 1
    assert all(wire.decode_chunk(b)[2] == OPUS for b in bodies(transport)), "no sound is missing up to the end"
    assert transport.waiting <= TOUR_LIMIT_BYTES * HARD_FACTOR + len(CHUNK)
    assert crowd.poses_dropped == sizes.count(0) and crowd.closed_slow == 1 and not crowd._viewers


def test_poses_come_back_when_it_has_caught_up(crowd: Audience) -> None:
    _, transport = join(crowd, "tour")
    transport.waiting = TOUR_LIMIT_BYTES + 1
    crowd.broadcast_chunk(CHUNK)
    transport.waiting = 0
    crowd.broadcast_chunk(CHUNK)
    assert [len(wire.decode_chunk(b)[1]) for b in bodies(transport)] == [0, 1]


def test_video_falls_back_to_the_next_key_frame(crowd: Audience) -> None:
    viewer, transport = join(crowd, "watch")
    crowd.broadcast_video(0, False, b"delta")
    assert not transport.frames, "nothing before a key frame"
    crowd.broadcast_video(1, True, b"key")
    crowd.broadcast_video(2, False, b"delta")
    transport.waiting = WATCH_LIMIT_BYTES + 1
    crowd.broadcast_video(3, False, b"lost")
    assert viewer.needs_key and crowd.wants_key and crowd.video_drops == 1
    transport.waiting = 0
    crowd.broadcast_video(4, False, b"useless")
    crowd.broadcast_video(5, True, b"key again")
    assert [b[12:] for b in bodies(transport)] == [b"key", b"delta", b"key again"] and not crowd.wants_key


def test_the_third_drop_in_a_minute_closes(crowd: Audience, now: list[float]) -> None:
    def drop() -> None:
        transport.waiting = 0
        crowd.broadcast_video(0, True, b"k")
        transport.waiting = WATCH_LIMIT_BYTES + 1
        crowd.broadcast_video(1, False, b"d")

    _, transport = join(crowd, "watch")
    for at in (0.0, 30.0, 61.0, 95.0):  # never three within a minute
        now[0] = at
        drop()
        assert not transport.aborted
    now[0] = 100.0
    drop()
    assert transport.aborted and DROPS_PER_MINUTE == 3


def test_a_watcher_gets_sound_without_poses(crowd: Audience) -> None:
    _, transport = join(crowd, "watch")
    crowd.broadcast_chunk(CHUNK)
    at, poses, opus = wire.decode_chunk(bodies(transport)[0])
    assert (at, poses, opus) == (4800, [], OPUS) and crowd.poses_dropped == 0


def test_one_serialisation_for_all(crowd: Audience, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    frame = audience._binary_frame
    monkeypatch.setattr(audience, "_binary_frame", lambda data: made.append(1) or frame(data))
    texts = audience._text_frame
    monkeypatch.setattr(audience, "_text_frame", lambda message: made.append(1) or texts(message))
    pairs = [join(crowd, mode) for mode in ("tour", "watch", "listen") for _ in range(30)]
    for _, transport in pairs[:10]:
        transport.waiting = TOUR_LIMIT_BYTES + 1
    crowd.broadcast_chunk(CHUNK)
    assert len(made) == 2, "one with poses, one without"
    crowd.broadcast_video(0, True, b"x")
    crowd.broadcast('{"type":"cue"}')
    assert len(made) == 4
    assert len({id(t.frames[-1]) for _, t in pairs}) == 1, "the very same bytes object"


def test_a_stuck_viewer_costs_the_others_nothing(crowd: Audience) -> None:
    _, stuck = join(crowd, "tour", "stuck")
    _, well = join(crowd, "tour", "well")
    for _ in range(3000):
        crowd.broadcast_chunk(CHUNK)
        well.waiting = 0
    assert stuck.aborted and len(well.frames) == 3000 and all(len(f) == len(well.frames[0]) for f in well.frames)


def test_cues_that_pile_up_close_too(crowd: Audience) -> None:
    _, transport = join(crowd, "listen")
    for _ in range(10_000):
        crowd.broadcast(json.dumps({"type": "cue", "text": "x" * 300}))
        if transport.aborted:
            break
    assert transport.aborted and transport.waiting <= TOUR_LIMIT_BYTES * HARD_FACTOR + 400


def test_a_viewer_that_leaves_in_the_middle_hurts_nobody(crowd: Audience) -> None:
    _, leaving = join(crowd, "tour")
    _, staying = join(crowd, "tour")
    leaving.broken = True
    crowd.broadcast_chunk(CHUNK)
    crowd.broadcast("{}")
    assert leaving.aborted and len(staying.frames) == 2


def test_answers_go_to_every_page_of_a_viewer_and_to_no_other(crowd: Audience) -> None:
    pages = [join(crowd, "tour", "me")[1] for _ in range(2)]
    other = join(crowd, "tour", "you")[1]
    assert crowd.send_to("me", "{}") and not crowd.send_to("gone", "{}")
    assert [len(p.frames) for p in pages] == [1, 1] and not other.frames


def test_messages_of_a_viewer(crowd: Audience, now: list[float]) -> None:
    viewer, transport = join(crowd, "tour")
    crowd._take(viewer, Ping(type="ping", t=5.0))
    assert json.loads(bodies(transport)[0]) == {"type": "pong", "t": 5.0, "now": 7}
    crowd.keep_still(3, b"jpeg")
    viewer.needs_key = False
    crowd._take(viewer, Mode(type="mode", mode="watch"))
    assert viewer.mode == "watch" and viewer.needs_key and bodies(transport)[1][12:] == b"jpeg"
    asked.clear()
    crowd._take(viewer, Ask(type="ask", id="1", text="hm?"))
    assert asked[0][0] is viewer
    with pytest.raises(ProtocolError, match="too many"):
        for _ in range(30):
            crowd._take(viewer, Ping(type="ping", t=1.0))
    now[0] += 2
    crowd._take(viewer, Ping(type="ping", t=1.0))
