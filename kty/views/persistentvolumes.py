"""Persistent volumes: the claim that has one."""

from collections.abc import Iterable

from kty.kube.objects import Object
from kty.runtime.uses import Use, Uses
from kty.views.said import text


def uses(volume: Object) -> Iterable[Use]:
    """Return the claim that it is bound to, and its class."""
    if name := text(volume, "spec", "claimRef", "name"):
        yield Use("persistentvolumeclaims", name, via="claim", namespace=text(volume, "spec", "claimRef", "namespace"))
    if name := text(volume, "spec", "storageClassName"):
        yield Use("storageclasses.storage.k8s.io", name, via="class", optional=True)


# A claim names its volume: that the volume names it back makes it no user of the claim.
USES = Uses("persistentvolumes", frozenset({"storageclasses.storage.k8s.io"}), uses)
