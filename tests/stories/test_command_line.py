"""`:` leads to every kind of place, and completes on the way."""

import pytest

from kty.widgets.prompt import PromptLine
from tests.rigged.looking import headings, names, truth_line
from tests.rigged.seat import Desk
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop
from tests.runtime.fake_clock import FakeClock


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("deploy", "deployments 3 of 3"),
        ("deployments.apps", "deployments 3 of 3"),
        ("Deployment", "deployments 3 of 3"),
        ("deploy /web", "deployments 1 of 3"),
        ("svc", "services 3 of 3"),
        ("po kube-system", "pods 3 of 3"),
        ("po kube-system,shop", "pods 12 of 12"),
        ("po all", "pods 12 of 12"),
        ("po app=web", "pods 3 of 3"),
        ("po -l app=web", "pods 3 of 3"),
        ("po /crash", "pods 1 of 9"),
        ("no", "nodes 3 of 3"),
        ("ns", "namespaces 3 of 3"),
        ("ctx", "contexts 3 of 3"),
        ("cpn", "coupons 2 of 2"),
        ("coupons.shop.example", "coupons 2 of 2"),
        ("events", "events 4 of 4"),
        ("crd", "customresourcedefinitions 1 of 1"),
    ],
)
async def test_a_command_leads_to(desk: Desk, typed: str, seen: str) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *typed, "enter")
        await me.sees(seen, "● live" if typed != "ctx" else "everything")


async def test_a_part_of_a_name_is_completed(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"dpl")
        await me.sees("deployments", "Deployment")
        await me.press("tab")
        await me.sees(":deployments")
        await me.press("enter")
        await me.sees("deployments 3 of 3")


async def test_enter_takes_the_best_completion_of_a_part(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"coup", "enter")
        await me.sees("coupons 2 of 2")


async def test_a_choice_below_is_taken_with_the_arrows(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"re")
        await me.sees("replicasets", "secrets")
        await me.press("down", "down")
        chosen = me.screen.splitlines()[-3].strip().removeprefix(":")
        assert chosen != "re"
        await me.press("enter")
        await me.until(lambda: truth_line(me).startswith(f" {chosen} "), f"seeing the {chosen}")


async def test_what_was_chosen_stays_chosen_while_names_come(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"po ku")
        await me.sees("kube-system")
        await me.press("down")
        await me.sees(":po kube-system")
        server.put("namespaces", shop.namespace("kube-annex"))
        await me.sees("kube-annex", ":po kube-system")
        await me.press("up")
        await me.sees(":po kube-annex")
        await me.press("enter")
        await me.sees("pods 0 of 0")


async def test_namespaces_are_completed_behind_a_kind(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"po kub")
        await me.sees("kube-system")
        await me.press("tab", "enter")
        await me.sees("pods 3 of 3", "etcd-node-1")


async def test_contexts_are_completed_behind_ctx(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"ctx ev", "tab", "enter")
        await me.sees("pods 12 of 12")


async def test_esc_leaves_the_command_line_and_nothing_has_changed(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *"deploy", "escape")
        await me.sees("pods 9 of 9")
        await me.press("j")
        await me.sees("pods 9 of 9")


async def test_an_unknown_kind_suggests_what_was_meant(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"deploymnets x", "enter")
        await me.sees("no kind is called `deploymnets`", "did you mean deployments?")


async def test_a_kind_that_cannot_be_listed_is_offered_with_the_reason_and_says_it(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"selfsub")
        await me.sees("selfsubjectaccessreviews", "cannot be listed")
        await me.press("enter")
        await me.until(lambda: me.screen.count("selfsubjectaccessreviews cannot be listed") == 1, "the reason")
        await me.press("escape")
        await me.sees("pods 9 of 9")


async def test_a_namespace_for_a_kind_that_has_none_is_a_mistake(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"nodes shop", "enter")
        await me.sees("nodes are in no namespace", "type /shop")


async def test_a_mistake_goes_away_while_typing_on(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"xyzzy", "enter")
        await me.sees("no kind is called")
        await me.press("backspace")
        await me.sees_not("no kind is called")


async def test_all_kinds_are_listed_and_opened_from_there(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press("ctrl+a")
        await me.sees("kinds 35 of 35", "Group")
        await me.press("/", *"coup", "enter", "enter")
        await me.sees("coupons 2 of 2", "SPRING24")


async def test_a_custom_resource_comes_with_its_printer_columns(desk: Desk) -> None:
    async with desk.sit("coupons") as me:
        await me.sees("SPRING24", "VIP", "40m")
        assert headings(me) == ["Name", "↑", "Code", "Percent", "Age"]
        await me.press("ctrl+w")
        await me.sees("Active", "true", "false")


async def test_commands_are_walked_back_and_forth(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        for kind in ("svc", "deploy", "no"):
            await me.press(":", *kind, "enter")
            await me.sees("● live", {"svc": "services", "deploy": "deployments", "no": "nodes"}[kind] + " 3 of 3")
        await me.press("[")
        await me.sees("deployments 3 of 3")
        await me.press("[")
        await me.sees("services 3 of 3")
        await me.press("]")
        await me.sees("deployments 3 of 3")
        await me.press("]")
        await me.sees("nodes 3 of 3")


async def test_the_last_two_commands_take_turns(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"svc", "enter")
        await me.sees("services 3 of 3")
        await me.press(":", *"deploy", "enter")
        await me.sees("deployments 3 of 3")
        await me.press("-")
        await me.sees("services 3 of 3")
        await me.press("-")
        await me.sees("deployments 3 of 3")


async def test_commands_typed_before_are_offered_after_a_restart(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press(":", *"deploy /web", "enter")
        await me.sees("deployments 1 of 3")
    async with desk.sit() as me:
        await me.press(":")
        await me.sees("deploy /web", "typed before")


async def test_quit_ends_kty(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.press(":", *"q", "enter")
        await me.leaves()


async def test_help_is_a_command_too(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.press(":", *"help", "enter")
        await me.sees("keys · pods", "command.earlier")


async def test_a_list_asked_for_by_labels_says_nothing_of_others(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.press(":", *"po app=cart", "enter")
        await me.sees("pods 2 of 2")
        assert names(me) == ["cart-6b8d4-h2mzl", "cart-6b8d4-t6rjw"]


async def test_keys_that_come_at_once_are_taken_in_their_order(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("● live")
        await me.press(":")
        me.send(b"nodx\x7fe\x1b[Ds\x7f\x1b[Cs")
        await me.sees(":nodes")
        me.send(b"x\x7f\r")
        await me.sees("nodes 3 of 3")


async def test_the_cursor_stands_still(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.press(":", "p", "o")
        line = me.app.screen.query_one(PromptLine)
        timer = line._blink_timer
        assert line._cursor_visible
        assert timer is not None
        assert not timer._active.is_set()


async def test_kinds_that_come_later_can_be_named_and_are_listed(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    server.lose("coupons.shop.example")
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *"coup")
        await me.rests()
        assert "Coupon" not in me.screen
        await me.press("escape", "ctrl+a", "/", *"coup", "enter")
        await me.sees("kinds 0 of", "nothing matches")
        server.regain("coupons.shop.example")
        clock.move(20)
        await me.press(":", *"coup")
        await me.sees("coupons", "Coupon · shop.example")
        await me.press("escape")
        await me.sees("kinds 1 of")
