"""Gives a list of triangles an attribute whose value differs from corner to corner: vertices are split where it must be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.gate.edit import Edit
from assets.glb_accessors import Accessors


def give(edit: Edit, reader: Accessors, primitive: dict[str, Any], faces: NDArray[np.int64], name: str,
         values: NDArray[np.float32], apart: NDArray[np.int64]) -> None:
    """Write all attributes anew, with `name` among them. faces: (f, 3); values: (3 f, k) of the corners; apart: (3 f, j),
    corners of one vertex with other rows become vertices of their own. Raises GlbError."""
    rows = np.concatenate([faces.reshape(-1, 1), apart], axis=1)
    _, first, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    vertices = faces.reshape(-1)[first]
    attributes = {}
    for known, index in primitive["attributes"].items():
        source = edit.value["accessors"][index]
        attributes[known] = edit.add_accessor(reader.read(index, known, stored=True)[vertices], 34962,
                                              normalized=source.get("normalized") is True, bounds=known == "POSITION")
    attributes[name] = edit.add_accessor(values[first].astype("<f4"), 34962)
    primitive["attributes"] = attributes
    small = len(vertices) < 65535
    primitive["indices"] = edit.add_accessor(inverse.reshape(-1).astype("<u2" if small else "<u4"), 34963)
