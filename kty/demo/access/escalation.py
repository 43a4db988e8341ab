"""Nobody may grant what they do not hold themselves, unless they may `escalate` the role or `bind` it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from kty.demo.access.rbac import CLUSTER_ROLES, GROUP, ROLES, Attributes, Rbac
from kty.demo.access.rules import Rule, covers_path, has
from kty.demo.access.users import MASTERS, User
from kty.demo.kinds import Kind
from kty.demo.statuses import forbidden, not_found
from kty.kube.objects import Object

_EVERYTHING: Final[list[Rule]] = [
    {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
    {"verbs": ["*"], "nonResourceURLs": ["*"]},
]
_FOR_COLLECTION: Final = ("ownerReferences", "finalizers", "managedFields")
"""What may change in the metadata when somebody only lets an object go."""


def refuse_escalation(rbac: Rbac, user: User, kind: Kind, obj: Object, live: Object | None) -> None:
    """Raise ApiError 403 where a role, or the role that is bound, gives more than this user holds."""
    if MASTERS in user.groups or (live is not None and _is_let_go(obj, live)):
        return
    if kind.id in (ROLES, CLUSTER_ROLES):
        _refuse_role(rbac, user, kind, obj, live)
    else:
        _refuse_binding(rbac, user, kind, obj)


def _refuse_role(rbac: Rbac, user: User, kind: Kind, obj: Object, live: Object | None) -> None:
    metadata = obj["metadata"]
    namespace, name = metadata.get("namespace", ""), metadata["name"]
    what = Attributes("escalate", GROUP, kind.resource.plural, namespace=namespace, name=name if live else "")
    if rbac.decide(user, what).is_allowed:
        return
    held = rbac.rules(user, namespace)
    if (obj.get("aggregationRule") or (live or {}).get("aggregationRule")) and _missing(held, _EVERYTHING):
        raise forbidden(kind.id, name, "must have cluster-admin privileges to use the aggregationRule")
    _refuse_missing(user, kind, name, held, obj.get("rules") or ())


def _refuse_binding(rbac: Rbac, user: User, kind: Kind, obj: Object) -> None:
    metadata, ref = obj["metadata"], obj.get("roleRef") or {}
    namespace, role = metadata.get("namespace", ""), ref.get("name", "")
    plural = {"Role": "roles", "ClusterRole": "clusterroles"}.get(ref.get("kind", ""))
    if plural is None:
        return  # it is refused as invalid
    what = Attributes("bind", ref.get("apiGroup", ""), plural, namespace=namespace, name=role)
    if rbac.decide(user, what).is_allowed:
        return
    rules = rbac.role_rules(namespace, ref["kind"], role)
    if rules is None:
        raise not_found(kind.id, role)
    _refuse_missing(user, kind, metadata["name"], rbac.rules(user, namespace), rules)


def _refuse_missing(user: User, kind: Kind, name: str, held: Sequence[Rule], wanted: Iterable[Rule]) -> None:
    missing = sorted({_text(rule) for rule in _compact(_missing(held, wanted))})
    if missing:
        groups = " ".join([_quoted(group) for group in user.groups])
        why = (
            f"user {_quoted(user.name)} (groups=[{groups}]) is attempting to grant RBAC permissions not currently held"
        )
        raise forbidden(kind.id, name, why + ":\n" + "\n".join(missing))


def _is_let_go(obj: Object, live: Object) -> bool:
    kept = {field: live["metadata"].get(field) for field in _FOR_COLLECTION}
    return _said({**obj, "metadata": {**obj["metadata"], **kept}}) == _said(
        {**live, "metadata": {**live["metadata"], **kept}}
    )


def _said(obj: Object) -> Object:
    return {**obj, "metadata": {field: value for field, value in obj["metadata"].items() if value is not None}}


def _missing(held: Sequence[Rule], wanted: Iterable[Rule]) -> list[Rule]:
    """Return, one by one, what is wanted and covered by no rule that is held."""
    return [part for rule in wanted for part in _parts(rule) if not any(_covers(one, part) for one in held)]


def _parts(rule: Rule) -> Iterator[dict[str, list[str]]]:
    """Break a rule down: one verb, one resource, one name each."""
    for group in rule.get("apiGroups") or ():
        for resource in rule.get("resources") or ():
            for verb in rule.get("verbs") or ():
                part = {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
                names = rule.get("resourceNames") or ()
                yield from [{**part, "resourceNames": [name]} for name in names] if names else [part]
    for path in rule.get("nonResourceURLs") or ():
        for verb in rule.get("verbs") or ():
            yield {"nonResourceURLs": [path], "verbs": [verb]}


def _covers(rule: Rule, part: dict[str, list[str]]) -> bool:
    """Say whether one rule holds all of a part."""
    (verb,) = part["verbs"]
    if not has(rule.get("verbs"), verb):
        return False
    if "nonResourceURLs" in part:
        (path,) = part["nonResourceURLs"]
        return any(covers_path(own, path) for own in rule.get("nonResourceURLs") or ())
    (group,), (resource,) = part["apiGroups"], part["resources"]
    _, slash, subresource = resource.partition("/")
    own_names = rule.get("resourceNames")
    return (
        has(rule.get("apiGroups"), group)
        and (has(rule.get("resources"), resource) or bool(slash and has(rule.get("resources"), f"*/{subresource}")))
        and (not own_names or ("resourceNames" in part and set(part["resourceNames"]) <= set(own_names)))
    )


def _compact(parts: Iterable[Rule]) -> list[dict[str, Any]]:
    """Put the verbs for one resource together again."""
    found: dict[str, dict[str, Any]] = {}
    for part in parts:
        about = {field: value for field, value in part.items() if field != "verbs"}
        whole = found.setdefault(json.dumps(about), {**about, "verbs": []})
        whole["verbs"] += part["verbs"]
    return list(found.values())


def _text(rule: Rule) -> str:
    fields = {
        "APIGroups": "apiGroups",
        "Resources": "resources",
        "NonResourceURLs": "nonResourceURLs",
        "ResourceNames": "resourceNames",
        "Verbs": "verbs",
    }
    said = [
        f"{shown}:[{' '.join([_quoted(value) for value in rule[field]])}]"
        for shown, field in fields.items()
        if rule.get(field)
    ]
    return "{" + ", ".join(said) + "}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
