"""What a change of an object was: in a few words, by whom, and as two texts. Values of secrets are not in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from kty.errors import KtyError
from kty.kube.manifest import to_yaml
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.runtime.heartbeats import settled
from kty.runtime.history import Step
from kty.views.describe.sizes import size_of
from kty.views.reading import listed, mapped
from kty.views.said import field, text
from kty.views.view import Tone

Path: TypeAlias = tuple[str, ...]

MOST_PATHS = 3
"""So many places are named of those that changed."""
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which `kubectl apply` keeps the whole object, values of secrets included."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a timeline. Nothing in it was made printable."""

    at: float
    """When it was seen, in seconds since the epoch."""
    what: str
    tone: Tone
    by: tuple[str, ...]
    """The field managers that wrote it (metadata.managedFields); empty where that cannot be told."""
    before: str = ""
    """The object as YAML, without heartbeats; empty where there is nothing to compare."""
    after: str = ""


def change_of(step: Step, resource: Resource) -> Change:
    """Return what happened in a step of an object of this kind."""
    before, after = _decoded(step.before), _decoded(step.after)
    if after is None:
        return Change(step.at, "deleted", "bad", ())
    if before is None:
        return Change(step.at, "made again", "good", _makers(after))
    is_other = text(before, "metadata", "uid") != text(after, "metadata", "uid")
    lean_before, lean_after = settled(before), settled(after)
    try:
        paths = list(_differences(lean_before, lean_after))
    except RecursionError:
        return Change(step.at, "changed, nested too deep to be compared", "warn", ())
    by = _makers(after) if is_other else _writers(before, after, paths)
    what = "replaced by another of its name" if is_other else _what(before, after, paths)
    if resource.id == "secrets":
        lean_before, lean_after = _veiled(lean_before, {}), _veiled(lean_after, before)
    head = {"apiVersion": resource.api_version, "kind": resource.kind}
    try:
        texts = [to_yaml({**head, **each}) for each in (lean_before, lean_after)]
    except KtyError as error:
        return Change(step.at, f"{what}: {error.sentence()}", "warn", by)
    tone: Tone = "warn" if is_other else "bad" if what.startswith("being deleted") else "accent"
    return Change(step.at, what, tone, by, *texts)


def _decoded(body: bytes | None) -> Object | None:
    if body is None:
        return None
    obj = msgspec.json.decode(body)
    return obj if isinstance(obj, dict) else {}


def _what(before: Object, after: Object, paths: list[Path]) -> str:
    if field(after, "metadata", "deletionTimestamp") and not field(before, "metadata", "deletionTimestamp"):
        return "being deleted"
    names = list(dict.fromkeys([".".join(path[:2]) for path in paths]))
    rest = len(names) - MOST_PATHS
    return ", ".join(names[:MOST_PATHS]) + (f" and {rest} more" if rest > 0 else "")


def _differences(before: Any, after: Any, at: Path = ()) -> Iterator[Path]:
    """Yield where two objects differ; a list is looked at as a whole."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        if before != after:
            yield at
        return
    for key in sorted(before.keys() | after.keys(), key=_rank):
        yield from _differences(before.get(key), after.get(key), (*at, str(key)))


def _rank(key: str) -> tuple[int, str]:
    return {"metadata": 0, "spec": 1, "status": 3}.get(key, 2), key


# Who it was


def _writers(before: Object, after: Object, paths: list[Path]) -> tuple[str, ...]:
    """Return who wrote what is at these paths, as far as metadata.managedFields tell.

    Its entries have the time of a manager's last write, in whole seconds, and the fields that are its own now.
    """
    known = {_identity(entry): entry for entry in listed(before, "metadata", "managedFields")}
    entries = listed(after, "metadata", "managedFields")
    written = [entry for entry in entries if known.get(_identity(entry)) != entry]
    owners = [entry for entry in entries if any(_owns(mapped(entry, "fieldsV1"), path) for path in paths)]
    if len(written) > 1:
        written = [entry for entry in written if entry in owners] or written
    elif not written and len(owners) == 1:  # two writes within one second
        written = owners
    return tuple(dict.fromkeys([_named(entry) for entry in written]))


def _makers(after: Object) -> tuple[str, ...]:
    """Return who made an object: whose write is as old as it is."""
    made = text(after, "metadata", "creationTimestamp")
    entries = listed(after, "metadata", "managedFields")
    return tuple(dict.fromkeys([_named(each) for each in entries if text(each, "time") == made and made]))


def _identity(entry: Object) -> tuple[str, ...]:
    return tuple(text(entry, part) for part in ("manager", "operation", "apiVersion", "subresource"))


def _named(entry: Object) -> str:
    part = text(entry, "subresource")
    return f"{text(entry, 'manager') or 'somebody'} ({part})" if part else text(entry, "manager") or "somebody"


def _owns(fields: Any, path: Path) -> bool:
    """Say whether a set of fields (FieldsV1: keys are `f:` and a name) has what is at a path, or something in it."""
    for step in path:
        if not isinstance(fields, dict) or f"f:{step}" not in fields:
            return False
        fields = fields[f"f:{step}"]
        if not fields:  # owned as a whole
            return True
    return True


# Secrets


def _veiled(secret: Object, before: Object) -> Object:
    """Return a secret that says of its values how large they are, and which of them are others than before."""
    veiled = dict(secret)
    for part in ("data", "stringData"):
        if part in secret:
            known = mapped(before, part)
            veiled[part] = {
                key: size_of(value) + (", another value" if known.get(key, value) != value else "")
                for key, value in mapped(secret, part).items()
            }
    if _APPLIED in mapped(secret, "metadata", "annotations"):
        annotations = {**secret["metadata"]["annotations"], _APPLIED: "not shown: it has the values in it"}
        veiled["metadata"] = {**secret["metadata"], "annotations": annotations}
    return veiled
