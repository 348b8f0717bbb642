"""`python -m dialogue.aligner_training`: make avatar/phone_net.npz.xz anew, in about an hour of one core. All but the
aligner is taught with PyTorch, some voices are SVOX Pico's (`pip install torch py-nanotts`); neither is needed at run time."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from assets.parts import PARTS, folder_of
from avatar.phone_net import WEIGHTS, as_arrays, load, load_wide, written
from avatar.training.course import teach
from avatar.training.ear_course import EARS, teach_ear
from avatar.training.lessons import speech_statistics
from avatar.training.open_course import PLANS, teach_openness
from avatar.training.wide_course import teach_whole
from avatar.wide_net import wide_arrays
from dialogue.aligner_training.corpus import corpus

MAX_BYTES = 1_000_000  # what may be committed
ALIGN_STEPS, EAR_STEPS, WIDE_STEPS, OPEN_STEPS, VARIANTS = 16_000, 14_000, 2_600, 2_000, 3  # how the weights at hand were made
# Of a weight: more bought nothing that could be measured.
BITS = {"align": 7, "listen": 6, "past": 6, "whole": 6, "open": 5, "open_live": 5}


def main() -> int:
    """Speak, learn, write."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.aligner_training", description=main.__doc__)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--align-steps", type=int, default=ALIGN_STEPS, help="batches of 512 frames for the aligner")
    parser.add_argument("--ear-steps", type=int, default=EAR_STEPS, help="batches of 1024 frames for each ear")
    parser.add_argument("--wide-steps", type=int, default=WIDE_STEPS, help="batches of 24 sentences for the wide net")
    parser.add_argument("--open-steps", type=int, default=OPEN_STEPS, help="batches of 20 sentences for each net of openness")
    parser.add_argument("--variants", type=int, default=VARIANTS, help="augmented copies of each sentence")
    parser.add_argument("--keep", nargs="*", choices=tuple(BITS), default=(),
                        help="nets of the file that is there; the others are taught anew")
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

    align, lessons = teach(corpus(parts, given.seed, report), steps=given.align_steps, variants=given.variants,
                           seed=given.seed, known=load("align") if "align" in given.keep else None, report=report)
    small = {"align": align}
    for k, (name, ear) in enumerate(EARS.items()):
        small[name] = load(name) if name in given.keep else teach_ear(
            ear, lessons, speech_statistics(lessons), steps=given.ear_steps, seed=given.seed + 3 + k, report=report)
    whole = load_wide("whole") if "whole" in given.keep else teach_whole(lessons, steps=given.wide_steps, seed=given.seed,
                                                                         report=report)
    wide = {"whole": whole}
    for k, name in enumerate(PLANS):
        wide[name] = load_wide(name) if name in given.keep else teach_openness(
            name, lessons, align, steps=given.open_steps, seed=given.seed + k, report=report)
    arrays = as_arrays(small, BITS)
    for name, net in wide.items():
        arrays |= wide_arrays(name, net, BITS[name])
    size = given.out.write_bytes(written(arrays))
    report(f"{given.out}: {size / 1e3:.0f} kB")
    return 0 if size <= MAX_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
