"""Owner references: what nobody owns any more goes, and deletes that wait for dependents are brought to their end."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct, field

from kty.demo.deletion import FOREGROUND, ORPHAN, drop_finalizer, drop_owners
from kty.demo.journal import Held
from kty.demo.life.controller import EVERY_KIND
from kty.demo.life.seen import Key, Seen
from kty.demo.life.world import MANAGER, World
from kty.demo.options import DeleteOptions
from kty.demo.statuses import ApiError

_KIND_SEPARATOR = "|"


class Owner(Struct, rename="camel", gc=False):
    """An owner reference."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    block_owner_deletion: bool | None = None


class Meta(Struct, rename="camel", gc=False):
    """The metadata that decides."""

    namespace: str = ""
    name: str = ""
    uid: str = ""
    deletion_timestamp: str | None = None
    finalizers: tuple[str, ...] | None = None
    owner_references: tuple[Owner, ...] | None = None

    def is_in(self, propagation: str) -> bool:
        """Say whether a deletion that has this finalizer goes on."""
        return bool(self.deletion_timestamp) and propagation in (self.finalizers or ())


class _Whole(Struct, gc=False):
    metadata: Meta = field(default_factory=Meta)


_decode = msgspec.json.Decoder(_Whole).decode


class GarbageCollector:
    """Keys are either an object that names owners, or an owner that is gone or going: its kind, and where it is."""

    kinds = (EVERY_KIND,)

    def __init__(self, world: World) -> None:
        self._world = world

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.is_gone:
            yield (f"uid{_KIND_SEPARATOR}{seen.held.namespace}", seen.held.uid)
            if seen.held.owners:
                yield from self._waiting_owners(seen)
            return
        is_owned_anew = seen.held.owners and (seen.was is None or seen.was.owners != seen.held.owners)
        if is_owned_anew or (seen.held.is_going and _decode(seen.held.body).metadata.finalizers):
            yield (f"{seen.kind}{_KIND_SEPARATOR}{seen.held.namespace}", seen.held.name)

    def reconcile(self, key: Key) -> float | None:
        kind, _, namespace = key[0].partition(_KIND_SEPARATOR)
        if kind == "uid":
            for dependent in self._dependents(key[1]):
                self._judge(*dependent)
            return None
        held = self._world.registry.store.find(kind, namespace, key[1])
        if held is None:
            return None
        meta = _decode(held.body).metadata
        if meta.is_in(FOREGROUND):
            self._delete_in_foreground(kind, meta)
        elif meta.is_in(ORPHAN):
            self._orphan(kind, meta)
        else:
            self._judge(kind, meta)
        return None

    def _waiting_owners(self, seen: Seen) -> Iterator[Key]:
        """Return the owners of what went that may have waited for that."""
        for owner in _decode(seen.held.body).metadata.owner_references or ():
            found = self._find(owner, seen.held.namespace)
            if found is not None and found[1].is_going:
                yield (f"{found[0]}{_KIND_SEPARATOR}{found[1].namespace}", found[1].name)

    def _find(self, owner: Owner, namespace: str) -> tuple[str, Held] | None:
        """Return the owner that a reference means, with the id of its kind."""
        registry = self._world.registry
        kind = registry.kinds.of(owner.api_version, owner.kind)
        if kind is None:
            return None
        place = namespace if kind.resource.namespaced else ""
        held = registry.store.find(kind.id, place, owner.name)
        if held is None or held.uid != owner.uid:
            return None
        return kind.id, held

    def _dependents(self, uid: str) -> Iterator[tuple[str, Meta]]:
        registry = self._world.registry
        for kind in registry.kinds:
            for held in registry.store.owned(uid, kind.id):
                yield kind.id, _decode(held.body).metadata

    def _judge(self, kind: str, meta: Meta) -> None:
        """Delete an object whose owners are all gone; drop the references to those that are, where one is there."""
        if meta.deletion_timestamp:
            return
        present, absent, is_blocking = [], [], False
        for owner in meta.owner_references or ():
            found = self._find(owner, meta.namespace)
            if found is None:
                absent.append(owner.uid)
            elif found[1].is_going and FOREGROUND in (_decode(found[1].body).metadata.finalizers or ()):
                absent.append(owner.uid)
                is_blocking = is_blocking or bool(owner.block_owner_deletion)
            else:
                present.append(owner.uid)
        if present and absent:
            self._forget(kind, meta, set(absent))
        elif absent:
            has_dependents = next(self._dependents(meta.uid), None) is not None
            self._delete(kind, meta, "Foreground" if is_blocking and has_dependents else "Background")

    def _delete_in_foreground(self, kind: str, owner: Meta) -> None:
        is_held_up = False
        for dependent_kind, dependent in self._dependents(owner.uid):
            self._judge(dependent_kind, dependent)
            left = self._world.registry.store.find(dependent_kind, dependent.namespace, dependent.name)
            is_held_up = is_held_up or (left is not None and _blocks(left, owner.uid))
        if not is_held_up:
            self._finish(kind, owner, FOREGROUND)

    def _orphan(self, kind: str, owner: Meta) -> None:
        for dependent_kind, dependent in self._dependents(owner.uid):
            self._forget(dependent_kind, dependent, {owner.uid})
        self._finish(kind, owner, ORPHAN)

    def _finish(self, kind: str, owner: Meta, finalizer: str) -> None:
        registry = self._world.registry
        registry.change(kind, owner.namespace, owner.name, lambda obj: drop_finalizer(obj, finalizer), MANAGER)

    def _forget(self, kind: str, meta: Meta, uids: set[str]) -> None:
        registry = self._world.registry
        registry.change(kind, meta.namespace, meta.name, lambda obj: drop_owners(obj, uids), MANAGER)

    def _delete(self, kind: str, meta: Meta, propagation: str) -> None:
        options = DeleteOptions(propagation=propagation, uid=meta.uid)
        try:
            self._world.registry.delete(kind, meta.namespace, meta.name, options)
        except ApiError as error:
            if error.code != 404:
                raise


def _blocks(dependent: Held, uid: str) -> bool:
    owners = _decode(dependent.body).metadata.owner_references or ()
    return any(owner.uid == uid and owner.block_owner_deletion for owner in owners)
