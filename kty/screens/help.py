"""The keys that apply on the screen beneath."""

import os
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Static

from kty.screens.key_names import key_name
from kty.settings import config_path
from kty.term.app import TerminalApp


def _config() -> str:
    path, home = str(config_path()), os.path.expanduser("~")  # noqa: PTH111 - Path.home raises where there is none
    return f"~{path.removeprefix(home)}" if path.startswith(f"{home}/") else path


WIDTH = 80
"""Cells that the page is wide where there are so many, as its style says."""
FRAME = 8
"""Cells of them that border, padding and scroll bar take."""


class HelpScreen(ModalScreen[None]):
    """A page of keys, each with what it does and the name by which it can be rebound."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen VerticalScroll {
        width: 80; max-width: 100%; height: auto; max-height: 100%; padding: 1 2;
        background: $surface; border: round $accent; border-title-color: $accent; border-subtitle-color: $text-muted;
    }
    HelpScreen Static { width: 1fr; height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", "close", id="help.close"),
        Binding("j,down", "scroll(1)", show=False, id="help.down"),
        Binding("k,up", "scroll(-1)", show=False, id="help.up"),
        Binding("ctrl+c", "app.quit", show=False, id="quit"),
    ]

    def __init__(self, bindings: Iterable[ActiveBinding], about: str, legend: Sequence[tuple[str, str]] = ()) -> None:
        """`legend` are abbreviations, and what each of them means."""
        super().__init__()
        self._legend = legend
        self._about = about
        keys: dict[tuple[str, str], list[str]] = {}
        for _, binding, enabled, _ in bindings:
            if enabled and binding.description and binding.id:
                keys.setdefault((binding.description, binding.id), []).append(key_name(binding.key))
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll() as page:
            page.border_title = escape(f" keys · {self._about} " if self._about else " keys ")
            is_remote = isinstance(self.app, TerminalApp) and self.app.terminal.remote
            rebound = "this server's owner rebinds them" if is_remote else f"rebind in {_config()}"
            page.border_subtitle = escape(f" {rebound} by the names at the right ")
            yield Static()

    def on_resize(self, event: Resize) -> None:
        self.query_one(Static).update(self._table(min(WIDTH, event.size.width) - FRAME))

    def _table(self, room: int) -> Content:
        """Return a line for each action; two where names would not fit into so many cells."""
        wide = max((len("  ".join(keys)) for keys in self._keys.values()), default=0)
        what_wide = max((len(what) for what, _ in self._keys), default=0)
        name_wide = max((len(binding_id) for _, binding_id in self._keys), default=0)
        before_name = "" if wide + what_wide + name_wide + 4 <= room else "\n" + " " * (wide + 2)
        lines = [
            Content.assemble(
                ("  ".join(keys).ljust(wide + 2), "bold $text-accent"),
                what if before_name else what.ljust(what_wide + 2),
                (before_name + binding_id, "$foreground 60%"),
            )
            for (what, binding_id), keys in self._keys.items()
        ]
        if self._legend:
            lines.append(Content(""))
        lines += [Content.assemble((short.ljust(wide + 2), "bold"), long) for short, long in self._legend]
        return Content("\n").join(lines)

    def action_scroll(self, lines: int) -> None:
        """Move the page by so many lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False, immediate=True)
