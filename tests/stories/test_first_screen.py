"""What a person sees when kty starts."""

from kty.state import State
from tests.rigged.looking import headings, names, truth_line
from tests.rigged.seat import Desk
from tests.rigged.server import RiggedDemo


async def test_the_pods_of_the_contexts_namespace_come_first(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("cart-6b8d4-t6rjw", "CrashLoopBackOff", "● live", "pods 9 of 9")
        assert "coredns" not in me.screen
        assert headings(me)[0] == "Name"


async def test_the_header_says_which_cluster_which_version_who_and_where(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        assert me.screen.splitlines()[0].split() == ["kty", "shop", "v1.36.0+kty-demo", "anna", "shop"]


async def test_all_namespaces_are_shown_where_the_context_has_none(desk: Desk) -> None:
    async with desk.sit(context="everything") as me:
        await me.sees("pods 12 of 12", "kube-system", "coredns-76f75-m4s2k", "all namespaces")
        assert headings(me)[:3] == ["Namespace", "↑", "Name"]


async def test_what_was_asked_for_wins_over_what_was_shown_last(desk: Desk) -> None:
    state = State.load(desk.state_file)
    state.remember_namespaces("shop", ("default",))
    state.save()
    async with desk.sit(namespaces=("kube-system",)) as me:
        await me.sees("pods 3 of 3", "etcd-node-1")
    async with desk.sit() as me:
        await me.sees("pods 3 of 3", "etcd-node-1")


async def test_what_was_shown_last_wins_over_the_contexts_namespace(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *"ns kube-system", "enter")
        await me.sees("pods 3 of 3")
    async with desk.sit() as me:
        await me.sees("pods 3 of 3", "etcd-node-1")


async def test_a_first_list_can_be_named(desk: Desk) -> None:
    async with desk.sit("deploy /web") as me:
        await me.sees("deployments 1 of 3", "3/3")
        assert names(me) == ["web"]


async def test_a_word_that_the_shell_reserves_names_a_kind_here(desk: Desk) -> None:
    async with desk.sit("events") as me:
        await me.sees("FailedScheduling", "events 4 of 4")


async def test_a_first_list_that_the_server_does_not_have_says_so(desk: Desk) -> None:
    async with desk.sit("wombats") as me:
        await me.sees("no kind is called `wombats`")
        await me.press(":", *"po", "enter")
        await me.sees("pods 9 of 9", "● live")


async def test_default_steps_in_where_all_namespaces_were_a_guess_and_are_forbidden(
    desk: Desk, server: RiggedDemo
) -> None:
    server.forbid("pods")
    async with desk.sit(context="everything") as me:
        await me.sees("only default is shown: no permission to list pods in all namespaces", "pods 0 of 0")
        assert me.screen.splitlines()[0].endswith("default")
    assert State.load(desk.state_file).namespaces("everything") is None


async def test_default_does_not_step_in_where_all_namespaces_were_asked_for(desk: Desk, server: RiggedDemo) -> None:
    server.forbid("pods")
    async with desk.sit(context="everything", namespaces=()) as me:
        await me.sees("no permission to list pods")
        assert me.screen.splitlines()[0].endswith("all namespaces")


async def test_read_only_is_said(desk: Desk) -> None:
    async with desk.sit(readonly=True) as me:
        await me.sees("read-only", "● live, metrics every 15 s")
        assert truth_line(me).endswith("● live, metrics every 15 s")
