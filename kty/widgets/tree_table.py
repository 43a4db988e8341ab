"""A live table whose lines are a tree: branches fold in and out, and can be searched through."""

from collections.abc import Hashable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from kty.widgets.live_table import LiveTable
from kty.widgets.tree_lines import TreeLines


class TreeTable(LiveTable):
    """Shows `TreeLines`; the cursor moves along the lines, and with left and right along the branches."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "fold", "fold, or to the branch above", show=False, id="tree.fold"),
        Binding("right", "unfold", "unfold, or into the branch", show=False, id="tree.unfold"),
        Binding("space", "toggle_fold", "fold", id="tree.toggle"),
        Binding("shift+left", "sideways(-1)", "columns to the left", show=False, id="tree.left"),
        Binding("shift+right", "sideways(1)", "columns to the right", show=False, id="tree.right"),
        Binding("n", "next_match(1)", "next match", show=False, id="tree.next-match"),
        Binding("N", "next_match(-1)", "previous match", show=False, id="tree.previous-match"),
    ]

    class SearchChanged(Message):
        """There are other matches now, or the cursor is on another one."""

        def __init__(self, table: "TreeTable", found: str) -> None:
            super().__init__()
            self.table, self.found = table, found

        @property
        def control(self) -> "TreeTable":
            return self.table

    _found = ""
    _search_from: Hashable | None = None

    @property
    def tree_lines(self) -> TreeLines:
        if not isinstance(self.lines, TreeLines):
            raise TypeError("a tree table shows TreeLines")
        return self.lines

    def action_fold(self) -> None:
        """Fold the branch under the cursor; where it is folded or has nothing beneath it, go to the one above."""
        tree, key = self.tree_lines, self.cursor_key
        if tree.has_branches(key) and not tree.is_folded(key):
            self._fold(True)
        elif (above := tree.index(tree.above(key))) is not None:
            self._place(above)

    def action_unfold(self) -> None:
        """Unfold the branch under the cursor; where it is unfolded, go to the first beneath it."""
        tree, key = self.tree_lines, self.cursor_key
        if tree.has_branches(key):
            if tree.is_folded(key):
                self._fold(False)
            else:
                self.action_move(1)

    def action_toggle_fold(self) -> None:
        """Fold the branch under the cursor, or unfold it."""
        tree, key = self.tree_lines, self.cursor_key
        if tree.has_branches(key):
            self._fold(not tree.is_folded(key))

    def _fold(self, folded: bool) -> None:
        self.tree_lines.fold(self.cursor_key, folded)
        self.refresh_lines()

    # Search

    @property
    def found(self) -> str:
        """Which match of how many the cursor is on, such as `3/17`; empty while nothing is looked for."""
        return self.tree_lines.search.found(self.cursor_key) if isinstance(self.lines, TreeLines) else ""

    def search(self, needle: str) -> int:
        """Look for a text and go to the first match from the cursor on; return how many branches have it.

        Typing on looks from where the cursor was when the search began, and leaves it there where nothing matches; what
        hides a match is unfolded. Without capitals, case does not matter; an empty text ends the search.
        """
        tree = self.tree_lines
        if not tree.search.needle:
            self._search_from = self.cursor_key
        tree.look_for(needle)
        if needle:
            self._reach(tree.search.from_here(self._search_from) or self._search_from)
        else:
            self.refresh_lines()
        return len(tree.search)

    def next_match(self, step: int = 1) -> None:
        """Go to the next match, or by as many as `step` says; around the ends."""
        self._search_from = self.tree_lines.search.step(self.cursor_key, step)
        self._reach(self._search_from)

    def _reach(self, key: Hashable | None) -> None:
        if key is not None:
            self.tree_lines.reveal(key)
            self.cursor_key = key
        self.refresh_lines()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Step from match to match only while something is looked for: the keys may mean something else then."""
        return action != "next_match" or bool(self.tree_lines.search.needle)

    def action_next_match(self, step: int) -> None:
        self.next_match(step)

    def _draw(self) -> None:
        super()._draw()
        if self.found != self._found:
            self._found = self.found
            self.post_message(self.SearchChanged(self, self._found))
