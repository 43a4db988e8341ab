"""A small shop for people to explore: lived in for weeks, and with some trouble to find."""

from collections.abc import Iterable
from datetime import UTC

from msgspec.structs import replace

from kty.demo.inventory import machines
from kty.demo.inventory.manifests import NAMESPACE, image, objects
from kty.demo.life.engine import Life
from kty.demo.life.events import TTL, Recorder
from kty.demo.life.nodes import LEASES
from kty.demo.life.podstate import controller_of
from kty.demo.life.schedules import last_before, parse
from kty.demo.metadata import new_uid
from kty.demo.options import Options
from kty.demo.past import Past, past
from kty.demo.registry import Registry, Track
from kty.demo.times import timestamp
from kty.kube.objects import Object

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_HELM = Options(field_manager="helm")
_DEPLOYMENTS = "deployments.apps"


def open_shop(registry: Registry, life: Life) -> None:
    """Furnish an empty cluster, as of now by its clock: the same for the same time and seed."""
    track = registry.track
    with past(registry, life) as then:
        _Story(registry, life, then, track).tell()


class _Story:
    """How the cluster came to be as it is.

    Most of it happens in no time: whoever looks back over weeks sees no seconds. The last hour goes at its own pace.
    """

    def __init__(self, registry: Registry, life: Life, then: Past, track: Track | None) -> None:
        self._registry = registry
        self._world = life.world
        self._then = then
        self._track = track
        self._events = Recorder(life.world, "kubelet")

    def tell(self) -> None:
        self._world.pace, self._world.horizon = 0.0, self._then.present - TTL
        self._then.go(23 * DAY)
        self._build_cluster()
        self._then.go(16 * DAY)
        self._build_shop()
        self._release()
        self._world.pace = 1.0
        self._run_into_trouble()
        self._look_after()

    def _add(self, kind: str, objects: Iterable[Object]) -> None:
        """Create what somebody wrote: that they own it is noted."""
        self._registry.track = self._track
        for obj in objects:
            self._registry.create(kind, obj, _HELM)
        self._registry.track = None

    def _add_all(self, stage: str) -> None:
        for kind, made in objects(stage):
            self._add(kind, made)

    def _backdate(self) -> None:
        """Let what every cluster starts with be as old as the cluster."""
        store, then = self._registry.store, self._world.stamp().encode()
        now = timestamp(self._then.present).encode()
        for kind in self._registry.kinds:
            old = store.held(kind.id)
            for version, held in enumerate(old, store.version + 1):
                old_version, new_version = (b'"resourceVersion":"%d"' % each for each in (held.version, version))
                body = held.body.replace(now, then).replace(old_version, new_version)
                store.stock(kind.id, [replace(held, version=version, body=body)])

    def _build_cluster(self) -> None:
        self._backdate()
        there = {held.name for held in self._registry.store.held("namespaces")}
        wanted = ("default", "kube-system", "kube-public", "kube-node-lease", "monitoring", "ingress-nginx")
        for name in wanted:
            if name not in there:
                self._registry.create("namespaces", {"metadata": {"name": name}})
        uids = [new_uid(self._registry.random) for _ in range(1 + len(machines.WORKERS))]
        nodes = [self._registry.create("nodes", node) for node in machines.nodes(self._world.now(), uids)]
        self._then.act()
        for kind, made in objects("cluster"):
            if kind == "pods":
                self._run_from_files(nodes[0], made)
            else:
                self._add(kind, made)
        self._then.act()
        self._add_all("cluster services")
        self._then.act()

    def _run_from_files(self, node: Object, pods: Iterable[Object]) -> None:
        """Show the pods that a node's kubelet runs by itself."""
        reference = {"apiVersion": "v1", "kind": "Node", "controller": True}
        reference |= {"name": node["metadata"]["name"], "uid": node["metadata"]["uid"]}
        for pod in pods:
            pod["metadata"]["ownerReferences"] = [reference]
            self._registry.create("pods", pod)

    def _build_shop(self) -> None:
        self._registry.create("namespaces", {"metadata": {"name": NAMESPACE}})
        self._add_all("shop")
        self._then.act()
        self._add_all("shop services")
        self._then.act()

    def _release(self) -> None:
        """Bring out new versions over the weeks: some deployments have two or three replicasets by now."""
        for ago, versions in (
            (9 * DAY, {"cart": "2.0.0", "catalog": "2.4.0"}),
            (51 * HOUR, {"cart": "2.1.0", "web": "2026.5"}),
        ):
            self._then.go(ago)
            for name, version in versions.items():
                self._roll_out(name, image(name, version), version)
            self._then.act()
        self._then.go(44 * HOUR)
        for name, replicas in (("cart", 3), ("catalog", 2), ("web", 3)):
            self._scale(name, replicas)
        self._then.act()
        self._then.go(26 * HOUR)
        self._restart("redis-0", "OOMKilled", 137)
        self._then.go(6 * HOUR)
        self._add_all("migration")
        self._then.act()
        self._then.go(3 * HOUR)
        self._add_all("reports")
        self._then.act()

    def _run_into_trouble(self) -> None:
        self._then.go(42 * MINUTE)
        self._press(machines.PRESSED)
        self._then.act()
        self._schedule("backup", 23 * HOUR, 25 * HOUR)
        self._then.until(13 * MINUTE)
        self._schedule("stock", 13 * MINUTE, HOUR)
        self._then.until(8 * MINUTE)
        self._add_all("mail")
        broken = "registry.invalid/shop/recommendations:0.8.0"
        self._roll_out("recommendations", broken, "0.8.0")
        self._then.until(0.0)

    def _schedule(self, stage: str, ago: float, span: float) -> None:
        """Add a cronjob that is weeks old, and look at its runs from then on only: `span` reaches back to one more."""
        since = self._then.present - ago
        ((kind, (cronjob,)),) = objects(stage)
        last, _ = last_before(parse(cronjob["spec"]["schedule"]), since - span, since, UTC)
        cronjob["status"] = {"lastScheduleTime": timestamp(since if last is None else last)}
        self._then.go(16 * DAY)
        self._add(kind, [cronjob])
        self._then.go(ago)

    def _look_after(self) -> None:
        """Add what watches over the rest: it would only have been busy all that time."""
        self._then.go(16 * DAY)
        self._add_all("watchers")
        for node in (machines.CONTROL_PLANE, *machines.WORKERS):
            self._registry.create(LEASES, machines.lease(node))
        self._then.go(0.0)
        self._then.act()

    def _roll_out(self, name: str, image: str, version: str) -> None:
        def update(deployment: Object) -> None:
            deployment["metadata"].setdefault("annotations", {})["kubernetes.io/change-cause"] = f"release {version}"
            template = deployment["spec"]["template"]
            template["metadata"]["labels"]["app.kubernetes.io/version"] = version
            template["spec"]["containers"][0]["image"] = image

        self._registry.track = self._track
        self._registry.change(_DEPLOYMENTS, NAMESPACE, name, update, _HELM)
        self._registry.track = None

    def _scale(self, name: str, replicas: int) -> None:
        def scale(deployment: Object) -> None:
            deployment["spec"]["replicas"] = replicas

        self._registry.change(_DEPLOYMENTS, NAMESPACE, name, scale, Options(field_manager="kubectl"))

    def _restart(self, name: str, reason: str, code: int) -> None:
        """Let the first container of a pod have been started again."""
        now = self._world.stamp()

        def restart(pod: Object) -> None:
            status = pod["status"]["containerStatuses"][0]
            started = status["state"]["running"]["startedAt"]
            ended = {"exitCode": code, "reason": reason, "startedAt": started, "finishedAt": now}
            ended["containerID"] = status["containerID"]
            status |= {
                "restartCount": status["restartCount"] + 1,
                "lastState": {"terminated": ended},
                "state": {"running": {"startedAt": now}},
                "containerID": f"containerd://{self._world.random.getrandbits(256):064x}",
            }

        self._registry.change("pods", NAMESPACE, name, restart, subresource="status")

    def _press(self, name: str) -> None:
        """Let a node run short of memory, and a pod have had to go for it."""
        now = self._world.stamp()

        def press(node: Object) -> None:
            for condition in node["status"]["conditions"]:
                if condition["type"] == "MemoryPressure":
                    condition |= {
                        "status": "True",
                        "lastTransitionTime": now,
                        "reason": "KubeletHasInsufficientMemory",
                        "message": "kubelet has insufficient memory available",
                    }

        node = self._registry.change("nodes", "", name, press, subresource="status")
        said = f"Node {name} status is now: NodeHasInsufficientMemory"
        self._events.normal(node, "NodeHasInsufficientMemory", said, host=name)
        self._events.warning(node, "EvictionThresholdMet", "Attempting to reclaim memory", host=name)
        self._evict(name)

    def _evict(self, node: str) -> None:
        """Leave behind a pod that the kubelet drove off; its replacement runs."""
        like = next(
            pod
            for pod in self._registry.list("pods", NAMESPACE)
            if pod["metadata"]["name"].startswith("web-") and (controller_of(pod) or {}).get("kind") == "ReplicaSet"
        )
        meta = like["metadata"]
        kept = {field: meta[field] for field in ("generateName", "namespace", "labels", "ownerReferences")}
        message = (
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 87156Ki. "
            "Container web was using 412328Ki, request is 64Mi, has larger consumption of memory. "
        )
        status = {"phase": "Failed", "reason": "Evicted", "message": message, "startTime": like["status"]["startTime"]}
        pod = self._registry.create(
            "pods", {"metadata": kept, "spec": {**like["spec"], "nodeName": node}, "status": status}
        )
        self._events.warning(pod, "Evicted", message, host=node)
