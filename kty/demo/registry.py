"""The conventions of the API on top of the store: what handlers and controllers call, synchronously."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from kty.demo import deletion, metadata
from kty.demo.access.users import User
from kty.demo.defaults.filling import set_defaults
from kty.demo.journal import Change, Held
from kty.demo.kinds import Kind, Kinds
from kty.demo.options import DeleteOptions, Options
from kty.demo.ownership.managers import keep_times
from kty.demo.ownership.rules import rules_of
from kty.demo.statuses import ApiError, Cause, already_exists, bad_request, conflict, forbidden, invalid, not_found
from kty.demo.store import Store, body_of, decode, encode
from kty.demo.times import timestamp
from kty.demo.validation.refusing import refuse_invalid
from kty.kube.objects import Object
from kty.kube.selectors import Selector
from kty.runtime.clock import SYSTEM, Clock

__all__ = ["ApiError", "Change", "DeleteOptions", "Options", "Registry"]

Track: TypeAlias = Callable[..., list[Object]]
"""`kty.demo.applying.track`."""
Guard: TypeAlias = Callable[[User | None, Kind, Object, Object | None], None]
"""Asked with who writes (None is the cluster itself), the object, and what it is written over."""
Objects: TypeAlias = list[Object]
_BY_THE_CLUSTER: Final = Options()
_PLAINLY: Final = DeleteOptions()
_REPORTS: Final = frozenset({"status", "binding"})
"""Subresources that say how an object is, not how it shall be."""


class Registry:
    """Raises ApiError for whatever the API server would refuse. Objects that come out are fresh: yours to change."""

    def __init__(
        self,
        kinds: Kinds,
        *,
        store: Store | None = None,
        clock: Clock = SYSTEM,
        seed: int = 0,
        track: Track | None = None,
    ) -> None:
        self.store = store or Store()
        self.kinds = kinds
        self.clock = clock
        self.random = random.Random(seed)  # noqa: S311 - the same each time on purpose
        """Where uids, name suffixes and everything else that varies come from."""
        self.track = track
        """Keeps managedFields; None where nobody is to own anything, as while a cluster is furnished."""
        self.guard: Guard | None = None
        """Refuses what a user may not write, though they may write the kind."""

    def get(self, kind: str, namespace: str, name: str) -> Object:
        found = self.find(kind, namespace, name)
        if found is None:
            raise not_found(kind, name)
        return found

    def find(self, kind: str, namespace: str, name: str) -> Object | None:
        held = self.store.find(kind, namespace, name)
        return None if held is None else self.whole(kind, held)

    def list(self, kind: str, namespace: str = "", *, labels: Selector | None = None) -> Objects:
        """Return the objects of a kind in the server's order."""
        return [
            self.whole(kind, held)
            for held in self.store.held(kind, namespace)
            if labels is None or labels.matches(held.labels)
        ]

    def owned(self, owner_uid: str, kind: str) -> Objects:
        """Return the objects of a kind that name this owner; it costs what it returns."""
        return [self.whole(kind, held) for held in self.store.owned(owner_uid, kind)]

    def whole(self, kind: str, held: Held) -> Object:
        """Decode one version of an object."""
        return self.kinds[kind].named(decode(held.body))

    def on_change(self, tell: Callable[[Change], None]) -> Callable[[], None]:
        """Call `tell` after every write, within it; call the returned function to stop."""
        return self.store.on_change(tell)

    def create(self, kind: str, obj: Object, options: Options = _BY_THE_CLUSTER) -> Object:
        """Store a new object. What the cluster itself creates (no user in the options) may bring its status."""
        known, sent = self.kinds[kind], obj
        obj = self._fresh(known, obj)
        if options.user is not None and "status" in known.subresources:
            obj.pop("status", None)
        metadata.for_create(known, obj, now=self.clock.now(), chance=self.random)
        set_defaults(self, known, obj)
        if self.guard is not None:
            self.guard(options.user, known, obj, None)
        if options.user is not None:  # the cluster's own parts make no mistakes, and make thousands
            refuse_invalid(known, obj)
        meta = obj["metadata"]
        self._refuse_namespace(known, meta)
        if options.user is not None:
            self._refuse_account(known, obj)
        if self.store.find(kind, meta.get("namespace", ""), meta["name"]) is not None:
            raise already_exists(kind, meta["name"])
        self._tracked(known, None, obj, options, "", sent)
        return obj if options.dry_run else self.store.put(kind, obj)

    def replace(self, kind: str, obj: Object, options: Options = _BY_THE_CLUSTER, *, subresource: str = "") -> Object:
        """Write a whole object, or its `status`; under the version that it names, where it names one."""
        known = self.kinds[kind]
        obj = self._fresh(known, obj)
        meta = obj["metadata"]
        namespace, name = meta.get("namespace", ""), meta.get("name", "")
        live = self.find(kind, namespace, name)
        if live is None:
            if known.is_made_by_replace and not subresource and not meta.get("resourceVersion"):
                return self.create(kind, obj, options)
            raise not_found(kind, name)
        version = meta.get("resourceVersion")
        if not version and (known.needs_version or known.defined_by):
            why = "Invalid value: 0: must be specified for an update"
            named = replace(known.resource, kind=known.resource.plural)  # here the server names the resource
            raise invalid(named, name, [Cause("FieldValueInvalid", why, "metadata.resourceVersion")])
        if uid := _other_uid(live, meta.get("uid")):
            raise conflict(kind, name, uid)
        if version and version != live["metadata"]["resourceVersion"]:
            raise conflict(kind, name)
        return self._write(known, live, obj, options, subresource)

    def change(
        self,
        kind: str,
        namespace: str,
        name: str,
        mutate: Callable[[Object], None],
        options: Options = _BY_THE_CLUSTER,
        *,
        subresource: str = "",
    ) -> Object:
        """Read, mutate in place, write; nothing is written when nothing changed."""
        obj = self.get(kind, namespace, name)
        mutate(obj)
        if options.user is None and subresource in _REPORTS:
            return self.report(kind, obj, options, subresource=subresource)
        return self._write(self.kinds[kind], self.get(kind, namespace, name), obj, options, subresource)

    def report(
        self, kind: str, obj: Object, options: Options = _BY_THE_CLUSTER, *, subresource: str = "status"
    ) -> Object:
        """Write what the cluster itself says of an object that it has read and changed in place, if that is new.

        It is as it should be: nothing is filled in or asked, and no copy is made of it.
        """
        meta = obj["metadata"]
        held = self.store.find(kind, meta.get("namespace", ""), meta["name"])
        if held is None:
            raise not_found(kind, meta["name"])
        if meta["resourceVersion"] != str(held.version):
            raise conflict(kind, meta["name"])
        if body_of(obj) == held.body:
            return obj
        if self.track is not None:
            self._tracked(self.kinds[kind], self.whole(kind, held), obj, options, subresource)
        return self.store.put(kind, obj)

    def delete(self, kind: str, namespace: str, name: str, options: DeleteOptions = _PLAINLY) -> Object:
        """Remove an object, or mark it as to be removed: by its finalizers, grace period and propagation.

        Return what it is now; it is gone where `find` finds it no more.
        """
        known = self.kinds[kind]
        live = self.get(kind, namespace, name)
        deletion.refuse_precondition(known, live, options)
        obj = deletion.marked(known, self.get(kind, namespace, name), options, now=self.clock.now())
        if options.dry_run:
            return obj
        if deletion.is_due(known, obj):
            return self.store.remove(kind, obj)
        return live if obj == live else self.store.put(kind, obj)

    def _write(self, known: Kind, live: Object, obj: Object, options: Options, subresource: str) -> Object:
        if subresource == "status":
            obj = _status_of(known, obj, live)
        elif "status" in known.subresources and subresource != "binding":  # that sets the node and a condition
            _take("status", live, obj)
        metadata.for_update(known, live, obj)
        set_defaults(self, known, obj, live)
        if subresource in _REPORTS:
            _take("generation", live["metadata"], obj["metadata"])
        if self.guard is not None:
            self.guard(options.user, known, obj, live)
        if options.user is not None and not subresource:
            refuse_invalid(known, obj, live)
        self._tracked(known, live, obj, options, subresource)
        obj["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"]
        if deletion.is_due(known, obj) and "deletionTimestamp" in obj["metadata"]:
            return obj if options.dry_run else self.store.remove(known.id, obj)
        return live if obj == live else obj if options.dry_run else self.store.put(known.id, obj)

    def _fresh(self, known: Kind, obj: Object) -> Object:
        """Return a copy that is ours, its fields in the server's order."""
        copy: Object = decode(encode(obj))
        meta = copy.get("metadata")
        if not isinstance(meta, dict):
            meta = {}
        head = known.named({"metadata": meta})
        return head | {field: value for field, value in copy.items() if field not in head}

    def _refuse_account(self, known: Kind, obj: Object) -> None:
        """Raise ApiError 403 for a pod that would run as a service account that there is not."""
        if known.id != "pods":
            return
        namespace, account = obj["metadata"].get("namespace", ""), obj["spec"]["serviceAccountName"]
        if self.store.find("serviceaccounts", namespace, account) is None:
            why = f'error looking up service account {namespace}/{account}: serviceaccount "{account}" not found'
            raise forbidden(known.id, obj["metadata"]["name"], why)

    def _refuse_namespace(self, known: Kind, meta: Object) -> None:
        """Raise ApiError where a namespace is missing, or takes nothing new."""
        if not known.resource.namespaced:
            return
        namespace = meta.get("namespace", "")
        if not namespace:
            raise bad_request("an empty namespace may not be set during creation")
        held = self.store.find("namespaces", "", namespace)
        if held is None:
            raise not_found("namespaces", namespace)
        if held.is_going:
            why = f"unable to create new content in namespace {namespace} because it is being terminated"
            cause = Cause("NamespaceTerminating", f"namespace {namespace} is being terminated", "metadata.namespace")
            refused = forbidden(known.id, meta["name"], why)
            refused.details = replace(refused.details, causes=(cause,)) if refused.details else None
            raise refused

    def _tracked(
        self,
        known: Kind,
        live: Object | None,
        obj: Object,
        options: Options,
        subresource: str,
        sent: Object | None = None,
    ) -> None:
        if options.has_managed_fields:
            keep_times(live, obj)
            return
        if self.track is None or not options.field_manager:
            return
        fields = self.track(
            known.id,
            live,
            obj,
            manager=options.field_manager,
            now=timestamp(self.clock.now()),
            subresource=subresource,
            sent=sent,
            rules=rules_of(known),
        )
        if fields:
            obj["metadata"]["managedFields"] = fields
        else:
            obj["metadata"].pop("managedFields", None)


def _other_uid(live: Object, uid: str | None) -> str:
    """Say why this uid does not fit; empty when it does, or when there is none."""
    found = live["metadata"].get("uid", "")
    if not uid or uid == found:
        return ""
    return f"Precondition failed: UID in precondition: {uid}, UID in object meta: {found}"


def _take(field: str, source: Object, target: Object) -> None:
    if field in source:
        target[field] = source[field]
    else:
        target.pop(field, None)


def _status_of(known: Kind, obj: Object, live: Object) -> Object:
    """Return the live object with the status, and only that, of another; what is not replaced is shared."""
    merged: Object = {**live, "metadata": dict(live["metadata"])}
    _take("status", obj, merged)
    _take("managedFields", obj["metadata"], merged["metadata"])
    if known.id == "deployments.apps":  # their controller notes the revision with the status
        _take("annotations", obj["metadata"], merged["metadata"])
    return merged
