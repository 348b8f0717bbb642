"""A performer over the idle body: exact where seen, the body's own where not, never a jump, never an exception for bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar import quaternions as qn
from avatar.capture.captured import FADE_S, HOLD_S, MAX_ROWS, MOUTH, Captured, CapturedTrack, laid_over, mouth_only
from avatar.capture.heard import MOST_CHANGED, Hearing, as_open, with_closure
from avatar.capture.neutral import (
    CalibrationError,
    Lids,
    Neutral,
    Reading,
    Smoother,
    euler_deg,
    nearest,
    neutral_of,
)
from avatar.capture.wire import FaceRow, MouthRow, SoundBlock, WireError, decode, encode
from avatar.face import ARKIT, INDEX
from avatar.idle import IdleLife
from avatar.pose import JOINTS, Pose
from avatar.skeleton import JOINT, TRUNK, turn_of
from avatar.visemes import ROW, VISEME_WEIGHTS

pytestmark = pytest.mark.property
SEEDS = st.integers(0, 2**32 - 1)
HEADED = [JOINT[name] for name in ("neck", "head", "leftEye", "rightEye")]


def drawn(rng: np.random.Generator) -> Captured:
    return Captured(rng.uniform(0, 1, 52), rng.uniform(-30, 30, 3), rng.uniform(-14, 14, 2), rng.uniform(-0.08, 0.08, 2))


@given(SEEDS)
def test_nothing_of_the_performer_is_the_body_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    base = IdleLife(seed).pose(rng.uniform(0, 1e4))
    out = laid_over(base, drawn(rng), 0.0)
    assert np.allclose(out.weights, base.weights) and np.allclose(np.abs((out.joints * base.joints).sum(1)), 1, atol=1e-5)


@given(SEEDS)
def test_the_whole_performer_is_the_face_and_the_head_that_was_seen(seed: int) -> None:
    rng = np.random.default_rng(seed)
    base, seen = IdleLife(seed).pose(rng.uniform(0, 1e4)), drawn(rng)
    still = Captured(seen.weights, seen.head_deg, seen.eyes_deg, np.zeros(2))
    out = laid_over(base, still, 1.0)
    shown = [i for i, name in enumerate(ARKIT) if not name.startswith("eyeLook")]
    assert np.allclose(out.weights[shown], seen.weights[shown], atol=1e-6)
    head = qn.multiply(np.array(turn_of(out.joints[TRUNK])), qn.multiply(out.joints[JOINT["neck"]], out.joints[JOINT["head"]]))
    assert np.abs(euler_deg(qn.to_matrix(head)) - seen.head_deg).max() < 0.05
    rest = [i for i in range(len(JOINTS)) if i not in HEADED and i not in range(*TRUNK.indices(16))]
    assert np.array_equal(out.joints[rest], base.joints[rest]) and np.array_equal(out.hands, base.hands)


@given(SEEDS, st.floats(0, 1))
def test_a_mouth_that_is_only_heard_leaves_eyes_and_head_alone(seed: int, influence: float) -> None:
    rng = np.random.default_rng(seed)
    base = IdleLife(seed).pose(rng.uniform(0, 1e4))
    out = laid_over(base, mouth_only(rng.uniform(0, 1, 52)), influence)
    assert np.array_equal(out.joints, base.joints) and np.array_equal(out.weights[~MOUTH], base.weights[~MOUTH])


@settings(max_examples=3)
@given(SEEDS)
def test_taking_over_and_back_two_hundred_times_never_jerks(seed: int) -> None:
    """Any order of take-overs, losses and returns, also in the middle of a fade: no joint and no weight jumps."""
    rng = np.random.default_rng(seed)
    track, idle = CapturedTrack(), IdleLife(seed & 0xFFFF)
    step_s, at_s = 0.02, 100.0
    turns = at_s + np.cumsum(rng.exponential(0.35, 200))
    on, seen, last = False, drawn(rng), None
    fastest_deg, fastest_weight = 0.0, 0.0
    for t in np.arange(at_s, at_s + 20.0, step_s):
        while len(turns) and turns[0] <= t:
            on, turns = not on, turns[1:]
            track.switch(float(t), on)
        if rng.random() < 0.8:  # rows are lost, too; a face moves at most so fast
            seen = Captured(np.clip(seen.weights + rng.normal(0, 0.02, 52), 0, 1), seen.head_deg + rng.normal(0, 0.3, 3),
                            seen.eyes_deg, seen.lean_m)
            track.add(float(t) + 0.2, seen)
        base = idle.pose(float(t))
        found = track.at(float(t))
        pose = base if found is None else laid_over(base, *found)
        if last is not None:
            dot = np.abs((pose.joints[HEADED[:2]] * last.joints[HEADED[:2]]).sum(1)).clip(0, 1)
            fastest_deg = max(fastest_deg, float(np.degrees(2 * np.arccos(dot)).max()))
            fastest_weight = max(fastest_weight, _jump(pose, last))
        last = pose
    assert fastest_deg < 8.0, "degrees in 20 ms"  # 30 degrees within FADE_S, eased
    assert fastest_weight < 0.45, "of a weight in 20 ms"


def _jump(a: Pose, b: Pose) -> float:
    calm = [i for i, name in enumerate(ARKIT) if not name.startswith("eye")]  # lids and looks are quick by themselves
    return float(np.abs(a.weights - b.weights)[calm].max())


@given(SEEDS, st.floats(0.01, 5.0))
def test_a_performer_who_stops_sending_fades_by_himself(seed: int, silence_s: float) -> None:
    track = CapturedTrack()
    track.switch(0.0, True)
    rng = np.random.default_rng(seed)
    for n in range(100):
        track.add(n / 30, drawn(rng))
    found = track.at(99 / 30 + silence_s)
    if silence_s > HOLD_S + FADE_S:
        assert found is None
    elif silence_s < HOLD_S:
        assert found is not None and found[1] == pytest.approx(1.0)


def test_a_flood_of_rows_stays_bounded() -> None:
    track, rng = CapturedTrack(), np.random.default_rng(1)
    row = drawn(rng)
    for n in range(3 * MAX_ROWS):
        track.add(n * 1e-3, row)
    assert len(track._rows) <= MAX_ROWS
    track.add(0.5, row)  # of the past
    assert track._rows[-1][0] == pytest.approx((3 * MAX_ROWS - 1) * 1e-3)


@given(SEEDS)
def test_rows_survive_the_wire(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stamp = int(rng.integers(0, 2**63))
    seen = drawn(rng)
    back = decode(encode(FaceRow(stamp, 2, seen)))
    assert isinstance(back, FaceRow) and back.stamp_us == stamp and back.faces == 2 and back.seen is not None
    assert np.abs(back.seen.weights - seen.weights).max() < 0.0021
    assert np.abs(back.seen.head_deg - seen.head_deg).max() < 0.011 and np.abs(back.seen.lean_m - seen.lean_m).max() < 0.0011
    mouth = decode(encode(MouthRow(stamp, rng.uniform(0, 1, 15))))
    assert isinstance(mouth, MouthRow) and mouth.strengths.shape == (15,)
    pcm = rng.integers(-32768, 32768, int(rng.integers(1, 9600))).astype(np.int16)
    sound = decode(encode(SoundBlock(stamp, pcm)))
    assert isinstance(sound, SoundBlock) and np.array_equal(sound.pcm, pcm)
    assert decode(encode(FaceRow(stamp, 0, None))) == FaceRow(stamp, 0, None)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_row_or_refused(data: bytes) -> None:
    try:
        row = decode(data)
    except WireError:
        return
    assert isinstance(row, FaceRow | MouthRow | SoundBlock)


@given(SEEDS)
def test_the_head_is_read_against_the_neutral_look(seed: int) -> None:
    """Wherever the camera stands and whatever the resting face reads, the neutral face is nothing and a turn is that turn."""
    rng = np.random.default_rng(seed)
    camera = qn.to_matrix(qn.from_euler_deg(rng.uniform(-25, 25, 3))).astype(float)
    resting, place = rng.uniform(0, 0.4, 52), rng.uniform(-0.3, 0.3, 3)
    still = [Reading(np.clip(resting + rng.normal(0, 0.005, 52), 0, 1), camera, place, (0.5, 0.5)) for _ in range(30)]
    neutral = neutral_of(still)
    rest = neutral.captured(still[0])
    assert np.abs(rest.head_deg).max() < 0.1 and rest.weights.max() < 0.09 and np.abs(rest.lean_m).max() < 1e-6
    turn_deg = rng.uniform(-40, 40, 3)
    turned = camera @ qn.to_matrix(qn.from_euler_deg(turn_deg)).astype(float)
    moved = camera @ np.array([0.05, 0.0, -0.03])
    seen = neutral.captured(Reading(np.ones(52), turned, place + moved, (0.5, 0.5)))
    assert np.abs(seen.head_deg - turn_deg).max() < 0.5
    assert np.allclose(seen.lean_m, [0.05, -0.03], atol=1e-6)
    assert (seen.weights > 0.99).all()


def test_a_face_that_talks_is_no_neutral_face() -> None:
    rng = np.random.default_rng()
    talking = [Reading(np.where(np.arange(52) == INDEX["jawOpen"], 0.3 + 0.3 * np.sin(n), 0.05), np.eye(3), np.zeros(3),
                       (0.5, 0.5)) for n in range(40)]
    with pytest.raises(CalibrationError, match="jawOpen"):
        neutral_of(talking)
    with pytest.raises(CalibrationError, match="pictures only"):
        neutral_of(talking[: rng.integers(0, 5)])


def test_a_rested_face_that_smiles_keeps_some_smile() -> None:
    neutral = Neutral(np.where(np.arange(52) == INDEX["mouthSmileLeft"], 0.95, 0.0), np.eye(3), np.zeros(3))
    seen = neutral.captured(Reading(neutral.weights, np.eye(3), np.zeros(3), (0.5, 0.5)))
    assert 0.5 < seen.weights[INDEX["mouthSmileLeft"]] <= 1.0  # only REST_LIMIT of it is taken for rest


@given(SEEDS)
def test_noise_is_quieted_and_a_jump_is_followed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    smooth = Smoother(1.2, 0.08)
    noisy = [float(smooth(n / 30, np.array([rng.normal(0, 1.0)]))[0]) for n in range(300)]
    assert np.std(noisy[50:]) < 0.6
    after = [float(smooth(10 + n / 30, np.array([40.0]))[0]) for n in range(30)]
    assert after[10] > 30 and abs(after[-1] - 40) < 2, "a third of a second behind at most"


def test_lids_close_together_and_do_not_flutter() -> None:
    lids = Lids()
    left, right = INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]

    def shut(a: float, b: float) -> tuple[float, float]:
        weights = np.zeros(52)
        weights[[left, right]] = a, b
        out = lids(weights)
        return float(out[left]), float(out[right])

    assert shut(0.7, 0.6) == (1.0, 1.0)
    assert shut(0.45, 0.55) == (1.0, 1.0), "still shut on the way up"
    assert max(shut(0.3, 0.3)) < 0.3
    assert max(shut(0.5, 0.55)) < 0.5, "not shut on the way down"
    assert shut(0.95, 0.1)[0] == 1.0 and shut(0.95, 0.1)[1] < 0.1, "a wink is a wink"


def test_the_face_that_was_followed_is_followed() -> None:
    a, b = (Reading(np.zeros(52), np.eye(3), np.zeros(3), c) for c in ((0.3, 0.5), (0.52, 0.5)))
    assert nearest([a, b], None) is b and nearest([a, b], (0.32, 0.5)) is a and nearest([], (0.5, 0.5)) is None


@given(st.floats(0, 1), st.floats(0, 1))
def test_lips_close_for_what_was_heard_unless_the_jaw_is_open(chance: float, jaw: float) -> None:
    weights = np.zeros(52)
    weights[INDEX["jawOpen"]] = jaw
    seen = Captured(weights, np.zeros(3), np.zeros(2), np.zeros(2))
    out = with_closure(seen, chance).weights
    closed = VISEME_WEIGHTS[ROW["PP"]]
    if chance > 0.99 and jaw < 0.3:
        assert np.allclose(out[MOUTH], closed[MOUTH], atol=0.05)
    if chance <= 0.5 or jaw >= 0.56:
        assert np.allclose(out, seen.weights)


@given(st.lists(st.floats(0, 1), min_size=15, max_size=15), st.floats(0, 1))
def test_vowels_open_as_wide_as_is_heard_and_other_shapes_stay(strengths: list[float], opened: float) -> None:
    shapes = np.array(strengths)
    out = as_open(shapes, opened)
    vowels = [ROW[name] for name in ("aa", "E", "I", "O", "U")]
    others = np.delete(np.arange(15), vowels)
    assert np.array_equal(out[others], shapes[others])
    assert (out >= shapes * (1 - MOST_CHANGED) - 1e-9).all() and (out <= shapes * (1 + MOST_CHANGED) + 1e-9).all()
    assert (as_open(shapes, 1.0) >= as_open(shapes, 0.0) - 1e-9).all()


def test_silence_opens_no_mouth_and_time_is_the_senders() -> None:
    rng = np.random.default_rng()
    hearing, out = Hearing(), []
    for n in range(100):
        out += hearing.feed(7_000_000 + n * 20_000, rng.normal(0, 3, 960).astype(np.int16))
    assert len(out) > 180
    assert max(float(row[1:].max()) for _, row in out) < 0.05
    stamps = np.array([at for at, _ in out])
    assert stamps[0] == pytest.approx(7_005_000, abs=1000) and np.allclose(np.diff(stamps), 10_000, atol=300)
    assert hearing.decided_us is not None and 7_000_000 + 100 * 20_000 - hearing.decided_us < 100_000
