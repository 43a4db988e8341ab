"""What the objects of a store were before: the last few states of each, packed as they were, within a bound of bytes.

Keeping a state costs the watch next to nothing: its packed bytes are at hand, and are not looked at. Which of them
were heartbeats is found out when somebody reads, or when one object has twice as many states as are kept.
"""

from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

from kty.kube.objects import Key
from kty.runtime.heartbeats import is_alike

STATES = 8
"""So many earlier states of one object are kept."""
LARGEST = 16 * 1024 * 1024
"""Bytes that the history of one store takes at most; the oldest of it goes first."""
STATE_COST = 700
"""Bytes that a state takes beside its packed object, and its share of what is kept for each object."""


class Step(Struct, frozen=True):
    """One change: the object's JSON before and after it; None where there was no object."""

    serial: int
    """Tells it from every other step of the store, for as long as both of its ends stay the same."""
    at: float
    """When it was seen, in seconds since the epoch."""
    before: bytes | None
    after: bytes | None


class Past(Struct, frozen=True):
    """What is known of how an object came to be what it is."""

    steps: tuple[Step, ...] = ()
    """Newest first."""
    let_go: float | None = None
    """Up to when changes had to be let go; None where none was. Seconds since the epoch."""
    for_room: bool = False
    """Whether they went because the history of all objects had become too large."""


class History:
    """Of one store. `unpack` undoes what the store's bodies were packed by."""

    def __init__(self, unpack: Callable[[bytes], bytes], *, largest: int = LARGEST) -> None:
        self._unpack = unpack
        self._largest = largest
        self._of: dict[Key, _Record] = {}
        self._order: OrderedDict[_State, None] = OrderedDict()
        """All states, the one that ended first in front."""
        self._serial = 0
        self._let_go: float | None = None
        self.size = 0
        """Bytes, what Python needs to hold them included."""

    def __contains__(self, key: Key) -> bool:
        return key in self._of

    def keep(self, key: Key, packed: bytes | None, until: float, *, is_change: bool = False) -> None:
        """Keep what an object was until now; None: there was none of this name.

        `is_change`: it is known already that what came after it is more than a heartbeat.
        """
        self._serial += 1
        state = _State(key, packed, until, self._serial, is_change)
        record = self._of.get(key)
        if record is None:
            record = self._of[key] = _Record()
        record.states.append(state)
        self._order[state] = None
        self.size += state.size
        if len(record.states) > 2 * STATES:
            self._thin(record)
        while self.size > self._largest:
            self._let_oldest_go()

    def past(self, key: Key, packed: bytes | None) -> Past:
        """Return the changes of an object that is `packed` now, None where there is none; heartbeats left out."""
        record = self._of.get(key)
        if record is None:
            return Past((), self._let_go, for_room=self._let_go is not None)
        self._thin(record, packed)
        bodies = [*[state.packed for state in record.states], packed]
        opened = [None if body is None else self._unpack(body) for body in bodies]
        steps = [Step(state.serial, state.until, opened[at], opened[at + 1]) for at, state in enumerate(record.states)]
        let_go = max([when for when in (self._let_go, record.let_go) if when is not None], default=None)
        return Past(tuple(reversed(steps)), let_go, for_room=let_go is not None and let_go == self._let_go)

    def _thin(self, record: "_Record", packed: bytes | None = None) -> None:
        """Leave heartbeats out, and keep the last few of the other states; `packed` is what came after all of them."""
        followers = [*[state.packed for state in record.states[1:]], packed]
        kept: list[_State] = []
        opened: bytes | None = None
        """The state at hand, unpacked, where that was done already."""
        for state, after in zip(record.states, followers, strict=True):
            if state.is_change or state.packed is None or after is None:
                kept.append(state)
                opened = None
                continue
            before, opened = opened or self._unpack(state.packed), self._unpack(after)
            if is_alike(before, opened):
                self._drop(state)  # the one after it stands for both
            else:
                state.is_change = True
                kept.append(state)
        for state in kept[:-STATES]:
            self._drop(state)
            record.let_go = state.until
        record.states = kept[-STATES:]

    def _let_oldest_go(self) -> None:
        state = next(iter(self._order))
        self._let_go = state.until
        self._drop(state)
        record = self._of[state.key]
        del record.states[0]  # states end in order, for each object as for all of them
        if not record.states:
            del self._of[state.key]

    def _drop(self, state: "_State") -> None:
        del self._order[state]
        self.size -= state.size


class _State(Struct, gc=False, eq=False):
    """What an object was, up to a moment."""

    key: Key
    packed: bytes | None
    until: float
    serial: int
    is_change: bool = False
    """Whether it is known that what came after it was more than a heartbeat."""

    @property
    def size(self) -> int:
        return STATE_COST + len(self.packed or b"")


class _Record:
    """The states of one object, oldest first."""

    __slots__ = ("let_go", "states")

    def __init__(self) -> None:
        self.states: list[_State] = []
        self.let_go: float | None = None
