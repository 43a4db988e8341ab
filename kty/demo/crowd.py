"""Thousands of pods more, for those who want to see how large a cluster may be.

One deployment is run by the real controllers in a cluster of its own; its objects are the pattern for all others. So
every controller finds them as it would have made them, and need not look at them. About 9 KB a pod, half of it
managedFields, as on a real server.
"""

from math import ceil
from random import Random
from typing import Final, NamedTuple, TypeAlias

from kty.demo.applying import track
from kty.demo.built_in import built_in
from kty.demo.inventory.manifests import container, obj, template
from kty.demo.journal import NOBODY, Held
from kty.demo.kinds import Kinds
from kty.demo.life.engine import Life
from kty.demo.metadata import new_uid
from kty.demo.past import Past
from kty.demo.registry import Registry
from kty.demo.stencil import Stencil
from kty.demo.times import timestamp
from kty.kube.objects import Object

NAMESPACES: Final = 20
PODS_PER_DEPLOYMENT: Final = 50
PODS_PER_NODE: Final = 100
_TAINT: Final = {"key": "demo.kty/crowd", "effect": "NoSchedule"}
_NAMESPACE, _APP, _NODE, _HOST, _NETWORK = "x-namespace-x", "x-app-x", "x-node-x", "10.1.255.254", "10.99.99"
_APPS: Final = (
    "accounts", "billing", "gateway", "inventory", "ledger", "mailer", "planner", "pricing", "search", "tracker",
)  # fmt: skip
_COUNTS: Final = ("replicas", "readyReplicas", "availableReplicas", "updatedReplicas", "fullyLabeledReplicas")
_MOST: Final = "deployment.kubernetes.io/max-replicas"
_DESIRED: Final = "deployment.kubernetes.io/desired-replicas"
_DAY: Final = 86400.0
_KINDS: Final = ("nodes", "deployments.apps", "replicasets.apps", "pods")

Values: TypeAlias = dict[str, bytes]


def fill(registry: Registry, pods: int) -> None:
    """Put so many pods more into a cluster, with the deployments that own them and the nodes that run them.

    Nobody is told of each: watches from before begin anew. The same for the same time and seed.
    """
    for number in range(min(NAMESPACES, pods)):
        registry.create("namespaces", {"metadata": {"name": _namespace(number)}})
    crowd = _Crowd(registry)
    for number in range(ceil(pods / PODS_PER_NODE)):
        crowd.add_node(number)
    for number in range(ceil(pods / PODS_PER_DEPLOYMENT)):
        first = number * PODS_PER_DEPLOYMENT
        crowd.add_deployment(number, range(first, min(first + PODS_PER_DEPLOYMENT, pods)))
    crowd.move_in()


def _namespace(number: int) -> str:
    return f"team-{number:02}"


class _Owner(NamedTuple):
    """What an object says of its owner, as `Held` has it."""

    uids: tuple[str, ...] = ()
    controller: tuple[str, str] = NOBODY


class _Pattern(NamedTuple):
    """What stands for all objects of a kind."""

    held: Held
    stencil: Stencil


def _patterns(registry: Registry) -> dict[str, _Pattern]:
    """Run one deployment with one pod for real, and take the patterns from it."""
    own = Registry(Kinds(built_in()), clock=registry.clock, track=track)
    life = Life(own, pace=0.0)
    own.clock = Past(own, life)
    life.world.horizon = own.clock.now() + 1.0
    own.create("namespaces", obj(_NAMESPACE))
    own.create("nodes", _node())
    own.create("deployments.apps", _deployment())
    life.settle()
    (deployment,), (replicaset,), (pod,) = (own.list(kind) for kind in _KINDS[1:])
    status = pod["status"]
    gaps = {
        "namespace": _NAMESPACE,
        "app": _APP,
        "node": _NODE,
        "host": _HOST,
        "time": timestamp(own.clock.now()),
        "deployment_uid": deployment["metadata"]["uid"],
        "replicaset_uid": replicaset["metadata"]["uid"],
        "hash": replicaset["metadata"]["labels"]["pod-template-hash"],
        "suffix": pod["metadata"]["name"].rpartition("-")[2],
        "container": status["containerStatuses"][0]["containerID"],
        "address": status["podIP"],
        "network": f"{_NETWORK}.0/24",
        _MOST: f'"{_MOST}":"2"',
        _DESIRED: f'"{_DESIRED}":"1"',
        **{field: f'"{field}":1' for field in _COUNTS},
    }
    patterns = {}
    for kind in _KINDS:
        (held,) = own.store.held(kind)
        more = {"version": f'"resourceVersion":"{held.version}"'}
        if held.uid not in gaps.values():
            more["uid"] = held.uid
        patterns[kind] = _Pattern(held, Stencil(held.body, gaps | more))
    return patterns


class _Crowd:
    """Objects that are not in the cluster yet."""

    def __init__(self, registry: Registry) -> None:
        self._store = registry.store
        self._random: Random = registry.random
        self._now = registry.clock.now()
        self._patterns = _patterns(registry)
        self._version = self._store.version
        self._nodes: list[Values] = []
        self._made: dict[str, list[Held]] = {kind: [] for kind in _KINDS}

    def move_in(self) -> None:
        for kind, held in self._made.items():
            self._store.stock(kind, held)

    def add_node(self, number: int) -> None:
        network = f"10.{64 + number // 256}.{number % 256}"
        values = {"node": f"node-{number:04}", "host": f"10.1.{number // 250}.{number % 250 + 2}"}
        values |= {"network": f"{network}.0/24", "time": timestamp(self._now - 60 * _DAY)}
        self._nodes.append({name: value.encode() for name, value in values.items()})
        labels = (f"kubernetes.io/hostname={values['node']}", "type=crowd")
        self._add("nodes", self._nodes[-1], "", values["node"], labels, _Owner())

    def add_deployment(self, number: int, pods: range) -> None:
        namespace, app = _namespace(number % NAMESPACES), f"{_APPS[number % len(_APPS)]}-{number // NAMESPACES:03}"
        code = "".join(self._random.choices("bcdfghjklmnpqrstvwxz2456789", k=10))
        uids = [new_uid(self._random) for _ in range(2)]
        most = len(pods) + ceil(len(pods) / 4)
        texts = {
            "namespace": namespace,
            "app": app,
            "hash": code,
            "deployment_uid": uids[0],
            "replicaset_uid": uids[1],
            "time": timestamp(self._now - self._random.uniform(0.05, 40) * _DAY),
            _MOST: f'"{_MOST}":"{most}"',
            _DESIRED: f'"{_DESIRED}":"{len(pods)}"',
            **{field: f'"{field}":{len(pods)}' for field in _COUNTS},
        }
        shared = {name: value.encode() for name, value in texts.items()}
        named = f"app.kubernetes.io/name={app}"
        labels = (named, f"pod-template-hash={code}")
        self._add("deployments.apps", shared, namespace, app, (named,), _Owner(), uids[0])
        deployment = _Owner((uids[0],), ("Deployment", app))
        self._add("replicasets.apps", shared, namespace, f"{app}-{code}", labels, deployment, uids[1])
        replicaset = _Owner((uids[1],), ("ReplicaSet", f"{app}-{code}"))
        for pod in pods:
            suffix = "".join(self._random.choices("bcdfghjklmnpqrstvwxz2456789", k=5))
            node = self._nodes[pod // PODS_PER_NODE]
            own = {
                **shared,
                "node": node["node"],
                "host": node["host"],
                "suffix": suffix.encode(),
                "container": b"containerd://%064x" % self._random.getrandbits(256),
                "address": node["network"].replace(b".0/24", b".%d" % (pod % PODS_PER_NODE + 2)),
            }
            self._add("pods", own, namespace, f"{app}-{code}-{suffix}", labels, replicaset)

    def _add(
        self, kind: str, values: Values, namespace: str, name: str, labels: tuple[str, ...], owner: _Owner,
        uid: str = "",
    ) -> None:  # fmt: skip
        self._version += 1
        uid = uid or new_uid(self._random)
        own = {**values, "uid": uid.encode(), "version": b'"resourceVersion":"%d"' % self._version}
        body = self._patterns[kind].stencil.fill(own)
        self._made[kind].append(Held(namespace, name, self._version, uid, labels, *owner, False, body))


def _node() -> Object:
    """Return a node that nothing moves to by itself, and on which no daemon wants to run: it has no system."""
    room = {"cpu": "64", "memory": "256Gi", "pods": str(PODS_PER_NODE + 10), "ephemeral-storage": "1Ti"}
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status"}
    addresses = [{"type": "InternalIP", "address": _HOST}, {"type": "Hostname", "address": _NODE}]
    return obj(
        _NODE,
        labels={"kubernetes.io/hostname": _NODE, "type": "crowd"},
        spec={"podCIDR": f"{_NETWORK}.0/24", "taints": [_TAINT]},
        status={"capacity": room, "allocatable": room, "conditions": [ready], "addresses": addresses},
    )


def _deployment() -> Object:
    labels = {"app.kubernetes.io/name": _APP}
    env = [{"name": f"SETTING_{number}", "value": f"value {number} of {_APP}"} for number in range(8)]
    run = container(
        "server", "registry.crowd.internal/server:1.2.3", cpu="10m", memory="32Mi", port=8080, env=env, probes=()
    )
    tolerations = [{"key": _TAINT["key"], "operator": "Exists"}]
    content = template(labels, run, tolerations=tolerations, nodeSelector={"type": "crowd"})
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": content}
    return obj(_APP, _NAMESPACE, labels=labels, spec=spec)
