"""Where each bit of a garment lies in the one picture of its folds, seams and weave (avatar.build.fabric_paint paints it)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.build.body import Body
from avatar.build.mesh import Piece, clip, gather, join, keep_faces

# Sheets of the picture: left, low, right, high; a few texels between them, so that small copies do not mix.
SHEETS = {
    "torso": (0.006, 0.406, 0.594, 0.994), "left": (0.606, 0.406, 0.794, 0.994), "right": (0.806, 0.406, 0.994, 0.994),
    "lapels": (0.006, 0.316, 0.780, 0.394), "trim": (0.790, 0.316, 0.994, 0.394),
    "low": (0.006, 0.006, 0.494, 0.304), "front": (0.506, 0.006, 0.934, 0.304),
}
PLAIN_UV = (0.970, 0.150)  # a place without folds: shoes, buttons
# Added to u while building: along a collar, across it; nothing; along a jacket's collar with its lapels, across it.
TRIM, PLAIN, LAPELS = 10.0, 20.0, 30.0
# How much rather cloth, trims, buttons, lapels of a light figure are kept; those of what is worn below a jacket.
LEAN_KEEP = ((1.0, 1.5, 2.2, 1.5), (1.0, 4.0, 3.6, 4.0))
TORSO_Y_M, LOW_Y_M, FRONT_Y_M = (0.74, 1.50), (0.0, 1.06), (0.82, 1.48)  # nominal heights of those sheets
SLEEVE_M, FRONT_X_M = 0.62, 0.20
ARMHOLE_X_M = ((1.10, 1.26, 1.30, 1.40), (0.05, 0.10, 0.143, 0.153))  # heights, and how far out a sleeve is set in
ARMHOLE_SHARE = 0.35  # below the armpit: what hangs on the arm by more is sleeve


@dataclass(frozen=True, slots=True)
class Sleeve:
    """A sleeve as its painter needs it. seam_m: (2, n) angle in degrees, and how far below the shoulder joint the seam
    lies there; elbow_m, end_m: along the arm."""

    seam_m: NDArray
    elbow_m: float
    end_m: float


def trim(p: Piece, columns: int, lapels: bool = False) -> Piece:
    """In place: a strip of `columns` rows of points keeps its own coordinates: along 0..1, across 0..1."""
    n = len(p.positions) // columns
    along = np.tile(np.linspace(0, 1, n), columns)
    p.uvs = np.stack([(LAPELS if lapels else TRIM) + 0.001 + 0.998 * along, np.repeat(np.linspace(0, 1, columns), n)], 1)
    return p


def plain(p: Piece) -> Piece:
    """In place: a part without folds or weave."""
    p.uvs = np.tile([PLAIN + 0.5, 0.5], (len(p.positions), 1))
    return p


def kinds(p: Piece) -> list[Piece]:
    """The piece taken apart: its cloth, its trims, its plain parts; each may be simplified by itself."""
    number = np.floor(p.uvs[:, 0] / 10.0)[p.faces].max(1)
    return [keep_faces(p, number == n) for n in np.unique(number)]


def kind(p: Piece) -> int:
    """0 cloth, 1 trim, 2 plain, 3 a jacket's collar with its lapels: of one of `kinds`."""
    return int(p.uvs[0, 0] // 10)


def mapped(p: Piece, part: str, body: Body) -> Piece:
    """The piece with its place in the picture; sleeves are cut off along their seams, sheets where they wrap round."""
    out: list[Piece] = []
    for some in kinds(p):
        number = kind(some)
        if number == 2:
            some.uvs = np.tile(PLAIN_UV, (len(some.positions), 1))
            out.append(some)
        elif number == 1:
            out.append(_placed(some, some.uvs[:, 0] - TRIM, some.uvs[:, 1], "trim"))
        elif number == 3:
            out.append(_placed(some, some.uvs[:, 0] - LAPELS, some.uvs[:, 1], "lapels"))
        elif part == "top":
            spots = body.nominal(some.positions)
            out.append(_placed(some, (spots[:, 0] / FRONT_X_M + 1) / 2, _share(spots[:, 1], FRONT_Y_M), "front"))
        elif part == "trousers":
            out += [_leg(half, body) for half in _halves(some)]
        else:
            out += _jacket(some, body)
    return join(out)


def sleeves(p: Piece, body: Body) -> dict[str, Sleeve]:
    """What the painter must know of each side's sleeve of an upper garment."""
    out = {}
    shell = next(s for s in kinds(p) if s.uvs[0, 0] < TRIM)
    field = armhole(shell, body)
    arms = clip(shell, field)
    rim = np.abs(armhole(arms, body)) < 2e-3
    for side, sign in (("left", 1.0), ("right", -1.0)):
        mine = arms.positions[:, 0] * sign > 0
        angle, along = around_arm(arms.positions[mine], body, side)
        low = along[rim[mine]] < along.max() * 0.5
        seam = np.stack([angle[rim[mine]][low], along[rim[mine]][low]])
        seam = seam[:, np.argsort(seam[0])]
        elbow = float(np.linalg.norm(body.joint(side + "LowerArm") - body.joint(side + "UpperArm")))
        out[side] = Sleeve(seam, elbow, float(along.max()))
    return out


def armhole(p: Piece, body: Body) -> NDArray:
    """(v,) positive on sleeves, zero at their seams: a nearly upright plane above the armpit, arm or body below."""
    spots = body.nominal(p.positions)
    index = [body.joint_names.index(s + n) for s in ("left", "right") for n in ("UpperArm", "LowerArm", "Hand")]
    share = p.weights[:, index].sum(1)
    beyond = np.abs(spots[:, 0]) - np.interp(spots[:, 1], *ARMHOLE_X_M)
    return np.minimum(beyond, (share - ARMHOLE_SHARE) * 0.08)


def around_arm(points: NDArray, body: Body, side: str) -> tuple[NDArray, NDArray]:
    """Degrees about the arm (0 outward, -90 front, 90 back, +-180 towards the body), metres from the shoulder joint."""
    sign = 1.0 if side == "left" else -1.0
    ends = [body.joint(side + n) for n in ("UpperArm", "LowerArm", "Hand")]
    best, angle, along, before = np.full(len(points), np.inf), np.zeros(len(points)), np.zeros(len(points)), 0.0
    for a, b in ((ends[0], ends[1]), (ends[1], ends[2])):
        length = float(np.linalg.norm(b - a))
        way = (b - a) / length
        t = (points - a) @ way
        t = np.clip(t, -0.1 if before == 0 else 0.0, length if before == 0 else 1.0)
        off = points - a - t[:, None] * way
        far = np.linalg.norm(off, axis=1)
        out = np.array([sign, 0.0, 0.0]) - way * (sign * way[0])
        out /= np.linalg.norm(out)
        front = np.array([0.0, 0.0, 1.0]) - way * way[2]
        front /= np.linalg.norm(front)
        nearer = far < best
        angle = np.where(nearer, np.degrees(np.arctan2(-(off @ front), off @ out)), angle)
        along = np.where(nearer, before + t, along)
        best = np.where(nearer, far, best)
        before += length
    return angle, along


def _jacket(p: Piece, body: Body) -> list[Piece]:
    """Trunk, skirt and both sleeves of an upper garment."""
    field = armhole(p, body)
    trunk, arms = clip(p, -field), clip(p, field)
    middle = body.nominal(trunk.positions)[:, 1][trunk.faces].mean(1)
    out = []
    for some, sheet, span in ((keep_faces(trunk, middle > TORSO_Y_M[0]), "torso", TORSO_Y_M),
                              (keep_faces(trunk, middle <= TORSO_Y_M[0]), "low", LOW_Y_M)):
        if len(some.faces):
            out.append(_round(some, *around_trunk(some, body), sheet, span))
    for half in _halves(arms):
        side = "left" if half.positions[:, 0].mean() > 0 else "right"
        out.append(_round(half, *around_arm(half.positions, body, side), side, (-0.06, SLEEVE_M)))
    return out


def around_trunk(p: Piece, body: Body) -> tuple[NDArray, NDArray]:
    """Degrees about the trunk (0 in front, positive to the body's left), nominal height in metres."""
    spots = body.nominal(p.positions)
    return np.degrees(np.arctan2(spots[:, 0], spots[:, 2] - 0.02)), spots[:, 1]


def _leg(p: Piece, body: Body) -> Piece:
    """One leg; both share a sheet. Degrees about its middle, 0 in front."""
    spots = body.nominal(p.positions)
    sign = np.sign(spots[:, 0].mean())
    middle = 0.085
    angle = np.degrees(np.arctan2(spots[:, 0] * sign - middle, spots[:, 2] - 0.01))
    return _round(p, angle, spots[:, 1], "low", LOW_Y_M)


def _halves(p: Piece) -> list[Piece]:
    left = p.positions[:, 0][p.faces].mean(1) > 0
    return [keep_faces(p, mask) for mask in (left, ~left) if mask.any()]


def _share(values: NDArray, span: tuple[float, float]) -> NDArray:
    return (values - span[0]) / (span[1] - span[0])


def _round(p: Piece, angle_deg: NDArray, along: NDArray, sheet: str, span: tuple[float, float]) -> Piece:
    """A tube unrolled; vertices are doubled where it closes, so that no face runs all the way round."""
    corner = angle_deg[p.faces]
    wraps = np.ptp(corner, axis=1) > 180
    lift = wraps[:, None] & (corner < 0)
    doubled = np.unique(p.faces[lift])
    number = np.zeros(len(p.positions), np.int64)
    number[doubled] = len(p.positions) + np.arange(len(doubled))
    faces = np.where(lift, number[p.faces], p.faces)
    out = gather(p, np.concatenate([np.arange(len(p.positions)), doubled]), faces)
    angle = np.concatenate([angle_deg, angle_deg[doubled] + 360])
    # faces across the seam go up to 10 degrees beyond it; the sheet's ends show the same place
    return _placed(out, (angle + ROUND_DEG) / (2 * ROUND_DEG), _share(np.concatenate([along, along[doubled]]), span), sheet)


ROUND_DEG = 195.0  # half of what a tube's sheet shows: 15 degrees beyond the seam on either side


def _placed(p: Piece, u: NDArray, v: NDArray, sheet: str) -> Piece:
    left, low, right, high = SHEETS[sheet]
    p.uvs = np.stack([left + np.clip(u, 0, 1) * (right - left), low + np.clip(v, 0, 1) * (high - low)], 1)
    return p
