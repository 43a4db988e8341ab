import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kty.errors import Forbidden, KtyError, NotFound, NotKubernetes, ServerFault, StatusError, Unauthorized, Unreachable
from kty.kube.discovery import Discovery, discover, server_version, who_am_i
from kty.kube.groups import AGGREGATED
from kty.kube.resource import Resource

FIXTURES = Path(__file__).parent / "discovery"
NEW: dict[str, Any] = json.loads((FIXTURES / "aggregated.json").read_text())
OLD: dict[str, Any] = json.loads((FIXTURES / "legacy.json").read_text())
DOWN = ServerFault("the server answered 503: service unavailable", code=503)
DENIED = Forbidden('User "nobody" cannot get path "/apis"', code=403)
MISSING = NotFound("the server could not find the requested resource", code=404)


class Server:
    """Answers each path with what the script says; an exception in it is raised, another path is 503."""

    def __init__(self, script: Mapping[str, Any], *, refuses: str = "") -> None:
        self.script = script
        self.refuses = refuses
        self.asked: list[str] = []
        self.under_way = 0
        self.most_under_way = 0

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> bytes:
        self.asked.append(f"{method} {path}")
        accept = (headers or {}).get("Accept", "")
        if self.refuses and accept == self.refuses:
            raise StatusError("only the following media types are accepted: application/json", code=406)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        answer = self.script.get(path, DOWN)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


def ids(discovery: Discovery) -> list[str]:
    return [f"{resource.plural}.{resource.api_version}" for resource in discovery.resources]


KINDS = [
    "bindings.v1",
    "componentstatuses.v1",
    "configmaps.v1",
    "events.v1",
    "namespaces.v1",
    "pods.v1",
    "deployments.apps/v1",
    "replicasets.apps/v1",
    "events.events.k8s.io/v1",
    "horizontalpodautoscalers.autoscaling/v2",
    "gizmos.tools.example.com/v1",
    "gadgets.tools.example.com/v1beta1",
]


async def test_two_requests_tell_every_kind_where_the_server_aggregates() -> None:
    server = Server(NEW)
    assert ids(await discover(server)) == KINDS
    assert sorted(server.asked) == ["GET /api", "GET /apis"]


async def test_every_field_of_a_resource_is_read() -> None:
    (deployments,) = (await discover(Server(NEW))).find("deployments")
    assert deployments == Resource(
        group="apps",
        version="v1",
        kind="Deployment",
        plural="deployments",
        namespaced=True,
        singular="deployment",
        short_names=("deploy",),
        verbs=frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}),
        categories=("all",),
    )
    (gadgets,) = (await discover(Server(NEW))).find("gadgets")
    assert not gadgets.namespaced
    assert gadgets.path() == "/apis/tools.example.com/v1beta1/gadgets"


@pytest.mark.parametrize("refuses", ["", AGGREGATED], ids=["old-answer", "406"])
async def test_an_old_server_is_asked_for_each_group_version(refuses: str) -> None:
    server = Server(OLD, refuses=refuses)
    found = await discover(server)
    assert found.resources == (await discover(Server(NEW))).resources
    assert "GET /apis/tools.example.com/v1beta1" in server.asked


async def test_the_old_way_is_taken_when_asked_for() -> None:
    server = Server(OLD, refuses=AGGREGATED)
    await discover(server, aggregated=False)
    assert server.asked.count("GET /apis") == 1


async def test_another_406_is_not_asked_for_again() -> None:
    server = Server(OLD, refuses="application/json")
    with pytest.raises(StatusError):
        await discover(server, aggregated=False)
    assert sorted(server.asked) == ["GET /api", "GET /apis"]


async def test_group_versions_are_asked_for_at_once_but_not_all_of_them() -> None:
    groups = [{"name": f"g{number}.example", "versions": [{"version": "v1"}]} for number in range(40)]
    server = Server(
        {"/api": OLD["/api"], "/api/v1": OLD["/api/v1"], "/apis": {"kind": "APIGroupList", "groups": groups}}
    )
    await discover(server)
    assert 5 <= server.most_under_way <= 12


async def test_a_group_that_is_down_is_named_and_the_others_are_there() -> None:
    new, old = await discover(Server(NEW)), await discover(Server(OLD))
    assert list(new.faults) == list(old.faults) == ["metrics.example.com/v1beta1"]
    assert new.faults["metrics.example.com/v1beta1"] == "the server behind it does not answer"
    assert old.faults["metrics.example.com/v1beta1"] == "the server answered 503: service unavailable"
    assert ids(new) == ids(old) == KINDS


async def test_a_group_that_answers_rubbish_is_named_and_the_others_are_there() -> None:
    found = await discover(Server({**OLD, "/apis/apps/v1": b"<html>", "/apis/autoscaling/v2": b'{"resources":[{}]}'}))
    assert "apps/v1" in found.faults
    assert found.faults["apps/v1"] == "/apis/apps/v1 answered with '<html>'"
    assert "autoscaling/v2" in found.faults
    assert [resource.api_version for resource in found.find("hpa")] == ["autoscaling/v1"]
    assert found.find("po")


def aggregated(*versions: dict[str, Any]) -> dict[str, Any]:
    groups = [{"metadata": {"name": "tools.example.com"}, "versions": list(versions)}]
    return {"/api": NEW["/api"], "/apis": {"kind": "APIGroupDiscoveryList", "items": groups}}


def entry(plural: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"resource": plural, "responseKind": {"kind": kind}, "scope": "Cluster", "verbs": ["list"], **more}


async def test_a_fresh_version_wins_over_a_preferred_one_that_is_stale() -> None:
    found = await discover(
        Server(
            aggregated(
                {"version": "v2", "freshness": "Stale", "resources": [entry("saws", "Saw"), entry("axes", "Axe")]},
                {"version": "v1", "freshness": "Current", "resources": [entry("saws", "Saw")]},
            )
        )
    )
    assert [resource.version for resource in found.find("saws")] == ["v1"]
    assert [resource.version for resource in found.find("axes")] == ["v2"]
    assert list(found.faults) == ["tools.example.com/v2"]


async def test_a_resource_with_subresources_only_is_no_kind() -> None:
    found = await discover(
        Server(aggregated({"version": "v1", "resources": [{**entry("saws", "Saw"), "responseKind": None}]}))
    )
    assert not found.find("saws")
    assert not found.faults


async def test_what_is_no_name_becomes_neither_a_path_nor_a_word() -> None:
    found = await discover(
        Server(
            aggregated(
                {
                    "version": "v1",
                    "resources": [
                        entry("../../../api/v1/secrets", "Saw"),
                        entry("axes", "Axe\x1b[2J"),
                        entry("files", "File", shortNames=["fi", "\x1b]0;f\x07"], singularResource="a b"),
                    ],
                }
            )
        )
    )
    assert [resource.plural for resource in found.resources if resource.group] == ["files"]
    (files,) = found.find("fi")
    assert (files.short_names, files.singular) == (("fi",), "")
    assert "is no name" in found.faults["tools.example.com/v1"]
    assert "\x1b" not in found.faults["tools.example.com/v1"]


@pytest.mark.parametrize(
    "body", [{"kind": "APIGroupDiscoveryList", "items": None}, {"kind": "APIGroupList", "groups": None}]
)
async def test_a_server_with_no_groups_still_has_its_core(body: dict[str, Any]) -> None:
    found = await discover(Server({"/api": NEW["/api"], "/apis": body}))
    assert ids(found) == [kind for kind in KINDS if kind.endswith(".v1")]
    assert not found.faults


async def test_what_is_forbidden_is_named_and_the_rest_is_read() -> None:
    found = await discover(Server({**NEW, "/apis": DENIED}))
    assert found.find("pods")
    assert found.faults == {"/apis": 'User "nobody" cannot get path "/apis"'}


async def test_who_may_discover_nothing_gets_nothing_and_is_told_why() -> None:
    found = await discover(Server({"/api": DENIED, "/apis": DENIED}))
    assert found.resources == ()
    assert list(found.faults) == ["/api", "/apis"]


@pytest.mark.parametrize("error", [Unreachable("refused"), Unauthorized("who?", code=401), DOWN])
async def test_a_server_that_tells_nothing_is_an_error(error: KtyError) -> None:
    with pytest.raises(type(error)):
        await discover(Server({"/api": DENIED, "/apis": error}))


@pytest.mark.parametrize("body", [b"", b"<html>hello</html>", b"[]", b"{}", b'{"kind":"Status"}', b"\xff"])
async def test_something_else_than_an_api_server_is_called_so(body: bytes) -> None:
    with pytest.raises(NotKubernetes):
        await discover(Server({"/api": body, "/apis": body}))


async def test_giving_up_ends_what_was_under_way() -> None:
    ended = []

    class Silent:
        async def request(
            self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
        ) -> bytes:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(path)
            return b""

    task = asyncio.create_task(discover(Silent()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(ended) == ["/api", "/apis"]


@pytest.mark.parametrize(
    ("word", "best"),
    [
        ("pods", "pods"),
        ("pod", "pods"),
        ("Pod", "pods"),
        ("PODS", "pods"),
        ("pods.v1", "pods"),
        ("pods.v1.", "pods"),
        ("deploy", "deployments.apps"),
        ("deployments.apps", "deployments.apps"),
        ("deployment.apps", "deployments.apps"),
        ("deploy.apps", "deployments.apps"),
        ("Deployment.apps", "deployments.apps"),
        ("deployments.v1.apps", "deployments.apps"),
        ("Deployment.v1.apps", "deployments.apps"),
        ("events", "events"),
        ("ev", "events"),
        ("events.events.k8s.io", "events.events.k8s.io"),
        ("gz", "gizmos.tools.example.com"),
        ("gizmos.v1.tools.example.com", "gizmos.tools.example.com"),
        ("  po ", "pods"),
    ],
)
async def test_a_kind_is_found_by_any_of_its_names(word: str, best: str) -> None:
    assert (await discover(Server(NEW))).find(word)[0].id == best


@pytest.mark.parametrize(
    "word", ["", " ", ".", "pdos", "pods.apps", "deployments.v2.apps", "pods/log", "tools.example.com"]
)
async def test_another_word_finds_nothing(word: str) -> None:
    assert (await discover(Server(NEW))).find(word) == ()


async def test_another_version_is_found_by_whoever_names_it() -> None:
    found = await discover(Server(NEW))
    assert [hpa.api_version for hpa in found.find("hpa")] == ["autoscaling/v2"]
    for word in (
        "hpa.v1.autoscaling",
        "HorizontalPodAutoscaler.v1.autoscaling",
        "horizontalpodautoscalers.v1.autoscaling",
    ):
        assert [hpa.api_version for hpa in found.find(word)] == ["autoscaling/v1"]
    assert "horizontalpodautoscalers.autoscaling/v1" in [f"{each.plural}.{each.api_version}" for each in found.others]


async def test_a_kind_is_found_as_objects_name_it() -> None:
    found = await discover(Server(NEW))
    names = [("v1", "Pod"), ("apps/v1", "Deployment"), ("autoscaling/v1", "HorizontalPodAutoscaler")]
    kinds = [found.named(api_version, kind) for api_version, kind in names]
    assert [(kind.api_version, kind.kind) for kind in kinds if kind] == names
    assert found.named("v1", "Deployment") is None
    assert found.named("apps/v1", "deployments") is None


async def test_a_kind_that_must_be_there_is_told_by_its_name_when_it_is_not() -> None:
    found = await discover(Server(NEW))
    assert found.kind("deploy").id == "deployments.apps"
    assert found.kind_of({"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler"}).version == "v1"
    with pytest.raises(NotFound, match="the server has no kind 'pdos'"):
        found.kind("pdos")
    with pytest.raises(NotFound, match="the server has no kind 'v1 Deployment'"):
        found.kind_of({"apiVersion": "v1", "kind": "Deployment"})
    with pytest.raises(NotFound, match="the server has no kind ''"):
        found.kind_of({})


async def test_the_versions_of_a_group_come_by_priority() -> None:
    found = await discover(Server(NEW))
    assert found.versions("autoscaling") == ("v2", "v1")
    assert found.versions("") == ("v1",)
    assert found.versions("nobody.example.com") == ()


async def test_a_category_names_kinds() -> None:
    found = await discover(Server(NEW))
    assert {"pods", "deployments.apps"} <= {resource.id for resource in found.in_category("all")}
    assert "configmaps" not in {resource.id for resource in found.in_category("all")}
    assert found.in_category("nothing") == ()


@pytest.mark.parametrize(
    ("preferred", "best"), [(None, "v1"), ({"version": ""}, "v1"), ({"version": "v1beta1"}, "v1beta1")]
)
async def test_a_group_that_prefers_no_version_is_read_by_priority(preferred: object, best: str) -> None:
    versions = ["v1alpha1", "v1beta1", "v1", "v1beta2"]
    group: dict[str, Any] = {"name": "g.example", "versions": [{"version": version} for version in versions]}
    if preferred is not None:
        group["preferredVersion"] = preferred
    saw = {"name": "saws", "kind": "Saw", "namespaced": True, "verbs": ["list"]}
    lists = {f"/apis/g.example/{version}": {"kind": "APIResourceList", "resources": [saw]} for version in versions}
    core = {"/api": OLD["/api"], "/api/v1": OLD["/api/v1"]}
    found = await discover(Server({**core, **lists, "/apis": {"kind": "APIGroupList", "groups": [group]}}))
    assert [saw.version for saw in found.find("saws")] == [best]
    assert [saw.version for saw in found.others] == [
        each for each in ("v1", "v1beta2", "v1beta1", "v1alpha1") if each != best
    ]


async def test_of_several_kinds_the_core_one_comes_first() -> None:
    found = await discover(Server(NEW))
    assert [resource.id for resource in found.find("Event")] == ["events", "events.events.k8s.io"]
    assert [resource.id for resource in found.find("po")] == ["pods", "gizmos.tools.example.com"]


def test_a_plural_wins_over_a_short_name_that_came_first() -> None:
    saws = Resource("a.example", "v1", "Saw", "saws", singular="saw", short_names=("tool",))
    tools = Resource("b.example", "v1", "Tool", "tools", singular="tool")
    assert Discovery((saws, tools)).find("tool") == (tools, saws)


async def test_the_version_is_the_servers_own() -> None:
    assert await server_version(Server({"/version": {"gitVersion": "v1.36.3", "major": "1"}})) == "v1.36.3"


async def test_a_version_that_is_none_is_an_error() -> None:
    with pytest.raises(NotKubernetes):
        await server_version(Server({"/version": b"nginx"}))


REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


async def test_the_server_says_who_we_are() -> None:
    review = {"kind": "SelfSubjectReview", "status": {"userInfo": {"username": "jane\x1b", "groups": ["a"]}}}
    server = Server({REVIEWS: review})
    assert await who_am_i(server) == "jane\\x1b"
    assert server.asked == [f"POST {REVIEWS}"]


@pytest.mark.parametrize("answer", [MISSING, DENIED, b"", b"{}", b'{"status":{"userInfo":3}}'])
async def test_a_server_that_does_not_say_who_we_are_leaves_it_empty(answer: object) -> None:
    assert await who_am_i(Server({REVIEWS: answer})) == ""


@pytest.mark.parametrize("error", [Unauthorized("Unauthorized", code=401), Unreachable("connection refused"), DOWN])
async def test_a_server_that_does_not_know_us_or_cannot_be_asked_is_an_error(error: KtyError) -> None:
    with pytest.raises(type(error)):
        await who_am_i(Server({REVIEWS: error}))
