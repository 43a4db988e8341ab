"""What every object says of itself: name, labels, annotations, owners, conditions."""

from collections.abc import Iterable, Mapping
from typing import Any

from kty.kube.objects import Object
from kty.views.describing import NONE, Entry, Line, Moment, Part, Piece, Table, entries, entry, moment, scalar, section
from kty.views.reading import listed, mapped
from kty.views.said import text
from kty.views.view import Tone

APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The whole object once more: it is left to the YAML."""

_GOOD_WHEN_FALSE = ("Pressure", "Unavailable", "Failed", "Failure", "Degraded", "Limited", "Suspended")


def name(obj: Object) -> Entry:
    return entry("Name", text(obj, "metadata", "name"))


def namespace(obj: Object) -> Entry:
    return entry("Namespace", text(obj, "metadata", "namespace"))


def pairs(title: str, values: Mapping[str, Any], separator: str = "=", *, missing: str = NONE) -> Entry:
    """Return a line for each key and value, sorted."""
    return entries(
        title, [f"{key}{separator}{scalar(value, '')}" for key, value in sorted(values.items())], missing=missing
    )


def labels(obj: Object, *steps: str) -> Entry:
    return pairs("Labels", mapped(obj, *(steps or ("metadata", "labels"))))


def annotations(obj: Object, *steps: str) -> Entry:
    found = mapped(obj, *(steps or ("metadata", "annotations")))
    kept = {key: value for key, value in found.items() if key != APPLIED}
    lines = [Piece(f"{key}: {scalar(value, '')}") for key, value in sorted(kept.items())]
    return entries("Annotations", lines)


def created(obj: Object, title: str = "CreationTimestamp") -> Entry:
    return Entry(title, (moment(text(obj, "metadata", "creationTimestamp") or None),))


def head(obj: Object) -> tuple[Entry, ...]:
    """Return the entries that most kinds begin with."""
    where = (namespace(obj),) if text(obj, "metadata", "namespace") else ()
    return (name(obj), *where, labels(obj), annotations(obj), *leaving(obj))


def leaving(obj: Object) -> tuple[Entry, ...]:
    """Say since when it is being deleted, and what holds it up."""
    deleted = text(obj, "metadata", "deletionTimestamp")
    if not deleted:
        return ()
    held = ", ".join(scalar(each) for each in (obj["metadata"].get("finalizers") or ()))
    grace = obj["metadata"].get("deletionGracePeriodSeconds")
    parts = [Entry("Deleted", (moment(deleted),)), *finalizers(held)]
    if grace is not None:
        parts.append(entry("Termination Grace Period", f"{grace}s"))
    return (section("Terminating", parts, Piece("is being deleted", "warn")),)


def finalizers(held: str) -> tuple[Entry, ...]:
    return (entry("Finalizers", held, tone="warn"),) if held else ()


def controlled_by(obj: Object) -> tuple[Entry, ...]:
    """Return who controls it, where anybody does."""
    for owner in listed(obj, "metadata", "ownerReferences"):
        if owner.get("controller"):
            return (entry("Controlled By", f"{owner.get('kind')}/{owner.get('name')}"),)
    return ()


def condition_tone(kind: str, status: str) -> Tone:
    """Say how a condition looks: most should be True, some never."""
    if status == "Unknown":
        return "warn"
    is_wanted = not kind.endswith(_GOOD_WHEN_FALSE)
    return "" if (status == "True") is is_wanted else "warn"


def conditions(obj: Object, *titles: str) -> tuple[Part, ...]:
    """Return a table of status.conditions with these columns beside type and status; nothing where there are none."""
    rows = listed(obj, "status", "conditions")
    if not rows:
        return ()
    return (Entry("Conditions", parts=(condition_table(rows, *titles),)),)


def condition_table(rows: Iterable[Object], *titles: str) -> Table:
    """Return a table of conditions; each title is a field's name, with blanks or without."""

    def cells(condition: Object) -> tuple[Line, ...]:
        kind, status = scalar(condition.get("type")), scalar(condition.get("status"))
        tone = condition_tone(kind, status)
        found: list[Line] = [Piece(kind, tone), Piece(status, tone)]
        for title in titles:
            key = title.replace(" ", "")
            value = condition.get(key[:1].lower() + key[1:])
            if not title.endswith("Time"):
                found.append(Piece(scalar(value, ""), tone if title == "Reason" else ""))
                continue
            shown = moment(value, brief=True, missing="")
            found.append(shown if isinstance(shown, Moment) else Piece("", "dim"))
        return tuple(found)

    return Table(("Type", "Status", *titles), tuple(map(cells, rows)))
