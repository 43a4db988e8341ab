"""Owner references: what nobody owns any more goes, and deletes that wait for dependents are brought to their end."""

from collections.abc import Iterable, Iterator

from kty.demo.deletion import FOREGROUND, ORPHAN
from kty.demo.life.controller import EVERY_KIND
from kty.demo.life.podstate import is_terminating
from kty.demo.life.seen import Key, Owner, Seen
from kty.demo.life.world import MANAGER, World
from kty.demo.options import DeleteOptions
from kty.demo.statuses import ApiError
from kty.kube.objects import Object

_KIND_SEPARATOR = "|"


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
        if b'"deletionTimestamp":' in seen.held.body and seen.meta.deletion_timestamp and seen.meta.finalizers:
            yield (f"{seen.kind}{_KIND_SEPARATOR}{seen.held.namespace}", seen.held.name)
        if seen.held.owners and (seen.was is None or seen.was.owners != seen.held.owners):
            yield (f"{seen.kind}{_KIND_SEPARATOR}{seen.held.namespace}", seen.held.name)

    def reconcile(self, key: Key) -> float | None:
        kind, _, namespace = key[0].partition(_KIND_SEPARATOR)
        if kind == "uid":
            for dependent_kind, dependent in self._dependents(key[1]):
                self._judge(dependent_kind, dependent)
            return None
        obj = self._world.registry.find(kind, namespace, key[1]) if kind in self._world.registry.kinds else None
        if obj is None:
            return None
        finalizers = obj["metadata"].get("finalizers") or ()
        if is_terminating(obj) and FOREGROUND in finalizers:
            self._delete_in_foreground(kind, obj)
        elif is_terminating(obj) and ORPHAN in finalizers:
            self._orphan(kind, obj)
        else:
            self._judge(kind, obj)
        return None

    def _waiting_owners(self, seen: Seen) -> Iterator[Key]:
        """Return the owners of what went that may have waited for that."""
        for owner in seen.meta.owner_references or ():
            found = self._find(owner, seen.held.namespace)
            if found is not None and is_terminating(found[1]):
                meta = found[1]["metadata"]
                yield (f"{found[0]}{_KIND_SEPARATOR}{meta.get('namespace', '')}", meta["name"])

    def _find(self, owner: Owner, namespace: str) -> tuple[str, Object] | None:
        """Return the owner that a reference means, with the id of its kind."""
        registry = self._world.registry
        kind = registry.kinds.of(owner.api_version, owner.kind)
        if kind is None:
            return None
        place = namespace if kind.resource.namespaced else ""
        held = registry.store.find(kind.id, place, owner.name)
        if held is None or held.uid != owner.uid:
            return None
        return kind.id, registry.whole(kind.id, held)

    def _dependents(self, uid: str) -> Iterator[tuple[str, Object]]:
        for kind in self._world.registry.kinds:
            for obj in self._world.registry.owned(uid, kind.id):
                yield kind.id, obj

    def _judge(self, kind: str, obj: Object) -> None:
        """Delete an object whose owners are all gone; drop the references to those that are, where one is there."""
        if is_terminating(obj):
            return
        namespace = obj["metadata"].get("namespace", "")
        present, absent, is_blocking = [], [], False
        for reference in obj["metadata"].get("ownerReferences") or ():
            owner = Owner(reference["apiVersion"], reference["kind"], reference["name"], reference["uid"])
            found = self._find(owner, namespace)
            if found is None:
                absent.append(owner.uid)
            elif is_terminating(found[1]) and FOREGROUND in (found[1]["metadata"].get("finalizers") or ()):
                absent.append(owner.uid)
                is_blocking = is_blocking or bool(reference.get("blockOwnerDeletion"))
            else:
                present.append(owner.uid)
        if present and absent:
            self._forget(kind, obj, set(absent))
        elif absent:
            self._delete(kind, obj, "Foreground" if is_blocking and self._has_dependents(obj) else "Background")

    def _has_dependents(self, obj: Object) -> bool:
        return next(self._dependents(obj["metadata"]["uid"]), None) is not None

    def _delete_in_foreground(self, kind: str, owner: Object) -> None:
        is_held_up = False
        for dependent_kind, dependent in self._dependents(owner["metadata"]["uid"]):
            self._judge(dependent_kind, dependent)
            meta = dependent["metadata"]
            left = self._world.registry.find(dependent_kind, meta.get("namespace", ""), meta["name"])
            is_held_up = is_held_up or (left is not None and _blocks(left, owner["metadata"]["uid"]))
        if not is_held_up:
            self._finish(kind, owner, FOREGROUND)

    def _orphan(self, kind: str, owner: Object) -> None:
        uid = owner["metadata"]["uid"]
        for dependent_kind, dependent in self._dependents(uid):
            self._forget(dependent_kind, dependent, {uid})
        self._finish(kind, owner, ORPHAN)

    def _finish(self, kind: str, owner: Object, finalizer: str) -> None:
        meta = owner["metadata"]

        def drop(obj: Object) -> None:
            obj["metadata"]["finalizers"] = [each for each in obj["metadata"]["finalizers"] if each != finalizer]
            if not obj["metadata"]["finalizers"]:
                del obj["metadata"]["finalizers"]

        self._world.registry.change(kind, meta.get("namespace", ""), meta["name"], drop, MANAGER)

    def _forget(self, kind: str, obj: Object, uids: set[str]) -> None:
        def forget(obj: Object) -> None:
            owners = obj["metadata"].get("ownerReferences") or []
            obj["metadata"]["ownerReferences"] = [owner for owner in owners if owner["uid"] not in uids]
            if not obj["metadata"]["ownerReferences"]:
                del obj["metadata"]["ownerReferences"]

        meta = obj["metadata"]
        self._world.registry.change(kind, meta.get("namespace", ""), meta["name"], forget, MANAGER)

    def _delete(self, kind: str, obj: Object, propagation: str) -> None:
        meta = obj["metadata"]
        options = DeleteOptions(propagation=propagation, uid=meta["uid"])
        try:
            self._world.registry.delete(kind, meta.get("namespace", ""), meta["name"], options)
        except ApiError as error:
            if error.code != 404:
                raise


def _blocks(dependent: Object, uid: str) -> bool:
    return any(
        owner["uid"] == uid and owner.get("blockOwnerDeletion")
        for owner in dependent["metadata"].get("ownerReferences") or ()
    )
