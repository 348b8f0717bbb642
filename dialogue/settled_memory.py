"""After something large was built: what lives now is left alone, what building it took goes back."""

from __future__ import annotations

import contextlib
import ctypes
import gc


def settle() -> None:
    """For the end of a long start, once. The collector looks through the survivors no more (with 20,000 passages that costs a
    question 50 ms now and then), and glibc gives unused memory back to the system (30 MB then)."""
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)
