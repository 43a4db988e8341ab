"""Rows in another order, and more columns; both are remembered for each kind."""

from kty.state import State
from tests.rigged.looking import headings, names, place_of
from tests.rigged.seat import Desk


async def test_sort_keys_sort_and_pressed_again_the_other_way(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "by Name ↑")
        await me.press("N")
        await me.sees("by Name ↓")
        assert names(me)[0] == "web-5d9f7c-zq8vn"
        await me.press("A")
        await me.sees("by Age ↑")
        assert names(me)[0] == "checkout-58c4f-x1d9s"
        await me.press("A")
        await me.sees("by Age ↓")
        assert names(me)[0] == "db-0"


async def test_any_column_can_be_reached(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("shift+right", "shift+right", "shift+right")
        await me.sees("by Restarts ↑")
        await me.press("O")
        await me.sees("by Restarts ↓")
        assert names(me)[0] == "cart-6b8d4-t6rjw"
        await me.press("shift+left")
        await me.sees("by Status ↑")


async def test_a_click_on_a_heading_sorts(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.click(*place_of(me, "Status"))
        await me.sees("by Status ↑")
        await me.click(*place_of(me, "Status"))
        await me.sees("by Status ↓")


async def test_the_sort_is_kept_for_each_kind_across_restarts(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("A", "A")
        await me.press(":", *"deploy", "enter")
        await me.sees("deployments 3 of 3", "by Name ↑")
        await me.press("N")
        await me.sees("by Name ↓")
    assert State.load(desk.state_file).sort("pods") == ("Age", True)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "by Age ↓")
        assert names(me)[0] == "db-0"
        await me.press(":", *"deploy", "enter")
        await me.sees("deployments 3 of 3", "by Name ↓")


async def test_a_list_goes_back_to_the_sort_it_had(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("A")
        await me.sees("by Age ↑")
        await me.press("y")
        await me.sees("apiVersion")
        await me.press("escape")
        await me.sees("by Age ↑")


async def test_wide_columns_are_shown_hidden_and_remembered(desk: Desk) -> None:
    async with desk.sit(size=(200, 30)) as me:
        await me.sees("pods 9 of 9")
        assert "QoS" not in headings(me)
        await me.press("ctrl+w")
        await me.sees("QoS", "Service", "BestEffort")
    async with desk.sit(size=(200, 30)) as me:
        await me.sees("pods 9 of 9", "BestEffort")
        await me.press("ctrl+w")
        await me.sees_not("BestEffort")


async def test_a_custom_resource_is_sorted_by_its_own_columns(desk: Desk) -> None:
    async with desk.sit("coupons") as me:
        await me.sees("SPRING24")
        await me.click(*place_of(me, "Percent"))
        await me.sees("by Percent ↑")
        await me.click(*place_of(me, "Percent"))
        await me.sees("by Percent ↓")
        assert names(me) == ["vip", "spring"]
    async with desk.sit("coupons") as me:
        await me.sees("SPRING24", "by Percent ↓")
        await me.until(lambda: names(me) == ["vip", "spring"], "the order that was remembered")
