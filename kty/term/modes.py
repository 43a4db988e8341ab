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

RESET = "".join(
    (
        "\x18\x1b\\",  # end a sequence that was begun, and a string
        "\x1b[?2026l\x1b[?2048l\x1b[?2031l",  # frames in one piece; reports of size and colours
        *(f"\x1b[?{number}l" for number in (9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004)),
        "\x1b[>4;0m\x1b[<99u",  # xterm's and kitty's keys
        "\x1b[?1049l",  # the screen as it was
        "\x1b[!p",  # cursor keys, margins, wrap, origin, insert mode, the cursor: as at power-on (DECSTR)
        "\x1b[?7h\x1b[?25h\x1b[?1l\x1b>\x1b[r",  # the same, for terminals without it
        "\x1b(B\x0f\x1b[0m\x1b[0 q",  # letters, colours, the cursor's shape
        "\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\",  # the palette
        "\x1b[999;1H\n",  # below all that was printed: leaving the alternate screen put the cursor where it was before
    )
)
"""Undo what any program may have left switched on in a terminal."""


def enter(*, kitty: bool, mouse: bool) -> str:
    """Return what opens a full screen, with kitty's keys and the mouse if these are wanted."""
    wanted = (_SCREEN, *((_KITTY,) if kitty else ()), *_MODES, *(_MOUSE if mouse else ()))
    return "".join(on for on, _ in wanted)
