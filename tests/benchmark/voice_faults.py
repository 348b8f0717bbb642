"""`python -m tests.benchmark.voice_faults [sentences] [seed] [lanes]`: the chain of voices under ten thousand sentences with
faults, in as many shows side by side."""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time

from tests.fakes.fault_run import fault_run

GROWTH_MB = 40.0  # of this process from the mean of the first half to that of the second: single looks lie 30 MB apart


def main() -> int:
    """0 when every sentence was spoken or captioned once and nothing is left behind."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    lanes = int(sys.argv[3]) if len(sys.argv) > 3 else 6
    print(f"{count} sentences, seed {seed}, {lanes} side by side", flush=True)
    start_s = time.monotonic()
    out = asyncio.run(fault_run(count, seed, lanes=lanes,
                                report=lambda line: print(f"{time.monotonic() - start_s:.0f} s: {line}", flush=True)))
    for name, value in vars(out).items():
        print(f"{name}: {len(value)} {value[:5]}" if isinstance(value, list) else f"{name}: {value}")
    half = len(out.rss_mb) // 2
    grown_mb = statistics.mean(out.rss_mb[half:]) - statistics.mean(out.rss_mb[:half] or out.rss_mb)
    return 1 if out.wrong or out.left or grown_mb > GROWTH_MB else 0


if __name__ == "__main__":
    sys.exit(main())
