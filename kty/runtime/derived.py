"""Stores that no watch fills: made of what is known already."""

from collections.abc import Callable, Iterable

from kty.kube.objects import Item, Key
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.events import Listed, Live, Page, Started
from kty.runtime.store import Store


def fill(store: Store, items: Iterable[Item]) -> None:
    """Let the store hold these items and no others; rows of the same version do not count as changed."""
    store.apply(Started())
    store.apply(Page(tuple(items)))
    store.apply(Listed(""))
    store.apply(Live())


def fixed(items: Iterable[Item], clock: Clock = SYSTEM) -> Store:
    """Return a store that holds these items for good."""
    store = Store(clock)
    fill(store, items)
    return store


class Parts:
    """A store of the parts of one object in another store, such as a pod's containers, kept as live as that one."""

    def __init__(self, whole: Store, key: Key, parts: Callable[[bytes], Iterable[Item]], clock: Clock = SYSTEM) -> None:
        """`parts` reads them from the whole object's JSON; their rows' versions say whether they changed."""
        self.store = Store(clock)
        self._whole = whole
        self._key = key
        self._parts = parts
        self._version: str | None = None
        self._stop = whole.on_change(self._update)
        self._update()

    def _update(self) -> None:
        row = self._whole.rows.get(self._key)
        version = row.version if row else ""
        if version == self._version or not (row or self._whole.status.is_complete):
            return
        self._version = version
        fill(self.store, self._parts(self._whole.body(self._key) or b"{}") if row else ())

    def close(self) -> None:
        """Follow the whole no longer."""
        self._stop()
