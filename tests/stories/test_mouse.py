"""Everything that matters can be done with the mouse."""

from tests.rigged.looking import names, place_of, row_under_cursor
from tests.rigged.seat import Desk
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop


async def test_a_click_moves_the_cursor(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.click(*place_of(me, "search-0"))
        await me.until(lambda: row_under_cursor(me) == "search-0", "the cursor on search-0")


async def test_a_double_click_opens(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        place = place_of(me, "db-0")
        await me.click(*place)
        await me.click(*place)
        await me.sees("containers 2 of 2  in pod/db-0")


async def test_a_click_on_a_key_of_the_footer_does_what_the_key_does(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "all namespaces")
        for text, seen in (("all namespaces", "pods 12 of 12"), ("y yaml", "kind: Pod")):
            await me.click(*place_of(me, text))
            await me.sees(seen)
        await me.click(*place_of(me, "esc back"))
        await me.sees("pods 12 of 12")
        await me.click(*place_of(me, "enter open"))
        await me.sees("containers 1 of 1")


async def test_a_click_on_a_completion_takes_it(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"depl")
        await me.sees("Deployment")
        await me.click(*place_of(me, "Deployment"))
        await me.sees("deployments 3 of 3")


async def test_the_wheel_scrolls(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    for number in range(60):
        server.put("pods", shop.pod(f"many-{number:03}", namespace="default"))
    async with desk.sit(namespaces=("default",)) as me:
        await me.sees("pods 60 of 60")
        assert names(me)[0] == "many-000"
        me.send(b"\x1b[<65;5;5M")
        await me.until(lambda: names(me)[0] == "many-003", "a list that scrolled")
        me.send(b"\x1b[<64;5;5M")
        await me.until(lambda: names(me)[0] == "many-000", "a list that scrolled back")
