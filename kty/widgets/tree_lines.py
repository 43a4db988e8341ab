"""Branches as the lines of a table: what is folded in is left out, and boxes are drawn before the names."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple

from kty.widgets.branch_search import BranchSearch
from kty.widgets.lines import Heading, Line, OneByOne


class Branch(NamedTuple):
    """One place of a tree, and what is beneath it."""

    key: Hashable
    """What stays the same while the place lives; no two branches have the same."""
    children: "tuple[Branch, ...]" = ()
    is_folded: bool = False
    """Whether it is folded until somebody unfolds it."""


class _Place(NamedTuple):
    """A line that is not folded in."""

    key: Hashable
    boxes: str
    """What is drawn before its name."""


class TreeLines(OneByOne):
    """Lines of a live table; what a person folded or unfolded stays so while other branches come and go."""

    def __init__(
        self, headings: Sequence[Heading], line: Callable[[Hashable], Line], *, searched: Sequence[int] = (0,)
    ) -> None:
        """`line` tells the line of a branch, without boxes; it is asked for those that can be seen, and for all of
        them while something is looked for in the cells that `searched` names by their columns.
        """
        self.headings = headings
        self._line = line
        self._searched = searched
        self._forest: Sequence[Branch] = ()
        self.search = BranchSearch()
        """What is looked for; its matches are marked."""
        self._folds: dict[Hashable, bool] = {}
        self._places: list[_Place] = []
        self._index: dict[Hashable, int] = {}
        self._above: dict[Hashable, Hashable | None] = {}
        self._branches: dict[Hashable, Branch] = {}

    def show(self, forest: Sequence[Branch]) -> None:
        """Take other branches."""
        self._forest = forest
        self._above.clear()
        self._branches.clear()
        todo: list[tuple[Branch, Hashable | None]] = [(root, None) for root in forest]
        for branch, above in todo:
            self._above[branch.key], self._branches[branch.key] = above, branch
            todo += [(child, branch.key) for child in branch.children]
        self._folds = {key: fold for key, fold in self._folds.items() if key in self._branches}
        self._flatten()
        self.look_for(self.search.needle)

    def look_for(self, needle: str) -> None:
        """Look for a text in all branches, those that are folded in among them; an empty one ends the search."""
        self.search = BranchSearch(needle, ((key, self._texts(self._line(key))) for key in self._walk()))

    def _texts(self, line: Line) -> list[str]:
        return [line.cells[column] for column in self._searched]

    def _marks(self, line: Line, boxes: int) -> tuple[tuple[int, int, int], ...]:
        """Return where the text that is looked for is in a line, with so many characters before its name."""
        found = [(self._searched[at], first, end) for at, first, end in self.search.within(self._texts(line))]
        return tuple([(cell, first + boxes * (not cell), end + boxes * (not cell)) for cell, first, end in found])

    def _walk(self) -> Iterator[Hashable]:
        """Yield every branch, as they stand where nothing is folded."""
        todo = [*reversed(self._forest)]
        while todo:
            branch = todo.pop()
            yield branch.key
            todo += reversed(branch.children)

    def _flatten(self) -> None:
        self._places = []
        todo = [(root, "", "") for root in reversed(self._forest)]
        while todo:  # not by recursion: an owner has an owner has an owner…
            branch, before, corner = todo.pop()
            is_folded = self.is_folded(branch.key)
            mark = ("▸ " if is_folded else "▾ ") if branch.children else ("─ " if corner else "  ")
            self._places.append(_Place(branch.key, before + corner + mark))
            if not is_folded:
                beneath = before + {"": "", "├─": "│ ", "└─": "  "}[corner]
                last = len(branch.children) - 1
                todo += [
                    (child, beneath, "└─" if at == last else "├─")
                    for at, child in reversed([*enumerate(branch.children)])
                ]
        self._index = {place.key: at for at, place in enumerate(self._places)}

    # What folds

    def has_branches(self, key: Hashable) -> bool:
        return bool((branch := self._branches.get(key)) and branch.children)

    def is_folded(self, key: Hashable) -> bool:
        branch = self._branches[key]
        return bool(branch.children) and self._folds.get(key, branch.is_folded)

    def fold(self, key: Hashable, folded: bool = True) -> None:
        """Fold a branch in, or out."""
        if key in self._branches:
            self._folds[key] = folded
            self._flatten()

    def reveal(self, key: Hashable) -> None:
        """Unfold all that hides this branch."""
        above = self._above.get(key)
        while above is not None:
            self._folds[above] = False
            above = self._above.get(above)
        self._flatten()

    def above(self, key: Hashable) -> Hashable | None:
        """Return the branch that this one stands on; None for a root."""
        return self._above.get(key)

    # What a table asks

    def __len__(self) -> int:
        return len(self._places)

    def key(self, index: int, /) -> Hashable:
        return self._places[index].key

    def index(self, key: Hashable, /) -> int | None:
        """Say where a branch is; one that is folded in is where the fold is."""
        at: Hashable | None = key
        while at is not None:
            if (found := self._index.get(at)) is not None:
                return found
            at = self._above.get(at)
        return None

    def line(self, index: int, /) -> Line:
        place = self._places[index]
        line, boxes = self._line(place.key), len(place.boxes)
        name, *others = line.cells
        return line._replace(
            cells=(place.boxes + name, *others), lead=boxes + line.lead, marks=self._marks(line, boxes)
        )
