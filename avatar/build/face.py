"""The head: skin down to the neckline, eyeballs, teeth, tongue and lashes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from avatar.build.body import Body
from avatar.build.mesh import Piece, clip, cut_out, gather, join, keep_faces, piece, smooth, triangles

NECKLINE_M = 1.255  # skin is kept down to here in front; the top covers the edge
UV_BACK_DEG = 186.0  # the cylinder is unrolled a little past the back, where its seam hides under the hair
MOUTH_UV = (0.02, 0.02)  # a corner that no skin uses
GUM, TOOTH = (0.34, 0.10, 0.10), (0.66, 0.63, 0.57)
TONGUE = (0.27, 0.075, 0.07)
LASH, LOWER_LASH = (0.018, 0.011, 0.008), (0.22, 0.105, 0.080)  # the lower rim is wet skin with fine hairs, not a line
LASH_M = {"woman": 0.0054, "man": 0.0036}  # longer ones crawl in a 540-line picture
LASH_LINE = {"woman": 1.0, "man": 0.5}  # how thick they are together, at their roots
LASHES = {"woman": 34, "man": 26}  # drawn on each upper lid, tapered; thinner and closer ones would shimmer
EAR_ROUNDS = 3
REST_GAZE_UP_DEG = {"woman": 3.6, "man": 1.2}  # level pupils sit low between these lids and are read as looking down
LIDS_UP_M = 0.00156  # the default presenter's opening lies at its eyes' joints
# The part's own edge loop round the left eye: found by how a shaped face looks, it broke off where the lid hangs over.
UPPER_RIM = (6847, 6886, 6844, 6841, 6838, 6785, 6784, 6790, 6793, 6796, 6799, 6802, 6805)
LOWER_RIM = (6853, 6856, 6837, 11695, 6834, 6831, 6828, 6825, 6820, 6817, 6814, 11693, 6811)


def rigid(body: Body, joint: str) -> NDArray:
    """(j,) weights of something that hangs on one joint."""
    out = np.zeros(len(body.joint_names), np.float32)
    out[body.joint_names.index(joint)] = 1.0
    return out


def head_skin(body: Body) -> Piece:
    """Face, ears, scalp, neck and the skin above the neckline."""
    faces = triangles(body.skin)
    points = body.nominal(body.shape)
    high = (points[faces, 1] > NECKLINE_M - 0.03).all(1) & (np.abs(points[faces, 0]) < 0.16).all(1)
    faces = faces[high]
    p = cut_out(body.shape, faces, body.weights, body.units)
    ears = np.clip(body.source.mask("ears")[p.origin] * 2 - 0.4, 0, 1)
    p = smooth(p, EAR_ROUNDS, 0.5, hold=1 - ears)  # their rims and lobes have corners in the part
    x, y, z = body.nominal(p.positions).T
    back = np.clip((0.06 - z) / 0.08, 0, 1)
    edge = NECKLINE_M + 0.022 + 7.0 * np.minimum(x**2, 0.012) - y  # from here down the top covers the skin
    under = np.clip(edge / 0.012, 0, 1) * (z > 0.02) * (1 - back)
    p.positions = p.positions - p.normals() * (0.009 * under)[:, None]
    scoop = NECKLINE_M + 0.0095 + 0.09 * back + 7.0 * np.minimum(x**2, 0.012) * (1 - back)  # as the top's, a little lower
    if body.look.outfit.style != "blazer" or body.look.sex == "man":  # a high neck hides more
        scoop = 1.370 - 0.3 * np.clip(z, -0.05, 0.05)
    shoulders = 0.125 + np.clip(y - 1.37, 0, 1) * 10 - np.abs(x)
    field = np.minimum(y - scoop, shoulders)
    return unroll(clip(p, field), body)


def unroll(p: Piece, body: Body) -> Piece:
    """Cylinder coordinates as UVs, finer in front; vertices at the back are doubled so that no face runs round.

    The mouth's inside gets one spare texel: its colour is in the vertices."""
    mouth = body.source.mask("inside-mouth")
    angle = np.degrees(np.arctan2(p.positions[:, 0], p.positions[:, 2] - 0.02))
    corner = angle[p.faces]
    wraps = np.ptp(corner, axis=1) > 180
    lift = wraps[:, None] & (corner < 0)
    doubled = np.unique(p.faces[lift])
    number = {int(v): len(p.positions) + i for i, v in enumerate(doubled)}
    faces = p.faces.copy()
    faces[lift] = [number[int(v)] for v in p.faces[lift]]
    out = gather(p, np.concatenate([np.arange(len(p.positions)), doubled]), faces)
    angle = np.concatenate([angle, angle[doubled] + 360])
    out.uvs = np.stack([_wide_front(angle), _wide_face(body.nominal(out.positions)[:, 1])], 1)
    inside = (mouth[out.origin][out.faces] > 0.5).all(1)
    return join([keep_faces(out, ~inside), _on_one_texel(keep_faces(out, inside))])


def _on_one_texel(p: Piece) -> Piece:
    p.uvs = np.tile(MOUTH_UV, (len(p.positions), 1))
    return p


def _wide_front(angle_deg: NDArray) -> NDArray:
    """Three quarters of the width for the front 160 degrees."""
    knots = [-UV_BACK_DEG, -80.0, 80.0, UV_BACK_DEG]
    return np.interp(angle_deg, knots, [0.0, 0.125, 0.875, 1.0])


def _wide_face(y_m: NDArray) -> NDArray:
    """Most of the height for chin to brows."""
    return np.interp(y_m, [NECKLINE_M - 0.03, 1.40, 1.455, 1.61, 1.70], [0.0, 0.16, 0.22, 0.92, 1.0])


def eyeballs(body: Body) -> Piece:
    """Two spheres with a cornea, their pupils along +Z, each on its joint. UV: the iris texture, centred."""
    pieces = []
    for side in ("left", "right"):
        group = "helper-l-eye" if side == "left" else "helper-r-eye"
        spots = body.shape[np.unique(body.source.faces[body.source.groups[group]])]
        centre = body.joint(side + "Eye")
        radius = float(np.median(np.linalg.norm(spots - spots.mean(0), axis=1))) * 0.985
        pieces.append(_eyeball(centre, radius, rigid(body, side + "Eye"),
                               REST_GAZE_UP_DEG[body.look.sex]))
    return join(pieces)


def _eyeball(centre: NDArray, radius: float, weights: NDArray, up_deg: float) -> Piece:
    rings, segments = 11, 22
    polar = np.linspace(0, np.radians(100), rings + 1)[1:]
    around = np.arange(segments) / segments * 2 * np.pi
    p, a = np.meshgrid(polar, around, indexing="ij")
    bulge = 1.0 + 0.055 * np.clip(1 - (p / np.radians(30)) ** 2, 0, 1)  # the cornea
    grid = np.stack([np.sin(p) * np.cos(a), np.sin(p) * np.sin(a), np.cos(p) * bulge], -1).reshape(-1, 3)
    lift = np.radians(up_deg)
    up = np.array([[1, 0, 0], [0, np.cos(lift), np.sin(lift)], [0, -np.sin(lift), np.cos(lift)]])
    points = np.concatenate([[[0, 0, 1.055]], grid]) @ up.T * radius + centre
    reach = np.concatenate([[0.0], (p / np.radians(100)).ravel()]) * 0.5
    turn = np.concatenate([[0.0], a.ravel()])
    uvs = np.stack([0.5 + reach * np.cos(turn), 0.5 + reach * np.sin(turn)], 1)
    faces = [(0, 1 + k, 1 + (k + 1) % segments) for k in range(segments)]
    for r in range(rings - 1):
        for k in range(segments):
            a0, a1 = 1 + r * segments + k, 1 + r * segments + (k + 1) % segments
            faces += [(a0, a0 + segments, a1 + segments), (a0, a1 + segments, a1)]
    return piece(points, np.array(faces), weights, (1, 1, 1), uvs)


def teeth(body: Body, fine: int = 4) -> Piece:
    """Upper row on the head, lower row following the jaw. fine: columns of each tooth; 2 is enough from afar."""
    out = []
    line = _lip_line(body)
    for group, upper in (("helper-upper-teeth", True), ("helper-lower-teeth", False)):
        used = np.unique(body.source.faces[body.source.groups[group]])
        row = _tooth_row(body.shape[used], upper, line, rigid(body, "head"), fine)
        if not upper:
            for unit, delta in enumerate(body.units[:, used]):
                if np.abs(delta).max() > 1e-4:
                    row.morphs[unit] = _rigid_motion(body.shape[used], delta, row.positions)
        out.append(row)
    return join(out)


def _lip_line(body: Body) -> float:
    """Height where the closed lips meet, metres."""
    y = body.shape[body.source.mask("lips") > 0.5, 1]
    return float(y.min() + y.max()) / 2


def _tooth_row(spots: NDArray, upper: bool, line_m: float, weights: NDArray, fine: int) -> Piece:
    """Fourteen teeth as one strip that bulges at each tooth. spots: the part's coarse teeth, for size and depth;
    line_m: where the lips meet; the part's own rows sit some millimetres too high."""
    half, front = np.ptp(spots[:, 0]) / 2 * 0.92, spots[:, 2].max() - 0.0055
    depth = np.ptp(spots[:, 2]) * 0.95
    edge = line_m - (0.0016 if upper else 0.0012)
    front -= 0.0 if upper else 0.0018  # the upper front teeth bite before the lower ones
    sign = 1.0 if upper else -1.0
    count = 14
    flat = 1.0 if fine > 2 else 0.3  # with few columns a deep gap is a zigzag
    s = np.linspace(-1, 1, count * fine + 1)
    x = half * np.sin(s * np.pi / 2)
    z = front - depth * (1 - np.cos(s * np.pi / 2)) ** 1.4
    within = (np.arange(len(s)) % fine) / fine
    bump = np.sin(np.pi * within) ** 0.5  # 0 between teeth
    arch = np.stack([np.sin(s * np.pi / 2), np.cos(s * np.pi / 2)], 1)
    rows, colours = [], []
    for height, out_mm, gap, colour in (
        (0.0105, -1.5, 0.0, GUM), (0.0075, 0.2, 0.0, GUM), (0.0070, 0.3, 0.4, TOOTH),
        (0.0035, 0.6, 0.7, TOOTH), (0.0004, 0.1, 0.8, TOOTH), (0.0, -2.2, 0.3, TOOTH), (0.007, -4.0, 0.0, GUM),
    ):
        push = (out_mm - flat * gap * (1 - bump)) / 1000
        scallop = 0.0009 * (1 - bump) if colour == TOOTH and height < 0.001 else 0.0
        y = np.full(len(s), edge + sign * height) + sign * scallop
        rows.append(np.stack([x + arch[:, 0] * push, y, z + arch[:, 1] * push], 1))
        shade = np.interp(np.abs(s), [0.12, 0.48], [1.0, 0.07])  # the back teeth lie in the dark
        shade = shade * (0.35 if out_mm < -2 else 1.0)  # the side towards the tongue
        colours.append(np.array(colour) * shade[:, None] * (0.80 + 0.20 * bump[:, None] if colour == TOOTH else 1.0))
    n = len(s)
    faces: list[tuple[int, int, int]] = []
    for r in range(len(rows) - 1):
        for k in range(n - 1):
            a, b = r * n + k, r * n + k + 1
            faces += [(a, a + n, b + n), (a, b + n, b)]
    points, order = np.concatenate(rows), np.array(faces)
    a, b, c = (points[order[:, i]] for i in range(3))
    facing = np.cross(b - a, c - a)
    front = (order >= 2 * n).all(1) & (order < 5 * n).all(1)  # the rows of the teeth's faces
    if (facing[front] * (points[order[front]].mean(1) - points.mean(0)))[:, [0, 2]].sum() < 0:
        order = order[:, ::-1]
    return piece(points, order, weights, np.concatenate(colours))


def _rigid_motion(rest: NDArray, delta: NDArray, points: NDArray) -> NDArray:
    """The best affine-free motion (turn and shift) of `rest` by `delta`, applied to `points`: their deltas."""
    moved = rest + delta
    a, b = rest - rest.mean(0), moved - moved.mean(0)
    u, _, vt = np.linalg.svd(a.T @ b)
    flip = np.diag([1, 1, np.sign(np.linalg.det(vt.T @ u.T))])
    turn = vt.T @ flip @ u.T
    return (points - rest.mean(0)) @ turn.T + moved.mean(0) - points


def tongue(body: Body) -> Piece:
    """The part's tongue with its shapes."""
    p = _helper(body, "helper-tongue")
    p.positions = p.positions + np.array([0.0, -0.0115, -0.0105])
    depth = np.clip((p.positions[:, 2].max() - p.positions[:, 2]) / 0.025, 0, 1)  # little light gets in
    p.colours[:] = np.array(TONGUE) * (1.0 - 0.85 * depth[:, None])
    p.weights[:] = rigid(body, "head")
    return p


def lashes(body: Body) -> Piece:
    """A dark line along the lids and single lashes on the upper ones; they move with the skin they grow from."""
    return join([_lid_lashes(body, side, upper) for side in ("left", "right") for upper in (True, False)])


def lids_middle(body: Body, side: str) -> NDArray:
    """(3,) the eye's joint, at the height of the opening between the lids."""
    rows = [body.source.groups[f"helper-{side[0]}-eyelashes-{i}"] for i in (1, 2)]
    lashes_ = body.shape[np.unique(body.source.faces[np.concatenate(rows)])]
    out = body.joint(side + "Eye").copy()
    inner = lashes_[lashes_[:, 2] < np.quantile(lashes_[:, 2], 0.5), 1]  # their roots
    out[1] = (inner.min() + inner.max()) / 2 + LIDS_UP_M
    return out


def lid_rim(body: Body, side: str, upper: bool) -> NDArray:
    """Skin vertices along the front edge of one lid, from the nose outward."""
    left = np.array(UPPER_RIM if upper else LOWER_RIM)
    if side == "left":
        return left
    skin = np.unique(body.skin)
    return skin[cKDTree(body.source.base[skin]).query(body.source.base[left] * (-1.0, 1.0, 1.0))[1]]


def _lid_lashes(body: Body, side: str, upper: bool) -> Piece:
    rim = lid_rim(body, side, upper)
    centre = lids_middle(body, side)
    points = body.shape[rim].copy()
    for _ in range(2):
        points[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
    out = points - centre
    out[:, 2] = 0
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    t = np.linspace(0, 1, len(rim))
    width = (0.0003 + 0.0010 * np.sin(np.pi * np.clip(t * 0.75 + 0.2, 0, 1))) if upper else 0.00035 * np.sin(np.pi * t)
    width = width * LASH_LINE[body.look.sex]
    forward = np.array([0.0, 0.0, 0.0011])
    base = points + forward
    edge = points + out * width[:, None] + forward * 1.5
    n = len(rim)
    spots, origin = [base, edge], [rim, rim]
    faces = [f for k in range(n - 1) for f in ((k, k + 1, n + k + 1), (k, n + k + 1, n + k))]
    if upper:
        reach, many = LASH_M[body.look.sex], LASHES[body.look.sex]
        for number, k in enumerate(np.linspace(1.2, n - 1.001, many)):
            i, f = int(k), k % 1
            root = points[i] * (1 - f) + points[i + 1] * f + forward  # on the lid's edge, under the dark line
            along = (points[i + 1] - points[i]) / np.linalg.norm(points[i + 1] - points[i])
            length = reach * (0.40 + 0.60 * k / n) * (1.0, 0.78, 0.92, 0.70)[number % 4]
            way = out[i] * 0.75 + along * (0.8 * k / n - 0.15) + np.array([0.0, 0.30, 0.75])
            tip = root + way / np.linalg.norm(way) * length
            start = 2 * n + 3 * (len(spots) - 2)
            spots.append(np.stack([root - along * 0.00036, root + along * 0.00036, tip]))
            origin.append(np.full(3, rim[i]))
            faces.append((start, start + 1, start + 2))
    order = np.array(faces)
    first = order[:1]
    flat = np.concatenate(spots)
    if np.cross(flat[first[0, 1]] - flat[first[0, 0]], flat[first[0, 2]] - flat[first[0, 0]])[2] < 0:
        order = order[:, ::-1]
    p = piece(flat, order, rigid(body, "head"), LASH if upper else LOWER_LASH)
    p.origin = np.concatenate(origin)
    p.morphs = {row: unit[p.origin] for row, unit in enumerate(body.units) if np.abs(unit[rim]).max() > 1e-5}
    return p


def _helper(body: Body, group: str) -> Piece:
    return cut_out(body.shape, triangles(body.source.faces[body.source.groups[group]]), body.weights, body.units)
