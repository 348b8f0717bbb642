"""Gestures as curves over a sentence: where the eyes go, what the arms do, which shape the hands take.

Each mark becomes one Stroke per arm; strokes are laid on a 100 Hz grid, later ones take over from earlier ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from avatar import gaze
from avatar import quaternions as qn
from avatar.expression import minimum_jerk
from avatar.noise import uniform
from avatar.pose import HAND_POSES, HZ
from avatar.skeleton import JOINT, REST_M, bearing_of, folded, reach
from avatar.speech import GestureMark, Word

PREPARE_S = 0.62  # from rest to the stroke's apex
SETTLE_S = 0.75  # back to the stance
POINT_HOLD_S = 1.5
OPEN_HOLD_S = 1.0
POINT_REACH = 0.80  # of the way an arm can reach: a host points, a goalkeeper stretches
SETS_OFF_S = 0.1  # until a hand that starts smoothly is seen to move: a twentieth of its way
EYES_STAY_S = 1.1  # on what is pointed at, after the hand arrives
NOD_S = 0.55
HOLD_S = 1.2  # at least: what is held must be seen
HOLD_WRIST_M, HOLD_ROLL_DEG = (0.20, 1.13, 0.27), 88.0  # palm up beside the breastbone
# Of the upper of two folded hands, to its own side, up and forward: so its fingers come free of the other hand as they are. It
# takes so long to go there or back, sets off so much before the other hand (half of it before a gesture of its own), and is
# back so much after whichever has left.
ASIDE_M = (0.066, 0.058, 0.030)
ASIDE_S, ASIDE_FIRST_S, ASIDE_LAST_S = 0.34, 0.12, 0.14
OPEN_LAG_S = 0.06  # two hands never start in the same instant
BEAT_S = 0.42
# Nobody makes a gesture twice in the same way: share of its reach or width, metres of its height, degrees of its palm, share of
# how long it stays. Now and then only one hand opens.
VARIES, VARIES_M, VARIES_DEG, VARIES_HOLD, ONE_HAND = 0.12, 0.03, 10.0, 0.3, 0.35
HAND_REACH_M, OPEN_REACH_M, CLEAR_M = 0.19, 0.10, 0.06  # from a wrist to its fingertips, aside of an open hand; off a product
ASIDE_DEG = range(0, 66, 6)  # a hand goes so far aside, to the viewer's side, where a wide product stands in its way
BEAT_M = (0.038, 0.025, 0.022)  # alone
FINGERS_S, FINGERS_LAG_S = 0.40, 0.10  # they take so long to open or close; so much the arm is ahead of them
LETS_GO = 0.8  # of the way to a relaxed hand, where the other one has left
BEAT_BOTH_M = (0.0, 0.024, 0.012)  # both, the one still on the other
FOLDED_HAND = HAND_POSES.index("folded")
WAVE_HZ, WAVE_DEG = 1.6, 13.0  # quicker or wider is a signal to a ship
WAVE_HOLD_S = 1.3


@dataclass(frozen=True, slots=True)
class Stroke:
    """One arm, side 0 left or 1 right, going to `arm` (4, 4) and back; hand: index into HAND_POSES, -1 leaves it.

    Times in seconds: the arm leaves at start, is there from apex to release, is back at end. shake_deg: of the forearm.
    """

    side: int
    start_s: float
    apex_s: float
    release_s: float
    end_s: float
    arm: NDArray
    hand: int = -1
    shake_deg: float = 0.0
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """Eyes (and part of the head) on a direction, yaw and pitch up in degrees, from start_s to end_s."""

    start_s: float
    end_s: float
    yaw_deg: float
    pitch_deg: float


@dataclass(frozen=True, slots=True)
class Nod:
    """The head dips by depth_deg at apex_s."""

    apex_s: float
    depth_deg: float = 7.0


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the marks of one sentence ask for."""

    strokes: tuple[Stroke, ...] = ()
    looks: tuple[Look, ...] = ()
    nods: tuple[Nod, ...] = ()


def ready_arms(rest_m: NDArray) -> NDArray:
    """(8, 4) the stance that gestures leave and come back to; read only."""
    return _folded_arms(np.asarray(rest_m, np.float64).tobytes(), ASIDE_M)[0]


@lru_cache(maxsize=8)  # presenters of a show; it was half of the work that the first sound of an answer waits for
def _folded_arms(rest_m: bytes, aside_m: tuple[float, float, float]) -> tuple[NDArray, NDArray]:
    """Both arms (8, 4) as they rest, and moved aside to let the other hand go, of a body with these joints, (16, 3) float64."""
    rest = np.frombuffer(rest_m).reshape(-1, 3)
    found = folded(rest, "ready"), folded(rest, "ready", _outward(aside_m, rest))
    for arms in found:
        arms.flags.writeable = False
    return found


def plan(marks: Sequence[GestureMark], words: Sequence[Word], duration_s: float,
         targets: Mapping[str, NDArray], rest_m: NDArray = REST_M, size: float = 1.0, seed: int | None = None,
         sweep_m: float = 0.0) -> Plan:
    """Marks at their words. targets: name -> (3,) metres in body axes; a mark whose target is unknown looks at nobody;
    size: how wide open hands and how high beats go, 1 as filmed; seed: of small differences between gestures, None for none;
    sweep_m: radius of what turns on its plinth at targets["product"]: hands stay out of it.

    An unknown gesture name is an open hand: a typing error must not stop a show.
    """
    strokes: list[Stroke] = []
    beats: list[Stroke] = []
    looks: list[Look] = []
    nods: list[Nod] = []
    product = targets.get("product")
    for number, mark in enumerate(sorted(marks, key=lambda m: m.word)):
        vary = Vary(seed, number)
        turning = Turning(product[[0, 2]], sweep_m) if product is not None and sweep_m > 0.0 else None
        at = words[min(mark.word, len(words) - 1)].start_s if words else 0.0
        target = targets.get(mark.target)
        if mark.name == "nod":
            nods.append(Nod(at + 0.12))
        elif mark.name == "point" and target is not None:
            stroke, look = _point(at, target, duration_s, rest_m, vary, turning)
            strokes.append(stroke)
            looks.append(look)
        elif mark.name == "wave":
            strokes.append(_wave(at, duration_s, rest_m))
        elif mark.name.startswith("count"):
            strokes.append(_show(at, duration_s, HAND_POSES.index(mark.name if mark.name in HAND_POSES else "open"), rest_m))
        elif mark.name == "hold" and target is not None:
            stroke, look = _hold(at, duration_s, target, rest_m)
            strokes.append(stroke)
            looks.append(look)
        elif mark.name == "beat":
            beats += beat(at, False, size, rest_m)
        else:
            strokes.extend(_open(at, duration_s, target, rest_m, size, vary, turning))
    # a beat is quick: an arm that is busy with something larger would be torn away from it
    strokes += [b for b in beats if not any(overlap(b, s) for s in strokes)]
    return Plan(tuple(strokes), tuple(looks), tuple(nods))


def overlap(a: Stroke, b: Stroke) -> bool:
    """Whether two strokes want the same arm at the same time."""
    return a.side == b.side and a.start_s < b.end_s and b.start_s < a.end_s


def _times(at_s: float, hold_s: float, duration_s: float) -> tuple[float, float, float, float]:
    """Leave, arrive, release, back: the apex falls on the word, never before the eyes could lead."""
    start = max(gaze.LEAD_S + 0.02, at_s - PREPARE_S + 0.12)
    apex = start + PREPARE_S
    release = max(apex + 0.25, min(apex + hold_s, duration_s - 0.2))
    return start, apex, release, release + SETTLE_S


@dataclass(frozen=True, slots=True)
class Vary:
    """Small differences of one gesture from others of its name; seed None: none."""

    seed: int | None
    number: int

    def __call__(self, which: int) -> float:
        """-1..1."""
        return 0.0 if self.seed is None else 2.0 * uniform(self.seed, 7030 + which, self.number) - 1.0

    def chance(self, which: int, share: float) -> bool:
        """Whether what happens in this share of gestures happens in this one."""
        return self.seed is not None and uniform(self.seed, 7030 + which, self.number) < share


@dataclass(frozen=True, slots=True)
class Turning:
    """What turns on its plinth. axis_m: (2,) x and z in body axes; sweep_m: how far its corners reach."""

    axis_m: NDArray
    sweep_m: float

    def clear_of(self, at_m: NDArray, reach_m: float) -> bool:
        """Whether a hand that reaches so far from a wrist (3,) stays off it."""
        return float(np.linalg.norm(at_m[[0, 2]] - self.axis_m)) >= self.sweep_m + CLEAR_M + reach_m


def _point(at_s: float, target: NDArray, duration_s: float, rest_m: NDArray, vary: Vary,
           turning: Turning | None) -> tuple[Stroke, Look]:
    """The arm on the target's side reaches towards it; the eyes are there LEAD_S before the hand is seen to
    set off."""
    left = target[0] >= 0
    side = "left" if left else "right"
    shoulder = rest_m[JOINT[side + "UpperArm"]]
    way = target - shoulder
    length = min(0.5 * POINT_REACH, float(np.linalg.norm(way)) - 0.2)  # 0.5: of an arm, about; reach() limits it to the truth
    length *= 1.0 + VARIES * min(vary(0), 0.0)
    wrist = _beside(shoulder, way / np.linalg.norm(way), length, turning)
    wrist[1] += VARIES_M * (vary(1) - 1.0)
    start, apex, release, end = _times(at_s, POINT_HOLD_S * (1.0 + VARIES_HOLD * vary(2)), duration_s)
    arm = reach(side, wrist, palm_roll_deg=35.0 + VARIES_DEG * vary(3), elbow_out=0.5, rest_m=rest_m)
    yaw, pitch = gaze.angles_to(target)
    stroke = Stroke(0 if left else 1, start, apex, release, end, arm, HAND_POSES.index("offer"))
    return stroke, Look(start + SETS_OFF_S - gaze.LEAD_S, apex + EYES_STAY_S, yaw, pitch)


def _beside(shoulder: NDArray, towards: NDArray, length_m: float, turning: Turning | None) -> NDArray:
    """(3,) where a wrist points from: on the way there, nearer to her or more to the viewer's side where the product would be
    in the hand's way."""
    if turning is None:
        return np.asarray(shoulder + towards * length_m)
    sign = -1.0 if towards[0] >= 0 else 1.0
    for aside in ASIDE_DEG:
        way = qn.rotate(qn.from_euler_deg((sign * aside, 0.0, 0.0)), towards)
        for part in (1.0, 0.9, 0.8, 0.7, 0.6):
            wrist = shoulder + way * length_m * part
            if turning.clear_of(wrist + way * HAND_REACH_M, 0.0):
                return np.asarray(wrist)
    return np.asarray(shoulder + way * length_m * part)


def _open(at_s: float, duration_s: float, target: NDArray | None, rest_m: NDArray, size: float, vary: Vary,
          turning: Turning | None) -> list[Stroke]:
    """Both palms open towards the viewer, the target's side further; or only the hand that lies above."""
    start, apex, release, end = _times(at_s, OPEN_HOLD_S * (1.0 + VARIES_HOLD * vary(0)), duration_s)
    hand, over = HAND_POSES.index("open"), bearing_of(rest_m).over
    alone = vary.chance(4, ONE_HAND)
    out = []
    for index, (side, sign) in enumerate((("left", 1.0), ("right", -1.0))):
        if alone and index != over:
            continue
        more = 0.06 if target is not None and target[0] * sign > 0.2 else 0.0
        wide_m = (0.26 + more) * size * (1.0 + VARIES * vary(1))
        height_m = 1.07 + more * 0.5 + VARIES_M * vary(2) + (0.5 * VARIES_M * vary(5) if index == over else 0.0)
        while turning is not None and wide_m > 0.16 and not turning.clear_of(np.array((sign * wide_m, 0, 0.27)), OPEN_REACH_M):
            wide_m -= 0.02
        wrist = _near((sign * wide_m, height_m, 0.27), rest_m)
        later_s, longer_s = (0.0, OPEN_LAG_S) if index == over else (OPEN_LAG_S, 0.0)  # the upper one first, and back last
        arm = reach(side, wrist, 60.0 + VARIES_DEG * vary(3), 0.15, rest_m)
        out.append(Stroke(index, start + later_s, apex + later_s, release, end + longer_s, arm, hand))
    return out


def _wave(at_s: float, duration_s: float, rest_m: NDArray) -> Stroke:
    start, apex, _, _ = _times(at_s, WAVE_HOLD_S, duration_s)
    release = apex + WAVE_HOLD_S  # a greeting is not cut to the length of its word
    arm = reach("right", _near((-0.33, 1.42, 0.22), rest_m), -40.0, 0.5, rest_m)
    return Stroke(1, start, apex, release, release + SETTLE_S, arm, HAND_POSES.index("open"), shake_deg=WAVE_DEG)


def _show(at_s: float, duration_s: float, hand: int, rest_m: NDArray) -> Stroke:
    start, apex, release, end = _times(at_s, 1.2, duration_s)
    wrist = _near((-0.22, 1.28, 0.26), rest_m)
    return Stroke(1, start, apex, release, end, reach("right", wrist, -50.0, 0.25, rest_m), hand)


def _hold(at_s: float, duration_s: float, target: NDArray, rest_m: NDArray) -> tuple[Stroke, Look]:
    """An open palm in front of the chest on the target's side, to the end of the sentence; the eyes see it arrive there."""
    side, sign = ("left", 1.0) if target[0] >= 0 else ("right", -1.0)
    start, apex, release, _ = _times(at_s, max(HOLD_S, duration_s - at_s), duration_s)
    release = max(release, apex + HOLD_S)
    wrist = _near((sign * HOLD_WRIST_M[0], *HOLD_WRIST_M[1:]), rest_m)
    arm = reach(side, wrist, HOLD_ROLL_DEG, 0.2, rest_m)
    yaw, pitch = gaze.angles_to(wrist + np.array([0.0, 0.12, 0.08]))
    stroke = Stroke(0 if sign > 0 else 1, start, apex, release, release + SETTLE_S, arm, HAND_POSES.index("offer"), holds=True)
    return stroke, Look(apex - gaze.LEAD_S, apex + EYES_STAY_S, yaw, pitch)


def _near(nominal_m: tuple[float, float, float], rest_m: NDArray) -> NDArray:
    """A place beside the nominal body, beside this one: as far from the middle of its shoulders."""
    shoulders = [JOINT["leftUpperArm"], JOINT["rightUpperArm"]]
    return np.array(nominal_m) + (rest_m[shoulders].mean(0) - REST_M[shoulders].mean(0))


def beat(at_s: float, both: bool = False, size: float = 1.0, rest_m: NDArray = REST_M) -> list[Stroke]:
    """A small lift that lands on a stressed word, of the upper hand or of both as they lie on each other. size: of the lift, 1
    as filmed."""
    arms = folded(rest_m, "ready", np.array(BEAT_BOTH_M if both else _outward(BEAT_M, rest_m)) * size)
    start = max(0.0, at_s - BEAT_S / 2)
    times = start, start + BEAT_S / 2, start + BEAT_S * 0.6, start + BEAT_S * 1.5
    sides = (0, 1) if both else (bearing_of(rest_m).over,)
    return [Stroke(side, *times, arms[4 * side : 4 * side + 4]) for side in sides]


def _outward(step_m: tuple[float, float, float], rest_m: NDArray) -> tuple[float, float, float]:
    """A step of the upper hand, to its own side, in body axes."""
    out, up, forward = step_m
    return (out, up, forward) if bearing_of(rest_m).over == 0 else (-out, up, forward)


def envelope(stroke: Stroke, t: NDArray) -> NDArray:
    """0..1 over times t (n,): how far the stroke has the arm."""
    rise = minimum_jerk((t - stroke.start_s) / (stroke.apex_s - stroke.start_s))
    fall = minimum_jerk((t - stroke.release_s) / (stroke.end_s - stroke.release_s))
    return (rise * (1.0 - fall)).astype(np.float32)


def _aside(stroke: Stroke, over: int, t: NDArray) -> NDArray:
    """(n,) how far the upper hand has gone off the other one for a stroke of either."""
    first_s = ASIDE_FIRST_S / 2 if stroke.side == over else ASIDE_FIRST_S
    rise = minimum_jerk((t - stroke.start_s + first_s) / ASIDE_S)
    fall = minimum_jerk((t - back_s(stroke)) / ASIDE_S + 1.0)
    return np.asarray(rise * (1.0 - fall), np.float32)


def back_s(stroke: Stroke) -> float:
    """When everything is as it was before a stroke."""
    return stroke.end_s + (ASIDE_LAST_S if stroke.hand >= 0 else 0.0)


def _lay_hand(rows: NDArray, hand: int, amount: NDArray) -> None:
    """In place on (n, 3) from, to, blend: the stronger shape is shown by as much as it is stronger, so that a hand that goes
    from one shape to another passes the folded one instead of snapping."""
    same = rows[:, 1] == hand
    more = np.where(same, np.maximum(rows[:, 2], amount), np.abs(amount - rows[:, 2]))
    rows[:, 1] = np.where(same | (amount > rows[:, 2]), hand, rows[:, 1])
    rows[:, 2] = more


def _released(stroke: Stroke, t: NDArray) -> NDArray:
    """(n,) how far a stroke has the fingers: they open once the hand is off the other one, are closed when it is back."""
    rise = minimum_jerk((t - stroke.start_s - FINGERS_LAG_S) / FINGERS_S)
    fall = minimum_jerk((t - stroke.end_s + FINGERS_LAG_S) / FINGERS_S + 1.0)
    return np.asarray(rise * (1.0 - fall), np.float32)


def _let_go(strokes: Sequence[Stroke], side: int, t: NDArray) -> NDArray:
    """(n,) how far a hand is relaxed since the other one has left: fingers that hold nothing do not stay clenched."""
    relaxed, own = np.zeros(len(t), np.float32), np.zeros(len(t), np.float32)
    for s in strokes:
        if s.hand >= 0 and s.side == side:
            own = np.maximum(own, _released(s, t))
        elif s.hand >= 0:
            relaxed = np.maximum(relaxed, _released(s, t))
    return np.asarray(LETS_GO * relaxed * (1.0 - own), np.float32)


def arm_curves(strokes: Sequence[Stroke], n: int, rest_m: NDArray = REST_M) -> tuple[NDArray, NDArray]:
    """(n, 8, 4) local rotations of both arms from the ready stance, and (n, 2, 3) hands."""
    t = np.arange(n) / HZ
    ready, aside = _folded_arms(np.asarray(rest_m, np.float64).tobytes(), ASIDE_M)
    arms = np.repeat(ready[None], n, axis=0)
    hands = np.zeros((n, 2, 3), np.float32)
    hands[:, :, 0] = FOLDED_HAND
    over = bearing_of(rest_m).over
    upper = slice(4 * over, 4 * over + 4)
    stays = np.ones(n, np.float32)
    for s in strokes:
        if s.hand >= 0:  # whichever leaves, the one that holds goes off the other first
            stays *= 1.0 - _aside(s, over, t)
    arms[:, upper] = qn.slerp(arms[:, upper], np.broadcast_to(aside[upper], (n, 4, 4)), 1.0 - stays[:, None])
    for side in range(2):
        _lay_hand(hands[:, side], 0, _let_go(strokes, side, t))
    for s in strokes:
        rows = slice(max(0, int(s.start_s * HZ)), min(n, int(s.end_s * HZ) + 2))
        time = t[rows]
        amount = envelope(s, time)
        part = arms[rows, 4 * s.side : 4 * s.side + 4]
        goal = np.repeat(s.arm[None], len(time), axis=0)
        if s.shake_deg:
            swing = np.sin((time - s.apex_s) * WAVE_HZ * 2 * np.pi) * s.shake_deg
            goal[:, 2] = qn.multiply(goal[:, 2], qn.about((0.0, 0.0, 1.0), swing * amount))
        arms[rows, 4 * s.side : 4 * s.side + 4] = qn.slerp(part, goal, amount[:, None])
        if s.hand >= 0:
            _lay_hand(hands[:, s.side], s.hand, _released(s, t))
    return arms, hands
