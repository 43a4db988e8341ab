"""Volumes, of pods and of pod templates: each by its type, and the fields that tell one from another."""

from typing import Any, NamedTuple

from kty.kube.objects import Object
from kty.views.describe.any import label
from kty.views.describing import Entry, Part, entries, entry, scalar, section
from kty.views.reading import listed, mapped


class _Field(NamedTuple):
    name: str
    key: str
    missing: str = "<unset>"


_FIELDS: dict[str, tuple[_Field, ...]] = {
    "emptyDir": (_Field("Medium", "medium", ""), _Field("SizeLimit", "sizeLimit")),
    "hostPath": (_Field("Path", "path", ""), _Field("HostPathType", "type", "")),
    "configMap": (_Field("Name", "name", ""), _Field("Optional", "optional", "false")),
    "secret": (_Field("SecretName", "secretName", ""), _Field("Optional", "optional", "false")),
    "persistentVolumeClaim": (_Field("ClaimName", "claimName", ""), _Field("ReadOnly", "readOnly", "false")),
    "nfs": (_Field("Server", "server", ""), _Field("Path", "path", ""), _Field("ReadOnly", "readOnly", "false")),
    "csi": (
        _Field("Driver", "driver", ""),
        _Field("FSType", "fsType", ""),
        _Field("ReadOnly", "readOnly", "false"),
        _Field("VolumeAttributes", "volumeAttributes"),
    ),
    "image": (_Field("Reference", "reference", ""), _Field("PullPolicy", "pullPolicy", "")),
}
"""By the key of a volume source: its fields and their names. Others show the names that the API gives."""

_MORE = {"csi": (("VolumeHandle", "volumeHandle"),)}
"""Fields that only persistent volumes have."""
_TYPES = {"nfs": "NFS", "csi": "CSI", "iscsi": "ISCSI", "fc": "FibreChannel", "local": "LocalVolume"}
"""What kubectl calls those whose names in the API are no words."""


def volumes(spec: Object) -> Part:
    """Return the section of a pod spec's volumes."""
    return section("Volumes", [_volume(each) for each in listed(spec, "volumes")])


def _volume(volume: Object) -> Entry:
    kind = next((key for key, value in volume.items() if key != "name" and value is not None), "")
    return Entry(scalar(volume.get("name")), parts=tuple(source(volume, kind)))


def source(volume: Object, kind: str) -> list[Part]:
    """Return what a volume is made of: its type, which is a field of it, and what is in that field."""
    parts: list[Part] = [entry("Type", _TYPES.get(kind) or kind[:1].upper() + kind[1:] or "<unknown>")]
    values = mapped(volume, kind)
    if kind == "projected":
        for each in listed(volume, kind, "sources"):
            parts += _projection(each)
    elif kind == "downwardAPI":
        parts.append(_items(values))
    elif kind in _FIELDS:
        parts += [entry(name, _shown(values.get(key), missing)) for name, key, missing in _FIELDS[kind]]
        parts += [entry(name, values[key]) for name, key in _MORE.get(kind, ()) if values.get(key)]
    else:
        parts += [entry(label(key).replace(" ", ""), _shown(value, "")) for key, value in values.items()]
    return parts


def _shown(value: Any, missing: str) -> str:
    if isinstance(value, dict):
        return ", ".join([f"{key}={scalar(each)}" for key, each in value.items() if not isinstance(each, dict | list)])
    return scalar(value, missing)


def _items(values: Object) -> Entry:
    def origin(item: Object) -> str:
        return scalar(mapped(item, "fieldRef").get("fieldPath") or mapped(item, "resourceFieldRef").get("resource"))

    return entries("Items", [f"{origin(each)} -> {each.get('path')}" for each in listed(values, "items")])


def _projection(source: Object) -> list[Part]:
    """Return what one source brings into a projected volume."""
    for name, key in (("SecretName", "secret"), ("ConfigMapName", "configMap")):
        if isinstance(values := source.get(key), dict):
            return [entry(name, values.get("name")), entry("Optional", scalar(values.get("optional") or False))]
    if "downwardAPI" in source:
        return [entry("DownwardAPI", "true")]
    if isinstance(values := source.get("serviceAccountToken"), dict):
        return [entry("TokenExpirationSeconds", values.get("expirationSeconds"))]
    return [entry(label(key).replace(" ", ""), _shown(value, "")) for key, value in source.items()]
