"""Small apps to sit at."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from kty.term.app import TerminalApp
from kty.term.terminal import Terminal


class Line(Static):
    DEFAULT_CSS = "Line { height: 1; }"


class Echo(TerminalApp[None]):
    """Says what it hears."""

    AUTO_FOCUS = None

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal)
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        for name in ("key", "paste", "click", "size", "focus"):
            yield Line(f"no {name} yet", id=name)

    def say(self, what: str, text: str) -> None:
        self.heard.append(text)
        self.query_one(f"#{what}", Line).update(text)

    def on_key(self, event: events.Key) -> None:
        self.say("key", f"key={event.key} {event.character!r}.")

    def on_paste(self, event: events.Paste) -> None:
        self.say("paste", f"paste={len(event.text)} {event.text[:20]!r}.")

    def on_click(self, event: events.Click) -> None:
        self.say("click", f"click={event.screen_x:.0f},{event.screen_y:.0f}.")

    def on_resize(self, event: events.Resize) -> None:
        self.say("size", f"size={event.size.width}x{event.size.height}.")

    def on_app_blur(self) -> None:
        self.say("focus", "blurred.")

    def on_app_focus(self) -> None:
        self.say("focus", "focused.")


class Another(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Line("another screen")


class Counter(TerminalApp[None]):
    """Counts, and can be made to count fast, to crash, to print."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("c", "crash", "Crash"),
        ("w", "crash_at_work", "Crash in a worker"),
        ("n", "another", "Another screen"),
        ("p", "print", "Print"),
        ("q", "quit", "Quit"),
    ]

    def compose(self) -> ComposeResult:
        yield Line("count=0.", id="count")
        yield Line("another line")

    def count(self, number: int) -> None:
        self.query_one("#count", Line).update(f"count={number}.", layout=False)

    def action_crash(self) -> None:
        token = "secret" + "token"
        raise RuntimeError(f"crashed with {len(token)} characters")

    def action_crash_at_work(self) -> None:
        async def work() -> None:
            raise RuntimeError("crashed at work")

        self.run_worker(work())

    def action_another(self) -> None:
        self.push_screen(Another())

    def action_print(self) -> None:
        print("printed by an app")  # noqa: T201 # what libraries do


class Colorful(TerminalApp[None]):
    """Shows colors, and a list whose cursor is a background only."""

    CSS = """
    #title { background: #303a44; color: #ff8040; }
    OptionList { border: none; }
    """

    def compose(self) -> ComposeResult:
        yield Line("[b]title[/b] [#40ff80]green[/]", id="title")
        yield OptionList("first", "second", "third")


class Form(TerminalApp[None]):
    """Two inputs, one after the other."""

    def compose(self) -> ComposeResult:
        yield Input(placeholder="one", id="one")
        yield Input(placeholder="two", id="two")
        yield Line("nothing submitted", id="said")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.query_one("#said", Line).update(f"{event.input.id}={event.value}.")
        self.query_one("#two").focus()
