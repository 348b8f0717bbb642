"""From what the face reader says to what the performer does: the neutral face taken out, each channel's reach restored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.capture.captured import Captured
from avatar.face import ARKIT, INDEX
from avatar.gaze import LOOK_FULL_DEG

CALIBRATION_S = 2.0
MIN_READINGS = 12
MOST_MOVING = 0.12  # spread of a channel above which the face was not at rest
REST_LIMIT = 0.6  # a resting channel above this is an expression, and only this much is taken out
# What the reader gives for a full movement (measured on rendered faces, docs/FACE.md, where a channel's reading stays low).
REACH: dict[str, float] = {
    "mouthFunnel": 0.45, "browDownLeft": 0.55, "browDownRight": 0.55, "mouthFrownLeft": 0.5, "mouthFrownRight": 0.5,
    "mouthStretchLeft": 0.6, "mouthStretchRight": 0.6, "jawOpen": 0.85, "eyeBlinkLeft": 0.75, "eyeBlinkRight": 0.75,
}
_LEFT, _RIGHT = "Left", "Right"


@dataclass(frozen=True, slots=True)
class Reading:
    """One face in one picture. weights: (52,) 0..1 as read; turn: (3, 3) rotation of the head before the camera, axes x to the
    picture's right, y up, z to the camera; place_m: (3,) of the head in the same axes; centre: (2,) in the picture, 0..1."""

    weights: NDArray
    turn: NDArray
    place_m: NDArray
    centre: tuple[float, float]


class CalibrationError(ValueError):
    """The neutral face could not be had; one sentence."""


@dataclass(frozen=True, slots=True)
class Neutral:
    """weights: (52,) of the resting face; turn: (3, 3); place_m: (3,)."""

    weights: NDArray
    turn: NDArray
    place_m: NDArray

    def captured(self, reading: Reading) -> Captured:
        """What the performer does, against the neutral look."""
        rest = np.minimum(self.weights, REST_LIMIT)
        weights = np.clip((reading.weights - rest) / (_REACH * (1.0 - rest)), 0.0, 1.0)
        eyes = gaze_deg(reading.weights) - gaze_deg(self.weights)
        moved = self.turn.T @ (reading.place_m - self.place_m)
        return Captured(weights, euler_deg(self.turn.T @ reading.turn), eyes, moved[[0, 2]])


def neutral_of(readings: list[Reading]) -> Neutral:
    """From the readings of CALIBRATION_S seconds of a still face. Raises CalibrationError."""
    if len(readings) < MIN_READINGS:
        raise CalibrationError(f"the face was seen in {len(readings)} pictures only; stay before the camera, in the light")
    weights = np.array([r.weights for r in readings])
    still = [i for i, name in enumerate(ARKIT) if name.startswith(("jawOpen", "mouth", "brow"))]
    spread = np.subtract(*np.percentile(weights[:, still], (85, 15), axis=0))
    if spread.max() > MOST_MOVING:
        raise CalibrationError(f"the face moved ({ARKIT[still[int(spread.argmax())]]}); look into the camera for "
                               f"{CALIBRATION_S:.0f} seconds with the mouth closed")
    turns = np.array([r.turn for r in readings])
    u, _, vt = np.linalg.svd(turns.mean(0))  # the nearest rotation to the mean
    return Neutral(np.median(weights, axis=0), u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt,
                   np.median([r.place_m for r in readings], axis=0))


def euler_deg(turn: NDArray) -> NDArray:
    """(3,) yaw to the performer's left, pitch down, roll of a (3, 3) rotation, in the order of quaternions.from_euler_deg."""
    return np.degrees([np.arctan2(turn[0, 2], turn[2, 2]), np.arcsin(np.clip(-turn[1, 2], -1, 1)),
                       np.arctan2(turn[1, 0], turn[1, 1])])


def gaze_deg(weights: NDArray) -> NDArray:
    """(2,) yaw to the performer's left and pitch up within the head, from the eyeLook channels."""
    def of(name: str, side: str) -> float:
        return float(weights[INDEX[f"eyeLook{name}{side}"]])

    yaw = (of("Out", _LEFT) - of("In", _LEFT) + of("In", _RIGHT) - of("Out", _RIGHT)) / 2
    pitch = sum(of("Up", s) - of("Down", s) for s in (_LEFT, _RIGHT)) / 2
    return np.array([yaw, pitch]) * LOOK_FULL_DEG


_REACH = np.array([REACH.get(name, 1.0) for name in ARKIT])


class Smoother:
    """One-Euro filter (Casiez, Roussel, Vogel 2012) per channel: still when the face is still, quick when it is quick."""

    def __init__(self, cutoff_hz: float, speed: float, slope_cutoff_hz: float = 1.0) -> None:
        """cutoff_hz: of a still signal; speed: Hz more for each unit a second."""
        self._cutoff_hz, self._speed, self._slope_hz = cutoff_hz, speed, slope_cutoff_hz
        self._last: tuple[float, NDArray, NDArray] | None = None

    def __call__(self, t_s: float, value: NDArray) -> NDArray:
        """The value at t_s, later than the one before."""
        if self._last is None or t_s - self._last[0] > 1.0 or t_s <= self._last[0]:
            self._last = (t_s, np.asarray(value, np.float64), np.zeros_like(value, np.float64))
            return self._last[1]
        before_s, smooth, slope = self._last
        dt = t_s - before_s
        slope = slope + _part(self._slope_hz, dt) * ((value - smooth) / dt - slope)
        smooth = smooth + _part(self._cutoff_hz + self._speed * np.abs(slope), dt) * (value - smooth)
        self._last = (t_s, smooth, slope)
        return smooth


def _part(cutoff_hz: float | NDArray, dt_s: float) -> NDArray:
    """Share of the new value in a first-order low pass."""
    x = 2 * np.pi * np.asarray(cutoff_hz) * dt_s
    return np.asarray(x / (x + 1))


CLOSED, OPEN = 0.6, 0.35  # a lid closes above the first, opens below the second
WINK = 0.5  # a difference that stays this large is meant


class Lids:
    """Blinks that close all the way, both eyes together, and no flutter between open and shut."""

    def __init__(self) -> None:
        self._shut = [False, False]

    def __call__(self, weights: NDArray) -> NDArray:
        """(52,) with the lids decided."""
        out = weights.copy()
        pair = [INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]
        lids = out[pair]
        if abs(lids[0] - lids[1]) < WINK:
            lids[:] = lids.mean()
        for side in range(2):
            self._shut[side] = lids[side] > (OPEN if self._shut[side] else CLOSED)
            out[pair[side]] = 1.0 if self._shut[side] else min(1.0, lids[side] * 0.8)
        return out


class Smoothed:
    """The filters of one performer: lids, then face, head, eyes and lean, each at its own speed."""

    def __init__(self) -> None:
        self._lids = Lids()
        self._face, self._head = Smoother(4.0, 6.0), Smoother(1.2, 0.08)
        self._eyes, self._lean = Smoother(2.5, 0.15), Smoother(0.8, 2.0)

    def __call__(self, t_s: float, seen: Captured) -> Captured:
        """The row to send."""
        face = np.clip(self._face(t_s, seen.weights), 0.0, 1.0)
        lids = self._lids(seen.weights)
        blinks = [INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]
        face[blinks] = lids[blinks]
        return Captured(face, self._head(t_s, seen.head_deg), self._eyes(t_s, seen.eyes_deg),
                        self._lean(t_s, seen.lean_m), seen.whole)


def nearest(readings: list[Reading], before: tuple[float, float] | None) -> Reading | None:
    """Whose face it is when several are seen: the one nearest to where it was; at first the one nearest to the middle."""
    x, y = before or (0.5, 0.5)
    return min(readings, key=lambda r: (r.centre[0] - x) ** 2 + (r.centre[1] - y) ** 2, default=None)


__all__ = ["CALIBRATION_S", "CalibrationError", "Lids", "Neutral", "Reading", "Smoothed", "Smoother", "euler_deg", "gaze_deg",
           "nearest", "neutral_of"]
