"""What is done to objects: asked for by a key, confirmed in a sentence, and told."""

import json

import pytest

from kty.screens.keymap import binding_ids
from kty.views.actions import DELETE
from kty.views.registry import views
from tests.rigged.looking import row_under_cursor
from tests.rigged.seat import Desk
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop


async def test_nothing_is_deleted_before_the_person_says_so(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        name = row_under_cursor(me)
        await me.press("ctrl+d")
        await me.sees(f"Delete pod shop/{name}, and what it owns", "y does it")
        await me.press("enter")  # not by a key that was meant for something else
        await me.press("n")
        await me.sees_not("Delete pod")
        assert "deletionTimestamp" not in server.get("pods", name, "shop")["metadata"]
        await me.press("ctrl+d")
        await me.sees(f"Delete pod shop/{name}")
        await me.press("y")
        await me.sees(f"pod shop/{name} is being deleted")
        await me.until(lambda: gone_or_going(server, name), "the pod going")


def gone_or_going(server: RiggedDemo, name: str) -> bool:
    try:
        return "deletionTimestamp" in server.get("pods", name, "shop")["metadata"]
    except AssertionError:
        return True


async def test_ctrl_d_twice_at_once_asks_once_and_answers_nothing(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        name = row_under_cursor(me)
        me.send(b"\x04\x04\x04")
        await me.sees(f"Delete pod shop/{name}")
        await me.press("ctrl+d")
        assert len(me.app.screen_stack) == 2
        await me.app.run_action("act('delete')", me.app.screen_stack[0])  # a key that was on its way there
        await me.sees(f"Delete pod shop/{name}")
        assert len(me.app.screen_stack) == 2
        assert not gone_or_going(server, name)
        await me.press("n")
        await me.sees_not("Delete pod")
        await me.press("ctrl+d", "ctrl+d", "y")
        await me.sees(f"pod shop/{name} is being deleted")
        await me.sees_not("Delete pod")
        assert len(me.app.screen_stack) == 1


async def test_what_is_typed_at_once_is_taken_in_its_order(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments", "live")
        await me.press("s")
        await me.sees("Scale deployment shop/cart from 2 to 2 replicas.")
        me.send(b"5\x7f7")
        await me.sees("from 2 to 7 replicas")


async def test_a_deployment_is_scaled_to_what_is_typed(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments", "live")
        name = row_under_cursor(me)
        before = server.get("deployments.apps", name, "shop")["spec"]["replicas"]
        await me.press("s")
        await me.sees(f"Scale deployment shop/{name} from {before} to {before} replicas.")
        await me.types("many")
        await me.sees("that is no number of replicas")
        await me.press("enter", "ctrl+u", "7")
        await me.sees(f"from {before} to 7 replicas")
        await me.press("enter")
        await me.sees("is being scaled to 7")
        assert server.get("deployments.apps", name, "shop")["spec"]["replicas"] == 7


async def test_a_deployment_is_restarted(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments", "live")
        name = row_under_cursor(me)
        await me.press("r")
        await me.sees(f"Restart deployment shop/{name}: all of its pods are made anew")
        await me.press("y")
        await me.sees(f"deployment shop/{name} restarts")
        assert "restartedAt" in json.dumps(server.get("deployments.apps", name, "shop")["spec"]["template"])


async def test_a_node_is_cordoned_and_uncordoned(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("nodes") as me:
        await me.sees("nodes", "live")
        name = row_under_cursor(me)
        await me.press("u")
        await me.sees(f"node {name} is not cordoned")
        await me.press("c")
        await me.sees(f"Cordon node {name}")
        await me.press("y")
        await me.sees("SchedulingDisabled")
        await me.press("c")
        await me.sees("is cordoned already")
        await me.press("u")
        await me.sees("Uncordon node")
        await me.press("y")
        await me.sees(f"node {name} is uncordoned")
        assert "unschedulable" not in server.get("nodes", name)["spec"]


async def test_a_drain_says_how_far_it_is_and_what_holds_it_up(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    server.put("nodes", shop.node("node-4"))
    replicas = server.get("replicasets.apps", "web-5d9f7c", "shop")["metadata"]
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": replicas["name"], "uid": replicas["uid"]}
    for name, app in (("web-1", "web"), ("free-1", "free")):
        pod = shop.pod(name, app=app, node="node-4")
        pod["metadata"]["ownerReferences"] = [{**owner, "controller": True}]
        server.put("pods", pod)
    budget = {"metadata": {"name": "web", "namespace": "shop", "generation": 1}, "apiVersion": "policy/v1"}
    budget |= {"spec": {"selector": {"matchLabels": {"app": "web"}}}, "kind": "PodDisruptionBudget"}
    server.put("poddisruptionbudgets.policy", {**budget, "status": {"disruptionsAllowed": 0, "observedGeneration": 1}})
    async with desk.sit("nodes") as me:
        await me.sees("node-4")
        await me.press("G", "r")
        await me.sees("Drain node node-4: cordon it and evict its pods")
        await me.press("y")
        await me.sees("draining node-4: 0 gone, 1 leaving, 1 held back: shop/web-1: Cannot evict pod")
        server.delete("pods", "free-1", "shop")
        await me.sees("draining node-4: 1 gone, 0 leaving, 1 held back")
        server.delete("pods", "web-1", "shop")
        await me.sees("node node-4 is drained: 2 pods left it")


async def test_a_cronjob_makes_a_job_now_and_is_suspended(desk: Desk, server: RiggedDemo) -> None:
    name = "nightly"
    pods = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}
    template = {"spec": {"template": {"spec": pods}}}
    spec = {"schedule": "0 3 * * *", "jobTemplate": template}
    server.put("cronjobs.batch", {"metadata": {"name": name, "namespace": "shop"}, "spec": spec})
    async with desk.sit("cronjobs") as me:
        await me.sees("nightly", "live")
        await me.press("t")
        await me.sees(f"Make a job of cronjob shop/{name} now")
        await me.press("y")
        await me.sees(f"job {name[:40]}-manual-", "runs")
        await me.press("s")
        await me.sees(f"Suspend cronjob shop/{name}")
        await me.press("y")
        await me.sees(f"cronjob shop/{name} is suspended")
        assert server.get("cronjobs.batch", name, "shop")["spec"]["suspend"] is True


async def test_what_the_server_would_refuse_is_said_before_anything_is_asked(desk: Desk, server: RiggedDemo) -> None:
    server.forbid_verb("delete")
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("ctrl+d")
        await me.sees("you may not delete pods in shop")
        await me.press("j")
        await me.sees_not("you may not")


async def test_a_refusal_goes_with_its_screen_and_what_was_done_is_told_on_the_next(
    desk: Desk, server: RiggedDemo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kty.screens.frame.READING", 1000.0)
    async with desk.sit(size=(60, 24)) as me:
        await me.sees("pods 9 of 9")
        await me.press("ctrl+d")
        await me.sees("Delete pod")
        await me.press("y")
        await me.sees("▌ is being deleted")
        server.forbid_verb("delete")
        await me.press("j", "ctrl+d")
        await me.sees("▌ you may not delete")
        await me.press("d")
        await me.sees("Namespace:", "▌ is being deleted")
        await me.sees_not("you may not")


async def test_what_the_server_refuses_after_all_is_told(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments", "live")
        name = row_under_cursor(me)
        await me.press("r")
        await me.sees("Restart deployment")
        server.delete("deployments.apps", name, "shop")
        await me.press("y")
        await me.sees(f'"{name}" not found')


async def test_nothing_is_done_read_only(desk: Desk) -> None:
    async with desk.sit(readonly=True) as me:
        await me.sees("pods 9 of 9")
        await me.press("ctrl+d")
        await me.sees("read-only: it will not delete")


async def test_the_keys_of_a_kind_are_offered_on_no_other(desk: Desk) -> None:
    async with desk.sit("cm") as me:
        await me.sees("configmaps", "live")
        await me.press("?")
        await me.sees("delete")
        await me.sees_not("cordon", "restart", "scale")


async def test_every_action_of_every_kind_has_its_key_and_help() -> None:
    known = binding_ids()
    for view in views().values():
        for action in (*view.actions, DELETE):
            assert (known[action.id].key, known[action.id].description) == (action.key, action.title), view.id
