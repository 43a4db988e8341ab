"""What is refused in an object that is understood: in the server's words, with the fields that are wrong."""

from typing import Any

import pytest

from tests.cluster.place import NO_SCHEDULER, Place
from tests.contract.asking import MERGE_PATCH, Asking

CONTAINER = {"name": "main", "image": "busybox:local"}
LABELS = {"app": "web"}
SELECTOR = {"matchLabels": LABELS}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [CONTAINER]}}
WORKLOAD = {"replicas": 0, "selector": SELECTOR, "template": TEMPLATE}
JOB = {"suspend": True, "template": {"spec": {"restartPolicy": "Never", "containers": [CONTAINER]}}}
DEPLOYMENTS, PODS, SERVICES = "apis/apps/v1 deployments", "api/v1 pods", "api/v1 services"
JOBS, CRON_JOBS, STATEFUL_SETS = "apis/batch/v1 jobs", "apis/batch/v1 cronjobs", "apis/apps/v1 statefulsets"
BINDINGS, CLAIMS = "apis/rbac.authorization.k8s.io/v1 rolebindings", "api/v1 persistentvolumeclaims"
RANGE = "must be between 1 and 65535, inclusive"


def pod(**container: Any) -> Any:
    return {"spec": {"containers": [{**CONTAINER, **container}]}}


def deployment(**spec: Any) -> Any:
    return {"spec": {**WORKLOAD, **spec}}


def path_of(where: str, place: Place) -> str:
    group, plural = where.split()
    return f"/{group}/namespaces/{place.namespace}/{plural}"


@pytest.mark.parametrize(
    ("where", "content", "why"),
    [
        (DEPLOYMENTS, deployment(replicas=-1), "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
        (
            DEPLOYMENTS,
            deployment(template={**TEMPLATE, "spec": {"restartPolicy": "Never", "containers": [CONTAINER]}}),
            'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        ),
        (
            DEPLOYMENTS,
            {},
            "[spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not "
            "match template `labels`, spec.template.spec.containers: Required value]",
        ),
        (
            DEPLOYMENTS,
            deployment(selector={"matchLabels": {"app": "db"}}),
            'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
        ),
        (PODS, {"spec": {"containers": []}}, "spec.containers: Required value"),
        (PODS, {"spec": {"containers": [CONTAINER, CONTAINER]}}, 'spec.containers[1].name: Duplicate value: "main"'),
        (PODS, pod(image=""), "spec.containers[0].image: Required value"),
        (
            PODS,
            pod(volumeMounts=[{"name": "none", "mountPath": "/x"}]),
            'spec.containers[0].volumeMounts[0].name: Not found: "none"',
        ),
        (
            PODS,
            pod(ports=[{"containerPort": 99999}]),
            f"spec.containers[0].ports[0].containerPort: Invalid value: 99999: {RANGE}",
        ),
        (
            PODS,
            {"spec": {"containers": [CONTAINER], "restartPolicy": "Perhaps"}},
            'spec.restartPolicy: Unsupported value: "Perhaps": supported values: "Always", "OnFailure", "Never"',
        ),
        (SERVICES, {"spec": {}}, "spec.ports: Required value"),
        (
            SERVICES,
            {"spec": {"ports": [{"port": 80}, {"port": 81}]}},
            "[spec.ports[0].name: Required value, spec.ports[1].name: Required value]",
        ),
        (
            SERVICES,
            {"spec": {"ports": [{"port": 0}]}},
            f"[spec.ports[0].port: Invalid value: 0: {RANGE}, spec.ports[0].targetPort: Invalid value: 0: {RANGE}]",
        ),
        (
            SERVICES,
            {"spec": {"type": "Any", "ports": [{"port": 1}]}},
            'spec.type: Unsupported value: "Any": supported values: "ClusterIP", "ExternalName", "LoadBalancer", '
            '"NodePort"',
        ),
        (
            JOBS,
            {"spec": {"template": TEMPLATE}},
            'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
        ),
        (
            CRON_JOBS,
            {"spec": {"schedule": "often", "jobTemplate": {"spec": {"template": JOB["template"]}}}},
            'spec.schedule: Invalid value: "often": expected exactly 5 fields, found 1: [often]',
        ),
        (
            CRON_JOBS,
            {"spec": {"jobTemplate": {"spec": {"template": JOB["template"]}}}},
            "spec.schedule: Required value",
        ),
        (
            CLAIMS,
            {"spec": {}},
            "[spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required "
            "value]",
        ),
        (
            BINDINGS,
            {},
            '[roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole", roleRef.name: Required '
            "value]",
        ),
        (
            "apis/autoscaling/v2 horizontalpodautoscalers",
            {"spec": {"minReplicas": 3, "maxReplicas": 1, "scaleTargetRef": {"kind": "D", "name": "x"}}},
            "[spec.maxReplicas: Invalid value: 1: must be greater than or equal to `minReplicas`, "
            'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group]',
        ),
        (
            "apis/networking.k8s.io/v1 ingresses",
            {"spec": {}},
            "spec: Invalid value: null: either `defaultBackend` or `rules` must be specified",
        ),
        (
            "api/v1 configmaps",
            {"data": {"a b": "x"}},
            "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' "
            "or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        ),
    ],
)
async def test_an_object_must_make_sense(ask: Asking, place: Place, where: str, content: Any, why: str) -> None:
    answer = await ask("POST", path_of(where, place), {"metadata": {"name": "one"}, **content})
    code, reason, message = answer.refusal
    assert (code, reason) == (422, "Invalid")
    assert message.partition(" is invalid: ")[2] == why
    details = answer.content["details"]
    qualified = f"{details['kind']}.{details['group']}" if "group" in details else details["kind"]
    assert message.startswith(f'{qualified} "one" is invalid: ')
    told = [f"{field}: {cause}" for _, field, cause in answer.causes]
    assert why == (told[0] if len(told) == 1 else f"[{', '.join(told)}]")


@pytest.mark.parametrize(
    ("where", "content", "patch", "why"),
    [
        (
            DEPLOYMENTS,
            deployment(),
            {"spec": {"selector": {"matchLabels": {"b": "c"}}, "template": {"metadata": {"labels": {"b": "c"}}}}},
            'spec.selector: Invalid value: {"matchLabels":{"app":"web","b":"c"}}: field is immutable',
        ),
        (JOBS, {"spec": JOB}, {"spec": {"completions": 3}}, "spec.completions: Invalid value: 3: field is immutable"),
        (
            PODS,
            {"spec": {"schedulerName": NO_SCHEDULER, "containers": [CONTAINER]}},
            {"spec": {"schedulerName": "other"}},
            "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`",
        ),
        (
            PODS,
            {"spec": {"schedulerName": NO_SCHEDULER, "containers": [CONTAINER]}},
            {"spec": {"containers": [CONTAINER, {**CONTAINER, "name": "more"}]}},
            "spec.containers: Forbidden: pod updates may not add or remove containers",
        ),
        (
            SERVICES,
            {"spec": {"ports": [{"port": 80}]}},
            {"spec": {"clusterIP": "10.96.1.1"}},
            'spec.clusterIPs[0]: Invalid value: ["10.96.1.1"]: may not change once set',
        ),
        (
            STATEFUL_SETS,
            {"spec": {**WORKLOAD, "serviceName": "x"}},
            {"spec": {"serviceName": "y"}},
            "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
            "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' "
            "are forbidden",
        ),
        (
            CLAIMS,
            {
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": "",
                    "resources": {"requests": {"storage": "1Gi"}},
                }
            },
            {"spec": {"accessModes": ["ReadWriteMany"]}},
            "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName "
            "for bound claims",
        ),
        (
            BINDINGS,
            {"roleRef": {"kind": "Role", "name": "x"}},
            {"roleRef": {"name": "y"}},
            'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"y"}: cannot change '
            "roleRef",
        ),
        (
            "api/v1 configmaps",
            {"immutable": True, "data": {"a": "b"}},
            {"data": {"a": "c"}},
            "data: Forbidden: field is immutable when `immutable` is set",
        ),
        ("api/v1 secrets", {"type": "t/x"}, {"type": "t/y"}, 'type: Invalid value: "t/y": field is immutable'),
    ],
)
async def test_some_of_it_stays_as_it_is(
    ask: Asking, place: Place, where: str, content: Any, patch: Any, why: str
) -> None:
    path = path_of(where, place)
    await ask.create(path, {"metadata": {"name": "one"}, **content})
    answer = await ask("PATCH", f"{path}/one", patch, media=MERGE_PATCH)
    assert answer.refusal[:2] == (422, "Invalid")
    assert answer.refusal[2].partition(" is invalid: ")[2].startswith(why)


async def test_the_image_of_a_pod_may_change(ask: Asking, place: Place) -> None:
    await place.pod("one")
    patch = {"spec": {"containers": [{"name": "main", "image": "busybox:other"}]}}
    pods = f"/api/v1/namespaces/{place.namespace}/pods"
    changed = await ask.patch(f"{pods}/one", patch, "application/strategic-merge-patch+json")
    assert changed["metadata"]["generation"] == 2


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ({"a": "b c"}, 'metadata.labels: Invalid value: "b c": a valid label must be an empty string or consist of'),
        ({"a b": "c"}, 'metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters'),
        ({"a": "x" * 64}, "metadata.labels: Invalid value: "),
    ],
)
async def test_labels_must_be_labels(ask: Asking, place: Place, labels: Any, why: str) -> None:
    path = f"/api/v1/namespaces/{place.namespace}/configmaps"
    answer = await ask("POST", path, {"metadata": {"name": "one", "labels": labels}})
    assert answer.refusal[:2] == (422, "Invalid")
    assert answer.refusal[2].startswith(f'ConfigMap "one" is invalid: {why}')


@pytest.mark.parametrize("name", ["A_b", "-a", "a..b", "x" * 254])
async def test_names_must_be_names(ask: Asking, place: Place, name: str) -> None:
    answer = await ask("POST", f"/api/v1/namespaces/{place.namespace}/configmaps", {"metadata": {"name": name}})
    assert answer.refusal[:2] == (422, "Invalid")
    assert answer.refusal[2].startswith(f'ConfigMap "{name}" is invalid: metadata.name: Invalid value: "{name}": ')


async def test_a_pod_runs_as_an_account_that_there_is(ask: Asking, place: Place) -> None:
    pods = f"/api/v1/namespaces/{place.namespace}/pods"
    spec = {"serviceAccountName": "none", "containers": [CONTAINER]}
    answer = await ask("POST", pods, {"metadata": {"name": "one"}, "spec": spec})
    why = f'error looking up service account {place.namespace}/none: serviceaccount "none" not found'
    assert answer.refusal == (403, "Forbidden", f'pods "one" is forbidden: {why}')
