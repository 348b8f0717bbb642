"""Skin of the hands, painted in 3-D: creases over the joints, red knuckles and tips, nails with moon, plate and free edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from avatar.build.body import SIDES, Body
from avatar.build.look import srgb
from avatar.build.mesh import Piece, join, keep_faces, triangles
from avatar.build.paint import bake, skin_colour
from avatar.pose import FINGERS
from avatar.skinning import vertex_normals

SIZE_PX = 512  # the back of a hand on the left half, its palm on the right; both hands share them
RED, PALM = np.array([0.965, 0.85, 0.84]), np.array([1.03, 0.955, 0.95])  # shares of the skin's colour
CREASE = np.array([0.72, 0.60, 0.58])
NAIL, MOON, EDGE = np.array([1.16, 1.06, 1.08]), np.array([1.22, 1.14, 1.15]), np.array([1.26, 1.24, 1.20])
WEATHERED = np.array([0.985, 0.98, 0.97])  # a man's
PALER = np.array([0.995, 1.025, 1.03])  # than the skin's own colour, as the face is: else hands look burnt beside it
NAIL_FROM, NAIL_HALF_M, NAIL_ROUND = 0.42, 0.0052, 0.55  # of the last bone; half a nail's breadth; how far its root is curved
MARGIN = 0.03
_NAMES = ("Thumb", "Index", "Middle", "Ring", "Little")


@dataclass(frozen=True, slots=True)
class Frame:
    """A hand's own axes at rest: (3, 3) rows across (to the thumb), along (to the tips), out of its back; corners in them."""

    origin: NDArray
    axes: NDArray
    low: NDArray
    high: NDArray

    def local(self, points: NDArray) -> NDArray:
        """(n, 3) metres in the hand's axes."""
        return (points - self.origin) @ self.axes.T


def frame(body: Body, side: str) -> Frame:
    """The hand's axes; mirrored between the sides."""
    wrist, middle = body.joint(side + "Hand"), body.joint(side + "MiddleProximal")
    first, last = body.joint(side + "IndexProximal"), body.joint(side + "LittleProximal")
    along = (middle - wrist) / np.linalg.norm(middle - wrist)
    across = (first - last) - along * ((first - last) @ along)
    across /= np.linalg.norm(across)
    back = np.cross(across, along) * (-1.0 if side == "left" else 1.0)
    outside = np.cross(first - wrist, last - wrist) * (1.0 if side == "left" else -1.0)
    back = back if back @ outside > 0 else -back
    axes = np.stack([across, along, back])
    names = {side + n for n in (*FINGERS, "Hand", "LowerArm")}
    bones = [i for i, n in enumerate(body.joint_names) if n in names]
    mine = body.shape[body.weights[:, bones].sum(1) > 0.6]
    spots = (mine - wrist) @ axes.T
    spots = spots[spots[:, 1] > -0.10]
    return Frame(wrist, axes, spots.min(0), spots.max(0))


def mapped(p: Piece, body: Body) -> Piece:
    """Both hands with their places in the picture: the back's half and the palm's half are cut apart along the edge."""
    out = []
    for side, mask in zip(SIDES, _sides(p), strict=True):
        one = keep_faces(p, mask)
        axes = frame(body, side)
        spots = axes.local(one.positions)
        facing = axes.local(one.positions + one.normals())[:, 2] - spots[:, 2]
        behind = facing[one.faces].mean(1) > 0
        for half, shift in ((behind, 0.0), (~behind, 0.5)):
            some = keep_faces(one, half)
            spots = axes.local(some.positions)
            share = np.clip((spots - axes.low) / (axes.high - axes.low), 0, 1) * (1 - 2 * MARGIN) + MARGIN
            some.uvs = np.stack([shift + share[:, 0] / 2, share[:, 1]], 1)
            out.append(some)
    return join(out)


def _sides(p: Piece) -> tuple[NDArray, NDArray]:
    left = p.positions[:, 0][p.faces].mean(1) > 0
    return left, ~left


def hand_texture(p: Piece, body: Body) -> NDArray:
    """(SIZE_PX, SIZE_PX, 3) sRGB 0..1, rows from the top. p: the hands as `mapped` gives them."""
    one, axes = keep_faces(p, _sides(p)[0]), frame(body, "left")
    nail = body.source.mask("fingernails")
    used = np.unique(body.skin)
    away, near = cKDTree(body.shape[used]).query(one.positions, k=3)
    near, share = used[near], 1.0 / np.maximum(away, 1e-6)
    share /= share.sum(1, keepdims=True)
    facing = vertex_normals(body.shape, triangles(body.skin))[near[:, 0]] @ axes.axes[2]  # of the whole skin: no step
    values = np.column_stack([one.positions, (nail[near] * share).sum(1), facing])
    drawn, hit = bake(one, values, SIZE_PX)
    nearest = ndimage.distance_transform_edt(~hit, return_distances=False, return_indices=True)
    drawn = drawn[tuple(nearest)]
    behind = np.clip((drawn[..., 4] + 0.45) / 0.6, 0, 1)  # the edge between back and palm is nowhere in particular
    return np.clip(_painted(drawn[..., :3], drawn[..., 3], behind, body), 0, 1)


def _painted(spot: NDArray, nail: NDArray, behind: NDArray, body: Body) -> NDArray:
    look = body.look
    rng = np.random.default_rng(13)
    tone = np.array(skin_colour(look.skin)) * PALER * (WEATHERED if look.sex == "man" else 1.0)
    colour = np.ones((*nail.shape, 3)) * tone
    for sigma, amount in ((14.0, 0.018), (4.0, 0.014), (0.8, 0.012)):
        noise = ndimage.gaussian_filter(rng.normal(size=nail.shape), sigma)
        colour *= 1 + (amount * noise / noise.std())[..., None] * (0.5, 1.0, 1.1)
    lined = ndimage.gaussian_filter(rng.normal(size=nail.shape), (0.7, 2.2))  # skin of a hand's back is finely lined across
    crease = 0.05 * np.clip(lined / lined.std() - 0.4, 0, 2) * behind
    red, plates = 0.20 * (1 - behind), []
    colour *= 1 + (PALM - 1) * (1 - behind)[..., None]
    for name in _NAMES:
        base, middle, last, tip = _finger(body, name)
        for joint, end, size, fine in ((base, middle, 0.010, 0), (middle, last, 0.0075, 1), (last, tip, 0.006, 1)):
            way = (end - joint) / np.linalg.norm(end - joint)
            off = spot - joint
            t = off @ way
            aside = np.linalg.norm(off - t[..., None] * way, axis=-1)
            near = np.clip((0.0135 - aside) / 0.003, 0, 1)
            red = red + behind * 0.40 * np.exp(-((t / size) ** 2 + (aside / (1.5 * size)) ** 2) * 0.6)
            t = t + 0.0004 * lined / lined.std()
            if fine:
                for at, deep in ((-0.0034, 0.35), (-0.0016, 0.6), (0.0004, 0.75), (0.0022, 0.5), (0.0040, 0.3)):
                    crease = crease + behind * near * deep * 0.62 * np.exp(-(((t - at * size / 0.0075) / 0.00045) ** 2))
            crease = crease + (1 - behind) * near * 0.65 * np.exp(-((t / 0.0007) ** 2))
        red = red + 0.55 * np.exp(-(np.linalg.norm(spot - tip, axis=-1) / 0.010) ** 2)
        plates.append((last, tip))
    cord, hollow, knuckle = back_of_hand(spot, body)
    colour *= 1 + (0.075 * np.clip(cord + 0.9 * knuckle, 0, 1) * behind)[..., None] * (1.0, 0.95, 0.9)
    colour *= 1 - (0.24 * hollow * behind)[..., None] * (1 - np.array([0.55, 0.30, 0.30]))
    crease = np.clip(crease + _palm_lines(spot, behind, body), 0, 1)
    colour *= 1 - np.clip(red, 0, 1)[..., None] * (1 - RED)
    colour *= 1 - 0.55 * crease[..., None] * (1 - CREASE)
    above = np.clip((behind - 0.45) / 0.25, 0, 1)
    nail = np.maximum(nail * above, _plates(spot, body))
    return _nails(colour, spot, nail, plates, np.array(srgb(look.outfit.nails)), tone, look.sex == "woman")


def _finger(body: Body, name: str) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Three joints of a left finger and its tip."""
    names = ("Metacarpal", "Proximal", "Distal") if name == "Thumb" else ("Proximal", "Intermediate", "Distal")
    a, b, c = (body.joint("left" + name + n) for n in names)
    way = (c - b) / np.linalg.norm(c - b)
    mine = body.shape[body.weights[:, body.joint_names.index("left" + name + "Distal")] > 0.5]
    return a, b, c, c + way * float(((mine - c) @ way).max())


def fingers(body: Body) -> list[tuple[NDArray, NDArray, NDArray, NDArray]]:
    """Three joints and the tip of each finger of the left hand but the thumb."""
    return [_finger(body, name) for name in _NAMES[1:]]


def back_of_hand(spot: NDArray, body: Body) -> tuple[NDArray, NDArray, NDArray]:
    """0..1 each for places (..., 3) on the left hand: the cords from the knuckles toward the wrist, the hollows between, and
    the knuckles."""
    wrist, out = body.joint("leftHand"), frame(body, "left").axes[2]
    heads = np.array([body.joint("left" + n + "Proximal") for n in _NAMES[1:]])
    ends = wrist + (heads - wrist) * 0.18 + (heads - heads.mean(0)) * 0.25
    cord, bump, nearest = (np.full(spot.shape[:-1], start) for start in (0.0, 0.0, 1.0))
    length = np.zeros(spot.shape[:-1])
    for head, end in zip(heads, ends, strict=True):
        way = end - head
        t = np.clip(((spot - head) @ way) / (way @ way), 0, 1)
        flat = spot - head - t[..., None] * way
        across = np.linalg.norm(flat - (flat @ out)[..., None] * out, axis=-1)
        cord += np.exp(-((across / 0.0024) ** 2)) * np.clip(1 - t, 0, 1) * np.clip(t / 0.12, 0, 1)
        bump += np.exp(-((np.linalg.norm(spot - head - 0.008 * out, axis=-1) / 0.0095) ** 2))
        length = np.where(across < nearest, t, length)
        nearest = np.minimum(nearest, across)
    hollow = np.exp(-(((nearest - 0.0085) / 0.0040) ** 2)) * np.clip((0.75 - length) / 0.5, 0, 1)
    hollow = hollow * np.clip((length - 0.01) / 0.05, 0, 1)
    return np.clip(cord, 0, 1), hollow, np.clip(bump, 0, 1)


def _plates(spot: NDArray, body: Body) -> NDArray:
    """0..1 nails for places (..., 3) on the left hand: from the middle of the last bone to the tip, rounded at the root. The
    part's own mask covers only their outer half."""
    marked = body.shape[body.source.mask("fingernails") > 0.5]
    out = np.zeros(spot.shape[:-1])
    for name in _NAMES:
        _, _, last, tip = _finger(body, name)
        way = (tip - last) / np.linalg.norm(tip - last)
        mine = marked[np.linalg.norm(marked - tip, axis=1) < 0.014]
        up = (mine - last).mean(0)
        up = (up - way * (up @ way)) / np.linalg.norm(up - way * (up @ way))
        off = spot - last
        t, high, across = off @ way, off @ up, np.abs(off @ np.cross(way, up))
        long = float(np.linalg.norm(tip - last))
        root = long * NAIL_FROM + NAIL_ROUND * np.clip(across / NAIL_HALF_M, 0, 1) ** 2 * NAIL_HALF_M
        inside = np.minimum((NAIL_HALF_M * (0.7 if name == "Little" else 1.0) - across) / 0.0012, (t - root) / 0.0012)
        out = np.maximum(out, np.clip(inside + 0.5, 0, 1) * (high > 0.0015) * (t < 1.15 * long))
    return out


def _palm_lines(spot: NDArray, behind: NDArray, body: Body) -> NDArray:
    """The three lines of a palm and the two of the wrist."""
    axes = frame(body, "left")
    x, y, _ = np.moveaxis(axes.local(spot.reshape(-1, 3)).reshape(spot.shape), -1, 0)
    long = float(axes.local(body.joint("leftMiddleProximal")[None])[0, 1])
    out = np.zeros(x.shape)
    lines = (((0.0, -0.25, -6.0), 0.80, 0.034), ((0.15, -0.35, 4.0), 0.62, 0.036), ((0.9, 0.6, -14.0), 0.42, 0.030))
    for bent, at, span in lines:
        line = long * at + bent[0] * 0.01 + bent[1] * x + bent[2] * x * x
        out += np.exp(-(((y - line) / 0.0009) ** 2)) * np.clip((span - np.abs(x)) / 0.006, 0, 1)
    for at in (-0.004, -0.010):
        out += 0.6 * np.exp(-(((y - at) / 0.0008) ** 2))
    return out * (1 - behind) * 0.7


def _nails(colour: NDArray, spot: NDArray, mask: NDArray, plates: list[tuple[NDArray, NDArray]], polish: NDArray,
           tone: NDArray, painted: bool) -> NDArray:
    """Plates with a moon at the root, a free edge at the tip, a fold of skin round them, and the light that lies on them."""
    soft = ndimage.gaussian_filter(np.clip(mask, 0, 1), 0.8)
    plate = np.clip((soft - 0.30) / 0.30, 0, 1)
    rim = np.exp(-(((soft - 0.22) / 0.14) ** 2)) * (soft > 0.03)
    far = np.stack([np.linalg.norm(spot - tip, axis=-1) for _, tip in plates])
    which = far.argmin(0)
    root, tip = (np.array([p[k] for p in plates])[which] for k in (0, 1))
    way = tip - root
    t = ((spot - root) * way).sum(-1) / (way * way).sum(-1)  # 0 at the last joint, 1 at the tip
    inside = plate > 0.5
    low, high = (np.quantile(t[inside], q) for q in (0.04, 0.96)) if inside.any() else (0.4, 1.0)
    s = np.clip((t - low) / (high - low), 0, 1)
    natural = tone * NAIL
    natural = natural + (tone * MOON - natural) * np.clip(1 - s / 0.22, 0, 1)[..., None] * 0.55
    natural = natural + (tone * EDGE - natural) * np.clip((s - 0.84) / 0.06, 0, 1)[..., None] * 0.6
    lacquer = np.clip(polish * (1.0 + 0.10 * s[..., None]), 0, 1)
    nail = lacquer if painted else natural
    shine = np.exp(-(((s - 0.52) / 0.20) ** 2)) * (0.34 if painted else 0.30) * np.clip((soft - 0.45) / 0.3, 0, 1)
    nail = nail + (1 - nail) * shine[..., None]
    colour = colour * (1 - 0.20 * rim[..., None] * (1 - CREASE))
    return colour * (1 - plate[..., None]) + nail * plate[..., None]
