"""From an owner's template to a pod, and from a template to the short hash that names its revision."""

from hashlib import blake2s
from typing import Any

import msgspec

from kty.kube.objects import Object

_encode_sorted = msgspec.json.Encoder(order="sorted").encode
"""The same template is the same however it was written."""
_SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""The characters of generated names: no vowels, so that no words come out."""


def revision_hash(template: Any, *salt: Any) -> str:
    """Return ten characters that stand for a template."""
    number = int.from_bytes(blake2s(_encode_sorted([template, *salt]), digest_size=8).digest())
    text = ""
    for _ in range(10):
        number, rest = divmod(number, len(_SAFE))
        text += _SAFE[rest]
    return text


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
    """Return a pod of this template that the owner controls; without a name it gets one made of the owner's.

    What is in its spec is shared with the template.
    """
    meta = template.get("metadata") or {}
    naming = {"name": name} if name else {"generateName": f"{owner['metadata']['name']}-"}
    kept = {field: meta[field].copy() for field in ("labels", "annotations", "finalizers") if meta.get(field)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **naming,
            "namespace": owner["metadata"]["namespace"],
            **kept,
            "ownerReferences": [owner_reference(owner)],
        },
        "spec": dict(template.get("spec") or {}),
    }
