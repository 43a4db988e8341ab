"""What every controller is: it hears which keys a change concerns, and makes one key as it should be."""

from collections.abc import Iterable
from typing import Protocol

from kty.demo.life.seen import Key, Seen

EVERY_KIND = "*"


class Controller(Protocol):
    """Looks at how things are, never at what happened: acting twice, late or after a jump in time does no harm."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The Resource.ids whose changes may concern it, or EVERY_KIND."""
        ...

    def concerned(self, seen: Seen) -> Iterable[Key]:
        """Return the keys that this change concerns. Asked within every write, so it must be quick."""
        ...

    def reconcile(self, key: Key) -> float | None:
        """Make one key as it should be as far as that can be now, and say when to look again (`clock.now()` seconds).

        What it writes itself does not make it look at the same key again.
        """
        ...
