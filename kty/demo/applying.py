"""Server-side apply, and who owns which field after any other write (metadata.managedFields)."""

import json
from typing import Any, Final

from kty.demo.ownership.assigned import written
from kty.demo.ownership.checking import why_unreadable
from kty.demo.ownership.comparing import Comparison, compare, mentioned
from kty.demo.ownership.field_sets import (
    Fields,
    difference,
    has,
    intersection,
    path_text,
    paths,
    union,
    with_named_fields,
)
from kty.demo.ownership.managers import Claim, Manager, Managers, read, write
from kty.demo.ownership.merging import merge, settled, without
from kty.demo.ownership.rules import Rules, built_in_rules
from kty.demo.ownership.zero_values import filled
from kty.demo.statuses import ApiError, Cause, Details, bad_request
from kty.kube.objects import Object

BEFORE_FIRST_APPLY = "before-first-apply"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_UNOWNED: Final[Fields] = {
    "f:apiVersion": {},
    "f:kind": {},
    "f:metadata": {
        ".": {},
        "f:name": {},
        "f:namespace": {},
        "f:creationTimestamp": {},
        "f:selfLink": {},
        "f:uid": {},
        "f:clusterName": {},
        "f:generation": {},
        "f:managedFields": {},
        "f:resourceVersion": {},
    },
}
"""What nobody owns."""


class _Conflicts(Exception):
    """Others own what an apply would change, and it does not force."""

    def __init__(self, found: dict[Manager, Fields]) -> None:
        self.paths = [(manager, path) for manager in sorted(found) for path in paths(found[manager])]

    def error(self) -> ApiError:
        """Return the API server's answer."""
        causes = [Cause("FieldManagerConflict", f"conflict with {who}", path_text(path)) for who, path in self.paths]
        if len(self.paths) == 1:
            who, path = self.paths[0]
            message = f"Apply failed with 1 conflict: conflict with {who}: {path_text(path)}"
        else:
            lines: list[str] = []
            for at, (who, path) in enumerate(self.paths):
                if at == 0 or self.paths[at - 1][0] != who:
                    lines.append(f"conflicts with {who}:")
                lines.append(f"- {path_text(path)}")
            message = f"Apply failed with {len(self.paths)} conflicts: " + "\n".join(lines)
        return ApiError(409, "Conflict", message, Details(causes=tuple(causes)))


def track(
    kind: str,
    before: Object | None,
    after: Object,
    *,
    manager: str,
    now: str,
    subresource: str = "",
    sent: Object | None = None,
    rules: Rules | None = None,
) -> list[Object]:
    """Return the managedFields of an object after a write that is no apply: who writes a field owns it alone.

    `before` is None when the object is new; `sent` is then what the writer wanted, before the server filled it in.
    `rules` come with custom resources.
    """
    rules = rules or built_in_rules(kind)
    managers = _managers_of_write(before, after, subresource)
    if before is not None and not managers:
        return []
    if before is None and sent is not None:
        after = written(kind, after, sent)
    version = str(after.get("apiVersion", ""))
    found = _compare(before, after, rules, subresource)
    managers = _released(managers, union(union(found.added, found.modified), found.removed))
    own = difference(union(found.modified, found.added), _UNOWNED)
    if own:
        me = Manager(manager or "unknown", "Update", version, subresource)
        had = managers.get(me)
        managers[me] = Claim(union(own, had.fields) if had else own, version, now)
    return write(managers)


def apply(
    kind: str,
    live: Object | None,
    applied: Object,
    *,
    manager: str,
    force: bool,
    now: str,
    subresource: str = "",
    rules: Rules | None = None,
) -> Object:
    """Return the object after an apply, its managedFields included; `live` is None when there is none yet.

    Raises ApiError: 409 where others own what would change, 400 or 500 where the configuration cannot be applied.
    """
    rules = rules or built_in_rules(kind)
    _refuse_unreadable(applied, rules)
    applied = {**applied, "metadata": dict(applied.get("metadata") or {})}
    if live is None:
        applied["metadata"].pop("resourceVersion", None)  # it is a condition on what there is, and there is nothing
    old = _unmanaged(live or _blank(applied))
    try:
        managers = read(((live or {}).get("metadata") or {}).get("managedFields"))
    except ValueError as mistake:
        raise ApiError(500, "", f"failed to decode managed fields: {mistake}") from mistake
    claim = difference(mentioned(applied, rules.shape), rules.resets(subresource), deep=True)
    if live is not None and not managers:
        managers = _before_first_apply(kind, old, now, subresource, rules)
    try:
        new, managers = _apply(old, applied, claim, managers, manager, rules, subresource, force=force)
    except _Conflicts as conflicts:
        if manager != "kubectl" or not _from_last_applied(conflicts, old, applied, rules):
            raise conflicts.error() from None
        new, managers = _apply(old, applied, claim, managers, manager, rules, subresource, force=True)
    new = settled(new, applied)
    if manager == "kubectl" and LAST_APPLIED in (new.get("metadata", {}).get("annotations") or {}):
        new["metadata"]["annotations"] |= {LAST_APPLIED: json.dumps(_without_last_applied(applied)) + "\n"}
    if new != old or live is None:
        me = Manager(manager, "Apply", "", subresource)
        if me in managers:
            managers[me] = Claim(managers[me].fields, managers[me].api_version, now)
    owned = {"managedFields": write(managers)} if managers else {}
    return {**new, "metadata": {**new.get("metadata", {}), **owned}}


def _managers_of_write(before: Object | None, after: Object, subresource: str) -> Managers:
    """Return the managers that a write starts from: those that it sends along, or else those there were.

    One empty entry, or an empty list, resets them.
    """
    sent = (after.get("metadata") or {}).get("managedFields")
    if not subresource:
        if sent == [] or sent == [{}]:
            return {}
        try:
            if managers := read(sent):
                return managers
        except ValueError:
            pass
    try:
        return read(((before or {}).get("metadata") or {}).get("managedFields"))
    except ValueError:
        return {}


def _compare(before: Object | None, after: Object, rules: Rules, subresource: str) -> Comparison:
    """Compare two states of an object, without what a write of this subresource does not touch."""
    old = filled(_unmanaged(before or _blank(after)), rules.zero)
    found = compare(old, filled(_unmanaged(after), rules.zero), rules.shape)
    resets = rules.resets(subresource)
    return found.each(lambda fields: difference(fields, resets, deep=True)) if resets else found


def _released(managers: Managers, fields: Fields) -> Managers:
    """Take these fields from whoever owns them; who owns nothing then is gone."""
    out = {}
    for manager, claim in managers.items():
        left = difference(claim.fields, fields)
        if left:
            out[manager] = claim if left is claim.fields else Claim(left, claim.api_version, claim.time)
    return out


def _before_first_apply(kind: str, live: Object, now: str, subresource: str, rules: Rules) -> Managers:
    """Say that everything there is was written before anybody applied."""
    entries = track(kind, None, live, manager=BEFORE_FIRST_APPLY, now=now, subresource=subresource, rules=rules)
    return read(entries)


def _apply(
    live: Object,
    applied: Object,
    claim: Fields,
    managers: Managers,
    name: str,
    rules: Rules,
    subresource: str,
    *,
    force: bool,
) -> tuple[Object, Managers]:
    version = str(applied.get("apiVersion", ""))
    me = Manager(name, "Apply", "", subresource)
    last = managers.get(me)
    managers = {**managers, me: Claim(claim, version, last.time if last else None)}
    new = merge(live, applied, rules.shape)
    if last and last.fields:
        new = _pruned(new, last.fields, managers, rules)
    found = _compare(live, new, rules, subresource)
    changed = union(found.modified, found.added)
    others = {manager: claim for manager, claim in managers.items() if manager != me}
    conflicts = {
        manager: shared for manager, claim in others.items() if (shared := intersection(claim.fields, changed))
    }
    if conflicts and not force:
        raise _Conflicts(conflicts)
    others = _released(others, union(changed, found.removed))
    own = difference(claim, _UNOWNED)
    return new, {**others, me: Claim(own, version, managers[me].time)} if own else others


def _pruned(merged: Object, last: Fields, managers: Managers, rules: Rules) -> Object:
    """Take out what the applier owned before and says no more, unless somebody owns it still."""
    shape = rules.shape
    last = with_named_fields(last, shape)
    everything = with_named_fields(mentioned(merged, shape), shape)
    owned: Fields = {}
    for claim in managers.values():
        owned = union(owned, claim.fields)
    left = with_named_fields(mentioned(without(merged, last, shape) or {}, shape), shape)
    gone = difference(everything, union(left, with_named_fields(owned, shape)))
    left = with_named_fields(mentioned(without(merged, gone, shape) or {}, shape), shape)
    dangling = intersection(difference(everything, left), last)
    pruned = without(merged, dangling, shape) or {}
    return {**pruned, "metadata": pruned.get("metadata") or {}}


def _from_last_applied(conflicts: _Conflicts, live: Object, applied: Object, rules: Rules) -> bool:
    """Say whether all conflicts are about what the same person applied with kubectl on the client's side."""
    text = ((live.get("metadata") or {}).get("annotations") or {}).get(LAST_APPLIED)
    try:
        last = json.loads(text or "null")
        if not isinstance(last, dict) or last.get("apiVersion") != applied.get("apiVersion"):
            return False
        found = compare(last, live, rules.shape)
        allowed = mentioned(last, rules.shape)
    except ValueError:
        return False
    for changed in found:
        allowed = difference(allowed, changed)
    return all(has(allowed, path) for _, path in conflicts.paths)


def _refuse_unreadable(applied: Object, rules: Rules) -> None:
    metadata = applied.get("metadata") or {}
    if metadata.get("managedFields") is not None:
        raise bad_request("metadata.managedFields must be nil")
    if mistakes := why_unreadable(applied, rules.shape, rules.declared):
        name = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"
        what = gvk(applied.get("apiVersion", ""), applied.get("kind", ""))
        raise ApiError(500, "", f"failed to create typed patch object ({name}; {what}): {mistakes}")


def gvk(api_version: str, kind: str) -> str:
    """Return what an object is as the API server writes it: `apps/v1, Kind=Deployment`, `/v1, Kind=Pod`."""
    return f"{api_version if '/' in api_version else '/' + api_version}, Kind={kind}"


def _blank(obj: Object) -> Object:
    return {"apiVersion": obj.get("apiVersion"), "kind": obj.get("kind"), "metadata": {}}


def _unmanaged(obj: Object) -> Object:
    metadata: dict[str, Any] = obj.get("metadata") or {}
    if "managedFields" not in metadata:
        return obj
    return {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}


def _without_last_applied(applied: Object) -> Object:
    metadata = applied["metadata"]
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != LAST_APPLIED}
    return {**applied, "metadata": {**metadata, "annotations": annotations}}
