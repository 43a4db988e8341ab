"""Copy to the clipboard of the person's own terminal, and say what was copied."""

from kty.screens.frame import Frame
from kty.term.clipboard import LARGEST, fits
from kty.text import printable


def copy(screen: Frame, text: str, what: str) -> None:
    """Copy a text, and say so by the words of `what`; a text that is too large is not copied, and that is said."""
    if not fits(text):
        size = len(text.encode("utf-8", "replace"))
        screen.say(f"{printable(what)} is {_size(size)}, and no more than {_size(LARGEST)} can be copied", "warn")
        return
    screen.app.copy_to_clipboard(text)
    lines = text.count("\n") + (not text.endswith("\n"))
    screen.say(f"copied {printable(what)}" + (f", {lines:,} lines" if lines > 1 else ""), "good")


def _size(count: int) -> str:
    return f"{count / 1024**2:.1f} MiB" if count >= 1024**2 else f"{count // 1024} KiB"
