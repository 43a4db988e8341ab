"""Rows are marked, and what is done then is done to all of them: said before, counted meanwhile, told after."""

import base64
import json
import re

from kty.screens.live_list import LiveList
from kty.settings import Settings
from tests.rigged.looking import names, row_under_cursor, style_of, truth_line
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop

PODS = "pods 9 of 9"


def marked(me: Seat) -> list[str]:
    """Return the names on the lines that are marked."""
    return [line.split()[0].removeprefix("●") for line in me.screen.splitlines()[2:-2] if line.startswith("●")]


def is_going(server: RiggedDemo, name: str) -> bool:
    try:
        return "deletionTimestamp" in server.get("pods", name, "shop")["metadata"]
    except AssertionError:
        return True


async def test_space_marks_the_row_and_goes_on_and_esc_unmarks_all(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        there = names(me)
        await me.press("space", "space")
        await me.sees("● 2 marked  pods 9 of 9")
        assert marked(me) == there[:2]
        assert row_under_cursor(me) == there[2]
        assert style_of(me, there[0]).bold
        assert style_of(me, there[0]).bgcolor != style_of(me, there[4]).bgcolor
        await me.press("k", "space")
        await me.sees("● 1 marked")
        assert marked(me) == there[:1]
        await me.press("escape")
        await me.sees_not("marked")
        await me.sees(PODS)


async def test_a_range_is_marked_from_the_last_mark_to_the_cursor(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        there = names(me)
        await me.press("j", "space", "j", "j", "V")
        await me.sees("● 4 marked")
        assert marked(me) == there[1:5]
        me.send(b"\x1b[H\x00")  # home, and ctrl+space as most terminals send it
        await me.sees("● 5 marked")
        await me.press("ctrl+\\")
        await me.sees_not("marked")


async def test_marks_stay_on_their_objects_while_rows_come_go_and_are_sorted(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        first, second, *_ = names(me)
        await me.press("space", "space")
        await me.press("N")
        await me.sees("by Name ↓")
        assert marked(me) == [second, first]
        pod = server.get("pods", second, "shop")
        server.put("pods", {**pod, "metadata": {**pod["metadata"], "name": "aaa", "uid": "another"}})
        await me.sees("pods 10 of 10")
        assert marked(me) == [second, first]
        server.delete("pods", first, "shop")
        await me.sees("● 1 marked  pods 9 of 9")
        assert marked(me) == [second]
        server.delete("pods", second, "shop")
        await me.sees_not("marked")
        server.put("pods", pod)
        await me.sees("pods 9 of 9")
        assert not marked(me)


async def test_what_is_made_anew_under_the_same_name_is_not_marked(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        name = row_under_cursor(me)
        await me.press("space")
        await me.sees("● 1 marked")
        pod = server.get("pods", name, "shop")
        server.put("pods", {**pod, "metadata": {**pod["metadata"], "uid": "another"}})
        await me.sees_not("marked")
        await me.sees(PODS)


async def test_what_is_made_anew_out_of_sight_is_not_marked_either(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit(size=(100, 7)) as me:
        await me.sees(PODS, "● live")
        await me.press("G")
        name, other = row_under_cursor(me), names(me)[-2]
        await me.press("space", "g")
        await me.sees("● 1 marked")
        assert name not in me.screen
        assert other not in me.screen
        assert isinstance(me.app.screen, LiveList)
        rows = me.app.screen._rows
        assert rows is not None
        before = rows.row(("shop", other))
        pod, beside = server.get("pods", name, "shop"), server.get("pods", other, "shop")
        server.put("pods", {**beside, "metadata": {**beside["metadata"], "labels": {"a": "b"}}})
        await me.until(lambda: rows.row(("shop", other)) is not before, "the other one's change")
        server.delete("pods", name, "shop")  # so soon after that change that both are told together
        server.put("pods", {**pod, "metadata": {**pod["metadata"], "uid": "another"}})
        await me.sees_not("marked")


async def test_what_a_filter_hides_stays_marked_and_is_counted(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        there = names(me)
        await me.press("space", "space", "/", *there[1], "enter")
        await me.sees("● 2 marked, 1 filtered out  pods 1 of 9")
        await me.press("escape")
        await me.sees("● 2 marked  pods 9 of 9")


async def test_marks_are_kept_while_another_screen_covers_the_list_and_go_with_other_namespaces(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("space", "y")
        await me.sees("apiVersion")
        await me.press("escape")
        await me.sees("● 1 marked  pods 9 of 9")
        await me.press("0")
        await me.sees("all namespaces", "● live")
        await me.sees_not("marked")


async def test_marked_pods_are_deleted_once_the_person_says_so(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        there = names(me)
        await me.press("space", "space", "space", "ctrl+d")
        await me.sees("Delete 3 pods, and what they own.", *[f"shop/{name}" for name in there[:3]])
        await me.press("n")
        await me.sees_not("Delete 3")
        assert marked(me) == there[:3]
        await me.press("ctrl+d")
        await me.sees("Delete 3 pods")
        await me.press("y")
        await me.sees("delete: done to 3 pods")
        await me.sees_not("marked")
        assert [name for name in there if is_going(server, name)] == there[:3]


async def test_the_names_are_said_of_a_few_and_the_others_are_counted(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        there = names(me)
        await me.press("space", "G", "V", "ctrl+k")
        await me.sees("Kill 9 pods at once: their containers get no time to end.", f"shop/{there[0]}", "and 3 more")
        assert f"shop/{there[8]}" not in me.screen


async def test_those_that_fail_are_told_by_name_and_stay_marked(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments", "live")
        first, second, *_ = names(me)
        await me.press("space", "space", "r")
        await me.sees("Restart 2 deployments: all of their pods are made anew")
        server.forbid_verb("patch")
        await me.press("y")
        await me.sees("restart: 2 of 2 deployments failed and are still marked:", f"shop/{first}: ", "● 2 marked")
        server._refused_verbs.clear()
        server.delete("deployments.apps", first, "shop")
        await me.sees("● 1 marked")
        await me.press("r")
        await me.sees(f"Restart deployment shop/{second}")
        await me.press("y")
        await me.sees(f"deployment shop/{second} restarts")
        await me.sees_not("● 1 marked")


async def test_one_that_went_meanwhile_holds_up_no_other(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments", "live")
        first, second, *_ = names(me)
        await me.press("space", "space", "r")
        await me.sees("Restart 2 deployments")
        server.delete("deployments.apps", first, "shop")
        await me.press("y")
        await me.sees("restart: 1 of 2 deployments failed", f'shop/{first}: deployments.apps "{first}" not found')
        await me.sees_not("marked  ")
        assert "restartedAt" in json.dumps(server.get("deployments.apps", second, "shop")["spec"]["template"])


async def test_what_makes_no_sense_for_some_leaves_them_out(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("nodes") as me:
        await me.sees("nodes", "live")
        first, second, *_ = names(me)
        node = server.get("nodes", first)
        server.put("nodes", {**node, "spec": {**node["spec"], "unschedulable": True}})
        await me.sees("SchedulingDisabled")
        await me.press("space", "space", "c")
        await me.sees("Cordon 1 node: ", second, f"Left out: node {first} is cordoned already.")
        await me.press("y")
        await me.sees("cordon: done to 1 node")
        await me.press("space", "c")
        await me.press("escape")


async def test_many_are_scaled_to_the_same_number(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments", "live")
        there = names(me)[:2]
        await me.press("space", "space", "s")
        await me.sees("Scale 2 deployments to ")
        await me.press("ctrl+u", "4")
        await me.sees("Scale 2 deployments to 4 replicas each; now they want ")
        await me.press("enter")
        await me.sees("scale: done to 2 deployments")
        assert [server.get("deployments.apps", name, "shop")["spec"]["replicas"] for name in there] == [4, 4]


async def test_what_is_for_one_object_says_so(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("space", "space", "e")
        await me.sees("edit is for one object, and 2 are marked")
        await me.press("s")
        await me.sees("shell is for one object, and 2 are marked")


async def test_what_nobody_may_do_is_said_before_anything_is_asked(desk: Desk, server: RiggedDemo) -> None:
    server.forbid_verb("delete")
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("space", "space", "ctrl+d")
        await me.sees("Left out: you may not delete pods in shop.", "● 2 marked")


async def test_nothing_is_done_to_many_read_only(desk: Desk) -> None:
    async with desk.sit(readonly=True) as me:
        await me.sees(PODS, "● live")
        await me.press("space", "space", "ctrl+d")
        await me.sees("read-only: it will not delete")


async def test_the_names_of_all_are_copied(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        there = names(me)[:2]
        await me.press("space", "space", "c")
        await me.sees("copied 2 names")
        (copied,) = re.findall(rb"\x1b\]52;c;([^\x07\x1b]+)", b"".join(me.terminal.frames))
        assert base64.b64decode(copied).decode().splitlines() == there


async def test_marks_are_seen_in_a_small_terminal_and_without_colours(desk: Desk) -> None:
    async with desk.sit(size=(60, 15), env={"NO_COLOR": "1"}) as me:
        await me.sees("pods 9 of 9")
        await me.press("space", "space", "ctrl+d")
        await me.sees("Delete 2 pods")
        await me.press("n")
        await me.sees("● 2 marked")
        assert len(marked(me)) == 2
        assert style_of(me, marked(me)[0]).bold


async def test_the_keys_are_others_and_in_the_help(desk: Desk) -> None:
    async with desk.sit(settings=Settings(keys={"mark": "x"}), size=(120, 60)) as me:
        await me.sees(PODS, "● live")
        await me.press("x", "?")
        await me.sees("mark.range", "mark.none")
        await me.press("escape")
        await me.sees("● 1 marked")
        assert "marked" in truth_line(me)


async def test_the_keys_of_ranges_can_be_others(desk: Desk) -> None:
    async with desk.sit(settings=Settings(keys={"mark.range": "x", "mark.none": "ctrl+\\"}), size=(120, 60)) as me:
        await me.sees(PODS, "● live")
        await me.press("j", "j", "V")
        await me.sees_not("marked")
        await me.press("space", "G", "x")
        await me.sees("● 7 marked")
        await me.press("ctrl+\\")
        await me.sees_not("marked")
