"""What a person makes out on kty's screens: the rows, the cursor, the lines around them, and colours."""

from rich.style import Style
from textual._context import visible_screen_stack

from kty.widgets.live_table import LiveTable
from kty.widgets.meter_bar import MeterBar
from tests.rigged.seat import Seat


def table(me: Seat) -> LiveTable:
    return me.app.screen.query_one(LiveTable)


def row_under_cursor(me: Seat) -> str:
    """Return the name of the object that the cursor is on; empty where there is none."""
    key = table(me).cursor_key
    return str(key[1]) if isinstance(key, tuple) else ""


def names(me: Seat) -> list[str]:
    """Return the first word of each row, from top to bottom."""
    meters = me.app.screen.query(MeterBar)
    lines = me.screen.splitlines()[2 : -3 if any(meter.display for meter in meters) else -2]
    return [words[0].removeprefix("▎") for line in lines if (words := line.split())]


def headings(me: Seat) -> list[str]:
    return me.screen.splitlines()[1].split()


def truth_line(me: Seat) -> str:
    return me.screen.splitlines()[-2]


def place_of(me: Seat, text: str) -> tuple[int, int]:
    """Return column and line where a text stands for the first time."""
    for y, line in enumerate(me.screen.splitlines()):
        if (x := line.find(text)) >= 0:
            return x, y
    raise AssertionError(f"{text!r} is not on the screen:\n{me.screen}")


def style_at(me: Seat, x: int, y: int) -> Style:
    """Return how the cell looks, as the terminal was told."""
    screen = me.app.screen
    with me.app._context():
        token = visible_screen_stack.set(me.app._background_screens)
        try:
            strip = screen._compositor.render_strips()[y]
        finally:
            visible_screen_stack.reset(token)
    left = x
    for segment in strip:
        if left < segment.cell_length:
            return segment.style or Style()
        left -= segment.cell_length
    raise AssertionError(f"nothing is at {x}, {y}")


def style_of(me: Seat, text: str) -> Style:
    """Return how a text looks where it stands for the first time."""
    return style_at(me, *place_of(me, text))
