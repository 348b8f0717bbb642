"""Kokoro's network said otherwise, so that onnxruntime works on it 1.6 times as fast: built once from the fetched parts.

Two thirds of the time goes into convolutions of eight-bit numbers, for which onnxruntime's ConvInteger is slow. The same
integer sums are a product of matrices: each row is one moment, its columns the channels of the moments around it. Sound
stays in rows of channels through the whole vocoder (iSTFTNet, Kaneko et al. 2022), so that nothing is turned around between
two convolutions, and its instance norm and snake activation (Ziyin et al. 2020) become six steps instead of eleven:

    y = g (x - mean) / sd + b;  z = y + sin(a y)^2 / a  =  (u - cos u + 1) / 2a  with  u = 2a y

Weights, scales and zero points are the model's own; sums are exact, where dot products of bytes are (see _exact_bytes).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = 1  # of what is built here
LENGTHS = "/encoder/Clip_output_0"  # the tensor with the length of each sign, in frames
_GENERATOR, _WEIGHTS = "/decoder/decoder/generator", "decoder.decoder.generator"
_EPSILON = 1e-5  # of the instance norm, as it was trained
_DOT_PRODUCTS = ("avx512_vnni", "avx_vnni", "amx_int8", "asimddp")  # of signed bytes, in 32 bits without saturation


def ensure_built(model: bytes, cache: Path) -> Path:
    """The quick model below `cache`, built when it is not there: 3 s, 500 MB for a moment. Raises OSError, ValueError for a
    model that is not the one expected."""
    signed = _exact_bytes()
    key = hashlib.sha256(model + f"{VERSION} {signed}".encode()).hexdigest()[:24]
    path = cache / f"{key}.onnx"
    if not path.is_file():
        with tempfile.NamedTemporaryFile(dir=cache, suffix=".part", delete=False) as file:
            file.write(quick(model, signed))
        os.replace(file.name, path)
    return path


def quick(model: bytes, signed: bool) -> bytes:
    """The model as products of matrices, with LENGTHS as a second output. signed: weights as signed bytes, which is faster
    and exact where the machine multiplies bytes exactly. Raises ValueError."""
    import onnx

    graph = onnx.load_from_string(model)
    try:
        _Rewriting(graph.graph, signed).run()
    except (KeyError, StopIteration, IndexError) as error:
        raise ValueError(f"Kokoro's network is not the one that is known here ({error!r})") from None
    return bytes(graph.SerializeToString())


def _exact_bytes() -> bool:
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return any(name in flags for name in _DOT_PRODUCTS)


@dataclass(frozen=True)
class _Conv:
    """A quantised convolution of the model. source: node that quantises its input; result: name of its float output;
    weights: (out, in, taps) uint8; zero: uint8; scale, bias: float32."""

    source: Any
    result: str
    weights: NDArray
    zero: NDArray
    scale: NDArray
    bias: NDArray
    dilation: int
    stride: int
    pads: tuple[int, int]


class _Rewriting:
    """One graph on its way. Names of the model's own tensors are kept where something else reads them."""

    def __init__(self, graph: Any, signed: bool) -> None:
        self._graph, self._signed = graph, signed
        self._given = {i.name: i for i in graph.initializer}
        self._maker = {out: node for node in graph.node for out in node.output}
        self._reader = {name: node for node in graph.node for name in node.input}
        self._new: list[Any] = []
        self._small: dict[tuple[str, bytes], str] = {}
        self._count = 0

    def run(self) -> None:
        """In place."""
        from onnx import TensorProto, helper

        convs = {node.name: self._read(node) for node in self._graph.node if node.op_type == "ConvInteger"}
        replaced: dict[str, list[Any]] = {}
        for stage, up in enumerate((f"{_GENERATOR}/ups.0/ConvTranspose_output_0", f"{_GENERATOR}/reflection_pad/Pad_output_0")):
            result = f"{_GENERATOR}/Div_{2 * stage + 2}_output_0"
            replaced[result] = self._taken(result, partial(self._stage, stage, up, convs))
        for name, conv in convs.items():
            if "blocks." not in name and "noise_res." not in name:
                replaced[conv.result] = self._taken(conv.result, partial(self._single, conv))
        nodes = []
        for node in self._graph.node:
            hit = next((out for out in node.output if out in replaced), None)
            nodes += replaced[hit] if hit else [node]
        self._graph.output.append(helper.make_tensor_value_info(LENGTHS, TensorProto.FLOAT, None))
        self._prune(nodes)

    def _taken(self, result: str, make: Callable[[], str]) -> list[Any]:
        """The nodes that `make` adds, the last of which gives `result`."""
        self._new = []
        make()
        self._new[-1].output[0] = result
        return self._new

    def _prune(self, nodes: Sequence[Any]) -> None:
        needed = {out.name for out in self._graph.output}
        kept = []
        for node in reversed(nodes):
            if not needed.isdisjoint(node.output):
                kept.append(node)
                needed.update(node.input)
        given = [i for i in self._graph.initializer if i.name in needed]
        del self._graph.node[:], self._graph.initializer[:], self._graph.value_info[:]
        self._graph.node.extend(reversed(kept))
        self._graph.initializer.extend(given)

    # Reading ------------------------------------------------------------------------------------------------

    def _array(self, name: str) -> NDArray:
        from onnx import numpy_helper

        return np.asarray(numpy_helper.to_array(self._given[name]))

    def _read(self, node: Any) -> _Conv:
        """ConvInteger, then Add of a bias in its own units, Cast, Mul by both scales."""
        from onnx import helper

        given = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if given.get("group", 1) != 1 or len(given["kernel_shape"]) != 1:
            raise KeyError(node.name)
        reader, bias = self._reader[node.output[0]], np.zeros(1, np.float32)
        if reader.op_type == "Add":
            divided = self._maker[reader.input[1]]  # Reshape, Cast, Floor, Div
            while divided.op_type != "Div":
                divided = self._maker[divided.input[0]]
            bias = self._array(divided.input[0])
            reader = self._reader[reader.output[0]]
        scaled = self._reader[reader.output[0]]
        scale = next(self._array(i) for i in self._maker[scaled.input[1]].input if i in self._given)
        weights = self._array(node.input[1])
        return _Conv(self._maker[node.input[0]], scaled.output[0], weights, self._array(node.input[3]).reshape(()),
                     scale.reshape(()), np.broadcast_to(bias, weights.shape[:1]).astype(np.float32), given["dilations"][0],
                     given["strides"][0], tuple(given["pads"]))

    # Writing ------------------------------------------------------------------------------------------------

    def _op(self, kind: str, inputs: Sequence[str], outputs: int = 1, domain: str = "", **given: Any) -> Any:
        from onnx import helper

        self._count += 1
        names = [f"quick{self._count}_{i}" for i in range(outputs)]
        self._new.append(helper.make_node(kind, list(inputs), names, domain=domain, **given))
        return names[0] if outputs == 1 else names

    def _const(self, value: Any, kind: Any = np.float32) -> str:
        from onnx import numpy_helper

        array: NDArray = np.asarray(value, kind)
        key = (f"{array.dtype}{array.shape}", array.tobytes() if array.size < 64 else os.urandom(8))
        if key not in self._small:
            self._small[key] = f"given{len(self._small)}"
            self._graph.initializer.append(numpy_helper.from_array(array, self._small[key]))
        return self._small[key]

    def _rows(self, tensor: str) -> str:
        """(1, c, t) as (t, c)."""
        return str(self._op("Squeeze", [self._op("Transpose", [tensor], perm=[0, 2, 1]), self._const([0], np.int64)]))

    def _columns(self, rows: str) -> str:
        """(t, c) as (1, c, t)."""
        return str(self._op("Transpose", [self._op("Unsqueeze", [rows, self._const([0], np.int64)])], perm=[0, 2, 1]))

    def _single(self, conv: _Conv) -> str:
        """A convolution outside of the vocoder's blocks."""
        quantised, scale, zero = conv.source.output
        return self._columns(self._convolved(conv, self._rows(quantised), scale, zero))

    def _convolved(self, conv: _Conv, x: str, scale: str, zero: str) -> str:
        """(t', out) float32 from (t, in) uint8: the moments around each one side by side, times the weights."""
        count, channels, taps = conv.weights.shape
        weights, base = conv.weights.transpose(2, 1, 0).reshape(-1, count), conv.zero
        if self._signed:
            weights, base = (weights.astype(np.int16) - 128).astype(np.int8), (base.astype(np.int16) - 128).astype(np.int8)
        if taps > 1 or conv.stride > 1 or any(conv.pads):
            x = self._op("Pad", [x, self._const([conv.pads[0], 0, conv.pads[1], 0], np.int64), zero])
            length = self._op("Gather", [self._op("Shape", [x]), self._const(0, np.int64)])
            last = self._op("Sub", [length, self._const(conv.dilation * (taps - 1), np.int64)])
            first = self._op("Range", [self._const(0, np.int64), last, self._const(conv.stride, np.int64)])
            around = self._const(np.arange(taps)[None] * conv.dilation, np.int64)
            places = self._op("Add", [self._op("Unsqueeze", [first, self._const([1], np.int64)]), around])
            x = self._op("Reshape", [self._op("Gather", [x, places], axis=0), self._const([-1, taps * channels], np.int64)])
        return str(self._op("MatMulIntegerToFloat", [
            x, self._const(weights, weights.dtype), scale, self._const(conv.scale), zero, self._const(base, weights.dtype),
            self._const(conv.bias)], domain="com.microsoft"))

    def _stage(self, stage: int, up: str, convs: dict[str, _Conv]) -> str:
        """The source's sound joins the upsampled one, then three blocks side by side, and their mean."""
        source = self._block(self._rows(f"{_GENERATOR}/noise_convs.{stage}/Conv_output_0"), f"noise_res.{stage}", convs)
        x = self._op("Add", [self._rows(up), source])
        spread = self._spread(x)
        a, b, c = (self._block(x, f"resblocks.{3 * stage + n}", convs, spread) for n in range(3))
        return self._columns(self._op("Mul", [self._op("Add", [self._op("Add", [a, b]), c]), self._const(1 / 3)]))

    def _block(self, x: str, name: str, convs: dict[str, _Conv], spread: tuple[str, str] | None = None) -> str:
        for n in range(3):
            y = x
            for half in (1, 2):
                known = spread if half == 1 and n == 0 else None
                active = self._active(y, known or self._spread(y), name, half, n)
                y = self._convolved(convs[f"{_GENERATOR}/{name}/convs{half}.{n}/Conv_quant"], *active)
            x = self._op("Add", [y, x])
        return x

    def _spread(self, x: str) -> tuple[str, str]:
        """(1, c) mean and 1 / standard deviation of each channel."""
        over = self._const([0], np.int64)
        mean = self._op("ReduceMean", [x, over], keepdims=1)
        square = self._op("ReduceMean", [self._op("Mul", [x, x]), over], keepdims=1)
        variance = self._op("Sub", [square, self._op("Mul", [mean, mean])])
        return mean, self._op("Reciprocal", [self._op("Sqrt", [self._op("Add", [variance, self._const(_EPSILON)])])])

    def _active(self, x: str, spread: tuple[str, str], block: str, half: int, n: int) -> tuple[str, str, str]:
        """Norm, style and snake, in bytes: (values, scale, zero point)."""
        style, row = f"{_GENERATOR}/{block}/adain{half}.{n}", self._const([1, -1], np.int64)
        gain = self._op("Mul", [self._op("Reshape", [f"{style}/Add_1_output_0", row]), spread[1]])
        shift = self._op("Sub", [self._op("Reshape", [f"{style}/Slice_1_output_0", row]), self._op("Mul", [spread[0], gain])])
        twice = 2 * self._array(f"{_WEIGHTS}.{block}.alpha{half}.{n}").reshape(1, -1)
        u = self._op("Add", [self._op("Mul", [x, self._op("Mul", [gain, self._const(twice)])]),
                             self._op("Mul", [shift, self._const(twice)])])
        waved = self._op("Mul", [self._op("Sub", [u, self._op("Cos", [u])]), self._const(1 / twice)])
        return tuple(self._op("DynamicQuantizeLinear", [self._op("Add", [waved, self._const(1 / twice)])], 3))
