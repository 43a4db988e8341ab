"""From an owner's template to a pod, and from a template to the short hash that names its revision."""

from hashlib import blake2s
from typing import Any

import msgspec

from kty.demo.store import encode
from kty.kube.objects import Object

_SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""The characters of generated names: no vowels, so that no words come out."""


def revision_hash(template: Any, *salt: Any) -> str:
    """Return ten characters that stand for a template."""
    number = int.from_bytes(blake2s(encode([_sorted(template), *salt]), digest_size=8).digest())
    text = ""
    for _ in range(10):
        number, rest = divmod(number, len(_SAFE))
        text += _SAFE[rest]
    return text


def _sorted(value: Any) -> Any:
    """Bring maps into one order: the same template is the same however it was written."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value


def owner_reference(owner: Object) -> Object:
    """Return the reference of a controller to put into what it makes."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def pod_from(template: Object, owner: Object, *, name: str = "") -> Object:
    """Return a pod of this template that the owner controls; without a name it gets one made of the owner's."""
    meta = template.get("metadata") or {}
    naming = {"name": name} if name else {"generateName": f"{owner['metadata']['name']}-"}
    kept = {field: _copied(meta[field]) for field in ("labels", "annotations", "finalizers") if meta.get(field)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **naming,
            "namespace": owner["metadata"]["namespace"],
            **kept,
            "ownerReferences": [owner_reference(owner)],
        },
        "spec": _copied(template.get("spec") or {}),
    }


def _copied(value: Any) -> Any:
    """Return a copy of JSON: quicker than `deepcopy`."""
    return msgspec.json.decode(encode(value))
