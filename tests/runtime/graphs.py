"""Graphs of objects that a test has at hand: stores that it fills, and a note of which were opened."""

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import msgspec

from kty.errors import Forbidden, NotFound
from kty.kube import selectors
from kty.kube.codecs import ObjectCodec
from kty.kube.metadata import MetadataCodec
from kty.kube.objects import Item
from kty.kube.resource import Resource
from kty.runtime.derived import fill
from kty.runtime.events import Interrupted
from kty.runtime.graph import Graph, Ref, Twig
from kty.runtime.live_graph import LiveGraph
from kty.runtime.shared import Lease
from kty.runtime.store import Store
from kty.runtime.use_reader import UseReader
from kty.runtime.uses import KindName
from kty.views.uses import all_uses

Object: TypeAlias = dict[str, Any]

KINDS = {
    each.id: each
    for each in (
        Resource("apps", "v1", "Deployment", "deployments"),
        Resource("apps", "v1", "ReplicaSet", "replicasets"),
        Resource("", "v1", "Pod", "pods"),
        Resource("", "v1", "ConfigMap", "configmaps"),
        Resource("", "v1", "Secret", "secrets"),
        Resource("", "v1", "ServiceAccount", "serviceaccounts"),
        Resource("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
        Resource("", "v1", "PersistentVolume", "persistentvolumes", namespaced=False),
        Resource("", "v1", "Service", "services"),
        Resource("", "v1", "Node", "nodes", namespaced=False),
        Resource("", "v1", "Event", "events"),
        Resource("networking.k8s.io", "v1", "Ingress", "ingresses"),
        Resource("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
        Resource("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
        Resource("shop.example", "v1", "Coupon", "coupons"),
        Resource("", "v1", "Binding", "bindings", verbs=frozenset({"create"})),
    )
}


def obj(
    kind: str, name: str, *owners: Object, namespace: str | None = None, labels: Any = None, **parts: Any
) -> Object:
    """Return an object of one of the kinds, owned by others."""
    resource = KINDS[kind]
    where = namespace if namespace is not None else "shop" if resource.namespaced else ""
    metadata = {"name": name, "namespace": where, "uid": f"uid-{kind}-{where}-{name}", "labels": labels or {}}
    metadata["ownerReferences"] = [
        {
            "apiVersion": each["apiVersion"],
            "kind": each["kind"],
            "name": each["metadata"]["name"],
            "uid": each["metadata"]["uid"],
            "controller": at == 0,
        }
        for at, each in enumerate(owners)
    ]
    return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata, **parts}


class World:
    """A cluster as stores see it. Stores that are opened have its objects at once, unless they are held back."""

    def __init__(self, *objects: Object) -> None:
        self.objects = list(objects)
        self.opened: list[str] = []
        """Each store in a line: `metadata pods in shop`, `full pods in shop app=web metadata.name=web-1`."""
        self.released: list[str] = []
        self.held: set[str] = set()
        """Kinds whose stores stay empty and incomplete."""
        self.refused: set[str] = set()
        """Kinds that may not be listed, but one by one."""
        self.lost: set[str] = set()
        """Kinds that the server has no more."""
        self.kept: dict[str, str] = {}
        """Kinds of which a store is there already, and the namespace that it has."""
        self._stores: list[tuple[Store, Callable[[], None]]] = []
        self._version = 0

    def put(self, *objects: Object) -> None:
        """Add objects, or change them."""
        for each in objects:
            self.take(each)
            self.objects.append(each)
        self.refresh()

    def remove(self, *objects: Object) -> None:
        for each in objects:
            self.take(each)
        self.refresh()

    def take(self, obj: Object) -> None:
        def is_it(other: Object) -> bool:
            keys = ("name", "namespace")
            return other["kind"] == obj["kind"] and all(other["metadata"][k] == obj["metadata"][k] for k in keys)

        self.objects = [each for each in self.objects if not is_it(each)]

    def refresh(self) -> None:
        """Let all stores have what there is."""
        self._version += 1
        for _, refill in self._stores:
            refill()

    # What a graph asks

    def metadata(self, resource: Resource, namespace: str, *, fields: str = "") -> Lease:
        return self._open("metadata", resource, namespace, "", fields)

    def full(self, resource: Resource, namespace: str, *, labels: str = "", fields: str = "") -> Lease:
        return self._open("full", resource, namespace, labels, fields)

    def running(self, resource: Resource, namespace: str) -> tuple[Lease, str] | None:
        if resource.id not in self.kept:
            return None
        return self._open("kept", resource, self.kept[resource.id]), self.kept[resource.id]

    def _open(self, how: str, resource: Resource, namespace: str, labels: str = "", fields: str = "") -> Lease:
        where = f"in {namespace or 'all'}" if resource.namespaced else ""
        line = " ".join(filter(None, (how, resource.id, where, labels, fields)))
        self.opened.append(line)
        store = Store()
        name = fields.removeprefix("metadata.name=")
        matches = selectors.parse(labels).matches
        codec = MetadataCodec() if how == "metadata" else ObjectCodec()

        def items() -> Iterable[Item]:
            for each in self.objects:
                meta = {**each["metadata"], "resourceVersion": str(hash(json.dumps(each, sort_keys=True)) % 10**9)}
                shown = {"metadata": meta} if how == "metadata" else {**each, "metadata": meta}
                item = codec.item(msgspec.Raw(json.dumps(shown).encode()))
                if each["kind"] != resource.kind or namespace not in ("", meta["namespace"]):
                    continue
                if name in ("", meta["name"]) and matches(item.row.labels):
                    yield item

        def refill() -> None:
            if resource.id in self.refused and not name:
                store.apply(Interrupted(Forbidden("no", code=403, reason="Forbidden"), 30.0))
            elif resource.id in self.lost:
                store.apply(Interrupted(NotFound("no such kind", code=404, reason="NotFound"), 30.0))
            elif resource.id not in self.held:
                fill(store, items())

        refill()
        self._stores.append((store, refill))
        return Lease(store, lambda: self.released.append(line), lambda: None)


def find(name: KindName) -> Resource | None:
    if isinstance(name, str):
        return KINDS.get(name)
    return next((each for each in KINDS.values() if (each.api_version, each.kind) == name), None)


class Looking:
    """Somebody looks at the graph of an object."""

    def __init__(self, world: World, focus: Object) -> None:
        meta = focus["metadata"]
        resource = find((focus["apiVersion"], focus["kind"]))
        assert resource is not None
        self.changes = 0
        self.live = LiveGraph(
            world,
            Ref(resource.id, meta["namespace"], meta["name"]),
            resource,
            self._tell,
            reader=UseReader(all_uses()),
            find=find,
            tells=lambda kind: kind.id not in ("configmaps", "secrets"),
        )
        self.live.look_through(KINDS.values())

    def _tell(self) -> None:
        self.changes += 1

    def graph(self) -> Graph:
        return self.live.graph()

    @property
    def tree(self) -> list[str]:
        return lines(self.graph().roots)

    @property
    def uses(self) -> list[str]:
        return lines(self.graph().uses)

    @property
    def used_by(self) -> list[str]:
        return lines(self.graph().used_by)


def lines(twigs: Iterable[Twig], depth: int = 0) -> list[str]:
    """Return a line for each twig, indented by dots: `..pods/web-1 (volume) is missing: not there`."""
    found: list[str] = []
    for twig in twigs:
        node = twig.node
        said = f"{'.' * depth}{node.ref.kind}/{node.ref.name}"
        said += f" ({', '.join(twig.via)})" if twig.via else ""
        said += " again" if twig.is_again else ""
        said += f" is {node.state}" + (f": {node.note}" if node.note else "") if node.state != "there" else ""
        said += " optional" if twig.is_optional else ""
        found += [said, *lines(twig.children, depth + 1)]
    return found
