"""The entries of metadata.managedFields: read, changed and written again."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from kty.demo.ownership.field_sets import Fields
from kty.kube.objects import Object


class Manager(NamedTuple):
    """Who owns fields: what tells entries apart, in the order in which the server names them."""

    name: str
    operation: str
    """`Apply` or `Update`."""
    api_version: str
    """Empty for an applier, who is the same one in every version."""
    subresource: str

    def __str__(self) -> str:
        """Return it as conflicts name it."""
        text = f'"{self.name}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return f"{text} using {self.api_version}" if self.operation == "Update" else text


@dataclass(frozen=True, slots=True)
class Claim:
    """What a manager owns."""

    fields: Fields
    api_version: str
    time: str | None
    """None where nothing changed when it was made."""


Managers = dict[Manager, Claim]


def read(entries: Any) -> Managers:
    """Read managedFields. Raises ValueError for what is none."""
    found: Managers = {}
    for at, entry in enumerate(entries or ()):
        operation, version = entry.get("operation", ""), entry.get("apiVersion", "")
        if operation not in ("Apply", "Update"):
            raise ValueError("operation must be `Apply` or `Update`")
        if not version:
            raise ValueError("apiVersion must not be empty")
        if entry.get("fieldsType") != "FieldsV1":
            raise ValueError(f"missing fieldsType in managed fields entry {at}")
        told_by = version if operation == "Update" else ""
        manager = Manager(entry.get("manager", ""), operation, told_by, entry.get("subresource", ""))
        found[manager] = Claim(entry.get("fieldsV1") or {}, version, entry.get("time"))
    return found


def write(managers: Managers) -> list[Object]:
    """Return managedFields, in the server's order."""
    return [_entry(manager, claim) for manager, claim in sorted(managers.items(), key=_order)]


def _order(item: tuple[Manager, Claim]) -> tuple[str, ...]:
    manager, claim = item
    return (manager.operation, claim.time or "", manager.name, claim.api_version, manager.subresource)


def _entry(manager: Manager, claim: Claim) -> Object:
    entry: Object = {"manager": manager.name, "operation": manager.operation, "apiVersion": claim.api_version}
    if claim.time:
        entry["time"] = claim.time
    entry |= {"fieldsType": "FieldsV1", "fieldsV1": claim.fields}
    if manager.subresource:
        entry["subresource"] = manager.subresource
    return entry


def keep_times(live: Object | None, obj: Object) -> None:
    """Put the times back in an object that is as it was but for them: nothing happened to it then."""
    if live is None:
        return
    before, after = live["metadata"].get("managedFields"), obj["metadata"].get("managedFields")
    if before and after and before != after and _timeless(before) == _timeless(after):
        same = {**obj, "metadata": {**obj["metadata"], "managedFields": before}}
        if same == live:
            obj["metadata"]["managedFields"] = before


def _timeless(entries: list[Object]) -> list[Object]:
    return [{key: value for key, value in entry.items() if key != "time"} for entry in entries]
