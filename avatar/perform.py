"""A spoken sentence becomes a performance: lips, face, head, eyes, arms and hands on one 100 Hz grid.

The sentence: lips from the phones; stress from the sound; brows and head on the stress; eyes and arms from the marks;
a smile from the mood; influence ramps at both ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assets.scene import Mark
from avatar import gaze, gestures
from avatar import quaternions as qn
from avatar.face import ARKIT, INDEX
from avatar.lipsync import mouth_curves
from avatar.noise import uniform, wander
from avatar.performance import Performance
from avatar.pose import HZ, JOINTS
from avatar.skeleton import ARMS, DEFAULT_TARGETS, JOINT, REST_M, to_body
from avatar.speech import RATE_HZ, Speech, Utterance, Word

RAMP_S = 0.5  # cross-fade with the idle body: arms may come up from hanging within it, and must not be thrown
FACE_RAMP_S = 0.08  # the mouth must be there for the first phone
FACE_LEAVE_S = 0.3
TAIL_S = 0.6  # arms settle after the last sound
SMILES = {"neutral": 0.15, "warm": 0.36, "happy": 0.55, "serious": 0.0}
FLASH_S = (0.12, 0.08, 0.22)  # brows: up, stay, down
STRESS_NOD_DEG = 2.6
MAX_BEATS_PER_S = 0.45
GLANCE_EVERY_S = (2.0, 4.5)  # a speaker's eyes leave the viewer about this often, for half a second
SHAPED = [INDEX["mouthFunnel"], INDEX["mouthPucker"], INDEX["mouthRollLower"], INDEX["mouthRollUpper"]]
_EYES = [JOINT["leftEye"], JOINT["rightEye"]]


def perform(speech: Speech, utterance: Utterance, *, visemes: NDArray,
            targets: Mapping[str, tuple[float, float, float]], mark: Mark, seed: int,
            rest_m: NDArray = REST_M) -> Performance:
    """How one body says one sentence. visemes: (15, 52); targets: points of the world, metres, by name
    ("camera", "product", "chat"; a missing one is straight ahead or to the side); mark: where the body stands;
    seed: the same sentence with another seed moves otherwise; rest_m: (16, 3) joints of the body at rest.
    """
    mouth = mouth_curves(speech, visemes)
    n = max(len(mouth), int(np.ceil((speech.duration_s + TAIL_S) * HZ))) + 1
    points = {name: np.array(p, np.float64) for name, p in DEFAULT_TARGETS.items()}
    points.update({name: to_body(p, mark) for name, p in targets.items()})
    stressed = stressed_words(speech)
    plan = gestures.plan(utterance.marks, speech.words, speech.duration_s, points, rest_m)
    strokes = (*beats(stressed, plan.strokes, seed), *plan.strokes)
    n = max(n, *(int(s.end_s * HZ) + 2 for s in strokes)) if strokes else n
    weights = np.zeros((n, len(ARKIT)), np.float32)
    weights[: len(mouth)] = mouth
    add_mood(weights, utterance.mood)
    add_brows(weights, stressed, seed)
    joints = np.zeros((n, len(JOINTS), 4), np.float32)
    joints[..., 3] = 1.0
    turn_head(joints, weights, plan, stressed, gaze.angles_to(points["camera"]), seed)
    joints[:, ARMS], hands = gestures.arm_curves(strokes, n)
    return Performance(np.clip(weights, 0, 1), joints, hands, influence(n, speech.duration_s))


def stressed_words(speech: Speech, share: float = 0.3) -> list[Word]:
    """The loudest words for their length, about `share` of them: where brows, head and hands go along."""
    if not speech.words:
        return []
    levels = []
    for word in speech.words:
        part = speech.pcm[int(word.start_s * RATE_HZ) : int(word.end_s * RATE_HZ)].astype(np.float32)
        levels.append(float(np.sqrt((part**2).mean())) * (word.end_s - word.start_s) ** 0.5 if len(part) else 0.0)
    count = max(1, round(share * len(levels)))
    floor = sorted(levels)[-count]
    return [w for w, level in zip(speech.words, levels, strict=True) if level >= floor][:count]


def beats(stressed: Sequence[Word], strokes: Sequence[gestures.Stroke], seed: int) -> list[gestures.Stroke]:
    """Small forearm lifts on stressed words, where no marked gesture is under way, not too many."""
    out: list[gestures.Stroke] = []
    last = -10.0
    for i, word in enumerate(stressed):
        side = int(uniform(seed, 7001, i) < 0.6)
        stroke = gestures.beat(word.start_s + 0.08, side)
        busy = any(s.side == side and stroke.start_s < s.end_s and s.start_s < stroke.end_s for s in strokes)
        if not busy and stroke.start_s - last > 1 / MAX_BEATS_PER_S * (0.6 + 0.8 * uniform(seed, 7002, i)):
            out.append(stroke)
            last = stroke.start_s
    return out


def add_mood(weights: NDArray, mood: str) -> None:
    """In place: the smile that goes with the words, less where the lips are busy; a serious face lowers its brows."""
    smile = SMILES.get(mood, SMILES["neutral"])
    busy = np.clip(weights[:, SHAPED].max(1), 0.0, 1.0)
    amount = smile * (1.0 - 0.7 * busy)
    weights[:, INDEX["mouthSmileLeft"]] += amount
    weights[:, INDEX["mouthSmileRight"]] += amount * 0.94
    for side in ("Left", "Right"):
        weights[:, INDEX["cheekSquint" + side]] += smile * 0.6
        weights[:, INDEX["eyeSquint" + side]] += 0.03 + smile * 0.35
        if mood == "serious":
            weights[:, INDEX["browDown" + side]] += 0.15


def add_brows(weights: NDArray, stressed: Sequence[Word], seed: int) -> None:
    """In place: a brow flash on stressed words and a slow wander between."""
    t = np.arange(len(weights)) / HZ
    up, stay, down = FLASH_S
    lift = np.zeros(len(weights), np.float32)
    for i, word in enumerate(stressed):
        size = 0.18 + 0.2 * uniform(seed, 7003, i)
        start = word.start_s - 0.05
        rise = gestures.minimum_jerk((t - start) / up)
        fall = gestures.minimum_jerk((t - start - up - stay) / down)
        lift = np.maximum(lift, size * rise * (1.0 - fall)).astype(np.float32)
    coarse = np.array([max(0.0, wander(seed, 7004, float(x), 1.7)) * 0.08 for x in t[::10]], np.float32)
    lift += np.interp(t, t[::10], coarse).astype(np.float32)
    weights[:, INDEX["browInnerUp"]] += lift * 0.6
    weights[:, INDEX["browOuterUpLeft"]] += lift
    weights[:, INDEX["browOuterUpRight"]] += lift * 0.85


def turn_head(joints: NDArray, weights: NDArray, plan: gestures.Plan, stressed: Sequence[Word],
              camera: tuple[float, float], seed: int) -> None:
    """In place: gaze (eyes first, head after), nods, small drift, trunk leaning along; the lids go with the eyes."""
    n = len(joints)
    t = np.arange(n) / HZ
    looks = sorted((*plan.looks, *_glances(plan, camera, t[-1], seed)), key=lambda k: k.start_s)
    want, head = (_follow(looks, camera, t, delay, speed) for delay, speed in ((0.0, 0.05), (gaze.LEAD_S, 0.5)))
    part = np.array([gaze.head_part(*row) for row in head[::5]], np.float32)
    part = np.stack([np.interp(t, t[::5], part[:, i]) for i in range(2)], 1)
    drift = _drift(seed, t)
    dip = np.zeros(n)
    for nod in plan.nods:
        dip += nod.depth_deg * _bump(t, nod.apex_s, gestures.NOD_S)
        dip -= 0.4 * nod.depth_deg * _bump(t, nod.apex_s + 0.3, gestures.NOD_S)
    for i, word in enumerate(stressed):
        dip += STRESS_NOD_DEG * (0.6 + 0.8 * uniform(seed, 7005, i)) * _bump(t, word.start_s + 0.1, 0.4)
    yaw, pitch = part[:, 0] + drift[:, 0], -part[:, 1] + drift[:, 1] + dip
    angles = np.stack([yaw, pitch, drift[:, 2]], 1)
    joints[:, JOINT["neck"]] = qn.from_euler_deg(angles * gaze.NECK_SHARE)
    joints[:, JOINT["head"]] = qn.from_euler_deg(angles * (1 - gaze.NECK_SHARE))
    trunk = np.stack([yaw * 0.1, dip * 0.12, drift[:, 2] * 0.3], 1)
    joints[:, JOINT["chest"]] = joints[:, JOINT["upperChest"]] = qn.from_euler_deg(trunk)
    limit = np.array(gaze.EYE_LIMIT_DEG)
    eyes = np.clip(want - np.stack([yaw, -pitch], 1), -limit, limit)
    joints[:, _EYES] = qn.from_euler_deg(np.stack([eyes[:, 0], -eyes[:, 1], np.zeros(n)], 1))[:, None]
    for row, (x, y) in zip(weights, eyes, strict=True):
        gaze.set_lids(row, float(x), float(y))


def _glances(plan: gestures.Plan, camera: tuple[float, float], end_s: float, seed: int) -> list[gestures.Look]:
    """Short looks aside while speaking, never while a marked look is under way."""
    out = []
    at, i = 1.2 + 2.0 * uniform(seed, 7006, 0), 0
    while at < end_s - 0.8:
        i += 1
        yaw = camera[0] + 7.0 * (2.0 * uniform(seed, 7007, i) - 1.0)
        pitch = camera[1] + 5.0 * (uniform(seed, 7008, i) - 0.6)
        length = 0.25 + 0.4 * uniform(seed, 7009, i)
        if not any(k.start_s - 0.3 < at + length and at < k.end_s + 0.3 for k in plan.looks):
            out.append(gestures.Look(at, at + length, yaw, pitch))
        at += GLANCE_EVERY_S[0] + (GLANCE_EVERY_S[1] - GLANCE_EVERY_S[0]) * uniform(seed, 7010, i)
    return out


def _follow(looks: Sequence[gestures.Look], camera: tuple[float, float], t: NDArray, delay_s: float,
            move_s: float) -> NDArray:
    """(n, 2) yaw and pitch: on the camera, and on each look from delay_s after its start, moving for move_s."""
    out = np.repeat(np.array([camera], np.float64), len(t), axis=0)
    for look in looks:
        on = gestures.minimum_jerk((t - look.start_s - delay_s) / move_s)
        off = gestures.minimum_jerk((t - look.end_s - delay_s) / move_s)
        amount = (on * (1.0 - off))[:, None]
        out = out * (1.0 - amount) + np.array([look.yaw_deg, look.pitch_deg]) * amount
    return out


def _drift(seed: int, t: NDArray) -> NDArray:
    """(n, 3) yaw, pitch, roll in degrees: the head of someone who talks is never still."""
    coarse = t[::8]
    out = [np.interp(t, coarse, [size * wander(seed, 7020 + i, float(x), period) for x in coarse])
           for i, (size, period) in enumerate(((3.2, 1.1), (1.8, 0.9), (2.4, 1.6)))]
    return np.stack(out, 1)


def _bump(t: NDArray, apex_s: float, width_s: float) -> NDArray:
    """A smooth hill of height 1, width_s wide."""
    x = np.clip((t - apex_s) / width_s, -0.5, 0.5)
    return np.cos(np.pi * x) ** 2


def influence(n: int, speech_s: float) -> NDArray:
    """(n, 3) for face, joints and hands: 0 in first and last row, 1 in between; the face lets go after the sound."""
    t = np.arange(n) / HZ
    end = (n - 1) / HZ
    ramp = min(RAMP_S, end / 2)
    body = gestures.minimum_jerk(t / ramp) * gestures.minimum_jerk((end - t) / ramp)
    face_end = min(end, speech_s + 0.15 + FACE_LEAVE_S)
    face = gestures.minimum_jerk(t / FACE_RAMP_S) * gestures.minimum_jerk((face_end - t) / FACE_LEAVE_S)
    return np.stack([face, body, body], 1).astype(np.float32)
