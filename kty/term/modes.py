"""What is switched on in a terminal when a screen opens, and off again when it closes."""

_SCREEN = ("\x1b[?1049h", "\x1b[?1049l")  # the alternate one
_KITTY = ("\x1b[>1u", "\x1b[<u")  # escape and ctrl keys in one piece; a terminal keeps this for each screen
_MODES = (
    ("\x1b[?25l", "\x1b[?25h"),  # the cursor is hidden
    ("\x1b[?7l", "\x1b[?7h"),  # no line wrap
    ("\x1b[?2004h", "\x1b[?2004l"),  # pastes in brackets
    ("\x1b[?1004h", "\x1b[?1004l"),  # focus
)
_MOUSE = (
    ("\x1b[?1000h", "\x1b[?1000l"),  # buttons
    ("\x1b[?1002h", "\x1b[?1002l"),  # drags; not ?1003: it costs 1.4 ms for each cell that the pointer passes
    ("\x1b[?1006h", "\x1b[?1006l"),  # coordinates beyond 223
)
ASK_SYNCHRONIZED = "\x1b[?2026$p"
"""Ask whether a frame can be shown in one piece; a terminal that can, answers."""
LEAVE = "\x1b[0m" + "".join(off for _, off in reversed((_SCREEN, _KITTY, *_MODES, *_MOUSE)))
"""Leave a terminal as it was found, whatever was switched on."""


def enter(*, kitty: bool, mouse: bool) -> str:
    """Return what opens a full screen, with kitty's keys and the mouse if these are wanted."""
    wanted = (_SCREEN, *((_KITTY,) if kitty else ()), *_MODES, *(_MOUSE if mouse else ()))
    return "".join(on for on, _ in wanted)
