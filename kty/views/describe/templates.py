"""Pod templates, and the pods that were made of them."""

from collections import Counter
from collections.abc import Mapping

from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Object, Row
from kty.kube.resource import Resource
from kty.views.describe import identity
from kty.views.describe.containers import containers
from kty.views.describe.placement import node_selectors, priority_class, spread, tolerations
from kty.views.describe.volumes import volumes
from kty.views.describing import Beside, Entry, Need, Part, Piece, entry, found
from kty.views.reading import mapped
from kty.views.said import field, text
from kty.views.selectors import from_label_selector

PODS = Resource("", "v1", "Pod", "pods")
_PHASES = (("Running", "Running"), ("Waiting", "Pending"), ("Succeeded", "Succeeded"), ("Failed", "Failed"))


def pod_template(obj: Object, *steps: str) -> Entry:
    """Return the section of the template at the end of these steps; spec.template where there are none."""
    template = mapped(obj, *(steps or ("spec", "template")))
    spec = mapped(template, "spec")
    parts: list[Part] = [identity.labels(template)]
    if mapped(template, "metadata", "annotations"):
        parts.append(identity.annotations(template))
    if account := text(spec, "serviceAccountName"):
        parts.append(entry("Service Account", account))
    parts += [
        *containers(spec),
        volumes(spec),
        *spread(spec),
        *priority_class(spec),
        node_selectors(spec),
        tolerations(spec),
    ]
    return Entry("Pod Template", parts=tuple(parts))


def selector(obj: Object) -> Entry:
    return entry("Selector", from_label_selector(mapped(obj, "spec", "selector")), missing="<unset>")


def owned_by(obj: Object, resource: Resource) -> Need:
    """Return the need of the objects of a kind that this one controls, by its selector and their owner."""
    uid = text(obj, "metadata", "uid")

    def picks(row: Row) -> bool:
        return uid in row.owners

    return Need(
        resource,
        text(obj, "metadata", "namespace"),
        labels=from_label_selector(mapped(obj, "spec", "selector")),
        codec=ObjectCodec,
        picks=picks,
    )


def its_pods(obj: Object) -> Mapping[str, Need]:
    return {"pods": owned_by(obj, PODS)} if mapped(obj, "spec", "selector") else {}


def pods_status(beside: Beside) -> Entry:
    """Return how many of its pods are in each phase."""
    pods = found(beside, "pods")
    if (instead := pods.instead) is not None:
        return Entry("Pods Status", (instead,))
    phases = Counter([text(pod, "status", "phase") for pod in pods.objects])
    shown = " / ".join([f"{phases[phase]} {word}" for word, phase in _PHASES])
    return Entry("Pods Status", (Piece(shown, "bad" if phases["Failed"] else ""),))


def count(obj: Object, *steps: str) -> int:
    value = field(obj, *steps)
    return value if isinstance(value, int) else 0
