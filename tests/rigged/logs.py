"""What a screen of logs has read so far, whether it is shown yet or not."""

from kty.screens.logs import LogScreen
from tests.rigged.seat import Seat


def told(me: Seat) -> list[int]:
    """Return how many lines each source has told."""
    screen = me.app.screen
    if not isinstance(screen, LogScreen) or screen._group is None:
        return []
    return [source.lines for source in screen._group.sources]
