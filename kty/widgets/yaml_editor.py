"""Edit YAML: highlighted, with numbered lines, and as quick in the largest objects as in small ones."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from kty.widgets.cleaning import cleaned
from kty.widgets.editor_composer import EditorComposer, column_at
from kty.widgets.editor_keys import KEYS
from kty.widgets.line_view import LineView, left_of
from kty.widgets.text_buffer import Place, TextBuffer
from kty.widgets.text_search import TextSearch
from kty.widgets.yaml_painter import COMPONENTS, LOOKS, cells

SIDEWAYS = 8
"""Cells that one step sideways scrolls."""


class YamlEditor(LineView):
    """Edits a text. Keys are taken one after the other: what is typed at once stays in order.

    What is given must be printable, tabs excepted; what a person brings is made so. Not Textual's TextArea: that looks
    at all lines for every key, which takes 150 ms at 20,000 lines or a megabyte, of everybody's time.
    """

    hears_keys = True

    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)

    DEFAULT_CSS = f"YamlEditor {{{LOOKS}}}"

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    class Changed(Message):
        """The text or the cursor changed, or something is to be told of what was brought."""

        def __init__(self, editor: "YamlEditor", told: str = "") -> None:
            super().__init__()
            self.editor, self.told = editor, told

        @property
        def control(self) -> "YamlEditor":
            return self.editor

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, YamlEditor.Changed) and not message.told

    class Copied(Message):
        """A person wants this in their clipboard."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.buffer = TextBuffer(text)
        self.is_waiting = False
        """While it is set, no key changes anything."""
        self._needle = ""
        self._search = TextSearch()
        self._found_in = -1
        """The version of the text that was searched."""
        self._clip = ""
        self._goal: int | None = None
        """The cell that moving up and down keeps to."""
        self._top = self._left = 0
        """The first line on screen, and the cells that are scrolled out at the left."""
        self._follows = True
        """Whether the cursor is to be in sight; not while the wheel is turned."""
        self._drags = False
        self._composer = EditorComposer(self)
        self._frame: list[Strip] = []

    @property
    def found(self) -> str:
        """Which match of how many is the current one, such as `3/17`; empty while nothing is looked for."""
        return self._search.found

    def show(self, text: str) -> None:
        """Put another text in place of all of it, as a change that can be undone."""
        if text != self.buffer.text:
            self.buffer.replace_all(text)
            self._did()

    def go_to(self, line: int, column: int = 0) -> None:
        """Put the cursor there, both from 0, and a little of what is before it in sight."""
        self.buffer.move(Place(line, column))
        self._top = self.buffer.cursor.line - self._composer.height // 3
        self._did()

    def choose_none(self) -> None:
        """Let go of what is chosen."""
        self.buffer.move(self.buffer.cursor)
        self._did()

    def search(self, needle: str) -> int:
        """Look for a text and go to the first match from the cursor on; return how many there are. Empty: no longer.

        Without capitals, case does not matter.
        """
        if self._needle == "" and needle:
            self._search_from = self.buffer.cursor
        self._needle = needle
        self._find()
        if needle:
            self._search.go_to(*self._search_from)
            self._reach()
        self._did()
        return len(self._search.matches)

    _search_from = Place(0, 0)

    def _find(self) -> None:
        self._search = TextSearch(self._needle, self.buffer.lines)
        self._found_in = self.buffer.version

    def _reach(self) -> None:
        if match := self._search.match:
            self.buffer.move(Place(match.line, match.start))
            if not self._top <= match.line < self._top + self._composer.height:
                self._top = match.line - self._composer.height // 3

    def action_next_match(self, step: int) -> None:
        """Go to the next match of what was looked for last, or to the one before."""
        if not self._needle:
            return
        if self._found_in != self.buffer.version:
            self._find()
        line, column = self.buffer.cursor
        if step > 0:
            self._search.go_to(line, column + 1)
        else:
            self._search.go_to(line, column)
            self._search.step(-1, self._search.match.line if self._search.match else line)
        self._search_from = self.buffer.cursor
        self._reach()
        self._did()

    # What is typed

    async def on_key(self, event: events.Key) -> None:
        """Do in its turn what a key does: a binding by itself would run after letters that were typed behind it."""
        if event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            if not self._is_held_up():
                self._bring(event.character, "typed")
            return
        active = self.screen.active_bindings.get(event.key)
        if active is not None and active.enabled and active.node is self:
            event.stop()
            event.prevent_default()
            await self.run_action(active.binding.action)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if not self._is_held_up():
            self._bring(event.text, "whole")

    def _bring(self, text: str, way: str) -> None:
        """Put what a person brings where the cursor is."""
        clean = cleaned(text)
        self.buffer.insert(clean.text, "typed" if way == "typed" else "whole")
        told = []
        if clean.tabs:
            told.append(f"{clean.tabs:,} tab{'s became' if clean.tabs > 1 else ' became'} spaces")
        if clean.escapes:
            told.append(f"{clean.escapes:,} that cannot be shown became escapes")
        self._did(told=", ".join(told))

    def _is_held_up(self) -> bool:
        if self.is_waiting:
            self.app.bell()
        return self.is_waiting

    def _did(self, *, told: str = "", keeps_goal: bool = False) -> None:
        """Show what was done."""
        self._follows = True
        if not keeps_goal:
            self._goal = None
        self._draw()
        self.post_message(self.Changed(self, told))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not (self.is_waiting and action in _CHANGES)

    def action_undo(self) -> None:
        self._did(told="" if self.buffer.undo() else "there is nothing to undo")

    def action_redo(self) -> None:
        self._did(told="" if self.buffer.redo() else "there is nothing to do again")

    def action_new_line(self) -> None:
        self.buffer.new_line()
        self._did()

    def action_indent(self, by: int) -> None:
        """Move the chosen lines by a level; where none is chosen, spaces come where the cursor is."""
        if by > 0 and not self.buffer.chosen:
            self.buffer.insert(" " * (2 - self.buffer.cursor.column % 2))
        else:
            self.buffer.indent(by)
        self._did()

    def action_delete(self, by: int) -> None:
        self.buffer.delete(by)
        self._did()

    def action_delete_word(self, way: int) -> None:
        self.buffer.delete_to(self.buffer.word(way))
        self._did()

    def action_delete_end(self) -> None:
        """Delete what is behind the cursor on its line; where nothing is, join the next line to it."""
        line, column = self.buffer.cursor
        end = Place(line, len(self.buffer.lines[line]))
        self.buffer.delete_to(end if column < end.column else self.buffer.beside(end, 1))
        self._did()

    def action_delete_start(self) -> None:
        self.buffer.delete_to(Place(self.buffer.cursor.line, 0))
        self._did()

    def action_copy(self) -> None:
        """Copy what is chosen, else the line of the cursor."""
        self._clip = self.buffer.chosen_text or f"{self.buffer.lines[self.buffer.cursor.line]}\n"
        self.post_message(self.Copied(self._clip))

    def action_cut(self) -> None:
        """Copy what is chosen and delete it; where nothing is, the line of the cursor."""
        if not self.buffer.chosen:
            line = self.buffer.cursor.line
            self.buffer.move(Place(line, 0))
            self.buffer.move(self.buffer.beside(Place(line, len(self.buffer.lines[line])), 1), choose=True)
        self._clip = self.buffer.chosen_text
        if self._clip:
            self.buffer.insert("")
        self._did()
        if self._clip:
            self.post_message(self.Copied(self._clip))

    def action_paste(self) -> None:
        """Put here what was copied or cut in this editor last."""
        if self._clip:
            self.buffer.insert(self._clip)
        self._did(told="" if self._clip else "nothing was copied or cut here")

    def on_unmount(self) -> None:
        """Forget the text: whoever remembers the app for a while is not to keep it."""
        self.buffer, self._search, self._clip, self._frame = TextBuffer(), TextSearch(), "", []

    # Where the cursor is

    def action_go(self, way: str) -> None:
        self._move(way, choose=False)

    def action_choose(self, way: str) -> None:
        """Choose what is between where the cursor is and where it goes."""
        self._move(way, choose=True)

    def action_choose_all(self) -> None:
        self.buffer.choose_all()
        self._did()

    def _move(self, way: str, *, choose: bool) -> None:
        buffer = self.buffer
        if by := self._lines_of(way):
            line, column = buffer.cursor
            self._goal = cells(buffer.lines[line], column) if self._goal is None else self._goal
            to = max(0, min(line + by, len(buffer.lines) - 1))
            buffer.move(Place(to, column_at(buffer.lines[to], self._goal)), choose=choose)
            self._top += by if abs(by) > 1 else 0
        else:
            buffer.move(buffer.place(way, choose=choose), choose=choose)
        self._did(keeps_goal=bool(by))

    def _lines_of(self, way: str) -> int:
        page = max(1, self._composer.height - 1)
        return {"up": -1, "down": 1, "page_up": -page, "page_down": page}.get(way, 0)

    # Mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        self.capture_mouse()
        self._drags = True
        self._point(event, choose=event.shift)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._drags:
            event.stop()
            self._point(event, choose=True)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        event.stop()
        self._drags = False
        self.release_mouse()

    def _point(self, event: events.MouseEvent, *, choose: bool) -> None:
        line = max(0, min(self._top + int(event.y), len(self.buffer.lines) - 1))
        column = self._composer.column(self.buffer.lines[line], int(event.x), self._left)
        self.buffer.move(Place(line, column), choose=choose)
        self._did()

    def _scroll(self, lines: int) -> None:
        self._follows = False
        self._top += lines
        self._draw()

    def action_sideways(self, steps: int) -> None:
        self._follows = False
        self._left = max(0, self._left + steps * SIDEWAYS)
        self._draw()

    # What is on screen

    def _compose_frame(self) -> list[Strip]:
        buffer, height = self.buffer, self._composer.height
        self._composer.number(len(buffer.lines))
        if self._follows:
            line, column = buffer.cursor
            self._top = max(line - height + 1, min(self._top, line))
            x = cells(buffer.lines[line], column)
            self._left = left_of(x, x + 1, self._left, self._composer.room)
        self._top = max(0, min(self._top, len(buffer.lines) - height))
        return self._composer.compose(buffer, self._top, self._left, self._needle)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._composer.restyle()
        self._frame = []


_CHANGES = frozenset(
    ("undo", "redo", "cut", "paste", "new_line", "indent", "delete", "delete_word", "delete_end", "delete_start")
)
