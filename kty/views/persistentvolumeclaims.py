"""Persistent volume claims."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Object, Row, Typed
from kty.runtime.uses import Use, Uses
from kty.views.ages import AGE
from kty.views.quantities import amount
from kty.views.said import joined, or_unset, said, text
from kty.views.view import Column, Tone, View

_CLASS_BEFORE_1_6 = "volume.beta.kubernetes.io/storage-class"
MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


class Resources(Struct, gc=False):
    requests: dict[str, str] | None = None


class Spec(Struct, rename="camel", gc=False):
    volume_name: str = ""
    storage_class_name: str | None = None
    volume_attributes_class_name: str | None = None
    volume_mode: str | None = None
    resources: Resources = structfield(default_factory=Resources)


class Status(Struct, rename="camel", gc=False):
    phase: str = ""
    access_modes: list[str] | None = None
    capacity: dict[str, str] | None = None


class Claim(Typed):
    spec: Spec = structfield(default_factory=Spec)
    status: Status = structfield(default_factory=Status)


def status(claim: Claim) -> str | None:
    return "Terminating" if claim.metadata.deletion_timestamp is not None else said(claim.status.phase)


def capacity(claim: Claim) -> str | None:
    """Return what it has, once it has a volume."""
    return said((claim.status.capacity or {}).get("storage", "0")) if claim.spec.volume_name else None


def access_modes(claim: Claim) -> str | None:
    if not claim.spec.volume_name:
        return None
    has = claim.status.access_modes or ()
    return joined([short for mode, short in MODES.items() if mode in has])


def storage_class(claim: Claim) -> str | None:
    annotations = claim.metadata.annotations or {}
    return said(annotations.get(_CLASS_BEFORE_1_6, claim.spec.storage_class_name or ""))


_TONES: dict[str | None, Tone] = {"Pending": "warn", "Terminating": "warn", "Lost": "bad"}


def _tone(word: str | None) -> Tone:
    return _TONES.get(word, "")


STATUS = Column("Status", status, tone=_tone)
COLUMNS = (
    STATUS,
    Column("Volume", lambda claim: claim.spec.volume_name or None),
    Column("Capacity", capacity, order="number", compare=amount, right=True),
    Column("Access Modes", access_modes),
    Column("StorageClass", storage_class),
    AGE,
    Column(
        "Request",
        lambda claim: said((claim.spec.resources.requests or {}).get("storage", "")),
        order="number",
        compare=amount,
        wide=True,
        right=True,
    ),
    Column(
        "VolumeAttributesClass",
        lambda claim: said(claim.spec.volume_attributes_class_name or ""),
        or_unset,
        wide=True,
    ),
    Column("VolumeMode", lambda claim: said(claim.spec.volume_mode or ""), or_unset, wide=True),
)
_STATUS = COLUMNS.index(STATUS)


def tone(row: Row) -> Tone:
    return _tone(row.cells[_STATUS])


VIEW = View("persistentvolumeclaims", kind="PersistentVolumeClaim", columns=COLUMNS, reads=Claim, tone=tone)


def uses(claim: Object) -> Iterable[Use]:
    """Return its volume and its class."""
    if name := text(claim, "spec", "volumeName"):
        yield Use("persistentvolumes", name, via="volume")
    if name := text(claim, "spec", "storageClassName"):
        yield Use("storageclasses.storage.k8s.io", name, via="class")


USES = Uses("persistentvolumeclaims", frozenset({"persistentvolumes", "storageclasses.storage.k8s.io"}), uses)
