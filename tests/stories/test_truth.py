"""One line says whether what is on screen is true."""

from tests.rigged.looking import names, truth_line
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop
from tests.runtime.fake_clock import FakeClock


async def passes(me: Seat, clock: FakeClock, text: str, seconds: float = 1.0) -> None:
    """Let time pass, as long as it takes, until a text is there."""

    def is_there() -> bool:
        clock.move(seconds)
        return text in me.screen

    await me.until(is_there, f"seeing {text}")


async def test_a_long_list_says_how_far_it_is(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    for number in range(150):
        server.put("pods", shop.pod(f"many-{number:03}", namespace="default"))
    async with server.holding("pods"), desk.sit(namespaces=("default",)) as me:
        await me.sees("syncing 100 of 150…", "many-000")
        assert "live" not in truth_line(me)
        await me.press("G")
        await me.sees("many-099")


async def test_it_is_live_once_everything_came(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    for number in range(150):
        server.put("pods", shop.pod(f"many-{number:03}", namespace="default"))
    async with desk.sit(namespaces=("default",)) as me:
        await me.sees("pods 150 of 150", "● live")


async def test_a_server_that_goes_leaves_stale_rows_and_comes_back_with_what_is_new(
    desk: Desk, server: RiggedDemo, shop: Shop, clock: FakeClock
) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        await server.down()
        await me.sees("▲ stale for 0 s: the answer broke off, next try in")
        await passes(me, clock, "connection refused, next try in")
        assert "db-0" in names(me)
        server.put("pods", shop.pod("newcomer"))
        server.delete("pods", "db-0", "shop")
        await server.up()
        await passes(me, clock, "● live")
        await me.sees("newcomer", "pods 9 of 9")
        assert "db-0" not in names(me)


async def test_what_may_not_be_listed_says_so_and_opens_once_it_may(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    server.forbid("secrets", "shop")
    async with desk.sit("secrets") as me:
        await me.sees("no permission to list secrets")
        assert truth_line(me).startswith(" secrets 0 of 0")
        server.allow("secrets", "shop")
        await passes(me, clock, "db-password", 5.0)
        await me.sees("● live")


async def test_other_kinds_still_open_beside_a_refused_one(desk: Desk, server: RiggedDemo) -> None:
    server.forbid("secrets", "shop")
    async with desk.sit("secrets") as me:
        await me.sees("no permission to list secrets")
        await me.press(":", *"cm", "enter")
        await me.sees("configmaps 2 of 2", "● live")


async def test_a_dead_server_says_what_is_wrong_from_the_start(desk: Desk, server: RiggedDemo) -> None:
    await server.down()
    async with desk.sit() as me:
        await me.sees("connection refused")


async def test_a_server_that_comes_later_is_found(desk: Desk, server: RiggedDemo, clock: FakeClock) -> None:
    await server.down()
    async with desk.sit() as me:
        await me.sees("connection refused")
        await server.up()
        await passes(me, clock, "● live")
        await me.sees("pods 9 of 9", "v1.36.0")


async def test_a_kind_that_only_the_server_knows_is_found_later_whatever_covered_it(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    await server.down()
    async with desk.sit("coupons") as me:
        await me.sees("connection refused")
        await me.press("?")
        await me.sees("table.open")
        await me.press("escape")
        await me.sees_not("table.open")
        await server.up()
        await passes(me, clock, "● live")
        await me.sees("coupons 2 of 2")


async def test_a_laptop_that_slept_notices_and_catches_up(
    desk: Desk, server: RiggedDemo, shop: Shop, clock: FakeClock
) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        asked = len(server.requests)
        clock.suspend(3600)
        await clock.advance(5)  # the next look at the clocks
        await me.until(lambda: "watch=1" in "".join(server.requests[asked:]), "a new watch")
        server.put("pods", shop.pod("after-sleep", -60))
        await me.sees("after-sleep", "● live", "155m")


async def test_listing_anew_asks_the_server_again(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        await me.press("ctrl+r")
        await me.sees("pods 9 of 9", "● live")


async def test_what_cannot_be_watched_says_how_often_it_is_listed(desk: Desk) -> None:
    async with desk.sit("pods.metrics.k8s.io") as me:
        await me.sees("pods 5 of 5", "● cannot be watched, listed every 10 s")
