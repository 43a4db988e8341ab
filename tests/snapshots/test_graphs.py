"""Graphs, as pictures of the demo."""

from tests.rigged.seat import Desk
from tests.snapshots.test_screens import SHOP, WIDE, looks_like


async def test_the_graph_of_a_deployment(desk: Desk) -> None:
    async with desk.sit("deploy", size=WIDE) as me:
        await me.sees("deployments 8 of 8", "v1.36.0", "● live")
        await me.press("/", *"web", "enter", "T")
        await looks_like(me, "graph", "used by", "Evicted", "scales", "● live")


async def test_the_graph_of_a_pod(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0", "● live")
        await me.press("/", *"postgres-0", "enter", "T")
        await looks_like(me, "graph-pod", "used by", "uses", "● live")


async def test_a_graph_on_a_small_terminal(desk: Desk) -> None:
    async with desk.sit("deploy", size=(60, 15)) as me:
        await me.sees("deployments 8 of 8", "v1.36.0", "● live")
        await me.press("/", *"checkout", "enter", "T")
        await looks_like(me, "small-graph", "● live", "ReplicaSet")


async def test_a_search_in_a_graph(desk: Desk) -> None:
    async with desk.sit("deploy", size=WIDE) as me:
        await me.sees("deployments 8 of 8", "v1.36.0", "● live")
        await me.press("/", *"web", "enter", "T")
        await me.sees("used by", "● live")
        await me.press("/", *"pod/", "enter", "n")
        await looks_like(me, "graph-search", "/pod/ 2/", "● live")
