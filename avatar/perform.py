"""A spoken sentence becomes a performance: lips, face, head, eyes, arms and hands on one 100 Hz grid.

The sentence: lips from the phones; stress and phrases from the sound; a mood with a course; brows and head on the stress,
nods on phrase ends; eyes between camera, product and chat; arms from the marks, beats on content words; after a question
she listens; influence ramps at both ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assets.scene import Mark
from avatar import gaze, gestures
from avatar import quaternions as qn
from avatar.expression import add_brows, add_mood, minimum_jerk
from avatar.face import ARKIT
from avatar.lipsync import mouth_curves
from avatar.noise import uniform, wanders
from avatar.performance import Performance
from avatar.pose import HZ, JOINTS
from avatar.prosody import Phrase, ending, is_content, phrases, stressed_words
from avatar.skeleton import ARMS, DEFAULT_TARGETS, JOINT, REST_M, to_body
from avatar.speech import GestureMark, Speech, Utterance, Word
from avatar.style import Style, style_of

RAMP_S = 0.65  # cross-fade with the idle body: arms may come up from hanging within it, and must not be thrown
FACE_RAMP_S = 0.08  # the mouth must be there for the first phone
FACE_LEAVE_S = 0.3
TAIL_S = 0.6  # arms settle after the last sound
LISTEN_S = 1.8  # a question's raised brows, tilted head and lean stay that long
LISTEN_TILT_DEG, LISTEN_LEAN_DEG = 4.0, 2.5
STRESS_NOD_DEG = 2.6
GLANCE_EVERY_S = (2.0, 4.5)  # a speaker's eyes leave the viewer about this often, for half a second
PRODUCT_EVERY_S = 5.0  # one look at what is spoken of in so many seconds
PRODUCT_LOOK_S = (0.7, 1.2)
PARTNER_LOOK_S, PARTNER_CHANCE = 0.8, 0.6  # who shares the stage looks at the other when a turn begins, and at a question's end
OPENS_FROM_S, OPENS_LEFT_S = 3.5, 1.6  # a sentence that long may open the hands by itself, with so much of it to come
CHAT_LOOK_S = 0.9  # an answer begins with a look at where the question stands
_EYES = [JOINT["leftEye"], JOINT["rightEye"]]
_CHEST = [JOINT["chest"], JOINT["upperChest"]]


def perform(speech: Speech, utterance: Utterance, *, visemes: NDArray,
            targets: Mapping[str, tuple[float, float, float]], mark: Mark, seed: int,
            rest_m: NDArray = REST_M, style: str = "calm", sweep_m: float = 0.0) -> Performance:
    """How one body says one sentence, or a clause of one. visemes: (15, 52); targets: points of the world, metres, by name
    ("camera", "product", "chat", "partner"; a missing one is straight ahead or to the side); mark: where the body stands;
    seed: the same sentence with another seed moves otherwise; rest_m: (16, 3) joints of the body at rest; style: the
    market's gesture_style; sweep_m: how far the corners of the product reach that turns at targets["product"].
    """
    mouth = mouth_curves(speech, visemes)
    manner, parts, end = style_of(style), phrases(speech.words), ending(speech.words, utterance.text)
    tail_s = LISTEN_S if end == "?" else TAIL_S
    n = max(len(mouth), int(np.ceil((speech.duration_s + tail_s) * HZ))) + 1
    points = {name: np.array(p, np.float64) for name, p in DEFAULT_TARGETS.items()}
    points.update({name: to_body(p, mark) for name, p in targets.items()})
    stressed = stressed_words(speech)
    marks = utterance.marks or unasked(speech, stressed, manner, seed)
    plan = gestures.plan(marks, speech.words, speech.duration_s, points, rest_m, manner.size, seed, sweep_m)
    plan = replace(plan, looks=(*plan.looks, *_triads(utterance, speech, parts, plan, points, seed)),
                   nods=(*plan.nods, *_phrase_nods(parts, end, manner, plan, seed)))
    strokes = (*beats(stressed, plan.strokes, seed, manner, rest_m), *plan.strokes)
    n = max(n, *(int(gestures.back_s(s) * HZ) + 2 for s in strokes)) if strokes else n
    weights = np.zeros((n, len(ARKIT)), np.float32)
    weights[: len(mouth)] = mouth
    add_mood(weights, utterance.mood, parts, end)
    add_brows(weights, stressed, parts, end, seed)
    joints = np.zeros((n, len(JOINTS), 4), np.float32)
    joints[..., 3] = 1.0
    turn_head(joints, weights, plan, stressed, gaze.angles_to(points["camera"]), seed, manner,
              parts[-1] if end == "?" and parts else None)
    joints[:, ARMS], hands = gestures.arm_curves(strokes, n, rest_m)
    hold = next(((s.apex_s, s.release_s, ("left", "right")[s.side]) for s in plan.strokes if s.holds), None)
    shown = influence(n, speech.duration_s, LISTEN_S if end == "?" else 0.0)
    return Performance(np.clip(weights, 0, 1), joints, hands, shown, hold)


def beats(stressed: Sequence[Word], strokes: Sequence[gestures.Stroke], seed: int, style: Style,
          rest_m: NDArray = REST_M) -> list[gestures.Stroke]:
    """Small lifts of one hand or of both on stressed content words, where no marked gesture is under way, not too many."""
    out: list[gestures.Stroke] = []
    last = -10.0
    for i, word in enumerate(w for w in stressed if is_content(w.text)):
        lift = gestures.beat(word.start_s + 0.08, uniform(seed, 7001, i) >= 0.6, style.size, rest_m)
        busy = any(gestures.overlap(one, s) for one in lift for s in strokes)
        if not busy and lift[0].start_s - last > 1 / style.beats_per_s * (0.6 + 0.8 * uniform(seed, 7002, i)):
            out += lift
            last = lift[0].start_s
    return out


def unasked(speech: Speech, stressed: Sequence[Word], style: Style, seed: int) -> tuple[GestureMark, ...]:
    """What hands do by themselves in a long sentence without a mark: now and then, as the style has it, they open on a
    stressed content word of its first two thirds."""
    if speech.duration_s < OPENS_FROM_S or uniform(seed, 7018, 0) >= style.open_hands:
        return ()
    last_s = min(speech.duration_s * 0.67, speech.duration_s - OPENS_LEFT_S)
    words = [w for w in stressed if is_content(w.text) and 0.6 < w.start_s < last_s]
    if not words:
        return ()
    return (GestureMark("open", speech.words.index(words[int(uniform(seed, 7019, 0) * len(words))])),)


def _phrase_nods(parts: Sequence[Phrase], end: str, style: Style, plan: gestures.Plan, seed: int) -> list[gestures.Nod]:
    """A dip with a phrase's last syllable, deeper at the end of a statement; a question ends with the head up."""
    out: list[gestures.Nod] = []
    for i, part in enumerate(parts):
        final = part.last and end in (".", "!")
        if (part.last and end == "?") or not (final or uniform(seed, 7011, i) < style.nod_chance):
            continue
        apex = part.end_s - 0.08
        if not any(abs(nod.apex_s - apex) < 0.7 for nod in (*plan.nods, *out)):
            out.append(gestures.Nod(apex, style.nod_deg * (1.3 if final else 0.8) * (0.8 + 0.4 * uniform(seed, 7012, i))))
    return out


def _triads(utterance: Utterance, speech: Speech, parts: Sequence[Phrase], plan: gestures.Plan,
            points: Mapping[str, NDArray], seed: int) -> list[gestures.Look]:
    """Eyes between camera, product and chat: at the chat first when a question is answered, at the product between
    phrases while it is spoken of, always back at the camera before the end."""
    out: list[gestures.Look] = []

    def add(at: float, length: float, target: str) -> None:
        free = not any(k.start_s - 0.4 < at + length and at < k.end_s + 0.4 for k in (*plan.looks, *out))
        if free and at + length < speech.duration_s - 0.4:
            out.append(gestures.Look(at, at + length, *gaze.angles_to(points[target])))

    if utterance.question_id is not None and _begins(speech.words, utterance.text):
        add(0.05, CHAT_LOOK_S, "chat")
    elif "partner" in points and _begins(speech.words, utterance.text) and uniform(seed, 7017, 0) < PARTNER_CHANCE:
        add(0.05, PARTNER_LOOK_S, "partner")
    if utterance.product is not None:
        next_s = 1.2 + PRODUCT_EVERY_S * 0.5 * uniform(seed, 7013, 0)
        for i, part in enumerate(parts):
            if part.start_s >= next_s or (len(parts) == 1 and speech.duration_s > PRODUCT_EVERY_S):
                low, high = PRODUCT_LOOK_S
                add(max(part.start_s, next_s), low + (high - low) * uniform(seed, 7014, i), "product")
                next_s = part.start_s + PRODUCT_EVERY_S * (0.7 + 0.6 * uniform(seed, 7015, i))
    return out


def turn_head(joints: NDArray, weights: NDArray, plan: gestures.Plan, stressed: Sequence[Word], camera: tuple[float, float],
              seed: int, style: Style, asks: Phrase | None) -> None:
    """In place: gaze (eyes first, head after), nods, small drift, trunk leaning along; the lids go with the eyes.

    asks: the last phrase of a question: the head tilts, the trunk leans towards who is asked, and both stay to listen.
    """
    n = len(joints)
    t = np.arange(n) / HZ
    looks = sorted((*plan.looks, *_glances(plan, camera, t[-1], seed)), key=lambda k: k.start_s)
    want, head = (_follow(looks, camera, t, delay, speed) for delay, speed in ((0.0, 0.05), (gaze.LEAD_S, 0.5)))
    part = gaze.head_parts(head)
    drift = _drift(seed, t) * style.drift
    lean = np.zeros(n)
    if asks is not None:
        heed = minimum_jerk((t - max(asks.start_s, asks.end_s - 1.0)) / 0.8)
        drift[:, 2] += (1.0 if uniform(seed, 7016, 0) < 0.5 else -1.0) * LISTEN_TILT_DEG * heed
        lean = LISTEN_LEAN_DEG * heed
    dip = np.zeros(n)
    for nod in plan.nods:
        dip += nod.depth_deg * _bump(t, nod.apex_s, gestures.NOD_S)
        dip -= 0.4 * nod.depth_deg * _bump(t, nod.apex_s + 0.3, gestures.NOD_S)
    for i, word in enumerate(stressed):
        dip += STRESS_NOD_DEG * (0.6 + 0.8 * uniform(seed, 7005, i)) * _bump(t, word.start_s + 0.1, 0.4)
    yaw, pitch = part[:, 0] + drift[:, 0], -part[:, 1] + drift[:, 1] + dip
    angles = np.stack([yaw, pitch, drift[:, 2]], 1)
    trunk = np.stack([yaw * 0.1, dip * 0.12 + lean, drift[:, 2] * 0.3], 1)
    joints[:, _CHEST] = qn.from_euler_deg(trunk)[:, None]
    # neck and head do what the chest has not done, so that a look goes where it should; nods and tilts are hers as a whole
    above = angles - len(_CHEST) * np.stack([trunk[:, 0], lean, np.zeros(n)], 1)
    joints[:, JOINT["neck"]] = qn.from_euler_deg(above * gaze.NECK_SHARE)
    joints[:, JOINT["head"]] = qn.from_euler_deg(above * (1 - gaze.NECK_SHARE))
    eyes = np.clip(_from_head(joints, want), -np.array(gaze.EYE_LIMIT_DEG), np.array(gaze.EYE_LIMIT_DEG))
    joints[:, _EYES] = qn.from_euler_deg(np.stack([eyes[:, 0], -eyes[:, 1], np.zeros(n)], 1))[:, None]
    gaze.set_lids_of(weights, eyes)


def _from_head(joints: NDArray, look_deg: NDArray) -> NDArray:
    """(n, 2) yaw and pitch of directions as the head sees them that chest and neck have turned, nodded and tilted."""
    turned = joints[:, JOINT["chest"]]
    for name in ("upperChest", "neck", "head"):
        turned = qn.multiply(turned, joints[:, JOINT[name]])
    yaw, pitch = np.radians(look_deg).T
    way = np.stack([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)], 1)
    x, y, z = qn.rotate(turned * np.array([-1, -1, -1, 1]), way).T
    return np.degrees(np.stack([np.arctan2(x, z), np.arctan2(y, np.hypot(x, z))], 1))


def _begins(words: Sequence[Word], text: str) -> bool:
    """Whether these words begin the sentence, not a later clause of it."""
    said, whole = ("".join(c for c in x if c.isalnum()) for x in ("".join(w.text for w in words), text))
    return bool(said) and whole.startswith(said[:12])


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
        on = minimum_jerk((t - look.start_s - delay_s) / move_s)
        off = minimum_jerk((t - look.end_s - delay_s) / move_s)
        amount = (on * (1.0 - off))[:, None]
        out = out * (1.0 - amount) + np.array([look.yaw_deg, look.pitch_deg]) * amount
    return out


def _drift(seed: int, t: NDArray) -> NDArray:
    """(n, 3) yaw, pitch, roll in degrees: the head of someone who talks is never still."""
    return np.stack([size * wanders(seed, 7020 + i, t, period)
                     for i, (size, period) in enumerate(((3.2, 1.1), (1.8, 0.9), (2.4, 1.6)))], 1)


def _bump(t: NDArray, apex_s: float, width_s: float) -> NDArray:
    """A smooth hill of height 1, width_s wide."""
    x = np.clip((t - apex_s) / width_s, -0.5, 0.5)
    return np.cos(np.pi * x) ** 2


def influence(n: int, speech_s: float, listen_s: float = 0.0) -> NDArray:
    """(n, 3) for face, joints and hands: 0 in first and last row, 1 in between; the face lets go after the sound, or when
    she has listened for listen_s."""
    t = np.arange(n) / HZ
    end = (n - 1) / HZ
    ramp = min(RAMP_S, end / 2)
    body = minimum_jerk(t / ramp) * minimum_jerk((end - t) / ramp)
    face_end = min(end, speech_s + max(0.15, listen_s - 0.2) + FACE_LEAVE_S)
    face = minimum_jerk(t / FACE_RAMP_S) * minimum_jerk((face_end - t) / FACE_LEAVE_S)
    return np.stack([face, body, body], 1).astype(np.float32)
