"""HorizontalPodAutoscalers: replicas that follow what the pods use."""

from collections import deque
from collections.abc import Iterable, Sequence
from math import ceil

from kty.demo.life.autoscaler_status import Recommendation, write_status
from kty.demo.life.events import Recorder
from kty.demo.life.podstate import get, is_active, is_ready
from kty.demo.life.requests import amount, amounts
from kty.demo.life.seen import Key, Seen
from kty.demo.life.selecting import selector_of
from kty.demo.life.usage import WINDOW, of_container
from kty.demo.life.world import MANAGER, World
from kty.kube.objects import Object

KIND = "horizontalpodautoscalers.autoscaling"
TOLERANCE = 0.1
STABLE = 300.0
"""Seconds for which the highest recommendation holds before replicas are taken away."""


class Autoscalers:
    """Keys are autoscalers."""

    kinds = (KIND,)

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = Recorder(world, "horizontal-pod-autoscaler")
        self._recommended: dict[Key, deque[tuple[float, int]]] = {}

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.is_gone:
            self._recommended.pop(seen.key, None)
            return ()
        return (seen.key,)

    def reconcile(self, key: Key) -> float | None:
        autoscaler = self._world.registry.find(KIND, *key)
        if autoscaler is None:
            return None
        again = self._world.now() - self._world.now() % WINDOW + WINDOW
        target = self._target(autoscaler)
        if target is None:
            reference = autoscaler["spec"]["scaleTargetRef"]
            why = f'{reference["kind"].lower()}s "{reference["name"]}" not found'
            self._events.warning(autoscaler, "FailedGetScale", why)
            write_status(self._world, autoscaler, None, why)
            return again
        kind, scaled = target
        current = int(get(scaled, "spec", "replicas", default=1))
        selector = selector_of(get(scaled, "spec", "selector"))
        pods = self._world.registry.list("pods", key[0], labels=selector) if selector is not None else []
        advice = self._advice(autoscaler, [pod for pod in pods if is_active(pod)], current)
        advice = self._stabilized(key, advice)
        if current and advice.replicas != current:
            self._scale(autoscaler, kind, scaled, advice)
        write_status(self._world, autoscaler, advice, "")
        return again

    def _target(self, autoscaler: Object) -> tuple[str, Object] | None:
        reference = autoscaler["spec"]["scaleTargetRef"]
        kind = self._world.registry.kinds.of(reference.get("apiVersion", "apps/v1"), reference["kind"])
        if kind is None:
            return None
        found = self._world.registry.find(kind.id, autoscaler["metadata"]["namespace"], reference["name"])
        return (kind.id, found) if found is not None else None

    def _advice(self, autoscaler: Object, pods: Sequence[Object], current: int) -> Recommendation:
        """Return how many replicas the metrics call for: the largest number counts."""
        spec, wanted, metrics, reason = autoscaler["spec"], 0, list[Object](), ""
        running = [pod for pod in pods if is_ready(pod)]
        for metric in spec.get("metrics") or ():
            if metric.get("type") != "Resource" or not running:
                continue
            name, target = metric["resource"]["name"], metric["resource"]["target"]
            measured = self._measured(running, name, target)
            if measured is None:
                continue
            ratio, shown = measured
            number = current if abs(ratio - 1) <= TOLERANCE else ceil(ratio * len(running))
            metrics.append({"type": "Resource", "resource": {"name": name, "current": shown}})
            if number > wanted:
                wanted = number
                what = " utilization (percentage of request)" if "averageUtilization" in target else ""
                reason = f"{name} resource{what} above target" if number > current else "All metrics below target"
        if not metrics:
            return Recommendation(current, current, [], "")
        least, most = int(spec.get("minReplicas") or 1), int(spec["maxReplicas"])
        limited = "TooFewReplicas" if wanted < least else "TooManyReplicas" if wanted > most else ""
        return Recommendation(current, min(max(wanted, least), most), metrics, reason, is_limited=limited)

    def _measured(self, pods: Sequence[Object], name: str, target: Object) -> tuple[float, Object] | None:
        """Return how the use compares to the target, and the use as the status shows it.

        None where a share of what was asked for is wanted, and nothing was.
        """
        used = asked = 0.0
        for pod in pods:
            for container in pod["spec"]["containers"]:
                requests = amounts(get(container, "resources", "requests", default={}))
                usage = of_container(
                    pod["metadata"]["uid"], container["name"], requests, self._world.now(), self._world.seed
                )
                used += usage.cores * 1000 if name == "cpu" else usage.memory
                asked += requests[name] if name == "cpu" else requests[name] / 1000
        mean = used / len(pods)
        shown: Object = {"averageValue": f"{round(mean)}m" if name == "cpu" else str(round(mean))}
        if target.get("type") == "Utilization":
            if not asked:
                return None
            utilization = round(100 * used / asked)
            shown["averageUtilization"] = utilization
            return utilization / target["averageUtilization"], shown
        wanted = amount(target.get("averageValue")) * (1000 if name == "cpu" else 1)
        return (mean / wanted if wanted else 1.0), shown

    def _stabilized(self, key: Key, advice: Recommendation) -> Recommendation:
        """Take replicas away only where nothing called for them lately."""
        now = self._world.now()
        recent = self._recommended.setdefault(key, deque([(now, advice.current)]))
        recent.append((now, advice.replicas))
        while recent[0][0] < now - STABLE:
            recent.popleft()
        highest = max(number for _, number in recent)
        if advice.replicas < advice.current:
            kept = min(highest, advice.current)
            if kept != advice.replicas:
                return advice._replace(replicas=kept, is_stabilized=True)
        return advice

    def _scale(self, autoscaler: Object, kind: str, scaled: Object, advice: Recommendation) -> None:
        meta = scaled["metadata"]

        def resize(obj: Object) -> None:
            obj["spec"]["replicas"] = advice.replicas

        self._world.registry.change(kind, meta["namespace"], meta["name"], resize, MANAGER)
        said = f"New size: {advice.replicas}; reason: {advice.reason}"
        self._events.normal(autoscaler, "SuccessfulRescale", said)
