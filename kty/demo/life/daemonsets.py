"""DaemonSets: one pod on every node that takes it."""

from collections.abc import Iterable
from typing import Any, Final

from kty.demo.life.adoption import Dependents
from kty.demo.life.conditions import set_counts
from kty.demo.life.events import Recorder
from kty.demo.life.fitting import matches_node
from kty.demo.life.nodebook import NodeBook, NodeFacts
from kty.demo.life.podstate import available_at, get, is_finished, is_ready, is_terminating
from kty.demo.life.rollout import share
from kty.demo.life.seen import Key, Seen
from kty.demo.life.taints import untolerated
from kty.demo.life.templates import pod_from, revision_hash
from kty.demo.life.world import World
from kty.kube.objects import Object

REVISION: Final = "controller-revision-hash"
GENERATION: Final = "pod-template-generation"
_KIND: Final = "daemonsets.apps"
_TOLERATED: Final = (
    ("not-ready", "NoExecute"),
    ("unreachable", "NoExecute"),
    ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"),
    ("pid-pressure", "NoSchedule"),
    ("unschedulable", "NoSchedule"),
)


class DaemonSets:
    """Keys are daemonsets."""

    kinds = (_KIND, "pods", "nodes")

    def __init__(self, world: World, nodes: NodeBook) -> None:
        self._world = world
        self._nodes = nodes
        self._events = Recorder(world, "daemonset-controller")
        self._pods = Dependents(world, self._events, "DaemonSet")
        self._known: dict[Key, None] = {}

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.kind == "nodes":
            return tuple(self._known) if self._nodes.has_news else ()
        if seen.kind == _KIND and seen.is_gone:
            self._known.pop(seen.key, None)
        elif seen.kind == _KIND:
            self._known[seen.key] = None
        return self._pods.concerned(seen)

    def reconcile(self, key: Key) -> float | None:
        owner = self._world.registry.find(_KIND, *key)
        if owner is None:
            return None
        pods: dict[str, list[Object]] = {}
        for pod in self._pods.of(owner):
            pods.setdefault(_node_of(pod), []).append(pod)
        wanted = {node.name: node for node in self._nodes.nodes() if _takes(owner["spec"]["template"], node)}
        revision = revision_hash(owner["spec"]["template"])
        if not is_terminating(owner):
            self._place(owner, pods, wanted, revision)
            self._update(owner, pods, revision)
        return self._report(owner, pods, wanted, revision)

    def _place(self, owner: Object, pods: dict[str, list[Object]], wanted: dict[str, NodeFacts], revision: str) -> None:
        for node in wanted:
            here = pods.setdefault(node, [])
            for pod in [pod for pod in here if is_finished(pod) and not is_terminating(pod)]:
                self._pods.remove(owner, pod)
                here.remove(pod)
            if not here:
                here.append(self._create(owner, node, revision))
            for pod in sorted(here, key=_age)[1:]:
                if not is_terminating(pod):
                    self._pods.remove(owner, pod)
        for node, here in pods.items():
            if node not in wanted:
                for pod in here:
                    if not is_terminating(pod):
                        self._pods.remove(owner, pod)

    def _update(self, owner: Object, pods: dict[str, list[Object]], revision: str) -> None:
        """Replace pods of an old template, so many at a time that no more than allowed are missing."""
        strategy = owner["spec"].get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return
        everything = [pod for here in pods.values() for pod in here]
        limit = share(get(strategy, "rollingUpdate", "maxUnavailable", default=1), len(pods), rounds_up=True)
        missing = sum(is_terminating(pod) or not is_ready(pod) for pod in everything)
        for pod in sorted(everything, key=lambda pod: (is_ready(pod), _age(pod))):
            if is_terminating(pod) or (pod["metadata"].get("labels") or {}).get(REVISION) == revision:
                continue
            if is_ready(pod):
                if missing >= max(limit, 1):
                    return
                missing += 1
            self._pods.remove(owner, pod)

    def _create(self, owner: Object, node: str, revision: str) -> Object:
        pod = pod_from(owner["spec"]["template"], owner)
        generation = str(owner["metadata"].get("generation", 1))
        pod["metadata"].setdefault("labels", {}).update({REVISION: revision, GENERATION: generation})
        spec: Any = pod["spec"]
        terms = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
        required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [terms]}}
        affinity = spec.get("affinity") or {}
        spec["affinity"] = {**affinity, "nodeAffinity": {**(affinity.get("nodeAffinity") or {}), **required}}
        borne = [
            {"key": f"node.kubernetes.io/{taint}", "operator": "Exists", "effect": effect}
            for taint, effect in _tolerated(spec)
        ]
        spec["tolerations"] = [*(spec.get("tolerations") or ()), *borne]
        return self._pods.create(owner, pod)

    def _report(
        self, owner: Object, pods: dict[str, list[Object]], wanted: dict[str, NodeFacts], revision: str
    ) -> float | None:
        least, now, due = owner["spec"].get("minReadySeconds", 0), self._world.now(), None
        placed = ready = available = updated = misplaced = 0
        for node, here in pods.items():
            alive = [pod for pod in here if not is_terminating(pod)]
            if node not in wanted:
                misplaced += bool(alive)
                continue
            placed += bool(alive)
            for pod in alive[:1]:
                when = available_at(pod, least)
                ready += when is not None
                available += when is not None and when <= now
                if when is not None and when > now:
                    due = min(due or when, when)
                updated += (pod["metadata"].get("labels") or {}).get(REVISION) == revision
        counts = {
            "currentNumberScheduled": placed,
            "numberMisscheduled": misplaced,
            "desiredNumberScheduled": len(wanted),
            "numberReady": ready,
        }
        more = {
            "updatedNumberScheduled": updated,
            "numberAvailable": available,
            "numberUnavailable": len(wanted) - available,
        }

        def report(owner: Object) -> None:
            status = owner.setdefault("status", {})
            status.update(counts)
            status["observedGeneration"] = owner["metadata"].get("generation", 1)
            set_counts(status, more)

        self._world.report(_KIND, owner, report)
        return due


def _takes(template: Object, node: NodeFacts) -> bool:
    spec = template["spec"]
    tolerations = [*(spec.get("tolerations") or ())]
    tolerations += [{"key": f"node.kubernetes.io/{key}", "operator": "Exists"} for key, _ in _tolerated(spec)]
    if untolerated(node.taints, tolerations, ("NoSchedule", "NoExecute")) is not None:
        return False
    return matches_node(spec, node)


def _tolerated(spec: Object) -> Iterable[tuple[str, str]]:
    return (*_TOLERATED, ("network-unavailable", "NoSchedule")) if spec.get("hostNetwork") else _TOLERATED


def _node_of(pod: Object) -> str:
    """Return the node that a pod is on, or is meant for."""
    if name := pod["spec"].get("nodeName"):
        return str(name)
    required = get(pod["spec"], "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    for term in (required or {}).get("nodeSelectorTerms") or ():
        for field in term.get("matchFields") or ():
            return str(field["values"][0])
    return ""


def _age(pod: Object) -> tuple[str, str]:
    return str(pod["metadata"]["creationTimestamp"]), str(pod["metadata"]["name"])
