"""POST pods/NAME/eviction: delete a pod unless that would break a disruption budget."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from kty.demo import answers, bodies
from kty.demo.call import Call
from kty.demo.deletion import refuse_precondition
from kty.demo.life.budgets import KIND, allow
from kty.demo.life.podstate import condition, get, is_finished, is_ready, is_terminating, phase
from kty.demo.life.selecting import selector_of
from kty.demo.options import DeleteOptions, Options
from kty.demo.registry import Registry
from kty.demo.statuses import ApiError, Cause, Details, bad_request, method_not_allowed, success
from kty.demo.store import encode, labels_of
from kty.demo.times import timestamp
from kty.kube.objects import Object

YAML = ("application/yaml", "application/x-yaml")
_TOO_MUCH = "Cannot evict pod as it would violate the pod's disruption budget."
_SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."


def evict(registry: Registry, namespace: str, name: str, options: DeleteOptions) -> None:
    """Delete a pod, having taken it off its budget. Raises ApiError."""
    pod = registry.get("pods", namespace, name)
    is_free = is_finished(pod) or phase(pod) == "Pending" or is_terminating(pod)
    budgets = [] if is_free else _budgets(registry, pod)
    if len(budgets) > 1:
        raise ApiError(500, "", _SEVERAL)
    if budgets and not _is_harmless(budgets[0], pod):
        _take_one(registry, budgets[0], name, dry_run=options.dry_run)
    refuse_precondition(registry.kinds["pods"], pod, options)
    if not options.dry_run and not is_terminating(pod):
        _mark(registry, namespace, name)
    registry.delete("pods", namespace, name, replace(options, resource_version=None))


async def answer(call: Call) -> web.StreamResponse:
    """Answer kubectl drain and whoever else evicts."""
    if call.verb != "create":
        raise method_not_allowed()
    eviction = bodies.document(call.body, is_yaml=bodies.media_of(call) in YAML)
    options = read_options(eviction.get("deleteOptions") or {}, dry_run=call.is_dry_run)
    if (get(eviction, "metadata", "name") or call.name) != call.name:
        raise bad_request("name in URL does not match name in Eviction object")
    evict(call.demo.registry, call.namespace, call.name, options)
    return await answers.answer(call.request, encode(success() | {"code": 201}), status=201)


def read_options(asked: Object, *, dry_run: bool) -> DeleteOptions:
    """Read the DeleteOptions of an Eviction."""
    preconditions = asked.get("preconditions") or {}
    return DeleteOptions(
        dry_run=dry_run or "All" in (asked.get("dryRun") or ()),
        grace_period=asked.get("gracePeriodSeconds"),
        propagation=asked.get("propagationPolicy"),
        uid=preconditions.get("uid"),
        resource_version=preconditions.get("resourceVersion"),
    )


def _budgets(registry: Registry, pod: Object) -> list[Object]:
    found = []
    for budget in registry.list(KIND, pod["metadata"]["namespace"]):
        selector = selector_of(budget["spec"].get("selector"))
        if selector is not None and selector.matches(labels_of(pod)):
            found.append(budget)
    return found


def _is_harmless(budget: Object, pod: Object) -> bool:
    """Say whether the pod counts for nothing: it is not ready, and that is no reason to keep it."""
    if is_ready(pod):
        return False
    status = budget.get("status") or {}
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    return bool(status.get("currentHealthy", 0) >= status.get("desiredHealthy", 0) > 0)


def _take_one(registry: Registry, budget: Object, pod: str, *, dry_run: bool) -> None:
    meta, status = budget["metadata"], budget.get("status") or {}
    if status.get("observedGeneration", 0) < meta.get("generation", 1):
        said = f"The disruption budget {meta['name']} is still being processed by the server."
        raise _refused(said, retry_after=10)
    if not status.get("disruptionsAllowed"):
        raise _refused(_why(budget))
    if dry_run:
        return
    now = timestamp(registry.clock.now())

    def take(budget: Object) -> None:
        budget["status"]["disruptionsAllowed"] -= 1
        budget["status"].setdefault("disruptedPods", {})[pod] = now
        allow(budget, now)

    registry.change(KIND, meta["namespace"], meta["name"], take, Options(), subresource="status")


def _why(budget: Object) -> str:
    name, status = budget["metadata"]["name"], budget["status"]
    needs, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
    allowed = condition(budget, "DisruptionAllowed") or {}
    if has <= needs:
        return f"The disruption budget {name} needs {needs} healthy pods and has {has} currently"
    if allowed.get("status") == "False" and allowed.get("message"):
        said = f"does not allow evicting pods currently ({allowed.get('reason')}): {allowed['message']}"
        return f"The disruption budget {name} {said}"
    return f"The disruption budget {name} does not allow evicting pods currently"


def _refused(why: str, *, retry_after: int = 0) -> ApiError:
    details = Details(causes=(Cause("DisruptionBudget", why),), retry_after=retry_after)
    return ApiError(429, "TooManyRequests", _TOO_MUCH, details)


def _mark(registry: Registry, namespace: str, name: str) -> None:
    """Say in the pod's status why it goes."""
    now = timestamp(registry.clock.now())
    target = {
        "type": "DisruptionTarget",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": now,
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
    }

    def mark(pod: Object) -> None:
        conditions: list[Any] = pod.setdefault("status", {}).setdefault("conditions", [])
        conditions[:] = [each for each in conditions if each["type"] != "DisruptionTarget"]
        conditions.append(target)

    registry.change("pods", namespace, name, mark, Options(), subresource="status")
