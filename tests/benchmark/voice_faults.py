"""`python -m tests.benchmark.voice_faults [sentences] [seed]`: the chain of voices under ten thousand sentences with faults."""

from __future__ import annotations

import asyncio
import random
import sys

from tests.fakes.fault_run import fault_run

GROWTH_MB = 40.0  # of this process between a fifth of the run and its end: pools of numpy and the event loop, no leak


def main() -> int:
    """0 when every sentence was spoken or captioned once and nothing is left behind."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    print(f"{count} sentences, seed {seed}")
    out = asyncio.run(fault_run(count, seed, print))
    for name, value in vars(out).items():
        print(f"{name}: {value[:5] if isinstance(value, list) else value}")
    return 1 if out.wrong or out.left or out.rss_mb[-1] - out.rss_mb[0] > GROWTH_MB else 0


if __name__ == "__main__":
    sys.exit(main())
