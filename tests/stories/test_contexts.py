"""One kubeconfig, several clusters, and some of them dead."""

import pytest

from tests.rigged.looking import names, truth_line
from tests.rigged.seat import Desk, black_hole
from tests.rigged.server import RiggedDemo, serving
from tests.rigged.shop import Shop


async def test_contexts_are_listed_and_the_current_one_is_marked(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"ctx", "enter")
        await me.sees("contexts 3 of 3", "dead", "everything", "anna")
        line = next(line for line in me.screen.splitlines() if line.startswith(" shop"))
        assert "*" in line


async def test_another_context_shows_another_cluster(desk: Desk, shop: Shop) -> None:
    async with serving(RiggedDemo()) as other:
        other.version = "v1.30.0"
        other.put("pods", shop.pod("elsewhere", namespace="default"))
        desk.contexts["other"] = (other.url, "")
        async with desk.sit() as me:
            await me.sees("pods 9 of 9", "v1.36.0")
            await me.press(":", *"ctx other", "enter")
            await me.sees("pods 1 of 1", "elsewhere", "v1.30.0")
            assert me.screen.split()[:2] == ["kty", "other"]
            await me.press(":", *"ctx shop", "enter")
            await me.sees("pods 9 of 9", "v1.36.0")


async def test_enter_on_a_context_switches_to_it(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"ctx", "enter")
        await me.sees("contexts 3 of 3")
        await me.press("/", *"every", "enter", "enter")
        await me.sees("pods 12 of 12")


@pytest.mark.parametrize("how", ["refused", "silent"])
async def test_a_dead_context_never_blocks_the_way_to_a_live_one(desk: Desk, how: str) -> None:
    async with black_hole() as hole:
        desk.contexts["dead"] = (desk.contexts["dead"][0] if how == "refused" else hole, "")
        async with desk.sit() as me:
            await me.sees("pods 9 of 9")
            await me.press(":", *"ctx dead", "enter")
            await me.until(lambda: me.screen.split()[:2] == ["kty", "dead"], "the dead context")
            await me.sees("connection refused" if how == "refused" else "connecting…")
            assert names(me) in ([], ["…"]) or "refused" in me.screen
            await me.press(":", *"ctx shop", "enter")
            await me.sees("pods 9 of 9", "● live")
            await me.press(":", *"ctx dead", "enter")
            await me.until(lambda: me.screen.split()[:2] == ["kty", "dead"], "the dead context")
            await me.press(":", *"ctx shop", "enter")
            await me.sees("pods 9 of 9", "● live")


async def test_starting_at_a_dead_context_the_live_one_is_a_command_away(desk: Desk) -> None:
    async with desk.sit(context="dead") as me:
        await me.sees("connection refused")
        await me.press(":", *"ctx shop", "enter")
        await me.sees("pods 9 of 9", "● live")


async def test_a_custom_kind_of_a_dead_context_can_be_left_while_it_waits(desk: Desk) -> None:
    async with black_hole() as hole:
        desk.contexts["dead"] = (hole, "")
        async with desk.sit(context="dead") as me:
            await me.press(":", *"coupons", "enter")
            await me.sees(":coupons")
            await me.press("escape")
            await me.press(":", *"ctx shop", "enter")
            await me.sees("pods 9 of 9", "● live")


async def test_a_kind_and_a_context_in_one_command(desk: Desk) -> None:
    async with desk.sit(context="dead") as me:
        await me.press(":", *"deploy @shop", "enter")
        await me.sees("deployments 3 of 3", "● live")
        assert truth_line(me).startswith(" deployments")


async def test_a_kind_that_only_a_dead_server_could_know_says_that_it_is_dead(desk: Desk) -> None:
    async with desk.sit(context="dead") as me:
        await me.sees("connection refused")
        await me.press(":", *"coupons", "enter")
        await me.sees(":coupons", "connection refused: is http://127.0.0.1:9 the right address")


async def test_a_mistake_that_needs_no_server_is_said_though_the_server_is_dead(desk: Desk) -> None:
    async with desk.sit(context="dead") as me:
        await me.sees("connection refused")
        await me.press(":", *"ctx shp", "enter")
        await me.sees("there is no context called `shp`")


async def test_an_unknown_context_suggests_and_nothing_changes(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *"ctx shp", "enter")
        await me.sees("there is no context called `shp`", "did you mean shop?")
        await me.press("escape")
        await me.sees("pods 9 of 9")
