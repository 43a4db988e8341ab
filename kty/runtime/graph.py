"""The graph around one object: its owners up to the root, what these own, what it uses and what uses it.

Made anew from what is known of each kind, as plain values; nothing here asks a server. What is not known yet but
would be part of it is wished for (`Wishes`).
"""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from kty.kube.objects import Key, Row
from kty.kube.resource import Resource
from kty.runtime.holdings import Holdings
from kty.runtime.uses import KindName

DEEPEST = 40
"""Steps from an owner to what it owns that are followed, at most."""


class Ref(NamedTuple):
    """Which object a node stands for."""

    kind: str
    """As discovery names it: `pods`, `deployments.apps`; of a kind that there is not, as objects do."""
    namespace: str
    name: str
    uid: str = ""
    """Set for an owner that is not there (any more), even if another object has its name."""

    @property
    def key(self) -> Key:
        return self.namespace, self.name


State: TypeAlias = Literal["there", "missing", "hidden", "coming"]


@dataclass(frozen=True, slots=True)
class Node:
    """One object, as far as it is known."""

    ref: Ref
    resource: Resource | None
    """None where the server has no such kind."""
    row: Row | None
    """With cells only where `is_whole`."""
    is_whole: bool
    state: State
    """hidden: nobody may tell us whether it is there. coming: we have yet to hear."""
    note: str = ""
    """What else is to be said of it, in a few words."""


@dataclass(frozen=True, slots=True)
class Twig:
    """A node at one place of the graph, with what stands beneath it."""

    node: Node
    children: "tuple[Twig, ...]" = ()
    via: tuple[str, ...] = ()
    """How it is used, or uses: `volume`, `env`."""
    is_again: bool = False
    """Whether it stands elsewhere already, and what is beneath it, too."""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """All that is shown."""

    focus: Ref
    roots: tuple[Twig, ...]
    """The owners of the object that have no owners themselves; mostly one, and the object itself where it has none."""
    uses: tuple[Twig, ...] = ()
    used_by: tuple[Twig, ...] = ()
    trunk: frozenset[Ref] = frozenset()
    """The object and its owners, up to the roots."""


@dataclass(slots=True)
class Wishes:
    """What should be followed so that the graph is whole."""

    ones: list[tuple[Resource, Key, bool]] = field(default_factory=list)
    """Each with whether the whole of it is of interest."""
    alls: dict[str, Resource] = field(default_factory=dict)
    wholes: dict[str, tuple[Resource, dict[Key, Row]]] = field(default_factory=dict)

    def fulfil(self, holdings: Holdings) -> None:
        for resource, key, is_full in self.ones:
            holdings.need_one(resource, key, is_full=is_full)
        for resource in self.alls.values():
            holdings.need_all(resource)
        for resource, rows in self.wholes.values():
            holdings.need_whole(resource, rows.values())


class _Owner(Struct, rename="camel"):
    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None


class _Meta(Struct, rename="camel"):
    owner_references: list[_Owner] | None = None


class _Owned(Struct):
    metadata: _Meta = msgspec.field(default_factory=_Meta)


_read_owned = msgspec.json.Decoder(_Owned).decode

NOT_THERE = "not there"
NO_KIND = "the server has no such kind"
ANOTHER = "gone; another one has its name"
NO_OWNER = "what has a namespace cannot own what has none"


class Surroundings:
    """Looks up nodes in what is known, and notes what is not known yet."""

    def __init__(
        self,
        holdings: Holdings,
        kinds: Callable[[KindName], Resource | None],
        tells: Callable[[Resource], bool],
        owners: dict[Ref, list[Ref]],
    ) -> None:
        """`kinds` finds a kind by its name; `tells` says of which kinds more than the metadata is of interest; `owners`
        is where it remembers, from one graph to the next, what owned what.
        """
        self.holdings = holdings
        self.kinds = kinds
        self._tells = tells
        self._telling: dict[str, bool] = {}
        self._owners = owners
        self.wishes = Wishes()
        self._indexes = [(each, each.wide.owned()) for each in holdings if each.wide is not None]
        self._indexes = [(each, index) for each, index in self._indexes if index]
        self._nodes: dict[Ref, Node] = {}
        self._owned: dict[Ref, Sequence[Ref]] = {}

    def node(self, ref: Ref) -> Node:
        """Return what is known of an object; what is looked up once is part of the graph."""
        if (node := self._nodes.get(ref)) is None:
            node = self._nodes[ref] = self._look_up(ref)
        return node

    def _look_up(self, ref: Ref) -> Node:
        resource = self.kinds(ref.kind)
        if resource is None:
            return Node(ref, None, None, is_whole=False, state="hidden", note=NO_KIND)
        if ref.uid and resource.namespaced and not ref.namespace:
            return Node(ref, resource, None, is_whole=False, state="missing", note=NO_OWNER)
        holding = self.holdings.of(resource)
        row, is_whole = holding.find(ref.key)
        if row is not None and ref.uid and row.uid != ref.uid:
            return Node(ref, resource, None, is_whole=False, state="missing", note=ANOTHER)
        if row is None:
            if holding.wide is None or not holding.wide.covers(ref.key) or holding.is_refused(ref.key):
                self.wishes.ones.append((resource, ref.key, self._tells(resource)))
            if holding.is_absent(ref.key):
                return Node(ref, resource, None, is_whole=False, state="missing", note=NOT_THERE)
            hidden = f"no permission to list {resource.plural}" if holding.is_refused(ref.key) else ""
            return Node(ref, resource, None, is_whole=False, state="hidden" if hidden else "coming", note=hidden)
        if self._is_telling(ref.kind, resource):
            if (wished := self.wishes.wholes.get(ref.kind)) is None:
                wished = self.wishes.wholes[ref.kind] = (resource, {})
            wished[1][ref.key] = row
        return Node(ref, resource, row, is_whole=is_whole, state="there")

    def _is_telling(self, kind: str, resource: Resource) -> bool:
        if (known := self._telling.get(kind)) is None:
            known = self._telling[kind] = self._tells(resource)
        return known

    def owners(self, ref: Ref) -> list[Ref]:
        """Return the owners that an object names, its controller first; of one that is gone, those that it named."""
        node = self.node(ref)
        if node.resource is None or node.row is None:
            return self._owners.get(ref, [])
        body = self.holdings.of(node.resource).body(ref.key, is_full=False) if node.row.owners else None
        try:
            named = _read_owned(body or b"{}").metadata.owner_references or []
        except (msgspec.MsgspecError, UnicodeDecodeError):
            named = []
        owners = [self._owner(each, ref.namespace) for each in sorted(named, key=lambda each: not each.controller)]
        self._owners[ref] = owners
        return owners

    def _owner(self, owner: _Owner, namespace: str) -> Ref:
        resource = self.kinds((owner.api_version, owner.kind))
        if resource is None:
            return Ref(f"{owner.kind} ({owner.api_version})", namespace, owner.name, owner.uid)
        ref = Ref(resource.id, namespace if resource.namespaced else "", owner.name)
        if resource.namespaced and not namespace:
            return ref._replace(uid=owner.uid)
        node = self.node(ref)
        if node.state == "missing" or (node.row is not None and node.row.uid != owner.uid):
            return ref._replace(uid=owner.uid)
        return ref

    def owned(self, ref: Ref) -> Sequence[Ref]:
        """Return what is known to be owned by an object; one with a namespace owns only what is in the same."""
        if (found := self._owned.get(ref)) is None:
            node = self.node(ref)
            uid = ref.uid or (node.row.uid if node.row is not None else "")
            found = self._owned[ref] = [
                Ref(holding.resource.id, *key)
                for holding, index in self._indexes
                if uid and uid in index
                for key in sorted(index[uid])
                if ref.namespace in ("", key[0])
            ]
        return found


class Tree:
    """The owners of an object and what they own, each drawn once: an owner may come back among what it owns."""

    def __init__(self, around: Surroundings, focus: Ref) -> None:
        self._around = around
        self._edges: dict[Ref, list[Ref]] = {}
        """From an owner to those of its objects by way of which we came to it."""
        self._drawn: set[Ref] = set()
        self.trunk = self._climb(focus)
        tops = [ref for ref in self.trunk if not any(self._is_beneath(ref))]
        self.roots = tuple([self._grow(ref, 0) for ref in tops])
        for ref in reversed(self.trunk):  # owners that own each other have no top: one of them stands for it
            if ref not in self._drawn:
                self.roots += (self._grow(ref, 0),)

    def _climb(self, focus: Ref) -> list[Ref]:
        found = [focus]
        self._above: dict[Ref, list[Ref]] = {}
        for ref in found:
            owners = self._above[ref] = self._around.owners(ref)
            for owner in owners:
                below = self._edges.setdefault(owner, [])
                if ref not in below:
                    below.append(ref)
                if owner not in found and len(found) < DEEPEST:
                    found.append(owner)
        return found

    def _is_beneath(self, ref: Ref) -> Iterable[bool]:
        return (True for owner in self._above.get(ref, ()) if owner in self.trunk)

    @property
    def drawn(self) -> Set[Ref]:
        return self._drawn

    def _grow(self, ref: Ref, depth: int) -> Twig:
        node = self._around.node(ref)
        if ref in self._drawn:
            return Twig(node, is_again=True)
        self._drawn.add(ref)
        if depth == DEEPEST:
            return Twig(node, is_again=True)
        below = dict.fromkeys([*self._edges.get(ref, ()), *self._around.owned(ref)])
        return Twig(node, tuple([self._grow(each, depth + 1) for each in below]))

    def beneath(self, focus: Ref) -> list[Ref]:
        """Return the object and all that it owns, and what that owns."""
        found = {focus: None}
        queue = [focus]
        for ref in queue:
            for each in self._around.owned(ref):
                if each not in found:
                    found[each] = None
                    queue.append(each)
        return [*found]
