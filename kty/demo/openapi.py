"""The fields of every kind, one document for each group and version (OpenAPI v3)."""

import hashlib
from collections import defaultdict
from typing import Final

from kty.demo.kinds import Kind, Kinds
from kty.demo.schema.types import Type, fields_of, type_of
from kty.demo.store import encode
from kty.kube.objects import Object

_KINDS: Final = "x-kubernetes-group-version-kind"


def place(kind: Kind) -> str:
    """Return the path of a kind's document below `/openapi/v3/`."""
    resource = kind.resource
    return f"apis/{resource.api_version}" if resource.group else f"api/{resource.version}"


def index(kinds: Kinds) -> Object:
    """Return which documents there are, and where."""
    found = sorted({place(kind) for kind in kinds.served() if kind.is_stored})
    hashes = {path: hashlib.sha512(document(kinds, path)).hexdigest().upper() for path in found}
    return {"paths": {path: {"serverRelativeURL": f"/openapi/v3/{path}?hash={hashes[path]}"} for path in found}}


def document(kinds: Kinds, path: str) -> bytes:
    """Return one document; empty where there is none of this path."""
    schemas: dict[str, Object] = {}
    named: defaultdict[str, list[Object]] = defaultdict(list)
    for kind in kinds.served():
        if place(kind) != path or not kind.is_stored:
            continue
        resource = kind.resource
        name = type_of(kind.id) or ".".join([*reversed(resource.group.split(".")), resource.version, resource.kind])
        named[name].append({"group": resource.group, "version": resource.version, "kind": resource.kind})
        if kind.defined_by:
            schemas[name] = {**(kind.schema or {"type": "object"})}
        else:
            _take(name, schemas)
    if not named:
        return b""
    for name, each in named.items():
        schemas[name][_KINDS] = each
    info = {"title": "Kubernetes", "version": "v1.36.0"}
    return encode({"openapi": "3.0.0", "info": info, "paths": {}, "components": {"schemas": schemas}})


def _take(name: str, schemas: dict[str, Object]) -> None:
    """Take in a type and those that it is made of."""
    if name in schemas:
        return
    fields = fields_of(name)
    schema: Object = {"type": "object"}
    schemas[name] = schema
    schema["properties"] = {field: each.openapi() for field, each in fields.types.items()}
    if fields.required:
        schema["required"] = sorted(fields.required)
    for each in fields.types.values():
        inner: Type | None = each
        while inner is not None:
            if inner.fields:
                _take(inner.fields, schemas)
            inner = inner.items or inner.values
