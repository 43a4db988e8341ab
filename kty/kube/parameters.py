"""What goes with a request: query parameters and delete options (meta/v1 ListOptions, CreateOptions, DeleteOptions)."""

from typing import Any, Literal, TypeAlias, TypedDict

import msgspec

from kty.kube.selectors import Selector

Parameters: TypeAlias = list[tuple[str, str]]
Propagation: TypeAlias = Literal["Background", "Foreground", "Orphan"]
Match: TypeAlias = Literal["Exact", "NotOlderThan"]


class WriteOptions(TypedDict, total=False):
    """What may be said with everything that writes."""

    dry_run: bool
    """Answer as if, and change nothing."""
    field_manager: str
    """Who owns the fields that this writes; the server takes the user agent's name where it is left out."""
    field_validation: Literal["Ignore", "Strict", "Warn"]
    """What becomes of fields that the kind does not have; the server's default is Warn."""


_NAMES = {"dry_run": "dryRun", "field_manager": "fieldManager", "field_validation": "fieldValidation"}


def for_writing(options: WriteOptions) -> Parameters:
    """Return the query of a create, a replace or a patch. Raises TypeError for what is no option."""
    given: dict[str, Any] = dict(options)
    if unknown := given.keys() - _NAMES.keys():
        raise TypeError(f"no such option: {', '.join(sorted(unknown))}")
    if "dry_run" in given:
        given["dry_run"] = "All" if given["dry_run"] else ""
    return [(_NAMES[name], str(value)) for name, value in given.items() if value]


def for_selecting(labels: str | Selector = "", fields: str = "") -> Parameters:
    return [(name, text) for name, text in (("labelSelector", str(labels)), ("fieldSelector", fields)) if text]


def for_reading(version: str = "", match: Match | None = None) -> Parameters:
    """Return how old the answer may be: nothing asks for the newest, `0` for anything.

    Raises ValueError for what the API server would refuse.
    """
    if match and not version:
        raise ValueError("resourceVersionMatch says how a version is meant, so it needs one")
    if match == "Exact" and version == "0":
        raise ValueError("version 0 means any, so it cannot be meant exactly")
    return [(name, text) for name, text in (("resourceVersion", version), ("resourceVersionMatch", match)) if text]


def for_paging(limit: int, token: str = "") -> Parameters:
    return [(name, str(value)) for name, value in (("limit", limit), ("continue", token)) if value]


def for_watching(version: str, *, bookmarks: bool, initial: bool, timeout: int | None) -> Parameters:
    """Return the query of a watch; `initial` asks for what is there first, as events that a bookmark ends."""
    asked = [("watch", "true")]
    if bookmarks or initial:  # the server ends initial events with a bookmark, and refuses to send them without
        asked.append(("allowWatchBookmarks", "true"))
    if initial:
        asked += [("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan")]
    if version:
        asked.append(("resourceVersion", version))
    if timeout is not None:
        asked.append(("timeoutSeconds", str(timeout)))
    return asked


def delete_options(
    *,
    grace: int | None = None,
    propagation: Propagation | None = None,
    dry_run: bool = False,
    uid: str = "",
    version: str = "",
) -> dict[str, Any]:
    """Return a DeleteOptions that says no more than it is told; `grace` is in seconds."""
    preconditions = {key: value for key, value in (("uid", uid), ("resourceVersion", version)) if value}
    asked = {
        "gracePeriodSeconds": grace,
        "propagationPolicy": propagation,
        "preconditions": preconditions or None,
        "dryRun": ["All"] if dry_run else None,
    }
    said = {key: value for key, value in asked.items() if value is not None}
    return {"apiVersion": "v1", "kind": "DeleteOptions", **said}


def encoded(content: object) -> bytes:
    return msgspec.json.encode(content)
