"""`/` lets through what a person looks for, as they type."""

from functools import partial

import pytest

from tests.rigged.looking import names, row_under_cursor, style_of, truth_line
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop

WEB = ["web-5d9f7c-7xk2p", "web-5d9f7c-b9w4d", "web-5d9f7c-zq8vn"]


def lets_through(me: Seat, wanted: list[str]) -> bool:
    return names(me) == wanted


async def test_rows_go_while_the_filter_is_typed(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("/", "w", "e")
        await me.sees("pods 3 of 9")
        assert names(me)[:3] == WEB
        await me.press("b", "space", *"zq8")
        await me.sees("pods 1 of 9", "web-5d9f7c-zq8vn")
        await me.press("enter")
        await me.until(lambda: names(me) == ["web-5d9f7c-zq8vn"], "one row and no prompt")
        await me.sees("/web zq8")


async def test_what_matched_is_highlighted(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        plain = style_of(me, "7xk2p")
        await me.press("/", *"xk2", "enter")
        await me.sees("pods 1 of 9")
        assert style_of(me, "xk2p").bgcolor != plain.bgcolor
        assert style_of(me, "xk2p") != style_of(me, "web-5d9f7c-7xk2p")


async def test_esc_clears_the_filter_first_and_then_goes_back(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *"deploy", "enter")
        await me.sees("deployments 3 of 3")
        await me.press("/", *"cart", "enter")
        await me.sees("deployments 1 of 3")
        await me.press("escape")
        await me.sees("deployments 3 of 3")
        await me.press("escape")
        await me.sees("pods 9 of 9")


async def test_esc_while_typing_brings_the_filter_before_back(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("/", *"web", "enter")
        await me.sees("pods 3 of 9")
        await me.press("/", *" 7xk")
        await me.sees("pods 1 of 9")
        await me.press("escape")
        await me.sees("pods 3 of 9", "/web")


async def test_a_mistake_names_its_part_and_filters_nothing(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("/", *"web restarts>many")
        await me.sees("Restarts compares with a number, not with many", "pods 9 of 9")
        await me.press("ctrl+u", *"restarts>3")
        await me.sees("pods 1 of 9", "cart-6b8d4-t6rjw")
        await me.sees_not("not with many")


async def test_columns_ages_and_what_is_not_wanted_can_be_asked_for(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        asked: tuple[tuple[str, list[str]], ...] = (
            ("status:crash", ["cart-6b8d4-t6rjw"]),
            ("age<10m", ["checkout-58c4f-x1d9s"]),
            ("!web !cart age>1d", ["db-0", "search-0"]),
            ("-l app=web", WEB),
            ("node:node-2", ["db-0", WEB[1]]),
        )
        for text, wanted in asked:
            await me.press("/", "ctrl+u", *text, "enter")
            await me.until(partial(lets_through, me, wanted), f"{text} letting through {wanted}")


async def test_the_namespace_can_be_asked_for_where_it_is_shown(desk: Desk) -> None:
    async with desk.sit(context="everything") as me:
        await me.sees("pods 12 of 12")
        await me.press("/", *"kube-sys", "enter")
        await me.sees("pods 3 of 12")


async def test_nothing_that_matches_is_said(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("/", *"nosuch")
        await me.sees("pods 0 of 9", "nothing matches")


async def test_rows_that_come_to_match_appear_and_those_that_do_not_any_more_go(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("/", *"status:crash", "enter")
        await me.sees("pods 1 of 9")
        server.put("pods", shop.pod("web-new", waiting="CrashLoopBackOff"))
        await me.sees("web-new", "pods 2 of 10")
        server.put("pods", shop.pod("cart-6b8d4-t6rjw", app="cart"))
        await me.sees("pods 1 of 10")
        assert names(me) == ["web-new"]


@pytest.mark.parametrize("down", [0, 1])
async def test_the_cursor_stays_on_its_object_when_a_filter_goes(desk: Desk, down: int) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("/", *"web", "enter", *"j" * down)
        await me.sees("pods 3 of 9")
        assert row_under_cursor(me) == WEB[down]
        await me.press("escape")
        await me.sees("pods 9 of 9")
        assert row_under_cursor(me) == WEB[down] != names(me)[0]


async def test_only_what_looks_wrong_is_shown_with_ctrl_z(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("ctrl+z")
        await me.sees("pods 2 of 9", "faults only")
        assert names(me) == ["cart-6b8d4-t6rjw", "search-0"]
        await me.press("escape")
        await me.sees("pods 9 of 9")


async def test_the_cursor_stays_on_what_looked_wrong(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("O", "ctrl+z")
        await me.sees("pods 2 of 9")
        assert row_under_cursor(me) == "search-0"
        await me.press("ctrl+z")
        await me.sees("pods 9 of 9")
        assert row_under_cursor(me) == "search-0" != names(me)[0]


async def test_the_filter_is_said_while_typing_and_after(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("/", *"web")
        await me.until(lambda: "/web" in truth_line(me), "the filter")
        await me.press("enter")
        await me.until(lambda: "/web" in truth_line(me), "the filter")
