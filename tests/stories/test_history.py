"""What happened to this object while I was looking elsewhere?"""

import base64
from typing import Any

from kty.widgets.page_view import PageView
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop, ago
from tests.runtime.fake_clock import FakeClock


def page(me: Seat) -> str:
    """Return the whole timeline, whatever of it is on screen."""
    return me.app.screen.query_one(PageView).text


def scale(server: RiggedDemo, name: str, replicas: int, **metadata: Any) -> None:
    deployment = server.get("deployments.apps", name, "shop")
    deployment["spec"]["replicas"] = replicas
    deployment["metadata"] |= metadata
    server.put("deployments.apps", deployment)


def managed(clock: FakeClock, manager: str, part: str = "", **fields: Any) -> dict[str, Any]:
    entry = {"manager": manager, "operation": "Update", "time": ago(clock.now(), 0), "fieldsV1": fields}
    return {**entry, "subresource": part} if part else entry


async def looks_at(me: Seat, name: str) -> None:
    """Put the cursor on the deployment of this name, and look at its history."""
    await me.sees("deployments 3 of 3", "● live")
    await me.press("/", *name, "enter", "H")


async def test_it_says_since_when_it_watches_and_that_nothing_has_changed(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments 3 of 3")
        clock.move(65)
        await me.press("H")
        await me.sees("deployment/cart in shop  no changes", "for 65s: nothing has changed since then", "● live")


async def test_each_change_is_a_difference_with_its_time_and_who_wrote_it(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments 3 of 3", "● live")
        clock.move(60)
        scaler = managed(clock, "kubectl-scale", "scale", **{"f:spec": {"f:replicas": {}}})
        scale(server, "web", 5, managedFields=[scaler])
        await me.sees("3/5")
        clock.move(30)
        await looks_at(me, "web")
        await me.sees("deployment/web in shop  1 change", "30s ago", "spec.replicas", "by kubectl-scale (scale)")
        await me.sees("  -   replicas: 3", "  +   replicas: 5", "watched since", "for 90s")
        assert "generation" not in page(me)


async def test_new_changes_come_to_the_top_while_it_is_open(desk: Desk, server: RiggedDemo, clock: FakeClock) -> None:
    async with desk.sit("deploy") as me:
        await looks_at(me, "web")
        await me.sees("nothing has changed")
        scale(server, "web", 4)
        await me.sees("1 change", "+   replicas: 4")
        clock.move(10)
        scale(server, "web", 6)
        await me.sees("2 changes", "+   replicas: 6", "10s ago")
        lines = page(me)
        assert lines.index("replicas: 6") < lines.index("-   replicas: 3")


async def test_heartbeats_are_left_out(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("nodes") as me:
        await me.sees("nodes 3 of 3", "● live")
        await me.press("H")
        await me.sees("nothing has changed")
        for beat in range(30):
            node = server.get("nodes", "node-1")
            for condition in node["status"]["conditions"]:
                condition["lastHeartbeatTime"] = f"2026-01-01T00:00:{beat:02}Z"
            server.put("nodes", node)
        node = server.get("nodes", "node-1")
        server.put("nodes", {**node, "spec": {**node["spec"], "unschedulable": True}})
        await me.sees("1 change", "+   unschedulable: true")
        assert "lastHeartbeatTime" not in page(me)


async def test_the_history_of_a_deleted_object_stays_and_says_when_it_went(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    async with desk.sit("deploy") as me:
        await looks_at(me, "web")
        await me.sees("nothing has changed")
        scale(server, "web", 4)
        await me.sees("1 change")
        clock.move(5)
        server.delete("deployments.apps", "web", "shop")
        await me.sees("2 changes", "0s ago", "▲ deleted ", "+   replicas: 4")
        await me.press("y")
        await me.sees("▲ deleted; this is what it was last", "kind: Deployment", "replicas: 4")
        await me.press("d")
        await me.sees("▲ deleted; this is what it was last", "4 desired")
        await me.press("H")  # it is known as long as its kind is watched
        await me.sees("2 changes", "▲ deleted ", "+   replicas: 4")


async def test_an_object_made_again_under_its_name_goes_on(desk: Desk, server: RiggedDemo, clock: FakeClock) -> None:
    async with desk.sit("deploy") as me:
        await looks_at(me, "web")
        await me.sees("nothing has changed")
        before = server.get("deployments.apps", "web", "shop")
        server.delete("deployments.apps", "web", "shop")
        await me.sees("1 change", "▲ deleted ")
        server.put("deployments.apps", {**before, "metadata": {**before["metadata"], "uid": "another"}})
        await me.sees("2 changes", "made again", "● live")


async def test_only_the_last_changes_are_kept_and_it_says_so(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("deploy") as me:
        await looks_at(me, "web")
        for replicas in range(10, 40):
            scale(server, "web", replicas)
            await me.sees(f"+   replicas: {replicas}")
        await me.sees("8 changes")
        await me.press("G")
        await me.sees("was let go: the last 8 are kept", "watched since")


async def test_values_of_a_secret_are_not_shown_but_that_they_changed_is(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("secrets") as me:
        await me.sees("db-password", "● live")
        await me.press("H")
        await me.sees("nothing has changed")
        for value in (b"correct horse", b"battery stapl"):
            text = base64.b64encode(value).decode()
            secret = server.get("secrets", "db-password", "shop")
            applied = {"kubectl.kubernetes.io/last-applied-configuration": f'{{"data":{{"p":"{text}"}}}}'}
            metadata = {**secret["metadata"], "annotations": applied}
            server.put("secrets", {**secret, "metadata": metadata, "data": {"p": text}})
        await me.sees("2 changes", "+   p: 13 bytes, another value")
        await me.press("c")
        await me.sees("copied the history of secret/db-password")
        sent = base64.b64decode(me.terminal.sent.split(b"\x1b]52;c;")[1].split(b"\x07")[0])
        for value in (b"correct horse", b"battery stapl"):
            for seen in (page(me).encode(), me.terminal.sent, sent):
                assert base64.b64encode(value) not in seen


async def test_escapes_in_what_changed_are_harmless(desk: Desk, server: RiggedDemo, clock: FakeClock) -> None:
    async with desk.sit("deploy") as me:
        await looks_at(me, "web")
        await me.sees("nothing has changed")
        entry = managed(clock, "\x1b]0;manager\x07")
        scale(server, "web", 4, annotations={"\x1b[2J": "\x1b[31mred"}, managedFields=[entry])
        await me.sees("1 change", "\\x1b]0;manager\\x07")
        await me.until(lambda: "\\e[31mred" in page(me))
        assert b"\x1b]0;manager" not in me.terminal.sent
        assert b"\x1b[31mred" not in me.terminal.sent


async def test_a_cut_connection_is_said_and_what_changed_meanwhile_comes_after_it(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    async with desk.sit("deploy") as me:
        await looks_at(me, "web")
        await me.sees("nothing has changed", "● live")
        await server.down()
        await me.sees("stale for", "watched since")
        scale(server, "web", 4)
        scale(server, "web", 7)
        await server.up()
        await clock.advance(60)
        await me.sees("● live", "+   replicas: 4", "+   replicas: 7")


async def test_a_kind_that_may_not_be_listed_any_more_says_so(desk: Desk, server: RiggedDemo, clock: FakeClock) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments 3 of 3", "● live")
        server.forbid("deployments.apps", "shop")
        await me.press("y")
        await me.sees("kind: Deployment")
        await me.press(":", *"nodes", "enter")
        await me.sees("nodes 3 of 3")
        await clock.advance(31)  # nobody looks at deployments any more
        await me.press("escape")
        await me.sees("no permission to list deployments")
        await me.press("H")
        await me.sees("no permission to list deployments: ", "no changes")
        await me.press("escape")
        await me.sees("kind: Deployment")


async def test_a_large_change_is_cut_and_the_screen_goes_on(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    async with desk.sit("cm /web") as me:
        await me.sees("configmaps 1 of 2", "● live")
        await me.press("H")
        await me.sees("nothing has changed")
        many = {f"key-{number:05}": "x" * 40 for number in range(20_000)}
        server.put("configmaps", shop.configmap("web-config", many))
        await me.sees("1 change", "data.greeting")
        await me.press("G")
        await me.sees("more lines", "watched since")


async def test_it_fits_a_small_terminal_and_the_help_lists_its_keys(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("deploy", size=(60, 15)) as me:
        await looks_at(me, "web")
        scale(server, "web", 4)
        await me.sees("deployment/web", "+   replicas: 4")
        await me.press("?")
        await me.sees("keys · deployment/web")
        await me.press("escape", "H")
        await me.sees("deployments")


async def test_the_history_of_a_container_is_that_of_its_pod(desk: Desk) -> None:
    async with desk.sit("pods /db-0") as me:
        await me.sees("pods 1 of 9", "● live")
        await me.press("enter")
        await me.sees("containers 2 of 2")
        await me.press("H")
        await me.sees("pod/db-0 in shop  no changes")
