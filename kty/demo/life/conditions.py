"""Conditions (meta/v1): set one, and the time of its last transition moves only when its status does."""

from collections.abc import Collection, Mapping

from kty.kube.objects import Object


def set_condition(
    status: Object, kind: str, value: str, now: str, reason: str = "", message: str = "", *, updates: str = ""
) -> None:
    """Put a condition into a status. `updates` names a field that moves with every change of words as well."""
    conditions: list[Object] = status.setdefault("conditions", [])
    found = next((each for each in conditions if each.get("type") == kind), None)
    if found is None:
        found = {"type": kind, "status": ""}
        conditions.append(found)
    if (found["status"], found.get("reason", ""), found.get("message", "")) == (value, reason, message):
        return
    if found["status"] != value:
        found["lastTransitionTime"] = now
    if updates:
        found[updates] = now
    found["status"] = value
    for field, words in (("reason", reason), ("message", message)):
        if words:
            found[field] = words
        else:
            found.pop(field, None)


def set_counts(status: Object, counts: Mapping[str, int], *, always: Collection[str] = ()) -> None:
    """Put numbers into a status; those that are zero are left out, but for some that `always` stand there."""
    for field, number in counts.items():
        if number or field in always:
            status[field] = number
        else:
            status.pop(field, None)


def drop_condition(status: Object, kind: str) -> None:
    if "conditions" in status:
        status["conditions"] = [each for each in status["conditions"] if each.get("type") != kind]
