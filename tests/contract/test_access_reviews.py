"""Asking what one may do, who one is, and for tokens of service accounts."""

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest

from kty.kube.objects import epoch
from tests.cluster.place import SERVICE_ACCOUNTS, Place
from tests.contract.asking import Answer, Asking
from tests.contract.conftest import Cluster
from tests.contract.roles import GROUP, RBAC, Access, rule, until

AUTHORIZATION = "/apis/authorization.k8s.io/v1"
AUTHENTICATION = "/apis/authentication.k8s.io/v1"
BY_VIEW = 'RBAC: allowed by ClusterRoleBinding "viewer" of ClusterRole "view" to User "viewer"'


@pytest.fixture
def access(cluster: Cluster, place: Place) -> Access:
    return Access(cluster, place.namespace)


async def access_review(ask: Asking, **spec: Any) -> Answer:
    return await ask("POST", f"{AUTHORIZATION}/selfsubjectaccessreviews", {"spec": spec})


def pods(verb: str, **more: str) -> dict[str, str]:
    return {"verb": verb, "resource": "pods", "namespace": "default", **more}


async def test_somebody_asks_what_they_may_do(cluster: Cluster) -> None:
    viewer = cluster.ask("viewer")
    review = (await access_review(viewer, resourceAttributes=pods("list"))).done(201)
    assert (review["kind"], review["apiVersion"]) == ("SelfSubjectAccessReview", "authorization.k8s.io/v1")
    assert review["spec"] == {"resourceAttributes": pods("list")}
    assert review["status"] == {"allowed": True, "reason": BY_VIEW}
    review = (await access_review(viewer, resourceAttributes=pods("delete"))).done(201)
    assert review["status"] == {"allowed": False}
    review = (await access_review(cluster.ask(), resourceAttributes=pods("delete"))).done(201)
    assert review["status"] == {"allowed": True}
    everything = {"verb": "*", "group": "*", "resource": "*"}
    assert (await access_review(viewer, resourceAttributes=everything)).done(201)["status"] == {"allowed": False}


async def test_somebody_asks_about_a_path(cluster: Cluster) -> None:
    nobody = cluster.ask("nobody")
    review = (await access_review(nobody, nonResourceAttributes={"path": "/apis/x", "verb": "get"})).done(201)
    assert review["status"] == {
        "allowed": True,
        "reason": 'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" '
        'to Group "system:authenticated"',
    }
    review = (await access_review(nobody, nonResourceAttributes={"path": "/metrics", "verb": "get"})).done(201)
    assert review["status"] == {"allowed": False}


@pytest.mark.parametrize(
    ("spec", "field", "message"),
    [
        (
            {},
            "spec.resourceAttributes",
            "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified",
        ),
        (
            {"resourceAttributes": pods("get"), "nonResourceAttributes": {"path": "/", "verb": "get"}},
            "spec.nonResourceAttributes",
            'Invalid value: {"Path":"/","Verb":"get"}: cannot be specified in combination with resourceAttributes',
        ),
    ],
)
async def test_a_question_must_be_one_question(ask: Asking, spec: dict[str, Any], field: str, message: str) -> None:
    refused = await access_review(ask, **spec)
    assert refused.refusal == (422, "Invalid", f'.authorization.k8s.io "" is invalid: {field}: {message}')
    assert refused.causes == [("FieldValueInvalid", field, message)]


async def test_an_admin_asks_about_somebody_else(ask: Asking, cluster: Cluster) -> None:
    path = f"{AUTHORIZATION}/subjectaccessreviews"

    async def may(**spec: Any) -> Any:
        return (await ask.create(path, {"spec": {**spec, "resourceAttributes": pods("list")}}))["status"]

    assert await may(user="viewer") == {"allowed": True, "reason": BY_VIEW}
    assert await may(user="nobody") == {"allowed": False}
    assert await may(groups=["system:masters"]) == {"allowed": True}
    refused = await ask("POST", path, {"spec": {"resourceAttributes": pods("list")}})
    assert refused.causes == [
        ("FieldValueInvalid", "spec.user", 'Invalid value: "": at least one of user or group must be specified')
    ]
    spec = {"user": "nobody", "resourceAttributes": pods("list")}
    assert (await cluster.ask("viewer")("POST", path, {"spec": spec})).refusal[:2] == (403, "Forbidden")


async def test_a_local_question_is_about_its_own_namespace(ask: Asking) -> None:
    path = f"{AUTHORIZATION}/namespaces/default/localsubjectaccessreviews"
    spec = {"user": "viewer", "resourceAttributes": pods("list")}
    asked = {"metadata": {"namespace": "default"}, "spec": spec}
    assert (await ask.create(path, asked))["status"] == {"allowed": True, "reason": BY_VIEW}
    spec["resourceAttributes"] = pods("list", namespace="kube-system")
    refused = await ask("POST", path, asked)
    assert refused.causes == [
        (
            "FieldValueInvalid",
            "spec.resourceAttributes.namespace",
            'Invalid value: "kube-system": must match metadata.namespace',
        )
    ]


async def test_somebody_asks_for_all_their_rules(cluster: Cluster, access: Access) -> None:
    await access.role("names", rule("get", "configmaps", resourceNames=["one"]))
    await access.bind("names", "Role", "names", {"apiGroup": GROUP, "kind": "User", "name": "viewer"})
    viewer, path = cluster.ask("viewer"), f"{AUTHORIZATION}/selfsubjectrulesreviews"

    async def rules(namespace: str) -> Any:
        return (await viewer.create(path, {"spec": {"namespace": namespace}}))["status"]

    own = {**rule("get", "configmaps"), "resourceNames": ["one"]}

    async def counts() -> bool:
        return own in (await rules(access.namespace))["resourceRules"]

    await until(counts)
    status = await rules("default")
    assert own not in status["resourceRules"]
    assert status["incomplete"] is False
    view = (await cluster.ask().get(f"{RBAC}/clusterroles/view"))["rules"]
    basic = (await cluster.ask().get(f"{RBAC}/clusterroles/system:basic-user"))["rules"]
    assert _sorted(status["resourceRules"]) == _sorted([*view, *basic])
    assert {path for each in status["nonResourceRules"] for path in each["nonResourceURLs"]} >= {"/api/*", "/version"}
    refused = await viewer("POST", path, {"spec": {}})
    assert refused.refusal == (400, "BadRequest", "no namespace on request")


def _sorted(rules: Sequence[Any]) -> list[Any]:
    return sorted(rules, key=json.dumps)


async def test_who_may_do_everything_is_told_so(ask: Asking) -> None:
    review = await ask.create(f"{AUTHORIZATION}/selfsubjectrulesreviews", {"spec": {"namespace": "default"}})
    assert {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]} in review["status"]["resourceRules"]
    assert {"verbs": ["*"], "nonResourceURLs": ["*"]} in review["status"]["nonResourceRules"]


async def test_a_role_that_is_missing_is_told_with_the_rules(cluster: Cluster, access: Access) -> None:
    await access.bind("one", "Role", "missing", {"apiGroup": GROUP, "kind": "User", "name": "nobody"})
    path = f"{AUTHORIZATION}/selfsubjectrulesreviews"

    async def told() -> bool:
        review = await cluster.ask("nobody").create(path, {"spec": {"namespace": access.namespace}})
        return bool(review["status"].get("evaluationError") == f'role.{GROUP} "missing" not found')

    await until(told)


async def test_somebody_asks_who_they_are(cluster: Cluster) -> None:
    review = await cluster.ask("viewer").create(f"{AUTHENTICATION}/selfsubjectreviews", {})
    info = review["status"]["userInfo"]
    assert (info["username"], info["groups"]) == ("viewer", ["viewers", "system:authenticated"])


async def test_an_admin_asks_whose_a_token_is(cluster: Cluster, ask: Asking) -> None:
    path = f"{AUTHENTICATION}/tokenreviews"
    status = (await ask.create(path, {"spec": {"token": cluster.config("viewer").auth.token}}))["status"]
    assert status["authenticated"] is True
    assert (status["user"]["username"], status["user"]["groups"]) == ("viewer", ["viewers", "system:authenticated"])
    status = (await ask.create(path, {"spec": {"token": "nobody-knows-this"}}))["status"]
    assert (status.get("authenticated", False), status["user"]) == (False, {})
    assert "invalid bearer token" in status["error"]
    refused = await ask("POST", path, {"spec": {}})
    assert refused.refusal == (400, "BadRequest", "token is required for TokenReview in authentication")


async def token_for(ask: Asking, place: Place, name: str, **spec: Any) -> Answer:
    path = SERVICE_ACCOUNTS.path(place.namespace, name, "token")
    return await ask("POST", path, {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec})


async def test_a_service_account_gets_a_token_that_works(cluster: Cluster, ask: Asking, place: Place) -> None:
    made = (await token_for(ask, place, "default")).done(201)
    assert (made["kind"], made["metadata"]["name"]) == ("TokenRequest", "default")
    assert made["spec"]["expirationSeconds"] == 3600
    created, expires = epoch(made["metadata"]["creationTimestamp"]), epoch(made["status"]["expirationTimestamp"])
    assert expires is not None
    assert created is not None
    assert expires - created == 3600
    bearer = f"Bearer {made['status']['token']}"
    name = f"system:serviceaccount:{place.namespace}:default"
    who = (await ask("POST", f"{AUTHENTICATION}/selfsubjectreviews", {}, Authorization=bearer)).done(201)
    info = who["status"]["userInfo"]
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{place.namespace}", "system:authenticated"]
    assert (info["username"], info["groups"]) == (name, groups)
    account = await ask.get(SERVICE_ACCOUNTS.path(place.namespace, "default"))
    assert info["uid"] == account["metadata"]["uid"]
    refused = await ask("GET", f"/api/v1/namespaces/{place.namespace}/pods", Authorization=bearer)
    assert refused.refusal[2].startswith(f'pods is forbidden: User "{name}" cannot list resource "pods"')
    said = made["status"]["token"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(said + "=="))["sub"] == name


async def test_a_service_account_may_what_it_is_bound_to(ask: Asking, place: Place, access: Access) -> None:
    bearer = f"Bearer {(await token_for(ask, place, 'default')).done(201)['status']['token']}"
    path = f"/api/v1/namespaces/{place.namespace}/pods"
    await access.bind(
        "one", "ClusterRole", "view", {"kind": "ServiceAccount", "name": "default", "namespace": place.namespace}
    )

    async def listed() -> bool:
        return (await ask("GET", path, Authorization=bearer)).status == 200

    await until(listed)
    review = await access.review(f"system:serviceaccount:{place.namespace}:default", "list", "pods")
    assert review["reason"] == (
        f'RBAC: allowed by RoleBinding "one/{place.namespace}" of ClusterRole "view" '
        f'to ServiceAccount "default/{place.namespace}"'
    )


async def test_a_token_is_good_no_more_when_its_account_is_gone(ask: Asking, place: Place) -> None:
    await place.create(SERVICE_ACCOUNTS, "short")
    bearer = f"Bearer {(await token_for(ask, place, 'short')).done(201)['status']['token']}"
    assert (await ask("GET", "/api", Authorization=bearer)).status == 200
    await place.remove(SERVICE_ACCOUNTS, "short")

    async def refused() -> bool:
        return (await ask("GET", "/api", Authorization=bearer)).status == 401

    await until(refused)


async def test_a_token_for_somebody_else_is_not_good_here(ask: Asking, place: Place) -> None:
    made = (await token_for(ask, place, "default", audiences=["elsewhere"])).done(201)
    assert made["spec"]["audiences"] == ["elsewhere"]
    assert (await ask("GET", "/api", Authorization=f"Bearer {made['status']['token']}")).status == 401
    forged = (await token_for(ask, place, "default")).done(201)["status"]["token"][:-4] + "AAAA"
    assert (await ask("GET", "/api", Authorization=f"Bearer {forged}")).status == 401


async def test_a_token_is_for_an_account_that_there_is_and_for_ten_minutes_at_least(ask: Asking, place: Place) -> None:
    refused = await token_for(ask, place, "none")
    assert refused.refusal == (404, "NotFound", 'serviceaccounts "none" not found')
    refused = await token_for(ask, place, "default", expirationSeconds=5)
    message = "Invalid value: 5: may not specify a duration less than 10 minutes"
    assert refused.causes == [("FieldValueInvalid", "spec.expirationSeconds", message)]


async def test_a_review_is_only_ever_created(ask: Asking) -> None:
    for path in (f"{AUTHORIZATION}/selfsubjectaccessreviews", f"{AUTHENTICATION}/tokenreviews"):
        assert (await ask("GET", path)).refusal[:2] == (405, "MethodNotAllowed")
