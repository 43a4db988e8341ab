"""From what a caller holds to the JSON that an API server takes."""

from typing import Any

import msgspec

from kty.kube.objects import Object
from kty.kube.resource import Resource


def plain(obj: object) -> Object:
    """Return an object as a dict: a dict as it is, a Struct in its fields. Raises TypeError for anything else."""
    found: Any = obj if isinstance(obj, dict) else msgspec.to_builtins(obj)
    if not isinstance(found, dict):
        raise TypeError(f"an object is a dict or a Struct, not {type(obj).__name__}")
    return found


def named(obj: object, resource: Resource, name: str = "") -> Object:
    """Return an object as a dict that says of which kind it is, and which name it has, where it did not say so."""
    body = plain(obj)
    body = {**body, "apiVersion": body.get("apiVersion") or resource.api_version}
    body["kind"] = body.get("kind") or resource.kind
    if name and not (body.get("metadata") or {}).get("name"):
        body["metadata"] = {**(body.get("metadata") or {}), "name": name}
    return body


def segment(name: str, what: str = "name") -> str:
    """Return a name that can stand in a path (apimachinery, IsValidPathSegmentName). Raises ValueError.

    An empty one would name the whole collection: no object may be asked for, and none deleted, that way.
    """
    if not name or name in (".", "..") or "/" in name or "%" in name:
        raise ValueError(f"{name!r} cannot be the {what} of an object")
    return name
