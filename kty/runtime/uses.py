"""What an object uses, as its spec says: other objects by their names, or by their labels."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from kty.kube.objects import Object

KindName: TypeAlias = str | tuple[str, str]
"""As discovery names a kind (`configmaps`, `deployments.apps`), or as objects do: (apiVersion, kind)."""


@dataclass(frozen=True, slots=True)
class Use:
    """One reference from an object to another, or to all that a selector selects."""

    of: KindName
    name: str = ""
    labels: str = ""
    """A label selector, as kubectl's -l takes it; where there is one, there is no name."""
    via: str = ""
    """How, in a word: `volume`, `env`."""
    optional: bool = False
    """Whether the object does without it where it is missing."""
    namespace: str | None = None
    """None where it is in the object's own namespace, or its kind has none."""


@dataclass(frozen=True, slots=True)
class Uses:
    """What objects of one kind may use, and how to read it from one of them."""

    by: str
    """`pods`, `deployments.apps`."""
    kinds: frozenset[str] | None
    """The kinds among whose users it is looked for, as discovery names them; None where it may use any."""
    read: Callable[[Object], Iterable[Use]]
    """From the whole decoded object; may raise for one that is not what its kind promises."""
    version: str = "v1"
    shared: frozenset[str] = frozenset()
    """Of these kinds one object is used by so many that it is told only of what a graph is about."""

    def may_use(self, kind: str) -> bool:
        return self.kinds is None or kind in self.kinds
