"""The slate must be the stream's twin: same parameter sets, or players would stumble where one takes over from the other."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import av
import numpy as np
import pytest

from render.clock import AAC_TICKS, FPS, OPUS_TICKS, RATE_HZ, frame_ticks
from render.continuity import Continuity
from render.encoder import AacEncoder, OpusEncoder, VideoEncoder, parameter_sets, split_annex_b, stream_format, to_i420
from render.overlays import slate_picture
from render.pacer import _Grid
from render.packet import Packet, VideoSettings
from render.slate import avcc_parameter_sets, load_slate, make_slate, slate_path, to_avcc
from render.slate_tool import main as slate_tool

pytestmark = pytest.mark.unit
SMALL = VideoSettings(320, 180, 25, 400, "ultrafast")
WORDS = {"title": "Night", "note": "Back soon", "ai_label": "AI", "language": "en"}


def noise(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.kron(rng.integers(0, 256, (18, 32, 4)), np.ones((10, 10, 1))).astype(np.uint8)


@pytest.mark.parametrize("fps", FPS)
def test_two_encoders_with_equal_settings_write_equal_parameter_sets(fps: int) -> None:
    settings = VideoSettings(320, 180, fps, 400, "ultrafast")
    keys = []
    for seed in (1, 2):
        encoder = VideoEncoder(settings)
        packets = [p for n in range(3) for p in encoder.encode(to_i420(noise(seed + n)), n * frame_ticks(fps))]
        assert len(packets) == 3 and [p.key for p in packets] == [True, False, False]
        assert [p.at for p in packets] == [n * frame_ticks(fps) for n in range(3)]
        keys.append(parameter_sets(packets[0].data))
    assert keys[0] == keys[1] and len(keys[0]) > 20


def test_a_key_comes_when_asked_and_every_key_s() -> None:
    encoder = VideoEncoder(SMALL)
    planes = to_i420(noise(3))
    keys = [encoder.encode(planes, n * 1920, force_key=n == 7)[0].key for n in range(80)]
    assert keys[0] and keys[7] and not any(keys[8:57]) and keys[57]
    assert sum(keys) == 3


def test_the_slate_has_the_parameter_sets_of_the_show(tmp_path: Path) -> None:
    path = slate_tool(tmp_path, WORDS, SMALL)
    slate = load_slate(path, SMALL)
    live = VideoEncoder(SMALL).encode(to_i420(noise(4)), 0)[0]
    form = stream_format(SMALL, live.data, AacEncoder().asc)
    assert avcc_parameter_sets(slate.format.extradata) == form.extradata
    assert slate.format.asc[:2] == form.asc[:2]
    assert [p.key for p in slate.video] == [True] + [False] * (len(slate.video) - 1)
    assert len(slate.video) == 50 and all(p.at == n * 1920 for n, p in enumerate(slate.video))
    before = path.stat().st_mtime_ns
    assert slate_tool(tmp_path, WORDS, SMALL) == path and path.stat().st_mtime_ns == before, "it is made once"


def test_a_player_decodes_show_slate_and_show_without_a_seam(tmp_path: Path) -> None:
    slate = load_slate(slate_tool(tmp_path, WORDS, SMALL), SMALL)
    encoder = VideoEncoder(SMALL)
    live = [encoder.encode(to_i420(noise(n)), n * 1920, force_key=n == 5)[0] for n in range(10)]
    sequence = [to_avcc(p.data) for p in live[:5]] + [p.data for p in slate.video[:12]] + [to_avcc(p.data) for p in live[5:]]
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = slate.format.extradata
    pictures = [f.to_ndarray(format="gray") for data in sequence for f in decoder.decode(av.Packet(data))]
    pictures += [f.to_ndarray(format="gray") for f in decoder.decode(None)]
    assert len(pictures) == len(sequence)
    wanted = [to_i420(noise(n))[:180] for n in range(10)]
    for got, want in zip(pictures[:5] + pictures[-5:], wanted, strict=True):
        assert np.abs(got.astype(int) - want).mean() < 20, "a picture after the seam is broken"


def test_sound_goes_out_at_its_time_after_the_clock_was_jumped() -> None:
    """A studio that stood still for seconds goes on at the present: its packets must, too, or a feed drops them all night."""
    rng = np.random.default_rng(time.time_ns())
    pcm = (8000 * np.sin(np.arange(RATE_HZ) * 2 * np.pi * 440 / RATE_HZ)).astype(np.int16)
    encoder, grid, first = AacEncoder(), _Grid(AAC_TICKS), int(rng.integers(1, 1 << 40)) * 1920
    jumped = first + RATE_HZ + int(rng.integers(1, 100)) * 1920 + 2 * RATE_HZ
    packets: list[list[Packet]] = []
    for begin in (first, jumped):
        packets.append([])
        for at in range(begin, begin + RATE_HZ, 1920):
            for start, block in grid.push(at, pcm[at - begin : at - begin + 1920]):
                packets[-1] += encoder.encode(block, start)
    before, after = packets
    assert all(b.at - a.at == AAC_TICKS for part in packets for a, b in itertools.pairwise(part))
    assert 0 <= after[0].at + AAC_TICKS - jumped < AAC_TICKS, "the encoder is one frame behind what it reads"
    feed = Continuity([Packet(0, 1920, "video", True, b"s")], Packet(0, AAC_TICKS, "audio", True, b"quiet"))
    feed.start(first)
    for packet in before:
        feed.offer(packet)
    feed.fill(jumped)
    assert feed.silent, "nothing came for two seconds"
    written = [p for packet in after for p in feed.offer(packet)]
    assert [p.data for p in written if p.at >= jumped] == [p.data for p in after if p.at >= jumped] and not feed.silent
    decoder = av.CodecContext.create("aac", "r")
    decoder.extradata = encoder.asc
    heard = np.concatenate([f.to_ndarray()[0] for p in after for f in decoder.decode(av.Packet(p.data))])
    assert np.abs(heard[4096:]).max() > 0.2


def test_other_words_are_another_slate(tmp_path: Path) -> None:
    assert slate_path(tmp_path, SMALL, "a") != slate_path(tmp_path, SMALL, "b")
    assert slate_path(tmp_path, SMALL, "a") != slate_path(tmp_path, VideoSettings(320, 180, 30, 400, "ultrafast"), "a")


def test_a_broken_slate_is_made_anew(tmp_path: Path) -> None:
    path = slate_tool(tmp_path, WORDS, SMALL)
    path.write_bytes(path.read_bytes()[:200])
    assert load_slate(slate_tool(tmp_path, WORDS, SMALL), SMALL).video
    assert not list(tmp_path.glob("*.part"))


def test_the_slate_shows_words_and_the_ai_label() -> None:
    marked = slate_picture(480, 270, 0.0, "Night", "Back soon", "AI-generated", "en")
    plain = slate_picture(480, 270, 0.0, "Night", "Back soon", "", "en")
    different = np.abs(marked[..., :3].astype(int) - plain[..., :3]).max(2) > 20
    ys, xs = np.nonzero(different)
    assert len(ys) > 200 and ys.max() < 60 and xs.max() < 240, "the label belongs in the upper left"
    assert marked[..., :3].max() > 240 and marked[..., :3].std() > 10, "never black"


def test_sound_packets_lie_on_their_grid() -> None:
    rng = np.random.default_rng()
    pcm = (rng.normal(size=RATE_HZ) * 3000).astype(np.int16)
    aac, opus, at = AacEncoder(), OpusEncoder(), 4800 * 7
    frames = [p for i in range(0, RATE_HZ, 1920) for p in aac.encode(pcm[i : i + 1920], at + i)]
    assert len(frames) >= RATE_HZ // AAC_TICKS - 3
    assert all(b.at - a.at == AAC_TICKS for a, b in itertools.pairwise(frames))
    packets = [p for i in range(0, RATE_HZ, 4800) for p in opus.encode(pcm[i : i + 4800], at + i)]
    assert len(packets) == RATE_HZ // OPUS_TICKS
    assert all(b.at - a.at == OPUS_TICKS for a, b in itertools.pairwise(packets))


def test_nal_units_are_found_again() -> None:
    units = [b"\x67abc", b"\x68d", b"\x65" + bytes(range(1, 200))]
    stream = b"".join(b"\0\0\0\1" + u for u in units)
    assert split_annex_b(stream) == units
    assert parameter_sets(stream) == b"\0\0\0\1\x67abc\0\0\0\1\x68d"
    assert to_avcc(stream) == len(units[2]).to_bytes(4, "big") + units[2]
    with pytest.raises(ValueError, match="no SPS/PPS"):
        parameter_sets(b"\0\0\0\1\x41xyz")


def test_make_slate_leaves_nothing_half_written(tmp_path: Path) -> None:
    def draw(phase: float) -> np.ndarray:
        if phase > 0.5:
            raise RuntimeError("pen broke")
        return noise(1)

    with pytest.raises(RuntimeError):
        make_slate(tmp_path / "slate.mp4", SMALL, draw)
    assert not list(tmp_path.iterdir())
