"""What an API server refuses, in its own words: on the demo and on the real one."""

import dataclasses
import secrets
from typing import Any

from kty.errors import (
    ClusterError,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
    ServerFault,
    StatusError,
    TooManyRequests,
    Unauthorized,
    Unfinished,
    Unreachable,
    UsageError,
)
from kty.kube.api import Api
from kty.kube.client import Client
from kty.kube.kinds import Deployment
from kty.kube.nodes import drain
from kty.kube.patches import Apply, Merge
from kty.kube.pods import evict
from kty.kube.rollouts import follow, undo
from kty.kube.streams.copying import copy_from, copy_to
from kty.kube.streams.exec import run
from kty.kube.streams.portforward import connect
from kty.kube.target import AuthInfo
from kty.screens.editing import Edited
from kty.screens.editors import Clashing
from tests.cluster.defined import defined
from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS, PODS
from tests.contract.every_error.case import Cases, Spot
from tests.contract.history import forgets_its_beginning
from tests.contract.living import BUDGETS, NODES, REPLICASETS, Living, template, workload
from tests.contract.pods_that_run import start

CASES = Cases()


def _maps(spot: Spot, user: str = "admin") -> Api[Any]:
    return Api(spot.cluster.client(user), CONFIG_MAPS, spot.place.namespace)


def _map(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "data": data}


def _living(spot: Spot) -> Living:
    return Living(spot.cluster.ask(), spot.place.namespace)


@CASES.there(Unauthorized, "Unauthorized: log in again, or check this user's credentials")
async def a_token_that_nobody_knows(spot: Spot) -> None:
    config = dataclasses.replace(spot.cluster.config(), auth=AuthInfo(token="nobody"))
    async with Client(config) as client:
        await client.request("GET", "/api/v1/pods")


@CASES.there(
    Forbidden,
    'configmaps is forbidden: User "viewer" cannot create resource "configmaps" in API group "" in the '
    'namespace "NAMESPACE": ask for a role that allows it',
)
async def a_viewer_who_writes(spot: Spot) -> None:
    await _maps(spot, "viewer").create(_map())


@CASES.there(Clashing, 'somebody else changed data.mode to "night"')
async def two_who_edit_the_same(spot: Spot) -> None:
    maps = _maps(spot)
    await maps.create(_map(mode="day"))
    edit = Edited(spot.cluster.client(), CONFIG_MAPS, spot.place.namespace, "one")
    text = await edit.read()
    await maps.patch("one", Merge({"data": {"mode": "night"}}))
    edit.take(text.replace("mode: day", "mode: dusk"))
    await edit.try_out()


@CASES.there(NotFound, 'configmaps "one" not found: check its name and namespace; it may be gone by now')
async def no_such_object(spot: Spot) -> None:
    await _maps(spot).get("one")


@CASES.there(
    NotFound, "the server could not find the requested resource: this server has no such kind, or not in this version"
)
async def no_such_kind(spot: Spot) -> None:
    await spot.place.client.request("GET", "/apis/apps/v1beta1/deployments")


@CASES.there(
    NotFound, "the server answered 404: 404 page not found: this server has no such kind, or not in this version"
)
async def no_such_group(spot: Spot) -> None:
    await spot.place.client.request("GET", "/apis/nobody.example/v1/things")


@CASES.there(
    Conflict,
    'Apply failed with 2 conflicts: conflicts with "first": - .data.a - .data.b: force takes these fields from '
    "their managers",
)
async def several_fields_that_belong_to_another(spot: Spot) -> None:
    await _maps(spot).patch("one", Apply(_map(a="1", b="1"), manager="first"))
    await _maps(spot).patch("one", Apply(_map(a="2", b="2"), manager="second"))


@CASES.there(StatusError, "the server does not allow this method on the requested resource")
async def no_such_verb(spot: Spot) -> None:
    await spot.place.client.request("PUT", CONFIG_MAPS.path(spot.place.namespace), body=b"{}")


@CASES.there(Conflict, 'configmaps "one" already exists: choose another name, or change the one that is there')
async def a_name_that_is_taken(spot: Spot) -> None:
    await _maps(spot).create(_map())
    await _maps(spot).create(_map())


@CASES.there(
    Conflict,
    'Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your '
    "changes to the latest version and try again",
)
async def an_object_that_changed_meanwhile(spot: Spot) -> None:
    old = await _maps(spot).create(_map())
    await spot.place.change(CONFIG_MAPS, "one", data={"a": "b"})
    await _maps(spot).replace("one", old)


@CASES.there(
    Conflict,
    'Operation cannot be fulfilled on ConfigMap "one": the UID in the precondition (other) does not match the '
    "UID in record (UID). The object might have been deleted and then recreated: read it again",
)
async def another_object_of_that_name(spot: Spot) -> None:
    old = await _maps(spot).create(_map())
    spot.words[old["metadata"]["uid"]] = "UID"
    await _maps(spot).delete("one", uid="other")


@CASES.there(
    Conflict,
    'Apply failed with 1 conflict: conflict with "first": .data.a: force takes these fields from their managers',
)
async def a_field_of_another_manager(spot: Spot) -> None:
    await _maps(spot).patch("one", Apply(_map(a="1"), manager="first"))
    await _maps(spot).patch("one", Apply(_map(a="2"), manager="second"))


@CASES.there(
    Expired,
    "The resourceVersion for the provided list is too old: list again: what changed since then is no longer known",
)
async def a_list_of_long_ago(spot: Spot) -> None:
    if spot.cluster.demo is not None:
        journal = spot.cluster.demo.registry.store.journal
        journal.compact(spot.cluster.demo.registry.store.version)
    else:
        await forgets_its_beginning(spot.place)
    query = [("resourceVersion", "1"), ("resourceVersionMatch", "Exact")]
    await spot.place.client.request("GET", CONFIG_MAPS.path(spot.place.namespace), query=query)


@CASES.there(Expired, "too old resource version: 1 (OLDEST): list again: what changed since then is no longer known")
async def a_watch_from_long_ago(spot: Spot) -> None:
    async with defined(spot.place) as gizmos:  # the real server knows no version before the kind was defined
        if spot.cluster.demo is not None:
            journal = spot.cluster.demo.registry.store.journal
            journal.compact(spot.cluster.demo.registry.store.version)
        try:
            async for _ in Api(spot.place.client, gizmos, spot.place.namespace).watch(version="1"):
                pass
        except Expired as error:
            spot.words[str(error).rpartition("(")[2].rstrip(")")] = "OLDEST"
            raise


@CASES.there(
    Invalid, 'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'
)
async def an_object_that_is_wrong(spot: Spot) -> None:
    content = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    api = Api(spot.place.client, DEPLOYMENTS, spot.place.namespace)
    await api.create({**content, "spec": workload("web") | {"replicas": -1}})


@CASES.there(Invalid, '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"')
async def a_selector_that_no_server_knows(spot: Spot) -> None:
    await _maps(spot).list(fields="data.a=b")


@CASES.there(
    TooManyRequests,
    "Cannot evict pod as it would violate the pod's disruption budget. (The disruption budget web needs 2 "
    "healthy pods and has 2 currently): wait until more of its pods are ready, or change the budget",
)
async def an_eviction_that_a_budget_forbids(spot: Spot) -> None:
    live = _living(spot)
    await live.deployment("web", 2)
    await live.make(BUDGETS, "web", spec={"selector": {"matchLabels": {"app": "web"}}, "minAvailable": 2})
    await live.until(BUDGETS, "web", lambda budget: budget.get("status", {}).get("currentHealthy") == 2)
    pod = (await live.pods("web", 2))[0]
    await evict(spot.place.client, spot.place.namespace, pod["metadata"]["name"])


@CASES.there(
    ServerFault,
    'the command could not be started: exec: "nosuch": executable file not found in $PATH: is this command in '
    "the container's image?",
)
async def a_command_that_is_not_there(spot: Spot) -> None:
    await start(spot.place, "one")
    await run(spot.place.client, spot.place.namespace, "one", ["nosuch"])


@CASES.there(
    Unfinished,
    "node NODE cannot be drained, a pod is in the way: NAMESPACE/one: nothing would make it anew (force "
    "evicts it all the same): nothing was evicted; the node stays cordoned",
)
async def a_node_with_a_pod_that_nothing_makes_anew(spot: Spot) -> None:
    await _drained(spot)


@CASES.there(
    Unfinished,
    "node NODE is not drained after 0.1 s (NAMESPACE/one: asked to leave, and not gone yet): it stays cordoned",
)
async def a_node_whose_pod_does_not_leave(spot: Spot) -> None:
    await _drained(spot, force=True, timeout=0.1, look=0.01)


async def _drained(spot: Spot, **options: Any) -> None:
    """Drain a node of the test's own, with a pod that nobody runs and a finalizer holds."""
    node = f"t-{secrets.token_hex(4)}"
    spot.words[node] = "NODE"
    live = _living(spot)
    await live.make(NODES, node)
    try:
        held = {"name": "one", "finalizers": ["t.example.com/hold"]}
        spec = template("web")["spec"] | {"nodeName": node}
        await live.ask.create(PODS.path(live.namespace), {"metadata": held, "spec": spec})
        async for _ in drain(spot.place.client, node, **options):
            pass
    finally:
        await live.change(PODS, "one", metadata={"finalizers": None})
        await live.delete(NODES, node)


@CASES.there(
    Unfinished,
    'web made no progress until its deadline (ReplicaSet "REPLICASET" has timed out progressing.): see what '
    "its new pods wait for, or undo it",
)
async def a_rollout_past_its_deadline(spot: Spot) -> None:
    pod = template("web", nodeSelector={"t-no": "such"})
    live = _living(spot)
    await live.make(DEPLOYMENTS, "web", spec=workload("web", pod=pod, progressDeadlineSeconds=1))
    (replicas,) = await live.settled(REPLICASETS, bool, app="web")
    spot.words[replicas["metadata"]["name"]] = "REPLICASET"
    async for _ in follow(spot.place.client, Deployment, spot.place.namespace, "web"):
        pass


@CASES.there(Unfinished, "web has no revision 7: there are: 1")
async def a_revision_that_never_was(spot: Spot) -> None:
    await _living(spot).deployment("web")
    await undo(spot.place.client, Deployment, spot.place.namespace, "web", to=7)


@CASES.there(
    ClusterError,
    "tar in the container failed: tar: ./nosuch: No such file or directory; tar: error exit delayed from "
    "previous errors",
)
async def a_tar_that_fails(spot: Spot) -> None:
    await start(spot.place, "one")
    await copy_from(spot.place.client, spot.place.namespace, "one", "/nosuch", spot.folder / "x")


@CASES.there(UsageError, "FOLDER/x cannot be read: no such file or directory")
async def a_file_that_is_not_here(spot: Spot) -> None:
    await start(spot.place, "one")
    spot.words[str(spot.folder)] = "FOLDER"
    await copy_to(spot.place.client, spot.place.namespace, "one", spot.folder / "x", "/tmp/x")


@CASES.there(Unreachable, "port 9999: connection refused: does anything in the pod listen there?")
async def a_port_where_nothing_listens(spot: Spot) -> None:
    await start(spot.place, "one")
    async with connect(spot.place.client, spot.place.namespace, "one", 9999) as connection:
        await connection.read()
