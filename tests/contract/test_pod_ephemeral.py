"""Ephemeral containers: add one to a pod that runs, and look into the pod from there."""

from typing import Any

import pytest

from kty.errors import Forbidden, Invalid, NotFound
from tests.cluster.place import Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import attach, container, get, output, path, start, status_of, until

STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
DEBUGGER = {"name": "debugger", "image": "busybox:local", "command": ["sh"], "stdin": True}


async def add(place: Place, *containers: dict[str, Any], kind: str = STRATEGIC, pod: str = "one") -> Any:
    where = path(place, pod, "ephemeralcontainers")
    return await place._send("PATCH", where, {"spec": {"ephemeralContainers": list(containers)}}, kind=kind)


def _runs(pod: Any) -> bool:
    return any("running" in one["state"] for one in pod["status"].get("ephemeralContainerStatuses") or ())


async def test_one_is_added_and_runs(cluster: Cluster, place: Place) -> None:
    before = await start(place, "one")
    changed = await add(place, DEBUGGER)
    (added,) = changed["spec"]["ephemeralContainers"]
    assert added == DEBUGGER | {
        "imagePullPolicy": "IfNotPresent",
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    }
    assert changed["metadata"]["generation"] == before["metadata"]["generation"] + 1
    pod = await until(place, "one", _runs)
    (status,) = pod["status"]["ephemeralContainerStatuses"]
    assert (status["name"], status["ready"], status["restartCount"]) == ("debugger", False, 0)
    assert await output(cluster, place, "one", ["echo", "inside"], inside="debugger") == b"inside\n"
    async with attach(cluster, place, "one", inside="debugger", stdin=True) as session:
        await session.send(b"echo attached\n")
        await session.until(b"attached\n")


async def test_it_sees_the_processes_and_files_of_its_target(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container("echo secret > /tmp/file; sleep 3600"))
    await add(place, DEBUGGER | {"targetContainerName": "main"})
    await until(place, "one", _runs)
    assert b"sleep 3600" in await output(cluster, place, "one", ["ps"], inside="debugger")
    assert await output(cluster, place, "one", ["cat", "/proc/1/root/tmp/file"], inside="debugger") == b"secret\n"


async def test_several_can_be_added_one_after_the_other(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    await add(place, DEBUGGER)
    changed = await add(place, DEBUGGER | {"name": "another"})
    assert {one["name"] for one in changed["spec"]["ephemeralContainers"]} == {"debugger", "another"}


async def test_what_is_there_stays_as_it_is(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    await add(place, DEBUGGER)
    place_of = "spec.ephemeralContainers: Forbidden: existing ephemeral containers"
    error = await status_of(add(place, DEBUGGER | {"image": "other"}))
    assert isinstance(error, Invalid)
    assert str(error).startswith(f'Pod "one" is invalid: {place_of} "debugger" may not be changed')
    error = await status_of(add(place, kind=MERGE))
    assert str(error).startswith(f'Pod "one" is invalid: {place_of} "debugger" may not be removed')


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"name": "main"}, '[0].name: Duplicate value: "main"'),
        ({"name": ""}, "[0].name: Required value"),
        ({"image": ""}, "[0].image: Required value"),
        ({"targetContainerName": "zz"}, '[0].targetContainerName: Not found: "zz"'),
        ({"ports": [{"containerPort": 80}]}, "[0].ports: Forbidden: cannot be set for an Ephemeral Container"),
        ({"resources": {"limits": {"cpu": "1"}}}, "[0].resources: Forbidden: cannot be set for an Ephemeral Container"),
    ],
)
async def test_what_cannot_be_added(cluster: Cluster, place: Place, more: dict[str, Any], why: str) -> None:
    await place.pod("one")
    error = await status_of(add(place, DEBUGGER | more, kind=MERGE))
    assert isinstance(error, Invalid)
    assert str(error) == f'Pod "one" is invalid: spec.ephemeralContainers{why}'


async def test_nothing_else_is_changed(cluster: Cluster, place: Place) -> None:
    await place.pod("one", labels={"a": "1"})
    where = path(place, "one", "ephemeralcontainers")
    asked = {
        "metadata": {"labels": {"a": "2"}},
        "spec": {"activeDeadlineSeconds": 9, "ephemeralContainers": [DEBUGGER]},
    }
    await place._send("PATCH", where, asked, kind=MERGE)
    pod = await get(place, "one")
    assert pod["metadata"]["labels"] == {"a": "1"}
    assert "activeDeadlineSeconds" not in pod["spec"]
    assert len(pod["spec"]["ephemeralContainers"]) == 1


async def test_it_can_be_read_and_replaced(cluster: Cluster, place: Place) -> None:
    await place.pod("one")
    where = path(place, "one", "ephemeralcontainers")
    pod = await place._send("GET", where)
    assert (pod["kind"], pod["metadata"]["name"]) == ("Pod", "one")
    pod["spec"]["ephemeralContainers"] = [DEBUGGER]
    changed = await place._send("PUT", where, pod)
    assert [one["name"] for one in changed["spec"]["ephemeralContainers"]] == ["debugger"]
    error = await status_of(place._send("PUT", where, pod))
    assert "the object has been modified" in str(error)
    error = await status_of(place._send("POST", where, pod))
    assert str(error) == "the server does not allow this method on the requested resource"


async def test_who_may_add(cluster: Cluster, place: Place) -> None:
    await place.pod("one")
    for user in ("editor", "viewer"):
        error = await status_of(add(Place(cluster.client(user), place.namespace), DEBUGGER))
        assert isinstance(error, Forbidden)
    assert isinstance(await status_of(add(place, DEBUGGER, pod="nope")), NotFound)
