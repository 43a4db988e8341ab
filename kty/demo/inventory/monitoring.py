"""Prometheus, Grafana and what they read from."""

from kty.demo.inventory.manifests import container, named, obj, probes, service, template, workload
from kty.kube.objects import Object

NAMESPACE = "monitoring"


def _named(name: str) -> dict[str, str]:
    return named(name, "monitoring")


def daemonset() -> Object:
    run = container("node-exporter", "quay.io/prometheus/node-exporter:v1.10.2", cpu="20m", memory="32Mi", port=9100)
    linux = {"kubernetes.io/os": "linux"}
    content = template(
        _named("node-exporter"), run, hostNetwork=True, tolerations=[{"operator": "Exists"}], nodeSelector=linux
    )
    return workload("node-exporter", NAMESPACE, content)


def deployments() -> list[Object]:
    grafana = container(
        "grafana",
        "docker.io/grafana/grafana:12.3.0",
        cpu="100m",
        memory="256Mi",
        port=3000,
        **probes(path="/api/health"),
    )
    state = container(
        "kube-state-metrics", "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0",
        cpu="50m", memory="128Mi", port=8080,
    )  # fmt: skip
    return [
        workload("grafana", NAMESPACE, template(_named("grafana"), grafana), replicas=1),
        workload("kube-state-metrics", NAMESPACE, template(_named("kube-state-metrics"), state), replicas=1),
    ]


def statefulsets() -> list[Object]:
    prometheus = container(
        "prometheus", "quay.io/prometheus/prometheus:v3.8.0", cpu="250m", memory="1Gi", port=9090,
        args=["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.retention.time=15d"],
        volumeMounts=[{"name": "data", "mountPath": "/prometheus"}], **probes(path="/-/ready"),
    )  # fmt: skip
    alerts = container("alertmanager", "quay.io/prometheus/alertmanager:v0.30.0", cpu="20m", memory="64Mi", port=9093)
    return [
        workload(
            "prometheus", NAMESPACE, template(_named("prometheus"), prometheus), replicas=1, serviceName="prometheus",
            volumeClaimTemplates=[claim("data", "50Gi")],
        ),
        workload("alertmanager", NAMESPACE, template(_named("alertmanager"), alerts), replicas=1, serviceName="alerts"),
    ]  # fmt: skip


def claim(name: str, size: str) -> Object:
    """Return a volumeClaimTemplate."""
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "standard",
        "resources": {"requests": {"storage": size}},
    }
    return obj(name, spec=spec)


def services() -> list[Object]:
    return [service(name, NAMESPACE, _named(name), port) for name, port in (("prometheus", 9090), ("grafana", 80))]
