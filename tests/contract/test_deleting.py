"""Delete: at once or marked, under preconditions, one or many; what happens to dependents is marked, too."""

import pytest

from tests.cluster.place import NO_SCHEDULER, Place
from tests.contract.asking import Asking

FINALIZER = "t.example.com/wait"


def maps(place: Place) -> str:
    return f"/api/v1/namespaces/{place.namespace}/configmaps"


async def test_what_goes_at_once_leaves_a_status_behind(ask: Asking, place: Place) -> None:
    made = await ask.create(maps(place), {"metadata": {"name": "one"}})
    gone = (await ask("DELETE", f"{maps(place)}/one")).done()
    assert gone == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {"name": "one", "kind": "configmaps", "uid": made["metadata"]["uid"]},
    }
    for method in ("GET", "DELETE"):
        answer = await ask(method, f"{maps(place)}/one")
        assert answer.refusal == (404, "NotFound", 'configmaps "one" not found')
        assert answer.content["details"] == {"name": "one", "kind": "configmaps"}


async def test_some_kinds_answer_with_the_object(ask: Asking, place: Place) -> None:
    accounts = f"/api/v1/namespaces/{place.namespace}/serviceaccounts"
    made = await ask.create(accounts, {"metadata": {"name": "one"}})
    gone = (await ask("DELETE", f"{accounts}/one")).done()
    assert (gone["kind"], gone["metadata"]["uid"]) == ("ServiceAccount", made["metadata"]["uid"])
    assert "deletionTimestamp" not in gone["metadata"]
    assert int(gone["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])


async def test_a_finalizer_keeps_an_object_until_it_is_taken_away(ask: Asking, place: Place) -> None:
    made = await ask.create(maps(place), {"metadata": {"name": "one", "finalizers": [FINALIZER]}})
    path = f"{maps(place)}/one"
    marked = (await ask("DELETE", path)).done()
    assert (marked["kind"], marked["metadata"]["uid"]) == ("ConfigMap", made["metadata"]["uid"])
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 0
    assert marked["metadata"]["deletionTimestamp"]
    again = (await ask("DELETE", path)).done()
    assert again["metadata"]["resourceVersion"] == marked["metadata"]["resourceVersion"]
    more = {"metadata": {"finalizers": [FINALIZER, "t.example.com/more"]}}
    answer = await ask("PATCH", path, more, media="application/merge-patch+json")
    assert answer.refusal[:2] == (422, "Invalid")
    assert (
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted"
        in (answer.refusal[2])
    )
    last = await ask.merge(path, {"metadata": {"finalizers": None}})
    assert "finalizers" not in last["metadata"]
    assert (await ask("GET", path)).status == 404


async def test_a_finalizer_has_a_name_with_a_domain(ask: Asking, place: Place) -> None:
    answer = await ask("POST", maps(place), {"metadata": {"name": "one", "finalizers": ["wait"]}})
    assert answer.refusal == (
        422,
        "Invalid",
        'ConfigMap "one" is invalid: metadata.finalizers[0]: Invalid value: "wait": name is neither a standard '
        "finalizer name nor is it fully qualified",
    )


@pytest.mark.parametrize(
    ("precondition", "why"),
    [
        ({"uid": "other"}, "the UID in the precondition (other) does not match the UID in record ({uid})"),
        (
            {"resourceVersion": "1"},
            "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({version})",
        ),
    ],
)
async def test_another_object_than_meant_stays(
    ask: Asking, place: Place, precondition: dict[str, str], why: str
) -> None:
    meta = (await ask.create(maps(place), {"metadata": {"name": "one"}}))["metadata"]
    answer = await ask("DELETE", f"{maps(place)}/one", {"preconditions": precondition})
    said = why.format(uid=meta["uid"], version=meta["resourceVersion"])
    assert answer.refusal[:2] == (409, "Conflict")
    assert answer.refusal[2].startswith(f'Operation cannot be fulfilled on ConfigMap "one": {said}. The object might')
    meant = {"preconditions": {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]}}
    assert (await ask("DELETE", f"{maps(place)}/one", meant)).status == 200


@pytest.mark.parametrize(
    ("propagation", "finalizers"),
    [
        ("Orphan", [FINALIZER, "orphan"]),
        ("Foreground", [FINALIZER, "foregroundDeletion"]),
        ("Background", [FINALIZER]),
    ],
)
@pytest.mark.parametrize("place_of_it", ["body", "query"])
async def test_propagation_is_marked_with_a_finalizer(
    ask: Asking, place: Place, propagation: str, finalizers: list[str], place_of_it: str
) -> None:
    await ask.create(maps(place), {"metadata": {"name": "one", "finalizers": [FINALIZER]}})
    if place_of_it == "body":
        marked = (await ask("DELETE", f"{maps(place)}/one", {"propagationPolicy": propagation})).done()
    else:
        marked = (await ask("DELETE", f"{maps(place)}/one?propagationPolicy={propagation}")).done()
    assert sorted(marked["metadata"]["finalizers"]) == sorted(finalizers)
    await ask.merge(f"{maps(place)}/one", {"metadata": {"finalizers": None}})


async def test_propagation_must_be_one_of_three(ask: Asking, place: Place) -> None:
    await ask.create(maps(place), {"metadata": {"name": "one"}})
    answer = await ask("DELETE", f"{maps(place)}/one", {"propagationPolicy": "Sometimes"})
    assert answer.refusal == (
        422,
        "Invalid",
        'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Sometimes": supported values: '
        '"Foreground", "Background", "Orphan", "nil"',
    )


async def test_a_job_that_is_deleted_without_a_word_leaves_its_pods(ask: Asking, place: Place) -> None:
    jobs = f"/apis/batch/v1/namespaces/{place.namespace}/jobs"
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox:local"}]}}
    job = {"metadata": {"name": "one", "finalizers": [FINALIZER]}, "spec": {"suspend": True, "template": template}}
    await ask.create(jobs, job)
    marked = (await ask("DELETE", f"{jobs}/one")).done()
    assert sorted(marked["metadata"]["finalizers"]) == ["orphan", FINALIZER]
    await ask.merge(f"{jobs}/one", {"metadata": {"finalizers": None}})


async def test_a_pod_that_runs_nowhere_goes_at_once(ask: Asking, place: Place) -> None:
    await place.pod("one")
    pods = f"/api/v1/namespaces/{place.namespace}/pods"
    gone = (await ask("DELETE", f"{pods}/one")).done()
    assert (gone["kind"], gone["metadata"]["deletionGracePeriodSeconds"]) == ("Pod", 0)
    assert (await ask("GET", f"{pods}/one")).status == 404


async def test_a_pod_on_a_node_has_time_to_end(ask: Asking, place: Place) -> None:
    pods = f"/api/v1/namespaces/{place.namespace}/pods"
    spec = {
        "schedulerName": NO_SCHEDULER,
        "nodeName": "t-no-such-node",
        "containers": [{"name": "main", "image": "busybox:local"}],
    }
    made = await ask.create(pods, {"metadata": {"name": "one", "finalizers": [FINALIZER]}, "spec": spec})
    marked = (await ask("DELETE", f"{pods}/one")).done()
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 30
    assert marked["metadata"]["generation"] == made["metadata"]["generation"] + 1
    sooner = (await ask("DELETE", f"{pods}/one", {"gracePeriodSeconds": 5})).done()
    assert sooner["metadata"]["deletionGracePeriodSeconds"] == 5
    later = (await ask("DELETE", f"{pods}/one", {"gracePeriodSeconds": 20})).done()
    assert later["metadata"]["deletionGracePeriodSeconds"] == 5
    await ask("DELETE", f"{pods}/one", {"gracePeriodSeconds": 0})
    await ask("PATCH", f"{pods}/one", {"metadata": {"finalizers": None}}, media="application/merge-patch+json")
    assert (await ask("GET", f"{pods}/one")).status == 404


async def test_a_collection_goes_by_its_selectors(ask: Asking, place: Place) -> None:
    for name, labels in (("a", {"of": "us"}), ("b", {"of": "us"}), ("c", {"of": "them"})):
        await ask.create(maps(place), {"metadata": {"name": name, "labels": labels}})
    gone = (await ask("DELETE", f"{maps(place)}?labelSelector=of%3Dus")).done()
    assert gone["kind"] == "ConfigMapList"
    assert sorted(item["metadata"]["name"] for item in gone["items"]) == ["a", "b"]
    left = (await ask.get(f"{maps(place)}?labelSelector=of"))["items"]
    assert [item["metadata"]["name"] for item in left] == ["c"]
    (await ask("DELETE", f"{maps(place)}?fieldSelector=metadata.name%3Dc&dryRun=All")).done()
    assert (await ask("GET", f"{maps(place)}/c")).status == 200
    (await ask("DELETE", f"{maps(place)}?fieldSelector=metadata.name%3Dc")).done()
    assert (await ask("GET", f"{maps(place)}/c")).status == 404
