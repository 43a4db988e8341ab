"""CustomResourceDefinitions: the kinds that they define come and go with them."""

import json
from typing import Any, Final

from kty.demo.deletion import CLEANUP, drop_finalizer
from kty.demo.journal import Change
from kty.demo.kinds import STORED_VERBS, Kind, ScalePaths
from kty.demo.printers.ages import span
from kty.demo.printers.printer import Cell, Printer
from kty.demo.pulses import Pulses
from kty.demo.registry import Registry
from kty.demo.store import decode
from kty.demo.tables import NAME
from kty.demo.times import timestamp
from kty.kube.jsonpath import PathMistake, parse_path, printed
from kty.kube.objects import Object, epoch
from kty.kube.resource import Resource

DEFINITIONS: Final = "customresourcedefinitions.apiextensions.k8s.io"
_AGE: Final = {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp", "description": "Its age."}


class Customs:
    """Acts upon definitions as they are written, and upon the last object of a kind that has to go."""

    def __init__(self, registry: Registry, pulses: Pulses) -> None:
        self._registry = registry
        self._pulses = pulses
        self._ending: dict[str, str] = {}
        """The definitions that wait for their objects to go, by kind."""

    def changed(self, change: Change) -> None:
        if change.kind == DEFINITIONS:
            definition = decode(change.body)
            if change.type == "DELETED":
                self._forget(_id(definition))
            elif "deletionTimestamp" in definition["metadata"]:
                self._end(definition)
            else:
                self._define(definition)
        elif change.type == "DELETED" and change.kind in self._ending:
            self._finish(change.kind)

    def _define(self, definition: Object) -> None:
        kinds = kinds_of(definition)
        stored = self._registry.kinds
        served = [kind for kind in stored.served() if kind.id == kinds[0].id]
        if [kind.definition for kind in served] != [kind.definition for kind in kinds]:
            stored.define(*kinds)
            self._pulses.beat(kinds[0].id)  # watches with the old columns end
        accepted = accepted_status(definition, timestamp(self._registry.clock.now()))
        if definition.get("status") != accepted:
            name = definition["metadata"]["name"]
            self._registry.change(DEFINITIONS, "", name, lambda obj: obj.update(status=accepted), subresource="status")

    def _end(self, definition: Object) -> None:
        kind = _id(definition)
        if kind in self._ending or kind not in self._registry.kinds:
            return
        self._ending[kind] = definition["metadata"]["name"]
        for held in self._registry.store.held(kind):
            if self._registry.store.find(kind, held.namespace, held.name) is not None:
                self._registry.delete(kind, held.namespace, held.name)
        self._finish(kind)

    def _finish(self, kind: str) -> None:
        if self._registry.store.held(kind) or kind not in self._ending:
            return
        name = self._ending.pop(kind)

        self._registry.change(DEFINITIONS, "", name, lambda obj: drop_finalizer(obj, CLEANUP))

    def _forget(self, kind: str) -> None:
        self._registry.kinds.forget(kind)
        self._pulses.beat(kind)


def _id(definition: Object) -> str:
    spec = definition["spec"]
    return f"{spec['names']['plural']}.{spec['group']}"


def kinds_of(definition: Object) -> list[Kind]:
    """Return the kind in each version that is served, the one in which it is stored first."""
    spec = definition["spec"]
    versions = sorted(spec["versions"], key=lambda version: not version.get("storage"))
    return [_kind(definition, version) for version in versions if version.get("served") or version.get("storage")]


def _kind(definition: Object, version: Object) -> Kind:
    spec, names = definition["spec"], definition["spec"]["names"]
    resource = Resource(
        group=spec["group"],
        version=version["name"],
        kind=names["kind"],
        plural=names["plural"],
        namespaced=spec["scope"] == "Namespaced",
        singular=names.get("singular") or names["kind"].lower(),
        short_names=tuple(names.get("shortNames") or ()),
        verbs=STORED_VERBS,
        categories=tuple(names.get("categories") or ()),
    )
    parts = version.get("subresources") or {}
    scale = parts.get("scale") or {}
    columns = version.get("additionalPrinterColumns") or [_AGE]
    return Kind(
        resource,
        frozenset(name for name in ("status", "scale") if parts.get(name) is not None),
        printers=(NAME, *(_printer(column) for column in columns)),
        has_generation=True,
        defined_by=definition["metadata"]["name"],
        selectable=tuple(each["jsonPath"].removeprefix(".") for each in version.get("selectableFields") or ()),
        scale=ScalePaths(
            scale.get("specReplicasPath", "").removeprefix("."),
            scale.get("statusReplicasPath", "").removeprefix("."),
            scale.get("labelSelectorPath", "").removeprefix("."),
        ),
        shows_deleted=False,
        is_served=bool(version.get("served")),
        schema=(version.get("schema") or {}).get("openAPIV3Schema"),
        definition=json.dumps([names, spec["scope"], version], sort_keys=True),
    )


def _printer(column: Object) -> Printer:
    return Printer(
        name=column["name"],
        cell=_cell(column["jsonPath"], column["type"]),
        type=column["type"],
        format=column.get("format", ""),
        priority=column.get("priority", 0),
        description=column.get("description")
        or f"Custom resource definition column (in JSONPath format): {column['jsonPath']}",
    )


def _cell(path: str, kind: str) -> Cell:
    def cell(obj: Object, now: float) -> Any:
        value = _first(path, obj)
        match kind, value:
            case _, None:
                return None
            case "integer", bool() | str() | dict() | list():
                return None
            case "integer", _:
                return int(value)
            case "number", int() | float():
                return value
            case "boolean", _:
                return value if isinstance(value, bool) else None
            case "date", _:
                seconds = epoch(value) if isinstance(value, str) else None
                return "<invalid>" if seconds is None else span(now - seconds)
            case "string", _:
                return printed(value)
        return None

    return cell


def _first(path: str, obj: Object) -> Any:
    """Return the first value that a column's path leads to; None where it leads nowhere or does not fit."""
    try:
        return next(iter(parse_path(path).values(obj)), None)
    except PathMistake:
        return None


def accepted_status(definition: Object, now: str) -> Object:
    """Return the status of a definition that is in force; what it says already stays."""
    status: Object = dict(definition.get("status") or {})
    stored = [version["name"] for version in definition["spec"]["versions"] if version.get("storage")]
    before = status.get("storedVersions") or []
    wanted = {
        "NamesAccepted": ("NoConflicts", "no conflicts found"),
        "Established": ("InitialNamesAccepted", "the initial names have been accepted"),
    }
    conditions = {each["type"]: each for each in status.get("conditions") or ()}
    for name, (reason, message) in wanted.items():
        told = {"type": name, "status": "True", "lastTransitionTime": now, "reason": reason, "message": message}
        conditions.setdefault(name, told)
    return {
        "conditions": list(conditions.values()),
        "acceptedNames": definition["spec"]["names"],
        "storedVersions": before + [name for name in stored if name not in before],
    }
