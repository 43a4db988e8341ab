"""Lists: order, pages, selectors, versions."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.cluster.place import Place
from tests.contract.asking import Asking
from tests.contract.conftest import Cluster
from tests.contract.history import forgets_its_beginning


def maps(place: Place) -> str:
    return f"/api/v1/namespaces/{place.namespace}/configmaps"


def names(listed: Any) -> list[str]:
    return [item["metadata"]["name"] for item in listed["items"]]


async def fill(ask: Asking, place: Place, *wanted: str) -> None:
    for name in wanted:
        await ask.create(maps(place), {"metadata": {"name": name, "labels": {"name": name, "of": "us"}}})


OURS = "labelSelector=of%3Dus"


async def test_a_list_is_in_the_order_of_its_keys(ask: Asking, place: Place) -> None:
    await fill(ask, place, "b", "a-b", "a", "a.b", "c")
    listed = await ask.get(f"{maps(place)}?{OURS}")
    assert (listed["kind"], listed["apiVersion"]) == ("ConfigMapList", "v1")
    assert names(listed) == ["a", "a-b", "a.b", "b", "c"]
    assert not {"kind", "apiVersion"} & set(listed["items"][0])  # each is what the list says
    assert "remainingItemCount" not in listed["metadata"]
    assert "continue" not in listed["metadata"]
    everywhere = await ask.get(f"/api/v1/configmaps?{OURS}")
    keys = [(item["metadata"]["namespace"], item["metadata"]["name"]) for item in everywhere["items"]]
    assert [name for namespace, name in keys if namespace == place.namespace] == names(listed)


async def test_pages_hold_together_whatever_happens_between_them(ask: Asking, place: Place) -> None:
    secrets = f"/api/v1/namespaces/{place.namespace}/secrets"
    for name in ("a", "b", "c", "d"):
        await ask.create(secrets, {"metadata": {"name": name}})
    first = await ask.get(f"{secrets}?limit=2&fieldSelector=metadata.name%21%3Dx")
    assert names(first) == ["a", "b"]
    assert "remainingItemCount" not in first["metadata"]  # nobody knows, with a selector
    await ask("DELETE", f"{secrets}/c")
    await ask.create(secrets, {"metadata": {"name": "cc"}})
    rest = f"limit=2&continue={quote(first['metadata']['continue'])}"
    second = await ask.get(f"{secrets}?{rest}&fieldSelector=metadata.name%21%3Dx")
    assert names(second) == ["c", "d"]
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert "continue" not in second["metadata"]


async def test_a_selector_leaves_pages_that_may_be_empty(ask: Asking, place: Place) -> None:
    secrets = f"/api/v1/namespaces/{place.namespace}/secrets"
    for name, labels in (("a", {"of": "us"}), ("b", {}), ("c", {"of": "us"}), ("d", {})):
        await ask.create(secrets, {"metadata": {"name": name, "labels": labels}})
    found = []
    token = ""
    for _ in range(3):
        page = await ask.get(f"{secrets}?limit=1&{OURS}&continue={quote(token)}")
        found.append(names(page))
        token = page["metadata"].get("continue", "")
        if not token:
            break
    assert found == [["a"], ["c"], []]


async def test_without_selectors_it_says_how_many_are_left(ask: Asking, place: Place) -> None:
    secrets = f"/api/v1/namespaces/{place.namespace}/secrets"
    for name in ("a", "b", "c"):
        await ask.create(secrets, {"metadata": {"name": name}})
    first = await ask.get(f"{secrets}?limit=1")
    assert (names(first), first["metadata"]["remainingItemCount"]) == (["a"], 2)
    second = await ask.get(f"{secrets}?limit=1&continue={first['metadata']['continue']}")
    assert (names(second), second["metadata"]["remainingItemCount"]) == (["b"], 1)
    third = await ask.get(f"{secrets}?limit=1&continue={second['metadata']['continue']}")
    assert (names(third), "continue" in third["metadata"]) == (["c"], False)


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("name=a", ["a"]),
        ("name==a,of", ["a"]),
        ("name!=a,of=us", ["b", "c"]),
        ("name in (a, c)", ["a", "c"]),
        ("name notin (a),of", ["b", "c"]),
        ("!name,of", []),
        ("of=us,name", ["a", "b", "c"]),
    ],
)
async def test_labels_select(ask: Asking, place: Place, selector: str, found: list[str]) -> None:
    await fill(ask, place, "a", "b", "c")
    assert names(await ask.get(f"{maps(place)}?labelSelector={quote(selector)}")) == found


async def test_fields_select(ask: Asking, place: Place) -> None:
    await place.pod("runs", phase="Running", podIP="10.9.8.7", podIPs=[{"ip": "10.9.8.7"}])
    await place.pod("waits")
    pods = f"/api/v1/namespaces/{place.namespace}/pods"
    for selector, found in {
        "status.phase=Running": ["runs"],
        "status.phase!=Running": ["waits"],
        "metadata.name=waits": ["waits"],
        f"metadata.namespace={place.namespace},status.phase=Pending": ["waits"],
        "spec.nodeName=": ["runs", "waits"],
        "spec.schedulerName=t-nobody": ["runs", "waits"],
        "spec.restartPolicy=Always,status.podIP=10.9.8.7": ["runs"],
        "metadata.name=none": [],
    }.items():
        assert names(await ask.get(f"{pods}?fieldSelector={quote(selector)}")) == found, selector


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/api/v1/pods?fieldSelector=spec.colour%3Dred", "field label not supported: spec.colour"),
        ("/api/v1/secrets?fieldSelector=a%3Db", "field label not supported: a"),
        (
            "/apis/apps/v1/deployments?fieldSelector=a%3Db",
            '"a" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
        ("/api/v1/pods?limit=many", 'strconv.ParseInt: parsing "many": invalid syntax'),
    ],
)
async def test_what_cannot_be_asked_is_refused(ask: Asking, path: str, why: str) -> None:
    assert (await ask("GET", path)).refusal == (400, "BadRequest", why)


async def test_a_label_selector_must_be_one(ask: Asking) -> None:
    answer = await ask("GET", "/api/v1/pods?labelSelector=a%20b")
    assert answer.refusal[:2] == (400, "BadRequest")
    assert answer.refusal[2].startswith("unable to parse requirement: ")


async def test_events_of_an_object_are_found_by_fields(ask: Asking, place: Place) -> None:
    events = f"/api/v1/namespaces/{place.namespace}/events"
    for name, kind in (("one", "Pod"), ("two", "Node")):
        about = {"kind": kind, "name": name, "namespace": place.namespace}
        await ask.create(events, {"metadata": {"name": name}, "involvedObject": about, "type": "Normal", "reason": "R"})
    for selector in (
        "involvedObject.name=one",
        "involvedObject.kind=Pod,type=Normal",
        "reason=R,involvedObject.kind!=Node",
    ):
        assert names(await ask.get(f"{events}?fieldSelector={quote(selector)}")) == ["one"]


async def test_a_list_can_be_of_an_exact_version(ask: Asking, place: Place) -> None:
    await fill(ask, place, "a", "b")
    version = (await ask.get(maps(place)))["metadata"]["resourceVersion"]
    await fill(ask, place, "c")
    await ask("DELETE", f"{maps(place)}/a")
    await ask.merge(f"{maps(place)}/b", {"data": {"new": "yes"}})
    exact = f"resourceVersion={version}&resourceVersionMatch=Exact"
    listed = await ask.get(f"{maps(place)}?{exact}&{OURS}")
    assert (names(listed), listed["metadata"]["resourceVersion"]) == (["a", "b"], version)
    assert "data" not in listed["items"][1]
    for query in (f"resourceVersion={version}", f"resourceVersion={version}&resourceVersionMatch=NotOlderThan", ""):
        newer = await ask.get(f"{maps(place)}?{query}&{OURS}")
        assert names(newer) == ["b", "c"]
        assert int(newer["metadata"]["resourceVersion"]) > int(version)
    paged = await ask.get(f"{maps(place)}?limit=1&resourceVersion={version}&{OURS}")  # exact, without a word
    assert (names(paged), paged["metadata"]["resourceVersion"]) == (["a"], version)


async def test_any_version_may_be_asked_for(ask: Asking, place: Place) -> None:
    listed = await ask.get(f"{maps(place)}?resourceVersion=0")
    assert listed["metadata"]["resourceVersion"].isdigit()


async def test_a_version_of_the_future_is_not_waited_for(ask: Asking, place: Place) -> None:
    answer = await ask("GET", f"{maps(place)}?resourceVersion=9000000000")
    assert answer.refusal[:2] == (504, "Timeout")
    assert answer.refusal[2].startswith("Timeout: Too large resource version: 9000000000, current: ")
    details = answer.content["details"]
    assert details["causes"] == [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    assert (details["retryAfterSeconds"], answer.headers["Retry-After"]) == (1, "1")


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (
            "resourceVersionMatch=Exact",
            "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
        ),
        (
            "resourceVersionMatch=Exact&resourceVersion=0",
            'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
        ),
        (
            "resourceVersionMatch=Newer&resourceVersion=5",
            'resourceVersionMatch: Unsupported value: "Newer": supported values: "Exact", "NotOlderThan", ""',
        ),
        ("sendInitialEvents=true", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list"),
    ],
)
async def test_versions_must_make_sense(ask: Asking, place: Place, query: str, why: str) -> None:
    answer = await ask("GET", f"{maps(place)}?{query}")
    assert answer.refusal == (422, "Invalid", f'ListOptions.meta.k8s.io "" is invalid: {why}')


async def test_a_version_must_be_a_number(ask: Asking, place: Place) -> None:
    answer = await ask("GET", f"{maps(place)}?resourceVersion=abc")
    why = 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'
    assert answer.refusal == (400, "BadRequest", f"invalid resource version: {why}")


async def test_a_continue_token_must_be_one(ask: Asking, place: Place) -> None:
    answer = await ask("GET", f"{maps(place)}?continue=nonsense")
    assert answer.refusal[:2] == (400, "BadRequest")
    assert answer.refusal[2].startswith("invalid continue token: continue key is not valid")


@pytest.mark.old_server
@pytest.mark.timeout(1000)
async def test_a_continue_token_can_be_too_old(cluster: Cluster, ask: Asking, place: Place) -> None:
    """The server says how to go on all the same, with what is there now."""
    await fill(ask, place, "a", "b", "c")
    first = await ask.get(f"{maps(place)}?limit=1&{OURS}")
    if cluster.demo is not None:
        cluster.demo.registry.store.journal.compact(int(first["metadata"]["resourceVersion"]))
    else:
        await forgets_its_beginning(place)
        first = await ask.get(f"{maps(place)}?limit=1&{OURS}")
    known = json.loads(base64.urlsafe_b64decode(first["metadata"]["continue"] + "=="))
    token = base64.urlsafe_b64encode(json.dumps({**known, "rv": 1}).encode()).decode().rstrip("=")
    answer = await ask("GET", f"{maps(place)}?limit=10&continue={token}&{OURS}")
    assert answer.refusal[:2] == (410, "Expired")
    assert answer.refusal[2].startswith(
        "The provided continue parameter is too old to display a consistent list result"
    )
    going_on = await ask.get(f"{maps(place)}?limit=10&continue={quote(answer.content['metadata']['continue'])}&{OURS}")
    assert names(going_on) == ["b", "c"]


@pytest.mark.old_server
@pytest.mark.timeout(1000)
async def test_an_exact_version_can_be_too_old(cluster: Cluster, ask: Asking, place: Place) -> None:
    if cluster.demo is not None:
        cluster.demo.registry.store.journal.compact(cluster.demo.registry.store.version)
    else:
        await forgets_its_beginning(place)
    answer = await ask("GET", f"{maps(place)}?resourceVersion=1&resourceVersionMatch=Exact")
    assert answer.refusal == (410, "Expired", "The resourceVersion for the provided list is too old.")
