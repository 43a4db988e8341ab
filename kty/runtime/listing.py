"""The keys of one or more stores in order, filtered, and kept up with every change."""

from collections import deque
from collections.abc import Callable, Hashable, Sequence, Set
from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec.structs import replace

from kty.kube.objects import Key, Row
from kty.runtime.order import FEW, Entry, Order, Ordered, Rows, Scope, Sort, Step, Text

Keep: TypeAlias = Callable[[Row, str], bool]
"""The filter: whether a row, with its text, is listed."""
RECENT = 4
"""Orders by which a listing was sorted last, and which it keeps at hand: people sort to and fro, and as others do."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update did to the listed rows."""

    keys: Set[Key] = field(default_factory=frozenset)
    """Listed rows that came, changed, or went."""
    reordered: bool = False
    """Whether any row came, went or moved: lines are not where they were."""
    anew: bool = False
    """Whether more happened than can be told: all lines are to be looked at again."""


_NO_CHANGES = Changes()


def _no_text(row: Row) -> str:
    return ""


def _all(row: Row) -> bool:
    return True


def _by_key(row: Row) -> None:
    return None


class Listing:
    """A sorted and filtered list of keys; what it says holds as of the last `update`, whatever the stores do since.

    Listings of the same stores, scope, text and sort share the order, and with it each update.
    """

    def __init__(
        self,
        stores: Sequence[Rows],
        *,
        sort: Sort = _by_key,
        reverse: bool = False,
        text: Text = _no_text,
        keep: Keep | None = None,
        scope: Scope | None = None,
    ) -> None:
        self._order = Order.of(Ordered(tuple(stores), scope or _all, text, sort, reverse, None))
        self._recent: deque[Order] = deque(maxlen=RECENT)
        self._seen = self._order.revision
        """The order's revision that was taken in."""
        self._keep = keep
        self._kept: list[Entry] = []
        """Those that the filter lets through; none where there is no filter."""
        is_known = bool(self._seen)
        self._changes = Changes(reordered=is_known, anew=is_known)
        """What was taken in, and is still to be told."""
        self._judge()

    # What is listed

    @property
    def _listed(self) -> list[Entry]:
        if self._keep is None:
            return self._order.sorted
        if self._seen != self._order.revision:  # somebody else updated the order
            self._catch_up()
        return self._kept

    def __len__(self) -> int:
        return len(self._listed)

    @property
    def total(self) -> int:
        """How many rows there are, those that the filter leaves out included."""
        return len(self._order.entries)

    def key(self, index: int) -> Key:
        return self._listed[index].key

    def listed(self, index: int) -> Row:
        """Return the row of a line."""
        return self._listed[index].row

    def keys(self) -> list[Key]:
        """Return all listed keys, in order."""
        return [entry.key for entry in self._listed]

    def span(self, start: int, stop: int) -> list[Key]:
        """Return the keys of the lines between these."""
        return [entry.key for entry in self._listed[start:stop]]

    def index(self, key: Key) -> int | None:
        """Return where the key is listed; None where it is not."""
        entry = self._order.entries.get(key)
        return None if entry is None else self._place(self._listed, entry)

    def _place(self, entries: list[Entry], entry: Entry) -> int | None:
        """Return where the entry of that key stands in a list that is in order; None where it does not."""
        place = self._order.place(entries, entry)
        return place if place < len(entries) and entries[place].key == entry.key else None

    def row(self, key: Key) -> Row | None:
        """Return the row of a key, listed or filtered out; None where there is none."""
        entry = self._order.entries.get(key)
        return None if entry is None else entry.row

    # What changes

    def update(self) -> Changes:
        """Take in what the stores noted since the last time; says what that did to the list."""
        changes = self.peek()
        self._changes = _NO_CHANGES
        return changes

    def peek(self) -> Changes:
        """Take in what the stores noted, and say what the next `update` will say, at least."""
        self._order.update()
        self._catch_up()
        return self._changes

    def sort_by(self, sort: Sort, *, reverse: bool = False, state: Hashable = None) -> None:
        """Sort by something else from now on; `state` is another one where `sort` may say something else by now.

        All lines are to be looked at again: somebody who sorts so already may have taken in more.
        """
        if self._take(replace(self._order.ordered, sort=sort, reverse=reverse, state=state)) and state is None:
            self._recent.append(self._order)

    def filter_by(self, keep: Keep | None = None, *, narrower: bool = False, by: Hashable = None) -> None:
        """Filter by something else from now on; by nothing, when called without it.

        A filter that looks at the time is to be set again as time passes: all rows are judged at one moment.
        `narrower` promises that it lets nothing through that the last one did not. `by` is what says the same of all
        rows at any time wherever it is equal, and not None: what it lets through is worked out once.
        """
        self._catch_up()
        among = self._kept if narrower and self._keep is not None else None
        self._keep = keep
        known = self._order.filtered(by) if by is not None else None
        if known is None:
            self._judge(among)
        else:
            changes, (self._kept, steps) = self._changes, known
            self._follow(steps)
            self._changes = changes  # they were taken in already
        if by is not None:
            self._order.keep_filtered(by, self._kept)

    def read_by(self, text: Text, keep: Keep | None = None) -> None:
        """Give filters another text to look through, such as that of more columns, and set the filter."""
        self._keep = keep
        if not self._take(replace(self._order.ordered, text=text)):
            self.filter_by(keep)

    def _take(self, ordered: Ordered) -> bool:
        """Look at another order from now on; say whether it is another one."""
        if ordered == self._order.ordered:
            return False
        self._order = Order.of(ordered, self._order)
        self._seen = self._order.revision
        self._judge()
        return True

    def _judge(self, among: list[Entry] | None = None) -> None:
        """Find those that the filter lets through, of all of them where it is not said among which."""
        keep = self._keep
        if among is None:
            among = self._order.sorted
        self._kept = [] if keep is None else [each for each in among if keep(each.row, each.text)]

    def _catch_up(self) -> None:
        """Take in the steps of the order that were not taken in yet."""
        order, since = self._order, self._seen
        if since == order.revision:
            return
        self._seen = order.revision
        if self._keep is None:
            if (told := order.told(since)) is not None:
                self._tell(*told)
                return
        elif (steps := order.steps(since)) is not None:
            self._follow(steps)
            return
        self._changes = Changes(reordered=True, anew=True)
        self._judge()

    def _tell(self, keys: Set[Key], reordered: bool) -> None:
        """Have this told at the next `update`, beside what is to be told already."""
        before = self._changes
        self._changes = Changes(before.keys | keys if before.keys else keys, reordered or before.reordered, before.anew)

    def _follow(self, steps: Sequence[Step]) -> None:
        """Let the filter see what came and changed."""
        order, keep = self._order, self._keep
        if keep is None:
            return
        many = len(steps) * FEW > len(order.sorted)
        kept = {each.key for each in self._kept} if many else set()
        keys, reordered = set(), False
        for old, new in steps:
            key = (new or old).key  # type: ignore[union-attr] # never both are None
            now = new is not None and keep(new.row, new.text)
            if many:
                was = key in kept
                (kept.add if now else kept.discard)(key)
            else:
                was = old is not None and self._place(self._kept, old) is not None
                order.swap(self._kept, old if was else None, new if now else None)
            if was or now:
                keys.add(key)
                reordered |= old is None or new is None or was is not now or not old.stands_with(new)
        if many:
            self._kept = [each for each in order.sorted if each.key in kept]
        self._tell(keys, reordered)
