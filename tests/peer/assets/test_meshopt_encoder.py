"""Our decoder of EXT_meshopt_compression on what the reference encoder writes."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from assets.meshopt import decode_attributes, decode_sequence, decode_triangles, unfilter
from tests.fakes.npm_package import npm_package

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]


def encoded(requests: list[dict[str, Any]]) -> list[tuple[bytes, bytes]]:
    """Streams, and what was given to the encoder after its filter."""
    given = [{**r, "data": base64.b64encode(np.ascontiguousarray(r["data"]).tobytes()).decode()} for r in requests]
    script, package = Path(__file__).with_name("meshopt_encoder.mjs"), npm_package("meshoptimizer@0.25.0")
    run = subprocess.run(["node", str(script), str(package)],
                         input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr[-800:]
    return [(base64.b64decode(a), base64.b64decode(b)) for a, b in json.loads(run.stdout)]


def turned(faces: NDArray) -> NDArray:
    """Each triangle from its smallest index on: the encoder may begin elsewhere, the winding must stay."""
    first = faces.argmin(1)
    return np.stack([faces[np.arange(len(faces)), (first + k) % 3] for k in range(3)], 1)


def test_attributes_of_every_stride_come_back() -> None:
    rng, values = np.random.default_rng(), []
    for _ in range(40):
        count, stride = int(rng.integers(1, 3000)), int(rng.choice([4, 8, 12, 16, 20, 32, 64, 256]))
        steps = rng.choice([1, 3, 20, 256])
        values.append(np.cumsum(rng.integers(0, steps, (count, stride)), 0).astype(np.uint8))
    streams = encoded([{"mode": "ATTRIBUTES", "data": v, "count": len(v), "stride": v.shape[1]} for v in values])
    for value, (stream, _) in zip(values, streams, strict=True):
        assert (decode_attributes(stream, *value.shape) == value).all()


def test_triangles_and_sequences_come_back() -> None:
    rng = np.random.default_rng()
    soup = rng.integers(0, 4000, (1500, 3))
    soup = soup[(soup[:, 0] != soup[:, 1]) & (soup[:, 1] != soup[:, 2]) & (soup[:, 0] != soup[:, 2])]
    shuffled = rng.permutation(trimesh.creation.icosphere(4).faces)
    meshes = [f.astype("<u4") for f in (trimesh.creation.torus(1, 0.3).faces, trimesh.creation.box().faces, shuffled, soup)]
    requests = [{"mode": mode, "data": faces, "count": faces.size, "stride": 4}
                for faces in meshes for mode in ("TRIANGLES", "INDICES")]
    streams = encoded(requests)
    for request, (stream, _) in zip(requests, streams, strict=True):
        faces = request["data"]
        if request["mode"] == "TRIANGLES":
            found = decode_triangles(stream, faces.size).reshape(-1, 3)
            assert (turned(found.astype(np.int64)) == turned(faces.astype(np.int64))).all()
        else:
            assert (decode_sequence(stream, faces.size) == faces.reshape(-1)).all()


def test_filtered_normals_turns_and_numbers_come_back() -> None:
    rng = np.random.default_rng()
    unit = rng.normal(size=(500, 4))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    normals = np.c_[unit[:, :3] / np.linalg.norm(unit[:, :3], axis=1, keepdims=True), np.zeros(500)]
    wide = rng.normal(size=(500, 3)) * 10.0 ** rng.integers(-3, 4, (500, 1))
    cases = [("Oct", "OCTAHEDRAL", normals, 8, 12), ("Oct", "OCTAHEDRAL", normals, 4, 8), ("Quat", "QUATERNION", unit, 8, 12),
             ("Exp", "EXPONENTIAL", wide, 12, 15)]
    streams = encoded([{"mode": "ATTRIBUTES", "data": v.astype("<f4"), "count": 500, "stride": stride, "filter": name,
                        "bits": bits} for name, _, v, stride, bits in cases])
    for (_, name, wanted, stride, bits), (stream, filtered) in zip(cases, streams, strict=True):
        rows = decode_attributes(stream, 500, stride)
        assert rows.tobytes() == filtered
        plain = np.ascontiguousarray(unfilter(rows, name))
        if name == "EXPONENTIAL":
            assert np.allclose(plain.view("<f4"), wanted, rtol=0, atol=np.abs(wanted).max(1, keepdims=True) * 2.0 ** (2 - bits))
            continue
        found = plain.view("<i2" if stride == 8 else "i1") / (32767 if stride == 8 else 127)
        if name == "QUATERNION":  # q and -q are one turn
            assert (np.abs((found * wanted).sum(1)) > 0.9999).all()
        else:
            assert np.abs(found[:, :3] - wanted[:, :3]).max() < 2.5 / 2 ** (bits - 1)
