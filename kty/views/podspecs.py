"""What a pod spec refers to, in pods and in the templates of workloads alike."""

from collections.abc import Iterable

from kty.kube.objects import Object
from kty.runtime.uses import Use
from kty.views.reading import listed, mapped
from kty.views.said import field, text

POD_USES = frozenset({"configmaps", "secrets", "persistentvolumeclaims", "serviceaccounts"})
"""The kinds that a pod spec refers to by name."""
_CONFIG, _SECRET = "configmaps", "secrets"


def template_uses(obj: Object, *steps: str) -> Iterable[Use]:
    """Return what the pods of a workload will use; the steps lead to the spec that has the template."""
    return spec_uses(mapped(obj, *steps, "template", "spec"))


def spec_uses(spec: Object) -> Iterable[Use]:
    """Return the config maps, secrets, claims and the service account of a pod spec."""
    if name := text(spec, "serviceAccountName"):
        yield Use("serviceaccounts", name, via="runs as")
    for volume in listed(spec, "volumes"):
        yield from _volume(volume)
    for secret in listed(spec, "imagePullSecrets"):
        yield from _named(_SECRET, secret, "pulls images", optional=True)
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in listed(spec, group):
            yield from _environment(container)


def _named(kind: str, source: Object, via: str, *, key: str = "name", optional: bool | None = None) -> Iterable[Use]:
    if name := text(source, key):
        yield Use(kind, name, via=via, optional=field(source, "optional") is True if optional is None else optional)


def _volume(volume: Object) -> Iterable[Use]:
    yield from _named(_CONFIG, mapped(volume, "configMap"), "volume")
    yield from _named(_SECRET, mapped(volume, "secret"), "volume", key="secretName")
    yield from _named("persistentvolumeclaims", mapped(volume, "persistentVolumeClaim"), "volume", key="claimName")
    for source in listed(volume, "projected", "sources"):
        yield from _named(_CONFIG, mapped(source, "configMap"), "volume")
        yield from _named(_SECRET, mapped(source, "secret"), "volume")


def _environment(container: Object) -> Iterable[Use]:
    for variable in listed(container, "env"):
        yield from _named(_CONFIG, mapped(variable, "valueFrom", "configMapKeyRef"), "env")
        yield from _named(_SECRET, mapped(variable, "valueFrom", "secretKeyRef"), "env")
    for source in listed(container, "envFrom"):
        yield from _named(_CONFIG, mapped(source, "configMapRef"), "env")
        yield from _named(_SECRET, mapped(source, "secretRef"), "env")
