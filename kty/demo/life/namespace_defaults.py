"""What every namespace has from the start: the service account `default`, and the cluster's certificate."""

from collections.abc import Iterable
from typing import Final

from kty.demo.life.authority import CERTIFICATE
from kty.demo.life.podstate import is_terminating
from kty.demo.life.seen import Key, Seen
from kty.demo.life.world import MANAGER, World

ACCOUNT: Final = "default"
AUTHORITY: Final = "kube-root-ca.crt"
_DESCRIPTION: Final = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


class NamespaceDefaults:
    """Keys are namespaces: they stand in a key where names do."""

    kinds = ("namespaces", "serviceaccounts", "configmaps")

    def __init__(self, world: World) -> None:
        self._world = world

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.kind == "namespaces":
            return () if seen.is_gone else (("", seen.held.name),)
        is_ours = seen.held.name in (ACCOUNT, AUTHORITY) and seen.type != "ADDED"
        return (("", seen.held.namespace),) if is_ours else ()

    def reconcile(self, key: Key) -> float | None:
        registry, name = self._world.registry, key[1]
        namespace = registry.find("namespaces", "", name)
        if namespace is None or is_terminating(namespace):
            return None
        if registry.store.find("serviceaccounts", name, ACCOUNT) is None:
            registry.create("serviceaccounts", {"metadata": {"name": ACCOUNT, "namespace": name}}, MANAGER)
        content = {"ca.crt": CERTIFICATE}
        if registry.store.find("configmaps", name, AUTHORITY) is None:
            notes = {"kubernetes.io/description": _DESCRIPTION}
            metadata = {"name": AUTHORITY, "namespace": name, "annotations": notes}
            registry.create("configmaps", {"metadata": metadata, "data": content}, MANAGER)
        else:
            registry.change("configmaps", name, AUTHORITY, lambda obj: obj.update(data=content), MANAGER)
        return None
