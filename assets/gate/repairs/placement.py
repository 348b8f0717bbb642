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
SMALLEST_M, LARGEST_M = 0.01, 100.0
SOURCE = "Khronos asset auditor: dimensions within 3 % of the product sheet, 0.01 to 100 m; pivot at the bottom centre"
# file units -> metres: powers of ten (mm, cm, dm, km), inch, foot, and an inch taken for a centimetre
FACTORS = (*(10.0**n for n in range(-4, 5) if n), 0.0254, 1 / 0.0254, 2.54, 1 / 2.54, 0.3048, 1 / 0.3048)
_UPRIGHT = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]], float)  # +Z up becomes +Y up


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
        findings.append(
            Finding(
                "pivot",
                "repaired",
                f"The pivot was {np.linalg.norm(foot):.3g} m off; it is now at the bottom centre.",
                f"原点偏离 {np.linalg.norm(foot):.3g} 米，已移到底部中心。",
                float(np.linalg.norm(foot)),
                PIVOT_TOLERANCE,
                SOURCE,
            )
        )
    return matrix, findings


def _sized(size: NDArray[np.float64], listed: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[Finding]]:
    turned = size[[0, 2, 1]]
    for factor in (1.0, *FACTORS):
        for upright, measured in ((False, size), (True, turned)):
            if not _agrees(measured * factor, listed):
                continue
            matrix = np.diag([factor, factor, factor, 1.0]) @ (_UPRIGHT if upright else np.eye(4))
            findings = []
            if factor != 1.0:
                findings.append(
                    Finding(
                        "scale",
                        "repaired",
                        f"The model measured {_text(size)} for {_text(listed)} listed; it was scaled by {factor:.4g}.",
                        f"模型尺寸 {_text(size)} 与标称 {_text(listed)} 不符，已缩放 {factor:.4g} 倍。",
                        factor,
                        1.0,
                        SOURCE,
                    )
                )
            if upright:
                findings.append(
                    Finding(
                        "up_axis",
                        "repaired",
                        "The model lay on its back (+Z up); it was set upright.",
                        "模型以 Z 轴为上方，已转正。",
                        source=SOURCE,
                    )
                )
            return matrix, findings
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
