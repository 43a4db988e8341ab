"""Disruption budgets, and the evictions that they allow."""

from tests.cluster.place import PODS
from tests.contract.asking import Answer
from tests.contract.living import BUDGETS, Living, Object, condition, is_ready, names, template


async def _budget(live: Living, name: str = "web", allowed: int | None = None, **spec: object) -> Object:
    """Make a budget, and return it once it was computed, and allows so many evictions."""
    await live.make(BUDGETS, name, spec={"selector": {"matchLabels": {"app": "web"}}, **spec})
    return await live.until(
        BUDGETS,
        name,
        lambda budget: (
            budget.get("status", {}).get("observedGeneration") == 1
            and allowed in (None, budget["status"]["disruptionsAllowed"])
        ),
    )


async def _evict(live: Living, pod: Object, query: str = "", **options: object) -> Answer:
    name = pod["metadata"]["name"]
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
    path = PODS.path(live.namespace, name, "eviction")
    return await live.ask("POST", path + query, {**eviction, **({"deleteOptions": options} if options else {})})


async def test_without_a_budget_a_pod_is_evicted(live: Living) -> None:
    await live.deployment("web")
    (pod,) = await live.pods("web", 1)
    answer = (await _evict(live, pod)).done(201)
    assert (answer["kind"], answer["status"]) == ("Status", "Success")
    await live.gone(PODS, pod["metadata"]["name"])
    (other,) = await live.pods("web", 1)
    assert other["metadata"]["uid"] != pod["metadata"]["uid"]


async def test_an_evicted_pod_says_why_it_goes(live: Living) -> None:
    await live.deployment("web", pod=template("web", terminationGracePeriodSeconds=20))
    (pod,) = await live.pods("web", 1)
    name = pod["metadata"]["name"]
    await live.change(PODS, name, metadata={"finalizers": ["t.example.com/hold"]})
    (await _evict(live, pod)).done(201)
    going = await live.until(PODS, name, lambda pod: "deletionTimestamp" in pod["metadata"])
    told = condition(going, "DisruptionTarget")
    assert (told["status"], told["reason"]) == ("True", "EvictionByEvictionAPI")
    assert told["message"] == "Eviction API: evicting"
    await live.change(PODS, name, metadata={"finalizers": None})


async def test_a_budget_that_allows_none_refuses(live: Living) -> None:
    await live.deployment("web", 2)
    await _budget(live, allowed=0, minAvailable=2)
    pod = (await live.pods("web", 2))[0]
    answer = await _evict(live, pod)
    said = "Cannot evict pod as it would violate the pod's disruption budget."
    assert answer.refusal == (429, "TooManyRequests", said)
    needs = "The disruption budget web needs 2 healthy pods and has 2 currently"
    assert answer.causes == [("DisruptionBudget", "", needs)]
    assert pod["metadata"]["name"] in names(await live.pods("web", 2))


async def test_a_budget_that_allows_one_allows_one(live: Living) -> None:
    await live.deployment("web", 2)
    budget = await _budget(live, allowed=1, maxUnavailable=1)
    status = budget["status"]
    assert (status["expectedPods"], status["desiredHealthy"], status["currentHealthy"]) == (2, 1, 2)
    assert condition(budget, "DisruptionAllowed")["reason"] == "SufficientPods"
    pod = (await live.pods("web", 2))[0]
    (await _evict(live, pod)).done(201)
    await live.gone(PODS, pod["metadata"]["name"])
    await live.until(BUDGETS, "web", lambda budget: budget["status"]["disruptionsAllowed"] == 1)


async def test_a_budget_in_percent(live: Living) -> None:
    await live.deployment("web", 3)
    budget = await _budget(live, allowed=1, minAvailable="50%")
    assert budget["status"]["desiredHealthy"] == 2


async def test_trying_it_out_evicts_nothing(live: Living) -> None:
    await live.deployment("web")
    (pod,) = await live.pods("web", 1)
    (await _evict(live, pod, "?dryRun=All")).done(201)
    (await _evict(live, pod, dryRun=["All"])).done(201)
    assert is_ready(await live.get(PODS, pod["metadata"]["name"]))
    await _budget(live, allowed=0, minAvailable=1)
    assert (await _evict(live, pod, "?dryRun=All")).status == 429


async def test_two_budgets_are_one_too_many(live: Living) -> None:
    await live.deployment("web")
    await _budget(live, "one", minAvailable=0)
    await _budget(live, "two", minAvailable=0)
    (pod,) = await live.pods("web", 1)
    answer = await _evict(live, pod)
    assert answer.status == 500
    said = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
    assert answer.content["message"] == said


async def test_a_pod_that_waits_is_evicted_whatever_the_budget(live: Living) -> None:
    spec = template("web", nodeSelector={"t-no": "such"})["spec"]
    pod = await live.make(PODS, "web", labels={"app": "web"}, spec=spec)
    await _budget(live, minAvailable=1)
    (await _evict(live, pod)).done(201)
    await live.gone(PODS, "web")


async def test_a_pod_that_is_not_there(live: Living) -> None:
    answer = await _evict(live, {"metadata": {"name": "nobody"}})
    assert answer.refusal == (404, "NotFound", 'pods "nobody" not found')


async def test_another_pod_of_the_same_name_is_not_evicted(live: Living) -> None:
    await live.deployment("web")
    (pod,) = await live.pods("web", 1)
    answer = await _evict(live, pod, preconditions={"uid": "6f0f1e3e-0000-4000-8000-000000000000"})
    assert answer.status == 409
    assert answer.content["reason"] == "Conflict"
