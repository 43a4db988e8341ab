"""Whom to tell when something changed."""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)

Tell = Callable[[], object]


class Listeners:
    """Called one after the other, in the order in which they came."""

    def __init__(self) -> None:
        self._all: dict[object, Tell] = {}

    def __len__(self) -> int:
        return len(self._all)

    def add(self, tell: Tell) -> Callable[[], None]:
        """Call `tell` from now on; call the returned function, once or again, to stop."""
        token = object()
        self._all[token] = tell

        def stop() -> None:
            self._all.pop(token, None)

        return stop

    def tell(self) -> None:
        """Call them all. Whoever raises harms neither the caller nor the others: it is logged."""
        for tell in tuple(self._all.values()):
            try:
                tell()
            except Exception:
                log.exception("a listener failed")
