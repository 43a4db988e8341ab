"""The right to look at something live that others may look at, too."""

from collections.abc import Callable


class Leased:
    """What is looked at goes on while anybody holds a right to it."""

    def __init__(self, leave: Callable[[], None], renew: Callable[[], None]) -> None:
        self._leave: Callable[[], None] | None = leave
        self._renew = renew

    def renew(self) -> None:
        """Ask anew, for all who look; what is known stays until the new answer is complete."""
        if self._leave is not None:
            self._renew()

    def release(self) -> None:
        """Look no more. Doing so twice is doing it once."""
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()
