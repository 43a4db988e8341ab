"""What the server fills in where an object says nothing."""

from typing import Any

import pytest

from tests.cluster.place import NO_SCHEDULER, Place
from tests.contract.asking import Asking

CONTAINER = {"name": "main", "image": "busybox:local"}
FILLED = {
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "imagePullPolicy": "IfNotPresent",
}
LABELS = {"app": "web"}
SPEC = {
    "containers": [{**CONTAINER, **FILLED}],
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
}
TEMPLATE: dict[str, Any] = {"metadata": {"labels": LABELS}, "spec": {"containers": [CONTAINER]}}
WHOLE_TEMPLATE: dict[str, Any] = {"metadata": {"labels": LABELS}, "spec": SPEC}
ENDING = {"spec": {"restartPolicy": "Never", "containers": [CONTAINER]}}
SELECTOR = {"matchLabels": LABELS}
WORKLOAD = {"replicas": 0, "selector": SELECTOR, "template": TEMPLATE}
SERVED = {
    "sessionAffinity": "None",
    "ipFamilies": ["IPv4"],
    "ipFamilyPolicy": "SingleStack",
    "internalTrafficPolicy": "Cluster",
}
HTTP = {"port": 80, "protocol": "TCP", "targetPort": 80}
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}

CASES: dict[str, tuple[str, Any, Any]] = {
    "deployment": (
        "apis/apps/v1 deployments",
        {"spec": WORKLOAD},
        {
            "spec": {
                **WORKLOAD,
                "template": WHOLE_TEMPLATE,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
                "revisionHistoryLimit": 10,
                "progressDeadlineSeconds": 600,
            },
            "status": {},
        },
    ),
    "a deployment that recreates": (
        "apis/apps/v1 deployments",
        {"spec": {**WORKLOAD, "strategy": {"type": "Recreate"}}},
        {
            "spec": {
                **WORKLOAD,
                "template": WHOLE_TEMPLATE,
                "strategy": {"type": "Recreate"},
                "revisionHistoryLimit": 10,
                "progressDeadlineSeconds": 600,
            }
        },
    ),
    "replica set": (
        "apis/apps/v1 replicasets",
        {"spec": WORKLOAD},
        {"spec": {**WORKLOAD, "template": WHOLE_TEMPLATE}, "status": {"replicas": 0}},
    ),
    "stateful set": (
        "apis/apps/v1 statefulsets",
        {
            "spec": {
                **WORKLOAD,
                "serviceName": "x",
                "volumeClaimTemplates": [
                    {
                        "metadata": {"name": "d"},
                        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                    }
                ],
            }
        },
        {
            "spec": {
                **WORKLOAD,
                "template": WHOLE_TEMPLATE,
                "serviceName": "x",
                "volumeClaimTemplates": [
                    {
                        "kind": "PersistentVolumeClaim",
                        "apiVersion": "v1",
                        "metadata": {"name": "d"},
                        "spec": {
                            "accessModes": ["ReadWriteOnce"],
                            "resources": {"requests": {"storage": "1Gi"}},
                            "volumeMode": "Filesystem",
                        },
                        "status": {"phase": "Pending"},
                    }
                ],
                "podManagementPolicy": "OrderedReady",
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
                "revisionHistoryLimit": 10,
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            },
            "status": {"replicas": 0, "availableReplicas": 0},
        },
    ),
    "daemon set": (
        "apis/apps/v1 daemonsets",
        {
            "spec": {
                "selector": SELECTOR,
                "template": {**TEMPLATE, "spec": {**TEMPLATE["spec"], "nodeSelector": {"t-none": "x"}}},
            }
        },
        {
            "metadata": {"annotations": {"deprecated.daemonset.template.generation": "1"}},
            "spec": {
                "selector": SELECTOR,
                "template": {**WHOLE_TEMPLATE, "spec": {**SPEC, "nodeSelector": {"t-none": "x"}}},
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
                "revisionHistoryLimit": 10,
            },
            "status": {
                "currentNumberScheduled": 0,
                "numberMisscheduled": 0,
                "desiredNumberScheduled": 0,
                "numberReady": 0,
            },
        },
    ),
    "cron job": (
        "apis/batch/v1 cronjobs",
        {"spec": {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": ENDING}}}},
        {
            "spec": {
                "schedule": "0 0 1 1 *",
                "concurrencyPolicy": "Allow",
                "suspend": False,
                "jobTemplate": {
                    "metadata": {},
                    "spec": {"template": {"metadata": {}, "spec": {**SPEC, "restartPolicy": "Never"}}},
                },
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 1,
            },
            "status": {},
        },
    ),
    "a service without a name outside": (
        "api/v1 services",
        {"spec": {"type": "ExternalName", "externalName": "a.b"}},
        {
            "spec": {"type": "ExternalName", "sessionAffinity": "None", "externalName": "a.b"},
            "status": {"loadBalancer": {}},
        },
    ),
    "a headless service": (
        "api/v1 services",
        {"spec": {"clusterIP": "None", "selector": LABELS, "ports": [{"port": 80}]}},
        {
            "spec": {
                **SERVED,
                "type": "ClusterIP",
                "clusterIP": "None",
                "clusterIPs": ["None"],
                "selector": LABELS,
                "ports": [HTTP],
            }
        },
    ),
    "a headless service of nobody": (
        "api/v1 services",
        {"spec": {"clusterIP": "None", "ports": [{"port": 80}]}},
        {
            "spec": {
                **SERVED,
                "type": "ClusterIP",
                "clusterIP": "None",
                "clusterIPs": ["None"],
                "ports": [HTTP],
                "ipFamilies": ["IPv4", "IPv6"],
                "ipFamilyPolicy": "RequireDualStack",
            }
        },
    ),
    "secret": (
        "api/v1 secrets",
        {"data": {"x": "eQ=="}, "stringData": {"a": "b"}},
        {"data": {"x": "eQ==", "a": "Yg=="}, "type": "Opaque", "stringData": None},
    ),
    "ingress": (
        "apis/networking.k8s.io/v1 ingresses",
        {"spec": {"defaultBackend": BACKEND}},
        {"metadata": {"generation": 1}, "spec": {"defaultBackend": BACKEND}, "status": {"loadBalancer": {}}},
    ),
    "budget": (
        "apis/policy/v1 poddisruptionbudgets",
        {"spec": {"minAvailable": 1, "selector": SELECTOR}},
        {"status": {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0}},
    ),
    "autoscaler": (
        "apis/autoscaling/v2 horizontalpodautoscalers",
        {"spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"}}},
        {
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"},
                "minReplicas": 1,
                "maxReplicas": 3,
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                    }
                ],
            },
            "status": {"desiredReplicas": 0, "currentMetrics": None},
        },
    ),
    "slice": (
        "apis/discovery.k8s.io/v1 endpointslices",
        {"addressType": "IPv4", "endpoints": [{"addresses": ["10.0.0.1"]}], "ports": [{"port": 80}]},
        {
            "metadata": {"generation": 1},
            "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {}}],
            "ports": [{"name": "", "protocol": "TCP", "port": 80}],
        },
    ),
    "binding": (
        "apis/rbac.authorization.k8s.io/v1 rolebindings",
        {
            "roleRef": {"kind": "Role", "name": "x"},
            "subjects": [{"kind": "User", "name": "a"}, {"kind": "ServiceAccount", "name": "b"}],
        },
        {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "x"},
            "subjects": [
                {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "a"},
                {"kind": "ServiceAccount", "name": "b"},
            ],
        },
    ),
    "claim": (
        "api/v1 persistentvolumeclaims",
        {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "",
                "resources": {"requests": {"storage": "1Gi"}},
            }
        },
        {
            "metadata": {"finalizers": ["kubernetes.io/pvc-protection"]},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "",
                "resources": {"requests": {"storage": "1Gi"}},
                "volumeMode": "Filesystem",
            },
            "status": {"phase": "Pending"},
        },
    ),
    "event": (
        "api/v1 events",
        {"involvedObject": {"kind": "Pod", "name": "x", "namespace": ""}, "type": "Normal"},
        {
            "source": {},
            "firstTimestamp": None,
            "lastTimestamp": None,
            "eventTime": None,
            "reportingComponent": "",
            "reportingInstance": "",
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_what_is_not_said_is_filled_in(ask: Asking, place: Place, case: str) -> None:
    where, content, expected = CASES[case]
    group, plural = where.split()
    if plural == "events":
        content = {**content, "involvedObject": {**content["involvedObject"], "namespace": place.namespace}}
    path = f"/{group}/namespaces/{place.namespace}/{plural}"
    made = await ask.create(path, {"metadata": {"name": "one"}, **content})
    for part, values in expected.items():
        found = {field: made[part].get(field) for field in values} if part == "metadata" else made.get(part)
        assert found == values


async def test_a_pod(ask: Asking, place: Place) -> None:
    container = {
        "name": "main",
        "image": "busybox",
        "ports": [{"containerPort": 80}],
        "env": [{"name": "a", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
        "livenessProbe": {"httpGet": {"port": 80}},
    }
    volumes = [{"name": "e"}, {"name": "s", "secret": {"secretName": "x"}}, {"name": "h", "hostPath": {"path": "/"}}]
    spec = {"schedulerName": NO_SCHEDULER, "containers": [container], "volumes": volumes}
    pods = f"/api/v1/namespaces/{place.namespace}/pods"
    made = await ask.create(pods, {"metadata": {"name": "one"}, "spec": spec})
    token = made["spec"]["volumes"].pop()
    assert token["name"].startswith("kube-api-access-")
    assert [next(iter(source)) for source in token["projected"]["sources"]] == [
        "serviceAccountToken",
        "configMap",
        "downwardAPI",
    ]
    mount = {"name": token["name"], "readOnly": True, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
    lasting = {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    assert made["spec"] == {
        **SPEC,
        "schedulerName": NO_SCHEDULER,
        "volumes": [
            {"name": "e", "emptyDir": {}},
            {"name": "s", "secret": {"secretName": "x", "defaultMode": 420}},
            {"name": "h", "hostPath": {"path": "/", "type": ""}},
        ],
        "containers": [
            {
                **FILLED,
                "name": "main",
                "image": "busybox",
                "imagePullPolicy": "Always",
                "ports": [{"containerPort": 80, "protocol": "TCP"}],
                "env": [{"name": "a", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}],
                "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}},
                "livenessProbe": {
                    "httpGet": {"path": "/", "port": 80, "scheme": "HTTP"},
                    "timeoutSeconds": 1,
                    "periodSeconds": 10,
                    "successThreshold": 1,
                    "failureThreshold": 3,
                },
                "volumeMounts": [mount],
            }
        ],
        "serviceAccountName": "default",
        "serviceAccount": "default",
        "tolerations": [
            {"key": "node.kubernetes.io/not-ready", **lasting},
            {"key": "node.kubernetes.io/unreachable", **lasting},
        ],
        "priority": 0,
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
    }
    assert made["metadata"]["generation"] == 1
    assert (made["status"]["phase"], made["status"]["qosClass"]) == ("Pending", "Guaranteed")


@pytest.mark.parametrize(
    ("resources", "quality"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
    ],
)
async def test_the_quality_of_service(ask: Asking, place: Place, resources: Any, quality: str) -> None:
    spec = {"schedulerName": NO_SCHEDULER, "containers": [{**CONTAINER, "resources": resources}]}
    pods = f"/api/v1/namespaces/{place.namespace}/pods"
    assert (await ask.create(pods, {"metadata": {"name": "one"}, "spec": spec}))["status"]["qosClass"] == quality


async def test_a_job_selects_its_pods_by_its_uid(ask: Asking, place: Place) -> None:
    jobs = f"/apis/batch/v1/namespaces/{place.namespace}/jobs"
    made = await ask.create(jobs, {"metadata": {"name": "one"}, "spec": {"suspend": True, "template": ENDING}})
    uid = made["metadata"]["uid"]
    labels = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": "one",
        "controller-uid": uid,
        "job-name": "one",
    }
    assert made["metadata"]["labels"] == labels
    assert made["spec"] == {
        "parallelism": 1,
        "completions": 1,
        "backoffLimit": 6,
        "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}},
        "manualSelector": False,
        "template": {"metadata": {"labels": labels}, "spec": {**SPEC, "restartPolicy": "Never"}},
        "completionMode": "NonIndexed",
        "suspend": True,
        "podReplacementPolicy": "TerminatingOrFailed",
    }


async def test_services_get_addresses_and_ports_and_keep_them(ask: Asking, place: Place) -> None:
    services = f"/api/v1/namespaces/{place.namespace}/services"
    made = await ask.create(
        services, {"metadata": {"name": "one"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    )
    address, (port,) = made["spec"]["clusterIP"], made["spec"]["ports"]
    assert address.startswith("10.96.")
    assert 30000 <= port["nodePort"] < 32768
    assert made["spec"] == {
        **SERVED,
        "type": "NodePort",
        "clusterIP": address,
        "clusterIPs": [address],
        "ports": [{**HTTP, "nodePort": port["nodePort"]}],
        "externalTrafficPolicy": "Cluster",
    }
    bare = {"metadata": {"name": "one"}, "spec": {"type": "NodePort", "ports": [{"port": 80}], "selector": LABELS}}
    again = (await ask("PUT", f"{services}/one", bare)).done()
    assert again["spec"] == {**made["spec"], "selector": LABELS}
    inside = await ask.merge(f"{services}/one", {"spec": {"type": "ClusterIP"}})
    assert inside["spec"]["ports"] == [HTTP]
    assert "externalTrafficPolicy" not in inside["spec"]
    balanced = await ask.merge(f"{services}/one", {"spec": {"type": "LoadBalancer"}})
    assert balanced["spec"]["allocateLoadBalancerNodePorts"] is True
    assert 30000 <= balanced["spec"]["ports"][0]["nodePort"] < 32768
