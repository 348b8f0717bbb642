"""Clothes cut from the body's own surface: how cloth hangs on it, top, trousers, shoes, buttons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from avatar.build.body import SIDES, Body
from avatar.build.fabric import plain
from avatar.build.look import linear
from avatar.build.mesh import (
    Piece,
    boundary_edges,
    clip,
    cut_out,
    join,
    keep_faces,
    laplacian,
    piece,
    simplify,
    smooth,
    thicken_edge,
    triangles,
)
from avatar.pose import FINGERS

SHOES = (0.012, 0.011, 0.011)
BUTTON_Y_M, HEM_Y_M, SCOOP_Y_M = 1.015, 0.80, 1.286
WAIST_Y_M = 0.968  # a shirt is tucked in here
SHOULDER_SLIM_M = 0.002  # sleeves are closer at the shoulder than further down
TROUSER_TRIANGLES = 1100

COVER_M = 0.045  # cloth this close below other cloth is covered by it
UNDER_EDGE_M = 0.022  # of what is covered, so much stays: edges move against each other


def drape(p: Piece, offset_m: NDArray, rounds: int) -> Piece:
    """Cloth over skin: offset along the normals, then pulled taut, never closer to the skin than offset_m (v,)."""
    skin, normals = p.positions, p.normals().astype(np.float64)
    mean = laplacian(p.faces, len(skin))
    for _ in range(6):  # cloth does not follow every dent: smooth the directions it stands off in
        normals = mean @ normals
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    rim = np.unique(boundary_edges(p.faces))
    x = skin + normals * offset_m[:, None]
    edge = x[rim]
    for _ in range(rounds):
        x = x + 0.5 * (mean @ x - x)
        lack = offset_m - ((x - skin) * normals).sum(1)
        x = x + normals * np.maximum(lack, 0.0)[:, None]
        x[rim] = edge
    return Piece(x, p.faces, p.weights, p.uvs, p.colours, p.origin)


def uncovered(under: Piece, over: Piece) -> Piece:
    """What of a garment can ever be seen beside the one worn over it, and a hand's breadth of what lies below its edges:
    cloth that is never seen can poke through. Both at rest."""
    hidden = _below(under.positions, under.normals().astype(np.float64), over)
    shown = under.positions[~hidden]
    if not len(shown):
        return under
    deep = hidden & (cKDTree(shown).query(under.positions)[0] > UNDER_EDGE_M)
    return keep_faces(under, ~deep[under.faces].all(1))


def _below(points: NDArray, ways: NDArray, over: Piece, candidates: int = 24) -> NDArray:
    """(n,) bool: going from a point along its way (both (n, 3)), or 4 mm back, meets `over` within COVER_M
    (Möller and Trumbore's test of the nearest triangles)."""
    corners = over.positions[over.faces]
    near = cKDTree(corners.mean(1)).query(points, candidates)[1]
    a, b, c = (corners[near][:, :, k] for k in range(3))
    d = np.broadcast_to(ways[:, None], a.shape)
    e1, e2, s = b - a, c - a, points[:, None] - a
    h = np.cross(d, e2)
    det = (e1 * h).sum(2)
    det = np.where(np.abs(det) < 1e-12, 1e-12, det)
    u = (s * h).sum(2) / det
    q = np.cross(s, e1)
    v, t = (d * q).sum(2) / det, (e2 * q).sum(2) / det
    return np.asarray(((u >= 0) & (v >= 0) & (u + v <= 1) & (t > -0.004) & (t < COVER_M)).any(1))


def cuffs(shell: Piece, body: Body, share: float) -> NDArray:
    """(v,) positive where a sleeve is kept: up to `share` of the forearm."""
    arms = np.ones(len(shell.positions))
    for side in SIDES:
        elbow, wrist = body.joint(side + "LowerArm"), body.joint(side + "Hand")
        way = wrist - elbow
        along = (shell.positions - elbow) @ way / (way @ way)
        mine = shell.weights[:, [body.joint_names.index(side + n) for n in ("LowerArm", "Hand")]].sum(1) > 0.5
        arms = np.where(mine, np.minimum(arms, share - along), arms)
    return arms


def arm_share(p: Piece, body: Body) -> NDArray:
    """(v,) 0..1: how much of a vertex hangs on the arms."""
    return p.weights[:, [body.joint_names.index(s + n) for s in SIDES for n in ("UpperArm", "LowerArm", "Hand")]].sum(1)


def torso_and_arms(body: Body, hem_m: float = HEM_Y_M - 0.05, head_share: float = 0.3) -> Piece:
    """The skin that upper garments hang on, down to hem_m (nominal)."""
    faces = triangles(body.skin)
    fingers = body.weights[:, [body.joint_names.index(s + f) for s in SIDES for f in (*FINGERS, "Hand")]].sum(1)
    head = body.weights[:, body.joint_names.index("head")]
    arm = body.weights[:, [body.joint_names.index(s + n) for s in SIDES for n in ("UpperArm", "LowerArm")]].sum(1)
    keep = (fingers < 0.9) & (head < head_share) & ((body.nominal(body.shape)[:, 1] > hem_m) | (arm > 0.5))
    return _spanned(cut_out(body.shape, faces[keep[faces].all(1)], body.weights), body)


def _spanned(p: Piece, body: Body) -> Piece:
    """The front of the chest as cloth sees it: taut over what is finer than its weave."""
    y, z = body.nominal(p.positions)[:, 1], p.positions[:, 2]
    bust = np.clip(1 - np.abs(y - 1.19) / 0.10, 0, 1) * (z > 0.03) * (1 - arm_share(p, body))
    return smooth(p, 300, 0.5, hold=1 - np.clip(bust * 3, 0, 1))


def button(shell: Piece, spot: int, colour: tuple[float, float, float], radius_m: float) -> Piece:
    """A flat disc on a garment, at one of its vertices."""
    centre, normal = shell.positions[spot] + shell.normals()[spot] * 0.006, shell.normals()[spot].astype(np.float64)
    side = np.cross([0.0, 1.0, 0.0], normal)
    side /= np.linalg.norm(side)
    up = np.cross(normal, side)
    around = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = np.cos(around)[:, None] * side + np.sin(around)[:, None] * up
    front = centre + normal * 0.003
    points = np.concatenate([[front], front + ring * radius_m * 0.85, centre + ring * radius_m])
    faces = [(0, 1 + k, 1 + (k + 1) % 12) for k in range(12)]
    for k in range(12):
        a, b = 1 + k, 1 + (k + 1) % 12
        faces += [(a, a + 12, b + 12), (a, b + 12, b)]
    return plain(piece(points, np.array(faces), shell.weights[spot], colour))


def top(body: Body) -> Piece:
    """What shows in the blazer's V: a close scoop-neck top."""
    faces = triangles(body.skin)
    x, y, z = body.nominal(body.shape).T
    keep = (np.abs(x) < 0.14) & (y > 0.84) & (y < 1.40) & (z > -0.01)
    p = cut_out(body.shape, faces[keep[faces].all(1)], body.weights)
    p = drape(_spanned(p, body), np.full(len(p.positions), 0.009), 40)
    x, y, _ = body.nominal(p.positions).T
    scoop = SCOOP_Y_M + 7.0 * x**2 - y
    side = np.interp(y, [0.9, 1.1, 1.3], [0.055, 0.075, 0.100]) - np.abs(x)
    p = clip(p, np.minimum(scoop, side))
    p.colours[:] = linear(body.look.outfit.under)
    return thicken_edge(p, 0.003)


def trousers(body: Body) -> Piece:
    """Straight trousers from the waist to the shoe, and the shoes."""
    faces = triangles(body.skin)
    x, y, _ = body.nominal(body.shape).T
    arm = body.weights[:, [body.joint_names.index(s + n) for s in SIDES for n in ("UpperArm", "LowerArm", "Hand")]].sum(1)
    legs = (y < 1.02) & (arm < 0.3) & (np.abs(x) < 0.24)
    fingers = body.weights[:, [body.joint_names.index(s + f) for s in SIDES for f in FINGERS]].sum(1)
    legs &= fingers < 0.1
    p = cut_out(body.shape, faces[(legs & (y > 0.05))[faces].all(1)], body.weights)
    tucked = body.look.sex == "man" and body.look.outfit.style == "blazer"  # a shirt goes in
    p = drape(p, np.interp(p.positions[:, 1], [0.1, 0.5, 0.9, 1.0], [0.012, 0.012, 0.008, 0.010 if tucked else 0.003]), 40)
    p.positions = _straight_legs(p.positions)
    x, y, z = body.nominal(p.positions).T
    p = simplify(clip(p, np.where(z < 0.05, 0.885 - y, 1.0)), TROUSER_TRIANGLES)  # the rest is under jacket or shirt
    p.colours[:] = linear(body.look.outfit.legs)
    return join([thicken_edge(p, 0.004), shoes(body)])


def shoes(body: Body) -> Piece:
    """Both shoes."""
    faces = triangles(body.skin)
    feet = cut_out(body.shape, faces[(body.nominal(body.shape)[:, 1] < 0.12)[faces].all(1)], body.weights)
    feet = simplify(drape(feet, np.full(len(feet.positions), 0.006), 60), 500)
    feet.positions[:, 1] = np.maximum(feet.positions[:, 1], 0.0)
    feet.colours[:] = SHOES
    return plain(feet)


def _straight_legs(points: NDArray) -> NDArray:
    """Below the knee cloth falls straight instead of following the calf."""
    out = points.copy()
    for sign in (1, -1):
        mine = (points[:, 0] * sign > 0) & (points[:, 1] < 0.62)
        leg = points[mine]
        for i, (px, py, pz) in zip(np.nonzero(mine)[0], leg, strict=True):
            ring = leg[np.abs(leg[:, 1] - py) < 0.03]
            cx, cz = (ring[:, 0].max() + ring[:, 0].min()) / 2, (ring[:, 2].max() + ring[:, 2].min()) / 2
            r = np.hypot(px - cx, pz - cz)
            want = np.interp(py, [0.06, 0.45, 0.62], [0.095, 0.082, r])
            grow = max(1.0, want / max(r, 1e-4)) if py < 0.5 else 1.0 + (max(1.0, want / max(r, 1e-4)) - 1.0)
            out[i, 0], out[i, 2] = cx + (px - cx) * grow, cz + (pz - cz) * grow
    return out
