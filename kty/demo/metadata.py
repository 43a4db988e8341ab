"""What the API server does to metadata: names, uids, times, generations, and what a write may not touch."""

import random
import re
from functools import lru_cache
from typing import Final

from kty.demo.kinds import Kind
from kty.demo.statuses import ApiError, Cause, invalid
from kty.demo.times import timestamp
from kty.demo.validation.faults import IS_LABEL, Faults
from kty.kube.objects import Object

_LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"
"""What generated names end in: no vowels, nothing that looks like something else."""
_LONGEST_BASE: Final = 58
_KEPT: Final = (
    "uid",
    "creationTimestamp",
    "namespace",
    "name",
    "generateName",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)
"""What no write of an object changes."""
_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED: Final = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")

_IS_SUBDOMAIN: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_IS_LABEL_VALUE: Final = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_IS_NAME: Final = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_NAMED_AS_LABELS: Final = frozenset({"namespaces", "services"})


def new_uid(chance: random.Random) -> str:
    """Return a random UUID."""
    digits = f"{chance.getrandbits(128):032x}"
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def new_name(base: str, chance: random.Random) -> str:
    """Return a name for metadata.generateName: its beginning and five letters."""
    return base[:_LONGEST_BASE] + "".join(chance.choices(_LETTERS, k=5))


def for_create(kind: Kind, obj: Object, *, now: float, chance: random.Random) -> None:
    """Give a new object what the server gives. Raises ApiError for metadata that it refuses."""
    meta = obj["metadata"]
    if meta.get("resourceVersion"):
        raise ApiError(500, "", "resourceVersion should not be set on objects to be created")
    for field in ("resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"):
        meta.pop(field, None)
    if not kind.resource.namespaced:
        meta.pop("namespace", None)
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = new_name(meta["generateName"], chance)
    check(kind, obj)
    meta["uid"] = new_uid(chance)
    if kind.has_generation:
        meta["generation"] = 1
    meta["creationTimestamp"] = timestamp(now)


def for_update(kind: Kind, live: Object, obj: Object) -> None:
    """Carry over to `obj` what the write may not change, and count its generation. Raises ApiError."""
    before, meta = live["metadata"], obj["metadata"]
    for field in ("uid", "creationTimestamp"):
        if field == "uid" and meta.get(field) and meta[field] != before.get(field):
            message = f'Invalid value: "{meta[field]}": field is immutable'
            raise invalid(kind.resource, before["name"], [Cause("FieldValueInvalid", message, "metadata.uid")])
    for field in _KEPT:
        if field in before:
            meta[field] = before[field]
        else:
            meta.pop(field, None)
    if "deletionTimestamp" in before and (
        more := set(meta.get("finalizers") or ()) - set(before.get("finalizers") or ())
    ):
        added = ", ".join(f'"{finalizer}"' for finalizer in sorted(more))
        message = (
            "Forbidden: no new finalizers can be added if the object is being deleted, "
            f"found new finalizers []string{{{added}}}"
        )
        raise invalid(kind.resource, before["name"], [Cause("FieldValueForbidden", message, "metadata.finalizers")])
    meta.pop("selfLink", None)
    meta.pop("generation", None)
    if "generation" in before:
        meta["generation"] = before["generation"] + (1 if kind.has_generation and _is_new(kind, live, obj) else 0)
    check(kind, obj)


def _is_new(kind: Kind, live: Object, obj: Object) -> bool:
    """Say whether what a controller acts upon changed."""
    ignored = {"metadata", "kind", "apiVersion"}
    if "status" in kind.subresources or not kind.defined_by:
        ignored.add("status")
    if any(live.get(field) != obj.get(field) for field in (live.keys() | obj.keys()) - ignored):
        return True
    # Deployments count their annotations too.
    return kind.id == "deployments.apps" and live["metadata"].get("annotations") != obj["metadata"].get("annotations")


def check(kind: Kind, obj: Object) -> None:
    """Raise ApiError 422 for names and labels that are none."""
    meta = obj["metadata"]
    name = meta.get("name")
    faults = Faults()
    if not name:
        faults.required("metadata.name", "name or generateName is required")
    elif why := _why_no_name(kind, name):
        faults.invalid("metadata.name", name, why)
    for key, value in (meta.get("labels") or {}).items():
        for part, why in _why_no_label(key, value):
            faults.invalid("metadata.labels", part, why)
    if faults.causes:
        raise invalid(kind.resource, name or "", faults.causes)


@lru_cache(1024)
def _why_no_label(key: str, value: str | None) -> tuple[tuple[str, str], ...]:
    """Say which parts of a label are none, and why."""
    found = []
    if value and (len(value) > 63 or not _QUALIFIED.fullmatch(value)):
        why = "must be no more than 63 characters" if len(value) > 63 else _IS_LABEL_VALUE
        found.append((value, why))
    prefix, _, short = key.rpartition("/")
    if len(short) > 63 or not _QUALIFIED.fullmatch(short) or (prefix and not _SUBDOMAIN.fullmatch(prefix)):
        found.append((key, f"name part {_IS_NAME}"))
    return tuple(found)


def _why_no_name(kind: Kind, name: str) -> str:
    if kind.resource.group == "rbac.authorization.k8s.io":
        wrong = [part for part in ("/", "%") if part in name]
        return f"may not contain '{wrong[0]}'" if wrong else ""
    longest = 63 if kind.id in _NAMED_AS_LABELS else 253
    if len(name) > longest:
        return f"must be no more than {longest} characters"
    if kind.id in _NAMED_AS_LABELS:
        if _LABEL.fullmatch(name):
            return ""
        return "must not contain dots" if _SUBDOMAIN.fullmatch(name) else IS_LABEL
    return "" if _SUBDOMAIN.fullmatch(name) else _IS_SUBDOMAIN
