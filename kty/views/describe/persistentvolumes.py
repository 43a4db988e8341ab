"""Persistent volumes: whose they are, where pods can have them, and what is behind them."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.placement import terms
from kty.views.describe.volumes import source
from kty.views.describing import Beside, Describer, Description, Entry, Part, entry
from kty.views.persistentvolumeclaims import MODES
from kty.views.reading import listed, mapped, texts
from kty.views.said import text
from kty.views.view import Tone

_TONES: dict[str, Tone] = {"Pending": "warn", "Released": "warn", "Failed": "bad"}
_NO_SOURCE = frozenset({"capacity", "claimRef", "nodeAffinity"})


def describe(volume: Object, beside: Beside) -> Description:
    spec, status = mapped(volume, "spec"), mapped(volume, "status")
    phase = text(status, "phase")
    wanted = texts(spec, "accessModes")
    parts: list[Part] = [
        *identity.head(volume),
        entry("Finalizers", f"[{' '.join(texts(volume, 'metadata', 'finalizers'))}]"),
        entry("StorageClass", text(spec, "storageClassName")),
        entry("Status", phase, tone=_TONES.get(phase, "")),
        entry("Claim", _claim(spec)),
        entry("Reclaim Policy", text(spec, "persistentVolumeReclaimPolicy")),
        entry("Access Modes", ",".join([short for mode, short in MODES.items() if mode in wanted])),
        entry("VolumeMode", text(spec, "volumeMode")),
        entry("Capacity", text(spec, "capacity", "storage")),
        _affinity(spec),
        entry("Message", text(status, "message"), tone="warn"),
    ]
    for title, value in (
        ("Reason", text(status, "reason")),
        ("VolumeAttributesClass", text(spec, "volumeAttributesClassName")),
        ("Mount Options", ",".join(texts(spec, "mountOptions"))),
    ):
        if value:
            parts.append(entry(title, value))
    kind = next((key for key, value in spec.items() if isinstance(value, dict) and key not in _NO_SOURCE), "")
    return (*parts, Entry("Source", parts=tuple(source(spec, kind))))


def _claim(spec: Object) -> str:
    claim = mapped(spec, "claimRef")
    return f"{text(claim, 'namespace')}/{text(claim, 'name')}" if claim else ""


def _affinity(spec: Object) -> Entry:
    required = listed(spec, "nodeAffinity", "required", "nodeSelectorTerms")
    if not required:
        return entry("Node Affinity", None)
    found = terms([[*listed(each, "matchExpressions"), *listed(each, "matchFields")] for each in required])
    return Entry("Node Affinity", parts=(Entry("Required Terms", parts=found),))


DESCRIBER = Describer("persistentvolumes", describe)
