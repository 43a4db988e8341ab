"""Rows of one or more stores in one order, kept up with every change, once for everybody who looks at them so."""

from collections import deque
from collections.abc import Callable, Hashable, Mapping, Set
from itertools import islice
from operator import attrgetter
from typing import Any, Protocol, TypeAlias
from weakref import WeakValueDictionary

from msgspec import Struct

from kty.kube.objects import Key, Row
from kty.runtime.natural import natural, natural_key

Sort: TypeAlias = Callable[[Row], Any]
"""What a row is sorted by: a number, or a text, which sorts naturally; None and empty texts come last either way."""
Text: TypeAlias = Callable[[Row], str]
"""What filters look through; asked once for each version of a row."""
Scope: TypeAlias = Callable[[Row], bool]
"""What belongs to this list at all, filtered or not: the pods of one deployment."""

_NUMBER, _TEXT, _NOTHING = range(3)
FEW = 8
"""One in so many rows is few."""
JOURNAL = 1000
"""How many steps back somebody may be and still be told what they were."""
FILTERS = 8
"""Filters of which it is known what they let through: who types, or takes a letter back, may not be the first."""


class Rows(Protocol):
    """What an order reads of a `Store`."""

    @property
    def rows(self) -> Mapping[Key, Row]: ...

    @property
    def revision(self) -> int: ...

    def changes(self, since: int) -> Set[Key] | None: ...


class Entry(Struct, gc=False):
    """A row with all that is worked out of it once. Others read it, too: it never changes."""

    key: Key
    row: Row
    text: str
    kind: int
    sort: Any
    tie: str

    def stands_with(self, other: "Entry") -> bool:
        """Whether the other row of the same key would stand in the same place."""
        return self.kind == other.kind and bool(self.sort == other.sort)


Step: TypeAlias = tuple[Entry | None, Entry | None]
"""What a row was and what it is: one that came was None before, one that went is None."""

_tie, _sort = attrgetter("tie"), attrgetter("sort")


class Ordered(Struct, frozen=True):
    """How rows are ordered. Where it is equal, it is the same order; functions are equal to themselves alone."""

    stores: tuple[Rows, ...]
    scope: Scope
    text: Text
    sort: Sort
    reverse: bool
    state: Hashable
    """Of all that `sort` looks at beside the row: another one, where it may say something else."""


_orders: WeakValueDictionary[Ordered, "Order"] = WeakValueDictionary()
"""Those that somebody looks at. The stores in it keep identities apart."""


class Order:
    """What it says holds as of the last `update` by anybody.

    Rows that sort alike stand by namespace and name, ascending also where the sort is reversed.
    """

    def __init__(self, ordered: Ordered, source: "Order | None" = None) -> None:
        """Take over the rows of `source`, where there is one, and what was worked out of them."""
        self.ordered = ordered
        self.entries: dict[Key, Entry] = {}
        self.sorted: list[Entry] = []
        """All of them. To read only, and anew each time."""
        self.revision = 0
        """How many steps there were."""
        self._journal: deque[Step] = deque(maxlen=JOURNAL)
        self.seen: list[int | None] = [None] * len(ordered.stores)
        """The stores' revisions that were taken in."""
        self._told: dict[int, tuple[frozenset[Key], bool]] = {}
        self._told_at = 0
        """The revision up to which that tells."""
        self._filtered: dict[Hashable, tuple[int, list[Entry]]] = {}
        """From a filter to the revision, and the entries that it let through then; the one used last comes last."""
        if source is not None:
            self.seen = source.seen.copy()
            is_read = source.ordered.text == ordered.text
            self.entries = {
                key: self._entry(key, old.row, old.text if is_read else ordered.text(old.row), old.tie)
                for key, old in source.entries.items()
            }
            self._arrange()

    @classmethod
    def of(cls, ordered: Ordered, source: "Order | None" = None) -> "Order":
        """Return the order that somebody looks at already, else a new one, as soon as possible from `source`."""
        order = _orders.get(ordered)
        if order is None:
            order = _orders[ordered] = cls(ordered, source)
        elif source is not None:
            order.update()
        return order

    def steps(self, since: int) -> list[Step] | None:
        """Return what happened after that revision; None where that is too long ago."""
        count = self.revision - since
        if count > len(self._journal):
            return None
        return list(islice(reversed(self._journal), count))[::-1]

    def told(self, since: int) -> tuple[frozenset[Key], bool] | None:
        """Return which rows changed after that revision, and whether any came, went or moved; None as `steps` does.

        Worked out once for all who ask since then.
        """
        if self._told_at != self.revision:
            self._told_at = self.revision
            self._told.clear()
        if since not in self._told:
            if (steps := self.steps(since)) is None:
                return None
            keys = frozenset([(new or old).key for old, new in steps])  # type: ignore[union-attr] # never both are None
            moved = any(old is None or new is None or not old.stands_with(new) for old, new in steps)
            self._told[since] = keys, moved
        return self._told[since]

    def filtered(self, by: Hashable) -> tuple[list[Entry], list[Step]] | None:
        """Return what a filter let through once, and the few steps since then; None where it is to be asked."""
        if (known := self._filtered.get(by)) is None:
            return None
        revision, entries = known
        steps = self.steps(revision)
        if steps is None or len(steps) * FEW > len(self.sorted):
            return None
        return entries.copy(), steps

    def keep_filtered(self, by: Hashable, entries: list[Entry]) -> None:
        """Keep what a filter lets through now, for whoever filters so next."""
        self._filtered.pop(by, None)
        self._filtered[by] = self.revision, entries.copy()
        while len(self._filtered) > FILTERS:
            del self._filtered[next(iter(self._filtered))]

    def update(self) -> None:
        """Take in what the stores noted since the last time."""
        found: dict[Key, Row | None] = {}
        anew = False
        for at, store in enumerate(self.ordered.stores):
            since, self.seen[at] = self.seen[at], store.revision
            if since == store.revision:
                continue
            changed = None if since is None else store.changes(since)
            if changed is None:
                anew = True
            else:
                rows = store.rows
                found.update([(key, rows.get(key)) for key in changed])
        if anew:
            found = dict.fromkeys(self.entries)
            for store in self.ordered.stores:
                found.update(store.rows)
        if found:
            self._take_in(found)

    def _take_in(self, found: Mapping[Key, Row | None]) -> None:
        # To find the places of a few rows is quicker than to arrange all; of many it is not.
        many = len(found) * FEW > len(self.entries)
        before = self.revision
        scope, read = self.ordered.scope, self.ordered.text
        for key, row in found.items():
            old = self.entries.get(key)
            if old is not None and (row is old.row or row == old.row):
                continue
            new = None if row is None or not scope(row) else self._entry(key, row, read(row), natural_key(key))
            if old is None and new is None:
                continue
            self.revision += 1
            self._journal.append((old, new))
            if new is None:
                del self.entries[key]
            else:
                self.entries[key] = new
            if not many:
                self.swap(self.sorted, old, new)
        if many and self.revision != before:
            self._arrange()

    def _entry(self, key: Key, row: Row, text: str, tie: str) -> Entry:
        return Entry(key, row, text, *_ordered(self.ordered.sort(row)), tie)

    def _arrange(self) -> None:
        kinds: tuple[list[Entry], ...] = ([], [], [])
        for entry in sorted(self.entries.values(), key=_tie):
            kinds[entry.kind].append(entry)
        for entries in kinds:
            entries.sort(key=_sort, reverse=self.ordered.reverse)
        self.sorted = [entry for entries in kinds for entry in entries]

    def swap(self, entries: list[Entry], old: Entry | None, new: Entry | None) -> None:
        """Put an entry in the place of another one into a list that is in this order."""
        if old is not None and new is not None and old.stands_with(new):
            entries[self.place(entries, old)] = new
            return
        if old is not None:
            del entries[self.place(entries, old)]
        if new is not None:
            entries.insert(self.place(entries, new), new)

    def place(self, entries: list[Entry], entry: Entry) -> int:
        """Return where an entry stands, or would stand, in a list that is in this order."""
        kind, sort, tie, reverse = entry.kind, entry.sort, entry.tie, self.ordered.reverse
        low, high = 0, len(entries)
        while low < high:
            middle = (low + high) // 2
            other = entries[middle]
            if other.kind != kind:
                before = other.kind < kind
            elif other.sort != sort:
                before = (other.sort < sort) is not reverse
            else:
                before = other.tie < tie
            if before:
                low = middle + 1
            else:
                high = middle
        return low


def _ordered(value: Any) -> tuple[int, Any]:
    """Return a value as what compares with all of its kind, and the kind: numbers stand before texts, then the rest."""
    if value is None or value == "" or value != value:
        return _NOTHING, 0
    if isinstance(value, str):
        return _TEXT, natural(value)
    if isinstance(value, int | float):
        return _NUMBER, value
    return _TEXT, natural(str(value))
