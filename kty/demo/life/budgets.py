"""PodDisruptionBudgets: how many pods may be evicted now."""

from collections.abc import Iterable, Sequence

from kty.demo.life.conditions import set_condition
from kty.demo.life.events import Recorder
from kty.demo.life.podstate import controller_of, get, is_ready, is_terminating, phase
from kty.demo.life.rollout import share
from kty.demo.life.seen import Key, Seen
from kty.demo.life.selecting import selector_of
from kty.demo.life.world import World
from kty.kube.objects import Object, epoch
from kty.kube.selectors import Selector

KIND = "poddisruptionbudgets.policy"
FORGOTTEN = 120.0
"""Seconds after which a pod that was to be evicted counts again, because it is still there."""


class Budgets:
    """Keys are budgets."""

    kinds = (KIND, "pods", "replicasets.apps", "deployments.apps", "statefulsets.apps")

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = Recorder(world, "controllermanager")
        self._selectors: dict[Key, Selector] = {}

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.kind == KIND:
            if seen.is_gone:
                self._selectors.pop(seen.key, None)
                return ()
            spec = self._world.registry.whole(KIND, seen.held).get("spec") or {}
            selector = selector_of(spec.get("selector"))
            if selector is not None:
                self._selectors[seen.key] = selector
            return (seen.key,)
        here = [key for key in self._selectors if key[0] == seen.held.namespace]
        if not here or seen.kind != "pods":
            return here if seen.type == "MODIFIED" else ()
        return [key for key in here if self._selectors[key].matches(seen.held.labels)]

    def reconcile(self, key: Key) -> float | None:
        budget = self._world.registry.find(KIND, *key)
        if budget is None or is_terminating(budget):
            return None
        selector = selector_of(budget["spec"].get("selector"))
        pods = self._world.registry.list("pods", key[0], labels=selector) if selector is not None else []
        if not pods:
            self._events.normal(budget, "NoPods", "No matching pods found")
        expected, desired = self._wanted(budget, pods)
        disrupted, due = self._disrupted(budget, pods)
        healthy = sum(
            is_ready(pod) and not is_terminating(pod) and pod["metadata"]["name"] not in disrupted for pod in pods
        )
        allowed = max(healthy - desired, 0) if expected else 0

        def write(budget: Object) -> None:
            status = budget.setdefault("status", {})
            status.update(
                currentHealthy=healthy,
                desiredHealthy=desired,
                disruptionsAllowed=allowed,
                expectedPods=expected,
                observedGeneration=budget["metadata"].get("generation", 1),
            )
            if disrupted:
                status["disruptedPods"] = disrupted
            else:
                status.pop("disruptedPods", None)
            allow(budget, self._world.stamp())

        self._world.report(KIND, budget, write)
        return due

    def _wanted(self, budget: Object, pods: Sequence[Object]) -> tuple[int, int]:
        """Return how many pods there should be, and how many of them healthy."""
        spec = budget["spec"]
        if (most := spec.get("maxUnavailable")) is not None:
            expected = self._expected(pods)
            return expected, max(expected - share(most, expected, rounds_up=True), 0)
        least = spec.get("minAvailable", 1)
        if isinstance(least, str):
            expected = self._expected(pods)
            return expected, share(least, expected, rounds_up=True)
        return len(pods), int(least)

    def _expected(self, pods: Sequence[Object]) -> int:
        """Return the sum of what the controllers of the pods want."""
        registry, sizes = self._world.registry, dict[str, int]()
        for pod in pods:
            owner, namespace = controller_of(pod), pod["metadata"]["namespace"]
            while owner is not None:
                kind = registry.kinds.of(owner["apiVersion"], owner["kind"])
                found = registry.find(kind.id, namespace, owner["name"]) if kind is not None else None
                if found is None:
                    break
                above = controller_of(found)
                if above is None:
                    sizes[owner["uid"]] = int(get(found, "spec", "replicas", default=1))
                owner = above
        return sum(sizes.values())

    def _disrupted(self, budget: Object, pods: Sequence[Object]) -> tuple[dict[str, str], float | None]:
        """Return the pods whose eviction was granted and that are not gone yet, and when to doubt it."""
        kept, due = {}, None
        names = {pod["metadata"]["name"] for pod in pods if not is_terminating(pod) and phase(pod) != "Succeeded"}
        for name, time in (get(budget, "status", "disruptedPods", default={})).items():
            ends = (epoch(time) or 0.0) + FORGOTTEN
            if name in names and ends > self._world.now():
                kept[name] = time
                due = min(due or ends, ends)
        return kept, due


def allow(budget: Object, now: str) -> None:
    """Set the condition that says whether a pod may be evicted."""
    status = budget["status"]
    may = status["disruptionsAllowed"] > 0
    reason = "SufficientPods" if may else "InsufficientPods"
    set_condition(status, "DisruptionAllowed", "True" if may else "False", now, reason)
    for each in status["conditions"]:
        if each["type"] == "DisruptionAllowed":
            each["message"] = ""
            each["observedGeneration"] = budget["metadata"].get("generation", 1)
