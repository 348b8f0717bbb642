"""Fewer triangles, the same product: half-edge collapses by quadric error, many independent ones at a time.

Vertices are only ever dropped, never moved or blended, so texture coordinates, normals and colours stay what the seller made
them. Garland and Heckbert, Surface Simplification Using Quadric Error Metrics (1997); the rules for seams follow from one
condition: every copy of a vertex must find exactly one copy of its goal along the edge that it slides on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_FACES = 12  # of one piece: below it a part is no shape any more
SHARE = 0.35  # of the vertices are looked at in a round; more would take dear collapses before cheap ones
CHOICE = 4  # ways looked at for each that is needed: towards the end only the cheapest are taken
PASSES = 3  # of picking neighbours that do not touch each other, a round
BORDER_WEIGHT, SEAM_WEIGHT = 10.0, 1.0  # an open edge moves the silhouette; a seam only its texture
COS_FLIP = 0.25  # a triangle may turn by 75 degrees at most
SLIVER, SLIVER_GROWS = 1e-3, 4.0  # twice the area over the longest side squared; thinner ones flicker
MAX_ROUNDS = 400
_NONE = np.iinfo(np.int64).max


def simplified(positions: NDArray, piece: NDArray, faces: NDArray, target: int, error: float | None = None,
               uv: NDArray | None = None) -> NDArray[np.int64]:
    """The faces that are left, (f', 3), corners numbered as in `faces`.

    positions: (v, 3) in one scale; piece: (v,) which part a vertex belongs to (only vertices of one piece are joined where
    they lie in the same place); faces: (f, 3); target: how many faces may stay, not promised where shapes hold on;
    error: of the largest extent, collapses that stay below it are done even under the target and no dearer ones at all;
    uv: (v, 2), triangles are not turned over in it.
    """
    faces = np.asarray(faces, np.int64)
    if len(faces) <= (0 if error is not None else target):
        return faces
    mesh = _Mesh(np.asarray(positions, np.float64), np.asarray(piece), faces, uv)
    limit = None if error is None else (error * mesh.extent) ** 2
    floor = target if error is None else 0
    for _ in range(MAX_ROUNDS):
        need = (len(mesh.faces) - floor + 1) // 2
        if need <= 0 or not mesh.round(need, limit):
            break
    return mesh.faces


def simplified_in_steps(positions: NDArray, piece: NDArray, faces: NDArray, errors: Sequence[float],
                        uv: NDArray | None = None) -> list[NDArray[np.int64]]:
    """As `simplified` for each of `errors`, which rise, in the unit of `positions`; in one go, so that each step has the mean
    distance from the first surface, not from the step before."""
    mesh = _Mesh(np.asarray(positions, np.float64), np.asarray(piece), np.asarray(faces, np.int64), uv)
    out = []
    for error in errors:
        mesh.banned = np.zeros(0, np.int64)
        for _ in range(MAX_ROUNDS):
            if not len(mesh.faces) or not mesh.round((len(mesh.faces) + 1) // 2, error**2):
                break
        out.append(mesh.faces)
    return out


@dataclass(slots=True)
class _Edges:
    """One row for each way (a, b) that a place may slide. pairs: rows (wedge of a, wedge of b), sorted by their way."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    key: NDArray[np.int64]
    pairs: NDArray[np.int64]
    pair_key: NDArray[np.int64]


class _Mesh:
    def __init__(self, positions: NDArray[np.float64], piece: NDArray, faces: NDArray[np.int64], uv: NDArray | None) -> None:
        rows = np.concatenate([positions, piece[:, None].astype(np.float64)], axis=1)
        _, first, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        self.place = inverse.reshape(-1)
        self.points, self.uv = positions[first], uv
        self.count = len(first)
        self.piece = np.asarray(piece)[first].astype(np.int64)
        pf = self.place[faces]
        self.faces = faces[(pf[:, 0] != pf[:, 1]) & (pf[:, 1] != pf[:, 2]) & (pf[:, 0] != pf[:, 2])]
        self.extent = float((self.points.max(0) - self.points.min(0)).max()) or 1.0
        self.quadrics = self._first_quadrics()
        self.banned = np.zeros(0, np.int64)

    def _first_quadrics(self) -> NDArray[np.float64]:
        """(p, 11): ten numbers of the symmetric form, then the weight."""
        pf, points = self.place[self.faces], self.points
        cross = np.cross(points[pf[:, 1]] - points[pf[:, 0]], points[pf[:, 2]] - points[pf[:, 0]])
        length = np.linalg.norm(cross, axis=1)
        normal = cross / np.maximum(length, 1e-300)[:, None]
        planes = _plane_quadrics(normal, points[pf[:, 0]], length / 2)
        total = np.zeros((self.count, 11))
        for k in range(3):
            _add(total, pf[:, k], planes)
        a, b = pf.reshape(-1), pf[:, [1, 2, 0]].reshape(-1)
        wa, wb = self.faces.reshape(-1), self.faces[:, [1, 2, 0]].reshape(-1)
        key, wedges = np.minimum(a, b) * self.count + np.maximum(a, b), np.where(a < b, wa * len(self.place) + wb,
                                                                                wb * len(self.place) + wa)
        _, where, counts = np.unique(key, return_inverse=True, return_counts=True)
        _, where_w, counts_w = np.unique(wedges, return_inverse=True, return_counts=True)
        seam = counts_w[where_w.reshape(-1)] < counts[where.reshape(-1)]
        border = counts[where.reshape(-1)] == 1
        for chosen, weight in ((border, BORDER_WEIGHT), (seam & ~border, SEAM_WEIGHT)):
            at = np.flatnonzero(chosen)
            if not len(at):
                continue
            along = points[b[at]] - points[a[at]]
            wall = np.cross(along, normal[at // 3])
            size = np.linalg.norm(wall, axis=1)
            sides = _plane_quadrics(wall / np.maximum(size, 1e-300)[:, None], points[a[at]], weight * (along**2).sum(1) / 2)
            _add(total, a[at], sides)
            _add(total, b[at], sides)
        return total

    def round(self, need: int, limit: float | None) -> bool:
        """Collapse up to `need` edges, none dearer than `limit`. False when nothing more can be done."""
        edges = self._edges()
        if not len(edges.a):
            return False
        cost = self._costs(edges)
        usable = np.ones(len(cost), bool)
        if limit is not None:
            usable &= cost <= limit
        if len(self.banned):
            usable &= ~np.isin(edges.key, self.banned)
        order = np.flatnonzero(usable)
        order = order[np.argsort(cost[order] * self._weights(edges, order, limit), kind="stable")]
        _, first = np.unique(edges.a[order], return_index=True)  # the best way of each place
        best = order[np.sort(first)]
        best = best[:max(int(len(best) * SHARE), min(len(best), 64))]
        best = best[:max(need * CHOICE, 64)]
        chosen = self._apart(edges, best, need)
        sound = self._sound(edges, chosen)
        if not sound.any():
            if not len(chosen):
                return self._forgive()
            self.banned = np.concatenate([self.banned, edges.key[chosen]])
            return True
        self.banned = np.concatenate([self.banned, edges.key[chosen[~sound]]])
        self._collapse(edges, chosen[sound])
        return True

    def _weights(self, edges: _Edges, order: NDArray[np.int64], limit: float | None) -> NDArray[np.float64] | float:
        """With a limit the distance counts; without, distance times area: what the eye sees of the whole."""
        return 1.0 if limit is not None else self.quadrics[edges.a[order], 10] + self.quadrics[edges.b[order], 10]

    def _forgive(self) -> bool:
        had, self.banned = len(self.banned), np.zeros(0, np.int64)
        worth, self._forgiven = had > 0 and getattr(self, "_forgiven", 0) != len(self.faces), len(self.faces)
        return worth

    def _edges(self) -> _Edges:
        faces, n = self.faces, self.count
        pf = self.place[faces]
        per_piece = np.bincount(self.piece[pf[:, 0]], minlength=int(self.piece.max()) + 1)
        wa = np.concatenate([faces[:, [0, 1, 2]].reshape(-1), faces[:, [1, 2, 0]].reshape(-1)])
        wb = np.concatenate([faces[:, [1, 2, 0]].reshape(-1), faces[:, [0, 1, 2]].reshape(-1)])
        wedge_key, sides = np.unique(wa * len(self.place) + wb, return_counts=True)
        wa, wb = wedge_key // len(self.place), wedge_key % len(self.place)
        a, b = self.place[wa], self.place[wb]
        key = a * n + b
        order = np.argsort(key, kind="stable")
        key, pairs, sides = key[order], np.stack([wa, wb], 1)[order], sides[order]
        ways, start, pair_count = np.unique(key, return_index=True, return_counts=True)
        faces_at = np.add.reduceat(sides, start)
        a, b = ways // n, ways % n
        used = np.unique(faces.reshape(-1))
        wedges_of = np.bincount(self.place[used], minlength=n)
        fresh = np.ones(len(key), bool)  # a pair whose wedge of a is not the one of the row before
        fresh[1:] = (key[1:] != key[:-1]) | (pairs[1:, 0] != pairs[:-1, 0])
        distinct = np.add.reduceat(fresh.astype(np.int64), start)
        border = np.bincount(a[faces_at == 1], minlength=n)
        locked = np.bincount(a[faces_at > 2], minlength=n) > 0
        fits = (pair_count == distinct) & (distinct == wedges_of[a]) & ~locked[a]
        fits &= (border[a] == 0) | ((border[a] == 2) & (faces_at == 1))
        fits &= per_piece[self.piece[a]] > LEAST_FACES
        return _Edges(a[fits], b[fits], ways[fits], pairs, key)

    def _costs(self, edges: _Edges) -> NDArray[np.float64]:
        """(e,) mean squared distance, file units squared; a little for length, so that flat places go evenly."""
        q = self.quadrics[edges.a] + self.quadrics[edges.b]
        x, y, z = self.points[edges.b].T
        value = (q[:, 0] * x * x + 2 * q[:, 1] * x * y + 2 * q[:, 2] * x * z + 2 * q[:, 3] * x + q[:, 4] * y * y
                 + 2 * q[:, 5] * y * z + 2 * q[:, 6] * y + q[:, 7] * z * z + 2 * q[:, 8] * z + q[:, 9])
        length = ((self.points[edges.b] - self.points[edges.a]) ** 2).sum(1)
        return np.maximum(value, 0) / np.maximum(q[:, 10], 1e-300) + 1e-7 * length

    def _apart(self, edges: _Edges, best: NDArray[np.int64], need: int) -> NDArray[np.int64]:
        """Of the ways in `best` (cheapest first) those whose triangles do not touch, cheapest first."""
        pf = self.place[self.faces]
        degree = np.bincount(pf.reshape(-1), minlength=self.count)
        taken = np.zeros(len(pf), bool)
        picked: list[NDArray[np.int64]] = []
        # Shuffled: along a slope of costs, each edge would wait for its cheaper neighbour, and a round would do nothing.
        left = np.random.default_rng(len(pf)).permutation(best)
        for _ in range(PASSES):
            rank = np.full(self.count, _NONE)
            rank[edges.a[left]] = np.arange(len(left))
            corner = rank[pf]
            claim = np.where(taken, -1, corner.min(1))
            wins = np.bincount(pf.reshape(-1), weights=(corner == claim[:, None]).reshape(-1), minlength=self.count)
            a = edges.a[left]
            won = (wins[a] == degree[a]) & (degree[a] > 0)
            picked.append(left[won])
            mark = np.zeros(self.count, bool)
            mark[a[won]] = True
            taken |= mark[pf].any(1)
            left = left[~won]
            if not len(left):
                break
        found = np.concatenate(picked)
        position = np.full(len(edges.a), _NONE)
        position[best] = np.arange(len(best))
        return found[np.argsort(position[found], kind="stable")][:need]

    def _sound(self, edges: _Edges, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(c,) whether no triangle turns over, in space or in its texture."""
        goal = np.full(self.count, -1)
        goal[edges.a[chosen]] = edges.b[chosen]
        owner = np.full(self.count, -1)
        owner[edges.a[chosen]] = np.arange(len(chosen))
        pf = self.place[self.faces]
        rows, corner = np.nonzero(goal[pf] >= 0)
        slid = pf[rows].copy()
        moved = slid[np.arange(len(rows)), corner]
        slid[np.arange(len(rows)), corner] = goal[moved]
        stays = (slid[:, 0] != slid[:, 1]) & (slid[:, 1] != slid[:, 2]) & (slid[:, 0] != slid[:, 2])
        rows, slid, moved, corner = rows[stays], slid[stays], moved[stays], corner[stays]
        before, after = self._normals(pf[rows]), self._normals(slid)
        size = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
        bad = (before * after).sum(1) <= COS_FLIP * size
        bad |= np.linalg.norm(after, axis=1) <= SLIVER * np.minimum(self._longest(slid), self._longest(pf[rows]) * SLIVER_GROWS)
        if self.uv is not None and len(rows):
            wedge_goal = self._wedge_goal(edges, chosen)
            old = self.faces[rows]
            new = wedge_goal[old]
            bad |= _uv_area(self.uv, old) * _uv_area(self.uv, new) < 0
        sound = np.ones(len(chosen), bool)
        sound[owner[moved[bad]]] = False
        return sound

    def _normals(self, places: NDArray[np.int64]) -> NDArray[np.float64]:
        p = self.points
        return np.cross(p[places[:, 1]] - p[places[:, 0]], p[places[:, 2]] - p[places[:, 0]])

    def _longest(self, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n,) square of each triangle's longest side."""
        corners = self.points[places]
        return np.asarray(((corners - corners[:, [1, 2, 0]]) ** 2).sum(2).max(1))

    def _wedge_goal(self, edges: _Edges, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        to = np.arange(len(self.place))
        rows = np.isin(edges.pair_key, edges.key[chosen])
        to[edges.pairs[rows, 0]] = edges.pairs[rows, 1]
        return to

    def _collapse(self, edges: _Edges, chosen: NDArray[np.int64]) -> None:
        faces = self._wedge_goal(edges, chosen)[self.faces]
        np.add.at(self.quadrics, edges.b[chosen], self.quadrics[edges.a[chosen]])
        pf = self.place[faces]
        self.faces = faces[(pf[:, 0] != pf[:, 1]) & (pf[:, 1] != pf[:, 2]) & (pf[:, 0] != pf[:, 2])]


def _plane_quadrics(normal: NDArray[np.float64], point: NDArray[np.float64], weight: NDArray[np.float64],
                    ) -> NDArray[np.float64]:
    """(n, 11) quadrics of planes through `point`."""
    a, b, c = normal.T
    d = -(normal * point).sum(1)
    columns = (a * a, a * b, a * c, a * d, b * b, b * c, b * d, c * c, c * d, d * d, np.ones(len(a)))
    return np.stack(columns, axis=1) * weight[:, None]


def _add(total: NDArray[np.float64], at: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
    for k in range(rows.shape[1]):
        total[:, k] += np.bincount(at, weights=rows[:, k], minlength=len(total))


def _uv_area(uv: NDArray, faces: NDArray[np.int64]) -> NDArray[np.float64]:
    a, b, c = (uv[faces[:, k]].astype(np.float64) for k in range(3))
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
