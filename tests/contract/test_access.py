"""Who may do what: tokens, roles and bindings, and the words in which the server refuses."""

import pytest

from kty.demo.access.roles import cluster_role_bindings, cluster_roles
from tests.cluster.place import Place
from tests.contract.asking import Asking
from tests.contract.conftest import Cluster
from tests.contract.roles import GROUP, RBAC, Access, binding, role, rule, until, user


@pytest.fixture
def access(cluster: Cluster, place: Place) -> Access:
    return Access(cluster, place.namespace)


async def test_a_token_that_nobody_knows_is_refused(ask: Asking) -> None:
    answer = await ask("GET", "/api/v1/pods", Authorization="Bearer nobody-knows-this")
    assert answer.refusal == (401, "Unauthorized", "Unauthorized")


@pytest.mark.parametrize(
    ("who", "method", "path", "message"),
    [
        (
            "nobody",
            "GET",
            "/api/v1/namespaces/default/pods",
            'pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "default"',
        ),
        (
            "nobody",
            "GET",
            "/api/v1/pods?watch=true",
            'pods is forbidden: User "nobody" cannot watch resource "pods" in API group "" at the cluster scope',
        ),
        (
            "viewer",
            "GET",
            "/api/v1/namespaces/default/secrets/x",
            'secrets "x" is forbidden: User "viewer" cannot get resource "secrets" in API group "" '
            'in the namespace "default"',
        ),
        (
            "viewer",
            "GET",
            "/api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Dx",
            'secrets "x" is forbidden: User "viewer" cannot list resource "secrets" in API group "" '
            'in the namespace "default"',
        ),
        (
            "nobody",
            "GET",
            "/api/v1/namespaces/default",
            'namespaces "default" is forbidden: User "nobody" cannot get resource "namespaces" in API group "" '
            'in the namespace "default"',
        ),
        (
            "editor",
            "POST",
            "/api/v1/namespaces",
            'namespaces is forbidden: User "editor" cannot create resource "namespaces" in API group "" '
            "at the cluster scope",
        ),
        (
            "viewer",
            "DELETE",
            "/apis/apps/v1/namespaces/default/deployments",
            'deployments.apps is forbidden: User "viewer" cannot deletecollection resource "deployments" '
            'in API group "apps" in the namespace "default"',
        ),
        (
            "viewer",
            "POST",
            "/api/v1/namespaces/default/pods/x/eviction",
            'pods "x" is forbidden: User "viewer" cannot create resource "pods/eviction" in API group "" '
            'in the namespace "default"',
        ),
        (
            "nobody",
            "PUT",
            "/apis/apps/v1/namespaces/default/deployments/x/scale",
            'deployments.apps "x" is forbidden: User "nobody" cannot update resource "deployments/scale" '
            'in API group "apps" in the namespace "default"',
        ),
        (
            "nobody",
            "GET",
            "/apis/none.example.com/v1/namespaces/default/things",
            'things.none.example.com is forbidden: User "nobody" cannot list resource "things" '
            'in API group "none.example.com" in the namespace "default"',
        ),
        ("nobody", "GET", "/metrics", 'forbidden: User "nobody" cannot get path "/metrics"'),
    ],
)
async def test_the_server_says_who_may_not_do_what_where(
    cluster: Cluster, who: str, method: str, path: str, message: str
) -> None:
    assert (await cluster.ask(who)(method, path)).refusal == (403, "Forbidden", message)


@pytest.mark.parametrize("path", ["/version", "/readyz", "/api", "/apis", "/openapi/v3"])
async def test_whoever_has_a_token_may_look_around(cluster: Cluster, path: str) -> None:
    assert (await cluster.ask("nobody")("GET", path)).status == 200


async def test_the_roles_that_a_cluster_starts_with_are_the_real_ones(ask: Asking) -> None:
    for wanted in cluster_roles():
        name = wanted["metadata"]["name"]
        found = await ask.get(f"{RBAC}/clusterroles/{name}")
        assert found["rules"] == wanted["rules"], name
        assert found.get("aggregationRule") == wanted.get("aggregationRule")
        for part in ("labels", "annotations"):
            assert found["metadata"][part] == wanted["metadata"][part]
    for wanted in cluster_role_bindings():
        found = await ask.get(f"{RBAC}/clusterrolebindings/{wanted['metadata']['name']}")
        assert (found["subjects"], found["roleRef"]) == (wanted["subjects"], wanted["roleRef"])


@pytest.mark.parametrize(
    ("verb", "resource", "group", "viewer", "editor"),
    [
        ("list", "pods", "", True, True),
        ("get", "pods/log", "", True, True),
        ("create", "pods/exec", "", False, True),
        ("create", "pods/eviction", "", False, True),
        ("delete", "pods", "", False, True),
        ("get", "secrets", "", False, True),
        ("patch", "deployments", "apps", False, True),
        ("get", "deployments/scale", "apps", True, True),
        ("update", "deployments/scale", "apps", False, True),
        ("update", "deployments/status", "apps", False, False),
        ("create", "serviceaccounts/token", "", False, True),
        ("impersonate", "serviceaccounts", "", False, True),
        ("get", "roles", GROUP, False, False),
        ("list", "nodes", "", False, False),
        ("list", "things", "example.com", False, False),
    ],
)
async def test_viewers_see_and_editors_change(
    access: Access, verb: str, resource: str, group: str, viewer: bool, editor: bool
) -> None:
    assert await access.may("viewer", verb, resource, group=group) is viewer
    assert await access.may("editor", verb, resource, group=group) is editor
    assert not await access.may("nobody", verb, resource, group=group)
    assert await access.may("anybody", verb, resource, "system:masters", group=group)


async def test_a_role_counts_from_when_it_is_bound_until_it_is_not(
    cluster: Cluster, access: Access, ask: Asking
) -> None:
    pods = f"/api/v1/namespaces/{access.namespace}/pods"
    nobody = cluster.ask("nobody")
    await access.role("reads", rule("list", "pods"))
    assert (await nobody("GET", pods)).status == 403
    await access.bind("reads", "Role", "reads", user("nobody"))

    async def listed() -> bool:
        return (await nobody("GET", pods)).status == 200

    await until(listed)
    assert (await nobody("GET", f"{pods}?watch=1")).status == 403
    assert (await nobody("GET", "/api/v1/pods")).status == 403
    await ask.patch(f"{access.path}/roles/reads", {"rules": [rule("get", "pods")]})

    async def refused() -> bool:
        return (await nobody("GET", pods)).status == 403

    await until(refused)
    await ask.patch(f"{access.path}/roles/reads", {"rules": [rule("list", "*")]})
    await until(listed)
    assert (await ask("DELETE", f"{access.path}/rolebindings/reads")).status == 200
    await until(refused)


async def test_a_rule_can_be_about_some_names_and_some_parts(access: Access) -> None:
    await access.role(
        "narrow",
        rule("get", "configmaps", resourceNames=["one", "two"]),
        rule("get", "pods/log */scale", groups=["", "apps"]),
        rule("*", "*", groups=["example.com"]),
    )
    await access.bind(
        "narrow", "Role", "narrow", user("somebody"), {"apiGroup": GROUP, "kind": "Group", "name": "some"}
    )

    async def counts() -> bool:
        return await access.may("somebody", "get", "configmaps", name="one")

    await until(counts)
    assert await access.may("other", "get", "configmaps", "some", name="two")
    assert not await access.may("somebody", "get", "configmaps", name="three")
    assert not await access.may("somebody", "list", "configmaps")
    assert not await access.may("somebody", "get", "configmaps", name="one", namespace="default")
    assert await access.may("somebody", "get", "pods/log")
    assert not await access.may("somebody", "get", "pods")
    assert await access.may("somebody", "get", "deployments/scale", group="apps")
    assert not await access.may("somebody", "get", "deployments/status", group="apps")
    assert await access.may("somebody", "shake", "anything/at-all", group="example.com")


async def test_a_role_that_is_missing_is_named(cluster: Cluster, access: Access) -> None:
    await access.bind("one", "Role", "missing", user("nobody"))
    await access.bind("two", "ClusterRole", "t-missing", user("nobody"))
    message = (
        'pods is forbidden: User "nobody" cannot list resource "pods" in API group "" '
        f'in the namespace "{access.namespace}": RBAC: [role.{GROUP} "missing" not found, '
        f'clusterrole.{GROUP} "t-missing" not found]'
    )

    async def named() -> bool:
        return (await cluster.ask("nobody")("GET", f"/api/v1/namespaces/{access.namespace}/pods")).refusal[2] == message

    await until(named)


async def test_a_role_with_the_right_label_goes_into_view(ask: Asking, access: Access) -> None:
    group = f"{access.namespace}.example.com"
    label = {"rbac.authorization.k8s.io/aggregate-to-view": "true"}
    added = rule("list", "things", groups=[group])
    await ask.create(f"{RBAC}/clusterroles", role(access.namespace, added, labels=label))
    try:

        async def counts() -> bool:
            return await access.may("viewer", "list", "things", group=group)

        await until(counts)
        assert added in (await ask.get(f"{RBAC}/clusterroles/view"))["rules"]
    finally:
        await ask("DELETE", f"{RBAC}/clusterroles/{access.namespace}")

    async def is_gone() -> bool:
        return not await access.may("viewer", "list", "things", group=group)

    await until(is_gone)


async def test_a_path_that_is_no_resource_can_be_allowed(ask: Asking, access: Access, cluster: Cluster) -> None:
    name = access.namespace
    allowed = {"nonResourceURLs": [f"/{name}/*"], "verbs": ["get"]}
    await ask.create(f"{RBAC}/clusterroles", role(name, allowed))
    await ask.create(f"{RBAC}/clusterrolebindings", binding(name, "ClusterRole", name, user("nobody")))
    try:

        async def is_let_through() -> bool:
            return (await cluster.ask("nobody")("GET", f"/{name}/some/path")).status == 404

        await until(is_let_through)
        assert (await cluster.ask("nobody")("GET", f"/{name}")).status == 403
        assert (await cluster.ask("nobody")("POST", f"/{name}/some")).status == 403
    finally:
        await ask("DELETE", f"{RBAC}/clusterrolebindings/{name}")
        await ask("DELETE", f"{RBAC}/clusterroles/{name}")
