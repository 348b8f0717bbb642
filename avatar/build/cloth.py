"""Clothes cut from the body's own surface: how cloth hangs on it, top, trousers, shoes, buttons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, cKDTree

from avatar.build.body import SIDES, Body
from avatar.build.fabric import plain
from avatar.build.lay import finer
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
SHOE_M = 0.008
BUTTON_Y_M, HEM_Y_M, SCOOP_Y_M = 1.072, 0.80, 1.286
WAIST_Y_M = 0.968  # a shirt is tucked in here
SHOULDER_SLIM_M = 0.002  # sleeves are closer at the shoulder than further down
TROUSER_TRIANGLES = 1100

COVER_M = 0.045  # cloth this close below other cloth is covered by it
UNDER_EDGE_M, UNDER_HEM_M = 0.022, 0.045  # of what is covered, so much stays: edges move against each other


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


def uncovered(under: Piece, over: Piece, edge_m: float = UNDER_EDGE_M) -> Piece:
    """What of a garment can ever be seen beside the one worn over it, and edge_m of what lies below its edges:
    cloth that is never seen can poke through. Both at rest."""
    hidden = _below(under.positions, under.normals().astype(np.float64), over)
    shown = under.positions[~hidden]
    if not len(shown):
        return under
    deep = hidden & (cKDTree(shown).query(under.positions)[0] > edge_m)
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
    middle, half = (1.19, 0.10) if body.look.sex == "woman" else (1.22, 0.125)
    bust = np.clip(1 - np.abs(y - middle) / half, 0, 1) * (z > 0.03) * (1 - arm_share(p, body))
    return smooth(p, 300, 0.5, hold=1 - np.clip(bust * 3, 0, 1))


def button(shell: Piece, spot: int, colour: tuple[float, float, float], radius_m: float) -> Piece:
    """A disc with a rim and four holes on a garment, at one of its vertices."""
    centre, normal = shell.positions[spot] + shell.normals()[spot] * 0.006, shell.normals()[spot].astype(np.float64)
    side = np.cross([0.0, 1.0, 0.0], normal)
    side /= np.linalg.norm(side)
    up = np.cross(normal, side)
    n = 12 if radius_m < 0.008 else 18
    around = np.linspace(0, 2 * np.pi, n, endpoint=False)
    ring = np.cos(around)[:, None] * side + np.sin(around)[:, None] * up
    levels = ((1.0, -0.001, 0.75), (0.97, 0.0016, 1.0), (0.80, 0.0022, 1.25), (0.66, 0.0012, 0.85))  # radius, height, shade
    points = np.concatenate([centre + ring * (r * radius_m) + normal * h for r, h, _ in levels]
                            + [(centre + normal * 0.0013)[None]])
    shades = np.concatenate([np.repeat([s for _, _, s in levels], n), [1.0]])
    faces = []
    for level in range(len(levels) - 1):
        for k in range(n):
            a, b = level * n + k, level * n + (k + 1) % n
            faces += [(a, b, b + n), (a, b + n, a + n)]
    faces += [(len(points) - 1, (len(levels) - 1) * n + k, (len(levels) - 1) * n + (k + 1) % n) for k in range(n)]
    disc = piece(points, np.array(faces), shell.weights[spot], np.array(colour) * shades[:, None])
    hole, far = 0.10 * radius_m, 0.24 * radius_m
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * hole
    dots = [piece(np.array([centre + normal * 0.0017 + side * (x * far + i) + up * (y * far + j) for i, j in square]),
                  np.array([(0, 1, 2), (0, 2, 3)]), shell.weights[spot], np.array(colour) * 0.22)
            for x in (-1, 1) for y in (-1, 1)]
    return plain(join([disc, *dots]))


def top(body: Body) -> Piece:
    """What shows in the blazer's V: a close scoop-neck top."""
    faces = triangles(body.skin)
    x, y, z = body.nominal(body.shape).T
    keep = (np.abs(x) < 0.14) & (y > 0.84) & (y < 1.40) & (z > -0.01)
    p = cut_out(body.shape, faces[keep[faces].all(1)], body.weights)
    p = drape(_spanned(p, body), np.full(len(p.positions), 0.009), 40)
    x, y, _ = body.nominal(p.positions).T
    scoop = SCOOP_Y_M + 7.0 * x**2 - y
    side = np.interp(y, [0.9, 1.1, 1.3], [0.055, 0.072, 0.078]) - np.abs(x)
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
    x, y, _ = body.nominal(p.positions).T
    p = smooth(p, 14, 0.5, hold=1 - np.exp(-((x / 0.03) ** 2) - ((y - 0.79) / 0.03) ** 2))  # the fork hangs smoothly
    p.positions = _met_thighs(p.positions, body)
    x, y, z = body.nominal(p.positions).T
    p = simplify(clip(p, np.where(z < 0.05, 0.885 - y, 1.0)), TROUSER_TRIANGLES)  # the rest is under jacket or shirt
    p.colours[:] = linear(body.look.outfit.legs)
    return join([thicken_edge(p, 0.004), shoes(body)])


def shoes(body: Body) -> Piece:
    """Both shoes."""
    faces = triangles(body.skin)
    feet = cut_out(body.shape, faces[(body.nominal(body.shape)[:, 1] < 0.12)[faces].all(1)], body.weights)
    both = []
    for sign in (1, -1):  # stretched over the foot as over a last: a shoe has no toes
        mine = np.nonzero(feet.positions[:, 0] * sign > 0)[0]
        spots = (feet.positions + feet.normals() * SHOE_M)[mine]
        hull = ConvexHull(spots)
        turned = np.cross(*(spots[hull.simplices[:, k]] - spots[hull.simplices[:, 0]] for k in (1, 2)))
        order = np.where(((turned * hull.equations[:, :3]).sum(1) > 0)[:, None], hull.simplices, hull.simplices[:, ::-1])
        both.append(smooth(finer(keep_faces(piece(spots, order, feet.weights[mine]), np.ones(len(order), bool))), 5))
    out = simplify(join(both), 500)
    out.positions[:, 1] = np.maximum(out.positions[:, 1], 0.0)
    out.colours[:] = SHOES
    return plain(out)


def _met_thighs(points: NDArray, body: Body) -> NDArray:
    """Cloth of both legs meets below the fork: nobody looks through there."""
    out, y = points.copy(), body.nominal(points)[:, 1]
    for sign in (1.0, -1.0):
        x = points[:, 0] * sign
        mine = (x > 0) & (y < 0.80) & (y > 0.40)
        inner = np.array([x[mine & (y > v - 0.03) & (y < v + 0.003)].min(initial=0.08) for v in y[mine]])
        near = np.exp(-(((x[mine] - inner) / 0.055) ** 2))
        share = np.interp(y[mine], [0.42, 0.62, 0.78, 0.80], [0.0, 1.0, 1.0, 0.6])
        out[mine, 0] -= sign * share * near * (inner + 0.0030)
    return out


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
            want = np.interp(py, [0.06, 0.45, 0.62], [0.082, 0.078, r])
            grow = max(1.0, want / max(r, 1e-4)) if py < 0.5 else 1.0 + (max(1.0, want / max(r, 1e-4)) - 1.0)
            out[i, 0], out[i, 2] = cx + (px - cx) * grow, cz + (pz - cz) * grow
    return out
