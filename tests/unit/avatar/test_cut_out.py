"""A person without the room behind: what is packed, what is refused, who is shown, and when it fades."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest

from avatar.capture.captured import FADE_S, HOLD_S
from avatar.capture.cut_out import (
    MAX_BYTES,
    MAX_CUT_OUTS,
    CutOut,
    CutOutError,
    CutOutTrack,
    Framing,
    check,
    cut_out,
    framing_of,
    unpacked,
)
from avatar.capture.neutral import Reading
from avatar.capture.performer import ALONE_S, FACELESS_S, Alone
from avatar.capture.person_mask import LOWER_EDGE, SIZE_PX, of_one
from avatar.capture.wire import CutOutRow, WireError, decode, encode

pytestmark = pytest.mark.unit
FRAMING = Framing((320.0, 120.0), 400.0, (640, 480))


def blob(x: float, y: float, radius: float) -> np.ndarray:
    """(256, 256) chances: one round person. x, y, radius: 0..1."""
    down, across = (np.mgrid[:SIZE_PX, :SIZE_PX] + 0.5) / SIZE_PX
    return np.clip(0.5 + (radius - np.hypot(across - x, down - y)) * 20, 0, 1).astype(np.float32)


def picture(rng: np.random.Generator, size: tuple[int, int] = (480, 640)) -> np.ndarray:
    """Random patches: JPEG keeps them."""
    return np.kron(rng.integers(0, 256, (size[0] // 16, size[1] // 16, 3), np.uint8), np.ones((16, 16, 1), np.uint8))


def test_the_person_arrives_and_the_room_does_not() -> None:
    rng = np.random.default_rng()
    seen, mask = picture(rng), of_one(blob(0.5, 0.5, 0.3), (0.5, 0.5))
    row = decode(encode(CutOutRow(77, cut_out(seen, mask, FRAMING))))
    assert isinstance(row, CutOutRow) and row.stamp_us == 77
    pixels, (left, bottom, right, top) = unpacked(row.cut), row.cut.rect_m
    height, width = pixels.shape[:2]
    x0, y0 = round(320 + left * 400), round(120 - top * 400)
    assert abs((right - left) * 400 - width) < 2 and abs((top - bottom) * 400 - height) < 2
    assert width < 640 * 0.75 and height < 480 * 0.75, "cut to the person"
    under = seen[y0 : y0 + height, x0 : x0 + width, ::-1].astype(int)
    whole = cv2.resize(mask, (640, 480))[y0 : y0 + height, x0 : x0 + width]
    inside, outside = cv2.erode(whole, np.ones((5, 5))) > 0.99, cv2.dilate(whole, np.ones((9, 9))) < 0.01
    assert np.abs(pixels[..., :3].astype(int) - under)[inside].mean() < 12 and pixels[..., 3][inside].min() > 240
    assert inside.mean() > 0.3 and outside.mean() > 0.02
    assert pixels[outside].max() == 0, "nothing of what stands behind, not even traces of packing"
    assert (pixels[..., :3] <= pixels[..., 3:]).all()


def test_a_busy_large_picture_is_packed_until_a_message_holds_it() -> None:
    everybody, framing = np.ones((SIZE_PX, SIZE_PX), np.float32), Framing((640, 200), 400, (1280, 720))
    patches = cut_out(picture(np.random.default_rng(), (720, 1280)), everybody, framing)
    noise = cut_out(np.random.default_rng(1).integers(0, 256, (720, 1280, 3), np.uint8), everybody, framing)
    for cut in (patches, noise):
        check(cut)
        assert unpacked(cut).shape[0] >= 100
    with pytest.raises(CutOutError, match="empty"):
        cut_out(np.zeros((720, 1280, 3), np.uint8), everybody * 0, framing)


def jpeg(width: int, height: int, channels: int = 3, *options: int) -> bytes:
    return cv2.imencode(".jpg", np.zeros((height, width, channels), np.uint8), list(options))[1].tobytes()


GOOD = CutOut((-0.3, -0.8, 0.3, 0.2), jpeg(60, 100), jpeg(30, 50, 1))


@pytest.mark.parametrize(("cut", "why"), [
    (CutOut((-0.3, -0.8, 3.2, 0.2), GOOD.colour, GOOD.mask), "reaches"),
    (CutOut((0.3, -0.8, -0.3, 0.2), GOOD.colour, GOOD.mask), "wide and high"),
    (CutOut(GOOD.rect_m, b"GIF89a" + b"\0" * 40, GOOD.mask), "no JPEG"),
    (CutOut(GOOD.rect_m, GOOD.colour[:12], GOOD.mask), "no JPEG"),
    (CutOut(GOOD.rect_m, jpeg(2000, 8), GOOD.mask), "at most"),
    (CutOut(GOOD.rect_m, jpeg(60, 100, 3, cv2.IMWRITE_JPEG_PROGRESSIVE, 1), GOOD.mask), "progressive"),
    (CutOut(GOOD.rect_m, GOOD.mask, GOOD.mask), "plain JPEG"),
    (CutOut(GOOD.rect_m, GOOD.colour, GOOD.colour), "plain JPEG"),
    (CutOut(GOOD.rect_m, GOOD.colour, jpeg(61, 50, 1)), "larger than its picture"),
    (CutOut(GOOD.rect_m, GOOD.colour + b"\0" * MAX_BYTES, GOOD.mask), "bytes"),
])
def test_what_a_strange_sender_may_not_send(cut: CutOut, why: str) -> None:
    check(GOOD)
    with pytest.raises(WireError, match=why):
        decode(encode(CutOutRow(1, cut)))


def test_damaged_bytes_are_refused_or_shown_as_nothing_and_never_more() -> None:
    rng = np.random.default_rng()
    good = encode(CutOutRow(1, cut_out(picture(rng, (96, 96)), np.ones((SIZE_PX, SIZE_PX), np.float32), FRAMING)))
    refused = 0
    for _ in range(60):
        data = bytearray(good)
        for place in rng.integers(9, len(data), 4):
            data[place] = rng.integers(256)
        data = data[: rng.integers(20, len(data) + 1)]
        try:
            row = decode(bytes(data))
        except WireError as error:
            refused += len(str(error)) > 10
            continue
        pixels = unpacked(row.cut)
        assert pixels is None or pixels.ndim == 3
    assert refused
    with pytest.raises(WireError):
        decode(struct.pack("<BQ4hI", 4, 1, 0, 0, 0, 0, 1 << 31))


def test_of_two_people_the_one_with_the_face_is_kept() -> None:
    both = np.maximum(blob(0.25, 0.5, 0.15), blob(0.75, 0.5, 0.15))
    mask = of_one(both, (0.25, 0.45))
    assert mask[:, : SIZE_PX // 2].max() == 1 and mask[:, SIZE_PX // 2 :].max() == 0
    assert of_one(both, (0.5, 0.1)) is None, "a face where nobody is"
    assert of_one(blob(0.5, 0.5, 0.03), (0.5, 0.5)) is None, "too small for a person"


def test_the_foot_of_the_picture_fades() -> None:
    mask = of_one(np.ones((SIZE_PX, SIZE_PX), np.float32), (0.5, 0.5))
    foot = mask[-int(LOWER_EDGE * SIZE_PX) :, 100]
    assert (np.diff(foot) < 0).all() and foot[-1] < 0.05 and mask[SIZE_PX // 2].min() == 1


def test_nobody_is_shown_while_two_are_seen_and_a_second_after() -> None:
    alone, t = Alone(), iter(np.arange(0, 100, 0.1))
    assert not alone(next(t), 0), "nobody yet"
    assert all(alone(next(t), 1) for _ in range(20))
    assert not any(alone(next(t), 2) for _ in range(5))
    after = [alone(next(t), 1) for _ in range(30)]
    assert abs(after.index(True) * 0.1 - ALONE_S) < 0.25 and all(after[after.index(True):])
    turned = [alone(next(t), 0) for _ in range(150)]
    assert abs(turned.index(False) * 0.1 - FACELESS_S) < 0.25 and not any(turned[turned.index(False):])


def test_the_person_has_the_size_that_the_reader_measured() -> None:
    readings = [Reading(np.zeros(52), np.eye(3), np.array([0, 0.1, -1.0]), (0.5, 0.25))] * 3
    framing = framing_of(readings, (1280, 720))
    tall_m = 720 / framing.px_per_m
    assert abs(tall_m - 2 * np.tan(np.radians(31.5))) < 1e-6, "1 m before the reader's camera"
    assert abs(framing.below_eyes_m - (0.75 * tall_m + 0.03)) < 1e-6


def test_it_comes_and_goes_without_a_step_whatever_is_lost() -> None:
    rng, track = np.random.default_rng(), CutOutTrack()
    track.switch(1.0, True)
    last, levels, send = 0.0, [], True
    for t in np.arange(0.0, 30.0, 0.02):
        send = (send if rng.uniform() > 0.04 else not send) if t < 24.0 else True
        if t > 2.0 and send and t - last > 1 / 30:
            track.add(float(t), GOOD)
            last = t
        if abs(t - 26.0) < 0.01:
            track.switch(float(t), False)
        found = track.at(float(t))
        levels.append(found[1] if found else 0.0)
    steps = np.abs(np.diff(levels))
    assert steps.max() <= 2.0 * 0.02 / FADE_S, f"{steps.max():.3f} in 20 ms"
    assert max(levels) > 0.99 and levels[-1] == 0.0 == levels[50]


def test_what_is_kept_is_bounded_and_old_pictures_end() -> None:
    track = CutOutTrack()
    track.switch(0.0, True)
    for n in range(4000):
        track.add(n / 1000, GOOD)
    assert len(track._cuts) <= MAX_CUT_OUTS
    assert track.at(4.0) is not None and track.at(4.0 + HOLD_S + FADE_S + 0.01) is None
