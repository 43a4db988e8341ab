"""Persistent volume claims, with the pods that use them."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Object, Row, Typed
from kty.views.describe import identity
from kty.views.describe.templates import PODS
from kty.views.describing import Beside, Describer, Description, Entry, Need, Part, entries, entry, found
from kty.views.persistentvolumeclaims import MODES
from kty.views.reading import mapped, texts
from kty.views.said import text
from kty.views.view import Tone

_TONES: dict[str, Tone] = {"Pending": "warn", "Lost": "bad"}


class ClaimSource(Struct, rename="camel", gc=False):
    claim_name: str = ""


class Volume(Struct, rename="camel", gc=False):
    persistent_volume_claim: ClaimSource | None = None


class Spec(Struct, rename="camel", gc=False):
    volumes: list[Volume] | None = None


class Mounter(Typed):
    """A pod, of which only the claims are of interest."""

    spec: Spec = structfield(default_factory=Spec)


def mounters() -> ObjectCodec:
    """Return a codec of pods whose rows have one cell: the claims that they name."""
    return ObjectCodec(Mounter, lambda pod: (claims_of(pod),))


def claims_of(pod: Mounter) -> tuple[str, ...]:
    sources = [each.persistent_volume_claim for each in pod.spec.volumes or ()]
    return tuple([each.claim_name for each in sources if each is not None])


def needs(claim: Object) -> Mapping[str, Need]:
    name = text(claim, "metadata", "name")

    def picks(row: Row) -> bool:
        return name in (row.cells[0] or ())

    return {"pods": Need(PODS, text(claim, "metadata", "namespace"), codec=mounters, picks=picks)}


def describe(claim: Object, beside: Beside) -> Description:
    spec, status = mapped(claim, "spec"), mapped(claim, "status")
    volume, phase = text(spec, "volumeName"), text(status, "phase")
    has = texts(status, "accessModes")
    parts: list[Part] = [
        identity.name(claim),
        identity.namespace(claim),
        entry("StorageClass", text(spec, "storageClassName")),
        entry("Status", phase, tone=_TONES.get(phase, "")),
        entry("Volume", volume),
        identity.labels(claim),
        identity.annotations(claim),
        *identity.leaving(claim),
        entry("Finalizers", f"[{' '.join(texts(claim, 'metadata', 'finalizers'))}]"),
        entry("Capacity", text(status, "capacity", "storage") if volume else ""),
        entry("Access Modes", ",".join([short for mode, short in MODES.items() if mode in has]) if volume else ""),
        entry("Requested", text(spec, "resources", "requests", "storage")),
        entry("VolumeMode", text(spec, "volumeMode")),
    ]
    if name := text(spec, "volumeAttributesClassName"):
        parts.append(entry("VolumeAttributesClass", name))
    for title, key in (("DataSource", "dataSource"), ("DataSourceRef", "dataSourceRef")):
        if source := mapped(spec, key):
            parts.append(Entry(title, parts=_source(source)))
    pods = found(beside, "pods")
    names = sorted([text(each, "metadata", "name") for each in pods.objects])
    parts.append(entries("Used By", names) if pods.instead is None else Entry("Used By", (pods.instead,)))
    return (*parts, *identity.conditions(claim, "LastProbeTime", "LastTransitionTime", "Reason", "Message"))


def _source(source: Object) -> tuple[Part, ...]:
    keys = (("APIGroup", "apiGroup"), ("Kind", "kind"), ("Namespace", "namespace"), ("Name", "name"))
    return tuple([entry(title, source[key]) for title, key in keys if source.get(key)])


DESCRIBER = Describer("persistentvolumeclaims", describe, needs)
