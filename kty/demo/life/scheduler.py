"""Places pods: on the emptiest node that fits, or says why none does."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from kty.demo.life.conditions import set_condition
from kty.demo.life.events import Recorder
from kty.demo.life.fitting import load, why_not
from kty.demo.life.nodebook import NodeBook, NodeFacts
from kty.demo.life.occupancy import Occupancy
from kty.demo.life.podstate import condition, is_terminating
from kty.demo.life.requests import Amounts, Spec, requested
from kty.demo.life.seen import Key, Seen
from kty.demo.life.world import SCHEDULER, World
from kty.kube.objects import Object

NAME = "default-scheduler"
RETRY = 300.0
"""Seconds after which a pod that fits nowhere is tried again though nothing changed."""


class Scheduler:
    """Keys are pods without a node."""

    kinds = ("pods", "nodes")

    def __init__(self, world: World, nodes: NodeBook, occupancy: Occupancy) -> None:
        self._world = world
        self._nodes = nodes
        self._occupancy = occupancy
        self._waiting: dict[Key, None] = {}
        """Pods that fitted nowhere: tried again when a node changes or a pod makes room."""
        self._events = Recorder(world, NAME, is_modern=True)

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.kind == "nodes":
            return tuple(self._waiting) if self._nodes.has_news else ()
        if seen.is_gone:
            self._waiting.pop(seen.key, None)
            return tuple(self._waiting)
        return () if self._occupancy.is_placed(seen) else (seen.key,)

    def reconcile(self, key: Key) -> float | None:
        self._waiting.pop(key, None)
        pod = self._world.registry.find("pods", *key)
        if pod is None or is_terminating(pod) or pod["spec"].get("nodeName"):
            return None
        if pod["spec"].get("schedulerName", NAME) != NAME:
            return None
        if pod["spec"].get("schedulingGates"):
            self._say(pod, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates")
            return None
        needs = requested(msgspec.convert(pod["spec"], Spec))
        fits, reasons, cures = self._sift(pod, needs)
        if not fits:
            self._waiting[key] = None
            self._refuse(pod, reasons, cures)
            return self._world.now() + RETRY
        self._bind(pod, min(fits, key=lambda node: (self._load(needs, node), node.name)))
        return None

    def _sift(self, pod: Object, needs: Amounts) -> tuple[list[NodeFacts], Counter[str], int]:
        """Return the nodes that fit, how many fail for which reason, and how many would fit without other pods."""
        fits, reasons, cures = [], Counter[str](), 0
        for node in self._nodes.nodes():
            taken, guests = self._occupancy.taken(node.name), self._occupancy.number(node.name)
            why, is_curable = why_not(pod, needs, node, taken, guests)
            reasons.update(why)
            cures += bool(why) and is_curable
            if not why:
                fits.append(node)
        return fits, reasons, cures

    def _load(self, needs: Amounts, node: NodeFacts) -> float:
        return round(load(needs, node, self._occupancy.taken(node.name)), 2)

    def _refuse(self, pod: Object, reasons: Counter[str], cures: int) -> None:
        count = len(self._nodes.nodes())
        if not count:
            message = "no nodes available to schedule pods"
        else:
            why = ", ".join(sorted(f"{number} {reason}" for reason, number in reasons.items()))
            helps = [(count - cures, "Preemption is not helpful for scheduling")]
            helps.append((cures, "No preemption victims found for incoming pod"))
            preemption = ", ".join(sorted(f"{number} {reason}" for number, reason in helps if number))
            available = f"0/{count} nodes are available:"
            message = f"{available} {why}. no new claims to deallocate, preemption: {available} {preemption}."
        self._events.warning(pod, "FailedScheduling", message, action="Scheduling")
        self._say(pod, "Unschedulable", message)

    def _say(self, pod: Object, reason: str, message: str) -> None:
        now = self._world.stamp()
        if (before := condition(pod, "PodScheduled")) and before.get("message") == message:
            return

        set_condition(pod.setdefault("status", {}), "PodScheduled", "False", now, reason, message)
        _complete(pod["status"], pod)
        self._world.registry.report("pods", pod, SCHEDULER)

    def _bind(self, pod: Object, node: NodeFacts) -> None:
        pod["spec"]["nodeName"] = node.name
        set_condition(pod.setdefault("status", {}), "PodScheduled", "True", self._world.stamp())
        _complete(pod["status"], pod)
        self._world.registry.report("pods", pod, SCHEDULER, subresource="binding")
        where = f"{pod['metadata']['namespace']}/{pod['metadata']['name']} to {node.name}"
        self._events.normal(pod, "Scheduled", f"Successfully assigned {where}", action="Binding")


def _complete(status: Object, pod: Object) -> None:
    """Give the condition what pods' conditions have besides."""
    for each in status["conditions"]:
        if each["type"] == "PodScheduled":
            each.setdefault("lastProbeTime", None)
            each["observedGeneration"] = pod["metadata"].get("generation", 1)
