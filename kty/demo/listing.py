"""Lists: which objects, at which version, in pages; the bytes of the store go out as they are."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Struct

from kty.demo import selection
from kty.demo.journal import Held
from kty.demo.kinds import Kind
from kty.demo.selection import Selection
from kty.demo.statuses import ApiError, Cause, bad_request, gone, invalid_options, timed_out
from kty.demo.store import Store, encode
from kty.demo.validation.faults import Faults
from kty.kube.objects import Object

_TOKEN_VERSION: Final = "meta.k8s.io/v1"  # noqa: S105 - the name of a form
_INT: Final = re.compile(r"[+-]?[0-9]+")
_LARGEST: Final = 1 << 63
_LATEST: Final = -1
"""The version in a continue token that may go on with whatever is there now."""
_TOO_OLD: Final = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


class _Continue(Struct):
    """What a continue token says."""

    v: str = ""
    rv: int = 0
    start: str = ""
    """The key to go on with."""

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Page:
    """What a list answers with."""

    version: int
    held: list[Held]
    token: str = ""
    remaining: int | None = None

    def metadata(self) -> Object:
        meta: Object = {"resourceVersion": str(self.version)}
        if self.token:
            meta["continue"] = self.token
        if self.remaining is not None:
            meta["remainingItemCount"] = self.remaining
        return meta


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which version is wanted."""

    version: int | None
    """None: the latest."""
    is_exact: bool
    start: str
    limit: int


def page(store: Store, kind: Kind, namespace: str, query: Mapping[str, str]) -> Page:
    """Answer a list. Raises ApiError: 400 and 422 for a bad query, 410 for a version that is gone, 504 for a later."""
    wanted = selection.read(kind, namespace, query)
    asked = _asked(query)
    if asked.version is not None and asked.version > store.version:
        raise too_large(asked.version, store.version)
    version, everything = store.version, None
    if asked.is_exact and asked.version is not None:
        version, everything = asked.version, store.held_at(kind.id, asked.version)
        if everything is None:
            raise _expired(asked)
        if namespace:
            everything = [held for held in everything if held.namespace == namespace]
    if everything is None:
        everything = store.held(kind.id, namespace)
    return _cut(everything, wanted, asked, version)


def _cut(everything: list[Held], wanted: Selection, asked: _Asked, version: int) -> Page:
    """Take the first that are wanted. What is left out by a selector still counts as a rest to be looked at."""
    rest = [held for held in everything if held.key >= asked.start] if asked.start else everything
    if wanted.is_everything:
        found, seen = (rest[: asked.limit], asked.limit) if asked.limit else (rest, len(rest))
    else:
        found, seen = [], len(rest)
        for place, held in enumerate(rest):
            if wanted.matches(held):
                found.append(held)
                if len(found) == asked.limit:
                    seen = place + 1
                    break
    if seen >= len(rest):
        return Page(version, found)
    token = str(_Continue(_TOKEN_VERSION, version, f"{found[-1].key}\0"))
    return Page(version, found, token, len(rest) - seen if wanted.is_everything else None)


def _asked(query: Mapping[str, str]) -> _Asked:
    refuse_versions(query)
    limit = max(whole_number(query.get("limit", "")) or 0, 0)
    version, match = query.get("resourceVersion", ""), query.get("resourceVersionMatch", "")
    if token := query.get("continue", ""):
        if version not in ("", "0"):
            raise bad_request("specifying resource version is not allowed when using continue")
        going_on = _token(token)
        latest = going_on.rv == _LATEST
        return _Asked(None if latest else going_on.rv, not latest, going_on.start, limit)
    number = number_of_version(version)
    if not number:
        return _Asked(None, False, "", limit)
    # What is asked for in pages without saying how is asked for exactly, as it was before one could say.
    return _Asked(number, match == "Exact" or (not match and limit > 0), "", limit)


def refuse_versions(query: Mapping[str, str]) -> None:
    """Raise ApiError 422 for parameters that do not go together."""
    version, match = query.get("resourceVersion", ""), query.get("resourceVersionMatch", "")
    faults, field = Faults(), "resourceVersionMatch"
    if match:
        if not version:
            faults.forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided")
        if query.get("continue"):
            faults.forbidden(field, "resourceVersionMatch is forbidden when continue is provided")
        if match not in ("Exact", "NotOlderThan"):
            faults.unsupported(field, match, ("Exact", "NotOlderThan", ""))
        if match == "Exact" and version == "0":
            faults.forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    if "sendInitialEvents" in query:
        faults.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")
    if faults.causes:
        raise invalid_options("ListOptions", faults.causes)


def number_of_version(version: str) -> int:
    """Read a resourceVersion; 0 for none. Raises ApiError 400."""
    if not version:
        return 0
    if not (version.isascii() and version.isdigit()):
        why = f'resourceVersion: Invalid value: "{version}": strconv.ParseUint: parsing "{version}": invalid syntax'
        raise bad_request(f"invalid resource version: {why}")
    return int(version)


def whole_number(text: str) -> int | None:
    """Read a number of the query; None for none. Raises ApiError 400."""
    if not text:
        return None
    if not _INT.fullmatch(text):
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    if not -_LARGEST <= int(text) < _LARGEST:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
    return int(text)


def _token(text: str) -> _Continue:
    invalid = "invalid continue token: continue key is not valid"
    try:
        going_on = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Continue)
    except (ValueError, msgspec.MsgspecError) as error:
        raise bad_request(f"{invalid}: {error}") from error
    if going_on.v != _TOKEN_VERSION:
        raise bad_request(f"{invalid}: server does not recognize this encoded version {going_on.v}")
    if not going_on.rv:
        raise bad_request(f"{invalid}: incorrect encoded start resourceVersion (version meta.k8s.io/v1)")
    if not going_on.start:
        raise bad_request(f"{invalid}: encoded start key empty (version meta.k8s.io/v1)")
    return going_on


def too_large(version: int, current: int) -> ApiError:
    """504: a version that is not there yet."""
    cause = Cause("ResourceVersionTooLarge", "Too large resource version")
    return timed_out(f"Timeout: Too large resource version: {version}, current: {current}", [cause], retry_after=1)


def _expired(asked: _Asked) -> ApiError:
    if not asked.start:
        return gone("The resourceVersion for the provided list is too old.")
    error = gone(_TOO_OLD)
    error.token = str(_Continue(_TOKEN_VERSION, _LATEST, asked.start))
    return error


def list_bytes(kind: Kind, page: Page) -> bytes:
    """Return a list of whole objects. Those of built-in kinds do not repeat what kind they are."""
    resource = kind.resource
    head = {"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": page.metadata()}
    bodies = [whole(kind, held.body) for held in page.held] if kind.defined_by else [held.body for held in page.held]
    return encode(head)[:-1] + b',"items":[' + b",".join(bodies) + b"]}\n"


def whole(kind: Kind, body: bytes) -> bytes:
    """Return an object's JSON with its kind and apiVersion, from that without."""
    resource = kind.resource
    return f'{{"kind":"{resource.kind}","apiVersion":"{resource.api_version}",'.encode() + body[1:]
