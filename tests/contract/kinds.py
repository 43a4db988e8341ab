"""The columns of each kind, as the API server 1.36 defines them."""

_DEFINED = {
    "/api/v1/configmaps": "Name, Data, Age",
    "/api/v1/events": "Last Seen, Type, Reason, Object, Subobject*, Source*, Message, First Seen*, Count*, Name*",
    "/api/v1/namespaces": "Name, Status, Age",
    "/api/v1/nodes": (
        "Name, Status, Roles, Age, Version, Internal-IP*, External-IP*, OS-Image*, Kernel-Version*, Container-Runtime*"
    ),
    "/api/v1/persistentvolumeclaims": (
        "Name, Status, Volume, Capacity, Access Modes, StorageClass, VolumeAttributesClass, Age, VolumeMode*"
    ),
    "/api/v1/persistentvolumes": (
        "Name, Capacity, Access Modes, Reclaim Policy, Status, Claim, StorageClass, "
        "VolumeAttributesClass, Reason, Age, VolumeMode*"
    ),
    "/api/v1/pods": "Name, Ready, Status, Restarts, Age, IP*, Node*, Nominated Node*, Readiness Gates*",
    "/api/v1/secrets": "Name, Type, Data, Age",
    "/api/v1/serviceaccounts": "Name, Age",
    "/api/v1/services": "Name, Type, Cluster-IP, External-IP, Port(s), Age, Selector*",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": "Name, Created At:date",
    "/apis/apps/v1/daemonsets": (
        "Name, Desired:integer, Current:integer, Ready:integer, Up-to-date:integer, Available:integer, "
        "Node Selector, Age, Containers*, Images*, Selector*"
    ),
    "/apis/apps/v1/deployments": "Name, Ready, Up-to-date, Available, Age, Containers*, Images*, Selector*",
    "/apis/apps/v1/replicasets": (
        "Name, Desired:integer, Current:integer, Ready:integer, Age, Containers*, Images*, Selector*"
    ),
    "/apis/apps/v1/statefulsets": "Name, Ready, Age, Containers*, Images*",
    "/apis/autoscaling/v2/horizontalpodautoscalers": "Name, Reference, Targets, MinPods, MaxPods, Replicas, Age",
    "/apis/batch/v1/cronjobs": (
        "Name, Schedule, Timezone, Suspend:boolean, Active:integer, Last Schedule, Age, Containers*, Images*, Selector*"
    ),
    "/apis/batch/v1/jobs": "Name, Status, Completions, Duration, Age, Containers*, Images*, Selector*",
    "/apis/coordination.k8s.io/v1/leases": "Name, Holder, Age",
    "/apis/discovery.k8s.io/v1/endpointslices": "Name, AddressType, Ports, Endpoints, Age",
    "/apis/networking.k8s.io/v1/ingresses": "Name, Class, Hosts, Address, Ports, Age",
    "/apis/policy/v1/poddisruptionbudgets": "Name, Min Available, Max Unavailable, Allowed Disruptions:integer, Age",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings": "Name, Role, Age, Users*, Groups*, ServiceAccounts*",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles": "Name, Created At:date",
    "/apis/rbac.authorization.k8s.io/v1/rolebindings": "Name, Role, Age, Users*, Groups*, ServiceAccounts*",
    "/apis/rbac.authorization.k8s.io/v1/roles": "Name, Created At:date",
}
"""By the path of a kind: names, with `:TYPE` where that is no string, and `*` behind those of the wide view."""


def _column(word: str) -> tuple[str, str, int]:
    name, _, type_ = word.removesuffix("*").partition(":")
    return name, type_ or "string", int(word.endswith("*"))


COLUMNS = {path: [_column(word) for word in text.split(", ")] for path, text in _DEFINED.items()}
"""Names, types and priorities."""
