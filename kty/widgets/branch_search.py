"""Find a text in the branches of a tree, and step from match to match."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from kty.widgets.text_search import TextSearch


class BranchSearch:
    """The branches that have a text in them, in the order of the tree. Case is as in `TextSearch`."""

    def __init__(self, needle: str = "", branches: Iterable[tuple[Hashable, Sequence[str]]] = ()) -> None:
        """`branches` are all that there are, in order, each with its texts."""
        self.needle = needle
        self._order: dict[Hashable, int] = {}
        self._matches: list[Hashable] = []
        self._places: dict[Hashable, int] = {}
        for at, (key, texts) in enumerate(branches if needle else ()):
            self._order[key] = at
            if any(True for _ in self.within(texts)):
                self._places[key] = len(self._matches)
                self._matches.append(key)

    def __len__(self) -> int:
        """How many branches have it."""
        return len(self._matches)

    def within(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Yield where it is in these texts: which of them, the first character and the one after the last."""
        if self.needle:
            yield from TextSearch(self.needle, texts).matches

    def found(self, key: Hashable | None) -> str:
        """Say which match of how many a branch is, such as `3/17`; empty while nothing is looked for."""
        return f"{self._places.get(key, -1) + 1}/{len(self)}" if self.needle else ""

    def from_here(self, key: Hashable | None) -> Hashable | None:
        """Return the first match from a branch on, around the end; None where nothing matches."""
        here = self._order.get(key, 0)
        following = (match for match in self._matches if self._order[match] >= here)
        return next(following, next(iter(self._matches), None))

    def step(self, key: Hashable | None, by: int) -> Hashable | None:
        """Return the match that is so many after a branch, or before it, around the ends; None where there is none."""
        if not self._matches:
            return None
        here = self._order.get(key, 0)
        before = sum(self._order[match] < here for match in self._matches)
        at = before if key in self._places or by < 0 else before - 1
        return self._matches[(at + by) % len(self._matches)]
