"""Copy to the clipboard of the person's own terminal, and say what was copied."""

from kty.screens.frame import Frame
from kty.term.clipboard import LARGEST, fits
from kty.text import printable


def copy(screen: Frame, text: str, what: str, *, counted: bool = True) -> None:
    """Copy a text, and say so by the words of `what`; a text that is too large is not copied, and that is said.

    `counted`: say how many lines it has.
    """
    if not fits(text):
        screen.say(f"not copied: {printable(what)} would be more than {LARGEST // 1024} KiB", "warn")
        return
    screen.app.copy_to_clipboard(text)
    lines = text.count("\n") + (not text.endswith("\n"))
    screen.say(f"copied {printable(what)}" + (f", {lines:,} lines" if counted and lines > 1 else ""), "good")
