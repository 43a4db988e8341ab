"""What roles and bindings may say, and what nobody may grant."""

from typing import Any

import pytest

from tests.cluster.place import Place
from tests.contract.asking import MERGE_PATCH, Asking
from tests.contract.conftest import Cluster
from tests.contract.roles import GROUP, Access, binding, role, rule, until, user


@pytest.fixture
def access(cluster: Cluster, place: Place) -> Access:
    return Access(cluster, place.namespace)


async def test_nobody_grants_what_they_do_not_hold(cluster: Cluster, access: Access, ask: Asking) -> None:
    editor = cluster.ask("editor")
    await access.bind("admins", "ClusterRole", "admin", user("editor"))

    async def counts() -> bool:
        return await access.may("editor", "create", "roles", group=GROUP)

    await until(counts)
    held = role("held", rule("get list", "pods secrets"))
    (await editor("POST", f"{access.path}/roles", held)).done(201)
    more = role("more", rule("get list", "nodes pods"), rule("*", "*", groups=["x"], resourceNames=["q"]))
    refused = await editor("POST", f"{access.path}/roles", more)
    who = 'user "editor" (groups=["editors" "system:authenticated"])'
    assert refused.refusal == (
        403,
        "Forbidden",
        f'roles.{GROUP} "more" is forbidden: {who} is attempting to grant RBAC permissions not currently held:\n'
        '{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}\n'
        '{APIGroups:["x"], Resources:["*"], ResourceNames:["q"], Verbs:["*"]}',
    )
    widened = {"rules": [rule("get", "nodes")]}
    assert (await editor("PATCH", f"{access.path}/roles/held", widened, media=MERGE_PATCH)).status == 403
    bound = await editor(
        "POST", f"{access.path}/rolebindings", binding("all", "ClusterRole", "cluster-admin", user("nobody"))
    )
    assert bound.refusal == (
        403,
        "Forbidden",
        f'rolebindings.{GROUP} "all" is forbidden: {who} is attempting to grant RBAC permissions not currently held:\n'
        '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
    )
    missing = await editor("POST", f"{access.path}/rolebindings", binding("none", "Role", "none", user("nobody")))
    assert missing.refusal == (404, "NotFound", f'rolebindings.{GROUP} "none" not found')
    view = await editor("POST", f"{access.path}/rolebindings", binding("view", "ClusterRole", "view", user("nobody")))
    view.done(201)


async def test_who_may_escalate_or_bind_grants_anything(cluster: Cluster, access: Access) -> None:
    await access.role("grants", rule("create escalate", "roles", groups=[GROUP]), rule("bind", "roles", groups=[GROUP]))
    await access.role("makes", rule("create", "rolebindings", groups=[GROUP]))
    for name in ("grants", "makes"):
        await access.bind(name, "Role", name, user("nobody"))

    async def counts() -> bool:
        return await access.may("nobody", "bind", "roles", group=GROUP) and await access.may(
            "nobody", "create", "rolebindings", group=GROUP
        )

    await until(counts)
    nobody = cluster.ask("nobody")
    (await nobody("POST", f"{access.path}/roles", role("all", rule("*", "*")))).done(201)
    (await nobody("POST", f"{access.path}/rolebindings", binding("all", "Role", "all", user("nobody")))).done(201)
    view = await nobody("POST", f"{access.path}/rolebindings", binding("no", "ClusterRole", "admin", user("nobody")))
    assert view.status == 403


@pytest.mark.parametrize(
    ("kind", "content", "cause"),
    [
        (
            "roles",
            role("bad", {"apiGroups": [""], "resources": ["pods"]}),
            ("FieldValueRequired", "rules[0].verbs", "Required value: verbs must contain at least one value"),
        ),
        (
            "roles",
            role("bad", {"nonResourceURLs": ["/x"], "verbs": ["get"]}),
            (
                "FieldValueInvalid",
                "rules[0].nonResourceURLs",
                'Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
            ),
        ),
        (
            "rolebindings",
            binding("bad", "ClusterRole", "view", {"kind": "Ghost", "name": "x"}),
            (
                "FieldValueNotSupported",
                "subjects[0].kind",
                'Unsupported value: "Ghost": supported values: "ServiceAccount", "User", "Group"',
            ),
        ),
    ],
)
async def test_what_no_role_or_binding_can_say_is_refused(
    access: Access, ask: Asking, kind: str, content: Any, cause: tuple[str, str, str]
) -> None:
    refused = await ask("POST", f"{access.path}/{kind}", content)
    assert (refused.refusal[:2], refused.causes) == ((422, "Invalid"), [cause])


async def test_a_binding_cannot_be_bound_to_another_role(access: Access, ask: Asking) -> None:
    await access.bind("one", "ClusterRole", "view", user("nobody"))
    other = {"roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": "edit"}}
    refused = await ask("PATCH", f"{access.path}/rolebindings/one", other, media=MERGE_PATCH)
    shown = f'{{"APIGroup":"{GROUP}","Kind":"ClusterRole","Name":"edit"}}'
    assert refused.causes == [("FieldValueInvalid", "roleRef", f"Invalid value: {shown}: cannot change roleRef")]
