"""What happened to the objects of a cluster, in order, as far back as it is kept: what watches read.

A watch keeps only the version that it has come to, never a queue: however slow it is, it holds no memory. When what
it would read next is compacted away, it has to begin anew, as with etcd.
"""

from bisect import bisect_right
from collections import defaultdict

from msgspec import Struct

NOBODY = ("", "")
DEPTH = 20_000
"""Changes that are kept; then the older half goes."""


class Held(Struct, frozen=True, gc=False):
    """One version of an object."""

    namespace: str
    name: str
    version: int
    uid: str
    labels: tuple[str, ...]
    """`key=value`, sorted."""
    owners: tuple[str, ...]
    """The uids of metadata.ownerReferences."""
    controller: tuple[str, str]
    """Kind and name of the owner that controls it; both empty where none does."""
    is_going: bool
    """Whether it has the time of its deletion."""
    body: bytes
    """Its JSON, without kind and apiVersion: those depend on who asks."""

    @property
    def key(self) -> str:
        """What the server sorts by."""
        return f"{self.namespace}/{self.name}"


class Change(Struct, frozen=True, gc=False):
    """One write."""

    type: str
    """`ADDED`, `MODIFIED` or `DELETED`."""
    kind: str
    """A Resource.id."""
    held: Held
    """The object as it is now; of what is deleted, as it was last, with the version of its deletion."""
    was: Held | None
    """The version before; None where there was none."""

    @property
    def namespace(self) -> str:
        return self.held.namespace

    @property
    def name(self) -> str:
        return self.held.name

    @property
    def version(self) -> int:
        return self.held.version

    @property
    def body(self) -> bytes:
        """The object's JSON, without kind and apiVersion."""
        return self.held.body


def _version(change: Change) -> int:
    return change.held.version


class Journal:
    """Bounded by how many changes there were."""

    def __init__(self, depth: int = DEPTH) -> None:
        self.compacted = 0
        """Changes up to this version are forgotten."""
        self._depth = depth
        self._kept = 0
        self._kinds: defaultdict[str, list[Change]] = defaultdict(list)

    def add(self, change: Change) -> None:
        self._kinds[change.kind].append(change)
        self._kept += 1
        if self._kept > self._depth:
            versions = sorted(_version(kept) for changes in self._kinds.values() for kept in changes)
            self.compact(versions[len(versions) // 2])

    def since(self, kind: str, version: int) -> list[Change] | None:
        """Return the changes after a version; None where some of them are forgotten."""
        if version < self.compacted:
            return None
        changes = self._kinds.get(kind, [])
        return changes[bisect_right(changes, version, key=_version) :]

    def compact(self, version: int) -> None:
        """Forget the changes up to a version."""
        self.compacted = max(self.compacted, version)
        for changes in self._kinds.values():
            del changes[: bisect_right(changes, self.compacted, key=_version)]
        self._kept = sum(len(changes) for changes in self._kinds.values())
