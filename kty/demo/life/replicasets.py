"""ReplicaSets: as many pods of one template as are wanted."""

from collections.abc import Iterable

from kty.demo.life.adoption import Dependents
from kty.demo.life.conditions import drop_condition, set_condition, set_counts
from kty.demo.life.events import Recorder
from kty.demo.life.podstate import available_at, is_active, is_ready, is_terminating, phase, restarts
from kty.demo.life.seen import Key, Seen
from kty.demo.life.selecting import selector_of
from kty.demo.life.templates import pod_from
from kty.demo.life.world import World
from kty.demo.statuses import ApiError
from kty.demo.store import labels_of
from kty.kube.objects import Object

BURST = 500
"""Pods that are made or removed in one go."""


class ReplicaSets:
    """Keys are replicasets."""

    kinds = ("replicasets.apps", "pods")

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = Recorder(world, "replicaset-controller")
        self._pods = Dependents(world, self._events, "ReplicaSet")

    def concerned(self, seen: Seen) -> Iterable[Key]:
        return self._pods.concerned(seen)

    def reconcile(self, key: Key) -> float | None:
        replicaset = self._world.registry.find("replicasets.apps", *key)
        if replicaset is None:
            return None
        pods = self._pods.of(replicaset)
        active = [pod for pod in pods if is_active(pod)]
        failure = ""
        if not is_terminating(replicaset):
            before, (active, failure) = active, self._scale(replicaset, active)
            if active != before and not failure:
                return self._world.now()  # after those who place and run pods had their turn
        return self._report(replicaset, active, sum(map(is_terminating, pods)), failure)

    def _scale(self, replicaset: Object, active: list[Object]) -> tuple[list[Object], str]:
        """Make or remove pods, and return those that there are then, and what went wrong."""
        wanted = replicaset["spec"].get("replicas", 1)
        kept = list(active)
        for _ in range(min(wanted - len(active), BURST)):
            try:
                kept.append(self._pods.create(replicaset, pod_from(replicaset["spec"]["template"], replicaset)))
            except ApiError as error:
                self._events.warning(replicaset, "FailedCreate", f"Error creating: {error}")
                return kept, str(error)
        if len(active) > wanted:
            for pod in sorted(active, key=_worth)[: len(active) - wanted]:
                self._pods.remove(replicaset, pod)
                kept.remove(pod)
        return kept, ""

    def _report(self, replicaset: Object, pods: list[Object], terminating: int, failure: str) -> float | None:
        least = replicaset["spec"].get("minReadySeconds", 0)
        template = selector_of({"matchLabels": replicaset["spec"]["template"]["metadata"].get("labels") or {}})
        now, due = self._world.now(), None
        ready, available, labelled = 0, 0, 0
        for pod in pods:
            labelled += template is not None and template.matches(labels_of(pod))
            ready += is_ready(pod)
            when = available_at(pod, least)
            if when is not None and when <= now:
                available += 1
            elif when is not None:
                due = min(due or when, when)
        counts = {
            "replicas": len(pods),
            "fullyLabeledReplicas": labelled,
            "readyReplicas": ready,
            "availableReplicas": available,
        }

        def report(replicaset: Object) -> None:
            status = replicaset.setdefault("status", {})
            set_counts(status, counts, always=("replicas",))
            status["terminatingReplicas"] = terminating
            status["observedGeneration"] = replicaset["metadata"].get("generation", 1)
            if failure:
                set_condition(status, "ReplicaFailure", "True", self._world.stamp(), "FailedCreate", failure)
            else:
                drop_condition(status, "ReplicaFailure")

        self._world.report("replicasets.apps", replicaset, report)
        return self._world.now() + 5.0 if failure else due


def _worth(pod: Object) -> tuple[bool, bool, bool, int, str]:
    """Order pods by how little is lost when they go: without a node first, then unready ones, then the youngest."""
    ready, created = is_ready(pod), str(pod["metadata"]["creationTimestamp"])
    age = "".join(chr(0x10FF - ord(letter)) for letter in created)  # the younger, the smaller
    return (bool(pod["spec"].get("nodeName")), phase(pod) == "Running", ready, -restarts(pod), age)
