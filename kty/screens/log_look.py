"""How a person likes to see logs, and from where on: remembered from screen to screen and from day to day."""

from datetime import UTC, datetime, timedelta

from kty.runtime.log_follower import LogStart
from kty.state import State
from kty.widgets.log_text import TIMES, Look, Times

TAIL = 1000
"""Lines of each container that are read at first."""
BEGINNING = -1
"""Instead of minutes: all lines that there are."""
LATEST = 0
"""Instead of minutes: the last `TAIL` lines."""
MINUTES = (BEGINNING, LATEST, 1, 5, 15, 30, 60)


def look_of(state: State) -> Look:
    """Return how lines were shown last; the default for what is not known."""
    known = state.logs
    times: Times = next((each for each in TIMES if each == known.get("times")), "off")
    return Look(
        times=times,
        names=known.get("names") is not False,
        wrap=known.get("wrap") is True,
        pretty=known.get("pretty") is True,
    )


def remember_look(state: State, look: Look) -> None:
    """Remember how lines are shown."""
    state.remember_logs(times=look.times, names=look.names, wrap=look.wrap, pretty=look.pretty)
    state.save()


def minutes_of(state: State) -> int:
    """Return since how many minutes ago logs were read last."""
    known = state.logs.get("since")
    return known if isinstance(known, int) and known in MINUTES else LATEST


def remember_minutes(state: State, minutes: int) -> None:
    """Remember since when logs are read."""
    state.remember_logs(since=minutes)
    state.save()


def start(minutes: int, now: float, *, previous: bool) -> LogStart:
    """Return where logs begin, at this wall clock's time."""
    since = datetime.fromtimestamp(now, UTC) - timedelta(minutes=max(0, minutes))
    return LogStart(TAIL if minutes == LATEST else None, since if minutes > 0 else None, previous)


def said(minutes: int) -> str:
    """Say where logs begin; nothing where that is as usual."""
    if minutes == LATEST:
        return ""
    return "from the beginning" if minutes == BEGINNING else f"since {minutes} min ago"
