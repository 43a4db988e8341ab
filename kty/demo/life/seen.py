"""A change as controllers look at it, without a look into the object itself."""

from typing import TypeAlias

from kty.demo.journal import Change, Held

Key: TypeAlias = tuple[str, str]
"""(namespace, name) of what a controller looks after; for the garbage collector a uid and nothing."""


class Seen:
    """One change."""

    def __init__(self, change: Change) -> None:
        self.type = change.type
        self.kind = change.kind
        self.held: Held = change.held
        self.was: Held | None = change.was
        self.is_gone = change.type == "DELETED"
        self.key: Key = (change.held.namespace, change.held.name)

    def controllers(self, kind: str) -> list[Key]:
        """Return the keys of the owners of this kind that control the object, or did until now."""
        controllers = {self.held.controller: None}
        if self.was is not None:
            controllers[self.was.controller] = None
        return [(self.held.namespace, name) for found, name in controllers if found == kind]
