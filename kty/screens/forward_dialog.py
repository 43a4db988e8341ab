"""Ask which ports are forwarded: those that are declared are offered, any other can be typed."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, TypeAlias

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from kty.errors import KtyError
from kty.runtime.forward_target import ForwardPort, ForwardTarget
from kty.screens.confirm import ConfirmScreen
from kty.text import is_printable, printable
from kty.views.forwarding import HINT, DeclaredPort, read_ports, sentence
from kty.widgets.prompt import Choice, Choices

Starts: TypeAlias = Callable[[Sequence[ForwardPort]], Awaitable[str]]
"""Forwards these ports, and returns what then is so, in a few words. Raises KtyError."""


class ForwardDialog(ConfirmScreen):
    """Gives back what is forwarded, once it is; None where the person leaves. What cannot be had is said here."""

    DEFAULT_CSS = """
    ForwardDialog Choices { margin: 1 0 0 0; padding: 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "declared port above", priority=True, show=False, id="forward.up"),
        Binding("down", "choose(1)", "declared port below", priority=True, show=False, id="forward.down"),
    ]

    def __init__(self, target: ForwardTarget, declared: Sequence[DeclaredPort], starts: Starts) -> None:
        super().__init__(
            "port-forward",
            lambda typed: printable(sentence(target, read_ports(typed, target, declared))),
            self._mistake,
            asks="[local:]port",
            proposes=str(declared[0].number) if declared else "",
        )
        self._target = target
        self._declared = declared
        self._starts = starts

    def _mistake(self, typed: str) -> str:
        if not typed.strip() and not self._declared:
            return printable(f"{self._target} declares no ports: type one, {HINT}")
        try:
            read_ports(typed, self._target, self._declared)
        except KtyError as mistake:
            return printable(mistake.sentence())
        return ""

    def compose_more(self) -> ComposeResult:
        yield Choices()

    def on_mount(self) -> None:
        choices = [
            Choice(str(port.number), str(port.number), printable(_about(port)))
            for port in self._declared
            if is_printable(port.name)
        ]
        self.query_one(Choices).show(choices)

    def action_choose(self, step: int) -> None:
        """Put a declared port on the line."""
        if choice := self.query_one(Choices).move(step):
            self.query_one(Input).value = choice.insert

    def on_choices_clicked(self, event: Choices.Clicked) -> None:
        self.query_one(Input).value = event.choice.insert

    def take(self, typed: str) -> None:
        self._start(read_ports(typed, self._target, self._declared))

    @work(exclusive=True)
    async def _start(self, ports: Sequence[ForwardPort]) -> None:
        try:
            self.dismiss(await self._starts(ports))
        except KtyError as error:
            line = self.query_one("#wrong", Static)
            line.update(Content(printable(error.sentence())))
            line.display = True


def _about(port: DeclaredPort) -> str:
    leads = f"leads to {port.to}" if port.to not in (port.number, port.name) else ""
    return " · ".join(filter(None, (port.name, leads, port.of)))
