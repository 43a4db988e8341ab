"""Runs the pods of every node: admits, starts, watches over and ends their containers, and says how they are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kty.demo.defaults.pods import quality
from kty.demo.life.addresses import Addresses
from kty.demo.life.behaviour import course_of
from kty.demo.life.conditions import set_condition
from kty.demo.life.containers import ContainerRun, Memory, Pod, Stage, backoff
from kty.demo.life.events import Recorder
from kty.demo.life.nodebook import NodeBook, NodeFacts
from kty.demo.life.occupancy import Occupancy
from kty.demo.life.podstate import get, is_finished
from kty.demo.life.podstatus import conclude, is_sidecar, is_waiting_for_init
from kty.demo.life.script import FOREVER
from kty.demo.life.seen import Key, Seen
from kty.demo.life.world import KUBELET, World
from kty.demo.options import DeleteOptions
from kty.kube.objects import Object, epoch

LISTS = (
    ("initContainers", "initContainerStatuses", "spec.initContainers"),
    ("containers", "containerStatuses", "spec.containers"),
    ("ephemeralContainers", "ephemeralContainerStatuses", "spec.ephemeralContainers"),
)
_STOPPING = 1.2
"""Seconds that a program takes to end when it is asked to."""


@dataclass
class _Known:
    """What the kubelet remembers of a pod."""

    memories: dict[str, Memory] = field(default_factory=dict)
    stops: float = FOREVER
    is_over: bool = False


class Kubelet:
    """Keys are pods that have a node. One stands for the kubelets of all nodes."""

    kinds = ("pods", "nodes")

    def __init__(self, world: World, nodes: NodeBook, occupancy: Occupancy) -> None:
        self._world = world
        self._nodes = nodes
        self._occupancy = occupancy
        self._events = Recorder(world, "kubelet")
        self._pods: defaultdict[str, _Known] = defaultdict(_Known)
        self._present: defaultdict[str, set[str]] = defaultdict(set)
        self._addresses = Addresses(self._used)

    def _used(self, node: str) -> Iterator[tuple[str, str]]:
        """Return the uids and the addresses of the pods on a node."""
        for key in self._occupancy.on(node):
            pod = self._world.registry.find("pods", *key)
            if pod is not None and (address := get(pod, "status", "podIP")):
                yield pod["metadata"]["uid"], address

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.kind == "nodes":
            return ()
        if seen.is_gone:
            self._pods.pop(seen.held.uid, None)
            self._addresses.free(seen.held.uid)
            return ()
        return (seen.key,) if self._occupancy.is_placed(seen) else ()

    def reconcile(self, key: Key) -> float | None:
        pod = self._world.registry.find("pods", *key)
        node = self._nodes.find(pod["spec"].get("nodeName", "")) if pod else None
        if pod is None or node is None:
            return None
        known = self._pods[pod["metadata"]["uid"]]
        if pod["metadata"].get("deletionTimestamp"):
            return self._stop(pod, node, known)
        if is_finished(pod):
            return None
        due = self._run(pod, node, known)
        self._world.registry.report("pods", pod, KUBELET)
        return None if due == FOREVER else due

    def _run(self, pod: Object, node: NodeFacts, known: _Known) -> float:
        status = pod.setdefault("status", {})
        if "startTime" not in status:
            self._admit(pod, node)
        self._step(pod, node, known)
        conclude(pod, self._world.stamp())
        due = min((memory.due for memory in known.memories.values()), default=FOREVER)
        limit = pod["spec"].get("activeDeadlineSeconds")
        if limit is None or is_finished(pod):
            return due
        ends = (epoch(status["startTime"]) or 0.0) + float(limit)
        if ends > self._world.now():
            return min(due, ends)
        for run in self._runs(pod, node, known):
            run.kill(137, "Error")
        status.update(
            phase="Failed",
            reason="DeadlineExceeded",
            message="Pod was active on the node longer than the specified deadline",
        )
        conclude(pod, self._world.stamp())
        return FOREVER

    def _admit(self, pod: Object, node: NodeFacts) -> None:
        status, now = pod["status"], self._world.stamp()
        status.setdefault("phase", "Pending")
        status.setdefault("qosClass", quality(pod["spec"]))
        status.update(hostIP=node.address, hostIPs=[{"ip": node.address}], startTime=now)
        set_condition(status, "PodReadyToStartContainers", "False", now)
        set_condition(status, "PodScheduled", "True", now)

    def _step(self, pod: Object, node: NodeFacts, known: _Known) -> None:
        """Step the containers on whose turn it is: init containers one by one, then all the others together."""
        status, is_held_up = pod["status"], False
        for specs, statuses, _ in LISTS:
            for spec in pod["spec"].get(specs) or ():
                _entry(pod, spec, status, statuses)
        is_initialized = not is_waiting_for_init(pod)
        for run, spec, entry, specs in self._each(pod, node, known):
            if specs == "containers" and not is_initialized and is_waiting_for_init(pod):
                continue
            if specs == "initContainers":
                if is_held_up or (is_initialized and "terminated" in entry["state"]):
                    continue
                run.step()
                is_held_up = not is_initialized and not _is_passed(spec, entry)
            else:
                run.step()
            self._give_address(pod, node)

    def _give_address(self, pod: Object, node: NodeFacts) -> None:
        status = pod["status"]
        if "podIP" in status or not any(_has_begun(each) for each in status.get("containerStatuses") or ()):
            is_begun = any(_has_begun(each) for each in status.get("initContainerStatuses") or ())
            if "podIP" in status or not is_begun:
                return
        address = node.address if pod["spec"].get("hostNetwork") else self._addresses.give(pod["metadata"]["uid"], node)
        status.update(podIP=address, podIPs=[{"ip": address}])
        set_condition(status, "PodReadyToStartContainers", "True", self._world.stamp())

    def _runs(self, pod: Object, node: NodeFacts, known: _Known) -> list[ContainerRun]:
        return [run for run, *_ in self._each(pod, node, known)]

    def _each(self, pod: Object, node: NodeFacts, known: _Known) -> Iterator[tuple[ContainerRun, Object, Object, str]]:
        status = pod["status"]
        address = status.get("podIP") or f"{node.pod_network}.2"
        shared = Pod(self._world, pod, node.name, address, self._events, self._present[node.name])
        policy = pod["spec"].get("restartPolicy", "Always")
        for specs, statuses, path in LISTS:
            entries = {entry["name"]: entry for entry in status.get(statuses) or ()}
            for spec in pod["spec"].get(specs) or ():
                entry = entries.get(spec["name"])
                if entry is None:
                    continue
                own = policy if specs == "containers" else "Never"
                if specs == "initContainers":
                    own = "Always" if is_sidecar(spec) else "Never" if policy == "Never" else "OnFailure"
                is_new = spec["name"] not in known.memories
                memory = known.memories.setdefault(spec["name"], Memory())
                run = ContainerRun(shared, spec, entry, memory, own, f"{path}{{{spec['name']}}}")
                if is_new:
                    _recall(run, entry)
                yield run, spec, entry, specs

    def _stop(self, pod: Object, node: NodeFacts, known: _Known) -> float | None:
        if known.is_over:
            return None
        status = pod.setdefault("status", {})
        grace = float(pod["metadata"].get("deletionGracePeriodSeconds") or 0)
        running = [
            (spec, entry)
            for specs, statuses, _ in LISTS
            for spec in pod["spec"].get(specs) or ()
            for entry in status.get(statuses) or ()
            if entry["name"] == spec["name"] and "running" in entry["state"]
        ]
        stops = self._world.after(max((_stop_seconds(pod, spec, grace) for spec, _ in running), default=0.0))
        if known.stops == FOREVER:
            for spec, _ in running:
                path = f"spec.containers{{{spec['name']}}}"
                message = f"Stopping container {spec['name']}"
                self._events.normal(pod, "Killing", message, host=node.name, path=path)
        known.stops = min(known.stops, stops)
        if known.stops > self._world.now():
            return known.stops
        known.is_over = True
        self._end(pod, node, known)
        return None

    def _end(self, pod: Object, node: NodeFacts, known: _Known) -> None:
        meta = pod["metadata"]
        if any("running" in each["state"] for each in get(pod, "status", "containerStatuses", default=())):
            specs = {spec["name"]: spec for specs, _, _ in LISTS for spec in pod["spec"].get(specs) or ()}
            for run, spec, *_ in self._each(pod, node, known):
                heeds = course_of(pod, specs[spec["name"]]).run.heeds_term
                run.kill(0 if heeds else 137, "Completed" if heeds else "Error")
            conclude({**pod, "spec": {**pod["spec"], "restartPolicy": "Never"}}, self._world.stamp())
            self._world.registry.report("pods", pod, KUBELET)
        options = DeleteOptions(grace_period=0, uid=meta["uid"])
        self._world.registry.delete("pods", meta["namespace"], meta["name"], options)


def _entry(pod: Object, spec: Object, status: Object, statuses: str) -> None:
    """Make a container's entry in the status, if there is none."""
    entries: list[Object] = status.setdefault(statuses, [])
    if any(entry["name"] == spec["name"] for entry in entries):
        return
    reason = "PodInitializing" if pod["spec"].get("initContainers") else "ContainerCreating"
    entry: Object = {
        "name": spec["name"],
        "state": {"waiting": {"reason": reason}},
        "lastState": {},
        "ready": False,
        "restartCount": 0,
        "image": spec["image"],
        "imageID": "",
        "started": False,
    }
    resources = spec.get("resources")
    if resources is not None:
        entry["resources"] = resources
        if resources.get("requests"):
            entry["allocatedResources"] = resources["requests"]
    if mounts := spec.get("volumeMounts"):
        entry["volumeMounts"] = [_mount_status(mount) for mount in mounts]
    entries.append(entry)


def _mount_status(mount: Object) -> Object:
    shown = {"name": mount["name"], "mountPath": mount["mountPath"]}
    return shown | {"readOnly": True, "recursiveReadOnly": "Disabled"} if mount.get("readOnly") else shown


def _recall(run: ContainerRun, entry: Object) -> None:
    """Take over a container of which only its status is known."""
    state, memory = entry["state"], run.memory
    memory.failures = entry.get("restartCount", 0)
    if "running" in state:
        ready, started = entry["ready"], entry.get("started")
        run.resume(epoch(state["running"].get("startedAt")) or 0.0)
        entry["ready"], entry["started"] = ready, started
    elif "terminated" in state:
        is_done = not run.restarts_after(state["terminated"]["exitCode"])
        memory.stage, memory.due = (Stage.DONE, FOREVER) if is_done else (Stage.ENDED, 0.0)
    elif (reason := (state.get("waiting") or {}).get("reason")) == "CrashLoopBackOff":
        ended = epoch((entry["lastState"].get("terminated") or {}).get("finishedAt")) or 0.0
        memory.failures += 1
        memory.stage, memory.due = Stage.BACKOFF, ended + backoff(memory.failures)
    elif reason == "ImagePullBackOff":
        memory.pulls, memory.stage, memory.due = 6, Stage.PULL_BACKOFF, 0.0


def _is_passed(spec: Object, entry: Object) -> bool:
    if is_sidecar(spec):
        return bool(entry["started"])
    return bool(get(entry, "state", "terminated", "exitCode") == 0)


def _has_begun(entry: Object) -> bool:
    return (
        "waiting" not in entry["state"]
        or bool(entry["lastState"])
        or entry["state"]["waiting"]["reason"]
        not in (
            "PodInitializing",
            "ContainerCreating",
        )
    )


def _stop_seconds(pod: Object, spec: Object, grace: float) -> float:
    """Return how long a container takes to end: all its grace when nothing in it heeds the signal."""
    return min(grace, _STOPPING) if course_of(pod, spec).run.heeds_term else grace
