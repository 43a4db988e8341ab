"""Rows come, go and change while a person looks at them."""

from kty.widgets.flashes import FLASH
from tests.rigged.looking import names, row_under_cursor, style_of
from tests.rigged.seat import Desk
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop
from tests.runtime.fake_clock import FakeClock

CRASHING = "cart-6b8d4-t6rjw"


async def test_a_pod_that_changes_is_marked_for_a_moment(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    assert FLASH > 1
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        before = style_of(me, "db-0").bgcolor
        server.put("pods", shop.pod("db-0", app="db", waiting="ErrImagePull"))
        await me.sees("ErrImagePull")
        await me.until(lambda: style_of(me, "db-0").bgcolor != before, "the pod being marked")
        await me.until(lambda: style_of(me, "db-0").bgcolor == before, "the mark going away")


async def test_nothing_is_marked_when_everything_comes_for_the_first_time(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        assert (
            style_of(me, "db-0").bgcolor == style_of(me, "web-5d9f7c-7xk2p").bgcolor == style_of(me, "search-0").bgcolor
        )


async def test_the_cursor_stays_on_its_object_while_rows_come_and_go_above_it(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("j", "j", "j")
        assert row_under_cursor(me) == "db-0"
        server.put("pods", shop.pod("aaa-first"))
        server.put("pods", shop.pod("bbb-second"))
        await me.sees("aaa-first", "bbb-second", "11 of 11")
        assert row_under_cursor(me) == "db-0"
        server.delete("pods", CRASHING, "shop")
        await me.sees_not(CRASHING)
        assert row_under_cursor(me) == "db-0"


async def test_esc_comes_back_to_the_row_that_was_looked_at_also_where_nobody_moved_the_cursor(
    desk: Desk, server: RiggedDemo, shop: Shop
) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        first = row_under_cursor(me)
        await me.press("y")
        await me.sees("kind: Pod", first)
        server.put("pods", shop.pod("a-new-one"))
        await me.press("escape")
        await me.sees("pods 10 of 10", "a-new-one")
        assert row_under_cursor(me) == first


async def test_the_cursor_goes_to_the_next_row_when_its_own_is_deleted(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("j")
        assert row_under_cursor(me) == CRASHING
        server.delete("pods", CRASHING, "shop")
        await me.sees("pods 8 of 8")
        assert row_under_cursor(me) == "checkout-58c4f-x1d9s"


async def test_ages_tick_by_themselves(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit() as me:
        await me.sees("● live", "95m")
        clock.move(3600)
        await me.sees("155m")


async def test_the_same_name_made_again_is_followed(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        server.delete("pods", "db-0", "shop")
        await me.sees("pods 8 of 8")
        server.put("pods", shop.pod("db-0", 0, app="db", waiting="ContainerCreating"))
        await me.sees("ContainerCreating", "pods 9 of 9")


async def test_the_last_row_leaves_a_sentence(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("jobs") as me:
        await me.sees("report-28391", "jobs 1 of 1")
        server.delete("jobs.batch", "report-28391", "shop")
        await me.sees("no jobs in shop", "jobs 0 of 0")
        assert names(me) == ["no"]
