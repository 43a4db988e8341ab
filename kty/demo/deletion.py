"""What a delete does to an object: at once, after a grace period, or once its finalizers are done."""

from typing import Final

from kty.demo.kinds import Kind
from kty.demo.options import DeleteOptions
from kty.demo.statuses import conflict
from kty.demo.times import timestamp
from kty.kube.objects import Object, epoch

FOREGROUND: Final = "foregroundDeletion"
"""The finalizer of what waits for its dependents to go."""
ORPHAN: Final = "orphan"
"""The finalizer of what waits for its dependents to forget it."""
CLEANUP: Final = "customresourcecleanup.apiextensions.k8s.io"
"""The finalizer of a CRD: its objects go first."""
_MARKED: Final = frozenset({"pods", "namespaces", "customresourcedefinitions.apiextensions.k8s.io"})
"""What is marked with the time of its deletion even where it goes at once."""
DEFAULT_GRACE: Final = 30


def refuse_precondition(kind: Kind, live: Object, options: DeleteOptions) -> None:
    """Raise ApiError 409 where it is another object, or another version, than was meant."""
    meta = live["metadata"]
    why = ""
    if options.uid is not None and options.uid != meta["uid"]:
        why = (
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({meta['uid']}). "
            "The object might have been deleted and then recreated"
        )
    elif options.resource_version is not None and options.resource_version != meta["resourceVersion"]:
        why = (
            f"the ResourceVersion in the precondition ({options.resource_version}) does not match the "
            f"ResourceVersion in record ({meta['resourceVersion']}). The object might have been modified"
        )
    if why:
        resource = kind.resource
        raise conflict(f"{resource.kind}.{resource.group}" if resource.group else resource.kind, meta["name"], why)


def marked(kind: Kind, obj: Object, options: DeleteOptions, *, now: float) -> Object:
    """Mark an object as to be deleted, and return it; what can go at once goes unmarked."""
    meta = obj["metadata"]
    before = meta.get("finalizers")
    finalizers = _finalizers(kind, before or [], options)
    if finalizers:
        meta["finalizers"] = finalizers
    else:
        meta.pop("finalizers", None)
    if not finalizers and kind.id not in _MARKED and "deletionTimestamp" not in meta:
        return obj
    grace = _grace(kind, obj, options)
    left = meta.get("deletionGracePeriodSeconds")
    if left is None or grace < left:
        asked = now if left is None else (epoch(meta["deletionTimestamp"]) or now) - left
        if left is None and meta.get("generation"):
            meta["generation"] += 1
        meta["deletionTimestamp"] = timestamp(asked + grace)
        meta["deletionGracePeriodSeconds"] = grace
    if kind.id == "customresourcedefinitions.apiextensions.k8s.io" and CLEANUP not in finalizers:
        meta["finalizers"] = [*finalizers, CLEANUP]
    if kind.id == "namespaces":
        obj.setdefault("status", {})["phase"] = "Terminating"
    return obj


def is_due(kind: Kind, obj: Object) -> bool:
    """Say whether nothing keeps a marked object any more."""
    meta = obj["metadata"]
    if meta.get("finalizers") or meta.get("deletionGracePeriodSeconds"):
        return False
    return not (kind.id == "namespaces" and obj.get("spec", {}).get("finalizers"))


def drop_finalizer(obj: Object, finalizer: str) -> None:
    meta = obj["metadata"]
    meta["finalizers"] = [each for each in meta.get("finalizers") or () if each != finalizer]
    if not meta["finalizers"]:
        del meta["finalizers"]


def drop_owners(obj: Object, uids: set[str]) -> None:
    meta = obj["metadata"]
    meta["ownerReferences"] = [owner for owner in meta.get("ownerReferences") or () if owner["uid"] not in uids]
    if not meta["ownerReferences"]:
        del meta["ownerReferences"]


def _finalizers(kind: Kind, before: list[str], options: DeleteOptions) -> list[str]:
    wanted = options.propagation or ""
    if not wanted and ORPHAN not in before and FOREGROUND not in before:
        wanted = "Orphan" if kind.orphans else "Background"
    if not wanted:
        return before
    kept = [finalizer for finalizer in before if finalizer not in (ORPHAN, FOREGROUND)]
    return kept + {"Orphan": [ORPHAN], "Foreground": [FOREGROUND]}.get(wanted, [])


def _grace(kind: Kind, obj: Object, options: DeleteOptions) -> int:
    """Return the seconds that remain: only pods have any, and only where they run."""
    if kind.id != "pods":
        return 0
    spec = obj.get("spec", {})
    if not spec.get("nodeName") or obj.get("status", {}).get("phase") in ("Succeeded", "Failed"):
        return 0
    if options.grace_period is not None:
        return max(options.grace_period, 0)
    return int(spec.get("terminationGracePeriodSeconds", DEFAULT_GRACE))
