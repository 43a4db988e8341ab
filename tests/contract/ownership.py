"""Who owns what, read from managedFields in a form that tests can compare."""

import json
from typing import Any


def owners(obj: dict[str, Any]) -> dict[str, set[str]]:
    """Return what each manager owns: `name Operation` or `name Operation/subresource`, and paths such as `.data.a`."""
    found = {}
    for entry in obj["metadata"].get("managedFields", ()):
        who = f"{entry['manager']} {entry['operation']}"
        if entry.get("subresource"):
            who += f"/{entry['subresource']}"
        assert entry["fieldsType"] == "FieldsV1"
        found[who] = set(_members(entry["fieldsV1"], ""))
    return found


def _members(fields: dict[str, Any], above: str) -> list[str]:
    found = []
    for step, below in fields.items():
        if step == ".":
            continue
        kind, _, name = step.partition(":")
        if kind == "k":
            name = ",".join([f"{key}={value}" for key, value in json.loads(name).items()])
        path = f"{above}.{name}" if kind == "f" else f"{above}[{name}]"
        if not below or "." in below:
            found.append(path)
        found += _members(below, path)
    return found
