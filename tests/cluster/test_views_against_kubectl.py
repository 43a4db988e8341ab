"""What our views show beside what the API server prints for kubectl, for the same objects at the same moment."""

import asyncio
import json
import math
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kty.errors import NotFound
from kty.kube.client import Client
from kty.kube.config import infer
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.kube.tables import TABLE
from kty.views.any import AnyCodec, columns_of
from kty.views.registry import views
from kty.views.view import Column, View, keeping

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(400)]

IMAGE = {"image": "busybox:local", "imagePullPolicy": "Never"}
PATIENCE = 120.0
"""Seconds that the cluster has to bring everything about; a guard, not a measure."""


def container(*command: str, name: str = "main", **more: Any) -> Object:
    return {"name": name, **IMAGE, "command": list(command or ("sleep", "100000")), **more}


def pod_spec(*containers: Object, **more: Any) -> Object:
    return {"terminationGracePeriodSeconds": 0, "containers": list(containers or (container(),)), **more}


def template(*containers: Object, **more: Any) -> Object:
    return {"metadata": {"labels": {"app": "web"}}, "spec": pod_spec(*containers, **more)}


SELECTOR = {
    "matchLabels": {"app": "web"},
    "matchExpressions": [
        {"key": "app", "operator": "In", "values": ["web", "api"]},
        {"key": "zone", "operator": "DoesNotExist"},
    ],
}

PODS: dict[str, tuple[Object, str]] = {
    "ready": (pod_spec(), "Running"),
    "crashes": (pod_spec(container("false")), "CrashLoopBackOff"),
    "no-image": (pod_spec(container() | {"image": "nowhere:none"}), "ErrImageNeverPull"),
    "one-crashes": (pod_spec(container(), container("false", name="second")), "CrashLoopBackOff"),
    "waits": (pod_spec(initContainers=[container("true", name="a"), container(name="b")]), "Init:1/2"),
    "init-fails": (pod_spec(initContainers=[container("false", name="a")], restartPolicy="Never"), "Init:Error"),
    "init-crashes": (pod_spec(initContainers=[container("false", name="a")]), "Init:CrashLoopBackOff"),
    "sidecar": (pod_spec(initContainers=[container(name="proxy", restartPolicy="Always")]), "Running"),
    "sidecar-crashes": (
        pod_spec(initContainers=[container("sh", "-c", "sleep 1; exit 1", name="proxy", restartPolicy="Always")]),
        "Init:Error",
    ),
    "completed": (pod_spec(container("true"), restartPolicy="Never"), "Completed"),
    "half-completed": (pod_spec(container("true"), container(name="second"), restartPolicy="Never"), "NotReady"),
    "failed": (pod_spec(container("sh", "-c", "exit 3"), restartPolicy="Never"), "Error"),
    "gated": (pod_spec(schedulingGates=[{"name": "example.com/gate"}]), "SchedulingGated"),
    "nowhere": (pod_spec(nodeSelector={"example.com/no": "node"}), "Pending"),
    "unready": (
        pod_spec(
            container(readinessProbe={"exec": {"command": ["false"]}}), readinessGates=[{"conditionType": "a.b/c"}]
        ),
        "Running",
    ),
    "leaving": (pod_spec(), "Terminating"),
}

JOBS: dict[str, tuple[Object, str]] = {
    "complete": ({"template": {"spec": pod_spec(container("true"), restartPolicy="Never")}}, "Complete"),
    "failed": (
        {"backoffLimit": 0, "template": {"spec": pod_spec(container("false"), restartPolicy="Never")}},
        "Failed",
    ),
    "running": ({"completions": 3, "template": {"spec": pod_spec(restartPolicy="Never")}}, "Running"),
    "queue": ({"parallelism": 2, "template": {"spec": pod_spec(restartPolicy="Never")}}, "Running"),
    "suspended": ({"suspend": True, "template": {"spec": pod_spec(restartPolicy="Never")}}, "Suspended"),
}

NAMED: dict[str, dict[str, Object]] = {
    "deployments.apps": {
        "web": {"spec": {"replicas": 2, "selector": SELECTOR, "template": template(container(), container(name="b"))}},
        "none": {"spec": {"replicas": 0, "selector": SELECTOR, "template": template()}},
        "fails": {"spec": {"selector": SELECTOR, "template": template(container("false"))}},
    },
    "statefulsets.apps": {"db": {"spec": {"serviceName": "db", "selector": SELECTOR, "template": template()}}},
    "daemonsets.apps": {
        "agent": {"spec": {"selector": SELECTOR, "template": template(nodeSelector={"kubernetes.io/os": "linux"})}},
        "idle": {"spec": {"selector": SELECTOR, "template": template(nodeSelector={"example.com/no": "node"})}},
    },
    "cronjobs.batch": {
        "nightly": {
            "spec": {
                "schedule": "0 3 * * *",
                "timeZone": "Europe/Berlin",
                "suspend": True,
                "jobTemplate": {"spec": {"template": {"spec": pod_spec(restartPolicy="Never")}}},
            }
        },
        "never": {
            "spec": {
                "schedule": "0 0 1 1 *",
                "jobTemplate": {"spec": {"template": {"spec": pod_spec(restartPolicy="Never")}}},
            }
        },
    },
    "services": {
        "plain": {"spec": {"selector": {"app": "web", "tier": "a"}, "ports": [{"port": 80}]}},
        "node-port": {
            "spec": {
                "type": "NodePort",
                "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 53, "protocol": "UDP"}],
                "externalIPs": ["192.0.2.1", "192.0.2.2"],
            }
        },
        "pending": {"spec": {"type": "LoadBalancer", "ports": [{"port": 443}]}},
        "balanced": {"spec": {"type": "LoadBalancer", "ports": [{"port": 443}], "externalIPs": ["192.0.2.3"]}},
        "headless": {"spec": {"clusterIP": "None", "selector": {"app": "web"}}},
        "elsewhere": {"spec": {"type": "ExternalName", "externalName": "db.example.com"}},
    },
    "ingresses.networking.k8s.io": {
        "web": {
            "spec": {
                "ingressClassName": "none",
                "tls": [{"hosts": ["a.example.com"]}],
                "rules": [{"host": f"{name}.example.com"} for name in "abcde"],
            }
        },
        "default": {"spec": {"defaultBackend": {"service": {"name": "plain", "port": {"number": 80}}}}},
    },
    "configmaps": {"settings": {"data": {"a": "1"}, "binaryData": {"b": "AA=="}}},
    "secrets": {"login": {"stringData": {"user": "u", "password": "p"}}},
    "persistentvolumeclaims": {
        "pending": {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "none",
                "resources": {"requests": {"storage": "1Gi"}},
            }
        },
    },
    "horizontalpodautoscalers.autoscaling": {
        "web": {
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "minReplicas": 2,
                "maxReplicas": 3,
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                    },
                    {
                        "type": "Pods",
                        "pods": {
                            "metric": {"name": "rate"},
                            "target": {"type": "AverageValue", "averageValue": "1500m"},
                        },
                    },
                    {
                        "type": "External",
                        "external": {"metric": {"name": "queue"}, "target": {"type": "Value", "value": "30"}},
                    },
                ],
            }
        },
        "other": {
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gone"},
                "maxReplicas": 3,
                "metrics": [
                    {
                        "type": "External",
                        "external": {"metric": {"name": "q"}, "target": {"type": "AverageValue", "averageValue": "2k"}},
                    },
                    {
                        "type": "ContainerResource",
                        "containerResource": {
                            "name": "memory",
                            "container": "main",
                            "target": {"type": "AverageValue", "averageValue": "100Mi"},
                        },
                    },
                ],
            }
        },
    },
}

STATUSES: dict[tuple[str, str], Object] = {
    ("cronjobs.batch", "nightly"): {"lastScheduleTime": "2026-01-02T03:00:00Z"},
    ("services", "balanced"): {
        "loadBalancer": {"ingress": [{"ip": "192.0.2.9"}, {"hostname": "a-long-name.example.com"}]}
    },
    ("ingresses.networking.k8s.io", "web"): {"loadBalancer": {"ingress": [{"ip": "192.0.2.9"}, {"hostname": "b.c"}]}},
}


@dataclass
class Cluster:
    """A namespace of our own on the real server."""

    client: Client
    namespace: str
    undo: list[str] = field(default_factory=list)
    """What to delete in the end, last things first."""
    seen: dict[str, "list[Seen]"] = field(default_factory=dict)

    @property
    def widgets(self) -> Resource:
        return Resource(f"{self.namespace}.example.com", "v1", "Widget", "widgets")

    def resource(self, plural: str) -> Resource:
        return self.widgets if plural == "widgets" else resource_of(plural)

    async def create(self, resource: Resource, name: str, body: Object, *, namespaced: bool = True) -> None:
        metadata = {"name": name, **body.get("metadata", {})}
        whole = {**body, "apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
        path = resource.path(self.namespace if namespaced else "")
        await self.client.request("POST", path, body=json.dumps(whole).encode(), headers=_type("json"))
        if not resource.namespaced:
            self.undo.append(resource.path(name=name))

    async def patch(self, path: str, change: Object) -> None:
        await self.client.request("PATCH", path, body=json.dumps(change).encode(), headers=_type("merge-patch+json"))

    async def delete(self, path: str) -> None:
        with suppress(NotFound):
            await self.client.request("DELETE", path)

    async def look(self, plural: str) -> "Seen":
        """Ask what the server prints of that kind now, and keep it."""
        path = self.resource(plural).path(self.namespace)
        before = time.time()
        body = await self.client.request("GET", path, query=[("includeObject", "Object")], headers={"Accept": TABLE})
        answer = Seen(body, before, time.time())
        self.seen.setdefault(plural, []).append(answer)
        return answer

    async def until(self, plural: str, title: str, wanted: Mapping[str, str]) -> None:
        """Wait until the server has printed these texts under the title, by name; each once, at whatever moment."""
        missing = dict(wanted)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while missing:
                    for name, texts, _ in (await self.look(plural)).rows():
                        if missing.get(name) == texts[title]:
                            del missing[name]
                    await asyncio.sleep(0.2)
        assert not missing


@dataclass
class Seen:
    """One answer of the server, and when it was computed."""

    body: bytes
    before: float
    after: float

    def rows(self) -> Iterable[tuple[str, dict[str, str], bytes]]:
        """Return for each row the object's name, the server's texts by title, and the object."""
        read = msgspec.json.decode(self.body, type=Table)
        titles = [definition["name"] for definition in read.columnDefinitions]
        for row in read.rows:
            metadata = msgspec.json.decode(row.object)["metadata"]
            texts = ["" if cell is None else str(cell) for cell in row.cells]
            yield metadata["name"], dict(zip(titles, texts, strict=True)), bytes(row.object)

    def texts(self, column: Column, value: Any) -> set[str]:
        """Return what we show, or could have shown at any second while the server computed its answer."""
        seconds = range(math.floor(self.before) - 1, math.ceil(self.after) + 2)
        return {column.show(value, now) for now in (self.before, self.after, *seconds)}


class TableRow(msgspec.Struct):
    cells: list[Any]
    object: msgspec.Raw


class Table(msgspec.Struct):
    columnDefinitions: list[dict[str, Any]]  # noqa: N815 - the field's name on the wire
    rows: list[TableRow]


def _type(kind: str) -> dict[str, str]:
    return {"Content-Type": f"application/{kind}"}


def resource_of(plural: str) -> Resource:
    return views()[plural].resource()


NAMESPACES = resource_of("namespaces")
VOLUMES = Resource("", "v1", "PersistentVolume", "persistentvolumes", namespaced=False)
ACCOUNTS = Resource("", "v1", "ServiceAccount", "serviceaccounts")
WIDGETS_COLUMNS = [
    {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
    {"name": "Load", "type": "number", "jsonPath": ".spec.load"},
    {"name": "On", "type": "boolean", "jsonPath": ".spec.on"},
    {"name": "Color", "type": "string", "jsonPath": ".spec.color", "priority": 1},
    {"name": "Due", "type": "date", "jsonPath": ".spec.due"},
    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
]
WIDGETS = {"full": {"size": 3, "load": 1.5, "on": True, "color": "red", "due": "2020-01-02T03:04:05Z"}, "empty": {}}


def definition(kind: Resource) -> Object:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": kind.version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "additionalPrinterColumns": WIDGETS_COLUMNS,
    }
    names = {"kind": kind.kind, "plural": kind.plural, "singular": "widget"}
    return {"spec": {"group": kind.group, "scope": "Namespaced", "names": names, "versions": [version]}}


async def see(kubeconfig: Path) -> dict[str, list[Seen]]:
    """Bring about one of everything, wait until it is what it should be, and return what the server prints of it."""
    client = Client(infer(kubeconfig))
    cluster = Cluster(client, f"t-views-{secrets.token_hex(4)}")
    try:
        await cluster.create(NAMESPACES, cluster.namespace, {}, namespaced=False)
        await populate(cluster)
        await settle(cluster)
        return cluster.seen
    finally:
        leaving = resource_of("pods").path(cluster.namespace, "leaving")
        with suppress(NotFound):
            await cluster.patch(leaving, {"metadata": {"finalizers": None}})
        for path in reversed(cluster.undo):
            await cluster.delete(path)
        await client.close()


async def populate(cluster: Cluster) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(NotFound):
                await cluster.client.request("GET", ACCOUNTS.path(cluster.namespace, "default"))
                break
            await asyncio.sleep(0.1)
    finalizer = {"metadata": {"finalizers": ["example.com/stay"]}}
    for name, (spec, _) in PODS.items():
        await cluster.create(resource_of("pods"), name, {"spec": spec, **(finalizer if name == "leaving" else {})})
    for name, (spec, _) in JOBS.items():
        await cluster.create(resource_of("jobs.batch"), name, {"spec": spec})
    for plural, objects in NAMED.items():
        for name, body in objects.items():
            await cluster.create(resource_of(plural), name, body)
    for (plural, name), status in STATUSES.items():
        await cluster.patch(resource_of(plural).path(cluster.namespace, name, "status"), {"status": status})
    await bind_a_claim(cluster)
    kind = cluster.widgets
    definitions = resource_of("customresourcedefinitions.apiextensions.k8s.io")
    await cluster.create(definitions, f"{kind.plural}.{kind.group}", definition(kind), namespaced=False)


async def bind_a_claim(cluster: Cluster) -> None:
    common = {"accessModes": ["ReadWriteMany", "ReadWriteOnce"], "storageClassName": "none"}
    claim = {"kind": "PersistentVolumeClaim", "namespace": cluster.namespace, "name": "bound"}
    volume = {**common, "capacity": {"storage": "2Gi"}, "hostPath": {"path": "/nowhere"}, "claimRef": claim}
    await cluster.create(VOLUMES, cluster.namespace, {"spec": volume}, namespaced=False)
    wanted = {**common, "resources": {"requests": {"storage": "1Gi"}}, "volumeName": cluster.namespace}
    await cluster.create(resource_of("persistentvolumeclaims"), "bound", {"spec": wanted})


async def settle(cluster: Cluster) -> None:
    statuses = {name: status for name, (_, status) in PODS.items()}
    await cluster.until("pods", "Status", {"leaving": "Running"})
    await cluster.delete(resource_of("pods").path(cluster.namespace, "leaving"))
    await cluster.until("pods", "Status", statuses)
    await cluster.until("jobs.batch", "Status", {name: status for name, (_, status) in JOBS.items()})
    await cluster.until("persistentvolumeclaims", "Status", {"bound": "Bound", "pending": "Pending"})
    await cluster.until("deployments.apps", "Ready", {"web": "2/2", "none": "0/0"})
    async with asyncio.timeout(PATIENCE):
        for name, spec in WIDGETS.items():
            while True:
                with suppress(NotFound):
                    await cluster.create(cluster.widgets, name, {"spec": spec})
                    break
                await asyncio.sleep(0.1)
    await cluster.until("widgets", "Size", {"full": "3", "empty": ""})
    for view in views().values():
        await cluster.look(view.id)


@pytest.fixture(scope="module")
def seen(cluster_kubeconfig: Callable[[str], Path]) -> dict[str, list[Seen]]:
    return asyncio.run(see(cluster_kubeconfig("admin")))


OURS_ALONE = "customresourcedefinitions.apiextensions.k8s.io"
"""Of these the server prints next to nothing."""


@pytest.mark.parametrize(
    "view", [view for view in views().values() if view.id != OURS_ALONE], ids=lambda view: view.plural
)
def test_a_view_shows_what_kubectl_shows(view: View, seen: dict[str, list[Seen]]) -> None:
    codec = view.new_codec()
    differences: list[tuple[str, str, str, set[str]]] = []
    names: set[str] = set()
    for answer in seen[view.id]:
        for name, texts, body in answer.rows():
            row = codec.item(msgspec.Raw(body)).row
            assert row.fault == ""
            names.add(name)
            cells = zip(keeping(view.columns), row.cells, strict=True)
            ours = {column.title: answer.texts(column, value) for column, value in cells}
            assert texts.keys() - {"Name"} <= ours.keys()
            differences += [
                (name, title, text, ours[title])
                for title, text in texts.items()
                if title != "Name" and text not in ours[title]
            ]
    assert not differences
    assert names >= NAMED.get(view.id, {}).keys()
    assert names


def test_any_kind_shows_what_kubectl_shows(seen: dict[str, list[Seen]]) -> None:
    answer = seen["widgets"][-1]
    codec = AnyCodec()
    page = codec.page(answer.body)
    columns = columns_of(page.columns or ())
    ours = {item.row.name: item.row for item in map(codec.item, page.items)}
    assert [(column.title, column.wide, column.right) for column in columns] == [
        ("Size", False, True),
        ("Load", False, True),
        ("On", False, False),
        ("Color", True, False),
        ("Due", False, False),
        ("Age", False, False),
    ]
    for name, texts, _ in answer.rows():
        for column, value in zip(columns, ours[name].cells, strict=True):
            assert texts[column.title].replace("True", "true") in answer.texts(column, value)
    full = dict(zip([column.title for column in columns], ours["full"].cells, strict=True))
    assert (full["Size"], full["Load"], full["On"], full["Color"]) == (3, 1.5, True, "red")
    assert full["Age"] == ours["full"].created
    assert set(ours) == {"full", "empty"}
