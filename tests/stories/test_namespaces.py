"""One namespace, several, or all of them."""

from kty.state import State
from tests.rigged.looking import headings, names
from tests.rigged.seat import Desk
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop


async def test_zero_shows_all_namespaces(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("0")
        await me.sees("pods 12 of 12", "all namespaces")
        assert headings(me)[:3] == ["Namespace", "↑", "Name"]


async def test_several_namespaces_come_with_a_column_of_their_own(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    server.put("pods", shop.pod("other", namespace="default"))
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *"ns default,kube-system", "enter")
        await me.sees("pods 4 of 4", "default, kube-system")
        assert headings(me)[:3] == ["Namespace", "↑", "Name"]
        assert set(names(me)) == {"default", "kube-system"}


async def test_one_of_several_namespaces_that_is_forbidden_is_said_while_the_others_are_shown(
    desk: Desk, server: RiggedDemo
) -> None:
    server.forbid("pods", "kube-system")
    async with desk.sit(namespaces=("shop", "kube-system")) as me:
        await me.sees("pods 9 of 9", "no permission to list pods", "kube-system")


async def test_a_namespace_is_switched_to_from_the_list_of_them(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *"ns", "enter")
        await me.sees("namespaces 3 of 3", "Active")
        await me.press("j", "enter")
        await me.sees("pods 3 of 3", "etcd-node-1")
        assert me.screen.splitlines()[0].endswith("kube-system")


async def test_ns_with_a_name_keeps_the_kind(desk: Desk) -> None:
    async with desk.sit("cm") as me:
        await me.sees("configmaps 2 of 2")
        await me.press(":", *"ns kube-system", "enter")
        await me.sees("configmaps 0 of 0", "no configmaps in kube-system")


async def test_a_namespace_that_is_not_there_is_told_from_an_empty_one(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit(namespaces=("shpo",)) as me:
        await me.sees("no pods in shpo: there is no namespace shpo; :ns lists those that there are", "● live")
        server.put("namespaces", {"metadata": {"name": "shpo"}, "status": {"phase": "Active"}})
        await me.sees_not("there is no namespace")
        await me.sees("no pods in shpo")


async def test_what_may_not_be_asked_about_a_namespace_is_not_said(desk: Desk, server: RiggedDemo) -> None:
    server.forbid("namespaces", "shpo")
    async with desk.sit(namespaces=("shpo",)) as me:
        await me.sees("no pods in shpo", "● live")
        await me.until(lambda: any("/namespaces?" in each for each in server.requests), "the question")
        await me.sees_not("there is no namespace")


async def test_where_to_go_from_a_kind_that_may_not_be_listed(desk: Desk, server: RiggedDemo) -> None:
    server.forbid("nodes")
    server.forbid("namespaces")
    async with desk.sit("nodes") as me:
        await me.sees("no permission to list nodes: ", "ask for the permission")
        assert ":ns" not in me.screen
        await me.press(":", *"ns", "enter")
        await me.sees("open one by its name, as in :ns web, or ask for the permission")


async def test_only_the_namespace_of_a_row_is_shown_with_w(desk: Desk) -> None:
    async with desk.sit(context="everything") as me:
        await me.sees("pods 12 of 12")
        await me.press("G", "w")
        await me.sees("pods 9 of 9")
        assert me.screen.splitlines()[0].endswith("shop")


async def test_the_namespace_shown_last_is_remembered_for_each_context(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *"ns default", "enter")
        await me.sees("pods 0 of 0")
    assert State.load(desk.state_file).namespaces("shop") == ("default",)
    async with desk.sit(context="everything") as me:
        await me.sees("pods 12 of 12")


async def test_kinds_without_a_namespace_do_not_mind(desk: Desk) -> None:
    async with desk.sit("nodes", namespaces=("shop", "default")) as me:
        await me.sees("nodes 3 of 3")
        assert headings(me)[0] == "Name"


async def test_a_namespace_that_comes_can_be_completed(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        server.put("namespaces", shop.namespace("zanzibar"))
        await me.press(":", *"ns zan")
        await me.sees("zanzibar")
