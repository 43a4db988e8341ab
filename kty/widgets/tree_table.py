"""A live table whose lines are a tree: branches fold in and out."""

from typing import ClassVar

from textual.binding import Binding, BindingType

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
    ]

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
