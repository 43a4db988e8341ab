"""A screen as two files: an SVG to look at, and a text that can be compared and reviewed.

The text has the glyphs, then for each line its styles as run lengths of letters, then what the letters mean.
"""

import difflib
import os
import re
import string
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from rich.style import Style
from textual._context import visible_screen_stack
from textual.strip import Strip

from kty.term.app import TerminalApp

FOLDER = Path(__file__).parents[2] / "screenshots"
_LETTERS = string.ascii_lowercase + string.ascii_uppercase + string.digits


def strips(app: "TerminalApp[None]") -> list[Strip]:
    """Return what the app shows now, a strip for each line."""
    with app._context():
        token = visible_screen_stack.set(app._background_screens)
        try:
            return app.screen._compositor.render_strips()
        finally:
            visible_screen_stack.reset(token)


def as_text(lines: Iterable[Strip]) -> str:
    """Return the readable form."""
    glyphs: list[str] = []
    styles: list[str] = []
    letters: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        glyphs.append(f"{number:3} |{line.text}|")
        runs = groupby(_looks(line), key=lambda look: look)
        styles.append(
            f"{number:3}  " + " ".join(f"{_letter(letters, look)}{sum(1 for _ in cells)}" for look, cells in runs)
        )
    legend = [f"{letter}: {look}" for look, letter in letters.items()]
    return "\n".join([*glyphs, "", *styles, "", *legend, ""])


def _looks(line: Strip) -> Iterator[str]:
    for segment in line:
        look = _look(segment.style or Style())
        yield from (look for _ in range(segment.cell_length))


def _look(style: Style) -> str:
    attributes = [name for name in ("bold", "dim", "italic", "underline", "reverse", "strike") if getattr(style, name)]
    ink = style.color.name if style.color else "default"
    ground = style.bgcolor.name if style.bgcolor else "default"
    return " ".join([f"{ink} on {ground}", *attributes])


def _letter(letters: dict[str, str], look: str) -> str:
    if look not in letters:
        at = len(letters)
        letters[look] = _LETTERS[at] if at < len(_LETTERS) else f"({at})"
    return letters[look]


def as_svg(app: "TerminalApp[None]") -> str:
    """Return the picture, the same for the same screen: Rich names its parts by a number that it makes up."""
    with app._context():
        svg = app.export_screenshot(title="kty", simplify=True)
    return re.sub(r"terminal-\d+", "terminal", svg)


def check(app: "TerminalApp[None]", name: str) -> None:
    """Compare the screen with the picture of this name; where it differs, leave the new one beside the old one."""
    text = as_text(strips(app))
    path = FOLDER / f"{name}.txt"
    if os.environ.get("KTY_UPDATE_SCREENSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.with_suffix(".svg").write_text(as_svg(app), encoding="utf-8")
        _forget_new(path)
        return
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if text == before:
        _forget_new(path)
        return
    path.with_suffix(".new.txt").write_text(text, encoding="utf-8")
    path.with_suffix(".new.svg").write_text(as_svg(app), encoding="utf-8")
    difference = difflib.unified_diff(before.splitlines(), text.splitlines(), path.name, "now", lineterm="", n=1)
    raise AssertionError(
        "\n".join([f"{name} looks different; if it should, `make screenshots` draws it anew.", *difference])
    )


def _forget_new(path: Path) -> None:
    for suffix in (".new.txt", ".new.svg"):
        path.with_suffix(suffix).unlink(missing_ok=True)
