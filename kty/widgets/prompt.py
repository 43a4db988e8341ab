"""The line a person types on, and the choices above it."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive, reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from kty.term.sparing import Unscrolled
from kty.widgets.typed_line import TypedLine


class Choice(NamedTuple):
    """Something that can be completed to."""

    insert: str
    """What the line becomes."""
    label: str
    detail: str = ""
    why_not: str = ""
    """Why it cannot be chosen; empty when it can."""


class Choices(Widget):
    """A short list with one of its lines chosen, or none."""

    LINES = 8

    DEFAULT_CSS = """
    Choices { height: auto; max-height: 8; background: $surface; color: $foreground; padding: 0 1; display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._choices: tuple[Choice, ...] = ()
        self.chosen: int | None = None

    def show(self, choices: Sequence[Choice]) -> None:
        """Offer these; the chosen one stays so if it is still there."""
        before, chosen = len(self._choices), None if self.chosen is None else self._choices[self.chosen].insert
        self._choices = tuple(choices)
        self.chosen = next((index for index, choice in enumerate(choices) if choice.insert == chosen), None)
        self.display = bool(choices)
        self.refresh(layout=min(before, self.LINES) != min(len(choices), self.LINES))

    def choose_none(self) -> None:
        """Let go of the chosen one."""
        self.chosen = None
        self.refresh()

    def move(self, step: int) -> Choice | None:
        """Choose the next or the previous one, around the ends; return it."""
        if not self._choices:
            return None
        before = self.chosen
        self.chosen = (before + step) % len(self._choices) if before is not None else (0 if step > 0 else -1)
        self.chosen %= len(self._choices)
        self.refresh()
        return self._choices[self.chosen]

    @property
    def first(self) -> Choice | None:
        """The chosen one, else the best that can be had."""
        if self.chosen is not None:
            return self._choices[self.chosen]
        return next((choice for choice in self._choices if not choice.why_not), None)

    def _window(self) -> tuple[int, int]:
        top = max(0, (self.chosen or 0) - self.LINES + 1)
        return top, min(len(self._choices), top + self.LINES)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return min(self.LINES, len(self._choices))

    def render(self) -> Content:
        width = self.content_size.width
        top, bottom = self._window()
        shown = self._choices[top:bottom]
        column = max((len(choice.label) for choice in shown), default=0) + 2
        lines = []
        for index, choice in enumerate(shown, top):
            note = choice.why_not or choice.detail
            line = Content.assemble(
                (choice.label.ljust(column), "$foreground 60%" if choice.why_not else "bold"),
                (note, "$text-warning" if choice.why_not else "$foreground 60%"),
            ).truncate(width, ellipsis=True, pad=True)
            lines.append(
                line.stylize("$block-cursor-foreground on $block-cursor-background") if index == self.chosen else line
            )
        return Content("\n").join(lines)

    def on_click(self, event: events.Click) -> None:
        index = self._window()[0] + event.get_content_offset_capture(self).y
        if index < len(self._choices):
            self.post_message(self.Clicked(self._choices[index]))

    class Clicked(Message):
        """A choice was clicked."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice


class PromptLine(TypedLine):
    """Textual's input with the keys of a prompt; as wide as there is room, so that no key lays out the screen."""

    value: reactive[str] = reactive("", layout=False, init=False)
    virtual_size: Reactive[Size] = Reactive(Size(), layout=False)
    cursor_blink: reactive[bool] = reactive(False, init=False)  # each step of it is a frame to send

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+u,ctrl+q", "delete_left_all", show=False, id="prompt.clear"),
    ]
    IN_TURN: ClassVar[Mapping[str, str]] = {
        key: action for key, action in TypedLine.IN_TURN.items() if key not in ("ctrl+u", "ctrl+q")
    }


class _Opened(Vertical, Unscrolled):
    """What there is of a prompt that is open."""


class Prompt(Unscrolled):
    """Asks for a line of text: `:` for a command, `/` for a filter. It takes no room until it is opened.

    What comes and goes is a part of it: whatever has such a part paints all of itself then, and that is not the screen.
    """

    DEFAULT_CSS = """
    Prompt { height: auto; }
    Prompt _Opened { height: auto; display: none; }
    Prompt Horizontal { height: 1; background: $boost; }
    Prompt Static { padding: 0 0 0 1; color: $text-accent; text-style: bold; }
    Prompt Input, Prompt Input:focus { height: 1; border: none; padding: 0; background: transparent; width: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "cancel", "leave", priority=True, show=False, id="prompt.cancel"),
        Binding("tab,ctrl+f", "accept", "complete", priority=True, show=False, id="prompt.accept"),
        Binding("up", "choose(-1)", "choice above", priority=True, show=False, id="prompt.up"),
        Binding("down", "choose(1)", "choice below", priority=True, show=False, id="prompt.down"),
    ]

    class Changed(Message):
        """The text changed while typing."""

        def __init__(self, sign: str, text: str) -> None:
            super().__init__()
            self.sign, self.text = sign, text

    class Submitted(Changed):
        """Enter was pressed."""

    class Cancelled(Message):
        """The prompt was left without Enter."""

        def __init__(self, sign: str) -> None:
            super().__init__()
            self.sign = sign

    def __init__(self) -> None:
        super().__init__()
        self._opened, self._choices = _Opened(), Choices()
        self._before, self._line = Static(""), PromptLine(select_on_focus=False, compact=True)
        self.sign = ""
        self.typed = ""
        """What was typed: what choices are for. The line says the chosen one instead, once one was chosen."""

    def compose(self) -> ComposeResult:
        with self._opened:
            yield self._choices
            with Horizontal():
                yield self._before
                yield self._line

    @property
    def is_open(self) -> bool:
        return self._opened.display

    def open(self, sign: str, text: str = "") -> None:
        """Ask from now on; the sign says what for."""
        self.sign = sign
        self._before.update(sign, layout=False)
        self._before.styles.width = len(sign) + 1
        self._choices.show(())
        line = self._line
        self._type(text)
        self._opened.display = True
        self.screen.set_focus(line)  # at once: what is typed ahead is for this line

    def close(self) -> None:
        """Hide, and forget what was typed."""
        self._opened.display = False
        self._choices.show(())
        self._type("")
        self._line.taken()

    def refuse(self) -> None:
        """Stay open: what was entered will not do."""
        self._line.taken()

    def offer(self, choices: Sequence[Choice]) -> None:
        """Show these choices above the line."""
        self._choices.show(choices)

    def _type(self, text: str) -> None:
        self.typed = text
        self._choices.choose_none()
        self._set(text)

    def _set(self, text: str) -> None:
        line = self._line
        with line.prevent(Input.Changed):
            line.value = text
        line.cursor_position = len(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.typed = event.value
        self._choices.choose_none()
        self.post_message(self.Changed(self.sign, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted(self.sign, event.value))

    def on_choices_clicked(self, event: Choices.Clicked) -> None:
        event.stop()
        self.post_message(self.Submitted(self.sign, event.choice.insert))

    def action_cancel(self) -> None:
        self.post_message(self.Cancelled(self.sign))

    def action_accept(self) -> None:
        if choice := self._choices.first:
            self._type(choice.insert)
            self.post_message(self.Changed(self.sign, choice.insert))

    def action_choose(self, step: int) -> None:
        if choice := self._choices.move(step):
            self._set(choice.insert)
