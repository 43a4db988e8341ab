# ruff: noqa: RUF012 - msgspec gives each object a copy of a default that is mutable
"""The built-in kinds that kty itself uses, as classes: the fields that are of use, under Python's names.

Whatever else an object has is not read; `Api.entry` and patches keep it, `Api.replace` does not. A field is None (or
a list empty) where the object says nothing.
"""

from typing import Any, ClassVar, TypeAlias

from msgspec import field

from kty.kube.parts import Condition, LabelSelector, Metadata, Part, Whole
from kty.kube.resource import Resource

IntOrString: TypeAlias = int | str
"""A number, or a percentage or name in its place."""


class ConfigMap(Whole):
    resource: ClassVar[Resource] = Resource("", "v1", "ConfigMap", "configmaps")
    data: dict[str, str] = {}
    binary_data: dict[str, str] = {}
    """In base64."""
    immutable: bool | None = None


class Secret(Whole):
    resource: ClassVar[Resource] = Resource("", "v1", "Secret", "secrets")
    type: str = ""
    data: dict[str, str] = {}
    """In base64."""
    immutable: bool | None = None


class NamespaceStatus(Part):
    phase: str = ""


class Namespace(Whole):
    resource: ClassVar[Resource] = Resource("", "v1", "Namespace", "namespaces", namespaced=False)
    status: NamespaceStatus | None = None


class EnvVar(Part):
    name: str
    value: str | None = None
    value_from: dict[str, Any] | None = None


class ContainerPort(Part):
    container_port: int
    name: str = ""
    protocol: str = ""


class Requirements(Part):
    """What a container asks for, by resource: quantities such as `500m` and `1Gi`."""

    requests: dict[str, IntOrString] = {}
    limits: dict[str, IntOrString] = {}


class Container(Part):
    name: str = ""
    image: str = ""
    command: list[str] = []
    args: list[str] = []
    env: list[EnvVar] = []
    ports: list[ContainerPort] = []
    resources: Requirements | None = None
    stdin: bool | None = None
    tty: bool | None = None


class PodSpec(Part):
    containers: list[Container] = []
    init_containers: list[Container] = []
    ephemeral_containers: list[Container] = []
    volumes: list[dict[str, Any]] = []
    node_name: str = ""
    node_selector: dict[str, str] = {}
    restart_policy: str = ""
    service_account_name: str = ""
    termination_grace_period_seconds: int | None = None


class ContainerStatus(Part):
    name: str = ""
    ready: bool | None = None
    restart_count: int | None = None
    image: str = ""
    container_id: str = field(name="containerID", default="")
    state: dict[str, Any] = {}
    """`waiting`, `running` or `terminated`, and what is known of it."""
    last_state: dict[str, Any] = {}


class PodStatus(Part):
    phase: str = ""
    reason: str = ""
    message: str = ""
    pod_ip: str = field(name="podIP", default="")
    host_ip: str = field(name="hostIP", default="")
    start_time: str | None = None
    conditions: list[Condition] = []
    container_statuses: list[ContainerStatus] = []
    init_container_statuses: list[ContainerStatus] = []
    ephemeral_container_statuses: list[ContainerStatus] = []


class Pod(Whole):
    resource: ClassVar[Resource] = Resource("", "v1", "Pod", "pods")
    spec: PodSpec | None = None
    status: PodStatus | None = None


class NodeSpec(Part):
    unschedulable: bool | None = None
    taints: list[dict[str, Any]] = []


class NodeStatus(Part):
    capacity: dict[str, str] = {}
    allocatable: dict[str, str] = {}
    conditions: list[Condition] = []
    addresses: list[dict[str, str]] = []
    node_info: dict[str, Any] = {}


class Node(Whole):
    resource: ClassVar[Resource] = Resource("", "v1", "Node", "nodes", namespaced=False)
    spec: NodeSpec | None = None
    status: NodeStatus | None = None


class ServicePort(Part):
    port: int
    name: str = ""
    protocol: str = ""
    target_port: IntOrString | None = None
    node_port: int | None = None


class ServiceSpec(Part):
    type: str = ""
    cluster_ip: str = field(name="clusterIP", default="")
    selector: dict[str, str] = {}
    ports: list[ServicePort] = []


class Service(Whole):
    resource: ClassVar[Resource] = Resource("", "v1", "Service", "services")
    spec: ServiceSpec | None = None


class ServiceAccount(Whole):
    resource: ClassVar[Resource] = Resource("", "v1", "ServiceAccount", "serviceaccounts")


class ObjectReference(Part):
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    field_path: str = ""


class Event(Whole):
    resource: ClassVar[Resource] = Resource("", "v1", "Event", "events")
    involved_object: ObjectReference | None = None
    type: str = ""
    """`Normal` or `Warning`."""
    reason: str = ""
    message: str = ""
    count: int | None = None
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    event_time: str | None = None


class PodTemplate(Part):
    metadata: Metadata | None = None
    spec: PodSpec | None = None


class WorkloadSpec(Part):
    """Of a Deployment, ReplicaSet, StatefulSet or DaemonSet; each has only some of these."""

    replicas: int | None = None
    selector: LabelSelector | None = None
    template: PodTemplate | None = None
    service_name: str = ""
    paused: bool | None = None
    min_ready_seconds: int | None = None
    revision_history_limit: int | None = None
    progress_deadline_seconds: int | None = None
    strategy: dict[str, Any] = {}
    update_strategy: dict[str, Any] = {}


class WorkloadStatus(Part):
    observed_generation: int | None = None
    replicas: int | None = None
    updated_replicas: int | None = None
    ready_replicas: int | None = None
    available_replicas: int | None = None
    current_revision: str = ""
    update_revision: str = ""
    desired_number_scheduled: int | None = None
    updated_number_scheduled: int | None = None
    number_available: int | None = None
    number_ready: int | None = None
    conditions: list[Condition] = []


class Workload(Whole):
    spec: WorkloadSpec | None = None
    status: WorkloadStatus | None = None


class Deployment(Workload):
    resource: ClassVar[Resource] = Resource("apps", "v1", "Deployment", "deployments")


class ReplicaSet(Workload):
    resource: ClassVar[Resource] = Resource("apps", "v1", "ReplicaSet", "replicasets")


class StatefulSet(Workload):
    resource: ClassVar[Resource] = Resource("apps", "v1", "StatefulSet", "statefulsets")


class DaemonSet(Workload):
    resource: ClassVar[Resource] = Resource("apps", "v1", "DaemonSet", "daemonsets")


class ScaleSpec(Part):
    replicas: int | None = None


class ScaleStatus(Part):
    replicas: int | None = None
    selector: str = ""


class Scale(Whole):
    """How many there are of what an object makes (autoscaling/v1), whatever its kind."""

    resource: ClassVar[Resource] = Resource("autoscaling", "v1", "Scale", "scale")
    spec: ScaleSpec | None = None
    status: ScaleStatus | None = None
