"""Storage classes: who makes volumes, how, and where."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.placement import terms
from kty.views.describing import Beside, Describer, Description, Entry, Part, entries, entry
from kty.views.reading import listed, mapped, texts
from kty.views.said import text

_DEFAULT = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")


def describe(kind: Object, beside: Beside) -> Description:
    is_default = any(text(kind, "metadata", "annotations", key) == "true" for key in _DEFAULT)
    parts: list[Part] = [
        *identity.head(kind),
        entry("IsDefaultClass", "Yes" if is_default else "No"),
        entry("Provisioner", text(kind, "provisioner")),
        identity.pairs("Parameters", mapped(kind, "parameters")),
        entry("AllowVolumeExpansion", kind.get("allowVolumeExpansion"), missing="<unset>"),
        entries("MountOptions", texts(kind, "mountOptions")),
        entry("ReclaimPolicy", text(kind, "reclaimPolicy")),
        entry("VolumeBindingMode", text(kind, "volumeBindingMode")),
    ]
    if found := listed(kind, "allowedTopologies"):
        parts.append(Entry("AllowedTopologies", parts=terms([listed(each, "matchLabelExpressions") for each in found])))
    return tuple(parts)


DESCRIBER = Describer("storageclasses.storage.k8s.io", describe)
