"""Ask before something is done: what it is, and what must be typed for it."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from kty.screens.key_names import key_name
from kty.widgets.typed_line import TypedLine


class ConfirmScreen(ModalScreen[str | None]):
    """Gives back what was typed (empty where nothing need be) once the person says yes; None where they do not."""

    DEFAULT_CSS = """
    ConfirmScreen { align: center middle; }
    ConfirmScreen Vertical {
        width: 72; max-width: 100%; height: auto; max-height: 100%; padding: 1 2;
        background: $surface; border: round $warning; border-title-color: $warning; border-subtitle-color: $text-muted;
    }
    ConfirmScreen Static { width: 1fr; height: auto; }
    ConfirmScreen Input, ConfirmScreen Input:focus { border: none; height: 1; margin: 1 0 0 0; padding: 0 1; }
    ConfirmScreen #wrong { color: $text-error; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "do it", id="confirm.yes"),
        Binding("n,escape,q", "no", "leave it", id="confirm.no"),
        Binding("enter", "enter", show=False, id="confirm.enter"),
        Binding("ctrl+c", "app.quit", show=False, id="quit"),
    ]

    def __init__(
        self,
        title: str,
        says: Callable[[str], str],
        checks: Callable[[str], str],
        *,
        asks: str = "",
        proposes: str = "",
    ) -> None:
        """`says` tells what will happen, from what is typed; `checks` what is wrong with it."""
        super().__init__()
        self._title = title
        self._says, self._asks, self._proposes, self._checks = says, asks, proposes, checks

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self._title
            yield Static(id="says")
            if self._asks:
                yield TypedLine(self._proposes, placeholder=self._asks, select_on_focus=True)
            yield Static(id="wrong")
            yield from self.compose_more()

    def compose_more(self) -> ComposeResult:
        """Yield what is shown beneath the sentence."""
        return ()

    def on_mount(self) -> None:
        does = "enter" if self._asks else self._key("confirm.yes")
        self.query_one(Vertical).border_subtitle = escape(f"{does} does it · {self._key('confirm.no')} leaves it")
        self._show(self._proposes)

    def _key(self, name: str) -> str:
        """Return the first key of a binding that does not write, where something is typed."""
        keys = [key for key, active in self.active_bindings.items() if active.binding.id == name]
        return key_name(next((key for key in keys if len(key) > 1 or not self._asks), "ctrl+c"))

    def _show(self, typed: str) -> None:
        wrong = self._checks(typed) if self._asks else ""
        says = f"{self._asks.capitalize()}:" if wrong else self._says(typed)
        self.query_one("#says", Static).update(Content(says))
        line = self.query_one("#wrong", Static)
        line.update(Content(wrong))
        line.display = bool(wrong)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if not self._checks(event.value):
            self.take(event.value)
        self.query_one(TypedLine).taken()

    def take(self, typed: str) -> None:
        """The person entered this, and nothing is wrong with it."""
        self.dismiss(typed)

    def action_yes(self) -> None:
        self.dismiss("")

    def action_no(self) -> None:
        self.dismiss(None)

    def action_enter(self) -> None:
        """Nothing is done by a key that was meant for something else."""
