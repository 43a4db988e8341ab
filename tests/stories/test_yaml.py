"""`y` opens an object as YAML, and it stays as live as the list."""

from tests.rigged.looking import row_under_cursor, style_of, truth_line
from tests.rigged.seat import Desk
from tests.rigged.server import RiggedDemo


async def test_y_opens_the_object_under_the_cursor_and_esc_comes_back_to_its_row(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("j", "y")
        await me.sees("apiVersion: v1", "kind: Pod", "name: cart-6b8d4-t6rjw", "pod/cart-6b8d4-t6rjw")
        await me.press("escape")
        await me.sees("pods 9 of 9")
        assert row_under_cursor(me) == "cart-6b8d4-t6rjw"


async def test_enter_opens_yaml_where_the_view_says_nothing_else(desk: Desk) -> None:
    async with desk.sit("cm") as me:
        await me.sees("odd-config")
        await me.press("enter")
        await me.sees("kind: ConfigMap", '"on": "off"', 'bell: "\\arings"', "Ünïcödé 日本")


async def test_a_custom_resource_is_yaml_as_well(desk: Desk) -> None:
    async with desk.sit("coupons") as me:
        await me.sees("SPRING24")
        await me.press("enter")
        await me.sees("apiVersion: shop.example/v1", "kind: Coupon", "code: SPRING24")


async def test_matches_are_counted_and_walked_through_both_ways(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("y")
        await me.sees("kind: Pod")
        await me.press("/", *"name", "enter")
        await me.sees("/name 1/")
        await me.press("n")
        await me.sees("/name 2/")
        await me.press("N", "N")
        await me.until(lambda: "/name 1/" not in truth_line(me) and "/name 2/" not in truth_line(me), "the last match")
        await me.press("n")
        await me.sees("/name 1/")
        await me.press("escape")
        await me.sees_not("/name")
        await me.sees("kind: Pod")


async def test_a_mapping_folds_and_unfolds(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("y")
        await me.sees("metadata:", "creationTimestamp")
        await me.press("j", "j", "space")
        await me.sees_not("creationTimestamp")
        await me.sees("metadata:", "spec:")
        await me.press("space")
        await me.sees("creationTimestamp")


async def test_managed_fields_are_hidden_until_asked_for(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("y")
        await me.sees("kind: Pod")
        assert "manager: kubelet" not in me.screen
        await me.press("m")
        await me.sees("managedFields:", "manager: kubelet", "with managedFields")
        await me.press("m")
        await me.sees_not("manager: kubelet")


async def test_changes_are_followed_and_their_lines_marked(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm") as me:
        await me.sees("web-config")
        await me.press("G", "y")
        await me.sees("greeting: hello")
        before = style_of(me, "greeting").bgcolor
        changed = server.get("configmaps", "web-config", "shop")
        changed["data"]["greeting"] = "good morning"
        server.put("configmaps", changed)
        await me.sees("greeting: good morning")
        await me.until(lambda: style_of(me, "greeting").bgcolor != before, "the line being marked")


async def test_a_deleted_object_stays_as_it_was_last_and_says_so(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("y")
        await me.sees("name: cart-6b8d4-h2mzl", "● live")
        server.delete("pods", "cart-6b8d4-h2mzl", "shop")
        await me.sees("deleted; this is what it was last", "name: cart-6b8d4-h2mzl")


async def test_the_yaml_says_when_it_is_stale(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("y")
        await me.sees("kind: Pod", "● live")
        await server.down()
        await me.sees("stale for", "kind: Pod")


async def test_copying_sends_the_yaml_to_the_persons_own_clipboard(desk: Desk) -> None:
    async with desk.sit("cm") as me:
        await me.sees("web-config")
        await me.press("y", "c")
        await me.sees("copied")
        assert b"\x1b]52;c;" in me.terminal.sent


async def test_y_in_yaml_goes_back(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("y")
        await me.sees("kind: Pod")
        await me.press("y")
        await me.sees("pods 9 of 9")
