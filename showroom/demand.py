"""Which product the viewers want to see: asked for by enough of them, it comes on next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

WINDOW_S = 5 * 60.0
ENOUGH = 3  # distinct viewers
SHARE = 0.05  # of those who asked anything in the window, when they are many
REST_S = 10 * 60.0  # a product that was brought on is not brought again for so long
_MOST = 5000


class Demand:
    """Counts viewers who ask for a product that is not on show. monotonic: seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._asked: deque[tuple[float, str, str]] = deque(maxlen=_MOST)
        self._brought: dict[str, float] = {}

    def asked(self, viewer: str, sku: str | None, on_show: str | None) -> str | None:
        """A question about `sku` came in; the product to bring on now, if there are enough who want it."""
        now = self._monotonic()
        while self._asked and now - self._asked[0][0] > WINDOW_S:
            self._asked.popleft()
        if sku is None:
            return None
        self._asked.append((now, viewer, sku))
        if sku == on_show or now - self._brought.get(sku, -REST_S) < REST_S:
            return None
        wanting = len({v for _, v, s in self._asked if s == sku})
        if wanting < max(ENOUGH, SHARE * len({v for _, v, _ in self._asked})):
            return None
        self._brought[sku] = now
        return sku
