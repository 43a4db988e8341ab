"""Namespaces: what they begin with, and how they end with everything in them."""

from tests.cluster.place import Place
from tests.contract.asking import Asking


async def test_a_namespace_is_active_and_labelled(ask: Asking, place: Place) -> None:
    namespace = await ask.get(f"/api/v1/namespaces/{place.namespace}")
    assert namespace["metadata"]["labels"] == {"kubernetes.io/metadata.name": place.namespace}
    assert namespace["spec"] == {"finalizers": ["kubernetes"]}
    assert namespace["status"] == {"phase": "Active"}


async def test_a_namespace_ends_with_everything_in_it(ask: Asking, place: Place) -> None:
    path = f"/api/v1/namespaces/{place.namespace}"
    await ask.create(f"{path}/configmaps", {"metadata": {"name": "held", "finalizers": ["t.example.com/wait"]}})
    await ask.create(f"{path}/secrets", {"metadata": {"name": "free"}})
    leases = f"/apis/coordination.k8s.io/v1/namespaces/{place.namespace}/leases"
    await ask.create(leases, {"metadata": {"name": "free"}})
    async with ask.watch(f"/api/v1/namespaces?fieldSelector=metadata.name%3D{place.namespace}") as events:
        assert (await events.next())["type"] == "ADDED"
        marked = (await ask("DELETE", path)).done()
        assert (marked["kind"], marked["status"]["phase"]) == ("Namespace", "Terminating")
        assert marked["spec"]["finalizers"] == ["kubernetes"]
        for emptied in (f"{path}/secrets", leases):
            await ask.until(emptied, lambda answer: not answer.content["items"])
        # What holds on to it holds the namespace, too, and nothing new comes in.
        assert (await ask("GET", path)).status == 200
        answer = await ask("POST", f"{path}/configmaps", {"metadata": {"name": "late"}})
        why = f"unable to create new content in namespace {place.namespace} because it is being terminated"
        assert answer.refusal == (403, "Forbidden", f'configmaps "late" is forbidden: {why}')
        assert answer.causes == [
            (
                "NamespaceTerminating",
                "metadata.namespace",
                f"namespace {place.namespace} is being terminated",
            )
        ]
        await ask.merge(f"{path}/configmaps/held", {"metadata": {"finalizers": None}})
        while (event := await events.next(30))["type"] != "DELETED":
            assert event["object"]["status"]["phase"] == "Terminating"
    assert (await ask("GET", path)).refusal == (404, "NotFound", f'namespaces "{place.namespace}" not found')
    await ask.create("/api/v1/namespaces", {"metadata": {"name": place.namespace}})  # for the fixture to remove


async def test_its_status_and_its_finalizers_are_parts_of_it(ask: Asking, place: Place) -> None:
    path = f"/api/v1/namespaces/{place.namespace}"
    assert (await ask.get(f"{path}/status"))["kind"] == "Namespace"
    namespace = await ask.get(path)
    namespace["spec"]["finalizers"].append("t.example.com/more")
    more = (await ask("PUT", f"{path}/finalize", namespace)).done()
    assert more["spec"]["finalizers"] == ["kubernetes", "t.example.com/more"]
    more["spec"]["finalizers"].pop()
    (await ask("PUT", f"{path}/finalize", more)).done()


async def test_a_namespace_has_a_name_that_fits_into_others(ask: Asking) -> None:
    answer = await ask("POST", "/api/v1/namespaces", {"metadata": {"name": "a.b"}})
    assert answer.refusal[:2] == (422, "Invalid")
    assert answer.refusal[2].startswith('Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not')
