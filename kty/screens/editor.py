"""The built-in editor: an object's YAML on a screen of kty, for whoever has no editor of their own where kty runs."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from kty.screens.confirm import ConfirmScreen
from kty.screens.copying import copy
from kty.screens.frame import Frame
from kty.screens.session import Session
from kty.text import printable
from kty.views.view import Tone
from kty.widgets.prompt import Prompt
from kty.widgets.yaml_editor import YamlEditor

_LINE = "line "
_OWN = frozenset(("go_on", "leave", "search", "line", "help", "asked"))
_ASKED = frozenset(("leave", "asked"))
"""What keys do while a line is typed."""


class EditorScreen(Frame, inherit_bindings=False):  # what are keys elsewhere is text here
    """Edits a text until the person goes on with it, again and again, or leaves it. It is kept in memory only."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "go_on", "go on", id="editor.go-on", priority=True),
        Binding("escape,ctrl+q", "leave", "leave", id="editor.leave", priority=True),
        Binding("ctrl+f", "search", "find", id="editor.search", priority=True),
        Binding("ctrl+g", "line", "line", id="editor.line", priority=True),
        Binding("enter", "asked", show=False, priority=True),
        Binding("f1", "help", "keys", id="editor.help", priority=True),
    ]

    def __init__(self, session: Session, title: str, text: str) -> None:
        """`title` must be printable, and `text` printable line by line, tabs excepted."""
        super().__init__(session)
        self._title = title
        self._editor = YamlEditor(text)
        self._needle = ""
        self._outcome: asyncio.Future[str | None] | None = None

    def compose_body(self) -> Iterable[Widget]:
        yield self._editor

    def focus_body(self) -> None:
        self.set_focus(self._editor)  # at once: what is typed ahead is for the text

    async def outcome(self) -> str | None:
        """Return the text once the person goes on with it; None once they leave it. Keys are theirs until then."""
        self._outcome = asyncio.get_running_loop().create_future()
        self._wait(False)
        try:
            return await self._outcome
        finally:
            self._outcome = None

    def show(self, text: str, said: str = "", place: tuple[int, int] | None = None) -> None:
        """Show a text, say what is wrong with it, and put the cursor at the line and column where that is."""
        self._editor.show(text)
        if place is not None:
            self._editor.go_to(*place)
        if said:
            self.call_after_refresh(self.report, said, "bad")

    # What is said

    def title_text(self) -> str:
        return self._title

    def counts(self) -> Content:
        buffer = self._editor.buffer
        line, column = buffer.cursor
        at = f"{line + 1:,}/{len(buffer.lines):,}:{column + 1:,}"
        if self._said:  # which needs the room
            return Content(at)
        needle = f"  /{printable(self._needle)} {self._editor.found}" if self._needle else ""
        return Content.assemble(f"edit {self._title}  {at}", (needle, "$text-accent"))

    def truth(self) -> tuple[str, Tone]:
        if self._editor.is_waiting:
            return "asking the server…", "busy"
        return ("changed", "warn") if self._editor.buffer.is_changed else ("nothing is changed", "dim")

    def on_yaml_editor_changed(self, event: YamlEditor.Changed) -> None:
        self.say(event.told)

    def on_yaml_editor_copied(self, event: YamlEditor.Copied) -> None:
        copy(self, event.text, "this line" if event.text.count("\n") == 1 and event.text.endswith("\n") else "text")

    # What keys do. They have priority, so that none is taken for text; each waits for what was typed before it.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in _OWN:
            is_asked = self._prompt.is_open
            return not self._editor.is_waiting and action in (_ASKED if is_asked else _OWN - {"asked"})
        return super().check_action(action, parameters)

    async def _typed_is_there(self) -> None:
        """Wait until what was typed so far was taken."""
        done = asyncio.Event()
        if (self.focused or self._editor).call_later(done.set):
            await done.wait()

    async def action_go_on(self) -> None:
        """Give the text back: it is tried out on the server, and shown as a difference."""
        await self._typed_is_there()
        self._end(self._editor.buffer.text)

    async def action_leave(self) -> None:
        """End the search; then let go of what is chosen; then leave, once the person says so where they changed it."""
        await self._typed_is_there()
        buffer, prompt = self._editor.buffer, self._prompt
        if prompt.is_open:
            if prompt.sign == "/":
                self._search("")
            self.close_prompt()
        elif self._needle:
            self._search("")
        elif buffer.chosen:
            self._editor.choose_none()
        elif buffer.is_changed:
            self.app.push_screen(
                ConfirmScreen("edit", lambda typed: f"Throw away what you changed in {self._title}?", lambda typed: ""),
                lambda yes: self._end(None) if yes is not None else None,
            )
        else:
            self._end(None)

    def _end(self, text: str | None) -> None:
        outcome = self._outcome
        if outcome is not None and not outcome.done():
            self._wait(True)
            outcome.set_result(text)

    def _wait(self, is_waiting: bool) -> None:
        """Take no keys while somebody else has the text."""
        self._editor.is_waiting = is_waiting
        if self.is_mounted:
            self.show_truth()
            self.show_keys()

    async def action_search(self) -> None:
        """Ask for what to look for; nothing for the same as before."""
        await self._typed_is_there()
        self._prompt.open("/")

    async def action_line(self) -> None:
        """Ask for a line to go to."""
        await self._typed_is_there()
        self._prompt.open(_LINE)

    async def action_asked(self) -> None:
        """Take the line that was asked for: the editor has the keys that follow at once."""
        await self._typed_is_there()
        prompt = self._prompt
        typed = prompt.query_one(Input).value
        if prompt.sign == _LINE and typed.strip().isdecimal():
            self._editor.go_to(int(typed.strip()[:9]) - 1)
        elif prompt.sign == "/" and typed not in ("", self._needle):
            self._search(typed)
        elif prompt.sign == "/" and not typed:
            self._editor.action_next_match(1)
        self.close_prompt()

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        if event.sign == "/" and self._prompt.is_open:
            self._search(event.text)

    def _search(self, needle: str) -> None:
        self._needle = needle
        self._editor.search(needle)
        self.show_truth()
