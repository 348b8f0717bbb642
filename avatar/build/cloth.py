"""Clothes cut from the body's own surface: blazer with collar and lapels, top, trousers, shoes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from avatar.build.body import SIDES, Body
from avatar.build.fabric import plain, trim
from avatar.build.look import linear
from avatar.build.mesh import (
    Piece,
    boundary_edges,
    boundary_loops,
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
BUTTON = (0.10, 0.06, 0.03)
BUTTON_Y_M, HEM_Y_M, NECK_Y_M = 1.015, 0.80, 1.40
NECK_RADIUS_M = 0.064
CUFF_SHARE = 0.86  # of the forearm
EDGE_M = 0.004
PAD_M = {"woman": 0.008, "man": 0.012}
WAIST_Y_M = 0.968  # a shirt is tucked in here
SHOULDER_SLIM_M = 0.002  # sleeves are closer at the shoulder than further down
BLAZER_TRIANGLES, TROUSER_TRIANGLES = 5400, 1100

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


def opening_half_width(y: NDArray) -> NDArray:
    """Half the blazer's front opening at a height: a V above the button, a little apart below."""
    above = np.interp(y, [BUTTON_Y_M + 0.012, 1.16, 1.30, NECK_Y_M], [0.0, 0.034, 0.062, 0.067])
    below = np.clip(BUTTON_Y_M - 0.03 - y, 0, 1) * 0.13
    closed = (y < BUTTON_Y_M) & (y > BUTTON_Y_M - 0.03)
    return np.where(y > BUTTON_Y_M, above, np.where(closed, -0.01, below))


def blazer(body: Body) -> Piece:
    """Jacket with sleeves, thick edges, lapels, collar and one button."""
    shell = simplify(_padded(drape(torso_and_arms(body), _ease(body), 220), body), BLAZER_TRIANGLES)  # loses slivers first
    x, y, z = body.nominal(shell.positions).T
    front = np.where(z > 0.02, np.abs(x) - opening_half_width(y), 1.0)
    neck = np.hypot(x, (z + 0.005) * 0.9) - NECK_RADIUS_M + np.clip(1.37 - y, 0, 1) * 5
    arms = cuffs(shell, body, CUFF_SHARE)
    hem = y - HEM_Y_M - 0.015 * np.clip(np.abs(x) / 0.2, 0, 1) + np.where(arm_share(shell, body) > 0.5, 1.0, 0.0)
    shell = clip(shell, np.minimum.reduce([front, neck, arms, hem]))
    shell.colours[:] = linear(body.look.outfit.colour)
    loop = _opening_loop(shell, body)
    edge = shell.positions[loop]
    for _ in range(8):  # slivers at a cut stand off as spikes
        edge[1:-1] = (edge[:-2] + 2 * edge[1:-1] + edge[2:]) / 4
    shell.positions[loop] = edge
    spots = body.nominal(shell.positions[loop])
    lapels = collar(shell, loop, _collar_profile, spots, np.array(linear(body.look.outfit.colour)) * 0.97)
    spot = np.argmin(np.linalg.norm(body.nominal(shell.positions) - (0.012, BUTTON_Y_M - 0.012, 0.16), axis=1))
    return join([thicken_edge(shell, EDGE_M), lapels, button(shell, int(spot), BUTTON, 0.0095)])


def _padded(p: Piece, body: Body) -> Piece:
    """In place: a tailor's shoulder: straight from the collar to where the sleeve is set in, with an edge there."""
    x, y, _ = body.nominal(p.positions).T
    up = np.clip((p.normals()[:, 1] - 0.10) / 0.5, 0, 1)
    pad = PAD_M[body.look.sex] * np.exp(-(((np.abs(x) - 0.158) / 0.030) ** 2)) * up * np.clip((y - 1.28) / 0.05, 0, 1)
    p.positions = p.positions + np.stack([0.45 * np.sign(x) * pad, pad, 0 * pad], 1)
    return p


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


def _ease(body: Body) -> NDArray:
    """How far the jacket stands off the skin: close at the shoulders, loose at waist and cuffs."""
    p = torso_and_arms(body)
    arm = arm_share(p, body)
    y = body.nominal(p.positions)[:, 1]
    torso = np.interp(y, [0.75, 0.85, 1.0, 1.1, 1.3, 1.4], [0.020, 0.016, 0.014, 0.012, 0.011, 0.008])
    torso = torso + 0.005 * np.clip(1 - np.abs(y - 1.20) / 0.12, 0, 1) * (p.positions[:, 2] > 0.03)  # over the top
    beside = np.clip((np.abs(body.nominal(p.positions)[:, 0]) - 0.10) / 0.05, 0, 1) * np.clip((y - 1.30) / 0.06, 0, 1)
    torso = torso * (1 - beside) + 0.0065 * beside
    sleeve = np.interp(y, [0.85, 1.00, 1.10, 1.25, 1.33], [0.004, 0.007, 0.006, 0.004, 0.006])
    return torso * (1 - arm) + sleeve * arm


Profile = Callable[[NDArray], tuple[NDArray, NDArray]]


def collar(shell: Piece, loop: NDArray, profile: Profile, spots: NDArray, colour: NDArray) -> Piece:
    """One strip along an opening: what `profile` says lies outward and stands up at each place.

    loop: vertices of the shell along the opening; spots: (n, 3) where they are in nominal coordinates."""
    points = shell.positions[loop]
    normals = shell.normals()[loop].astype(np.float64)
    spots = resample(points, spots, shell.weights[loop], 0.009)[1]
    points, normals, weights = resample(points, normals, shell.weights[loop], 0.009)
    for _ in range(6):
        normals[1:-1] = (normals[:-2] + normals[1:-1] + normals[2:]) / 3
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    outward = np.cross(along, normals)
    if (outward[:, 0] * np.sign(points[:, 0])).sum() < 0:
        outward = -outward
    width, stand = profile(spots)
    columns = [points + normals * 0.001]
    columns.append(points + np.array([0, 1, 0]) * stand[:, None] + normals * 0.004)
    columns.append(points + np.array([0, 1, 0]) * stand[:, None] * 0.9 + normals * 0.009 + outward * 0.006)
    for t in (0.35, 0.7, 1.0):
        columns.append(points + outward * (width * t)[:, None] + normals * 0.010
                       + np.array([0, 1, 0]) * (stand * (1 - t) * 0.8)[:, None])
    columns.append(columns[-1] - outward * 0.004 - normals * 0.008)
    tree = cKDTree(shell.positions)
    shell_normals = shell.normals()
    for k in range(2, len(columns) - 1):
        columns[k] = above(columns[k], shell.positions, shell_normals, tree, 0.0055)
    n = len(points)
    faces = []
    for c in range(len(columns) - 1):
        for i in range(n - 1):
            a, b = c * n + i, c * n + i + 1
            faces += [(a, b, b + n), (a, b + n, a + n)]
    strip = trim(piece(np.concatenate(columns), np.array(faces), np.tile(weights, (len(columns), 1)), colour), len(columns))
    middle = strip.faces[2 * (3 * (n - 1) + n // 6)]
    a, b, c = strip.positions[middle]
    if np.cross(b - a, c - a) @ normals[n // 6] < 0:
        strip.faces = strip.faces[:, ::-1]
    return strip


def _collar_profile(points: NDArray) -> tuple[NDArray, NDArray]:
    """Width lying outward and height standing up, by where the opening's edge is."""
    _, y, z = points.T
    lapel = np.interp(y, [BUTTON_Y_M, 1.10, 1.20, 1.275, 1.285, 1.30, 1.36, 1.41],
                      [0.002, 0.028, 0.050, 0.066, 0.026, 0.048, 0.044, 0.040])
    lapel = np.where(y < BUTTON_Y_M + 0.002, 0.002, lapel)
    stand = np.interp(z, [-0.07, -0.035, -0.005], [0.028, 0.018, 0.0]) * np.clip((y - 1.30) / 0.06, 0, 1)
    return np.where(z < 0.03, 0.040, lapel), stand


def above(points: NDArray, surface: NDArray, normals: NDArray, tree: cKDTree, gap_m: float) -> NDArray:
    """Points no nearer to a surface than gap_m."""
    normal, high = _heights(points, surface, normals, tree)
    return points + normal * np.maximum(gap_m - high, 0)[:, None]


def below(points: NDArray, surface: NDArray, normals: NDArray, tree: cKDTree, gap_m: float) -> NDArray:
    """Points no further from a surface than gap_m, at most 3 cm moved: cloth that lies on it."""
    normal, high = _heights(points, surface, normals, tree)
    return points - normal * np.clip(high - gap_m, 0, 0.03)[:, None]


def _heights(points: NDArray, surface: NDArray, normals: NDArray, tree: cKDTree) -> tuple[NDArray, NDArray]:
    """(n, 3) unit normals of the surface near points, (n,) how far the points are before it."""
    distance, near = tree.query(points, k=3)
    share = 1 / np.maximum(distance, 1e-5)
    share /= share.sum(1, keepdims=True)
    spot = np.einsum("pk,pkc->pc", share, surface[near])
    normal = np.einsum("pk,pkc->pc", share, normals[near])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    return normal, ((points - spot) * normal).sum(1)


def _opening_loop(shell: Piece, body: Body) -> NDArray:
    """The boundary that runs over the front and round the neck, from the left of the button to the right of it."""
    loop = max(boundary_loops(shell.faces), key=lambda k: shell.positions[k, 1].max())
    x, y, _ = body.nominal(shell.positions[loop]).T
    start = int(np.argmin(y + np.where(np.abs(x) < 0.1, 0, 1)))
    return np.roll(loop, -start)[np.roll(y, -start) > BUTTON_Y_M - 0.001]


def resample(points: NDArray, normals: NDArray, weights: NDArray, step_m: float) -> tuple[NDArray, NDArray, NDArray]:
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.linspace(0, length[-1], int(length[-1] / step_m))
    def take(array: NDArray) -> NDArray:
        return np.stack([np.interp(at, length, array[:, i]) for i in range(array.shape[1])], 1)
    smooth = take(points)
    for _ in range(8):
        smooth[1:-1] = (smooth[:-2] + 2 * smooth[1:-1] + smooth[2:]) / 4
    return smooth, take(normals), take(weights)


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
    scoop = 1.268 + 7.0 * x**2 - y
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
