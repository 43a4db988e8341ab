"""What stands in the columns: the same objects, the same cells on both servers."""

from typing import Any

import pytest

from tests.cluster.place import Place
from tests.contract.asking import TABLE, Asking

POD = {"containers": [{"name": "main", "image": "busybox:local"}, {"name": "side", "image": "busybox:2"}]}
LABELS = {"app": "web", "tier": "a"}
SELECTOR = {"matchLabels": LABELS, "matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": POD}
AGE = object()


async def cells(ask: Asking, path: str, content: Any, status: Any = None) -> list[Any]:
    """Return the cells of a new object; ages are `AGE`."""
    name = content["metadata"]["name"]
    await ask.create(path, content)
    if status is not None:
        await ask.merge(f"{path}/{name}/status", {"status": status})
    table = await ask.get(f"{path}/{name}", accept=TABLE)
    names = [column["name"] for column in table["columnDefinitions"]]
    found = table["rows"][0]["cells"]
    assert len(names) == len(found)
    return [AGE if column in ("Age", "Created At") else cell for column, cell in zip(names, found, strict=True)]


def core(place: Place, plural: str) -> str:
    return f"/api/v1/namespaces/{place.namespace}/{plural}"


def named(place: Place, group: str, plural: str) -> str:
    return f"/apis/{group}/namespaces/{place.namespace}/{plural}"


async def test_deployments_and_their_like(ask: Asking, place: Place) -> None:
    spec = {"replicas": 0, "selector": SELECTOR, "template": TEMPLATE}
    shown = "app=web,tier=a,!x"
    workload = {"metadata": {"name": "one"}, "spec": spec}
    found = await cells(ask, named(place, "apps/v1", "deployments"), workload)
    assert found == ["one", "0/0", 0, 0, AGE, "main,side", "busybox:local,busybox:2", shown]
    found = await cells(ask, named(place, "apps/v1", "replicasets"), workload)
    assert found == ["one", 0, 0, 0, AGE, "main,side", "busybox:local,busybox:2", shown]
    found = await cells(
        ask, named(place, "apps/v1", "statefulsets"), {**workload, "spec": {**spec, "serviceName": "x"}}
    )
    assert found == ["one", "0/0", AGE, "main,side", "busybox:local,busybox:2"]
    template = {**TEMPLATE, "spec": {**POD, "nodeSelector": {"t-none": "yes", "a": "b"}}}
    daemons = {"metadata": {"name": "one"}, "spec": {"selector": SELECTOR, "template": template}}
    found = await cells(ask, named(place, "apps/v1", "daemonsets"), daemons)
    assert found == ["one", 0, 0, 0, 0, 0, "a=b,t-none=yes", AGE, "main,side", "busybox:local,busybox:2", shown]


async def test_jobs(ask: Asking, place: Place) -> None:
    template = {"spec": {**POD, "restartPolicy": "Never"}}
    spec = {"suspend": True, "completions": 3, "template": template}
    found = await cells(ask, named(place, "batch/v1", "jobs"), {"metadata": {"name": "one"}, "spec": spec})
    assert found[1] in ("Running", "Suspended")
    assert [found[0], *found[2:7]] == ["one", "0/3", "", AGE, "main,side", "busybox:local,busybox:2"]
    assert found[7].startswith("batch.kubernetes.io/controller-uid=")
    cron = {
        "schedule": "0 0 1 1 *",
        "timeZone": "Europe/Berlin",
        "suspend": True,
        "jobTemplate": {"spec": {"template": template}},
    }
    found = await cells(ask, named(place, "batch/v1", "cronjobs"), {"metadata": {"name": "one"}, "spec": cron})
    shown = ["one", "0 0 1 1 *", "Europe/Berlin", "True", 0, "<none>", AGE, "main,side", "busybox:local,busybox:2"]
    assert found == [*shown, "<none>"]


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ({"clusterIP": "None", "ports": [{"port": 80}]}, ["ClusterIP", "None", "<none>", "80/TCP", AGE, "<none>"]),
        (
            {
                "clusterIP": "None",
                "selector": LABELS,
                "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 53, "protocol": "UDP"}],
            },
            ["ClusterIP", "None", "<none>", "80/TCP,53/UDP", AGE, "app=web,tier=a"],
        ),
        (
            {"type": "ExternalName", "externalName": "example.com"},
            ["ExternalName", "<none>", "example.com", "<none>", AGE, "<none>"],
        ),
        (
            {"clusterIP": "None", "externalIPs": ["192.0.2.1", "192.0.2.2"], "ports": [{"port": 80}]},
            ["ClusterIP", "None", "192.0.2.1,192.0.2.2", "80/TCP", AGE, "<none>"],
        ),
    ],
)
async def test_services(ask: Asking, place: Place, spec: Any, shown: list[Any]) -> None:
    found = await cells(ask, core(place, "services"), {"metadata": {"name": "one"}, "spec": spec})
    assert found == ["one", *shown]


async def test_services_that_are_reached_from_outside(ask: Asking, place: Place) -> None:
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}]}
    found = await cells(ask, core(place, "services"), {"metadata": {"name": "one"}, "spec": spec})
    assert (found[1], found[3]) == ("LoadBalancer", "<pending>")
    assert found[2].startswith("10.96.")
    port, _, protocol = found[4].partition("/")
    assert (port[:4], protocol) == ("80:3", "TCP")
    balanced = {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}, {"hostname": "example.com"}]}}
    found = await cells(ask, core(place, "services"), {"metadata": {"name": "two"}, "spec": spec}, balanced)
    assert found[3] == "192.0.2.7,example.com"


async def test_networks(ask: Asking, place: Place) -> None:
    slice_ = {
        "metadata": {"name": "one"},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.0.0.1"]}, {"addresses": ["10.0.0.2"]}],
        "ports": [{"name": "http", "port": 80}, {"name": "any"}],
    }
    slices = named(place, "discovery.k8s.io/v1", "endpointslices")
    assert await cells(ask, slices, slice_) == ["one", "IPv4", "80,any", "10.0.0.1,10.0.0.2", AGE]
    many = {**slice_, "metadata": {"name": "many"}, "endpoints": [{"addresses": [f"10.0.0.{n}"]} for n in range(1, 6)]}
    assert (await cells(ask, slices, many))[3] == "10.0.0.1,10.0.0.2,10.0.0.3 + 2 more..."
    none = {"metadata": {"name": "none"}, "addressType": "IPv4", "endpoints": []}
    assert await cells(ask, slices, none) == ["none", "IPv4", "<unset>", "<unset>", AGE]
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rules = [
        {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}} for host in "abcd"
    ]
    ingresses = named(place, "networking.k8s.io/v1", "ingresses")
    found = await cells(ask, ingresses, {"metadata": {"name": "one"}, "spec": {"rules": rules}})
    assert found == ["one", "<none>", "a,b,c + 1 more...", "", "80", AGE]
    spec = {"ingressClassName": "nginx", "defaultBackend": backend, "tls": [{"hosts": ["a"]}]}
    status = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    found = await cells(ask, ingresses, {"metadata": {"name": "two"}, "spec": spec}, status)
    assert found == ["two", "nginx", "*", "192.0.2.1", "80, 443", AGE]


async def test_autoscalers_and_budgets(ask: Asking, place: Place) -> None:
    metrics = [
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}},
        {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}}},
        {"type": "Pods", "pods": {"metric": {"name": "x"}, "target": {"type": "AverageValue", "averageValue": "5"}}},
    ]
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"}
    spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 9, "metrics": metrics}
    found = await cells(
        ask, named(place, "autoscaling/v2", "horizontalpodautoscalers"), {"metadata": {"name": "one"}, "spec": spec}
    )
    shown = "cpu: <unknown>/60%, memory: <unknown>/1Gi + 1 more..."
    assert found == ["one", "Deployment/none", shown, "2", 9, 0, AGE]
    budgets = named(place, "policy/v1", "poddisruptionbudgets")
    found = await cells(
        ask, budgets, {"metadata": {"name": "one"}, "spec": {"minAvailable": "50%", "selector": SELECTOR}}
    )
    assert found == ["one", "50%", "N/A", 0, AGE]
    found = await cells(
        ask, budgets, {"metadata": {"name": "two"}, "spec": {"maxUnavailable": 1, "selector": SELECTOR}}
    )
    assert found == ["two", "N/A", "1", 0, AGE]


async def test_volumes(ask: Asking, place: Place) -> None:
    wanted = {
        "accessModes": ["ReadWriteMany", "ReadWriteOnce"],
        "storageClassName": "",
        "resources": {"requests": {"storage": "1Gi"}},
    }
    found = await cells(ask, core(place, "persistentvolumeclaims"), {"metadata": {"name": "one"}, "spec": wanted})
    assert found == ["one", "Pending", "", "", "", "", "<unset>", AGE, "Filesystem"]
    name = f"{place.namespace}-pv"
    spec = {
        "capacity": {"storage": "2Gi"},
        "accessModes": ["ReadWriteOnce"],
        "hostPath": {"path": "/x"},
        "storageClassName": "t-no",
    }
    try:
        found = await cells(ask, "/api/v1/persistentvolumes", {"metadata": {"name": name}, "spec": spec})
        assert found[4] in ("Pending", "Available")
        shown = [name, "2Gi", "RWO", "Retain", "", "t-no", "<unset>", "", AGE, "Filesystem"]
        assert [*found[:4], *found[5:]] == shown
    finally:
        await ask("DELETE", f"/api/v1/persistentvolumes/{name}")


async def test_the_small_kinds(ask: Asking, place: Place) -> None:
    secret = {"metadata": {"name": "one"}, "stringData": {"a": "b", "c": "d"}, "type": "t/x"}
    assert await cells(ask, core(place, "secrets"), secret) == ["one", "t/x", 2, AGE]
    config = {"metadata": {"name": "one"}, "data": {"a": "b"}, "binaryData": {"c": "ZA=="}}
    assert await cells(ask, core(place, "configmaps"), config) == ["one", 2, AGE]
    assert await cells(ask, core(place, "serviceaccounts"), {"metadata": {"name": "one"}}) == ["one", AGE]
    leases = named(place, "coordination.k8s.io/v1", "leases")
    lease = {"metadata": {"name": "one"}, "spec": {"holderIdentity": "me"}}
    assert await cells(ask, leases, lease) == ["one", "me", AGE]
    roles = named(place, "rbac.authorization.k8s.io/v1", "roles")
    assert await cells(ask, roles, {"metadata": {"name": "one"}, "rules": []}) == ["one", AGE]
    subjects = [
        {"kind": "User", "name": "ann"},
        {"kind": "User", "name": "bob"},
        {"kind": "Group", "name": "us"},
        {"kind": "ServiceAccount", "name": "sa", "namespace": "ns"},
    ]
    binding = {"metadata": {"name": "one"}, "roleRef": {"kind": "Role", "name": "one"}, "subjects": subjects}
    found = await cells(ask, named(place, "rbac.authorization.k8s.io/v1", "rolebindings"), binding)
    assert found == ["one", "Role/one", AGE, "ann, bob", "us", "ns/sa"]


async def test_events(ask: Asking, place: Place) -> None:
    about = {"kind": "Pod", "name": "web", "namespace": place.namespace, "fieldPath": "spec.containers{main}"}
    event = {
        "metadata": {"name": "one"},
        "involvedObject": about,
        "type": "Warning",
        "reason": "BackOff",
        "message": " it is late \n",
        "count": 3,
        "source": {"component": "kubelet", "host": "n1"},
        "firstTimestamp": "2020-01-01T00:00:00Z",
        "lastTimestamp": "2020-01-01T00:00:00Z",
    }
    found = await cells(ask, core(place, "events"), event)
    seen = found[0]
    assert seen.startswith("6y")
    shown = ["Warning", "BackOff", "pod/web", "spec.containers{main}", "kubelet, n1", "it is late", seen, 3, "one"]
    assert found[1:] == shown


async def test_nodes(ask: Asking, place: Place) -> None:
    name = f"{place.namespace}-node"
    labels = {"node-role.kubernetes.io/db": "", "node-role.kubernetes.io/a": "", "kubernetes.io/role": "x"}
    info = {
        "kubeletVersion": "v1.30.0",
        "osImage": "Debian",
        "kernelVersion": "6.1",
        "containerRuntimeVersion": "c://1",
        "architecture": "arm64",
    }
    status = {
        "addresses": [{"type": "Hostname", "address": "h"}, {"type": "InternalIP", "address": "10.1.1.1"}],
        "conditions": [{"type": "Ready", "status": "True"}],
        "nodeInfo": info,
    }
    node = {"metadata": {"name": name, "labels": labels}, "spec": {"unschedulable": True}}
    try:
        found = await cells(ask, "/api/v1/nodes", node, status)
        shown = [
            name,
            "Ready,SchedulingDisabled",
            "a,db,x",
            AGE,
            "v1.30.0",
            "10.1.1.1",
            "<none>",
            "Debian",
            "6.1 (arm64)",
            "c://1",
        ]
        assert found == shown
    finally:
        await ask("DELETE", f"/api/v1/nodes/{name}")


def container(name: str = "main", *, restarts: int = 0, ready: bool = False, last: Any = None, **state: Any) -> Any:
    told = {
        "name": name,
        "image": "busybox:local",
        "imageID": "",
        "ready": ready,
        "restartCount": restarts,
        "state": state,
    }
    return {**told, **({"lastState": {"terminated": last}} if last else {})}


ENDED = {"exitCode": 3, "finishedAt": "2020-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ({"phase": "Pending"}, ["0/1", "Pending", "0"]),
        ({"phase": "Running", "containerStatuses": [container(ready=True, running={})]}, ["1/1", "Running", "0"]),
        (
            {
                "phase": "Running",
                "containerStatuses": [container(restarts=4, last=ENDED, waiting={"reason": "CrashLoopBackOff"})],
            },
            ["0/1", "CrashLoopBackOff", "4 (6y"],
        ),
        ({"phase": "Failed", "containerStatuses": [container(terminated={"exitCode": 3})]}, ["0/1", "ExitCode:3", "0"]),
        (
            {"phase": "Failed", "containerStatuses": [container(terminated={"exitCode": 1, "signal": 9})]},
            ["0/1", "Signal:9", "0"],
        ),
        (
            {"phase": "Succeeded", "containerStatuses": [container(terminated={"exitCode": 0, "reason": "Completed"})]},
            ["0/1", "Completed", "0"],
        ),
        ({"phase": "Failed", "reason": "Evicted"}, ["0/1", "Evicted", "0"]),
        (
            {
                "phase": "Pending",
                "conditions": [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}],
            },
            ["0/1", "SchedulingGated", "0"],
        ),
        (
            {"phase": "Running", "containerStatuses": [container(restarts=2, ready=True, running={})]},
            ["1/1", "Running", "2"],
        ),
    ],
)
async def test_pods(ask: Asking, place: Place, status: Any, shown: list[str]) -> None:
    await place.pod("one", **status)
    table = await ask.get(f"{core(place, 'pods')}/one", accept=TABLE)
    found = table["rows"][0]["cells"]
    assert found[:3] == ["one", *shown[:2]]
    assert found[3].startswith(shown[2])
    assert found[5:] == ["<none>", "<none>", "<none>", "<none>"]


@pytest.mark.parametrize(
    ("first", "shown"),
    [
        (container("first", waiting={"reason": "PodInitializing"}), "Init:0/2"),
        (container("first", waiting={"reason": "ImagePullBackOff"}), "Init:ImagePullBackOff"),
        (container("first", terminated={"exitCode": 2}), "Init:ExitCode:2"),
        (container("first", terminated={"exitCode": 2, "reason": "Error"}), "Init:Error"),
        (container("first", terminated={"exitCode": 0}), "Init:1/2"),
    ],
)
async def test_pods_that_initialize(ask: Asking, place: Place, first: Any, shown: str) -> None:
    pods = core(place, "pods")
    initial = [{"name": name, "image": "busybox:local"} for name in ("first", "second")]
    spec = {
        "schedulerName": "t-nobody",
        "initContainers": initial,
        "containers": [{"name": "main", "image": "busybox:local"}],
    }
    await ask.create(pods, {"metadata": {"name": "one"}, "spec": spec})
    waiting = container("second", waiting={"reason": "PodInitializing"})
    status = {
        "phase": "Pending",
        "initContainerStatuses": [first, waiting],
        "containerStatuses": [container(waiting={"reason": "PodInitializing"})],
    }
    await ask.merge(f"{pods}/one/status", {"status": status})
    table = await ask.get(f"{pods}/one", accept=TABLE)
    assert table["rows"][0]["cells"][:3] == ["one", "0/1", shown]


async def test_sidecars_count(ask: Asking, place: Place) -> None:
    pods = core(place, "pods")
    sidecar = {"name": "side", "image": "busybox:local", "restartPolicy": "Always"}
    spec = {
        "schedulerName": "t-nobody",
        "initContainers": [sidecar],
        "containers": [{"name": "main", "image": "busybox:local"}],
    }
    await ask.create(pods, {"metadata": {"name": "one"}, "spec": spec})
    side = {**container("side", ready=True, restarts=2, running={}), "started": True}
    status = {
        "phase": "Running",
        "initContainerStatuses": [side],
        "containerStatuses": [container(ready=True, restarts=1, running={})],
    }
    await ask.merge(f"{pods}/one/status", {"status": status})
    table = await ask.get(f"{pods}/one", accept=TABLE)
    assert table["rows"][0]["cells"][:4] == ["one", "2/2", "Running", "3"]
