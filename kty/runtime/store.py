"""What is known of one collection right now: a row and a compressed object for each key, and how true that is."""

from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Literal, TypeAlias

from msgspec import Struct

from kty.errors import Forbidden, KtyError
from kty.kube.codecs import TableColumn
from kty.kube.objects import Item, Key, Row
from kty.runtime.bodies import Bodies
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.events import Applied, Deleted, Event, Interrupted, Listed, Live, Page, Started
from kty.runtime.history import History, Past
from kty.runtime.listeners import Listeners

JOURNAL = 10_000
"""How many changes back a reader may be and still be told which keys changed."""

Phase: TypeAlias = Literal["connecting", "syncing", "live", "stale", "refused"]


class Status(Struct, frozen=True):
    """How true the rows are."""

    phase: Phase
    """connecting: nothing came yet. syncing: the first list is coming in. live: changes show as they happen.
    stale: the watch broke and is being mended. refused: the identity may not list or watch; asked again now and then.
    """
    count: int
    """How many rows there are."""
    remaining: int | None
    """While syncing: how many more there are to come, as the server says."""
    since: float
    """When the phase began, on the clock's `monotonic`."""
    error: KtyError | None = None
    """Why it is stale or refused."""
    retry_at: float | None = None
    """When the next try is due, on the clock's `monotonic`; None while one is under way, and where none is needed."""
    is_complete: bool = False
    """True once a whole list was seen. Until then no row means nothing, and no new row is a change in the cluster."""


class Store:
    """Written by one watcher, read by any number of screens.

    The pages of the first list show as they come. Those of a later one are gathered apart and swapped in at its end:
    until then the old rows stay, and then what is gone goes.
    """

    def __init__(self, clock: Clock = SYSTEM) -> None:
        self.rows: dict[Key, Row] = {}
        """To read only, and anew each time: a list that was completed is another dict."""
        self.columns: tuple[TableColumn, ...] | None = None
        """Where the server chose the columns; rows have one cell for each."""
        self.revision = 0
        """Grows with every row that changes."""
        self.watched_since: float | None = None
        """When the first whole list was there, in seconds since the epoch; None until then."""
        self._clock = clock
        self._bodies: dict[Key, bytes] = {}
        self._packer = Bodies()
        self._history = History(self._packer.unpack)
        self._draft: _Draft | None = None
        self._journal: deque[Key] = deque(maxlen=JOURNAL)
        self._listeners = Listeners()
        self._phase: Phase = "connecting"
        self._since = clock.monotonic()
        self._remaining: int | None = None
        self._error: KtyError | None = None
        self._retry_at: float | None = None
        self._is_complete = False

    @property
    def status(self) -> Status:
        return Status(
            phase=self._phase,
            count=len(self.rows),
            remaining=self._remaining,
            since=self._since,
            error=self._error,
            retry_at=self._retry_at,
            is_complete=self._is_complete,
        )

    def body(self, key: Key) -> bytes | None:
        """Return the object's JSON, or None where there is no such object."""
        packed = self._bodies.get(key)
        return None if packed is None else self._packer.unpack(packed)

    def past(self, key: Key) -> Past:
        """Return how the object came to be what it is, as far back as this is known; it may be gone by now."""
        return self._history.past(key, self._bodies.get(key))

    def last(self, key: Key) -> bytes | None:
        """Return what an object that is gone was last, as JSON; None where it is there, or was never seen or let go."""
        newest = next(iter(self.past(key).steps), None)
        return None if newest is None or newest.after is not None else newest.before

    def changes(self, since: int) -> set[Key] | None:
        """Return the keys that were added, changed or removed after that revision; None: too many, start anew."""
        count = self.revision - since
        if not 0 <= count <= len(self._journal):
            return None
        return set(islice(reversed(self._journal), count))

    def on_change(self, tell: Callable[[], object]) -> Callable[[], None]:
        """Call `tell` after every event; call the returned function to stop."""
        return self._listeners.add(tell)

    def apply(self, event: Event) -> None:
        """Take in what a watcher saw. Listeners are told before this returns."""
        match event:
            case Applied(item):
                self._apply(item)
            case Deleted(item):
                self._delete(item.row)
            case Page(items, remaining, columns):
                self._fill(items, remaining, columns)
            case Started():
                self._draft = _Draft()
                self._retry_at = None
            case Listed():
                self._complete()
            case Live():
                self._enter("live")
            case Interrupted(error, retry_in):
                self._draft = None
                self._enter("refused" if isinstance(error, Forbidden) else "stale", error, retry_in)
        self._listeners.tell()

    def _enter(self, phase: Phase, error: KtyError | None = None, retry_in: float | None = None) -> None:
        now = self._clock.monotonic()
        if phase != self._phase:
            self._phase, self._since = phase, now
        self._error = error
        self._retry_at = None if retry_in is None else now + retry_in
        self._remaining = None

    def _apply(self, item: Item) -> None:
        if self._draft is not None:
            self._gather(self._draft, item)
            return
        key = item.row.key
        known = self.rows.get(key)
        if known is None or _is_newer(item.row, known):
            self._put(key, item.row, self._packer.pack(item.body))

    def _delete(self, row: Row) -> None:
        draft = self._draft
        if draft is not None:
            draft.remove(row)
            if self._is_complete:
                return
        known = self.rows.get(row.key)
        if known is not None and _is_same(row, known):
            self._drop(row.key)

    def _fill(self, items: Iterable[Item], remaining: int | None, columns: tuple[TableColumn, ...] | None) -> None:
        draft = self._draft
        if draft is None:
            raise RuntimeError("a page came before its list was started")
        draft.columns = columns
        if not self._is_complete:
            self._redefine(columns)
        for item in items:
            self._gather(draft, item)
        if not self._is_complete:  # of a list before that broke off, some may be there already
            self._remaining = None if remaining is None else max(0, len(draft.rows) + remaining - len(self.rows))

    def _gather(self, draft: "_Draft", item: Item) -> None:
        row = item.row
        key = row.key
        known = self.rows.get(key)
        if known is not None and self._is_known(item, known):
            body = self._bodies[key]
            if row.cells == known.cells:
                row = known
        else:
            body = self._packer.pack(item.body)
            draft.changed.append(key)
        draft.rows[key] = row
        draft.bodies[key] = body
        if not self._is_complete:
            if self._phase != "syncing":
                self._enter("syncing")
            if row is not known:
                self._put(key, row, body)

    def _is_known(self, item: Item, known: Row) -> bool:
        if item.row.version != known.version or item.row.uid != known.uid:
            return False
        return bool(known.version) or self.body(known.key) == item.body

    def _complete(self) -> None:
        draft, self._draft = self._draft, None
        if draft is None:
            raise RuntimeError("a list was completed before it was started")
        gone = self.rows.keys() - draft.rows.keys()
        before, self.rows, self._bodies = self._bodies, draft.rows, draft.bodies
        for key in gone:
            self._remember(key, before[key])
            self._note(key)
        if self._is_complete:
            for key in dict.fromkeys(draft.changed):
                if key in self._bodies:
                    self._remember(key, before.get(key))
                self._note(key)
            self._redefine(draft.columns)
        else:
            self.watched_since = self._clock.now()
        self._is_complete = True
        self._remaining = None

    def _put(self, key: Key, row: Row, body: bytes) -> None:
        known, self.rows[key] = self.rows.get(key), row
        before = self._bodies.get(key)
        if before is not body:
            self._bodies[key] = body
            # Cells that the server made may have an age in them.
            self._remember(
                key, before, is_change=known is not None and self.columns is None and known.cells != row.cells
            )
        self._note(key)

    def _drop(self, key: Key) -> None:
        del self.rows[key]
        self._remember(key, self._bodies.pop(key))
        self._note(key)

    def _remember(self, key: Key, before: bytes | None, *, is_change: bool = False) -> None:
        """Keep what an object was; None where there was none, which is of interest if there was one earlier."""
        if before is not None or key in self._history:
            self._history.keep(key, before, self._clock.now(), is_change=is_change)

    def _note(self, key: Key) -> None:
        self.revision += 1
        self._journal.append(key)

    def _redefine(self, columns: tuple[TableColumn, ...] | None) -> None:
        if columns != self.columns:
            self.columns = columns
            self.revision += 1
            self._journal.clear()  # no row is what it was: every reader starts anew


class _Draft:
    """A list on its way."""

    def __init__(self) -> None:
        self.rows: dict[Key, Row] = {}
        self.bodies: dict[Key, bytes] = {}
        self.changed: list[Key] = []
        self.columns: tuple[TableColumn, ...] | None = None

    def remove(self, row: Row) -> None:
        known = self.rows.get(row.key)
        if known is not None and _is_same(row, known):
            del self.rows[row.key], self.bodies[row.key]


def _is_same(row: Row, known: Row) -> bool:
    """Say whether both are the same object; one that was made again under the same name is another."""
    return row.uid == known.uid or not row.uid or not known.uid


def _is_newer(row: Row, known: Row) -> bool:
    """Say whether a change is news. Versions grow; those that are no numbers, or missing, tell us nothing."""
    if row.version.isdecimal() and known.version.isdecimal():
        return int(row.version) > int(known.version)
    return not row.version or row.version != known.version
