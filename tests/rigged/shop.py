"""A small shop, as a cluster might have it: some of it runs, some crashes, some waits."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from tests.rigged.server import RiggedDemo

Object: TypeAlias = dict[str, Any]

HOUR = 60.0
DAY = 24 * HOUR


def ago(now: float, minutes: float) -> str:
    """Return the time so many minutes before `now` (seconds since the epoch), as objects carry it."""
    return (datetime.fromtimestamp(now, UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Shop:
    """Makes objects that are dated from one moment on, and brings the shop's to a server."""

    def __init__(self, now: float) -> None:
        self.now = now

    def open_at(self, server: RiggedDemo) -> None:
        """Put everything there."""
        for name, minutes in (("default", 90 * DAY), ("kube-system", 90 * DAY), ("shop", 41 * DAY)):
            server.put("namespaces", self.namespace(name, minutes))
        for number, roles in enumerate(("control-plane", "", ""), start=1):
            server.put("nodes", self.node(f"node-{number}", roles, cordoned=number == 3))
        self._workloads(server)
        for name, port in (("web", 80), ("cart", 8080), ("db", 5432)):
            server.put("services", self.service(name, port))
        server.put("configmaps", self.configmap("web-config", {"greeting": "hello", "motd": "one\ntwo\n"}))
        server.put(
            "configmaps", self.configmap("odd-config", {"on": "off", "bell": "\x07rings", "name": "Ünïcödé 日本"})
        )
        server.put(
            "secrets", {**self._object("Secret", "db-password", 3 * DAY), "type": "Opaque", "data": {"p": "cA=="}}
        )
        self._events(server)
        _coupons(server)
        for name, code, off, minutes in (("spring", "SPRING24", 20, 9 * DAY), ("vip", "VIP", 50, 40)):
            coupon = self._object("Coupon", name, minutes, api_version="shop.example/v1")
            server.put("coupons.shop.example", {**coupon, "spec": {"code": code, "percent": off, "active": off < 50}})

    def _workloads(self, server: RiggedDemo) -> None:
        for name, replicas, ready in (("web", 3, 3), ("cart", 2, 1), ("checkout", 1, 0)):
            server.put("deployments.apps", self.deployment(name, replicas, ready))
            server.put("replicasets.apps", self.replicaset(name, replicas, ready))
        for name, minutes, number in (("7xk2p", 3 * DAY, 1), ("b9w4d", 3 * DAY, 2), ("zq8vn", 95, 3)):
            server.put("pods", self.pod(f"web-5d9f7c-{name}", minutes, app="web", node=f"node-{number}"))
        server.put("pods", self.pod("cart-6b8d4-h2mzl", 26 * HOUR, app="cart"))
        server.put("pods", self.pod("cart-6b8d4-t6rjw", 12, app="cart", restarts=7, waiting="CrashLoopBackOff"))
        server.put("pods", self.pod("checkout-58c4f-x1d9s", 4, app="checkout", phase="Pending", node=""))
        server.put("pods", self.pod("db-0", 41 * DAY, app="db", node="node-2", containers=("postgres", "exporter")))
        server.put("pods", self.pod("report-28391-kd8tq", 5 * HOUR, app="report", phase="Succeeded"))
        server.put("pods", self.pod("search-0", 2 * DAY, app="search", waiting="ImagePullBackOff"))
        for name, node in (
            ("coredns-76f75-m4s2k", "node-1"),
            ("etcd-node-1", "node-1"),
            ("kube-proxy-9fwxc", "node-2"),
        ):
            server.put("pods", self.pod(name, 90 * DAY, app=name.partition("-")[0], node=node, namespace="kube-system"))
        job = self._object("Job", "report-28391", 5 * HOUR, api_version="batch/v1")
        status = {
            "succeeded": 1,
            "startTime": ago(self.now, 5 * HOUR),
            "completionTime": ago(self.now, 5 * HOUR - 2),
            "conditions": [{"type": "Complete", "status": "True"}],
        }
        server.put("jobs.batch", {**job, "spec": {"completions": 1, **_template("report")}, "status": status})

    def _events(self, server: RiggedDemo) -> None:
        for number, (kind_, minutes, reason, name, message) in enumerate(
            (
                (
                    "Normal",
                    95,
                    "Scheduled",
                    "web-5d9f7c-zq8vn",
                    "Successfully assigned shop/web-5d9f7c-zq8vn to node-3",
                ),
                ("Warning", 1, "BackOff", "cart-6b8d4-t6rjw", "Back-off restarting failed container cart"),
                (
                    "Warning",
                    4,
                    "FailedScheduling",
                    "checkout-58c4f-x1d9s",
                    "0/3 nodes are available: 3 Insufficient cpu.",
                ),
                ("Warning", 9, "Failed", "search-0", "manifest unknown: \x1b[31mred\x1b[0m\r\nand a second line"),
            ),
            start=1,
        ):
            event = self._object("Event", f"{name}.{number:04}", minutes)
            server.put(
                "events",
                {
                    **event,
                    "type": kind_,
                    "reason": reason,
                    "message": message,
                    "count": number,
                    "lastTimestamp": ago(self.now, minutes),
                    "firstTimestamp": ago(self.now, minutes),
                    "involvedObject": {"kind": "Pod", "name": name, "namespace": "shop"},
                    "source": {"component": "kubelet"},
                },
            )

    def _object(
        self,
        kind_: str,
        name: str,
        minutes: float,
        *,
        namespace: str = "shop",
        api_version: str = "v1",
        labels: dict[str, str] | None = None,
    ) -> Object:
        metadata: Object = {"name": name, "creationTimestamp": ago(self.now, minutes)}
        if namespace:
            metadata["namespace"] = namespace
        if labels:
            metadata["labels"] = labels
        return {"apiVersion": api_version, "kind": kind_, "metadata": metadata}

    def namespace(self, name: str, minutes: float = DAY) -> Object:
        return {**self._object("Namespace", name, minutes, namespace=""), "status": {"phase": "Active"}}

    def node(self, name: str, role: str = "", *, cordoned: bool = False) -> Object:
        labels = {"kubernetes.io/hostname": name, **({f"node-role.kubernetes.io/{role}": ""} if role else {})}
        node = self._object("Node", name, 90 * DAY, namespace="", labels=labels)
        node["spec"] = {"unschedulable": True} if cordoned else {}
        node["status"] = {
            "conditions": [{"type": "Ready", "status": "True"}],
            "addresses": [{"type": "InternalIP", "address": f"10.0.0.{name[-1]}"}],
            "capacity": {"cpu": "8", "memory": "32Gi", "pods": "110"},
            "nodeInfo": {"kubeletVersion": "v1.36.3", "osImage": "Flatcar", "kernelVersion": "6.12.5"},
        }
        return node

    def pod(
        self,
        name: str,
        minutes: float = 10,
        *,
        app: str = "web",
        namespace: str = "shop",
        node: str = "node-1",
        phase: str = "Running",
        restarts: int = 0,
        waiting: str = "",
        containers: tuple[str, ...] = (),
    ) -> Object:
        """Return a pod; `waiting` is the reason why its first container does not run."""
        pod = self._object("Pod", name, minutes, namespace=namespace, labels={"app": app})
        pod["metadata"]["managedFields"] = [{"manager": "kubelet", "operation": "Update", "apiVersion": "v1"}]
        names = containers or (app,)
        pod["spec"] = {
            "nodeName": node,
            "serviceAccountName": "default",
            "containers": [{"name": each, "image": f"registry.example/{each}:1.{len(each)}"} for each in names],
        }
        started = ago(self.now, minutes)
        state: Object = {"running": {"startedAt": started}}
        if phase == "Succeeded":
            state = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": started, "finishedAt": started}}
        elif waiting:
            state = {"waiting": {"reason": waiting, "message": f"because of {waiting}"}}
        last = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": ago(self.now, 2)}} if restarts else {}
        is_ready = phase == "Running" and not waiting
        pod["status"] = {
            "phase": phase,
            "qosClass": "BestEffort",
            "conditions": [{"type": "Ready", "status": str(is_ready)}],
        }
        if phase != "Pending":
            pod["status"]["podIPs"] = [{"ip": f"10.1.0.{sum(map(ord, name)) % 250}"}]
            pod["status"]["containerStatuses"] = [
                {"name": each, "ready": is_ready, "restartCount": restarts, "state": state, "lastState": last}
                for each in names
            ]
        return pod

    def deployment(self, name: str, replicas: int, ready: int) -> Object:
        deployment = self._object("Deployment", name, 41 * DAY, api_version="apps/v1", labels={"app": name})
        counts = {"readyReplicas": ready, "updatedReplicas": replicas, "availableReplicas": ready}
        return {**deployment, "spec": {"replicas": replicas, **_template(name)}, "status": counts}

    def replicaset(self, name: str, replicas: int, ready: int) -> Object:
        made = self._object("ReplicaSet", f"{name}-5d9f7c", 41 * DAY, api_version="apps/v1", labels={"app": name})
        counts = {"replicas": replicas, "readyReplicas": ready}
        return {**made, "spec": {"replicas": replicas, **_template(name)}, "status": counts}

    def service(self, name: str, port: int) -> Object:
        spec = {
            "type": "ClusterIP",
            "clusterIPs": [f"10.96.0.{port % 250}"],
            "ports": [{"port": port, "protocol": "TCP"}],
            "selector": {"app": name},
        }
        return {**self._object("Service", name, 41 * DAY), "spec": spec}

    def configmap(self, name: str, data: dict[str, str]) -> Object:
        return {**self._object("ConfigMap", name, 7 * DAY), "data": data}


def _template(app: str) -> Object:
    container = {"name": app, "image": f"registry.example/{app}:1.{len(app)}"}
    return {
        "selector": {"matchLabels": {"app": app}},
        "template": {"metadata": {"labels": {"app": app}}, "spec": {"containers": [container]}},
    }


def _coupons(server: RiggedDemo) -> None:
    """Have a kind that only this cluster knows, with printer columns of its own."""
    columns = [
        {"name": "Code", "type": "string", "jsonPath": ".spec.code"},
        {"name": "Percent", "type": "integer", "jsonPath": ".spec.percent"},
        {"name": "Active", "type": "boolean", "jsonPath": ".spec.active", "priority": 1},
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    ]
    version = {"name": "v1", "served": True, "storage": True, "additionalPrinterColumns": columns}
    names = {"kind": "Coupon", "plural": "coupons", "singular": "coupon", "listKind": "CouponList"}
    spec = {
        "group": "shop.example",
        "names": {**names, "shortNames": ["cpn"]},
        "scope": "Namespaced",
        "versions": [{**version, "schema": {"openAPIV3Schema": {"type": "object"}}}],
    }
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    metadata = {"name": "coupons.shop.example", "creationTimestamp": "2023-10-01T00:00:00Z"}
    server.put("customresourcedefinitions.apiextensions.k8s.io", {**definition, "metadata": metadata, "spec": spec})
