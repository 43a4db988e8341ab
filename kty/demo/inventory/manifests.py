"""Manifests in few words."""

from typing import Any

from kty.kube.objects import Object

REGISTRY = "registry.shop.internal"


def obj(name: str, namespace: str = "", *, labels: dict[str, str] | None = None, **parts: Any) -> Object:
    """Return an object; `parts` stand beside its metadata, but for `annotations`."""
    metadata: Object = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    if labels:
        metadata["labels"] = labels
    if notes := parts.pop("annotations", None):
        metadata["annotations"] = notes
    return {"metadata": metadata, **parts}


def named(name: str, part_of: str = "shop", **more: str) -> dict[str, str]:
    """Return the labels that Kubernetes recommends."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": part_of, **more}


def container(name: str, image: str, *, cpu: str = "", memory: str = "", port: int = 0, **more: Any) -> Object:
    spec: Object = {"name": name, "image": image}
    if port:
        spec["ports"] = [{"name": "http", "containerPort": port}]
    if cpu or memory:
        asked = {"cpu": cpu, "memory": memory}
        spec["resources"] = {
            "requests": {key: value for key, value in asked.items() if value},
            **({"limits": {"memory": memory}} if memory else {}),
        }
    return spec | more


def probes(port: str | int = "http", path: str = "/healthz") -> Object:
    """Return a readiness and a liveness probe."""
    asked = {"httpGet": {"path": path, "port": port}}
    return {"readinessProbe": {**asked, "periodSeconds": 5}, "livenessProbe": {**asked, "initialDelaySeconds": 10}}


def template(labels: dict[str, str], *containers: Object, annotations: Object | None = None, **spec: Any) -> Object:
    metadata: Object = {"labels": labels}
    if annotations:
        metadata["annotations"] = annotations
    return {"metadata": metadata, "spec": {"containers": list(containers), **spec}}


def workload(name: str, namespace: str, content: Object, **spec: Any) -> Object:
    """Return a deployment, statefulset or daemonset: what selects its pods is the name that they carry."""
    labels = content["metadata"]["labels"]
    key = next(key for key in ("app.kubernetes.io/name", "k8s-app", "app", "component") if key in labels)
    selector = {"matchLabels": {key: labels[key]}}
    return obj(name, namespace, labels=dict(labels), spec={"selector": selector, "template": content, **spec})


def service(name: str, namespace: str, labels: dict[str, str], *ports: int | Object, **spec: Any) -> Object:
    key = next(iter(labels))
    given = [{"name": "http", "port": port, "targetPort": "http"} if isinstance(port, int) else port for port in ports]
    return obj(name, namespace, labels=labels, spec={"selector": {key: labels[key]}, "ports": given, **spec})
