"""How to bring a model to true size, upright, on its foot: one matrix, from the catalogue's measures."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from assets.gate.findings import Finding
from assets.gate.subject import Subject
from assets.glb import scene_bounds

TOLERANCE = 0.03  # Khronos asset auditor: +-3 % of the product sheet
PIVOT_TOLERANCE = 0.01  # of the largest side; less cannot be seen
SMALLEST_M, LARGEST_M = 0.01, 10.0  # the auditor allows 100 m; nothing that stands in a showroom has more than 10
SOURCE = "Khronos asset auditor: dimensions within 3 % of the product sheet, at least 0.01 m; pivot at the bottom centre"
# file units -> metres: powers of ten (mm, cm, dm, km), inch, foot, and an inch taken for a centimetre
FACTORS = (*(10.0**n for n in range(-4, 5) if n), 0.0254, 1 / 0.0254, 2.54, 1 / 2.54, 0.3048, 1 / 0.3048)
_Z_UP = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]], float)  # +Z up becomes +Y up
_X_UP = np.array([[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], float)  # +X up becomes +Y up
_QUARTER = np.array([[0, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 1]], float)  # width and depth change places
# What turns a model to its listed measures, the likeliest first; sizes as they come out.
_TURNS = (("", np.eye(4)), ("Z", _Z_UP), ("X", _X_UP), ("quarter", _QUARTER))
_TURN_SENTENCES = {
    "Z": ("up_axis", "repaired", "The model lay on its back (+Z up); it was set upright.", "模型以 Z 轴为上方，已转正。"),
    "X": ("up_axis", "repaired", "The model lay on its side (+X up); it was set upright.", "模型以 X 轴为上方，已转正。"),
    # Not turned: a product sheet with width and depth exchanged is as likely as a model that looks sideways.
    "quarter": ("front_axis", "warned", "Width and depth are exchanged against the listed ones; does the front look to +Z?",
                "宽与深与标称互换，请确认正面是否朝向 +Z。"),
}


def place(subject: Subject) -> tuple[NDArray[np.float64], list[Finding]]:
    """The (4, 4) matrix to put before the model and what it mends; the identity when nothing is wrong."""
    assert subject.scene is not None
    low, high = scene_bounds(subject.scene)
    matrix, findings = np.eye(4), list[Finding]()
    size = high - low
    if subject.listed_size_m is not None:
        matrix, findings = _sized(size, np.asarray(subject.listed_size_m, float))
    elif not SMALLEST_M <= float(size.max()) <= LARGEST_M:
        findings.append(
            Finding(
                "size",
                "warned",
                f"The model measures {_text(size)}; is its unit the metre?",
                f"模型尺寸为 {_text(size)}，单位是否为米？",
                float(size.max()),
                LARGEST_M,
                SOURCE,
            )
        )
    corners = np.array(list(product(*zip(low, high, strict=True)))) @ matrix[:3, :3].T
    low, high = corners.min(0), corners.max(0)
    foot = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    if np.abs(foot).max() > PIVOT_TOLERANCE * float((high - low).max()):
        shift = np.eye(4)
        shift[:3, 3] = -foot
        matrix = shift @ matrix
        findings.append(_moved(foot, PIVOT_TOLERANCE * float((high - low).max())))
    return matrix, findings


def _moved(foot: NDArray[np.float64], tolerance: float) -> Finding:
    """What moving the model's bottom centre from `foot` to the origin mends."""
    off, height = float(np.linalg.norm(foot)), float(foot[1])
    if np.abs(foot[[0, 2]]).max() > tolerance:
        return Finding("pivot", "repaired", f"The pivot was {off:.3g} m off; it is now at the bottom centre.",
                       f"原点偏离 {off:.3g} 米，已移到底部中心。", off, tolerance, SOURCE)
    if height > 0:
        return Finding("floating", "repaired", f"The model floated {height:.3g} m above the floor; it was set down.",
                       f"模型悬空 {height:.3g} 米，已放到地面。", height, tolerance, SOURCE)
    return Finding("sunken", "repaired", f"The model stood {-height:.3g} m in the floor; it was lifted.",
                   f"模型陷入地面 {-height:.3g} 米，已抬起。", -height, tolerance, SOURCE)


def _sized(size: NDArray[np.float64], listed: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[Finding]]:
    for factor in (1.0, *FACTORS):
        for turn, matrix in _TURNS:
            if not _agrees(np.abs(matrix[:3, :3]) @ size * factor, listed):
                continue
            findings = []
            if factor != 1.0:
                findings.append(Finding(
                    "scale", "repaired",
                    f"The model measured {_text(size)} for {_text(listed)} listed; it was scaled by {factor:.4g}.",
                    f"模型尺寸 {_text(size)} 与标称 {_text(listed)} 不符，已缩放 {factor:.4g} 倍。", factor, 1.0, SOURCE))
            if turn:
                findings.append(Finding(*_TURN_SENTENCES[turn], source=SOURCE))
            kept = np.eye(4) if turn == "quarter" else matrix
            return np.diag([factor, factor, factor, 1.0]) @ kept, findings
    return np.eye(4), [
        Finding(
            "size",
            "warned",
            f"The model measures {_text(size)}, the catalogue says {_text(listed)}, and no usual unit explains it.",
            f"模型尺寸 {_text(size)} 与标称 {_text(listed)} 不符，且不是常见单位换算。",
            float(size.max() / listed.max()),
            TOLERANCE,
            SOURCE,
        )
    ]


def _agrees(measured: NDArray[np.float64], listed: NDArray[np.float64]) -> bool:
    return bool((np.abs(measured - listed) <= TOLERANCE * listed + 1e-9).all())


def _text(size: NDArray[np.float64]) -> str:
    return " x ".join(f"{v:.3g}" for v in size) + " m"
