"""A convolution of bytes is the same as a product of matrices, for whatever taps, strides and dilations."""

from __future__ import annotations

import random
from functools import partial

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from dialogue.adapters.kokoro_graph import _Rewriting, quick

pytestmark = pytest.mark.unit


def network(rng: np.random.Generator, channels: int, count: int, taps: int, stride: int, dilation: int, pads: list[int],
            biased: bool) -> onnx.ModelProto:
    """Quantise, convolve, add the bias in the sums' own units, scale: as onnxruntime's quantiser writes it."""
    given = {"w": rng.integers(0, 256, (count, channels, taps)).astype(np.uint8),
             "wz": np.array(rng.integers(100, 150), np.uint8),
             "ws": np.array(rng.uniform(0.01, 0.1), np.float32), "b": rng.normal(0, 3, count).astype(np.float32),
             "shape": np.array([1, -1, 1], np.int64)}
    nodes = [helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "qs", "qz"]),
             helper.make_node("ConvInteger", ["q", "w", "qz", "wz"], ["sum"], name="one", dilations=[dilation],
                              strides=[stride], kernel_shape=[taps], pads=pads),
             helper.make_node("Mul", ["qs", "ws"], ["scale"])]
    if biased:
        nodes += [helper.make_node("Div", ["b", "scale"], ["b1"]), helper.make_node("Floor", ["b1"], ["b2"]),
                  helper.make_node("Cast", ["b2"], ["b3"], to=TensorProto.INT32),
                  helper.make_node("Reshape", ["b3", "shape"], ["b4"]), helper.make_node("Add", ["sum", "b4"], ["summed"])]
    nodes += [helper.make_node("Cast", ["summed" if biased else "sum"], ["float"], to=TensorProto.FLOAT),
              helper.make_node("Mul", ["float", "scale"], ["y"])]
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, channels, "t"])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
                              [numpy_helper.from_array(v, k) for k, v in given.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)],
                             ir_version=9)


def run(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["y"], {"x": x})[0])


@pytest.mark.parametrize("signed", [False, True])
def test_a_convolution_and_its_product_give_the_same(signed: bool) -> None:
    seed = random.randrange(10**6)
    rng = np.random.default_rng(seed)
    for _ in range(6):
        channels, count, taps = (int(rng.integers(1, 9)) for _ in range(3))
        stride, dilation, biased = int(rng.integers(1, 4)), int(rng.integers(1, 4)), bool(rng.integers(2))
        pads = [int(p) for p in rng.integers(0, 1 + dilation * (taps - 1), 2)] if taps > 1 else [0, 0]
        model = network(rng, channels, count, taps, stride, dilation, pads, biased)
        x = rng.normal(0, 1, (1, channels, int(rng.integers(40, 90)))).astype(np.float32)
        wanted = run(model, x)
        rewriting = _Rewriting(model.graph, signed)
        conv = rewriting._read(next(n for n in model.graph.node if n.name == "one"))
        nodes = rewriting._taken("y", partial(rewriting._single, conv))
        rewriting._prune([*[n for n in model.graph.node if "y" not in n.output], *nodes])
        assert "ConvInteger" not in {n.op_type for n in model.graph.node}
        found = run(model, x)
        step = float(np.ptp(x)) / 255 * 0.1 * 1.01  # the bias was rounded down to whole units of both scales
        assert found.shape == wanted.shape, seed
        assert np.abs(found - wanted).max() <= step + 1e-3, (seed, taps, stride, dilation, pads, biased)


def test_another_network_is_refused() -> None:
    with pytest.raises(ValueError, match="not the one that is known here"):
        quick(network(np.random.default_rng(1), 2, 3, 3, 1, 1, [1, 1], True).SerializeToString(), True)
