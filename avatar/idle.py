"""Life between sentences: breath, blinks, glances, shifting weight. A pure function of time: any instant, any order.

Figures: blinks 17/min at rest (Bentivoglio 1997), some in pairs, 0.1 to 0.4 s long; breaths 12 to 18/min;
saccades last 20 ms + 2.2 ms per degree.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assets.scene import Mark
from avatar import gaze
from avatar import quaternions as qn
from avatar.face import ARKIT, INDEX
from avatar.noise import ease, latest_event, uniform, wander
from avatar.pose import HAND_POSES, JOINTS, Pose
from avatar.skeleton import (
    ARMS,
    DEFAULT_TARGETS,
    FOLDED,
    JOINT,
    REST_M,
    TRUNK,
    Turn,
    bearing_of,
    stances,
    times,
    to_body,
    together,
    turn_of,
)

BLINK_CELL_S = 3.3  # one chance to blink in each: 60 / 3.3 * (7 / 8 * 0.93 + 2 / 8) = 19 lids closed a minute
BLINK_CHANCE = 0.93
DOUBLE_EVERY = 8  # one of so many cells blinks twice: 1 / 8 of the cells, 13 % of the blinks, over any minutes
BLINK_CLOSE_S, BLINK_HOLD_S, BLINK_OPEN_S = 0.07, 0.03, 0.14
DOUBLE_GAP_S = 0.34
BREATH_S = 4.2  # 14.3 a minute
# How far the breath strays from that beat, in breaths, and within how long: the short one is what differs from breath to
# breath, the long one sees to it that minutes later nobody could go on counting. Both together keep 12 to 17 a minute.
BREATH_DRIFTS = ((0.2, 17.0), (1.2, 120.0))
INHALE_SHARE = 0.42
GLANCE_CELL_S = 4.6  # how long a target is looked at
FIXATION_CELL_S = 0.85
STANCE_CELL_S = 23.0
FOOT_CELL_S, FOOT_MOVE_S = 19.0, 1.5
HEAD_TURN_S = 0.55
REST_LIDS = 0.13  # upper lids of an awake face at ease cover the top of the iris; without it a presenter stares
STANCE_MOVE_S = 1.6
_STANCES = ("ready", "low", "ready", "down")
SHRUG_DEG = 0.8  # of the collar bones with each breath
FOLDED_SWAY_M = (0.005, 0.004, 0.003)  # sideways, up, forward: hands that rest are never still
FOLDED_BREATH_M = 0.004
HELD_LOOSE = 0.10  # how far fingers go from holding to hanging, and from hanging to holding, by themselves
MICRO_DEG = (1.6, 1.0)  # yaw, pitch of the small jumps within a glance
_BLINKS = [INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]
_FOLDED_HAND = HAND_POSES.index("folded")
(_S_BLINK, _S_CHANCE, _S_DOUBLE, _S_BREATH, _S_GLANCE, _S_WHERE, _S_FIX, _S_FIX_X, _S_FIX_Y, _S_STANCE, _S_WHICH,
 _S_SWAY, _S_FOOT, _S_ON) = range(0, 1400, 100)


def blink_curve(since_s: float) -> float:
    """0..1 lid closure, since_s after its start: fast down, slower up."""
    if since_s < BLINK_CLOSE_S:
        return ease(since_s / BLINK_CLOSE_S)
    return 1.0 - ease((since_s - BLINK_CLOSE_S - BLINK_HOLD_S) / BLINK_OPEN_S)


def _tilt_back(trunk: np.ndarray, share: float) -> Turn:
    """What sets upright again, by a share of the way, whatever hangs on a trunk with these rotations (4, 4); it does not turn
    it back. A trunk never lies on its side."""
    qx, qy, qz, qw = turn_of(trunk)
    # the world's up in the axes of the chest, and from (0, 1, 0) there: axis (z, 0, -x), cosine y
    x, y, z = 2 * (qx * qy + qz * qw), 1 - 2 * (qx * qx + qz * qz), 2 * (qy * qz - qx * qw)
    whole = math.sqrt(z * z + x * x + (1 + y) * (1 + y))
    part = share / whole
    turn = (z * part, 0.0, -x * part, 1 - share + (1 + y) * part)
    size = math.sqrt(turn[0] * turn[0] + turn[2] * turn[2] + turn[3] * turn[3])
    return turn[0] / size, 0.0, turn[2] / size, turn[3] / size


@lru_cache(maxsize=8)  # presenters of a show; each takes 0.03 s, and every performer, clip and rehearsal asks anew
def _arms_of(rest_m: bytes) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Stances by name and how folded ones change, of a body with these joints at rest, (16, 3) float64; read only."""
    rest = np.frombuffer(rest_m).reshape(-1, 3)
    found = stances(rest), {name: together(rest, name) for name in FOLDED}
    for arrays in found:
        for array in arrays.values():
            array.flags.writeable = False
    return found


class IdleLife:
    """The idle body of one anchor. seed: two anchors with different seeds never move alike.

    targets: points of the world to glance at ("camera", "product", "chat", "partner"); mark: where the anchor stands.
    Without a mark targets are in the body's own axes. rest_m: (16, 3) joints of the body at rest.
    """

    def __init__(self, seed: int, targets: Mapping[str, tuple[float, float, float]] | None = None,
                 mark: Mark | None = None, rest_m: NDArray = REST_M) -> None:
        self._seed = seed
        points = {**DEFAULT_TARGETS, **({} if targets is None else targets)}
        if mark is not None and targets is not None:
            points.update({name: tuple(to_body(p, mark)) for name, p in targets.items()})
        camera = gaze.angles_to(points["camera"])
        others = [gaze.angles_to(points[name]) for name in ("product", "chat", "partner") if name in points]
        self._places = (camera, camera, camera, *others)
        self._stances, self._together = _arms_of(np.asarray(rest_m, np.float64).tobytes())
        self._bearing = bearing_of(rest_m)

    def pose(self, t_s: float) -> Pose:
        """The body at t_s >= 0 seconds."""
        weights = np.zeros(len(ARKIT), np.float32)
        angles = np.zeros((len(JOINTS), 3))
        breath = self.breath(t_s)
        self._trunk(angles, t_s, breath)
        eyes = self._look(angles, t_s)
        joints = qn.from_euler_deg(angles)
        shown = self._shown(t_s)
        joints[ARMS] = self._arms(shown, t_s, breath, joints[TRUNK])
        self._face(weights, t_s)
        gaze.set_lids(weights, *eyes)
        weights[_BLINKS] = REST_LIDS + (1.0 - REST_LIDS) * self.blink(t_s)
        return Pose(weights, joints, self._hands(shown, t_s))

    def blink(self, t_s: float) -> float:
        """Lid closure 0..1."""
        number, since = latest_event(self._seed, _S_BLINK, t_s, BLINK_CELL_S)
        block, place = divmod(number, DOUBLE_EVERY)
        if place == int(uniform(self._seed, _S_DOUBLE, block) * DOUBLE_EVERY):
            since -= DOUBLE_GAP_S if since >= DOUBLE_GAP_S else 0.0
        elif uniform(self._seed, _S_CHANCE, number) >= BLINK_CHANCE:
            return 0.0
        return blink_curve(since)

    def breath(self, t_s: float) -> float:
        """Chest 0 (out) .. 1 (in)."""
        drift = sum(size * wander(self._seed, _S_BREATH + i, t_s, span) for i, (size, span) in enumerate(BREATH_DRIFTS))
        phase = (t_s / BREATH_S + drift) % 1.0
        return ease(phase / INHALE_SHARE) if phase < INHALE_SHARE else 1.0 - ease((phase - INHALE_SHARE) / 0.5)

    def _trunk(self, angles: np.ndarray, t_s: float, breath: float) -> None:
        s = self._seed
        # weight from foot to foot, now and then, and a little swaying on either: hips one way, spine back
        on = self._stood_on(t_s)
        shift = 0.45 * wander(s, _S_SWAY, t_s, 7.3) + 0.2 * on
        lean = wander(s, _S_SWAY + 1, t_s, 5.2)
        turn = wander(s, _S_SWAY + 2, t_s, 6.4)
        angles[JOINT["hips"]] = (1.2 * turn, 0.3 * lean, 1.5 * shift)
        angles[JOINT["spine"]] = (0.8 * turn, 0.8 * lean, -1.5 * shift)
        angles[JOINT["chest"]] = (0.5 * turn, -0.6 * breath, -0.5 * shift)
        angles[JOINT["upperChest"]] = (0.0, -1.1 * breath, 0.0)
        turned = on * (0.75 + 0.25 * on * self._bearing.leg)  # half as far to the other side: folded hands are there already
        for name, (yaw, pitch, roll) in self._bearing.lean_deg.items():
            angles[JOINT[name]] += (turned * yaw, abs(on) * pitch, on * roll)

    def _stood_on(self, t_s: float) -> float:
        """-1 (weight on the right foot) .. 1 (left)."""
        number, since = latest_event(self._seed, _S_FOOT, t_s, FOOT_CELL_S)
        chance = (2.0 * uniform(self._seed, _S_ON, n) - 1.0 for n in (number - 1, number))
        before, now = (math.copysign(0.5 + 0.5 * abs(u), u) for u in chance)  # hardly anybody stands on both
        return before + (now - before) * ease(since / FOOT_MOVE_S)

    def _look(self, angles: np.ndarray, t_s: float) -> tuple[float, float]:
        """Head, neck and eye angles; returns the eyes' yaw and pitch (up)."""
        s = self._seed
        number, since = latest_event(s, _S_GLANCE, t_s, GLANCE_CELL_S)
        before, now = self._place(number - 1), self._place(number)
        amplitude = math.hypot(now[0] - before[0], now[1] - before[1])
        jump = ease(since / (0.02 + 0.0022 * amplitude))
        follow = ease((since - gaze.LEAD_S) / HEAD_TURN_S)
        old_head, new_head = gaze.head_part(*before), gaze.head_part(*now)
        head_yaw = old_head[0] + (new_head[0] - old_head[0]) * follow + 1.6 * wander(s, _S_SWAY + 3, t_s, 2.7)
        head_pitch = old_head[1] + (new_head[1] - old_head[1]) * follow + 1.1 * wander(s, _S_SWAY + 4, t_s, 2.3)
        roll = 1.4 * wander(s, _S_SWAY + 5, t_s, 4.1)
        fix, fixed_for = latest_event(s, _S_FIX, t_s, FIXATION_CELL_S)
        small = ease(fixed_for / 0.024)
        look = []
        for axis, stream in ((0, _S_FIX_X), (1, _S_FIX_Y)):
            a, b = (2.0 * uniform(s, stream, n) - 1.0 for n in (fix - 1, fix))
            look.append(before[axis] + (now[axis] - before[axis]) * jump + MICRO_DEG[axis] * (a + (b - a) * small))
        # the eyes hold the target while the head moves: they do what the head has not done
        yaw, pitch = gaze.clamp_eyes(look[0] - head_yaw, look[1] - head_pitch)
        n = gaze.NECK_SHARE
        angles[JOINT["neck"]] += (head_yaw * n, -head_pitch * n, roll * 0.4)
        angles[JOINT["head"]] += (head_yaw * (1 - n), -head_pitch * (1 - n), roll * 0.6)
        angles[JOINT["leftEye"]] = angles[JOINT["rightEye"]] = (yaw, -pitch, 0.0)
        return yaw, pitch

    def _place(self, number: int) -> tuple[float, float]:
        return self._places[int(uniform(self._seed, _S_WHERE, number) * len(self._places))]

    def _shown(self, t_s: float) -> tuple[tuple[str, float], ...]:
        """The stance, or the two between which the arms are, each with its share."""
        s = self._seed
        number, since = latest_event(s, _S_STANCE, t_s, STANCE_CELL_S)
        a, b = (_STANCES[int(uniform(s, _S_WHICH, n) * len(_STANCES))] for n in (number - 1, number))
        share = 1.0 if a == b else ease(since / STANCE_MOVE_S)
        return ((a, 1.0 - share), (b, share)) if share < 1.0 else ((b, 1.0),)

    def _hands(self, shown: tuple[tuple[str, float], ...], t_s: float) -> np.ndarray:
        """(2, 3): fingers that hold the other hand, or hang; never quite still."""
        holding = sum(part for name, part in shown if name in FOLDED)
        held = ease(2.0 * holding - 1.0)  # let go before the hands part, taken hold of once they are there
        loose = 0.5 + 0.5 * wander(self._seed, _S_SWAY + 20, t_s, 6.1)
        rows = []
        for part in (loose, 1.0 - loose):
            part *= HELD_LOOSE
            rows.append((_FOLDED_HAND, 0, held * part + (1.0 - held) * (1.0 - HELD_LOOSE + part)))
        return np.array(rows, np.float32)

    def _arms(self, shown: tuple[tuple[str, float], ...], t_s: float, breath: float, trunk: np.ndarray) -> np.ndarray:
        last, share = shown[-1]
        arms = self._stances[last]
        if share < 1.0:
            arms = qn.nlerp(self._stances[shown[0][0]], arms, np.float32(share))
        small = np.zeros((8, 3))
        for name, part in shown:
            small += part * (self._folded_sway(name, t_s, breath) if name in FOLDED else self._free_sway(t_s, breath))
        turn = np.concatenate([0.5 * small, np.ones((8, 1))], 1)
        turn /= np.sqrt((turn * turn).sum(1, keepdims=True))
        arms = qn.multiply(arms, turn).astype(np.float32)
        hanging = sum(part for name, part in shown if name not in FOLDED)
        if hanging:  # arms hang from a leaning trunk as a plumb line does
            upright = _tilt_back(trunk, hanging)
            for upper in (1, 5):
                arms[upper] = times(upright, arms[upper].tolist())
        return arms

    def _folded_sway(self, name: str, t_s: float, breath: float) -> np.ndarray:
        """(8, 3) small rotations: hands that lie on each other move together."""
        s = self._seed
        moved = [size * wander(s, _S_SWAY + 6 + i, t_s, 3.9 + 0.3 * i) for i, size in enumerate(FOLDED_SWAY_M)]
        moved[1] += FOLDED_BREATH_M * breath
        return np.einsum("k,kij->ij", (*moved, SHRUG_DEG * breath), self._together[name])

    def _free_sway(self, t_s: float, breath: float) -> np.ndarray:
        """(8, 3) small rotations of arms that hang: each its own."""
        s, out = self._seed, np.zeros((2, 4, 3))
        for i in range(2):
            yaw = 2.0 * wander(s, _S_SWAY + 6 + i, t_s, 3.9 + 0.3 * i)
            out[i, 2:] = (1.6 * wander(s, _S_SWAY + 12 + i, t_s, 4.7), yaw, 0.0)
            out[i, 0, 2] = (1.0 - 2.0 * i) * SHRUG_DEG * breath
        return np.radians(out).reshape(8, 3)

    def _face(self, weights: np.ndarray, t_s: float) -> None:
        s = self._seed
        smile = 0.50 + 0.10 * wander(s, _S_SWAY + 30, t_s, 5.7)
        brow = 0.06 + max(0.0, wander(s, _S_SWAY + 31, t_s, 3.1) - 0.35) * 0.3
        squint = 0.07 + 0.04 * wander(s, _S_SWAY + 32, t_s, 4.4)
        press = max(0.0, wander(s, _S_SWAY + 33, t_s, 6.2) - 0.6) * 0.4
        for name, value in (
            ("mouthSmileLeft", smile), ("mouthSmileRight", smile * 0.94), ("browInnerUp", brow),
            ("browOuterUpLeft", brow), ("browOuterUpRight", brow * 0.8), ("eyeSquintLeft", squint),
            ("eyeSquintRight", squint), ("mouthPressLeft", press), ("mouthPressRight", press),
        ):
            weights[INDEX[name]] = max(0.0, value)
