"""What becomes of dependents when their owner goes."""

from typing import Any

from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS, PODS
from tests.contract.living import REPLICASETS, Living, Object, is_ready, owner


async def _config(live: Living, name: str, *owners: Object, **metadata: Any) -> Object:
    references = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": each["metadata"]["name"], "uid": each["metadata"]["uid"]}
        for each in owners
    ]
    for reference in references:
        reference["blockOwnerDeletion"] = True
    content = {"metadata": {"name": name, "ownerReferences": references, **metadata}}
    return dict(await live.ask.create(CONFIG_MAPS.path(live.namespace), content))


async def test_in_the_background_dependents_go_after_their_owner(live: Living) -> None:
    await live.deployment("web")
    await live.delete(DEPLOYMENTS, "web", propagationPolicy="Background")
    await live.gone(DEPLOYMENTS, "web")
    for kind in (REPLICASETS, PODS):
        await live.settled(kind, lambda objects: not objects, app="web")


async def test_in_the_foreground_the_owner_goes_last(live: Living) -> None:
    await live.deployment("web")
    await live.delete(DEPLOYMENTS, "web", propagationPolicy="Foreground")
    await live.gone(DEPLOYMENTS, "web")
    for kind in (REPLICASETS, PODS):
        assert await live.all(kind, app="web") == []


async def test_in_the_foreground_the_owner_waits_for_what_blocks_it(live: Living) -> None:
    root = await _config(live, "root")
    await _config(live, "leaf", root, finalizers=["t.example.com/hold"])
    await live.delete(CONFIG_MAPS, "root", propagationPolicy="Foreground")
    await live.until(CONFIG_MAPS, "leaf", lambda leaf: "deletionTimestamp" in leaf["metadata"])
    waiting = await live.get(CONFIG_MAPS, "root")
    assert waiting["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert "deletionTimestamp" in waiting["metadata"]
    await live.change(CONFIG_MAPS, "leaf", metadata={"finalizers": None})
    await live.gone(CONFIG_MAPS, "leaf")
    await live.gone(CONFIG_MAPS, "root")


async def test_orphans_stay_and_know_no_owner(live: Living) -> None:
    await live.deployment("web")
    (replicaset,) = await live.all(REPLICASETS, app="web")
    await live.delete(DEPLOYMENTS, "web", propagationPolicy="Orphan")
    await live.gone(DEPLOYMENTS, "web")
    left = await live.until(REPLICASETS, replicaset["metadata"]["name"], lambda left: owner(left) == ("", ""))
    assert "deletionTimestamp" not in left["metadata"]
    (pod,) = await live.pods("web", 1)
    assert owner(pod) == ("ReplicaSet", replicaset["metadata"]["name"])
    assert is_ready(pod)


async def test_a_deployment_adopts_the_replicaset_that_was_left(live: Living) -> None:
    await live.deployment("web")
    (replicaset,) = await live.all(REPLICASETS, app="web")
    (before,) = await live.pods("web", 1)
    await live.delete(DEPLOYMENTS, "web", propagationPolicy="Orphan")
    await live.gone(DEPLOYMENTS, "web")
    await live.deployment("web")
    adopted = await live.until(REPLICASETS, replicaset["metadata"]["name"], owner)
    assert owner(adopted) == ("Deployment", "web")
    (after,) = await live.pods("web", 1)
    assert after["metadata"]["uid"] == before["metadata"]["uid"]


async def test_what_names_an_owner_that_never_was_goes(live: Living) -> None:
    nobody = {"metadata": {"name": "nobody", "uid": "6f0f1e3e-0000-4000-8000-000000000000"}}
    await _config(live, "leaf", nobody)
    await live.gone(CONFIG_MAPS, "leaf")


async def test_with_two_owners_one_may_go(live: Living) -> None:
    first, second = await _config(live, "first"), await _config(live, "second")
    await _config(live, "leaf", first, second)
    await live.delete(CONFIG_MAPS, "first", propagationPolicy="Background")
    await live.gone(CONFIG_MAPS, "first")
    await live.delete(CONFIG_MAPS, "second", propagationPolicy="Background")
    await live.gone(CONFIG_MAPS, "leaf")
