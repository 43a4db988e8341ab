"""Descriptions, from small objects to the names and texts in them."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import msgspec
import pytest

from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.views import describe
from kty.views.describe import described, describer_of
from kty.views.describe.any import label
from kty.views.describe.sizes import size_of
from kty.views.describing import Beside, Entry, Found, Prose, names_in
from kty.views.laid_out import Layout
from kty.views.registry import views
from tests.views.showing import MADE, NOW, meta


def _in_their_own_words() -> dict[str, Resource]:
    """Return the kinds that are described in words of their own, by `plural.group`."""
    modules = [import_module(f"{describe.__name__}.{module.name}") for module in iter_modules(describe.__path__)]
    found = {}
    for each in [module.DESCRIBER for module in modules if hasattr(module, "DESCRIBER")]:
        plural, _, group = each.of.partition(".")
        found[each.of] = Resource(group, each.version, plural, plural)
    return found


OWN = {**{view.id: view.resource() for view in views().values()}, **_in_their_own_words()}
"""Kinds with views or words of their own, by `plural.group`."""


def resource(plural: str) -> Resource:
    return OWN[plural]


def there(*objects: Object) -> Found:
    return Found(objects, is_complete=True)


def told(plural: str, obj: Object, beside: Beside | None = None) -> str:
    """Return the description of an object as text, a line each, blanks squeezed."""
    parts = described(describer_of(resource(plural)), obj, beside or {})
    lines = Layout().lines(parts, width=200, now=NOW)
    return "\n".join(" ".join("".join([span.text for span in line]).split()) for line in lines)


@pytest.mark.parametrize("kind", OWN.values(), ids=lambda kind: kind.plural)
@pytest.mark.parametrize(
    "obj", [{}, {"metadata": None, "spec": None, "status": None}, {"metadata": {"name": "a"}, "spec": {}, "status": {}}]
)
def test_an_object_that_says_nothing_is_described(kind: Resource, obj: Object) -> None:
    describer = describer_of(kind)
    assert not isinstance(described(describer, obj, {})[0], Prose)
    describer.needs(obj)


@pytest.mark.parametrize("kind", OWN.values(), ids=lambda kind: kind.plural)
def test_an_object_of_odd_types_is_described_all_the_same(kind: Resource) -> None:
    odd: Any
    for odd in (7, "seven", [7], [{"seven": 7}], {"a": [None, {}]}):
        obj = {"metadata": {"name": "odd", "labels": odd}, "spec": odd, "status": odd, "data": odd}
        assert "Name" in names_in(described(describer_of(kind), obj, {}))


def test_what_cannot_be_described_in_its_own_words_says_so_and_is_described_as_any_kind() -> None:
    pod = {
        "metadata": meta(),
        "spec": {"volumes": [{"name": "a", "secret": {}}], "containers": [{"ports": [{"name": 7}]}]},
    }
    broken = {**pod, "status": {"containerStatuses": [{"name": ["not", "hashable"]}]}}
    found = described(describer_of(resource("pods")), broken, {})
    assert isinstance(found[0], Prose)
    assert "not what its kind promises" in found[0].text
    assert {"Name", "Spec", "Status"} <= names_in(found)


def test_kinds_with_words_of_their_own_are_found_by_being_there() -> None:
    assert describer_of(resource("pods")).of == "pods"
    assert "Node-Selectors" in told("pods", {"metadata": meta()})
    other = Resource("example.com", "v1", "Pod", "pods")
    assert describer_of(other).of == "pods.example.com"
    assert "Node-Selectors" not in names_in(described(describer_of(other), {"metadata": meta()}, {}))
    assert describer_of(Resource("example.com", "v1", "Any", "any")).of == "any.example.com"
    assert describer_of(Resource("example.com", "v1", "Odd", "../odd")).of == "../odd.example.com"


CONTAINER: dict[str, Any] = {
    "name": "main",
    "image": "nginx:1",
    "env": [{"name": "A", "value": "b"}, {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
    "livenessProbe": {"httpGet": {"path": "/live", "port": 80}, "periodSeconds": 5},
    "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": True}],
}


def test_a_pod_tells_of_its_containers_and_why_they_do_not_run() -> None:
    crashed = {
        "terminated": {"exitCode": 137, "signal": 9, "reason": "OOMKilled", "startedAt": MADE, "finishedAt": MADE}
    }
    status = {
        "name": "main",
        "restartCount": 3,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": crashed,
    }
    pod = {
        "metadata": meta(),
        "spec": {"nodeName": "worker-1", "containers": [CONTAINER], "volumes": [{"name": "data", "emptyDir": {}}]},
        "status": {"hostIP": "10.0.0.1", "phase": "Running", "containerStatuses": [status]},
    }
    text = told("pods", pod)
    for line in (
        "Node: worker-1/10.0.0.1",
        "State: Waiting",
        "Reason: CrashLoopBackOff",
        "Last State: Terminated",
        "Reason: OOMKilled",
        "Exit Code: 137",
        "Signal: 9",
        "Finished: 2026-01-02 03:00:00 UTC (5m)",
        "Restart Count: 3",
        "Liveness: http-get http://:80/live delay=0s timeout=1s period=5s #success=1 #failure=3",
        "POD: web (v1:metadata.name)",
        "Mounts: /data from data (ro)",
        "Type: EmptyDir",
        "Tolerations: <none>",
    ):
        assert line in text.splitlines()


def test_a_secret_tells_how_large_its_values_are_and_never_what_they_are() -> None:
    secret = {"metadata": meta(), "type": "Opaque", "data": {"password": "cGFzc3dvcmQ="}}
    text = told("secrets", secret)
    assert "password: 8 bytes" in text
    assert "cGFz" not in text


@pytest.mark.parametrize(
    ("value", "size"),
    [("", "0 bytes"), ("YQ==", "1 bytes"), ("YWI=", "2 bytes"), ("YWJj", "3 bytes"), (7, "not a text")],
)
def test_sizes_are_those_of_the_decoded_value(value: Any, size: str) -> None:
    assert size_of(value) == size


def test_a_node_adds_up_what_its_pods_ask_for() -> None:
    node = {"metadata": {"name": "n"}, "status": {"allocatable": {"cpu": "4", "memory": "8Gi"}}}
    container = {"resources": {"requests": {"cpu": "500m"}, "limits": {"memory": "1Gi"}}}
    first = {"resources": {"requests": {"cpu": "2"}}}
    pods = [
        {"metadata": meta("a"), "spec": {"containers": [container, container]}},
        {"metadata": meta("b"), "spec": {"containers": [container], "initContainers": [first]}},
    ]
    lease = {"spec": {"holderIdentity": "n", "renewTime": MADE}}
    text = told("nodes", node, {"pods": there(*pods), "lease": there(lease)})
    assert "Non-terminated Pods: 2 in total" in text
    assert "shop a 1 (25%) 0 (0%) 0 (0%) 2Gi (25%) 5m" in text
    assert "shop b 2 (50%) 0 (0%) 0 (0%) 1Gi (12%) 5m" in text  # its first step asks for more than it does later
    assert "cpu 3 (75%) 0 (0%)" in text
    assert "memory 0 (0%) 3Gi (37%)" in text
    assert "RenewTime: 2026-01-02 03:00:00 UTC (5m)" in text


def test_sidecars_run_beside_the_containers() -> None:
    sidecar = {"restartPolicy": "Always", "resources": {"requests": {"cpu": "1"}}}
    later = {"resources": {"requests": {"cpu": "2"}}}
    main = {"resources": {"requests": {"cpu": "500m"}}}
    pod = {"metadata": meta("a"), "spec": {"containers": [main], "initContainers": [sidecar, later]}}
    text = told("nodes", {"status": {"allocatable": {"cpu": "6"}}}, {"pods": there(pod), "lease": there()})
    assert "cpu 3 (50%) 0 (0%)" in text


def test_what_may_not_be_known_is_said_in_its_place() -> None:
    refused = Found((), is_complete=False, trouble="no permission to list pods")
    assert "Pods Status: no permission to list pods" in told(
        "replicasets.apps", {"metadata": meta()}, {"pods": refused}
    )
    assert "Pods Status: …" in told("replicasets.apps", {"metadata": meta()}, {"pods": Found()})


def test_a_service_tells_which_addresses_are_behind_each_port() -> None:
    ports = [{"name": "http", "port": 80, "targetPort": "web"}, {"name": "dns", "port": 53, "protocol": "UDP"}]
    service = {"metadata": meta(), "spec": {"type": "ClusterIP", "ports": ports}}
    slices = {
        "ports": [{"name": "http", "port": 8080}],
        "endpoints": [
            {"addresses": ["10.0.0.2"], "conditions": {"ready": True}},
            {"addresses": ["10.0.0.1"]},
            {"addresses": ["10.0.0.9"], "conditions": {"ready": False}},
            {"addresses": ["fd00::1"]},
        ],
    }
    lines = told("services", service, {"slices": there(slices)}).splitlines()
    assert "Endpoints: 10.0.0.1:8080,10.0.0.2:8080,[fd00::1]:8080" in lines
    assert "Endpoints: <none>" in lines


def test_an_ingress_tells_which_backends_lead_nowhere() -> None:
    def path(name: str, port: int) -> Object:
        return {"path": f"/{name}", "backend": {"service": {"name": name, "port": {"number": port}}}}

    paths = [path("web", 80), path("gone", 80), path("web", 81), path("idle", 80)]
    ingress = {"metadata": meta(), "spec": {"rules": [{"host": "a.example", "http": {"paths": paths}}]}}
    services = there(*[{"metadata": meta(name), "spec": {"ports": [{"port": 80}]}} for name in ("web", "idle")])
    labels = {"kubernetes.io/service-name": "web"}
    slices = there(
        {"metadata": meta(labels=labels), "ports": [{"port": 8080}], "endpoints": [{"addresses": ["10.0.0.1"]}]}
    )
    lines = told("ingresses.networking.k8s.io", ingress, {"services": services, "slices": slices}).splitlines()
    assert "a.example /web web:80 (10.0.0.1:8080)" in lines
    assert "/gone gone:80 (there is no service gone)" in lines
    assert "/web web:81 (the service has no such port)" in lines
    assert "/idle idle:80 (no endpoints)" in lines
    needs = describer_of(resource("ingresses.networking.k8s.io")).needs(ingress)
    assert needs["slices"].labels == "kubernetes.io/service-name in (gone,idle,web)"


def test_a_claim_tells_who_uses_it_and_reads_no_more_of_pods_than_that() -> None:
    describer = describer_of(resource("persistentvolumeclaims"))
    need = describer.needs({"metadata": meta("data")})["pods"]
    assert need.codec is not None
    codec = need.codec()
    assert isinstance(codec, ObjectCodec)
    volumes = [{"name": "a", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "b", "emptyDir": {}}]
    pods = [{"metadata": meta("uses"), "spec": {"volumes": volumes}}, {"metadata": meta("idle"), "spec": {}}]
    rows = [codec.item(msgspec.Raw(msgspec.json.encode(pod))).row for pod in pods]
    assert [row.name for row in rows if need.picks(row)] == ["uses"]
    assert "Used By: uses" in told("persistentvolumeclaims", {"metadata": meta("data")}, {"pods": there(pods[0])})


def test_a_deployment_tells_its_new_replica_set_from_its_old_ones() -> None:
    def replicas(name: str, revision: str, count: int) -> Object:
        annotations = {"deployment.kubernetes.io/revision": revision}
        return {
            "metadata": meta(name, annotations=annotations),
            "spec": {"replicas": count},
            "status": {"replicas": count},
        }

    obj = {
        "metadata": meta(annotations={"deployment.kubernetes.io/revision": "3"}),
        "spec": {"selector": {"matchLabels": {"a": "b"}}},
    }
    sets = there(replicas("web-3", "3", 2), replicas("web-2", "2", 1), replicas("web-1", "1", 0))
    lines = told("deployments.apps", obj, {"replicasets": sets}).splitlines()
    assert "OldReplicaSets: web-2 (1/1 replicas created)" in lines
    assert "NewReplicaSet: web-3 (2/2 replicas created)" in lines
    assert "Kept ReplicaSets: web-1 (revision 1)" in lines
    need = describer_of(resource("deployments.apps")).needs(obj)["replicasets"]
    assert (need.namespace, need.labels) == ("shop", "a=b")


def test_an_object_that_is_being_deleted_says_what_holds_it_up() -> None:
    leaving = meta(deletionTimestamp=MADE, finalizers=["example.com/wait"], deletionGracePeriodSeconds=30)
    lines = told("configmaps", {"metadata": leaving}).splitlines()
    assert "Terminating: is being deleted" in lines
    assert "Finalizers: example.com/wait" in lines
    assert "Termination Grace Period: 30s" in lines


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("creationTimestamp", "Creation Timestamp"),
        ("apiVersion", "API Version"),
        ("uid", "UID"),
        ("openAPIV3Schema", "openAPIV3Schema"),
        ("x-kubernetes-int", "X - Kubernetes - Int"),
        ("app.example/name", "app.example/name"),
        ("podIP", "Pod IP"),
    ],
)
def test_names_of_fields_are_written_as_kubectl_does(key: str, shown: str) -> None:
    assert label(key) == shown


def test_any_kind_is_a_tree_with_its_conditions_as_a_table() -> None:
    obj = {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {
            **meta(),
            "managedFields": [{"manager": "kty"}],
            "ownerReferences": [{"kind": "Shop", "name": "s"}],
        },
        "spec": {"size": 3, "parts": [{"name": "a"}, {"name": "b"}], "tags": ["x", "y"], "none": None, "on": True},
        "status": {"conditions": [{"type": "Ready", "status": "False", "reason": "Broken", "message": "is broken"}]},
    }
    kind = Resource("example.com", "v1", "Widget", "widgets")
    parts = described(describer_of(kind), obj, {})
    names = names_in(parts)
    assert {"API Version", "Owner References", "Spec", "Size", "Parts", "Tags", "Conditions", "Reason"} <= names
    assert "Managed Fields" not in names
    text = "\n".join("".join([span.text for span in line]) for line in Layout().lines(parts, width=100, now=NOW))
    assert "Ready  False   Broken" in text
    assert any(isinstance(part, Entry) and part.name == "Spec" for part in parts)


def test_an_endless_object_ends() -> None:
    nested: Any = {}
    for _ in range(150):
        nested = {"a": nested}
    parts = described(describer_of(Resource("x.y", "v1", "Z", "zs")), {"metadata": meta(), "spec": nested}, {})
    lines = Layout().lines(parts, width=80, now=NOW)
    assert any("nested too deep" in "".join([span.text for span in line]) for line in lines)


def test_the_values_of_an_odd_secret_are_not_shown_either() -> None:
    applied = {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"password":"cGFzc3dvcmQ="}}'}
    data = {"password": "cGFzc3dvcmQ=", 7: "b"}
    odd = {"metadata": meta(annotations=applied), "data": data, "stringData": {"a": "hidden"}}
    text = told("secrets", odd)
    assert "not what its kind promises" in text  # keys of two types cannot be sorted
    assert "cGFz" not in text
    assert "hidden" not in text
