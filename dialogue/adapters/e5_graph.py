"""The encoder as an ONNX graph of eight-bit weights, and the tokeniser's model: built once from the "embedder" part.

Twelve BERT layers (Devlin et al. 2018, multilingual-e5-small of Wang et al. 2024): the same weights as the part's own C
engine, 4 to 8 times faster on one thread. Building takes about ten seconds and 400 MB for a moment; needs `onnx`.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogue.adapters.e5_file import E5File
from dialogue.learned import learned

Progress = Callable[[float, str], None]
GRAPH, TOKENS = "encoder.onnx", "tokens.model"
DELTA = Path(str(files("dialogue.learned") / "encoder_delta.npz"))
# After which layers words are compared: the sixth still knows the word, the eleventh what it means here. Together they find
# messages of another language best (zh -> en 0.87 of 120 against 0.81 with one, 0.80 with one vector for the sentence).
TOKEN_LAYERS = (6, 11)
VERSION = 2  # of what is built here; a change of the graph is a new folder in the cache
_MASKED = -10_000.0  # added to the attention of padding: e^-10000 is 0


def ensure_built(weights: Path, cache: Path, progress: Progress = lambda share, what: None) -> Path:
    """The folder below `cache` with GRAPH and TOKENS, built when it is not there. Raises PartError."""
    from assets.parts import PartError

    folder = folder_for(weights, cache)
    if folder.is_dir():
        return folder
    progress(0.0, "building the search model")
    with tempfile.TemporaryDirectory(dir=cache, prefix="build-") as scratch_name:
        try:
            scratch = build_files(E5File(weights), Path(scratch_name), progress)
        except ImportError as error:
            raise PartError(f"the search model cannot be built ({error}); run `make setup` again") from error
        try:
            scratch.rename(folder)
        except OSError:  # another process was first, and its files are the same
            if not folder.is_dir():
                raise
    progress(1.0, "search model is ready")
    return folder


def build_files(file: E5File, scratch: Path, progress: Progress = lambda share, what: None, *, layers: int = 0,
                corrected: bool = True) -> Path:
    """A folder in `scratch` with GRAPH and TOKENS. layers: how many of the encoder, 0 for all; corrected: by DELTA."""
    done = scratch / "done"
    done.mkdir()
    (done / TOKENS).write_bytes(token_model(file))
    progress(0.2, "search model: vocabulary")
    _write_graph(graph_of(file, layers, corrected), done / GRAPH, scratch, progress)
    return done


def folder_for(weights: Path, cache: Path) -> Path:
    """Where the built files of a weight file lie: named by the part, this version, our correction, the processor."""
    delta = hashlib.sha256(DELTA.read_bytes()).hexdigest() if DELTA.is_file() else ""
    key = f"{weights.parent.parent.name}|{VERSION}|{_has_vnni()}|{delta}"
    return cache / f"e5-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def token_model(file: E5File) -> bytes:
    """A sentencepiece model of the same vocabulary: unigram, no folding of its own (E5File.folding goes before it)."""
    from sentencepiece import sentencepiece_model_pb2

    proto: Any = sentencepiece_model_pb2  # its classes are made when it is loaded
    model = proto.ModelProto()
    control = {file.start_id, file.end_id, file.pad_id}
    for index, (piece, score) in enumerate(zip(file.pieces(), file.scores().tolist(), strict=True)):
        kind = 2 if index == file.unknown_id else 3 if index in control else 1  # UNKNOWN, CONTROL, NORMAL
        model.pieces.add(piece=piece, score=score, type=kind)
    trainer = model.trainer_spec
    trainer.model_type, trainer.vocab_size = 1, file.pieces_count  # 1 is UNIGRAM
    trainer.unk_id, trainer.bos_id, trainer.eos_id, trainer.pad_id = (
        file.unknown_id, file.start_id, file.end_id, file.pad_id)
    normaliser = model.normalizer_spec
    normaliser.name, normaliser.precompiled_charsmap = "identity", b""
    normaliser.add_dummy_prefix = normaliser.remove_extra_whitespaces = normaliser.escape_whitespaces = True
    return bytes(model.SerializeToString())


def _write_graph(graph: Any, target: Path, scratch: Path, progress: Progress) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = scratch / "whole.onnx"
    onnx.save(graph, str(whole))
    progress(0.5, "search model: graph")
    # Without the VNNI instructions the products of full-range eight-bit weights overflow 16 bits: seven bits there.
    logging.disable(logging.WARNING)  # its advice does not apply to a graph of our own
    try:
        quantize_dynamic(str(whole), str(target), weight_type=QuantType.QInt8, per_channel=True,
                         reduce_range=not _has_vnni())
    finally:
        logging.disable(logging.NOTSET)
    progress(0.9, "search model: eight-bit weights")


def graph_of(file: E5File, layers: int = 0, corrected: bool = True) -> Any:
    """The float graph: x (batch, length, hidden) embeddings, mask (batch, length) of 1 and 0 -> pooled (batch, hidden) of
    length 1, tokens (batch, length, n hidden) as they are after TOKEN_LAYERS, after the last where layers are left out."""
    from onnx import TensorProto, helper

    made = _Graph(file, learned("encoder_delta") if corrected and DELTA.is_file() else {})
    made.encoder(layers or file.layers)
    sizes = ["batch", "length", file.hidden]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, sizes),
              helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["batch", "length"])]
    outputs = [helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "length", "width"]),
               helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["batch", file.hidden])]
    graph = helper.make_graph(made.nodes, "e5", inputs, outputs, made.weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


class _Graph:
    """Nodes and weights as they are added; every method returns the name of its result."""

    def __init__(self, file: E5File, delta: Mapping[str, NDArray[np.float32]]) -> None:
        self.file, self._delta = file, delta
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self._count = 0

    def encoder(self, layers: int) -> None:
        """The first layers, then the mean over what is not padding, at length 1."""
        x = self._normed("x", "emb.ln")
        open_to = self._node("Unsqueeze", ["mask", self._constant(np.array([1, 2], np.int64))])
        closed = self._node("Sub", [self._constant(np.float32(1.0)), open_to])
        bias = self._node("Mul", [closed, self._constant(np.float32(_MASKED))])
        states = [x]
        for layer in range(layers):
            x = self._layer(x, bias, f"l{layer}")
            states.append(x)
        told = [states[depth] for depth in TOKEN_LAYERS] if layers == self.file.layers else [x]
        self._node("Concat", told, "tokens", axis=-1)
        column = self._node("Unsqueeze", ["mask", self._constant(np.array([2], np.int64))])
        kept = self._node("Mul", [x, column])
        total = self._node("ReduceSum", [kept, self._constant(np.array([1], np.int64))], keepdims=0)
        self._node("LpNormalization", [total], "pooled", axis=1, p=2)  # the mean's length does not matter

    def _layer(self, x: str, bias: str, name: str) -> str:
        attended = self._linear(self._attention(x, bias, name), f"{name}.ao", self.file.hidden)
        x = self._normed(self._node("Add", [x, attended]), f"{name}.aln")
        wide = self._gelu(self._linear(x, f"{name}.fi", self.file.feed_forward))
        return self._normed(self._node("Add", [x, self._linear(wide, f"{name}.fo", self.file.hidden)]), f"{name}.oln")

    def _attention(self, x: str, bias: str, name: str) -> str:
        heads, size = self.file.heads, self.file.hidden // self.file.heads
        scale = 1.0 / np.sqrt(np.float32(size))
        parts = [(self._weight(f"{name}.{part}", self.file.hidden) * (scale if part == "q" else 1.0),
                  self.file.tensor(f"{name}.{part}.b")[0] * (scale if part == "q" else 1.0)) for part in "qkv"]
        weight = np.concatenate([w for w, _ in parts]).T  # one product for all three: the input is quantised once
        joined = self._node("MatMul", [x, self._constant(weight, f"{name}.qkv")])
        joined = self._node("Add", [joined, self._constant(np.concatenate([b for _, b in parts]))])
        shape = self._constant(np.array([0, 0, 3, heads, size], np.int64))
        split = self._node("Transpose", [self._node("Reshape", [joined, shape])], perm=[2, 0, 3, 1, 4])
        q, k, v = (self._node("Gather", [split, self._constant(np.int64(i))], axis=0) for i in range(3))
        scores = self._node("MatMul", [q, self._node("Transpose", [k], perm=[0, 1, 3, 2])])
        weights = self._node("Softmax", [self._node("Add", [scores, bias])], axis=-1)
        mixed = self._node("Transpose", [self._node("MatMul", [weights, v])], perm=[0, 2, 1, 3])
        return self._node("Reshape", [mixed, self._constant(np.array([0, 0, self.file.hidden], np.int64))])

    def _linear(self, x: str, name: str, width: int) -> str:
        product = self._node("MatMul", [x, self._constant(self._weight(name, width).T, f"{name}.w")])
        return self._node("Add", [product, self._constant(self.file.tensor(f"{name}.b")[0])])

    def _weight(self, name: str, rows: int) -> NDArray[np.float32]:
        """(rows, n) the model's weights with our correction of them (dialogue/training/encoder.py)."""
        weight = self.file.tensor(f"{name}.w", rows)
        if f"{name}.up" in self._delta:
            weight = weight + self._delta[f"{name}.up"] @ self._delta[f"{name}.down"]
        return weight

    def _gelu(self, x: str) -> str:
        """x · Φ(x), in the shape that the runtime knows as one operation."""
        bell = self._node("Erf", [self._node("Div", [x, self._constant(np.float32(np.sqrt(2.0)))])])
        return self._node("Mul", [self._node("Mul", [x, self._node("Add", [bell, self._constant(np.float32(1.0))])]),
                                  self._constant(np.float32(0.5))])

    def _normed(self, x: str, name: str) -> str:
        weight, bias = (self._constant(self.file.tensor(f"{name}.{part}")[0]) for part in "wb")
        return self._node("LayerNormalization", [x, weight, bias], axis=-1, epsilon=float(self.file.epsilon))

    def _constant(self, value: NDArray[Any] | np.generic, name: str = "") -> str:
        from onnx import numpy_helper

        self._count += 1
        name = name or f"c{self._count}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name

    def _node(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        from onnx import helper

        self._count += 1
        output = output or f"n{self._count}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output


def _has_vnni() -> bool:
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text("ascii", "ignore")
    except OSError:
        return False
