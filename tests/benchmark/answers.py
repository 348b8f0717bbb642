"""Question to decision over many passages, and the memory of it: CPU time on one thread, each size in a process of its own.

The passages' vectors are those of a few hundred real ones, shaken a little: reading 100,000 takes ten minutes and is not what
is measured. Questions are read by the real model.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

SIZES = (10_000, 20_000, 100_000)
REAL, ASKED, SHAKEN = 300, 120, 0.05


def answers() -> dict[str, float]:
    """p50 and p99 of a decision in CPU ms, and the process's memory in MB, by number of passages; nothing without the model."""
    figures: dict[str, float] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):  # the first reads the passages and keeps their vectors, the second starts as a show does
                done = subprocess.run([sys.executable, "-m", "tests.benchmark.answers", str(size), folder], text=True,
                                      capture_output=True, check=False,
                                      env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})
        if done.returncode == 0:
            figures |= json.loads(done.stdout)
    return figures


def _measure(size: int, folder: Path) -> dict[str, float]:
    import psutil

    from dialogue.adapters.e5 import installed
    from dialogue.corpus import Corpus
    from dialogue.dense import PassageVectors
    from dialogue.entries import entry_of
    from dialogue.ports import Embedded, Embedder
    from dialogue.settled_memory import settle
    from dialogue.training.shop_set import shop_set

    real = installed()
    if real is None:
        return {}
    shop = shop_set(random.Random(1), 20)
    texts = [p.text for p in shop.passages][:REAL]
    questions = [(a.question.text, a.question.language) for a in random.Random(2).sample(shop.asked, ASKED)]
    del shop  # the engine's memory is measured, not the questions' maker
    pool: list[Embedded] = []
    noise = np.random.default_rng(1)

    class Shaken:
        name, dimension = real.name, real.dimension

        def embed(self, asked: Sequence[str], *, question: bool) -> list[Embedded]:
            if question:
                return real.embed(asked, question=True)
            out = []
            pool.extend(real.embed(texts, question=False) if not pool else ())
            for text in asked:
                base = pool[int(text.rsplit(" ", 1)[-1]) % len(pool) if text[-1].isdigit() else 0]
                vector = base.vector + noise.normal(0, SHAKEN / np.sqrt(real.dimension), real.dimension).astype(np.float32)
                out.append(replace(base, vector=vector / np.linalg.norm(vector)))
            return out

    embedder: Embedder = Shaken()
    entries = [entry_of({"id": str(i), "text": f"{texts[i % len(texts)]} No. {i}", "language": "en"}) for i in range(size)]
    began = time.process_time()
    corpus = Corpus(entries, PassageVectors(embedder, folder), embedder)
    built_s = time.process_time() - began
    del entries
    settle()  # as AnswerDesk does
    took = []
    for text in ("how heavy is it?", "多重？", "ist es wasserdicht?"):
        corpus.decide(text)  # what is read once, at the first questions
    for text, language in questions:
        start = time.thread_time()
        corpus.decide(text, language)
        took.append(1000 * (time.thread_time() - start))
    name = f"{size // 1000}k"
    return {f"decide_{name}_p50_ms": statistics.median(took), f"decide_{name}_p99_ms": statistics.quantiles(took, n=100)[98],
            f"answers_{name}_rss_mb": psutil.Process().memory_info().rss / 1e6, f"answers_{name}_start_s": built_s}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.answers")
    parser.add_argument("size", type=int)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    print(json.dumps(_measure(chosen.size, chosen.folder)))
