"""The shop itself: what customers use, what stands behind it, and what goes wrong in it."""

from typing import Any

from kty.demo.inventory.manifests import REGISTRY, container, named, obj, probes, service, template, workload
from kty.demo.inventory.monitoring import claim
from kty.demo.life.behaviour import EXITS, LAST_WORDS
from kty.kube.objects import Object

NAMESPACE = "shop"
MAIL = "email-worker"
SUGGESTIONS = "recommendations"


def image(name: str, version: str) -> str:
    return f"{REGISTRY}/{name}:{version}"


def app(name: str, version: str, replicas: int, *, cpu: str = "100m", memory: str = "128Mi", **more: Any) -> Object:
    """Return the deployment of one of the shop's services."""
    labels = named(name)
    env = [
        {"name": "LOG_LEVEL", "value": "info"},
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": "postgres-credentials", "key": "url"}}},
    ]
    run = container(
        name, image(name, version), cpu=cpu, memory=memory, port=8080, env=env, **probes(),
        envFrom=[{"configMapRef": {"name": "shop-settings"}}],
    )  # fmt: skip
    content = template(labels | {"app.kubernetes.io/version": version}, run, **more)
    notes = {"kubernetes.io/change-cause": f"release {version}"}
    deployment = workload(name, NAMESPACE, content, replicas=replicas)
    deployment["metadata"]["annotations"] = notes
    return deployment


def first_release() -> list[Object]:
    """Return the deployments as they were at the beginning, when there were few customers."""
    return [
        app("cart", "1.9.0", 1),
        app("catalog", "2.3.1", 1, cpu="150m", memory="256Mi"),
        app("checkout", "4.0.2", 2),
        app("orders", "3.1.0", 2, memory="192Mi"),
        app(SUGGESTIONS, "0.7.4", 1, memory="512Mi"),
        app("web", "2026.4", 1, cpu="50m", memory="64Mi"),
    ]


def databases() -> list[Object]:
    postgres = container(
        "postgres", "docker.io/library/postgres:18.1", cpu="250m", memory="1Gi",
        ports=[{"name": "postgres", "containerPort": 5432}],
        envFrom=[{"secretRef": {"name": "postgres-credentials"}}],
        readinessProbe={"exec": {"command": ["pg_isready", "-U", "shop"]}, "periodSeconds": 5},
        volumeMounts=[{"name": "data", "mountPath": "/var/lib/postgresql"}],
    )  # fmt: skip
    redis = container("redis", "docker.io/library/redis:8.4", cpu="50m", memory="128Mi",
                      ports=[{"name": "redis", "containerPort": 6379}])  # fmt: skip
    exporter = container("exporter", "docker.io/oliver006/redis_exporter:v1.80.0", cpu="10m", memory="32Mi", port=9121)
    return [
        workload("postgres", NAMESPACE, template(named("postgres"), postgres), replicas=2, serviceName="postgres",
                 volumeClaimTemplates=[claim("data", "20Gi")]),
        workload("redis", NAMESPACE, template(named("redis"), redis, exporter), replicas=1, serviceName="redis"),
    ]  # fmt: skip


def services() -> list[Object]:
    http = [service(name, NAMESPACE, named(name), 80) for name in ("cart", "catalog", "checkout", "orders", "web")]
    ports = {"postgres": 5432, "redis": 6379}
    behind = [
        service(name, NAMESPACE, named(name), {"name": name, "port": port, "targetPort": name}, clusterIP="None")
        for name, port in ports.items()
    ]
    return [*http, *behind]


def ingress() -> Object:
    def to(name: str) -> Object:
        return {"service": {"name": name, "port": {"name": "http"}}}

    paths = [
        {"path": f"/{name}", "pathType": "Prefix", "backend": to(name.removeprefix("api/"))}
        for name in ("api/cart", "api/catalog", "api/checkout", "api/orders")
    ]
    spec = {
        "ingressClassName": "nginx",
        "tls": [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}],
        "rules": [
            {
                "host": "shop.example.com",
                "http": {"paths": [*paths, {"path": "/", "pathType": "Prefix", "backend": to("web")}]},
            }
        ],
    }
    status = {"loadBalancer": {"ingress": [{"ip": "203.0.113.10"}]}}
    return obj("shop", NAMESPACE, labels=named("web"), spec=spec, status=status)


def autoscaler(name: str, least: int, most: int, percent: int) -> Object:
    target = {"type": "Utilization", "averageUtilization": percent}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "minReplicas": least,
        "maxReplicas": most,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    return obj(name, NAMESPACE, labels=named(name), spec=spec)


def budget(name: str, **limit: int | str) -> Object:
    spec = {"selector": {"matchLabels": {"app.kubernetes.io/name": name}}, **limit}
    return obj(name, NAMESPACE, labels=named(name), spec=spec)


def _cron(name: str, schedule: str, script: str, **spec: Any) -> Object:
    run = container(name, image("tools", "1.4.0"), cpu="50m", memory="64Mi", command=["/bin/sh", "-c", script])
    jobs = {"spec": {"template": template(named(name), run, restartPolicy="OnFailure")}}
    content = {"schedule": schedule, "concurrencyPolicy": "Forbid", "jobTemplate": jobs, **spec}
    return obj(name, NAMESPACE, labels=named(name), spec=content)


def backup() -> Object:
    script = "pg_dump shop > /tmp/shop.sql; sleep 40; echo done"
    return _cron("db-backup", "0 3 * * *", script, successfulJobsHistoryLimit=1)


def stock_sync() -> Object:
    return _cron("stock-sync", "*/10 * * * *", "sync-stock --from warehouse; sleep 6", successfulJobsHistoryLimit=2)


def mail_worker() -> Object:
    """Return what crashes again and again, and before it is ready: its server is not there."""
    run = container(
        MAIL, image("email", "1.2.0"), cpu="50m", memory="64Mi", command=["/app/email-worker"],
        env=[{"name": "SMTP_HOST", "value": "smtp.shop.internal"}],
        readinessProbe={"exec": {"command": ["/app/email-worker", "--is-connected"]}, "initialDelaySeconds": 5},
        terminationMessagePolicy="FallbackToLogsOnError",
    )  # fmt: skip
    notes = {EXITS: "1 after 4s", LAST_WORDS: "fatal: lookup smtp.shop.internal: no such host"}
    return workload(MAIL, NAMESPACE, template(named(MAIL), run, annotations=notes), replicas=1)


def migration() -> Object:
    """Return the job that failed."""
    script = "echo migrating; psql -f /migrations/0042.sql; exit 3"
    run = container("migrate", image("orders", "3.2.0"), cpu="50m", memory="64Mi", command=["/bin/sh", "-c", script])
    content = template(named("migrate-orders"), run, restartPolicy="Never")
    return obj(
        "migrate-orders", NAMESPACE, labels=named("migrate-orders"), spec={"template": content, "backoffLimit": 1}
    )


def reports() -> Object:
    """Return what fits on no node."""
    run = container("reports", image("reports", "0.3.0"), cpu="6", memory="2Gi")
    return workload("reports", NAMESPACE, template(named("reports"), run), replicas=1)
