"""The viewer's wire as docs/PROTOCOL.md tells it, from outside and from the page's own reader."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from avatar.face import ARKIT
from avatar.pose import HAND_POSES, JOINTS, Pose
from render.pose_stream import PoseChunk, encode
from render.wire import encode_chunk
from tests.fakes.running_show import RunningShow

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]


def ws(show: RunningShow, **options: Any) -> Any:
    """A socket to the show."""
    return connect(show.get("/api/show.json")["ws_url"], **options)


def closed_with(socket: Any) -> tuple[int, str]:
    """Code and reason once the show hangs up."""
    with pytest.raises(ConnectionClosed) as error:
        for _ in range(50):
            socket.recv(timeout=5)
    assert error.value.rcvd is not None
    return error.value.rcvd.code, error.value.rcvd.reason


@pytest.mark.parametrize("first", ['{"type":"ping","t":1}', "not json", '{"type":"hello","mode":"fly"}',
                                   '{"type":"hello","viewer":"../x"}', b"\x01\x02"])
def test_a_wrong_first_message_is_1008(show: RunningShow, first: str | bytes) -> None:
    """One sentence, nothing else is sent."""
    with ws(show) as socket:
        socket.send(first)
        code, reason = closed_with(socket)
    assert code == 1008 and reason


def test_a_huge_message_is_refused(show: RunningShow) -> None:
    """4096 bytes are the most a viewer may say at once."""
    with ws(show) as socket:
        socket.send(json.dumps({"type": "hello"}))
        socket.send(json.dumps({"type": "ask", "id": "a", "text": "x" * 10_000}))
        assert closed_with(socket)[0] == 1009


def test_a_foreign_page_gets_403(show: RunningShow) -> None:
    """Only the show's own pages open its socket from a browser."""
    with pytest.raises(InvalidStatus) as error:
        ws(show, origin=f"https://evil-{random.randrange(10**6)}.example").close()
    assert error.value.response.status_code == 403
    with ws(show, origin=f"http://127.0.0.1:{show.port}") as socket:
        socket.send(json.dumps({"type": "hello"}))
        hello = json.loads(socket.recv(timeout=5))
    assert hello["type"] == "hello" and hello["protocol"] == 1


def random_pose(rng: np.random.Generator) -> Pose:
    """Any body at all."""
    joints = rng.normal(size=(len(JOINTS), 4))
    joints /= np.linalg.norm(joints, axis=1, keepdims=True)
    hands = np.stack([rng.integers(0, len(HAND_POSES), 2), rng.integers(0, len(HAND_POSES), 2), rng.random(2)], 1)
    return Pose(rng.random(len(ARKIT)).astype(np.float32), joints.astype(np.float32), hands.astype(np.float32))


def test_the_page_reads_what_python_writes(walker: Any) -> None:
    """Two anchors' random poses and packets through encode_chunk and src/protocol.js, near 2**40 ticks."""
    rng = np.random.default_rng()
    at = int(rng.integers(2**33, 2**40))
    bodies = [PoseChunk(i, at, 1600, tuple(random_pose(rng) for _ in range(3))) for i in range(2)]
    packets = [rng.bytes(int(n)) for n in rng.integers(1, 300, 5)]
    data = base64.b64encode(encode_chunk(at, [encode(b) for b in bodies], packets)).decode()
    read = walker.evaluate("""async (text) => {
      const { PoseTrack, readChunk, readPoses } = await import("/web/src/protocol.js");
      const chunk = readChunk(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
      const plain = (p) => ({ at: p.at, weights: [...p.weights], joints: [...p.joints], hands: [...p.hands] });
      const bodies = chunk.poses.map(readPoses), track = new PoseTrack();
      track.push(bodies[1].poses);
      return { at: chunk.at, opus: chunk.opus.map((p) => [...p]), anchors: bodies.map((b) => b.anchor),
        poses: bodies.map((b) => b.poses.map(plain)), between: plain(track.at(chunk.at + 400)) };
    }""", data)
    assert read["at"] == at and [bytes(p) for p in read["opus"]] == packets and read["anchors"] == [0, 1]
    for body, poses in zip(bodies, read["poses"], strict=True):
        for i, (pose, got) in enumerate(zip(body.poses, poses, strict=True)):
            assert got["at"] == at + i * 1600
            assert np.abs(np.array(got["weights"]) - pose.weights).max() < 0.003
            q = np.array(got["joints"]).reshape(-1, 4)
            wanted = np.where(pose.joints[:, 3:] < 0, -pose.joints, pose.joints)
            assert np.abs(q - wanted).max() < 0.012  # w is rebuilt from 15 bits of x, y, z
            assert np.abs(np.array(got["hands"]).reshape(2, 3) - pose.hands).max() < 0.003
    a, b = bodies[1].poses[0].weights, bodies[1].poses[1].weights
    assert np.abs(np.array(read["between"]["weights"]) - (a + (b - a) * 0.25)).max() < 0.004
