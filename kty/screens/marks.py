"""Which objects of a list a person marked, whatever becomes of their rows meanwhile."""

from collections.abc import Callable, Iterable, Iterator

from kty.kube.objects import Key, Row


class Marks:
    """Marks are on objects, not on names: what is made anew under the same name is not marked."""

    def __init__(self) -> None:
        self._uids: dict[Key, str] = {}
        self.last: Key | None = None
        """The one that was marked or unmarked last: ranges begin there."""

    def __len__(self) -> int:
        return len(self._uids)

    def __iter__(self) -> Iterator[Key]:
        """Iterate over the keys, those marked first before the others."""
        return iter(tuple(self._uids))

    def __contains__(self, key: object) -> bool:
        return key in self._uids

    def turn(self, row: Row, key: Key) -> None:
        """Mark a row, or unmark it."""
        if key in self._uids:
            del self._uids[key]
        else:
            self._uids[key] = row.uid
        self.last = key

    def add(self, rows: Iterable[tuple[Key, Row]]) -> None:
        """Mark all of these."""
        for key, row in rows:
            self._uids.setdefault(key, row.uid)
            self.last = key

    def discard(self, key: Key) -> None:
        """Unmark one, if it is marked."""
        self._uids.pop(key, None)

    def clear(self) -> None:
        """Unmark all."""
        self._uids.clear()
        self.last = None

    def keep(self, row: Callable[[Key], Row | None]) -> None:
        """Unmark what is gone, by the rows that there are, filtered out or not."""
        for key, uid in tuple(self._uids.items()):
            now = row(key)
            if now is None or now.uid != uid:
                del self._uids[key]
