"""Access in the demo: time, anonymous requests, and that nothing is remembered for too long."""

import json
from pathlib import Path

import aiohttp
import pytest
from multidict import CIMultiDict

from kty.demo.access.rbac import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, GROUP, ROLE_BINDINGS, ROLES, Attributes
from kty.demo.access.users import User
from kty.demo.demo import Demo
from kty.demo.statuses import ApiError
from tests.runtime.fake_clock import FakeClock

BOB = User("bob", ("system:authenticated",))
PODS = Attributes("list", resource="pods", namespace="default")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def demo(clock: FakeClock) -> Demo:
    return Demo(clock=clock)


def bind(demo: Demo, name: str, role: str, namespace: str = "") -> None:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    ref = {"apiGroup": GROUP, "kind": "Role" if namespace else "ClusterRole", "name": role}
    subjects = [{"apiGroup": GROUP, "kind": "User", "name": "bob"}]
    kind = ROLE_BINDINGS if namespace else CLUSTER_ROLE_BINDINGS
    demo.registry.create(kind, {"metadata": metadata, "subjects": subjects, "roleRef": ref})


def test_what_changes_counts_at_once(demo: Demo) -> None:
    def may() -> bool:
        return demo.rbac.why_not(BOB, PODS) == ""

    assert not may()
    bind(demo, "bob", "view")
    assert may()
    demo.registry.delete(CLUSTER_ROLE_BINDINGS, "", "bob")
    assert not may()
    bind(demo, "bob", "pods", "default")
    assert demo.rbac.why_not(BOB, PODS).endswith(f': RBAC: role.{GROUP} "pods" not found')
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]
    demo.registry.create(ROLES, {"metadata": {"name": "pods", "namespace": "default"}, "rules": rules})
    assert may()
    demo.registry.change(ROLES, "default", "pods", lambda role: role.update(rules=[]))
    assert not may()


def test_roles_are_put_together_when_life_goes_on(demo: Demo) -> None:
    label = {"rbac.authorization.k8s.io/aggregate-to-view": "true"}
    rules = [{"apiGroups": ["example.com"], "resources": ["things"], "verbs": ["list"]}]
    bind(demo, "bob", "view")
    things = Attributes("list", "example.com", "things", namespace="default")
    assert demo.rbac.why_not(BOB, things)
    demo.registry.create(CLUSTER_ROLES, {"metadata": {"name": "things", "labels": label}, "rules": rules})
    demo.life.settle()
    assert not demo.rbac.why_not(BOB, things)
    assert rules[0] in demo.registry.get(CLUSTER_ROLES, "", "admin")["rules"]


def test_a_new_cluster_has_nothing_left_to_put_together(demo: Demo) -> None:
    before = {name: demo.registry.get(CLUSTER_ROLES, "", name) for name in ("view", "edit", "admin")}
    demo.life.settle()
    assert {name: demo.registry.get(CLUSTER_ROLES, "", name) for name in before} == before


def test_a_token_is_good_until_it_expires(demo: Demo, clock: FakeClock) -> None:
    demo.life.settle()
    account = demo.registry.get("serviceaccounts", "default", "default")
    token, expires = demo.service_accounts.issue(account, seconds=600, audiences=["https://kubernetes.default.svc"])
    assert expires == int(clock.now()) + 600
    headers = CIMultiDict({"Authorization": f"Bearer {token}"})
    assert demo.users.authenticate(headers).name == "system:serviceaccount:default:default"
    clock.move(601)
    with pytest.raises(ApiError) as refused:
        demo.users.authenticate(headers)
    assert refused.value.code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer é.é", "Bearer .."])
def test_what_is_no_token_is_nobodys(demo: Demo, header: str) -> None:
    with pytest.raises(ApiError) as refused:
        demo.users.authenticate(CIMultiDict({"Authorization": header}))
    assert refused.value.code == 401


async def test_nobody_is_anonymous_here(demo: Demo) -> None:
    async with demo.serving() as url, aiohttp.ClientSession() as session, session.get(f"{url}/version") as answer:
        assert answer.status == 401
        assert json.loads(await answer.read())["reason"] == "Unauthorized"


def test_each_start_has_its_own_tokens(demo: Demo) -> None:
    assert len({*demo.tokens.values(), *Demo().tokens.values()}) == 2 * len(demo.tokens)
    assert Demo(tokens={"viewer": "given"}).tokens["viewer"] == "given"


async def test_a_kubeconfig_has_one_user_and_its_token(demo: Demo, tmp_path: Path) -> None:
    async with demo.serving():
        text = demo.kubeconfig("viewer")
    assert demo.tokens["viewer"] in text
    assert demo.tokens["admin"] not in text
