"""What an object of a kind always has, as its Go type says: such places do not appear when they are first set."""

from typing import Any, Final

from kty.kube.objects import Object

_POD_TEMPLATE: Final[Object] = {"metadata": {}, "spec": {"containers": None}}
_STATED: Final[Object] = {"spec": {}, "status": {}}
_SERVED: Final[Object] = {"spec": {}, "status": {"loadBalancer": {}}}
_ROLE: Final[Object] = {"rules": None}
_BINDING: Final[Object] = {"roleRef": {"apiGroup": "", "kind": "", "name": ""}}
_NODE_INFO = (
    *("architecture", "bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion", "kubeletVersion"),
    *("machineID", "operatingSystem", "osImage", "systemUUID"),
)

ZERO_VALUES: Final[dict[str, Object]] = {
    "namespaces": _STATED,
    "nodes": {
        "spec": {},
        "status": {
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 0}},
            "nodeInfo": dict.fromkeys(_NODE_INFO, ""),
        },
    },
    "pods": {"spec": {"containers": None}, "status": {}},
    "services": _SERVED,
    "configmaps": {},
    "secrets": {},
    "serviceaccounts": {},
    "events": {
        "eventTime": None,
        "firstTimestamp": None,
        "involvedObject": {},
        "lastTimestamp": None,
        "reportingComponent": "",
        "reportingInstance": "",
        "source": {},
    },
    "persistentvolumes": _STATED,
    "persistentvolumeclaims": {"spec": {"resources": {}}, "status": {}},
    "endpointslices.discovery.k8s.io": {"addressType": "", "endpoints": None, "ports": None},
    "deployments.apps": {"spec": {"selector": None, "strategy": {}, "template": _POD_TEMPLATE}, "status": {}},
    "replicasets.apps": {"spec": {"selector": None, "template": _POD_TEMPLATE}, "status": {"replicas": 0}},
    "statefulsets.apps": {
        "spec": {"selector": None, "serviceName": "", "template": _POD_TEMPLATE, "updateStrategy": {}},
        "status": {"availableReplicas": 0, "replicas": 0},
    },
    "daemonsets.apps": {
        "spec": {"selector": None, "template": _POD_TEMPLATE, "updateStrategy": {}},
        "status": {
            "currentNumberScheduled": 0,
            "desiredNumberScheduled": 0,
            "numberMisscheduled": 0,
            "numberReady": 0,
        },
    },
    "jobs.batch": {"spec": {"template": _POD_TEMPLATE}, "status": {}},
    "cronjobs.batch": {
        "spec": {"jobTemplate": {"metadata": {}, "spec": {"template": _POD_TEMPLATE}}, "schedule": ""},
        "status": {},
    },
    "ingresses.networking.k8s.io": _SERVED,
    "horizontalpodautoscalers.autoscaling": {
        "spec": {"maxReplicas": 0, "scaleTargetRef": {"kind": "", "name": ""}},
        "status": {"currentMetrics": None, "desiredReplicas": 0},
    },
    "poddisruptionbudgets.policy": {
        "spec": {},
        "status": {"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0},
    },
    "leases.coordination.k8s.io": {"spec": {}},
    "roles.rbac.authorization.k8s.io": _ROLE,
    "clusterroles.rbac.authorization.k8s.io": _ROLE,
    "rolebindings.rbac.authorization.k8s.io": _BINDING,
    "clusterrolebindings.rbac.authorization.k8s.io": _BINDING,
    "customresourcedefinitions.apiextensions.k8s.io": {
        "spec": {"group": "", "names": {"kind": "", "plural": ""}, "scope": "", "versions": None},
        "status": {"acceptedNames": {"kind": "", "plural": ""}, "conditions": None, "storedVersions": None},
    },
}
"""By Resource.id; metadata, which every object has, is left out."""


def filled(obj: Object, zero: Object) -> Object:
    """Return the object with what its kind always has; parts that lack nothing are shared with it."""
    out: Object | None = None
    for name, default in zero.items():
        value: Any = obj.get(name, obj)
        if value is obj:
            full: Any = default
        elif isinstance(value, dict) and default and isinstance(default, dict):
            full = filled(value, default)
        else:
            continue
        if full is not value:
            out = dict(obj) if out is None else out
            out[name] = full
    return obj if out is None else out
