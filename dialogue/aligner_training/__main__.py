"""`python -m dialogue.aligner_training`: make avatar/phone_net.npz anew, in about two hours of one core. The wide nets are
taught with PyTorch (`pip install torch`), the small ones with numpy."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np

from assets.parts import PARTS, folder_of
from avatar.phone_net import WEIGHTS, as_arrays, load
from avatar.training.course import teach
from avatar.training.wide_course import teach_both
from avatar.wide_net import wide_arrays
from dialogue.aligner_training.corpus import corpus

MAX_BYTES = 1_000_000  # what may be committed
WIDE_STEPS = 2500
BITS = {"align": 8, "listen": 6}  # of a weight; the wide nets have 7


def main() -> int:
    """Speak, learn, write."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.aligner_training", description=main.__doc__)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--align-steps", type=int, default=16000)
    parser.add_argument("--listen-steps", type=int, default=24000)
    parser.add_argument("--wide-steps", type=int, default=WIDE_STEPS, help="batches of 24 sentences for each wide net")
    parser.add_argument("--keep-small", action="store_true", help="teach the wide nets only")
    parser.add_argument("--variants", type=int, default=4, help="augmented copies of each sentence that Kokoro speaks")
    parser.add_argument("--keep-aligner", action="store_true", help="teach the listener only, with the aligner that is there")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    os.nice(10)
    parts = {spec.name: folder_of(spec) for spec in PARTS if spec.name.startswith("kokoro-")}
    missing = [name for name, folder in parts.items() if not folder.is_dir()]
    if missing:
        print(f"{', '.join(missing)}: not fetched yet; `nightwindow prepare` of a show with the voice kokoro does it")
        return 2
    start = time.monotonic()

    def report(line: str) -> None:
        print(f"{time.monotonic() - start:6.0f} s  {line}", flush=True)

    spoken = corpus(parts, given.seed, report)
    small = {name: load(name) for name in ("align", "listen")} if given.keep_small else teach(
        spoken, align_steps=given.align_steps, listen_steps=given.listen_steps, variants=given.variants, seed=given.seed,
        known=load("align") if given.keep_aligner else None, report=report)
    wide = teach_both(spoken, small["align"], small["listen"], steps=given.wide_steps, variants=given.variants,
                      seed=given.seed, report=report)
    arrays = as_arrays(small, BITS)
    for name, net in wide.items():
        arrays |= wide_arrays(name, net)
    with given.out.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    size = given.out.stat().st_size
    report(f"{given.out}: {size / 1e3:.0f} kB")
    return 0 if size <= MAX_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
