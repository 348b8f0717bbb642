"""KHR_draco_mesh_compression through DracoPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.glb import GlbError
from assets.glb_accessors import Accessors
from assets.glb_container import integer, mapping

_READ = ("POSITION", "NORMAL", "TEXCOORD_0", "TEXCOORD_1", "COLOR_0")


def decode_draco(spec: dict[str, Any], attributes: dict[str, Any], accessors: Accessors, name: str,
                 ) -> tuple[dict[str, NDArray[Any]], NDArray[np.int32]]:
    """Arrays by attribute name and (f, 3) faces. Raises GlbError for a damaged stream."""
    import DracoPy

    data = accessors.view(integer(spec, "bufferView", name), name)
    ids = mapping(spec, "attributes", name)
    try:
        mesh = DracoPy.decode(bytes(data))
        stored = {int(a["unique_id"]): np.asarray(a["data"]) for a in mesh.attributes}
        faces = np.asarray(mesh.faces).reshape(-1, 3).astype(np.int32)
        arrays: dict[str, NDArray[Any]] = {}
        for key in _READ:
            if key in attributes and key in ids:
                array = stored[int(ids[key])]
                array = array.reshape(len(array), -1)
                if array.dtype.kind in "iu":
                    array = array.astype(np.float32) / np.float32(np.iinfo(array.dtype).max)
                arrays[key] = array.astype(np.float32)
    except Exception as error:  # the decoder raises its own and plain exceptions for damaged data
        raise GlbError(f"The Draco data of {name} cannot be decoded ({str(error)[:80] or type(error).__name__}).") from None
    if "POSITION" not in arrays or arrays["POSITION"].shape[1] != 3:
        raise GlbError(f"The Draco data of {name} holds no positions.")
    if not all(np.isfinite(a).all() for a in arrays.values()):
        raise GlbError(f"The Draco data of {name} holds numbers that are not finite.", "non_finite")
    if len(faces) and (int(faces.max()) >= len(arrays["POSITION"]) or int(faces.min()) < 0):
        raise GlbError(f"The Draco faces of {name} use a vertex that is missing.", "range")
    return arrays, faces
