"""What a path names: a kind, a namespace, an object, a part of it (apiserver, RequestInfo)."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

_OF_NAMESPACES: Final = frozenset({"status", "finalize"})
"""What follows a namespace's name and is a part of it, not a kind in it."""
_VERBS: Final = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get", "HEAD": "get"}


@dataclass(frozen=True, slots=True)
class Route:
    """A path below `/api/v1` or `/apis/GROUP/VERSION`."""

    group: str
    version: str
    plural: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""


def read(raw_path: str) -> Route | None:
    """Return what a path (still quoted, without its query) names; None where it names no kind."""
    parts = [unquote(part) for part in raw_path.partition("?")[0].strip("/").split("/")]
    if parts[0] == "api" and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in _OF_NAMESPACES:
        namespace, rest = rest[1], rest[2:]
    if not all(rest):
        return None
    plural, name, subresource = [*rest, "", ""][:3]
    return Route(group, version, plural, namespace, name, "/".join([subresource, *rest[3:]]))


def is_true(value: str | None) -> bool:
    """Read a truth value of the query: whatever is there, and does not say no."""
    return value is not None and value.lower() not in ("false", "0")


def verb(method: str, name: str, is_watch: bool) -> str:
    """Return what is to be done: HTTP says it in part, the rest is in what is named."""
    plain = _VERBS.get(method, method.lower())
    if name:
        return plain
    if plain == "get":
        return "watch" if is_watch else "list"
    return "deletecollection" if plain == "delete" else plain
