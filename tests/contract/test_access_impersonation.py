"""Acting as somebody else."""

from typing import Any

import pytest

from tests.cluster.place import Place
from tests.contract.asking import Answer, Asking
from tests.contract.conftest import Cluster
from tests.contract.roles import RBAC, binding, role, rule, until, user

WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


async def who(ask: Asking, **headers: str) -> Answer:
    return await ask("POST", WHO, {}, **headers)


@pytest.mark.parametrize(
    ("headers", "info"),
    [
        ({"Impersonate_User": "bob"}, {"username": "bob", "groups": ["system:authenticated"]}),
        (
            {"Impersonate_User": "bob", "Impersonate_Group": "dev"},
            {"username": "bob", "groups": ["dev", "system:authenticated"]},
        ),
        (
            {"Impersonate_User": "bob", "Impersonate_Uid": "7", "Impersonate_Extra_Scope": "a"},
            {"username": "bob", "uid": "7", "groups": ["system:authenticated"], "extra": {"scope": ["a"]}},
        ),
        (
            {"Impersonate_User": "bob", "Impersonate_Extra_example.com%2fscope": "a"},
            {"username": "bob", "groups": ["system:authenticated"], "extra": {"example.com/scope": ["a"]}},
        ),
        (
            {"Impersonate_User": "system:serviceaccount:default:default"},
            {
                "username": "system:serviceaccount:default:default",
                "groups": ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
            },
        ),
    ],
)
async def test_an_admin_may_be_anybody(ask: Asking, headers: dict[str, str], info: dict[str, Any]) -> None:
    assert (await who(ask, **headers)).done(201)["status"]["userInfo"] == info


async def test_whoever_is_impersonated_may_what_they_may(ask: Asking) -> None:
    path = "/api/v1/namespaces/default/secrets"
    refused = await ask("GET", path, Impersonate_User="viewer")
    message = (
        'secrets is forbidden: User "viewer" cannot list resource "secrets" in API group "" in the namespace "default"'
    )
    assert refused.refusal == (403, "Forbidden", message)
    assert (await ask("GET", path, Impersonate_User="bob", Impersonate_Group="system:masters")).status == 200


async def test_the_impersonator_may_be_users_and_groups_and_nothing_else(cluster: Cluster) -> None:
    impersonator = cluster.ask("impersonator")
    info = (await who(impersonator, Impersonate_User="bob", Impersonate_Group="dev")).done(201)["status"]["userInfo"]
    assert info == {"username": "bob", "groups": ["dev", "system:authenticated"]}
    refused = await who(impersonator, Impersonate_User="system:serviceaccount:default:default")
    assert refused.refusal == (
        403,
        "Forbidden",
        'serviceaccounts "default" is forbidden: User "impersonator" cannot impersonate resource "serviceaccounts" '
        'in API group "" in the namespace "default"',
    )
    refused = await who(impersonator, Impersonate_User="bob", Impersonate_Uid="7")
    assert refused.refusal[2] == (
        'uids.authentication.k8s.io "7" is forbidden: User "impersonator" cannot impersonate resource "uids" '
        'in API group "authentication.k8s.io" at the cluster scope'
    )
    refused = await who(impersonator, Impersonate_User="bob", Impersonate_Extra_Scope="a")
    assert refused.refusal[2] == (
        'userextras.authentication.k8s.io "a" is forbidden: User "impersonator" cannot impersonate '
        'resource "userextras/scope" in API group "authentication.k8s.io" at the cluster scope'
    )


@pytest.mark.parametrize(
    ("wanted", "mode"),
    [
        ("bob", "user-info"),
        ("system:serviceaccount:default:default", "serviceaccount"),
        ("system:node:one", "arbitrary-node"),
    ],
)
async def test_others_may_be_nobody_but_themselves(cluster: Cluster, wanted: str, mode: str) -> None:
    refused = await cluster.ask("nobody")("GET", "/api/v1/namespaces/default/pods", Impersonate_User=wanted)
    assert refused.refusal == (
        403,
        "Forbidden",
        f'pods is forbidden: User "nobody" cannot impersonate-on:{mode}:list resource "pods" in API group "" '
        'in the namespace "default"',
    )


async def test_half_a_user_is_refused(ask: Asking) -> None:
    refused = await who(ask, Impersonate_Group="dev")
    assert refused.refusal == (
        400,
        "BadRequest",
        'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"dev"}, Extra:map[string][]string(nil)} '
        "without impersonating a user name",
    )


async def test_impersonation_can_be_bound_to_what_is_done(cluster: Cluster, ask: Asking, place: Place) -> None:
    name = place.namespace
    as_bob = rule("impersonate:user-info", "users", groups=["authentication.k8s.io"], resourceNames=["viewer"])
    on_pods = rule("impersonate-on:user-info:list", "pods")
    await ask.create(f"{RBAC}/clusterroles", role(name, as_bob, on_pods))
    await ask.create(f"{RBAC}/clusterrolebindings", binding(name, "ClusterRole", name, user("nobody")))
    nobody = cluster.ask("nobody")
    try:

        async def counts() -> bool:
            return (await nobody("GET", f"/api/v1/namespaces/{name}/pods", Impersonate_User="viewer")).status == 200

        await until(counts)
        refused = await nobody("GET", f"/api/v1/namespaces/{name}/pods", Impersonate_User="editor")
        assert refused.refusal[2] == (
            'users.authentication.k8s.io "editor" is forbidden: User "nobody" cannot impersonate:user-info '
            'resource "users" in API group "authentication.k8s.io" at the cluster scope'
        )
        assert (await nobody("GET", f"/api/v1/namespaces/{name}/services", Impersonate_User="viewer")).status == 403
    finally:
        await ask("DELETE", f"{RBAC}/clusterrolebindings/{name}")
        await ask("DELETE", f"{RBAC}/clusterroles/{name}")
