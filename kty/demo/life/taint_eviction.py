"""Pods that may not stay: under a NoExecute taint that they do not tolerate, or on a node that is no more."""

from collections.abc import Iterable
from typing import Final

from kty.demo.life.events import Recorder
from kty.demo.life.nodebook import NodeBook
from kty.demo.life.occupancy import Occupancy
from kty.demo.life.podstate import is_terminating
from kty.demo.life.seen import Key, Seen
from kty.demo.life.taints import seconds_left
from kty.demo.life.world import World
from kty.demo.options import DeleteOptions
from kty.demo.statuses import ApiError
from kty.kube.objects import epoch

QUARANTINE: Final = 40.0
"""Seconds for which a node must be gone before its pods are given up."""


class TaintEviction:
    """Keys are nodes, and the pods on those with such taints."""

    kinds = ("nodes",)

    def __init__(self, world: World, nodes: NodeBook, occupancy: Occupancy) -> None:
        self._world = world
        self._nodes = nodes
        self._occupancy = occupancy
        self._events = Recorder(world, "taint-eviction-controller")
        self._gone: dict[str, float] = {}

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.is_gone:
            self._gone[seen.held.name] = self._world.now()
        else:
            self._gone.pop(seen.held.name, None)
            if b'"NoExecute"' not in seen.held.body and not (seen.was and b'"NoExecute"' in seen.was.body):
                return ()
        return (("", seen.held.name),)

    def reconcile(self, key: Key) -> float | None:
        name = key[1]
        node = self._nodes.find(name)
        if node is None:
            return self._give_up(name)
        due = None
        taints = [taint for taint in node.taints if taint.get("effect") == "NoExecute"]
        since = max((epoch(taint.get("timeAdded")) or 0.0 for taint in taints), default=0.0)
        for pod_key in self._occupancy.on(name) if taints else ():
            pod = self._world.registry.find("pods", *pod_key)
            if pod is None or is_terminating(pod):
                continue
            left = seconds_left(taints, pod["spec"].get("tolerations") or [])
            if left is None:
                continue
            ends = (since or self._world.now()) + left
            if ends > self._world.now():
                due = min(due or ends, ends)
                continue
            self._events.normal(pod, "TaintManagerEviction", f"Marking for deletion Pod {'/'.join(pod_key)}")
            self._delete(pod_key, DeleteOptions(uid=pod["metadata"]["uid"]))
        return due

    def _give_up(self, name: str) -> float | None:
        due = self._gone.get(name, self._world.now()) + QUARANTINE * self._world.pace
        if due > self._world.now():
            return due
        self._gone.pop(name, None)
        for key in self._occupancy.on(name):
            self._delete(key, DeleteOptions(grace_period=0))
        return None

    def _delete(self, key: Key, options: DeleteOptions) -> None:
        try:
            self._world.registry.delete("pods", *key, options)
        except ApiError as error:
            if error.code != 404:
                raise
