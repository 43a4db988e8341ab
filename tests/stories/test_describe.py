"""`d` tells of an object in words: live, with what belongs to it and what happened to it."""

import base64
from typing import Any

from kty.widgets.page_view import PageView
from tests.rigged.looking import row_under_cursor, style_of, truth_line
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop, ago
from tests.runtime.fake_clock import FakeClock


def event(
    shop: Shop, obj: dict[str, Any], name: str, message: str, minutes: float, *, kind: str = "Pod", **more: Any
) -> dict[str, Any]:
    """Return an event about an object, seen so many minutes ago."""
    meta = obj["metadata"]
    about = {"kind": kind, "name": meta["name"], "uid": meta["uid"]}
    if namespace := meta.get("namespace", ""):
        about["namespace"] = namespace
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": namespace or "default", "creationTimestamp": ago(shop.now, minutes)},
        "type": "Warning",
        "reason": "Odd",
        "message": message,
        "involvedObject": about,
        "source": {"component": "kubelet"},
        "firstTimestamp": ago(shop.now, minutes),
        "lastTimestamp": ago(shop.now, minutes),
        "count": 1,
        **more,
    }


def said(me: Seat) -> str:
    """Return the whole description, whatever of it is on screen, without the blanks at the beginning of lines."""
    return "\n".join(line.strip() for line in me.app.screen.query_one(PageView).text.splitlines())


def line_of(me: Seat, text: str) -> int:
    return next(at for at, line in enumerate(me.screen.splitlines()) if text in line)


async def test_d_describes_the_object_under_the_cursor_and_esc_comes_back_to_its_row(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "d describe")
        await me.press("j", "d")
        await me.sees("Name:", "cart-6b8d4-t6rjw", "Restart Count:", "CrashLoopBackOff", "pod/cart-6b8d4-t6rjw in shop")
        await me.press("escape")
        await me.sees("pods 9 of 9")
        assert row_under_cursor(me) == "cart-6b8d4-t6rjw"


async def test_what_is_wrong_looks_wrong(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("j", "d")
        await me.sees("CrashLoopBackOff")
        assert style_of(me, "CrashLoopBackOff").color != style_of(me, "10.1.0").color


async def test_containers_lead_to_the_description_of_their_pod(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("/", *"db-0", "enter", "enter")
        await me.sees("containers 2 of 2")
        await me.press("d")
        await me.sees("pod/db-0 in shop", "postgres:", "exporter:")


async def test_it_follows_changes(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm") as me:
        await me.sees("web-config")
        await me.press("G", "d")
        await me.sees("greeting:", "hello")
        changed = server.get("configmaps", "web-config", "shop")
        changed["data"]["greeting"] = "good morning"
        server.put("configmaps", changed)
        await me.sees("good morning")


async def test_events_stand_beneath_newest_first_and_repeated_ones_are_counted(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    pod = server.get("pods", "checkout-58c4f-x1d9s", "shop")
    server.put("events", event(shop, pod, "a", "happened early", 9))
    server.put("events", event(shop, pod, "b", "happened late", 1, count=12, firstTimestamp=ago(shop.now, 5)))
    async with desk.sit("pods /checkout", size=(120, 60)) as me:
        await me.sees("pods 1 of 9", "Pending")
        await me.press("d")
        await me.sees("Status:", "Pending", "happened early", "happened late", "60s (x12 over 5m)")
        assert line_of(me, "happened late") < line_of(me, "happened early")
        server.put("events", event(shop, pod, "c", "happens now", 0))
        await me.sees("happens now")
        assert line_of(me, "happens now") < line_of(me, "happened late")
        assert "manifest unknown" not in me.screen  # which happened to another pod


async def test_ages_grow_while_it_is_looked_at(desk: Desk, server: RiggedDemo, shop: Shop, clock: FakeClock) -> None:
    pod = server.get("pods", "checkout-58c4f-x1d9s", "shop")
    server.put("events", event(shop, pod, "a", "happened", 1))
    async with desk.sit("pods /checkout", size=(120, 60)) as me:
        await me.sees("pods 1 of 9", "Pending")
        await me.press("d")
        await me.sees("60s  kubelet  happened")
        clock.move(5)
        await me.sees("65s  kubelet  happened")


async def test_events_of_a_former_object_of_the_same_name_are_not_mixed_in(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    pod = server.get("pods", "db-0", "shop")
    before = {**pod, "metadata": {**pod["metadata"], "uid": "another"}}
    server.put("events", event(shop, before, "a", "of another life", 9))
    server.put("events", event(shop, pod, "b", "of this life", 9))
    async with desk.sit("pods /db-0", size=(120, 60)) as me:
        await me.sees("pods 1 of 9")
        await me.press("d")
        await me.sees("of this life")
        assert "of another life" not in me.screen


async def test_events_that_may_not_be_listed_are_said_so_beneath_the_rest(desk: Desk, server: RiggedDemo) -> None:
    server.forbid("events", "shop")
    async with desk.sit("pods /db-0", size=(120, 60)) as me:
        await me.sees("pods 1 of 9")
        await me.press("d")
        await me.sees("Name:", "Events:", "no permission to list events")


async def test_it_is_searched_through(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("d")
        await me.sees("Name:")
        await me.press("/", *"container", "enter")
        await me.sees("/container 1/")
        await me.press("n")
        await me.sees("/container 2/")
        await me.press("N")
        await me.sees("/container 1/")
        await me.press("N")
        await me.until(lambda: "/container 1/" not in truth_line(me), "the last match")
        await me.press("escape")
        await me.sees_not("/container")
        await me.sees("Name:")


async def test_y_goes_on_to_the_yaml_and_esc_comes_back(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("d")
        await me.sees("Service Account:")
        await me.press("y")
        await me.sees("kind: Pod")
        await me.press("escape")
        await me.sees("Service Account:")
        await me.press("d")
        await me.sees("pods 9 of 9")


async def test_d_goes_on_from_the_yaml(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("y")
        await me.sees("kind: Pod", "d describe")
        await me.press("d")
        await me.sees("Service Account:")


async def test_a_deleted_object_stays_as_it_was_last_and_says_so(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("d")
        await me.sees("cart-6b8d4-h2mzl", "● live")
        server.delete("pods", "cart-6b8d4-h2mzl", "shop")
        await me.sees("deleted; this is what it was last", "Service Account:")


async def test_values_of_a_secret_are_not_shown_but_their_sizes_are(desk: Desk, server: RiggedDemo) -> None:
    value = base64.b64encode(b"correct horse").decode()
    secret = server.get("secrets", "db-password", "shop")
    server.put("secrets", {**secret, "data": {"password": value}})
    async with desk.sit("secrets") as me:
        await me.sees("db-password")
        await me.press("d")
        await me.sees("password:", "13 bytes")
        assert value not in me.screen
        await me.press("c")
        await me.sees("copied")
        assert value.encode() not in me.terminal.sent


async def test_a_megabyte_is_walked_through_and_searched(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    lines = "\n".join(f"line {number} " + "x" * 40 for number in range(20_000))
    server.put("configmaps", shop.configmap("large", {"text": lines, "one": "y" * 100_000 + "end"}))
    async with desk.sit("cm /large") as me:
        await me.sees("configmaps 1 of 3")
        await me.press("d")
        await me.sees("line 0 ")
        await me.press("G")
        await me.sees("line 19999 ", "Events:")
        await me.press("/", *"line 777 ", "enter")
        await me.sees("line 777 x", "/line 777  1/1")
        await me.press("escape", "/", *"end", "enter")
        await me.sees("yyyend")


async def test_at_60_columns_nothing_of_a_pod_is_cut(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    pod = server.get("pods", "db-0", "shop")
    pod["spec"]["tolerations"] = [{"key": "example.com/for-who-waits", "operator": "Exists", "effect": "NoExecute"}]
    server.put("pods", pod)
    async with desk.sit("pods /db-0", size=(60, 60)) as me:
        await me.sees("pods 1 of 9")
        await me.press("d", "G")
        await me.sees("Tolerations:", "example.com/for-who-waits:NoExecute", "Events:")
        assert "›" not in me.screen
        begin = me.screen.splitlines()[line_of(me, "Tolerations:")].index("example.com")
        assert me.screen.splitlines()[line_of(me, "Tolerations:") + 1].index("op=Exists") == begin


async def test_long_lines_scroll_sideways(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    server.put("configmaps", shop.configmap("wide", {"a": "first line\n" + "b" * 150 + "the end"}))
    async with desk.sit("cm /wide") as me:
        await me.sees("configmaps 1 of 3")
        await me.press("d")
        await me.sees("bbbb›")
        assert "the end" not in me.screen
        await me.press(*"l" * 10)
        await me.sees("the end")
        await me.press(*"h" * 10)
        await me.sees("Name:")


async def test_what_it_says_is_copied_unbroken_to_the_persons_own_clipboard(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    greeting = "hello and welcome " * 12 + "friend"
    server.put("configmaps", shop.configmap("wide", {"greeting": greeting}))
    async with desk.sit("cm /wide") as me:
        await me.sees("configmaps 1 of 3")
        await me.press("d")
        await me.sees("greeting:")
        await me.press("c")
        await me.sees("copied")
        sent = me.terminal.sent.split(b"\x1b]52;c;")[1].split(b"\x07")[0]
        assert greeting in base64.b64decode(sent).decode()


async def test_escapes_in_what_the_cluster_says_are_harmless(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    pod = server.get("pods", "search-0", "shop")
    server.put("events", event(shop, pod, "a", "\x1b[31mred\x1b]0;title\x07", 1, reason="\x1bc"))
    pod["metadata"]["annotations"] = {"\x1b[2J": "\u202egnp.exe"}
    pod["spec"]["containers"][0]["name"] = "\x1b[1m"
    server.put("pods", pod)
    async with desk.sit("pods /search", size=(120, 60)) as me:
        await me.sees("pods 1 of 9")
        await me.press("d")
        await me.sees("\\x1b[31mred\\x1b]0;title\\x07", "\\x1b[2J: \\u202egnp.exe", "\\x1b[1m:", "\\x1bc")
        assert b"\x1b[2J: " not in me.terminal.sent
        assert b"\x1b]0;title" not in me.terminal.sent


async def test_a_small_terminal_has_the_messages_beneath_their_events(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    pod = server.get("pods", "checkout-58c4f-x1d9s", "shop")
    message = "0/3 nodes are available: 3 Insufficient cpu. No preemption victims found for incoming pod."
    server.put("events", event(shop, pod, "a", message, 1, reason="FailedScheduling"))
    async with desk.sit("pods /checkout", size=(60, 15)) as me:
        await me.sees("pods 1 of 9")
        await me.press("d")
        await me.until(lambda: message in said(me).replace("\n", " "), "the event")
        await me.press("G")
        await me.sees("FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu. No", "incoming pod.")


async def test_a_node_knows_its_pods_and_what_they_ask_for(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    pod = shop.pod("hungry", node="node-2")
    pod["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "2"}, "limits": {"memory": "16Gi"}}
    server.put("pods", pod)
    async with desk.sit("nodes", size=(120, 70)) as me:
        await me.sees("nodes 3 of 3")
        await me.press("j", "d")
        await me.sees("Non-terminated Pods:", "4 in total", "2 (25%)", "16Gi (50%)", "hungry")
        server.delete("pods", "hungry", "shop")
        await me.sees("3 in total")
        await me.sees_not("hungry")
        # Of the many pods of a cluster only those on the node were asked for.
        assert any("spec.nodeName%3Dnode-2" in request for request in server.requests)


async def test_the_replica_sets_of_a_deployment_are_live(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    deployment = server.get("deployments.apps", "web", "shop")
    server.put("deployments.apps", _of_revision(deployment, "2"))
    owner = {"kind": "Deployment", "name": "web", "uid": deployment["metadata"]["uid"], "controller": True}

    def replicas(name: str, revision: str, count: int) -> dict[str, Any]:
        made = _of_revision(shop.replicaset(name, count, count), revision)
        made["metadata"] |= {"ownerReferences": [owner], "labels": {"app": "web"}}
        return made

    server.put("replicasets.apps", replicas("web-old", "1", 1))
    server.put("replicasets.apps", replicas("web-new", "2", 2))
    async with desk.sit("deploy /web", size=(120, 60)) as me:
        await me.sees("deployments 1 of 3")
        await me.press("d")
        await me.sees("OldReplicaSets:     web-old-5d9f7c (1/1 replicas created)")
        await me.sees("NewReplicaSet:      web-new-5d9f7c (2/2 replicas created)")
        server.put("replicasets.apps", replicas("web-old", "1", 0))
        await me.sees("OldReplicaSets:     <none>", "web-old-5d9f7c (revision 1)")


def _of_revision(obj: dict[str, Any], revision: str) -> dict[str, Any]:
    obj["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": revision}
    return obj


async def test_a_custom_resource_is_described_as_a_tree(desk: Desk) -> None:
    async with desk.sit("coupons") as me:
        await me.sees("SPRING24")
        await me.press("d")
        await me.sees("API Version:", "shop.example/v1", "Spec:", "Percent:", "20", "Events:")


async def test_an_object_that_is_not_what_its_kind_promises_is_described_all_the_same(
    desk: Desk, server: RiggedDemo
) -> None:
    pod = server.get("pods", "db-0", "shop")
    pod["metadata"]["labels"] = {"app": "db"}
    pod["spec"]["containers"] = [
        {"name": "main", "resources": {"limits": {1: 2}}, "ports": [{}], "env": [{"valueFrom": 7}]}
    ]
    server.put("pods", {**pod, "status": {"phase": "Running", "conditions": 7, "containerStatuses": [{"state": 7}]}})
    async with desk.sit("pods /db-0") as me:
        await me.sees("pods 1 of 9")
        await me.press("d")
        await me.sees("Name:", "db-0")


async def test_it_says_when_it_is_stale(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("d")
        await me.sees("Name:", "● live")
        await server.down()
        await me.sees("stale for", "Name:")


async def test_the_help_lists_its_keys(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("d")
        await me.sees("Name:")
        await me.press("?")
        await me.sees("keys · pod/", "describe.yaml", "describe.copy", "page.next-match", "object.events")


async def test_its_watches_end_with_it(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit("nodes", size=(120, 70)) as me:
        await me.sees("nodes 3 of 3")
        await me.press("d")
        await me.sees("in total")
        watches = {task.get_name() for task in me.app.session._shared._tasks}
        assert any("leases" in name for name in watches)
        await me.press("escape")
        await me.sees("nodes 3 of 3")
        clock.move(31)
        await me.until(
            lambda: not any("leases" in task.get_name() for task in me.app.session._shared._tasks), "the watch ending"
        )
