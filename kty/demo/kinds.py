"""Which kinds there are, what may be asked of them, and under which names: built-in, or defined by CRDs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from kty.demo.printers.printer import Printer
from kty.demo.statuses import no_such_resource
from kty.kube.objects import Object
from kty.kube.resource import Resource

STORED_VERBS = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})


@dataclass(frozen=True, slots=True)
class ScalePaths:
    """Where an object says how many replicas it shall have, has, and of what."""

    spec: str = "spec.replicas"
    status: str = "status.replicas"
    selector: str = "spec.selector"


@dataclass(frozen=True)
class Kind:
    """One version of one kind."""

    resource: Resource
    subresources: frozenset[str] = frozenset()
    printers: tuple[Printer, ...] = ()
    """Without the column of names and that of ages where it is empty: these two stand for it."""
    is_stored: bool = True
    """False for reviews and metrics: they are answered, not kept."""
    has_generation: bool = False
    """True where metadata.generation counts the changes of everything but metadata and status."""
    defined_by: str = ""
    """The name of the CustomResourceDefinition; empty for built-in kinds."""
    selectable: tuple[str, ...] = ()
    """Dotted paths that field selectors may name, beside metadata.name and metadata.namespace."""
    scale: ScalePaths = ScalePaths()
    """Of kinds with that subresource."""
    shows_deleted: bool = False
    """True where a delete that is done at once answers with the object, and not with a Status."""
    needs_version: bool = False
    """True where a replace has to say which version it replaces."""
    is_made_by_replace: bool = False
    """True where a replace of what is not there creates it."""
    orphans: bool = False
    """True where a delete that says nothing leaves the dependents behind."""
    is_served: bool = True
    """False for a version that a CRD only stores."""
    schema: Object | None = field(default=None, repr=False, compare=False)
    """What a CRD says of its objects (a structural schema)."""
    definition: str = field(default="", repr=False)
    """What a CRD says of the kind: where it differs, it is another kind."""

    @cached_property
    def id(self) -> str:
        return self.resource.id

    def named(self, content: Object) -> Object:
        """Return an object of this kind, with what says so."""
        return {"kind": self.resource.kind, "apiVersion": self._api_version, **content}

    @cached_property
    def _api_version(self) -> str:
        return self.resource.api_version


class Kinds:
    """The kinds of one cluster. Of each there is one version in which it is stored, and there may be more to ask in."""

    def __init__(self, built_in: Iterable[Kind] = ()) -> None:
        self.changes = 0
        """Grows whenever discovery has something new to say."""
        self._stored: dict[str, Kind] = {}
        self._served: dict[tuple[str, str, str], Kind] = {}
        for kind in built_in:
            self.define(kind)

    def __iter__(self) -> Iterator[Kind]:
        """Iterate over the kinds, each in the version in which it is stored."""
        return iter(tuple(self._stored.values()))

    def __contains__(self, kind_id: object) -> bool:
        return kind_id in self._stored

    def __getitem__(self, kind_id: str) -> Kind:
        """Return a kind by its Resource.id, in the version in which it is stored. Raises ApiError 404."""
        kind = self._stored.get(kind_id)
        if kind is None:
            raise no_such_resource()
        return kind

    def served(self) -> list[Kind]:
        """Return every version of every kind that can be asked for, in the order in which they were defined."""
        return list(self._served.values())

    def at(self, group: str, version: str, plural: str) -> Kind | None:
        """Return the kind behind a URL path."""
        return self._served.get((group, version, plural))

    def of(self, api_version: str, kind: str) -> Kind | None:
        """Return the kind that an object, or an owner reference, says it is, in that version."""
        group, _, version = api_version.rpartition("/")
        for served in self._served.values():
            resource = served.resource
            if (resource.kind, resource.group, resource.version) == (kind, group, version):
                return served
        return None

    def define(self, stored: Kind, *others: Kind) -> None:
        """Take in a kind, or replace it: the version in which it is stored, and others in which it is served too."""
        self.forget(stored.id)
        self._stored[stored.id] = stored
        for kind in (stored, *others):
            if kind.is_served:
                resource = kind.resource
                self._served[resource.group, resource.version, resource.plural] = kind
        self.changes += 1

    def forget(self, kind_id: str) -> None:
        """Let a kind go that a CRD defined; nothing happens where there is none."""
        if self._stored.pop(kind_id, None) is None:
            return
        for place, kind in list(self._served.items()):
            if kind.id == kind_id:
                del self._served[place]
        self.changes += 1
