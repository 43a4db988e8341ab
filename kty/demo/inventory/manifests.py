"""What the shop's cluster is made of, from a few words each: `objects.json` has them, stage by stage and kind by kind.

What is not named here stands as it is. `of` stands for the recommended labels; a workload has `containers`, and in
`pod` what its template says beside them; one of the shop's own has a `version` instead.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from kty.kube.objects import Object

NAMESPACE: Final = "shop"
_FILE: Final = Path(__file__).with_name("objects.json")


def objects(stage: str) -> Iterator[tuple[str, list[Object]]]:
    """Yield kinds, by Resource.id, with their objects, in the order in which they are to be created."""
    for kind, rows in _content()[stage].items():
        yield kind, [_whole(kind, dict(row)) for row in rows]


@cache
def _content() -> dict[str, dict[str, list[Object]]]:
    content: dict[str, dict[str, list[Object]]] = json.loads(_FILE.read_bytes())
    return content


def _whole(kind: str, row: Object) -> Object:
    if "version" in row:
        return _app(**row)
    name, part_of = row.pop("name"), row.pop("of", "")
    labels = named(name, part_of) if part_of else row.pop("labels", None)
    head = {"labels": labels, "annotations": row.pop("annotations", None)}
    namespace, status = row.pop("namespace", ""), {"status": row.pop("status")} if "status" in row else {}
    if "ports" in row:
        row = {"spec": {"selector": _selector(labels), "ports": list(map(_port, row.pop("ports"))), **row}}
    elif "containers" in row:
        content = template(labels, *[container(**each) for each in row.pop("containers")], **row.pop("pod", {}))
        match kind:
            case "pods":
                row = {"spec": content["spec"]}
            case "jobs.batch":
                row = {"spec": {"template": content, **row}}
            case "cronjobs.batch":
                row = {"spec": {**row, "jobTemplate": {"spec": {"template": content}}}}
            case _:
                row = {"spec": {"selector": {"matchLabels": _selector(labels)}, "template": content, **row}}
    return obj(name, namespace, **head, **row, **status)


def _selector(labels: dict[str, str]) -> dict[str, str]:
    return dict([next(iter(labels.items()))])


def _port(port: int | Object) -> Object:
    return {"name": "http", "port": port, "targetPort": "http"} if isinstance(port, int) else port


def image(name: str, version: str) -> str:
    return f"registry.shop.internal/{name}:{version}"


def _app(name: str, version: str, cpu: str, memory: str, replicas: int) -> Object:
    """Return the deployment of one of the shop's services."""
    labels = named(name, NAMESPACE)
    env = [
        {"name": "LOG_LEVEL", "value": "info"},
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": "postgres-credentials", "key": "url"}}},
    ]
    settings = [{"configMapRef": {"name": "shop-settings"}}]
    run = container(name, image(name, version), cpu=cpu, memory=memory, port=8080, env=env, probes=(), envFrom=settings)
    content = template(labels | {"app.kubernetes.io/version": version}, run)
    spec = {"selector": {"matchLabels": _selector(labels)}, "template": content, "replicas": replicas}
    notes = {"kubernetes.io/change-cause": f"release {version}"}
    labels = content["metadata"]["labels"]
    return obj(name, NAMESPACE, labels=dict(labels), annotations=notes, spec=spec)


def obj(name: str, namespace: str = "", *, labels: Any = None, annotations: Any = None, **parts: Any) -> Object:
    """Return an object; `parts` stand beside its metadata."""
    metadata = {"name": name, "namespace": namespace, "labels": labels, "annotations": annotations}
    return {"metadata": {field: value for field, value in metadata.items() if value}, **parts}


def named(name: str, part_of: str) -> dict[str, str]:
    """Return the labels that Kubernetes recommends."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": part_of}


def container(name: str, image: str, *, cpu: str = "", memory: str = "", port: int = 0, **more: Any) -> Object:
    """Return a container; `probes` are the port and the path that are asked."""
    spec: Object = {"name": name, "image": image}
    if port:
        spec["ports"] = [{"name": "http", "containerPort": port}]
    if asked := {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value}:
        spec["resources"] = {"requests": asked, **({"limits": {"memory": memory}} if memory else {})}
    for field, value in more.items():
        spec |= _probes(*value) if field == "probes" else {field: value}
    return spec


def _probes(port: str | int = "http", path: str = "/healthz") -> Object:
    http = {"httpGet": {"path": path, "port": port}}
    return {"readinessProbe": {**http, "periodSeconds": 5}, "livenessProbe": {**http, "initialDelaySeconds": 10}}


def template(labels: dict[str, str], *containers: Object, annotations: Object | None = None, **spec: Any) -> Object:
    metadata: Object = {"labels": labels} | ({"annotations": annotations} if annotations else {})
    return {"metadata": metadata, "spec": {"containers": list(containers), **spec}}
