"""`shift-t` shows an object among its owners, what these own, what it uses and what uses it; all of it live."""

from typing import Any

from kty.widgets.tree_table import TreeTable
from tests.rigged.looking import place_of, style_of
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop
from tests.runtime.fake_clock import FakeClock

Object = dict[str, Any]
SET = "apps/v1", "ReplicaSet"
COUPON = "shop.example/v1", "Coupon"
SETS, DEPLOYMENTS = "replicasets.apps", "deployments.apps"


def owned(obj: Object, *owners: tuple[str, str, Object]) -> Object:
    """Return the object as its owners made it; each is an apiVersion, a kind and the object."""
    references = [
        {"apiVersion": version, "kind": kind, "name": each["metadata"]["name"], "uid": each["metadata"]["uid"]}
        for version, kind, each in owners
    ]
    return {**obj, "metadata": {**obj["metadata"], "ownerReferences": references}}


def adopt(server: RiggedDemo, name: str = "web") -> tuple[Object, Object]:
    """Have a deployment of the shop own its replica set, and that its pods."""
    deployment = server.get(DEPLOYMENTS, name, "shop")
    made = server.put(SETS, owned(server.get(SETS, f"{name}-5d9f7c", "shop"), ("apps/v1", "Deployment", deployment)))
    for pod in ("7xk2p", "b9w4d", "zq8vn"):
        server.put(
            "pods",
            owned(
                server.get("pods", f"web-5d9f7c-{pod}", "shop"),
                (*SET, made),
            ),
        )
    return deployment, made


def tree(me: Seat) -> list[str]:
    """Return the first words of the lines, boxes and all."""
    lines = [line.strip(" ▐▎").split("  ")[0] for line in me.screen.splitlines()[2:-2]]
    return [line for line in lines if line]


def under_cursor(me: Seat) -> str:
    table = me.app.screen.query_one(TreeTable)
    return table.lines.line(table.cursor).cells[0].split("/")[-1]


WEB = [
    "▾ Deployment/web",
    "└─▾ ReplicaSet/web-5d9f7c",
    "├── Pod/web-5d9f7c-7xk2p",
    "├── Pod/web-5d9f7c-b9w4d",
    "└── Pod/web-5d9f7c-zq8vn",
]


async def opens(me: Seat, name: str) -> None:
    """Filter for a name, and open the graph of what is left."""
    await me.press("/")
    await me.pastes(name)
    await me.press("enter", "T")
    await me.sees("graph of", "● live")


async def test_from_a_pod_up_to_its_deployment_and_the_cursor_is_on_the_pod(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "b9w4d")
        await me.sees("graph of pod/web-5d9f7c-b9w4d in shop", "Deployment/web", "3/3", "Running")
        assert tree(me)[:5] == WEB
        assert under_cursor(me) == "web-5d9f7c-b9w4d"
        await me.press("escape")
        await me.sees("pods 1 of 9")


async def test_from_a_deployment_down_and_who_leads_there(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit("deploy") as me:
        await me.sees("deployments 3 of 3")
        await opens(me, "web")
        await me.sees("▾ used by", "Service/web", "selector")
        assert tree(me)[:5] == WEB


async def test_who_uses_a_config_map(desk: Desk, server: RiggedDemo) -> None:
    deployment, _ = adopt(server)
    deployment["spec"]["template"]["spec"]["volumes"] = [{"name": "a", "configMap": {"name": "web-config"}}]
    server.put(DEPLOYMENTS, deployment)
    async with desk.sit("cm") as me:
        await me.sees("web-config")
        await opens(me, "web-config")
        await me.sees("ConfigMap/web-config", "▾ used by", "Deployment/web", "volume")
        assert "Pod/" not in me.screen
        del deployment["spec"]["template"]["spec"]["volumes"]
        server.put(DEPLOYMENTS, deployment)
        await me.sees_not("used by")


async def test_pods_appear_change_and_go_and_the_cursor_stays(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    _, made = adopt(server)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "zq8vn")
        await me.sees("Deployment/web")
        server.put("pods", owned(shop.pod("web-5d9f7c-aaaaa", 0, waiting="CrashLoopBackOff"), (*SET, made)))
        await me.sees("Pod/web-5d9f7c-aaaaa", "CrashLoopBackOff")
        assert tree(me)[2] == "├── Pod/web-5d9f7c-aaaaa"
        assert under_cursor(me) == "web-5d9f7c-zq8vn"
        assert style_of(me, "CrashLoopBackOff").color != style_of(me, "Running").color
        server.delete("pods", "web-5d9f7c-aaaaa", "shop")
        await me.sees_not("web-5d9f7c-aaaaa")
        server.delete("pods", "web-5d9f7c-zq8vn", "shop")
        await me.sees("not there", "it is gone; this is what is left")
        assert tree(me)[:2] == WEB[:2]


async def test_a_thousand_pods_are_a_few_lines_the_failing_ones_first(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    _, made = adopt(server)
    for number in range(1000):
        waiting = "CrashLoopBackOff" if number % 300 == 7 else ""
        server.put("pods", owned(shop.pod(f"web-5d9f7c-{number:05}", waiting=waiting), (*SET, made)))
    async with desk.sit(SETS) as me:
        await me.sees("replicasets 3 of 3")
        await opens(me, "web")
        await me.sees("▾ 4 pods", "web-5d9f7c-00007", "▸ 999 pods")
        assert place_of(me, "4 pods")[1] < place_of(me, "999 pods")[1]
        assert "web-5d9f7c-00008" not in me.screen
        await me.press("j", "j", "j", "j", "j", "j", "right", "right")
        assert under_cursor(me) == "web-5d9f7c-00000"
        await me.sees("▾ 999 pods", "web-5d9f7c-00008")
        await me.press("left", "left")
        await me.sees("▸ 999 pods")


async def test_a_pod_among_a_thousand_is_shown_by_itself(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    _, made = adopt(server)
    for number in range(1000):
        server.put("pods", owned(shop.pod(f"web-5d9f7c-{number:05}"), (*SET, made)))
    async with desk.sit() as me:
        await me.sees("pods 1,009 of 1,009")
        await opens(me, "00500")
        await me.sees("Pod/web-5d9f7c-00500", "▸ 1,002 pods")
        assert under_cursor(me) == "web-5d9f7c-00500"


async def test_what_may_not_be_listed_is_said_and_the_rest_is_shown(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    server.forbid("secrets", "shop")
    server.forbid("services", "shop")
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "b9w4d")
        await me.sees("no permission to list secrets, services in shop", "is not shown", "● live")
        assert tree(me)[:5] == WEB


async def test_what_nobody_owns_and_nobody_uses_stands_alone(desk: Desk) -> None:
    async with desk.sit("coupons") as me:
        await me.sees("spring")
        await opens(me, "spring")
        await me.sees("Coupon/spring")
        assert tree(me) == ["Coupon/spring"]


async def test_a_custom_resource_owns_what_it_made(desk: Desk, server: RiggedDemo) -> None:
    coupon = server.get("coupons.shop.example", "vip", "shop")
    server.put("configmaps", owned(server.get("configmaps", "web-config", "shop"), (*COUPON, coupon)))
    async with desk.sit("coupons") as me:
        await me.sees("vip")
        await opens(me, "vip")
        await me.sees("▾ Coupon/vip", "└── ConfigMap/web-config")
        await me.press("j", "T")
        await me.sees("graph of configmap/web-config", "▾ Coupon/vip")


async def test_an_owner_that_is_missing_is_said_to_be(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    server.delete(SETS, "web-5d9f7c", "shop")
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "b9w4d")
        await me.sees("ReplicaSet/web-5d9f7c", "not there")
        assert tree(me)[0] == "▾ ReplicaSet/web-5d9f7c"
        assert style_of(me, "not there").color != style_of(me, "Running").color
        await me.press("k", "k", "k", "y")
        assert "graph of" in me.screen, "there is nothing to show"


async def test_owners_that_own_each_other(desk: Desk, server: RiggedDemo) -> None:
    vip, spring = (server.get("coupons.shop.example", name, "shop") for name in ("vip", "spring"))
    server.put("coupons.shop.example", owned(vip, (*COUPON, spring)))
    server.put("coupons.shop.example", owned(spring, (*COUPON, vip)))
    async with desk.sit("coupons") as me:
        await me.sees("vip")
        await opens(me, "vip")
        await me.sees("Coupon/vip", "Coupon/spring", "is above")
        assert len(tree(me)) == 3


async def test_owners_in_another_namespace_and_in_none(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    elsewhere = server.put("configmaps", {**shop.configmap("far", {}), "metadata": {"name": "far", "namespace": "x"}})
    node = server.get("nodes", "node-1")
    server.put("pods", owned(server.get("pods", "db-0", "shop"), ("v1", "ConfigMap", elsewhere)))
    server.put("pods", owned(server.get("pods", "search-0", "shop"), ("v1", "Node", node)))
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "db-0")
        await me.sees("ConfigMap/far", "not there")
        await me.press("escape", "escape")
        await me.sees("pods 9 of 9")
        await opens(me, "search-0")
        await me.sees("▾ Node/node-1", "Ready", "└── Pod/search-0", "ImagePullBackOff")


async def test_names_and_notes_with_escapes_are_harmless(desk: Desk, server: RiggedDemo) -> None:
    evil = "evil\x1b[31m\u202e"
    owner = {"metadata": {"name": evil, "uid": "u"}}
    pod = owned(server.get("pods", "db-0", "shop"), ("v1", f"K{evil}", owner))
    pod["spec"]["volumes"] = [{"name": "a", "configMap": {"name": evil}}]
    server.put("pods", pod)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "db-0")
        await me.sees("evil\\x1b[31m\\u202e", "the server has no such kind", "Pod/db-0")
        assert "\u202e" not in me.screen
        assert b"evil\x1b" not in me.terminal.sent


async def test_enter_and_the_keys_of_a_list_work_on_the_node_under_the_cursor(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "b9w4d")
        await me.sees("Deployment/web")
        await me.press("enter")
        await me.sees("containers 1 of 1", "pod/web-5d9f7c-b9w4d")
        await me.press("escape")
        await me.sees("graph of", "● live")
        assert under_cursor(me) == "web-5d9f7c-b9w4d"
        await me.press("d")
        await me.sees("Name:", "pod/web-5d9f7c-b9w4d in shop")
        await me.press("T")
        await me.sees("graph of pod/web-5d9f7c-b9w4d", "Deployment/web", "● live")
        await me.press("g", "y")
        await me.sees("kind: Deployment")
        await me.press("escape", "l")
        await me.sees("deployment/web", "following")
        await me.press("escape")
        await me.sees("graph of", "● live")
        await me.press("g", "s")
        await me.sees("from 3 to 3 replicas")
        await me.press("escape", "E")
        await me.sees("events")


async def test_what_is_deleted_from_the_graph_goes_from_it(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "b9w4d")
        await me.sees("Deployment/web")
        await me.press("j", "ctrl+d")
        await me.sees("Delete pod shop/web-5d9f7c-zq8vn")
        await me.press("y")
        await me.sees("Terminating", "pod shop/web-5d9f7c-zq8vn is being deleted")
        server.delete("pods", "web-5d9f7c-zq8vn", "shop")
        await me.sees_not("Pod/web-5d9f7c-zq8vn")


async def test_folds_and_the_cursor_are_there_again_after_another_screen(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "b9w4d")
        await me.sees("Deployment/web")
        await me.press("left", "left")
        await me.sees("▸ ReplicaSet/web-5d9f7c")
        await me.press("y")
        await me.sees("kind: ReplicaSet")
        await me.press("escape")
        await me.sees("▸ ReplicaSet/web-5d9f7c", "● live")
        assert under_cursor(me) == "web-5d9f7c"


async def test_what_was_shown_stays_while_it_cannot_be_known_anew(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "b9w4d")
        await me.sees("Deployment/web")
        await me.press("y")
        await me.sees("kind: Pod")
        desk.clock.move(31)
        shared = me.app.session._shared
        await me.until(lambda: len(shared._caches) == 1, "the watches' end")
        await server.down()
        await me.press("escape")
        await me.sees("stale for")
        assert tree(me)[:5] == WEB
        await server.up()
        desk.clock.move(40)
        await me.sees("● live")
        assert tree(me)[:5] == WEB
        assert under_cursor(me) == "web-5d9f7c-b9w4d"


async def test_a_connection_that_breaks_is_said_and_mended(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "b9w4d")
        await me.sees("Deployment/web")
        await server.down()
        await me.sees("stale for")
        assert tree(me)[:5] == WEB
        await server.up()
        desk.clock.move(40)
        await me.sees("● live")


async def test_the_watches_end_with_the_graph(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        before = len(server.requests)
        await opens(me, "b9w4d")
        asked = server.requests[before:]
        listed = [each for each in asked if each.startswith("/api/v1/namespaces/shop/pods?") and "watch=1" not in each]
        assert not listed, "there was one already"  # its watch may only begin now
        assert not [each for each in asked if "/events" in each]
        await me.press("escape")
        await me.sees("pods 1 of 9")
        shared = me.app.session._shared
        desk.clock.move(31)
        await me.until(lambda: len(shared._caches) <= 2, "the watches' end")


async def test_on_a_small_terminal(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit(size=(60, 15)) as me:
        await me.sees("pods 9 of 9")
        await opens(me, "b9w4d")
        await me.sees("Deployment/web", "Running", "3/3")
        await me.press("j", "j", "j", "k", "left", "right")
        assert all(len(line) <= 60 for line in me.screen.splitlines())


async def test_help_lists_the_keys_of_the_graph(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit(size=(120, 60)) as me:
        await me.sees("pods 9 of 9")
        await me.press("?")
        await me.sees("graph")
        await me.press("escape")
        await opens(me, "b9w4d")
        await me.press("?")
        await me.sees("fold, or to the branch above", "tree.unfold")


async def test_graph_of_what_is_gone_already_says_so(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm") as me:
        await me.sees("web-config")
        await me.press("G", "y")
        await me.sees("kind: ConfigMap")
        server.delete("configmaps", "web-config", "shop")
        await me.sees("deleted")
        await me.press("T")
        await me.sees("ConfigMap/web-config", "not there", "it is gone; this is what is left")


async def test_a_text_is_searched_for_and_stepped_through_even_in_folds(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    _, made = adopt(server)
    for number in range(40):
        server.put("pods", owned(shop.pod(f"web-5d9f7c-{number:05}"), (*SET, made)))
    async with desk.sit(SETS) as me:
        await me.sees("replicasets 3 of 3")
        await opens(me, "web")
        await me.sees("43 pods")
        assert "00017" not in me.screen
        await me.press("/", *"c-0001")
        await me.sees("/c-0001 1/10", "▾ 43 pods", "Pod/web-5d9f7c-00010")
        assert under_cursor(me) == "web-5d9f7c-00010"
        await me.press("7", "enter")
        await me.sees("/c-00017 1/1")
        assert under_cursor(me) == "web-5d9f7c-00017"
        await me.press("escape", "/", *"c-0002", "enter")
        await me.sees("/c-0002 1/10")
        await me.press("n", "n", "N")
        await me.sees("/c-0002 2/10")
        assert under_cursor(me) == "web-5d9f7c-00021"
        server.delete("pods", "web-5d9f7c-00020", "shop")
        await me.sees("/c-0002 1/9")
        await me.press("N")
        await me.sees("/c-0002 9/9")
        await me.press("escape")
        await me.sees_not("/c-0002")
        await me.press("n")  # it is no key of a search any more
        await me.sees("copied shop")


async def test_what_is_searched_for_and_not_there_leaves_the_cursor_where_it_is(desk: Desk, server: RiggedDemo) -> None:
    adopt(server)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await opens(me, "zq8vn")
        await me.press("/", *"nowhere", "enter")
        await me.sees("/nowhere 0/0")
        assert under_cursor(me) == "web-5d9f7c-zq8vn"
        await me.press("n", "N")
        assert under_cursor(me) == "web-5d9f7c-zq8vn"


async def test_kinds_that_come_while_it_is_open_are_looked_through(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    deployment, _ = adopt(server)
    coupon = server.get("coupons.shop.example", "spring", "shop")
    server.lose("coupons.shop.example")
    async with desk.sit("deploy") as me:
        await me.sees("deployments 3 of 3")
        await opens(me, "web")
        server.regain("coupons.shop.example")
        server.put("coupons.shop.example", owned(coupon, ("apps/v1", "Deployment", deployment)))
        await me.press(":", "escape")
        clock.move(20)
        await me.press(":", "escape")
        await me.sees("Coupon/spring")
