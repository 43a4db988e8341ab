"""Ask which container of a pod is meant."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kty.kube.debugging import DEFAULT_CONTAINER
from kty.kube.objects import Object
from kty.text import printable
from kty.views.containers import COLUMNS as CELLS
from kty.views.containers import STATE, TYPE, containers_of
from kty.views.said import text
from kty.widgets.prompt import Choice, Choices

_TYPE, _STATE = CELLS.index(TYPE), CELLS.index(STATE)


def choices_of(pod: Object) -> list[Choice]:
    """Return the containers that a person may mean, the pod's default first; those that do not run say so.

    Init containers that have ended, or not begun, are not among them.
    """
    rows = [row for row in containers_of(pod) if row.cells[_TYPE] != "init" or row.cells[_STATE] == "Running"]
    default = text(pod, "metadata", "annotations", DEFAULT_CONTAINER)
    found = []
    for row in sorted(rows, key=lambda row: row.name != default):
        state = row.cells[_STATE] or "not started"
        why_not = "" if state == "Running" else state
        found.append(Choice(row.name, printable(row.name), row.cells[_TYPE] or "", printable(why_not)))
    return found


class ContainerScreen(ModalScreen[str | None]):
    """Gives back the name of the container; None where the person leaves."""

    DEFAULT_CSS = """
    ContainerScreen { align: center middle; }
    ContainerScreen Vertical {
        width: 60; max-width: 100%; height: auto; max-height: 100%; padding: 1 2;
        background: $surface; border: round $accent; border-title-color: $accent; border-subtitle-color: $text-muted;
    }
    ContainerScreen Static { width: 1fr; height: auto; }
    ContainerScreen Choices { margin: 1 0 0 0; padding: 0; }
    ContainerScreen #wrong { color: $text-error; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "choose(1)", "next", id="container.down"),
        Binding("k,up", "choose(-1)", "previous", id="container.up"),
        Binding("enter", "take", "take it", id="container.take"),
        Binding("escape,q", "leave", "leave it", id="container.leave"),
        Binding("ctrl+c", "app.quit", show=False, id="quit"),
    ]

    def __init__(self, pod: str, choices: list[Choice]) -> None:
        super().__init__()
        self._pod = pod
        self._offered = choices

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "container"
            box.border_subtitle = "enter takes it · esc leaves it"
            yield Static(Content(printable(f"Which container of {self._pod}?")))
            yield Choices()
            yield Static(id="wrong")

    def on_mount(self) -> None:
        choices = self.query_one(Choices)
        choices.show(self._offered)
        choices.move(1)
        self.query_one("#wrong", Static).display = False

    def on_choices_clicked(self, event: Choices.Clicked) -> None:
        self._take(event.choice)

    def action_choose(self, step: int) -> None:
        """Go to the container above or below."""
        self.query_one(Choices).move(step)
        self.query_one("#wrong", Static).display = False

    def action_take(self) -> None:
        """Mean the one that is chosen."""
        if (choice := self.query_one(Choices).first) is not None:
            self._take(choice)

    def _take(self, choice: Choice) -> None:
        if not choice.why_not:
            self.dismiss(choice.insert)
            return
        wrong = self.query_one("#wrong", Static)
        wrong.update(Content(f"{choice.label} does not run: {choice.why_not}"))
        wrong.display = True

    def action_leave(self) -> None:
        """Mean none."""
        self.dismiss(None)
