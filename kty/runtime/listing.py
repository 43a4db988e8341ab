"""The keys of one or more stores in order, filtered, and kept up with every change."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

from kty.kube.objects import Key, Row
from kty.runtime.natural import natural, natural_key

Sort: TypeAlias = Callable[[Row], Any]
"""What a row is sorted by: a number, or a text, which sorts naturally; None and empty texts come last either way."""
Text: TypeAlias = Callable[[Row], str]
"""What filters look through; asked once for each version of a row."""
Keep: TypeAlias = Callable[[Row, str], bool]
"""The filter: whether a row, with its text, is listed."""
Scope: TypeAlias = Callable[[Row], bool]
"""What belongs to this list at all, filtered or not: the pods of one deployment."""

_NUMBER, _TEXT, _NOTHING = range(3)
FEW = 8
"""One in so many rows is few."""


class Rows(Protocol):
    """What a listing reads of a `Store`."""

    @property
    def rows(self) -> Mapping[Key, Row]: ...

    @property
    def revision(self) -> int: ...

    def changes(self, since: int) -> Set[Key] | None: ...


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update did to the listed rows."""

    keys: Set[Key] = field(default_factory=frozenset)
    """Listed rows that came, changed, or went."""
    reordered: bool = False
    """Whether any row came, went or moved: lines are not where they were."""


class _Entry(Struct, gc=False):
    """A row with all that is worked out of it once."""

    key: Key
    row: Row
    text: str
    kept: bool
    kind: int
    sort: Any
    tie: str

    def stands_with(self, other: "_Entry") -> bool:
        """Whether the other row of the same key would stand in the same place."""
        return self.kind == other.kind and bool(self.sort == other.sort)


_tie, _sort = attrgetter("tie"), attrgetter("sort")


def _no_text(row: Row) -> str:
    return ""


def _all(row: Row) -> bool:
    return True


def _by_key(row: Row) -> None:
    return None


class Listing:
    """A sorted and filtered list of keys; what it says holds as of the last `update`, whatever the stores do since.

    Rows that sort alike stand by namespace and name, ascending also where the sort is reversed.
    """

    def __init__(
        self,
        stores: Sequence[Rows],
        *,
        sort: Sort = _by_key,
        reverse: bool = False,
        text: Text = _no_text,
        keep: Keep | None = None,
        scope: Scope = _all,
    ) -> None:
        self._stores = tuple(stores)
        self._seen: list[int | None] = [None] * len(self._stores)
        self._by = sort
        self._reverse = reverse
        self._read = text
        self._keep = keep
        self._scope = scope
        self._entries: dict[Key, _Entry] = {}
        self._sorted: list[_Entry] = []
        """All of them, so that another filter needs no sorting."""
        self._kept: list[_Entry] = self._sorted
        """Those that are listed; the same list where nothing is filtered out."""

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def total(self) -> int:
        """How many rows there are, those that the filter leaves out included."""
        return len(self._entries)

    def key(self, index: int) -> Key:
        return self._kept[index].key

    def listed(self, index: int) -> Row:
        """Return the row of a line."""
        return self._kept[index].row

    def keys(self) -> list[Key]:
        """Return all listed keys, in order."""
        return [entry.key for entry in self._kept]

    def index(self, key: Key) -> int | None:
        """Return where the key is listed; None where it is not."""
        entry = self._entries.get(key)
        return self._place(self._kept, entry) if entry is not None and entry.kept else None

    def row(self, key: Key) -> Row | None:
        """Return the row of a key, listed or filtered out; None where there is none."""
        entry = self._entries.get(key)
        return None if entry is None else entry.row

    def update(self) -> Changes:
        """Take in what the stores noted since the last time; says what that did to the list."""
        found: dict[Key, Row | None] = {}
        anew = False
        for at, store in enumerate(self._stores):
            since, self._seen[at] = self._seen[at], store.revision
            if since == store.revision:
                continue
            changed = None if since is None else store.changes(since)
            if changed is None:
                anew = True
            else:
                rows = store.rows
                found.update([(key, rows.get(key)) for key in changed])
        if anew:
            found = dict.fromkeys(self._entries)
            for store in self._stores:
                found.update(store.rows)
        return self._take_in(found) if found else Changes()

    def sort_by(self, sort: Sort, *, reverse: bool = False) -> None:
        """Sort by something else from now on."""
        self._by, self._reverse = sort, reverse
        for entry in self._entries.values():
            entry.kind, entry.sort = _ordered(sort(entry.row))
        self._arrange()

    def filter_by(self, keep: Keep | None = None) -> None:
        """Filter by something else from now on; by nothing, when called without it.

        A filter that looks at the time is to be set again as time passes: all rows are judged at one moment.
        """
        self._keep = keep
        for entry in self._sorted:
            entry.kept = keep is None or keep(entry.row, entry.text)
        self._pick()

    def read_by(self, text: Text, keep: Keep | None = None) -> None:
        """Give filters another text to look through, such as that of more columns, and set the filter."""
        self._read = text
        for entry in self._entries.values():
            entry.text = text(entry.row)
        self.filter_by(keep)

    def _take_in(self, found: Mapping[Key, Row | None]) -> Changes:
        # To find the places of a few rows is quicker than to arrange all; of many it is not.
        many = len(found) * FEW > len(self._entries)
        keys: set[Key] = set()
        touched = reordered = False
        for key, row in found.items():
            old = self._entries.get(key)
            if old is not None and (row is old.row or row == old.row):
                continue
            new = None if row is None or not self._scope(row) else self._entry(key, row)
            if old is None and new is None:
                continue
            touched = True
            was, now = old is not None and old.kept, new is not None and new.kept
            if was or now:
                keys.add(key)
                reordered |= old is None or new is None or was is not now or not old.stands_with(new)
            if new is None:
                del self._entries[key]
            else:
                self._entries[key] = new
            if not many:
                self._swap(self._sorted, old, new)
                if self._kept is not self._sorted:
                    self._swap(self._kept, old if was else None, new if now else None)
        if many and touched:
            self._arrange()
        return Changes(keys, reordered)

    def _entry(self, key: Key, row: Row) -> _Entry:
        text = self._read(row)
        kept = self._keep is None or self._keep(row, text)
        return _Entry(key, row, text, kept, *_ordered(self._by(row)), natural_key(key))

    def _arrange(self) -> None:
        kinds: tuple[list[_Entry], ...] = ([], [], [])
        for entry in sorted(self._entries.values(), key=_tie):
            kinds[entry.kind].append(entry)
        for entries in kinds:
            entries.sort(key=_sort, reverse=self._reverse)
        self._sorted = [entry for entries in kinds for entry in entries]
        self._pick()

    def _pick(self) -> None:
        self._kept = self._sorted if self._keep is None else [entry for entry in self._sorted if entry.kept]

    def _swap(self, entries: list[_Entry], old: _Entry | None, new: _Entry | None) -> None:
        if old is not None and new is not None and old.stands_with(new):
            entries[self._place(entries, old)] = new
            return
        if old is not None:
            del entries[self._place(entries, old)]
        if new is not None:
            entries.insert(self._place(entries, new), new)

    def _place(self, entries: list[_Entry], entry: _Entry) -> int:
        """Return where an entry stands, or would stand."""
        kind, sort, tie, reverse = entry.kind, entry.sort, entry.tie, self._reverse
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
